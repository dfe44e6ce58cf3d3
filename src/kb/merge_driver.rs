//! The merge driver: this clone's git asks `mx merge-driver` to merge entries.
//!
//! What a repository can say for all its clones, `*.md merge=union` in `.gitattributes`, is what
//! git does where the driver is not set up. The driver itself is named in the configuration of the
//! clone, and the clone's own attributes, which win, say that it is to be used. If it fails, or the
//! program is not there any more, git merges as before.

use super::git::Repository;
use super::private::replace_private;
use super::{Environment, Kb, git, gitattributes, read_regular_file, read_text_or_nothing};
use crate::error::{Error, Result};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

const SECTION: &str = "[merge \"mx\"]";
/// The file below the private directory that says that the clone was looked at.
const LOOKED_AT: &str = "merge-driver";

impl Kb {
    /// Returns whether git in this clone merges entries with the driver.
    pub fn has_merge_driver(&self) -> bool {
        let Some(repository) = Repository::find(self.root()) else {
            return false;
        };
        let holds = |path: &str, part: &str| {
            let path = repository.common_dir().join(path);
            let text = read_text_or_nothing(&path, git::MAX_BYTES);
            text.lines().any(|line| line.trim() == part)
        };
        let attribute = attribute_of(&repository, self.root());
        holds("config", SECTION) && attribute.is_some_and(|line| holds("info/attributes", &line))
    }

    /// Makes git in this clone merge entries with the driver. Returns whether anything was missing.
    ///
    /// # Errors
    ///
    /// If the configuration of the clone cannot be read or written.
    pub fn ensure_merge_driver(&self) -> Result<bool> {
        let Some(repository) = Repository::find(self.root()) else {
            return Ok(false);
        };
        let Some(attribute) = attribute_of(&repository, self.root()) else {
            return Ok(false);
        };
        let driver = driver_command(self.environment());
        let configured = rewrite_git_config(&repository.common_dir().join("config"), |old| {
            with_driver(old, &driver)
        })?;
        let is_link = || Error::failed("the directory info of git is no directory of its own");
        let attributes = repository.info_file("attributes").ok_or_else(is_link)?;
        let attributed = self.rewrite(&attributes, |old| {
            let old = String::from_utf8_lossy(old.unwrap_or_default()).into_owned();
            Ok(gitattributes::with_line(&old, &attribute).map(String::into_bytes))
        })?;
        Ok(configured || attributed)
    }

    /// Sets up the driver in a clone of a knowledge base whose attributes say that entries are to
    /// be merged, once. Returns whether it did now. That it cannot is no reason to fail.
    pub fn adopt_merge_driver(&self) -> bool {
        let mark = self.private_dir().join(LOOKED_AT);
        if mark.exists() || !self.has_union_attribute() {
            return false;
        }
        let adopted = !self.has_merge_driver() && self.ensure_merge_driver().unwrap_or(false);
        if self.private_dir().is_dir() {
            // Without the mark it is looked at again the next time.
            let _ = replace_private(&mark, b"");
        }
        adopted
    }
}

/// Returns the line of the clone's attributes: all entries below the root of the KB.
fn attribute_of(repository: &Repository, root: &Path) -> Option<String> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let (root, worktree) = (real(root)?, real(repository.worktree())?);
    let below = root.strip_prefix(worktree).ok()?.to_str()?;
    let below = below.replace(std::path::MAIN_SEPARATOR, "/");
    if below.is_empty() {
        return Some("*.md merge=mx".to_owned());
    }
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ' ');
    let escaped: String = below
        .chars()
        .map(|c| if is_plain(c) { c } else { '?' })
        .collect();
    Some(format!("\"/{escaped}/**/*.md\" merge=mx"))
}

/// Returns what git runs: the driver, and if that fails, its own merge that keeps both sides.
fn driver_command(environment: &Environment) -> String {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let own = environment.program.as_deref();
    let found = environment.find_program("mx");
    let is_on_path = found.as_deref().and_then(real) == own.and_then(real);
    let program = match own {
        Some(own) if !is_on_path => {
            format!("'{}'", own.display().to_string().replace('\'', "'\\''"))
        }
        _ => "mx".to_owned(),
    };
    format!("{program} merge-driver %O %A %B %P || git merge-file --quiet --union %A %O %B")
}

/// Returns a configuration of git with the driver; `None` if it is there.
fn with_driver(old: &str, driver: &str) -> Option<String> {
    let escaped = driver.replace('\\', "\\\\").replace('"', "\\\"");
    let section = format!("{SECTION}\n\tname = entries of mx\n\tdriver = \"{escaped}\"\n");
    if old.contains(&section) {
        return None;
    }
    let mut inside = false;
    let kept = old.split_inclusive('\n').filter(|line| {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == SECTION;
        }
        !inside
    });
    let mut text: String = kept.collect();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text + &section)
}

/// Replaces the configuration of a repository as git does: the new one is written into the file
/// that locks it.
fn rewrite_git_config(path: &Path, change: impl Fn(&str) -> Option<String>) -> Result<bool> {
    let lock = path.with_extension("lock");
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::AlreadyExists => Error::busy(format!("{} is locked by git", path.display()))
            .with_hint(format!("if no git runs, remove {}", lock.display())),
        _ => Error::io("write", path, cause),
    };
    let old = read_regular_file(path, git::MAX_BYTES).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))
    });
    let old = old.map_err(|cause| Error::io("read", path, cause))?;
    let Some(new) = change(&old) else {
        return Ok(false);
    };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&lock)
        .map_err(failed)?;
    let written = file
        .write_all(new.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&lock, path));
    if written.is_err() {
        let _ = fs::remove_file(&lock);
    }
    written.map(|()| true).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_configuration_is_kept() {
        let section = "[merge \"mx\"]\n\tname = entries of mx\n\tdriver = \"a \\\"b\\\"\"\n";
        let old =
            "[core]\n\tbare = false\n[merge \"mx\"]\n\tdriver = old\n[remote \"o\"]\n\turl = x";
        let new = with_driver(old, "a \"b\"").expect("a change");
        let expected = format!("[core]\n\tbare = false\n[remote \"o\"]\n\turl = x\n{section}");
        assert_eq!(new, expected);
        assert_eq!(with_driver(&new, "a \"b\""), None);
        assert_eq!(with_driver("", "a \"b\"").as_deref(), Some(section));
    }

    #[test]
    fn a_locked_configuration_is_left_alone() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let config = dir.path().join("config");
        fs::write(&config, "old").expect("write");
        let change = |old: &str| Some(format!("{old} new"));
        assert!(rewrite_git_config(&config, change).expect("written"));
        assert_eq!(fs::read_to_string(&config).expect("read"), "old new");
        fs::write(dir.path().join("config.lock"), "").expect("write");
        assert!(rewrite_git_config(&config, change).is_err());
        assert_eq!(fs::read_to_string(&config).expect("read"), "old new");
    }
}
