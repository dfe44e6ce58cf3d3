//! Reading and writing files that are the user's: followed through links, replaced as a whole.

use super::Change;
use crate::error::{Error, Result};
use crate::kb::{has_other_names, keep_attributes, open_regular_file, remove_if_there};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// More than that is no settings file.
pub(super) const LARGEST_SETTINGS: u64 = 16 << 20;
/// As many links one after the other as systems follow.
const LINKS: usize = 40;

/// Reads a text file. `None` if there is none.
pub(super) fn read_settings(path: &Path) -> Result<Option<String>> {
    let failed = |cause| Error::io("read", path, cause);
    let found = match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(failed)?,
    };
    if !found.is_file() {
        return Err(Error::failed(format!(
            "{} is not a regular file",
            path.display()
        )));
    }
    let mut bytes = Vec::new();
    let file = open_regular_file(path).map_err(failed)?;
    file.take(LARGEST_SETTINGS + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST_SETTINGS {
        return Err(Error::failed(format!(
            "{} is larger than {} MiB",
            path.display(),
            LARGEST_SETTINGS >> 20
        )));
    }
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|cause| {
        let at = cause.utf8_error().valid_up_to();
        let shown = path.display();
        Error::failed(format!("{shown} is not UTF-8 (byte {at})"))
            .with_hint("convert the file to UTF-8, or mend it, and try again")
    })
}

/// Carries out one change. The new text is complete and synced beside the file before it takes
/// its place; the file keeps its permissions, and a link to it stays a link. Directories are made
/// as needed; those that a deleted file leaves empty are removed, up to [`Change::floor`].
///
/// # Errors
///
/// If the file is not any more what it was when the change was planned.
pub fn apply_change(change: &Change) -> Result<()> {
    check_unchanged(change)?;
    let target = follow_links(&change.path)?;
    match &change.after {
        Some(text) => write_target(&target, text),
        None => delete_target(change, &target),
    }
}

/// Carries out changes; all of them, or, should one fail, none.
///
/// # Errors
///
/// A file was changed since it was read, or cannot be written.
pub fn apply_all(changes: &[Change]) -> Result<()> {
    changes.iter().try_for_each(check_unchanged)?;
    let mut done: Vec<Change> = Vec::new();
    for change in changes {
        // Whatever directories were there before stay, even if they are empty.
        let floor = existing_directory(&change.path);
        if let Err(error) = apply_change(change) {
            remove_empty(&change.path, &floor);
            for change in done.iter().rev() {
                // The first error is the one to report.
                let _ = apply_change(&change.reversed());
            }
            return Err(error);
        }
        done.push(Change {
            floor,
            ..change.clone()
        });
    }
    Ok(())
}

/// Returns the nearest directory above a path that exists.
fn existing_directory(path: &Path) -> PathBuf {
    let mut above = path.ancestors().skip(1);
    let found = above.find(|dir| dir.is_dir());
    found.unwrap_or(Path::new("")).to_path_buf()
}

/// Removes the directories above a path that are empty, up to the floor.
fn remove_empty(path: &Path, floor: &Path) {
    let above = path.ancestors().skip(1);
    for dir in above.take_while(|dir| *dir != floor && dir.starts_with(floor)) {
        // Fails where something else is in it, or where it is a link: then it stays.
        if fs::remove_dir(dir).is_err() {
            break;
        }
    }
}

fn check_unchanged(change: &Change) -> Result<()> {
    if read_settings(&change.path)? == change.before {
        Ok(())
    } else {
        Err(Error::busy(format!(
            "{} has been changed by another program meanwhile",
            change.path.display()
        ))
        .with_hint("try again"))
    }
}

/// Returns where a path leads, through links that may lead to nothing yet.
fn follow_links(path: &Path) -> Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => {
                let target =
                    fs::read_link(&path).map_err(|cause| Error::io("read", &path, cause))?;
                path = path.parent().unwrap_or(Path::new("")).join(target);
            }
            _ => return Ok(path),
        }
    }
    Err(Error::failed(format!(
        "{} is a link that leads to itself",
        path.display()
    )))
}

/// Returns the files among those to be changed that have another name (a hard link), which will keep
/// what they hold now.
pub fn find_linked(changes: &[Change]) -> Vec<&Path> {
    let is_linked = |change: &&Change| {
        let target = follow_links(&change.path).ok();
        let found = target.and_then(|target| fs::symlink_metadata(target).ok());
        change.before.is_some() && found.is_some_and(|found| has_other_names(&found))
    };
    let linked = changes.iter().filter(is_linked);
    linked.map(|change| change.path.as_path()).collect()
}

/// Returns a name of the file that is the same however its directories are linked.
pub(super) fn canonical_target(path: &Path) -> PathBuf {
    let path = follow_links(path).unwrap_or_else(|_| path.to_path_buf());
    let found = path
        .ancestors()
        .find_map(|dir| Some((fs::canonicalize(dir).ok()?, dir)));
    match found {
        Some((real, dir)) => match path.strip_prefix(dir) {
            Ok(rest) if !rest.as_os_str().is_empty() => real.join(rest),
            _ => real,
        },
        None => path,
    }
}

fn write_target(target: &Path, text: &str) -> Result<()> {
    let failed = |cause| Error::io("write", target, cause);
    let dir = target.parent().unwrap_or(target);
    fs::create_dir_all(dir).map_err(|cause| Error::io("create", dir, cause))?;
    let old = match open_regular_file(target) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        opened => Some(opened.map_err(failed)?),
    };
    let found = old.as_ref().map(File::metadata).transpose();
    let permissions = found.map_err(failed)?.map(|found| found.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        let cause = io::Error::from(io::ErrorKind::PermissionDenied);
        let hint = "the file is read-only: perhaps another program makes it; add the hooks there";
        return Err(failed(cause).with_hint(hint));
    }
    // A new one is as any program would make it; what is in the old one may be for the user alone.
    let mode = if old.is_some() { 0o600 } else { 0o666 };
    let mut new = temporary(dir, mode).map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)?;
    if let (Some(old), Some(permissions)) = (&old, permissions) {
        new.as_file().set_permissions(permissions).map_err(failed)?;
        keep_attributes(new.as_file(), old);
    }
    new.as_file().sync_all().map_err(failed)?;
    // Windows does not replace a file that is open.
    drop(old);
    new.persist(target).map_err(|error| failed(error.error))?;
    sync_dir(dir);
    Ok(())
}

fn delete_target(change: &Change, target: &Path) -> Result<()> {
    remove_if_there(target)?;
    remove_empty(&change.path, &change.floor);
    Ok(())
}

/// How the names of temporary files begin, and how many random letters and digits follow.
const TEMPORARY: &str = ".mx-";
const RANDOM: usize = 6;

/// Returns the temporary files in a directory: if one stays, a program was killed.
pub(super) fn left_behind(dir: &Path) -> Vec<PathBuf> {
    let is_ours = |name: &str| {
        let random = name.strip_prefix(TEMPORARY).unwrap_or_default();
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| is_ours(&entry.file_name().to_string_lossy()));
    ours.map(|entry| entry.path()).collect()
}

/// Makes a temporary file in the directory. The user's mask narrows the mode.
fn temporary(dir: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY).rand_bytes(RANDOM);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(dir)
}

/// The file is whole with or without it; only which one a power cut leaves depends on it.
#[cfg(unix)]
fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) {}
