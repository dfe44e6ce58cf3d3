//! Small files beside the journals, of which only a convenience depends.

use super::write::write_lines;
use crate::kb::{
    Access, make_private_directory, open_or_create_private, read_private, replace_private,
};
use serde::Serialize;
use std::io;
use std::path::Path;

/// Returns what is in a small file; `None` if it is no file, or cannot be read.
pub(crate) fn read_small_file(path: &Path) -> Option<Vec<u8>> {
    read_private(path).ok()
}

/// Writes a small file, which takes the place of whatever was there, a link too. A failure is not
/// reported. The directory is made where it is missing.
pub(crate) fn write_small_file(path: &Path, bytes: &[u8]) {
    let Some(dir) = path.parent() else { return };
    let _ = make_private_directory(dir).and_then(|()| replace_private(path, bytes));
}

/// Appends a line of JSON to a small file, as journals are appended to: by many at once, none of whom
/// waits. It is refused where the file has `most` bytes or more.
pub(crate) fn append_small_line(path: &Path, line: &impl Serialize, most: u64) -> io::Result<()> {
    make_private_directory(path.parent().unwrap_or(path))?;
    let file = open_or_create_private(path, Access::Journal)?;
    if file.metadata()?.len() >= most {
        return Err(io::Error::other("it is too large"));
    }
    let mut text = vec![b'\n'];
    serde_json::to_writer(&mut text, line)?;
    text.push(b'\n');
    write_lines(&file, &text)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use std::fs;

    #[test]
    fn a_small_file_is_replaced_and_a_link_is_not_followed() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("made/claude-s.position");
        assert_eq!(read_small_file(&path), None);
        write_small_file(&path, b"one");
        write_small_file(&path, b"two");
        assert_eq!(read_small_file(&path).as_deref(), Some(&b"two"[..]));
        assert_eq!(read_small_file(dir.path()), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_a_link_leads_to_stays_as_it_is() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let (precious, path) = (dir.path().join("precious"), dir.path().join("a.parent"));
        fs::write(&precious, "mine").expect("written");
        std::os::unix::fs::symlink(&precious, &path).expect("linked");
        assert_eq!(read_small_file(&path), None);
        write_small_file(&path, b"root");
        assert_eq!(fs::read_to_string(&precious).expect("read"), "mine");
        assert_eq!(read_small_file(&path).as_deref(), Some(&b"root"[..]));
    }
}
