//! The one error type of the crate: what happened, to which path, and what to do next.
//!
//! An [`Error`] has a [`Kind`], which alone decides the exit code, a message that starts
//! lower-case and names the path, hints that say what to do, and the cause. This module names no
//! other module of the crate.

mod hint;

pub use hint::{Hint, HintArgument, HintSpelling};

use std::fmt;
use std::io;
use std::path::Path;

/// What sort of failure it was; the exit code of `mx` follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something went wrong while doing it (exit code 1).
    Failed,
    /// The request itself is wrong (exit code 2).
    Usage,
    /// What was asked for does not exist (exit code 3).
    NotFound,
    /// Another process holds what is needed (exit code 4).
    Busy,
}

impl Kind {
    /// Returns the name used in JSON: `failed`, `usage`, `not_found` or `busy`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::NotFound => "not_found",
            Kind::Busy => "busy",
        }
    }

    /// Returns the exit code of the process: 1 failed, 2 usage, 3 not found, 4 busy.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::Busy => 4,
        }
    }
}

/// A failure: kind, message, hints and cause.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<Hint>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Makes an error of the given kind. The message starts lower-case and has no full stop.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            hints: Vec::new(),
            source: None,
        }
    }

    /// Makes an error of kind [`Kind::Failed`].
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// Makes an error of kind [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Makes an error of kind [`Kind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// Makes an error of kind [`Kind::Busy`].
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, message)
    }

    /// Makes the error of a failed input or output operation: `cannot {action} {path}: {cause}`.
    ///
    /// The kind is [`Kind::NotFound`] where the file does not exist, else [`Kind::Failed`].
    pub fn io(action: &str, path: &Path, cause: io::Error) -> Self {
        let cause = without_temporary_path(cause);
        let kind = match cause.kind() {
            io::ErrorKind::NotFound => Kind::NotFound,
            _ => Kind::Failed,
        };
        let message = format!("cannot {action} {}: {cause}", path.display());
        Self::new(kind, message).with_source(cause)
    }

    /// Makes it one of another kind.
    #[must_use]
    pub(crate) fn with_kind(self, kind: Kind) -> Self {
        Error { kind, ..self }
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(
        mut self,
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Returns message and hints as one line, for where the failure is a remark about another matter.
    pub fn to_one_line(&self) -> String {
        if self.hints.is_empty() {
            return self.message.clone();
        }
        let hints: Vec<String> = self.hints.iter().map(Hint::to_string).collect();
        format!("{}: {}", self.message, hints.join("; "))
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the message, one line without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the hints, in the order in which they are to be read.
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

/// Returns the cause alone, where the path of a temporary file was put behind it: the message names the
/// path that is meant.
fn without_temporary_path(cause: io::Error) -> io::Error {
    if cause.raw_os_error().is_some() {
        return cause;
    }
    match cause.to_string().split_once(" at path \"") {
        Some((plain, _)) => io::Error::new(cause.kind(), plain.to_owned()),
        None => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_names_action_path_and_cause() {
        let cause = io::Error::from(io::ErrorKind::NotFound);
        let error = Error::io("read", Path::new("a/b.md"), cause);
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(error.message().starts_with("cannot read a/b.md: "));
    }
}
