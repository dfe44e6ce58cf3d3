//! Reading files that are not this program's own: records in projects, settings, what belongs to git,
//! transcripts. Any user may have put anything in their place, so opening never waits, only regular
//! files are read, and no more of them than is useful.

use super::open::{Access, Link, Opened, open_checked};
use super::ownership::belongs_to_user;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Opens a regular file for reading. Links are followed.
pub(crate) fn open_regular_file(path: &Path) -> io::Result<File> {
    open_checked(path, Access::Read, Link::Follow).map(|(file, _)| file)
}

/// Reads a regular file of at most so many bytes. Links are followed.
pub(crate) fn read_regular_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_within(open_checked(path, Access::Read, Link::Follow)?, most)
}

/// Reads a regular file of at most so many bytes; nothing where that is not possible.
pub(crate) fn read_text_or_nothing(path: &Path, most: u64) -> String {
    let bytes = read_regular_file(path, most).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Reads a file as [`read_regular_file`] does, if it and the link that leads to it belong to the user,
/// or to root.
pub(crate) fn read_file_of_user(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_within(open_file_of_user(path)?, most)
}

/// Opens a regular file for reading, if it and the link that leads to it belong to the user, or to
/// root: what others put above or beside the current directory decides nothing.
pub(super) fn open_file_of_user(path: &Path) -> io::Result<Opened> {
    check_owner(&fs::symlink_metadata(path)?)?;
    let opened = open_checked(path, Access::Read, Link::Follow)?;
    check_owner(&opened.1)?;
    Ok(opened)
}

/// Returns whether what is at a path belongs to neither the user nor root, or leads to such a thing.
pub(crate) fn belongs_to_another(path: &Path) -> bool {
    let is_foreign = |found: io::Result<fs::Metadata>| found.is_ok_and(|it| !belongs_to_user(&it));
    is_foreign(fs::symlink_metadata(path)) || is_foreign(fs::metadata(path))
}

fn check_owner(found: &fs::Metadata) -> io::Result<()> {
    if belongs_to_user(found) {
        return Ok(());
    }
    Err(io::Error::other("it belongs to another user"))
}

fn read_within((file, found): Opened, most: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::other(format!("it is larger than {} KiB", most >> 10));
    if found.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_of_a_bounded_size_are_read() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let at = |name: &str| dir.path().join(name);
        fs::write(at("file"), "12345").expect("written");
        std::os::unix::fs::symlink("file", at("link")).expect("linked");
        std::os::unix::fs::symlink("/dev/zero", at("zero")).expect("linked");
        let fifo = std::process::Command::new("mkfifo")
            .arg(at("fifo"))
            .status();
        assert!(fifo.is_ok_and(|made| made.success()));
        for (name, most, good) in [
            ("file", 5, true),
            ("file", 4, false),
            ("link", 5, true),
            ("zero", 5, false),
            ("fifo", 5, false),
            (".", 5, false),
            ("missing", 5, false),
        ] {
            assert_eq!(read_regular_file(&at(name), most).is_ok(), good, "{name}");
            assert_eq!(read_file_of_user(&at(name), most).is_ok(), good, "{name}");
        }
    }

    #[test]
    fn what_belongs_to_another_user_is_told_also_behind_a_link() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let dir = tempfile::tempdir().expect("temporary directory");
        let at = |name: &str| dir.path().join(name);
        for name in ["own", "foreign"] {
            fs::write(at(name), "").expect("written");
        }
        for (link, to) in [("to-foreign", "foreign"), ("foreign-link", "own")] {
            std::os::unix::fs::symlink(to, at(link)).expect("linked");
        }
        for name in ["foreign", "foreign-link"] {
            std::os::unix::fs::lchown(at(name), Some(61_002), None).expect("given away");
        }
        for (name, foreign) in [
            ("own", false),
            ("foreign", true),
            ("to-foreign", true),
            ("foreign-link", true),
            ("missing", false),
        ] {
            assert_eq!(belongs_to_another(&at(name)), foreign, "{name}");
            assert_eq!(read_file_of_user(&at(name), 9).is_ok(), name == "own");
        }
    }
}
