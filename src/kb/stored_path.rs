//! How private files keep a path in JSON: as text, or as bytes where it is not UTF-8.
//!
//! For `#[serde(with = "…")]`; JSON itself has text only, and refuses any other path.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::path::{Path, PathBuf};

/// A path as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum StoredPath {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<&Path> for StoredPath {
    fn from(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => StoredPath::Text(text.to_owned()),
            None => store_bytes(path),
        }
    }
}

impl From<StoredPath> for PathBuf {
    fn from(stored: StoredPath) -> Self {
        match stored {
            StoredPath::Text(text) => PathBuf::from(text),
            StoredPath::Bytes(bytes) => restore_bytes(bytes),
        }
    }
}

#[cfg(unix)]
fn store_bytes(path: &Path) -> StoredPath {
    use std::os::unix::ffi::OsStrExt;
    StoredPath::Bytes(path.as_os_str().as_bytes().to_vec())
}

#[cfg(unix)]
fn restore_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn store_bytes(path: &Path) -> StoredPath {
    StoredPath::Text(path.to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn restore_bytes(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a path.
pub(crate) fn serialize<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    StoredPath::from(path).serialize(to)
}

/// Reads a path.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    StoredPath::deserialize(from).map(PathBuf::from)
}

/// Several paths.
pub(crate) mod list {
    use super::StoredPath;
    use serde::{Deserialize, Deserializer, Serializer};
    use std::path::PathBuf;

    /// Writes paths.
    pub(crate) fn serialize<S: Serializer>(paths: &[PathBuf], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(paths.iter().map(|path| StoredPath::from(path.as_path())))
    }

    /// Reads paths.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<PathBuf>, D::Error> {
        let stored: Vec<StoredPath> = Deserialize::deserialize(from)?;
        Ok(stored.into_iter().map(PathBuf::from).collect())
    }
}
