//! Small files beside the journals, of which only a convenience depends.

use crate::kb::{make_private_directory, read_private, replace_private};
use std::path::Path;

/// Returns what is in a small file; `None` if it is no file, or cannot be read.
pub(crate) fn read_small_file(path: &Path) -> Option<Vec<u8>> {
    read_private(path).ok()
}

/// Writes a small file, which takes the place of whatever was there, a link too. Nothing tells if
/// that did not succeed. The directory is made where it is missing.
pub(crate) fn write_small_file(path: &Path, bytes: &[u8]) {
    let Some(dir) = path.parent() else { return };
    let _ = make_private_directory(dir).and_then(|()| replace_private(path, bytes));
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
