//! Putting a file in the place of another: it is written beside, then renamed, so that there is the
//! old one or the new one at any moment.

use super::attributes::keep_attributes;
use super::file;
use super::ownership::mode_of_new_file;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use tempfile::NamedTempFile;

/// Who may use a file, and what else it has beside its text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Attributes<'a> {
    /// A mode, which the user's mask narrows.
    Mode(u32),
    /// The mode of private files in the directory.
    Private,
    /// Permissions, owner and extended attributes of a file, as far as they can be had.
    Of(&'a File),
}

/// What a power cut leaves of a file that has been replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The old file, the new one, or one that is not whole.
    None,
    /// The old file or the new one.
    Bytes,
    /// The new file.
    Name,
}

/// Replaces a file, or makes it. Nothing is locked and no link followed.
pub(crate) fn replace_at(
    path: &Path,
    bytes: &[u8],
    attributes: Attributes<'_>,
    durability: Durability,
) -> io::Result<()> {
    let is_synced = durability != Durability::None;
    write_beside(path, bytes, attributes, is_synced)?.persist(path)?;
    if durability == Durability::Name {
        file::sync_dir(file::parent_of(path)).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Writes a temporary file beside a path. It deletes itself unless it is persisted.
pub(super) fn write_beside(
    path: &Path,
    bytes: &[u8],
    attributes: Attributes<'_>,
    is_synced: bool,
) -> io::Result<NamedTempFile> {
    let directory = file::parent_of(path);
    let mode = match attributes {
        Attributes::Mode(mode) => mode,
        Attributes::Private => mode_of_new_file(directory),
        // What is in the old one may be for the user alone.
        Attributes::Of(_) => 0o600,
    };
    let new = file::temporary(directory, mode)?;
    new.as_file().write_all(bytes)?;
    if let Attributes::Of(old) = attributes {
        new.as_file()
            .set_permissions(old.metadata()?.permissions())?;
        keep_attributes(new.as_file(), old);
    }
    if is_synced {
        new.as_file().sync_all()?;
    }
    Ok(new)
}
