//! Finds renames that git does not know of: a file that is gone, and one with the same content that
//! was not there before.

use super::baseline::Mark;
use super::file_time;
use super::paths::RepoPath;
use super::place::Place;
use super::runner::{Failure, Runner};
use super::trace::Net;
use crate::model::FileAction;
use std::collections::{HashMap, HashSet};
use std::fs;

/// Most files whose content is looked at.
const MAX_FILES: usize = 1_000;
/// Most bytes of files that are looked at because they have the size of one that is gone.
const MAX_SAME: u64 = 256 << 20;
/// Most bytes of other files: git may keep them with other line ends, and so with another size.
const MAX_OTHER: u64 = 16 << 20;

/// The hashes of an empty file. Two of them are not the same file.
const EMPTY: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// By what a file is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sign {
    /// What git calls its content.
    Hash(String),
    /// Size and time, which moving a file does not change.
    State(u64, i64),
}

/// What is needed to compare files.
pub(super) struct Renames<'a> {
    pub git: &'a Runner<'a>,
    pub place: &'a Place,
    /// What is remembered of files that differed from the commit when the session began.
    pub marks: HashMap<&'a RepoPath, &'a Mark>,
}

impl Renames<'_> {
    /// Makes of each deleted and created file that are the same one renamed file.
    pub(super) fn pair(&self, nets: Vec<Net>) -> Vec<Net> {
        let of = |action| nets.iter().filter(move |net| net.action == action);
        let deleted: Vec<(&Net, Vec<Sign>)> = of(FileAction::Deleted)
            .map(|net| (net, self.lost(net)))
            .collect();
        let created: Vec<&Net> = of(FileAction::Created).collect();
        if created.is_empty() || deleted.iter().all(|(_, signs)| signs.is_empty()) {
            return nets;
        }
        // If the contents cannot be had, the files remain two.
        let hashes = self.hashes(&created, &deleted).unwrap_or_default();
        let created = created.iter().map(|net| (*net, self.found(net, &hashes)));
        let pairs = pair_renames(&deleted, &created.collect::<Vec<_>>());
        apply_renames(nets, pairs)
    }

    /// Returns the signs of a file that is gone.
    fn lost(&self, net: &Net) -> Vec<Sign> {
        let hash = net.trace.before.file_hash();
        let hash = hash.map(|hash| Sign::Hash(hash.to_owned()));
        let mark = self.marks.get(&net.path).filter(|mark| mark.size > 0);
        let state = mark.map(|mark| Sign::State(mark.size, mark.modified));
        hash.into_iter().chain(state).collect()
    }

    /// Returns the signs of a file that was not there before.
    fn found(&self, net: &Net, hashes: &HashMap<&RepoPath, String>) -> Vec<Sign> {
        let known = net.trace.after.file_hash();
        let hash = known.or(hashes.get(&net.path).map(String::as_str));
        let hash = hash.map(|hash| Sign::Hash(hash.to_owned()));
        let state = file_time::file_state(&self.place.absolute(&net.path));
        let state = state.map(|state| Sign::State(state.size, state.modified));
        hash.into_iter().chain(state).collect()
    }

    /// Returns what git would call the contents of the files that may have been renamed.
    fn hashes<'n>(
        &self,
        created: &[&'n Net],
        deleted: &[(&Net, Vec<Sign>)],
    ) -> Result<HashMap<&'n RepoPath, String>, Failure> {
        let wanted: Vec<&str> = deleted
            .iter()
            .filter_map(|(net, _)| net.trace.before.file_hash())
            .collect();
        let files = created
            .iter()
            .filter(|net| net.trace.after.file_hash().is_none());
        let files: Vec<(&RepoPath, u64)> = files
            .filter_map(|net| Some((&net.path, self.size(&net.path)?)))
            .collect();
        if wanted.is_empty() || files.is_empty() {
            return Ok(HashMap::new());
        }
        let input = wanted.join("\n") + "\n";
        let sizes = ["cat-file", "--batch-check=%(objectsize)"];
        let sizes = self.git.run(&sizes, input.into_bytes())?;
        let sizes = String::from_utf8_lossy(&sizes);
        let sizes: HashSet<u64> = sizes.lines().filter_map(|line| line.parse().ok()).collect();
        let chosen = choose_candidates(files, &sizes);
        // Git reads these paths from the root, wherever it is run.
        let up = self.place.way_up();
        let hash = ["-C", &up, "hash-object", "--stdin-paths"];
        let quoted = chosen
            .iter()
            .flat_map(|path| [path.quoted(), vec![b'\n']].concat());
        let hashes = self.git.run(&hash, quoted.collect())?;
        let hashes = String::from_utf8_lossy(&hashes).into_owned();
        Ok(chosen
            .into_iter()
            .zip(hashes.lines().map(str::to_owned))
            .collect())
    }

    /// Returns the size of a file, and nothing of a link: its content is where it leads to.
    fn size(&self, path: &RepoPath) -> Option<u64> {
        let data = fs::symlink_metadata(self.place.absolute(path)).ok()?;
        data.is_file().then_some(data.len())
    }
}

/// Chooses the files that are worth reading.
fn choose_candidates<'n>(
    mut files: Vec<(&'n RepoPath, u64)>,
    sizes: &HashSet<u64>,
) -> Vec<&'n RepoPath> {
    files.sort_by_key(|(_, size)| (!sizes.contains(size), *size));
    let (mut same, mut other) = (MAX_SAME, MAX_OTHER);
    let affordable = files.into_iter().filter(|(_, size)| {
        let left = if sizes.contains(size) {
            &mut same
        } else {
            &mut other
        };
        let affordable = *size <= *left;
        if affordable {
            *left -= size;
        }
        affordable
    });
    affordable.map(|(path, _)| path).take(MAX_FILES).collect()
}

