//! What changed at one path, as a commit or the working tree shows it.

use super::paths::RepoPath;

/// What a path held at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// No file.
    Nothing,
    /// This file.
    Known(Blob),
    /// Some file.
    Unknown,
}

/// A file in the store of git: mode and hash, as git writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blob {
    pub mode: String,
    pub hash: String,
}

/// The mode of a submodule.
const SUBMODULE: &str = "160000";

impl Content {
    /// Makes the content from mode and hash; a hash of zeros is not known.
    pub(super) fn new(mode: &str, hash: &str) -> Self {
        if is_zero(mode) {
            Content::Nothing
        } else if is_zero(hash) {
            Content::Unknown
        } else {
            Content::Known(Blob {
                mode: mode.to_owned(),
                hash: hash.to_owned(),
            })
        }
    }

    /// Returns whether there is a file.
    pub(super) fn exists(&self) -> bool {
        *self != Content::Nothing
    }

    /// Returns whether it is known to be the same as the other.
    pub(super) fn is(&self, other: &Content) -> bool {
        *self != Content::Unknown && self == other
    }

    /// Returns the hash, if it is that of a file.
    pub(super) fn file_hash(&self) -> Option<&str> {
        match self {
            Content::Known(blob) if blob.mode != SUBMODULE => Some(&blob.hash),
            _ => None,
        }
    }
}

/// Returns whether git writes zeros only, which mean nothing.
pub(super) fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// A change at one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObservedChange {
    /// The path.
    pub path: RepoPath,
    /// The path that it had before, if git sees it as renamed.
    pub from: Option<RepoPath>,
    /// What was there before; if it was renamed, at the former path.
    pub old: Content,
    /// What is there now.
    pub new: Content,
}
