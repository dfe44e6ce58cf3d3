//! Opening files: the one way in which this program opens what lies in a knowledge base, its
//! private directory, or a directory that others may write to.
//!
//! Never waits, should a FIFO have taken the file's place; follows no link there; opens regular
//! files only.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    /// At its end, and to read.
    Append,
    /// Anywhere, and to read.
    Write,
    /// At its end only. On Windows, no process can move the file away while it is open.
    Journal,
}

/// An open file, and what it was when it was opened.
pub(super) type Opened = (File, Metadata);

/// Opens a file that exists. Only the last part of `path` is looked at for a link.
pub(crate) fn open_file(path: &Path, access: Access) -> io::Result<File> {
    open_checked(path, access, Link::Refuse).map(|(file, _)| file)
}

/// Opens a file that exists.
pub(super) fn open_checked(path: &Path, access: Access, link: Link) -> io::Result<Opened> {
    open_regular(path, &mut open_options(access), link)
}

/// Opens a file, which is made if it is missing. On Unix, the mask narrows the mode.
pub(super) fn open_or_create_file(path: &Path, access: Access, mode: u32) -> io::Result<Opened> {
    let mut options = open_options(access);
    options.create(true).truncate(false);
    set_mode(&mut options, mode);
    open_regular(path, &mut options, Link::Refuse)
}

/// Returns whether a file has another name (a hard link), which may lie anywhere: what is written in
/// place changes that too.
#[cfg(unix)]
pub(crate) fn has_other_names(found: &Metadata) -> bool {
    found.is_file() && std::os::unix::fs::MetadataExt::nlink(found) > 1
}

/// Returns `false`: it is unknown without another call, and no user can make such a name for a
/// file that he may not write to.
#[cfg(not(unix))]
pub(crate) fn has_other_names(_: &Metadata) -> bool {
    false
}

/// What becomes of a link at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Refuse,
    Follow,
}

/// Opens a file below `root` for reading, in one step that nothing can come between. `None` if it
/// is no regular file, or if a link lies on the way: then its path is to be resolved.
#[cfg(target_os = "linux")]
pub(super) fn open_beneath(root: &Path, path: &Path) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
    let directory = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = openat(CWD, root, directory, Mode::empty()).ok()?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    let file = openat2(root, path, flags, Mode::empty(), resolve).ok()?;
    let file = File::from(file);
    file.metadata().ok()?.is_file().then_some(file)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn open_beneath(_: &Path, _: &Path) -> Option<File> {
    None
}

/// Returns whether a path cannot be opened because there is nothing.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn open_options(access: Access) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(access != Access::Journal);
    match access {
        Access::Read => {}
        Access::Write => drop(options.write(true)),
        Access::Journal => drop(options.append(true)),
        // With `append` alone, Windows gives no right to truncate, which undoing needs. There,
        // the lock keeps others away from the end of the file.
        Access::Append if cfg!(windows) => drop(options.write(true)),
        Access::Append => drop(options.append(true)),
    }
    forbid_moving(&mut options, access);
    options
}

fn open_regular(path: &Path, options: &mut OpenOptions, link: Link) -> io::Result<Opened> {
    set_flags(options, link);
    let file = options.open(path).map_err(name_link)?;
    let found = file.metadata()?;
    check_regular(&found)?;
    Ok((file, found))
}

fn check_regular(found: &Metadata) -> io::Result<()> {
    if found.is_symlink() {
        return Err(is_link());
    }
    if found.is_file() {
        return Ok(());
    }
    Err(io::Error::other("it is not a regular file"))
}

fn is_link() -> io::Error {
    io::Error::other("it is a link, which is not followed")
}

#[cfg(unix)]
fn set_flags(options: &mut OpenOptions, link: Link) {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if link == Link::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    options.custom_flags(flags.bits().cast_signed());
}

/// The error for a link that is not to be followed depends on the system.
#[cfg(unix)]
fn name_link(cause: io::Error) -> io::Error {
    use rustix::io::Errno;
    let links = [Errno::LOOP.raw_os_error(), Errno::MLINK.raw_os_error()];
    if cause
        .raw_os_error()
        .is_some_and(|code| links.contains(&code))
    {
        return is_link();
    }
    cause
}

#[cfg(windows)]
fn set_flags(options: &mut OpenOptions, link: Link) {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    if link == Link::Refuse {
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }
}

#[cfg(not(any(unix, windows)))]
fn set_flags(_: &mut OpenOptions, _: Link) {}

#[cfg(not(unix))]
fn name_link(cause: io::Error) -> io::Error {
    cause
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, mode: u32) {
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
}

#[cfg(not(unix))]
fn set_mode(_: &mut OpenOptions, _: u32) {}

/// Keeps a journal from being moved away while it is open: Windows has that for a lock.
#[cfg(windows)]
fn forbid_moving(options: &mut OpenOptions, access: Access) {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_READ_AND_WRITE: u32 = 3;
    if access == Access::Journal {
        options.share_mode(FILE_SHARE_READ_AND_WRITE);
    }
}

#[cfg(not(windows))]
fn forbid_moving(_: &mut OpenOptions, _: Access) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_not_followed_and_nothing_waits() {
        let kb = TestKb::new();
        kb.write("target", "kept");
        symlink("target", kb.root().join("link")).expect("link");
        symlink("missing", kb.root().join("dangling")).expect("link");
        symlink("loop", kb.root().join("loop")).expect("link");
        kb.make_fifo("fifo");
        fs::create_dir(kb.root().join("directory")).expect("mkdir");
        for name in ["link", "dangling", "loop", "fifo", "directory"] {
            let path = kb.root().join(name);
            for access in [Access::Read, Access::Append, Access::Write, Access::Journal] {
                assert!(open_file(&path, access).is_err(), "{name} {access:?}");
                let opened = open_or_create_file(&path, access, 0o600);
                assert!(opened.is_err(), "{name} {access:?}");
            }
        }
        let error = open_file(&kb.root().join("link"), Access::Read).expect_err("a link");
        assert!(error.to_string().contains("a link"), "{error}");
        assert!(!kb.root().join("missing").exists());
        assert_eq!(kb.text("target"), "kept");
        let behind = |name| open_checked(&kb.root().join(name), Access::Read, Link::Follow);
        assert!(behind("link").is_ok() && behind("fifo").is_err());
    }
}