type Signed<'a> = (&'a Net, Vec<Sign>);

/// Returns the former path of each renamed file: first where the name of the file is the same,
/// then others.
fn pair_renames(deleted: &[Signed], created: &[Signed]) -> HashMap<RepoPath, RepoPath> {
    let mut pairs = HashMap::new();
    let mut taken = HashSet::new();
    for same_name in [true, false] {
        let mut by_sign: HashMap<&Sign, Vec<&RepoPath>> = HashMap::new();
        for (net, signs) in deleted.iter().rev() {
            for sign in signs.iter().filter(|sign| same_name || !is_empty(sign)) {
                by_sign.entry(sign).or_default().push(&net.path);
            }
        }
        for (net, signs) in created {
            if pairs.contains_key(&net.path) {
                continue;
            }
            let fits = |from: &&&RepoPath| {
                !taken.contains(*from) && (!same_name || from.file_name() == net.path.file_name())
            };
            let candidates = signs.iter().filter_map(|sign| by_sign.get(sign));
            let from = candidates.flat_map(|paths| paths.iter().rev()).find(fits);
            if let Some(from) = from {
                taken.insert(*from);
                pairs.insert(net.path.clone(), (*from).clone());
            }
        }
    }
    pairs
}

fn is_empty(sign: &Sign) -> bool {
    matches!(sign, Sign::Hash(hash) if EMPTY.contains(&hash.as_str()))
}

fn apply_renames(mut nets: Vec<Net>, pairs: HashMap<RepoPath, RepoPath>) -> Vec<Net> {
    for net in &mut nets {
        if let Some(from) = pairs.get(&net.path) {
            (net.action, net.from) = (FileAction::Renamed, Some(from.clone()));
        }
    }
    let gone: HashSet<&RepoPath> = pairs.values().collect();
    nets.retain(|net| net.action != FileAction::Deleted || !gone.contains(&net.path));
    nets
}

#[cfg(test)]
mod tests {
    use super::super::changes::{Content, ObservedChange};
    use super::super::trace::Traces;
    use super::*;

    fn nets(changes: &[(&str, &str, &str)]) -> Vec<Net> {
        let mut traces = Traces::default();
        let content = |hash: &str| match hash {
            "" => Content::Nothing,
            hash => Content::new("100644", hash),
        };
        for (path, old, new) in changes {
            let change = ObservedChange {
                path: RepoPath::new(path.as_bytes()),
                from: None,
                old: content(old),
                new: content(new),
            };
            traces.add(&change, None);
        }
        traces.nets()
    }

    fn paired(changes: &[(&str, &str, &str)]) -> Vec<String> {
        let nets = nets(changes);
        let signed = |action: FileAction| {
            let signs = move |net: &Net| {
                let content = match action {
                    FileAction::Deleted => &net.trace.before,
                    _ => &net.trace.after,
                };
                let hash = content.file_hash().expect("a hash").to_owned();
                vec![Sign::Hash(hash)]
            };
            let of = nets.iter().filter(move |net| net.action == action);
            of.map(move |net| (net, signs(net))).collect::<Vec<_>>()
        };
        let pairs = pair_renames(&signed(FileAction::Deleted), &signed(FileAction::Created));
        let text = |path: &RepoPath| String::from_utf8_lossy(path.bytes()).into_owned();
        let nets = apply_renames(nets.clone(), pairs);
        let told = nets.iter().map(|net| {
            let from = net.from.as_ref().map(|from| format!(" <- {}", text(from)));
            format!(
                "{} {}{}",
                net.action.name(),
                text(&net.path),
                from.unwrap_or_default()
            )
        });
        told.collect()
    }

    #[test]
    fn the_same_content_is_the_same_file() {
        let told = paired(&[("a", "1", ""), ("b", "", "1"), ("c", "", "2")]);
        assert_eq!(told, ["Renamed b <- a", "Created c"]);
    }

    #[test]
    fn the_same_name_comes_first_and_each_file_is_used_once() {
        let told = paired(&[
            ("a/x", "1", ""),
            ("a/y", "1", ""),
            ("b/w", "", "1"),
            ("b/y", "", "1"),
            ("b/z", "", "1"),
        ]);
        let expected = ["Renamed b/w <- a/x", "Renamed b/y <- a/y", "Created b/z"];
        assert_eq!(told, expected);
    }

    #[test]
    fn empty_files_are_the_same_only_by_name() {
        let told = paired(&[
            ("a/mod.rs", EMPTY[0], ""),
            ("a/x", EMPTY[0], ""),
            ("b/mod.rs", "", EMPTY[0]),
            ("b/y", "", EMPTY[0]),
        ]);
        let expected = ["Deleted a/x", "Renamed b/mod.rs <- a/mod.rs", "Created b/y"];
        assert_eq!(told, expected);
    }

    #[test]
    fn reading_is_bounded() {
        let paths: Vec<RepoPath> = (0..3).map(|n| RepoPath::new(&[b'a' + n])).collect();
        let files = vec![(&paths[0], MAX_OTHER + 1), (&paths[1], 7), (&paths[2], 9)];
        let chosen = choose_candidates(files, &HashSet::from([9]));
        assert_eq!(chosen, [&paths[2], &paths[1]]);
    }
}
