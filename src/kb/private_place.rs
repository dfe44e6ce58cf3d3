//! Where what this program keeps for itself beside the Markdown lies.
//!
//! In `.mx/` below the root, unless that is not the user's: a link, a directory of another user, or
//! one that came with a repository which the user does not [trust](super::trust). Nothing in such a
//! directory is believed, written or followed, and the user's directory for caches takes its place.

use super::ownership::is_of_several;
use super::private::{check_directory, make_directory};
use super::trust::TrustList;
use super::{Environment, PRIVATE_DIR};
use crate::error::Hint;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// The directories in the private directory: all else in it are settings.
pub(super) const AREAS: [&str; 7] = [
    "append", "import", "index", "journal", "projects", "serve", "sessions",
];

/// Where the private directory of a KB lies.
#[derive(Debug, Clone)]
pub(super) struct PrivatePlace {
    pub(super) directory: PathBuf,
    /// Whether that is `.mx/` below the root.
    pub(super) in_root: bool,
    /// Whether `.mx/` is such that the settings in it count.
    pub(super) settings_count: bool,
    /// Why it is not, if the user should know.
    pub(super) warning: Option<String>,
}

impl PrivatePlace {
    /// Chooses the place for the KB at `root`. That the user named it for a command is no reason to
    /// believe what is in it already: it may have come with an archive.
    pub(super) fn choose(env: &Environment, root: &Path, trusted: bool) -> Self {
        let own = root.join(PRIVATE_DIR);
        let found = fs::symlink_metadata(&own).ok();
        let refused = found.as_ref().and_then(|found| find_refusal(&own, found));
        let settings_count = found
            .as_ref()
            .is_none_or(|found| check_directory(found).is_ok());
        let several = found.as_ref().is_some_and(is_of_several);
        // In this order: a process that makes what is there notes it first.
        let is_believed = || !holds_state(&own) || several || is_own_place(env, root);
        if trusted && refused.is_none() && is_believed() {
            return PrivatePlace {
                directory: own,
                in_root: true,
                settings_count,
                warning: None,
            };
        }
        let directory = directory_elsewhere(env, root);
        let shown = own.display();
        let warning = match refused {
            Some(reason) => Some(format!(
                "{reason}: nothing in {shown} is used, {} takes its place",
                directory.display()
            )),
            None if holds_state(&own) => {
                let message = format!(
                    "what {shown} holds was not made by you on this machine, and is not used; '"
                );
                let trust = Hint::from(message).then(Hint::command("context trust"));
                Some(env.spelling.spell(trust.then("' accepts it")))
            }
            None => None,
        };
        PrivatePlace {
            directory,
            in_root: false,
            settings_count,
            warning,
        }
    }
}

/// Returns the user's own directory for a KB whose `.mx/` does not serve.
pub(crate) fn directory_elsewhere(env: &Environment, root: &Path) -> PathBuf {
    let base = match &env.cache {
        Some(cache) => cache.join("memex"),
        None => env.private_temp(),
    };
    base.join(unique_name(root))
}

/// Returns a name for a KB that no other has: its directory's name and a hash of its path.
pub(crate) fn unique_name(root: &Path) -> String {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let hash = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
    let name = root.file_name().map(|name| name.to_string_lossy());
    format!("{}-{}", name.as_deref().unwrap_or("kb"), &hash[..12])
}

/// Returns why a private directory, or one in it, is not to be used; `None` if it may be.
fn find_refusal(own: &Path, found: &Metadata) -> Option<String> {
    let areas = || AREAS.iter().map(|area| own.join(area));
    let refuse = |path: &Path, found: &Metadata| {
        let reason = check_directory(found).err()?;
        Some(format!("{} {reason}", path.display()))
    };
    refuse(own, found)
        .or_else(|| areas().find_map(|area| refuse(&area, &fs::symlink_metadata(&area).ok()?)))
}

/// Returns whether a private directory holds more than settings.
pub(super) fn holds_state(own: &Path) -> bool {
    let is_there = |area: &&str| fs::symlink_metadata(own.join(area)).is_ok();
    AREAS.iter().any(is_there)
}

/// Returns whether what lies in the private directory of a KB was made here, or the user agreed to the
/// KB, by which all else was put aside. Where no list can be kept of that, or read, it cannot be known.
pub(crate) fn is_own_place(env: &Environment, root: &Path) -> bool {
    let Some(own) = env.default_root() else {
        return true;
    };
    let says_so = |list: &TrustList| list.contains(root) || !list.can_be_kept();
    own == root
        || says_so(&TrustList::load(env))
        || says_so(&TrustList::load_made(env))
        || is_same_directory(&own, root)
}

fn is_same_directory(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// Puts aside what a private directory holds but for the settings, as it came from elsewhere: the user
/// agrees to the notes, not to that. Returns where it is now; `None` if there was nothing.
///
/// # Errors
///
/// If it cannot be moved.
pub(crate) fn put_state_aside(root: &Path) -> io::Result<Option<PathBuf>> {
    let own = root.join(PRIVATE_DIR);
    let is_plain = |found: Metadata| found.is_dir() && !is_of_several(&found);
    if !fs::symlink_metadata(&own).is_ok_and(is_plain) || !holds_state(&own) {
        return Ok(None);
    }
    let mut numbered = (1..).map(|number: u32| own.join(format!("came-with-{number}")));
    let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    let aside = numbered.find(free).unwrap_or_default();
    make_directory(&aside, 0o700)?;
    for area in AREAS {
        match fs::rename(own.join(area), aside.join(area)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(Some(aside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_settings_is_put_aside() {
        let root = tempfile::tempdir().expect("temporary directory");
        let own = root.path().join(PRIVATE_DIR);
        assert_eq!(put_state_aside(root.path()).expect("nothing"), None);
        fs::create_dir_all(own.join("projects")).expect("made");
        fs::write(own.join("projects/renamed"), "[]").expect("written");
        fs::write(own.join("config.yaml"), "timezone: UTC\n").expect("written");
        let aside = put_state_aside(root.path()).expect("moved");
        let aside = aside.expect("there was something");
        assert!(aside.join("projects/renamed").exists());
        assert!(own.join("config.yaml").exists() && !holds_state(&own));
    }
}
