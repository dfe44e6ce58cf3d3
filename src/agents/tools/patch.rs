//! The format of `apply_patch`: which files a patch changes.

use super::{Action, Deed};

/// Returns what a patch does to files. Relative paths are below `place`, if that is given.
pub(crate) fn changes(patch: &str, place: &str) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = Vec::new();
    for line in patch.lines() {
        let Some(rest) = line.strip_prefix("*** ") else {
            continue;
        };
        let rest = rest.trim_end();
        let file = |action, path: &str| Deed::File {
            path: below(place, path),
            action,
            from: None,
        };
        if let Some(path) = rest.strip_prefix("Add File: ") {
            deeds.push(file(Action::Create, path));
        } else if let Some(path) = rest.strip_prefix("Update File: ") {
            deeds.push(file(Action::Modify, path));
        } else if let Some(path) = rest.strip_prefix("Delete File: ") {
            deeds.push(file(Action::Delete, path));
        } else if let Some(to) = rest.strip_prefix("Move to: ")
            && let Some(Deed::File { path, action, from }) = deeds.last_mut()
        {
            *from = Some(std::mem::replace(path, below(place, to)));
            *action = Action::Rename;
        }
    }
    deeds
}

fn below(place: &str, path: &str) -> String {
    let path = path.trim();
    let absolute = path.starts_with(['/', '\\']) || path.as_bytes().get(1) == Some(&b':');
    if place.is_empty() || absolute {
        return path.to_owned();
    }
    format!("{}/{path}", place.trim_end_matches('/'))
}
