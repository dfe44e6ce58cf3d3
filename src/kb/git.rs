//! What a git repository says about itself, read from its files: running git would cost more
//! than everything else that a note needs.

use super::ownership::may_decide_for;
use super::{read_regular_file, remote};
use std::fs;
use std::path::{Path, PathBuf};

/// Longest file of git that is read.
pub(super) const MAX_BYTES: u64 = 1 << 20;

/// A repository around a directory.
#[derive(Debug)]
pub(crate) struct Repository {
    worktree: PathBuf,
    private: PathBuf,
    common: PathBuf,
}

impl Repository {
    /// Finds the repository that a directory lies in: the nearest `.git` above it that is a
    /// repository, or a file that names one (worktrees, submodules). One that another user put above
    /// the user's own directory is passed over, as git does.
    pub(crate) fn find(dir: &Path) -> Option<Self> {
        dir.ancestors().find_map(|worktree| {
            let private = private_dir(worktree)?;
            if !may_decide_for(&worktree.join(".git"), dir) {
                return None;
            }
            Some(Repository {
                worktree: worktree.to_path_buf(),
                common: common_dir(&private),
                private,
            })
        })
    }

    /// Returns the root of the working tree.
    pub(crate) fn worktree(&self) -> &Path {
        &self.worktree
    }

    /// Returns whether a directory lies below the root of the working tree.
    pub(super) fn is_above(&self, dir: &Path) -> bool {
        dir != self.worktree && dir.starts_with(&self.worktree)
    }

    /// Returns the directory of what belongs to this working tree alone: `HEAD`, the index, and
    /// the log of `HEAD`.
    pub(crate) fn private_dir(&self) -> &Path {
        &self.private
    }

    /// Returns the directory of what all working trees of the repository share: objects, branches,
    /// configuration.
    pub(crate) fn common_dir(&self) -> &Path {
        &self.common
    }

    /// Returns the directory by whose name the repository goes in all of its working trees: the
    /// first working tree, else the repository itself.
    pub(super) fn main_directory(&self) -> PathBuf {
        if self.private == self.common {
            return self.worktree.clone();
        }
        // `worktrees/NAME/../..`: what it leads to counts, not how it is written.
        let common = fs::canonicalize(&self.common).unwrap_or_else(|_| self.common.clone());
        let name = common.file_name().unwrap_or_default().to_string_lossy();
        match name.strip_suffix(".git") {
            Some(name) if !name.is_empty() => common.with_file_name(name),
            None if !name.starts_with('.') => common,
            // `.git`, or a hidden bare repository beside its working trees.
            _ => common.parent().map_or(common.clone(), Path::to_path_buf),
        }
    }

    /// Returns a file in `.git/info`, which is made where it is missing. `None` if that is no directory,
    /// or one of the two is a link: what is written there would lie elsewhere. `.git` itself may be a
    /// link: no clone holds one.
    pub(crate) fn info_file(&self, name: &str) -> Option<PathBuf> {
        let info = if self.common.is_symlink() {
            fs::canonicalize(&self.common).ok()?.join("info")
        } else {
            self.common.join("info")
        };
        if fs::symlink_metadata(&info).is_err() {
            fs::create_dir(&info).ok()?;
        }
        let found = fs::symlink_metadata(&info).ok()?;
        let file = info.join(name);
        let is_link = fs::symlink_metadata(&file).is_ok_and(|found| found.is_symlink());
        (found.is_dir() && !is_link).then_some(file)
    }

    /// Returns the URL of the remote `origin`, else of the first one.
    fn remote_url(&self) -> Option<String> {
        let remotes = read_remotes(&read_small(&self.common.join("config"))?);
        let origin = remotes.iter().find(|(name, _)| name == "origin");
        origin.or(remotes.first()).map(|(_, url)| url.clone())
    }

    /// Returns the name of the repository in the URL of the remote `origin`, else of the first
    /// remote that names one.
    pub(super) fn remote_name(&self) -> Option<String> {
        let config = read_small(&self.common.join("config"))?;
        let remotes = read_remotes(&config);
        let origin = remotes.iter().filter(|(name, _)| name == "origin");
        origin
            .chain(&remotes)
            .find_map(|(_, url)| remote::repository_name(url))
    }
}

/// Returns whether two directories may be of one project: in two repositories they are not, unless
/// both have the same remote, or are working trees of the same one. Where there is no repository
/// nothing is known.
pub(crate) fn may_share_project(one: &Path, other: &Path) -> bool {
    let find = |dir: &Path| Repository::find(dir).filter(|_| dir.is_dir());
    let (Some(one), Some(other)) = (find(one), find(other)) else {
        return true;
    };
    match (one.remote_url(), other.remote_url()) {
        (Some(one), Some(other)) => remote::remote_address(&one) == remote::remote_address(&other),
        _ => {
            let real = |repository: &Repository| fs::canonicalize(&repository.common).ok();
            real(&one) == real(&other)
        }
    }
}

fn private_dir(worktree: &Path) -> Option<PathBuf> {
    let path = worktree.join(".git");
    let found = fs::metadata(&path).ok()?;
    let private = if found.is_dir() {
        path
    } else {
        let text = read_small(&path)?;
        worktree.join(text.strip_prefix("gitdir:")?.trim())
    };
    // As git does: a directory without HEAD is no repository.
    fs::symlink_metadata(private.join("HEAD")).ok()?;
    Some(private)
}

