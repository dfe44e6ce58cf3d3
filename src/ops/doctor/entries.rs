//! The entries: what is left out or unreadable, broken front matter, dead links.

use super::{Finding, copies, links, moved};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, Problem};

/// What was found, in how many entries.
pub(super) struct EntryFindings {
    pub(super) entries: u64,
    pub(super) findings: Vec<Finding>,
}

pub(super) fn check_entries(kb: &Kb, index: &Index<'_>) -> EntryFindings {
    let looked = index.answer(Freshness::Refresh, |view| {
        Ok((view.entries()?, view.left_out()?))
    });
    let mut findings = Vec::new();
    let entries = match looked {
        Ok((entries, left_out)) => {
            findings.extend(left_out.into_iter().map(unreadable_file));
            for entry in entries.iter() {
                findings.extend(
                    entry
                        .problems
                        .iter()
                        .map(|found| entry_problem(entry, found)),
                );
            }
            findings.extend(copies::find_copies(&entries));
            findings.extend(moved::find_moved(kb, &entries));
            findings.extend(links::find_dead_links(kb, &entries));
            entries.len() as u64
        }
        Err(error) => {
            let advice = "correct that, or move the index elsewhere with MEMEX_INDEX_ROOT";
            findings.push(Finding::error("index", error.message(), advice));
            0
        }
    };
    EntryFindings { entries, findings }
}

/// A file that is left out, and why.
fn unreadable_file((path, reason): (String, String)) -> Finding {
    let advice = "searches do not find it; give yourself the right to read it, or rename, replace \
                  or remove it";
    Finding::warning("file", reason, advice).at(path)
}

fn entry_problem(entry: &Entry, problem: &Problem) -> Finding {
    let advice = "the entry is searched by its text all the same; correct the line";
    Finding::warning("entry", problem.reason.clone(), advice)
        .at(entry.path.to_string())
        .on_line(problem.line)
}
