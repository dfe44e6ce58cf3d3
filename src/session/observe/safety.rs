//! What in a repository makes git wait for ever, or run programs that its configuration names: it may
//! have come with an archive, and to look at it must do neither.

use crate::kb::{Repository, read_regular_file};
use std::fs;
use std::path::{Path, PathBuf};

/// Most bytes of a configuration that are looked at.
const MAX_CONFIG: u64 = 1 << 20;

/// What git reads in its own directory.
const OWN_FILES: [&str; 11] = [
    "HEAD",
    "config",
    "config.worktree",
    "index",
    "info/attributes",
    "info/exclude",
    "logs/HEAD",
    "logs/refs/stash",
    "objects/info/alternates",
    "packed-refs",
    "shallow",
];

/// What git reads in the directories of a working tree.
const TREE_FILES: [&str; 4] = [
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".mx/.gitignore",
];

/// Returns a file that git would read and wait for, such as a FIFO: it opens whatever is there.
pub(super) fn find_blocking_file(repository: &Repository, dir: &Path) -> Option<PathBuf> {
    let own = [repository.private_dir(), repository.common_dir()];
    let own = own
        .into_iter()
        .flat_map(|dir| OWN_FILES.map(|name| dir.join(name)));
    let trees = dir
        .ancestors()
        .take_while(|tree| tree.starts_with(repository.worktree()));
    let trees = trees.chain([repository.worktree()]);
    let trees = trees.flat_map(|dir| TREE_FILES.map(|name| dir.join(name)));
    let is_blocking =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
    own.chain(trees).find(is_blocking)
}

/// The command of git that lists what is set, and where.
pub(super) const LIST_SETTINGS: [&str; 5] =
    ["config", "--null", "--show-scope", "--name-only", "--list"];

/// Returns arguments of git that switch off the filters which the configuration of the repository
/// names, given what [`LIST_SETTINGS`] lists. Those of the user's own configuration stay.
///
/// # Errors
///
/// The reason why one cannot be switched off.
pub(super) fn switch_filters_off(listed: &[u8]) -> Result<Vec<String>, String> {
    let listed = String::from_utf8_lossy(listed);
    let mut fields = listed.split('\0');
    let mut arguments = Vec::new();
    while let (Some(scope), Some(name)) = (fields.next(), fields.next()) {
        if !matches!(scope, "local" | "worktree") {
            continue;
        }
        let Some(value) = harmless_value(name) else {
            continue;
        };
        if name.contains('=') {
            // It cannot be set on the command line.
            return Err(format!(
                "its filter {} is not understood",
                name.escape_debug()
            ));
        }
        arguments.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    Ok(arguments)
}

/// Returns what to set a setting of a filter to, so that no program is run; `None` for others.
fn harmless_value(name: &str) -> Option<&'static str> {
    let key = name.strip_prefix("filter.")?.rsplit('.').next()?;
    match key {
        "clean" | "smudge" | "process" => Some(""),
        "required" => Some("false"),
        _ => None,
    }
}

/// Returns whether the configuration of a repository may name filters, itself or in other files.
pub(super) fn may_name_filters(repository: &Repository) -> bool {
    let files = [
        repository.common_dir().join("config"),
        repository.private_dir().join("config.worktree"),
    ];
    files.iter().any(|file| {
        let too_long = fs::metadata(file).is_ok_and(|found| found.len() > MAX_CONFIG);
        let text = read_regular_file(file, MAX_CONFIG).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
        too_long || text.contains("filter") || text.contains("include")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_the_repository_are_switched_off_and_those_of_the_user_stay() {
        let listed = "global\0filter.lfs.clean\0local\0core.bare\0local\0filter.a.b.clean\0\
                      worktree\0filter.x.process\0local\0filter.x.required\0local\0filter.x.other\0";
        let off = switch_filters_off(listed.as_bytes()).expect("understood");
        let expected = [
            "filter.a.b.clean=",
            "filter.x.process=",
            "filter.x.required=false",
        ];
        let expected: Vec<&str> = expected
            .iter()
            .flat_map(|setting| ["-c", setting])
            .collect();
        assert_eq!(off, expected);
        assert!(switch_filters_off(b"local\0filter.a=b.clean\0").is_err());
    }
}