fn common_dir(private: &Path) -> PathBuf {
    match read_small(&private.join("commondir")) {
        Some(text) => private.join(text.trim()),
        None => private.to_path_buf(),
    }
}

fn read_small(path: &Path) -> Option<String> {
    let bytes = read_regular_file(path, MAX_BYTES).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns name and URL of each remote, in the order of the file.
///
/// Source of the format: git-config(1), "Syntax".
fn read_remotes(config: &str) -> Vec<(String, String)> {
    let config = config.replace("\\\r\n", "").replace("\\\n", "");
    let mut remotes = Vec::new();
    let mut section = None;
    for line in config.lines().map(str::trim) {
        let mut setting = line;
        if let Some(rest) = line.strip_prefix('[') {
            let (header, after) = split_header(rest);
            section = remote_of(header);
            setting = after.trim();
        }
        let (Some(name), Some((key, value))) = (&section, setting.split_once('=')) else {
            continue;
        };
        if key.trim().eq_ignore_ascii_case("url") {
            remotes.push((name.clone(), value_of(value)));
        }
    }
    remotes
}

/// Splits behind the `]` that ends a section header; one in quotes does not.
fn split_header(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// Returns the name in `remote "name"`, or in the older `remote.name`.
fn remote_of(header: &str) -> Option<String> {
    let end = header.find([' ', '\t', '"', '.']).unwrap_or(header.len());
    let (section, rest) = header.split_at(end);
    if !section.eq_ignore_ascii_case("remote") {
        return None;
    }
    match rest.strip_prefix('.') {
        Some(name) => Some(name.trim().to_lowercase()),
        None => Some(value_of(rest)),
    }
}

/// Returns a value without quotes, escapes and comment.
fn value_of(raw: &str) -> String {
    let mut value = String::new();
    let mut quoted = false;
    let mut chars = raw.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => break,
            '\\' => match chars.next() {
                Some(known @ ('\\' | '"')) => value.push(known),
                // Git refuses other escapes; what people wrote was a Windows path.
                Some(other) => value.extend(['\\', other]),
                None => {}
            },
            _ => value.push(c),
        }
    }
    value.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(config: &str) -> Vec<(String, String)> {
        read_remotes(config)
    }

    fn remote(name: &str, url: &str) -> (String, String) {
        (name.to_owned(), url.to_owned())
    }

    #[test]
    fn the_syntax_of_git_is_understood() {
        let config = "# comment\n[core]\n\turl = no\n[Remote \"a \\\"]b\"] ; comment\n\
                      \tURL = \"https://h/x#y\" # comment\n\tfetch = +refs/*:refs/*\n\
                      [branch \"main\"]\n\turl = no\n[remote.Old]url=one\\\ntwo\n\
                      [remote \"origin\"]\r\n\turl = C:\\\\dir\\\\repo\r\n\tpushurl = no\r\n";
        let expected = [
            remote("a \"]b", "https://h/x#y"),
            remote("old", "onetwo"),
            remote("origin", "C:\\dir\\repo"),
        ];
        assert_eq!(urls(config), expected);
    }

    #[test]
    fn nothing_is_not_a_panic() {
        for config in [
            "",
            "[",
            "[remote",
            "[remote \"",
            "[remote \"o\"]\nurl",
            "url = x",
            "[]=",
        ] {
            assert!(urls(config).is_empty(), "{config}");
        }
    }

    #[test]
    fn repositories_share_a_project_by_remote_or_by_what_they_have_in_common() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let make = |name: &str, config: &str| {
            let git = dir.path().join(name).join(".git");
            fs::create_dir_all(&git).expect("mkdir");
            fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("write");
            fs::write(git.join("config"), config).expect("write");
            dir.path().join(name)
        };
        let remote = |url: &str| format!("[remote \"origin\"]\nurl = {url}\n");
        let a = make("a/app", &remote("git@host:a/app.git"));
        let clone = make("c/app", &remote("https://user@host/a/app"));
        let b = make("b/app", &remote("https://host/b/app.git"));
        let local = make("d/app", "");
        let plain = dir.path().join("plain/app");
        fs::create_dir_all(&plain).expect("mkdir");
        for (one, other, shared) in [
            (&a, &clone, true),
            (&a, &b, false),
            (&a, &local, false),
            (&local, &local, true),
            (&a, &plain, true),
            (&a, &dir.path().join("gone"), true),
        ] {
            assert_eq!(may_share_project(one, other), shared, "{one:?} {other:?}");
        }
    }

    #[test]
    fn origin_comes_before_the_first_that_names_a_repository() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let name = |config: &str| {
            fs::write(dir.path().join("config"), config).expect("write");
            let common = dir.path().to_path_buf();
            Repository {
                worktree: common.clone(),
                private: common.clone(),
                common,
            }
            .remote_name()
        };
        let two = "[remote \"a\"]\nurl=h:o/a\n[remote \"origin\"]\nurl=h:o/b\n";
        assert_eq!(name(two).as_deref(), Some("b"));
        let nameless = "[remote \"origin\"]\nurl=.\n[remote \"a\"]\nurl=h:o/a\n";
        assert_eq!(name(nameless).as_deref(), Some("a"));
        assert_eq!(name("[core]\n"), None);
    }
}
