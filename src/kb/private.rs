//! What this program keeps for itself beside the Markdown: index, journals, locks, notes.
//!
//! It lies in `.mx/` below the root, unless that is not the user's: a link, a directory of somebody
//! else, or one that came with a repository which the user does not [trust](super::trust). Nothing
//! in such a directory is believed, written or followed, and the user's directory for caches takes
//! its place.
//!
//! Private files are opened here and nowhere else: never through a link, never waiting, regular
//! files of the user only. New ones are for the user alone, but in a knowledge base that several
//! users share the mask decides.

use super::PRIVATE_DIR;
use super::open::{self, Access, Link, Opened, has_other_names};
use super::ownership::{is_of_several, is_shared_directory, is_usable};
use super::trust::TrustList;
use super::{Environment, file};
use crate::error::Hint;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The directories in the private directory.
const AREAS: [&str; 6] = ["append", "import", "index", "journal", "serve", "sessions"];

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
        // In this order: whoever makes what is there notes it first.
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

fn check_directory(found: &Metadata) -> Result<(), &'static str> {
    if found.is_symlink() {
        Err("is a link")
    } else if !found.is_dir() {
        Err("is not a directory")
    } else if !is_usable(found) {
        Err("belongs to another user")
    } else {
        Ok(())
    }
}

/// Returns whether a private directory holds more than settings.
pub(super) fn holds_state(own: &Path) -> bool {
    let is_there = |area: &&str| fs::symlink_metadata(own.join(area)).is_ok();
    AREAS.iter().any(is_there)
}

/// Returns whether what lies in the private directory of a KB was made here, or the user agreed to the
/// KB, by which all else was put aside. Where no list can be kept of that, it cannot be known.
pub(crate) fn is_own_place(env: &Environment, root: &Path) -> bool {
    let Some(own) = env.default_root() else {
        return true;
    };
    let made = || TrustList::load_made(env);
    own == root
        || TrustList::load(env).contains(root)
        || made().contains(root)
        || is_same_directory(&own, root)
        || !made().can_be_kept()
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

/// Opens a private file that exists. One that has another name is replaced by a copy before it is
/// written to.
pub(crate) fn open_private(path: &Path, access: Access) -> io::Result<File> {
    let open = || open::open_checked(path, access, Link::Refuse);
    let (file, found) = open()?;
    if access == Access::Read || !has_other_names(&found) {
        return check_owner((file, found));
    }
    let bytes = read_private(path)?;
    replace_private(path, &bytes)?;
    check_owner(open()?)
}

/// Opens a private file, which is made if it is missing. Its directory must exist.
pub(crate) fn open_or_create_private(path: &Path, access: Access) -> io::Result<File> {
    match open_private(path, access) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let mode = mode_of_new_file(path.parent().unwrap_or(path));
            check_owner(open::open_or_create_file(path, access, mode)?)
        }
        opened => opened,
    }
}

fn check_owner((file, found): Opened) -> io::Result<File> {
    if is_usable(&found) {
        Ok(file)
    } else {
        Err(io::Error::other("it belongs to another user"))
    }
}

/// Reads a private file.
pub(crate) fn read_private(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_private(path, Access::Read)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Puts bytes into a private file, whole or not at all. It is not synced: a power cut leaves the
/// old one, or one that shows that it is not whole.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = path.parent().unwrap_or(path);
    let mut new = temporary_private(directory)?;
    new.write_all(bytes)?;
    new.persist(path)?;
    Ok(())
}

/// Makes a temporary file in a private directory, which deletes itself unless it is persisted.
pub(crate) fn temporary_private(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    file::temporary(directory, mode_of_new_file(directory))
}

/// Makes a private directory, and those above it, where they are missing.
pub(crate) fn make_private_directory(directory: &Path) -> io::Result<()> {
    match fs::symlink_metadata(directory) {
        Ok(found) => return check_directory(&found).map_err(io::Error::other),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        Err(_) => {}
    }
    let above = directory.parent().unwrap_or(directory);
    if !above.exists() {
        make_private_directory(above)?;
    }
    let mode = if is_shared(above) { 0o777 } else { 0o700 };
    match make_directory(directory, mode) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => make_private_directory(directory),
        made => made,
    }
}

/// Makes a directory with the mode, which the mask narrows.
pub(super) fn make_directory(directory: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    set_directory_mode(&mut builder, mode);
    builder.create(directory)
}

/// Returns the mode of a new private file in a directory, which the mask narrows.
pub(super) fn mode_of_new_file(directory: &Path) -> u32 {
    if is_shared(directory) { 0o666 } else { 0o600 }
}

fn is_shared(directory: &Path) -> bool {
    fs::metadata(directory).is_ok_and(|found| is_shared_directory(&found))
}

#[cfg(unix)]
fn set_directory_mode(builder: &mut fs::DirBuilder, mode: u32) {
    std::os::unix::fs::DirBuilderExt::mode(builder, mode);
}

#[cfg(not(unix))]
fn set_directory_mode(_: &mut fs::DirBuilder, _: u32) {}
