//! Paths as git writes them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// A path below the root of a working tree: bytes, `/`-separated. What is no UTF-8 is kept.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(super) struct RepoPath(Vec<u8>);

/// In JSON a string, or numbers where it is not UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<Written> for RepoPath {
    fn from(written: Written) -> Self {
        match written {
            Written::Text(text) => RepoPath(text.into_bytes()),
            Written::Bytes(bytes) => RepoPath(bytes),
        }
    }
}

impl From<RepoPath> for Written {
    fn from(path: RepoPath) -> Self {
        match String::from_utf8(path.0) {
            Ok(text) => Written::Text(text),
            Err(error) => Written::Bytes(error.into_bytes()),
        }
    }
}

impl RepoPath {
    /// Makes a path from what git wrote.
    pub(super) fn new(bytes: &[u8]) -> Self {
        RepoPath(bytes.to_vec())
    }

    /// Returns the bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns whether it is the root itself.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the last component.
    pub(super) fn file_name(&self) -> &[u8] {
        let name = self.0.rsplit(|byte| *byte == b'/').next();
        name.unwrap_or_default()
    }

    /// Returns whether it is written as a directory, which git does only with repositories of
    /// their own that it does not track.
    pub(super) fn is_directory(&self) -> bool {
        self.0.ends_with(b"/")
    }

    /// Returns the path as git reads it from a line: quoted like a string in C.
    pub(super) fn quoted(&self) -> Vec<u8> {
        let mut line = vec![b'"'];
        for byte in &self.0 {
            match byte {
                b'"' | b'\\' => line.extend([b'\\', *byte]),
                0x20..=0x7e => line.push(*byte),
                _ => line.extend(format!("\\{byte:03o}").bytes()),
            }
        }
        line.push(b'"');
        line
    }

    /// Returns it as a path of the operating system.
    pub(super) fn to_path(&self) -> PathBuf {
        to_path(&self.0)
    }
}

/// Returns bytes that git wrote as a path of the operating system.
#[cfg(unix)]
pub(super) fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// Returns bytes that git wrote as a path of the operating system: elsewhere git writes UTF-8.
#[cfg(not(unix))]
pub(super) fn to_path(bytes: &[u8]) -> PathBuf {
    let text = String::from_utf8_lossy(bytes);
    PathBuf::from(text.replace('/', std::path::MAIN_SEPARATOR_STR))
}

/// Returns a relative path as git would write it.
pub(super) fn from_path(path: &std::path::Path) -> Vec<u8> {
    let names = path.components().map(|part| part.as_os_str());
    let mut bytes = Vec::new();
    for (at, name) in names.enumerate() {
        if at > 0 {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(&name_bytes(name));
    }
    bytes
}

#[cfg(unix)]
fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    name.as_bytes().to_vec()
}

#[cfg(not(unix))]
fn name_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().into_owned().into_bytes()
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    proptest! {
        #[test]
        fn json_keeps_every_byte(bytes: Vec<u8>) {
            let path = RepoPath(bytes);
            let json = serde_json::to_string(&path).expect("JSON");
            let read: RepoPath = serde_json::from_str(&json).expect("read");
            assert_eq!(read, path);
        }

        #[test]
        fn a_quoted_path_is_one_plain_line(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let line = RepoPath(bytes).quoted();
            assert!(line.iter().all(|byte| (0x20..0x7f).contains(byte)));
        }
    }
}
