//! What `mx index` did.

use super::{clean, count_of};
use crate::ops::{IndexCheckResponse, IndexResponse};
use std::io::{self, Write};

pub(super) fn render_index(index: &IndexResponse, out: &mut dyn Write) -> io::Result<()> {
    let what = index_counts(index.entries, index.sections);
    if index.rebuilt {
        return writeln!(out, "Rebuilt the index: {what}");
    }
    if index.added + index.changed + index.removed == 0 {
        return writeln!(out, "The index is up to date: {what}");
    }
    let IndexResponse {
        added,
        changed,
        removed,
        ..
    } = index;
    writeln!(
        out,
        "Indexed: {what} ({added} added, {changed} changed, {removed} removed)"
    )
}

pub(super) fn index_check(check: &IndexCheckResponse, out: &mut dyn Write) -> io::Result<()> {
    let mut what = index_counts(check.entries, check.sections);
    if check.pending > 0 {
        let pending = count_of(check.pending, "entry", "entries");
        what += &format!("; {pending} changed since, which the next search takes in");
    }
    if check.differences.is_empty() {
        return writeln!(out, "The index matches the Markdown: {what}");
    }
    for difference in &check.differences {
        let path = difference.path.as_deref().unwrap_or("index");
        writeln!(
            out,
            "{}: {}",
            clean::clean_line(path),
            clean::clean_line(&difference.reason)
        )?;
    }
    let found = count_of(check.differences.len() as u64, "difference", "differences");
    writeln!(
        out,
        "The index differs from the Markdown: {found} in {what}"
    )
}

fn index_counts(entries: u64, sections: u64) -> String {
    let entries = count_of(entries, "entry", "entries");
    format!("{entries}, {}", count_of(sections, "section", "sections"))
}
