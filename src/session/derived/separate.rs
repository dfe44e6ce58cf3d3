//! Taking apart what a merge put into one file: records of sessions that began in one second on
//! two machines, one behind the other, or line by line where git did it alone. The first keeps the name, the others get the next free ones.

use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::markdown::merge::{find_union_merged, is_union_merged, split_records};
use crate::model::{EntryPath, SessionId};
use crate::session::observe::past_versions;
use std::cell::Cell;
use std::path::Path;

/// How many names are tried for one record.
const MOST_NAMES: usize = 1000;

/// Takes a file apart that holds the records of more than one session.
///
/// # Errors
///
/// If a file cannot be read or written; then the records stay where they are.
pub(super) fn separate_records(kb: &Kb, path: &EntryPath, id: SessionId) -> Result<()> {
    let bytes = kb.read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let versions;
    let mut records = split_records(&text);
    if is_union_merged(&text) {
        // Git has what each side wrote.
        versions = past_versions(kb.root(), path.as_str());
        let merged = find_union_merged(&text, &versions);
        records = merged.map_or(records, |merged| merged.to_vec());
    }
    let Some((first, others)) = records
        .split_first()
        .filter(|(_, others)| !others.is_empty())
    else {
        return Ok(());
    };
    let mut name = id;
    for record in others {
        name = put_under_free_name(kb, path.directory(), record, id, name)?;
    }
    let first = format!("{}\n", first.trim_end());
    // Written to in the meantime, it is taken apart the next time.
    kb.rewrite(Path::new(path.as_str()), |old| {
        Ok((old == Some(&bytes)).then(|| first.clone().into_bytes()))
    })?;
    Ok(())
}

/// Writes a record under the first name behind `from` that is free, or that holds it already.
fn put_under_free_name(
    kb: &Kb,
    directory: &str,
    record: &str,
    old: SessionId,
    from: SessionId,
) -> Result<SessionId> {
    let mut id = from;
    for _ in 0..MOST_NAMES {
        id = id.next();
        let text = rename_record(record, old, id).into_bytes();
        let is_there = Cell::new(false);
        kb.rewrite(Path::new(&format!("{directory}/{id}.md")), |old| {
            is_there.set(old.is_none_or(|old| old == text));
            Ok(old.is_none().then(|| text.clone()))
        })?;
        if is_there.get() {
            return Ok(id);
        }
    }
    Err(Error::failed(format!(
        "no name is free beside {directory}/{old}.md"
    )))
}

/// Returns a record under another name: in its front matter, and in its heading.
pub(crate) fn rename_record(record: &str, old: SessionId, new: SessionId) -> String {
    let (old, new) = (old.to_string(), new.to_string());
    let mut in_head = true;
    let names = |line: &str| {
        ["session:", "title:", "## Session:"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    record
        .split_inclusive('\n')
        .map(|line| {
            let is_name = in_head && names(line);
            in_head &= !line.starts_with("## Session:");
            if is_name {
                line.replace(&old, &new)
            } else {
                line.to_owned()
            }
        })
        .collect()
}
