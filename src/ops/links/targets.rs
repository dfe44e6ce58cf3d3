//! Which entry a link means.

use crate::model::{Entry, Link, decode_url, name_key};
use std::borrow::Cow;
use std::collections::HashMap;

/// Everything that a link may lead to.
pub(in crate::ops) struct LinkTargets<'a> {
    paths: HashMap<String, &'a Entry>,
    /// Titles, then aliases, then names of files: the first of several counts.
    names: HashMap<String, &'a Entry>,
}

impl<'a> LinkTargets<'a> {
    /// Takes entries, which are sorted by path.
    pub(in crate::ops) fn of_entries(entries: &'a [Entry]) -> Self {
        let mut paths = HashMap::new();
        let mut names = HashMap::new();
        for entry in entries {
            paths.entry(name_key(entry.path.as_str())).or_insert(entry);
            names.entry(name_key(&entry.title)).or_insert(entry);
        }
        for entry in entries {
            for alias in &entry.aliases {
                names.entry(name_key(alias)).or_insert(entry);
            }
        }
        for entry in entries {
            names.entry(name_key(entry.path.stem())).or_insert(entry);
        }
        LinkTargets { paths, names }
    }

    /// Returns the entry that a link leads to.
    pub(in crate::ops) fn find(&self, entry: &Entry, link: &Link) -> Option<&'a Entry> {
        let by_path = || {
            let paths = candidate_paths(entry, link);
            let found = paths
                .iter()
                .find_map(|path| self.paths.get(&name_key(path)));
            found.copied()
        };
        let target = name_key(link.target.trim());
        let by_name = || {
            let bare = || self.names.get(target.strip_suffix(".md")?);
            self.names.get(&target).or_else(bare).copied()
        };
        by_path().or_else(|| link.wiki.then(by_name)?)
    }
}

/// Returns the paths that a link may mean. A wiki link starts at the root, a Markdown link at the
/// directory of its entry; each is forgiven for starting at the other.
pub(in crate::ops) fn candidate_paths(entry: &Entry, link: &Link) -> Vec<String> {
    let target = if link.wiki {
        Cow::Borrowed(link.target.as_str())
    } else {
        decode_url(&link.target)
    };
    let bases = [entry.path.directory(), ""];
    let paths = bases
        .iter()
        .filter_map(|base| resolved(base, target.trim()));
    paths
        .flat_map(|path| [format!("{path}.md"), path])
        .collect()
}

/// Joins a directory and a relative path; `None` if that leaves the root.
fn resolved(base: &str, target: &str) -> Option<String> {
    let base = if target.starts_with('/') { "" } else { base };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_from_the_directory_and_never_leave_the_root() {
        for (base, target, path) in [
            ("a/b", "c.md", Some("a/b/c.md")),
            ("a/b", "../c.md", Some("a/c.md")),
            ("a", "/c.md", Some("c.md")),
            ("a", "./c//d.md", Some("a/c/d.md")),
            ("a", "../../c.md", None),
            ("", "", None),
        ] {
            assert_eq!(resolved(base, target).as_deref(), path, "{base} {target}");
        }
    }
}
