//! Puts changes together: many of them, one after the other, become one action on each file.

use super::changes::{Content, ObservedChange};
use super::paths::RepoPath;
use crate::model::{FileAction, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What became of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// What was there at the start.
    pub before: Content,
    /// What is there now.
    pub after: Content,
    /// The path at the start, if it was renamed.
    pub from: Option<RepoPath>,
    /// When it was last committed.
    pub committed: Option<Timestamp>,
    /// Whether it differs from the last commit.
    pub uncommitted: bool,
}

/// What became of every path that was touched.
#[derive(Debug, Default)]
pub(super) struct Traces(BTreeMap<RepoPath, Trace>);

/// An action on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Net {
    pub path: RepoPath,
    pub action: FileAction,
    pub from: Option<RepoPath>,
    pub trace: Trace,
}

impl Traces {
    /// Adds a change, which came after those already there. `committed` is when, if it was.
    pub(super) fn add(&mut self, change: &ObservedChange, committed: Option<Timestamp>) {
        let origin = change.from.as_ref().and_then(|from| {
            let trace = self.touch(from, &change.old, committed);
            let origin = if trace.before.exists() {
                Some(from.clone())
            } else {
                trace.from.clone()
            };
            (trace.after, trace.from) = (Content::Nothing, None);
            origin
        });
        let old = match change.from {
            Some(_) => &Content::Nothing,
            None => &change.old,
        };
        let trace = self.touch(&change.path, old, committed);
        trace.after = change.new.clone();
        if change.from.is_some() || !change.new.exists() {
            trace.from = origin;
        }
    }

    fn touch(
        &mut self,
        path: &RepoPath,
        old: &Content,
        committed: Option<Timestamp>,
    ) -> &mut Trace {
        let trace = self.0.entry(path.clone()).or_insert_with(|| Trace {
            before: old.clone(),
            after: old.clone(),
            from: None,
            committed: None,
            uncommitted: false,
        });
        trace.committed = trace.committed.max(committed);
        trace.uncommitted |= committed.is_none();
        trace
    }

    /// Returns what became of a path.
    pub(super) fn get_mut(&mut self, path: &RepoPath) -> Option<&mut Trace> {
        self.0.get_mut(path)
    }

    /// Says what became of a path, whatever was known.
    pub(super) fn insert(&mut self, path: RepoPath, trace: Trace) {
        self.0.insert(path, trace);
    }

    /// Forgets a path.
    pub(super) fn remove(&mut self, path: &RepoPath) {
        self.0.remove(path);
    }

    /// Keeps only what the condition holds for.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&RepoPath, &mut Trace) -> bool) {
        self.0.retain(|path, trace| keep(path, trace));
    }

    /// Returns the action on each file, sorted by path.
    pub(super) fn nets(self) -> Vec<Net> {
        let gone = |path: &RepoPath| self.0.get(path).is_none_or(|trace| !trace.after.exists());
        // A path was renamed to one other at most.
        let mut taken = BTreeSet::new();
        let mut nets: Vec<Net> = Vec::new();
        for (path, trace) in &self.0 {
            let from = trace.from.as_ref().filter(|from| gone(from));
            let from = from.filter(|_| !trace.before.exists() && trace.after.exists());
            let from = from.filter(|from| taken.insert((*from).clone())).cloned();
            let action = match (trace.before.exists(), trace.after.exists()) {
                (false, false) => continue,
                (true, true) if trace.before.is(&trace.after) => continue,
                (true, true) => FileAction::Modified,
                (true, false) => FileAction::Deleted,
                (false, true) if from.is_some() => FileAction::Renamed,
                (false, true) => FileAction::Created,
            };
            nets.push(Net {
                path: path.clone(),
                action,
                from,
                trace: trace.clone(),
            });
        }
        nets.retain(|net| net.action != FileAction::Deleted || !taken.contains(&net.path));
        nets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Content {
        match text {
            "-" => Content::Nothing,
            "?" => Content::Unknown,
            hash => Content::new("100644", hash),
        }
    }

    /// Plays `PATH OLD NEW` and `FROM>PATH OLD NEW`, where `-` is no file and `?` an unknown one.
    fn play(changes: &[&str]) -> Vec<String> {
        let mut traces = Traces::default();
        for change in changes {
            let words: Vec<&str> = change.split(' ').collect();
            let (from, path) = match words[0].split_once('>') {
                Some((from, path)) => (Some(RepoPath::new(from.as_bytes())), path),
                None => (None, words[0]),
            };
            let change = ObservedChange {
                path: RepoPath::new(path.as_bytes()),
                from,
                old: content(words[1]),
                new: content(words[2]),
            };
            traces.add(&change, None);
        }
        let text = |path: &RepoPath| String::from_utf8_lossy(path.bytes()).into_owned();
        let told = |net: Net| {
            let from = net.from.map(|from| format!(" <- {}", text(&from)));
            let from = from.unwrap_or_default();
            format!("{} {}{from}", net.action.name(), text(&net.path))
        };
        traces.nets().into_iter().map(told).collect()
    }

    #[test]
    fn changes_of_one_file_become_one() {
        let none: [&str; 0] = [];
        assert_eq!(play(&["a - 1", "a 1 2"]), ["Created a"]);
        assert_eq!(play(&["a - 1", "a 1 -"]), none);
        assert_eq!(play(&["a 1 -", "a - 2"]), ["Modified a"]);
        assert_eq!(play(&["a 1 2", "a 2 -"]), ["Deleted a"]);
        assert_eq!(play(&["a 1 2", "a 2 1"]), none);
        assert_eq!(play(&["a 1 2", "a 2 ?"]), ["Modified a"]);
        assert_eq!(play(&["a 1 -", "a - ?"]), ["Modified a"]);
    }

    #[test]
    fn renames_collapse() {
        let none: [&str; 0] = [];
        assert_eq!(play(&["a>b 1 1"]), ["Renamed b <- a"]);
        assert_eq!(play(&["a>b 1 1", "b>c 1 2"]), ["Renamed c <- a"]);
        assert_eq!(play(&["a>b 1 1", "b>a 1 1"]), none);
        assert_eq!(play(&["a>b 1 1", "b>a 1 2"]), ["Modified a"]);
        assert_eq!(play(&["a>b 1 1", "b 1 -"]), ["Deleted a"]);
        assert_eq!(play(&["a - 1", "a>b 1 1"]), ["Created b"]);
        assert_eq!(play(&["a 1 2", "a>b 2 2"]), ["Renamed b <- a"]);
        assert_eq!(play(&["a>b 1 1", "a - 3"]), ["Modified a", "Created b"]);
        // Onto a file that was there.
        assert_eq!(play(&["b 2 -", "a>b 1 1"]), ["Deleted a", "Modified b"]);
        // Two files change places.
        let swap = ["a>t 1 1", "b>a 2 2", "t>b 1 1"];
        assert_eq!(play(&swap), ["Modified a", "Modified b"]);
        assert_eq!(
            play(&["a>b 1 1", "b 1 -", "b - 9"]),
            ["Deleted a", "Created b"]
        );
    }
}
