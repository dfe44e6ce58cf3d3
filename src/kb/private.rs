//! What this program keeps for itself beside the Markdown: index, journals, locks, notes.
//!
//! Private files are opened here and nowhere else: never through a link, never waiting, regular
//! files of the user only. New ones are for the user alone, but in a knowledge base that several
//! users share the mask decides.

use super::file;
use super::open::{self, Access, Link, Opened, has_other_names};
use super::ownership::{is_shared, is_usable, mode_of_new_file};
use super::swap::{Attributes, Durability, replace_at};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

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
    replace_at(path, bytes, Attributes::Private, Durability::None)
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

/// Says why something is no directory for private files.
pub(super) fn check_directory(found: &Metadata) -> Result<(), &'static str> {
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

/// Makes a directory with the mode, which the mask narrows.
pub(super) fn make_directory(directory: &Path, mode: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    set_directory_mode(&mut builder, mode);
    builder.create(directory)
}

#[cfg(unix)]
fn set_directory_mode(builder: &mut fs::DirBuilder, mode: u32) {
    std::os::unix::fs::DirBuilderExt::mode(builder, mode);
}

#[cfg(not(unix))]
fn set_directory_mode(_: &mut fs::DirBuilder, _: u32) {}
