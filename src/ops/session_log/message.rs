//! The message of a session: where it comes from, and what text is accepted.

use crate::error::{Error, Result};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where the text of a message comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The text itself.
    Text(String),
    /// A file; a relative path starts at the current directory of the environment.
    File(PathBuf),
    /// Bytes that were read from somewhere, such as standard input.
    Input(Vec<u8>),
}

impl Message {
    /// Takes the one source that is given, and reads `input` if that is the one.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) unless exactly one is given.
    pub fn one(
        text: Option<String>,
        file: Option<PathBuf>,
        input: Option<&mut dyn Read>,
    ) -> Result<Self> {
        match (text, file, input) {
            (Some(text), None, None) => Ok(Message::Text(text)),
            (None, Some(file), None) => Ok(Message::File(file)),
            (None, None, Some(input)) => read_all(input).map(Message::Input),
            (None, None, None) => Err(Error::usage("no message").with_hint(SOURCES)),
            _ => Err(Error::usage("more than one source of the message").with_hint(SOURCES)),
        }
    }

    /// Returns the text as it was given, without a byte-order mark in front.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, the text is not UTF-8, holds a NUL character, or is blank.
    pub(super) fn text(&self, cwd: &Path) -> Result<String> {
        let (text, name) = match self {
            Message::Text(text) => (text.clone(), "the message".to_owned()),
            Message::File(path) => (read_file(&cwd.join(path))?, path.display().to_string()),
            Message::Input(bytes) => {
                let name = "standard input";
                (utf8(bytes.clone(), name)?, name.to_owned())
            }
        };
        let text = match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        };
        if text.contains('\0') {
            return Err(Error::usage(format!("{name} holds a NUL character")));
        }
        if text.trim().is_empty() {
            let why = match self {
                Message::Text(_) => "the message is empty".to_owned(),
                _ => format!("the message is empty: {name} holds no text"),
            };
            return Err(Error::usage(why).with_hint(SOURCES));
        }
        Ok(text)
    }
}

const SOURCES: &str = "give it with -m TEXT, -f FILE or --stdin";

fn read_all(input: &mut dyn Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|cause| {
        Error::failed(format!("cannot read standard input: {cause}")).with_source(cause)
    })?;
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|cause| Error::io("read", path, cause))?;
    utf8(bytes, &path.display().to_string())
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|cause| {
        let at = cause.utf8_error().valid_up_to();
        Error::failed(format!("{name} is not UTF-8: byte {at} is not valid"))
            .with_hint("convert it, for example with iconv")
            .with_source(cause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn text(message: &Message) -> Result<String> {
        message.text(Path::new("/"))
    }

    #[test]
    fn exactly_one_source_is_taken() {
        let mut input: &[u8] = b"in";
        assert_eq!(
            Message::one(None, None, Some(&mut input)).expect("one source"),
            Message::Input(b"in".to_vec())
        );
        for (words, file) in [(None, None), (Some("a".to_owned()), Some("b".into()))] {
            let error = Message::one(words, file, None).expect_err("none or two");
            assert_eq!(error.kind(), Kind::Usage);
        }
    }

    #[test]
    fn text_is_kept_as_it_is() {
        for kept in ["a", " a \n\n", "a\tb\u{7}", "- item", "-"] {
            assert_eq!(text(&Message::Text(kept.into())).expect("text"), kept);
        }
        let marked = Message::Input("\u{feff}a".into());
        assert_eq!(text(&marked).expect("text"), "a");
    }

    #[test]
    fn blank_nul_and_foreign_bytes_are_refused() {
        for blank in ["", " \n\t", "\u{feff}", "\u{3000}", "a\0b"] {
            assert!(text(&Message::Text(blank.into())).is_err(), "{blank:?}");
        }
        let error = text(&Message::Input(vec![b'a', 0xff])).expect_err("not UTF-8");
        assert_eq!(
            error.message(),
            "standard input is not UTF-8: byte 1 is not valid"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = text(&Message::File("no/such".into())).expect_err("no file");
        assert!(error.message().contains("no/such"), "{error}");
        assert_eq!(error.kind(), Kind::NotFound);
    }
}
