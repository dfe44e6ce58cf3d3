//! Texts that a command takes: as an argument, from a file, or from standard input (`-`).

use crate::error::{Error, Result};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Standard input, of which one text may be taken.
pub(super) struct TextInput<'a> {
    input: Box<dyn Read + 'a>,
    taken: bool,
}

impl<'a> TextInput<'a> {
    /// Takes the place of standard input for the texts of one command.
    pub(super) fn new(input: impl Read + 'a) -> Self {
        TextInput {
            input: Box::new(input),
            taken: false,
        }
    }

    /// Returns the text of an argument, which `-` says to be on standard input.
    pub(super) fn resolve(&mut self, argument: String) -> Result<String> {
        if argument == "-" {
            // The line end behind the last line is that of the program that writes it.
            let text = self.read_all(ARGUMENT)?;
            Ok(text.trim_end_matches(['\n', '\r']).to_owned())
        } else {
            Ok(argument)
        }
    }

    /// Returns the text of an argument that may be absent.
    pub(super) fn resolve_given(&mut self, argument: Option<String>) -> Result<Option<String>> {
        argument.map(|text| self.resolve(text)).transpose()
    }

    /// Returns the words of an argument as one text.
    pub(super) fn resolve_words(&mut self, words: &[String]) -> Result<String> {
        self.resolve(words.join(" "))
    }

    /// Returns the text that comes from exactly one source.
    pub(super) fn resolve_source(&mut self, source: TextSource) -> Result<String> {
        let TextSource { text, file, stdin } = source;
        match (text, file, stdin) {
            (Some(text), None, false) => self.resolve(text),
            (None, Some(file), false) if file.as_os_str() == "-" => self.read_all(SOURCES),
            (None, Some(file), false) => read_file(&file),
            (None, None, true) => self.read_all(SOURCES),
            (None, None, false) => Err(Error::usage("no message").with_hint(SOURCES)),
            _ => Err(Error::usage("more than one source of the message").with_hint(SOURCES)),
        }
    }

    fn read_all(&mut self, ways: &str) -> Result<String> {
        if std::mem::replace(&mut self.taken, true) {
            return Err(
                Error::usage("standard input holds one text, and two are to be read")
                    .with_hint("give one of them as an argument"),
            );
        }
        let mut bytes = Vec::new();
        self.input.read_to_end(&mut bytes).map_err(|cause| {
            Error::failed(format!("cannot read standard input: {cause}")).with_source(cause)
        })?;
        decode_text(bytes, "standard input", ways)
    }
}

/// Where a text may come from.
#[derive(Debug, Default)]
pub(super) struct TextSource {
    /// An argument.
    pub(super) text: Option<String>,
    /// A file.
    pub(super) file: Option<PathBuf>,
    /// Standard input.
    pub(super) stdin: bool,
}

const SOURCES: &str = "give it with -m TEXT, -f FILE or --stdin";
const ARGUMENT: &str = "write the text in place of the dash, or to standard input";

fn read_file(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|cause| Error::io("read", path, cause))?;
    decode_text(bytes, &path.display().to_string(), SOURCES)
}

/// Returns the text in the bytes of a file, which must not be blank, without a byte-order mark.
fn decode_text(bytes: Vec<u8>, name: &str, ways: &str) -> Result<String> {
    let text = String::from_utf8(bytes).map_err(|cause| {
        let at = cause.utf8_error().valid_up_to();
        Error::failed(format!("{name} is not UTF-8: byte {at} is not valid"))
            .with_hint("convert it, for example with iconv")
            .with_source(cause)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(
            Error::usage(format!("the message is empty: {name} holds no text")).with_hint(ways),
        );
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn input(bytes: &[u8]) -> TextInput<'_> {
        TextInput::new(bytes)
    }

    #[test]
    fn exactly_one_source_is_taken() {
        let stdin = |text: Option<&str>, file: Option<&str>, stdin| TextSource {
            text: text.map(str::to_owned),
            file: file.map(PathBuf::from),
            stdin,
        };
        let taken = input(b"in").resolve_source(stdin(None, None, true));
        assert_eq!(taken.expect("one source"), "in");
        let taken = input(b"in").resolve_source(stdin(None, Some("-"), false));
        assert_eq!(taken.expect("a dash is no file"), "in");
        for source in [stdin(None, None, false), stdin(Some("a"), Some("b"), false)] {
            let error = input(b"").resolve_source(source).expect_err("none or two");
            assert_eq!(error.kind(), Kind::Usage);
        }
    }

    #[test]
    fn a_dash_is_standard_input_once() {
        let mut stdin = input(b"two\nlines\n");
        assert_eq!(stdin.resolve("a - b".into()).expect("text"), "a - b");
        assert_eq!(stdin.resolve("-".into()).expect("text"), "two\nlines");
        assert!(stdin.resolve("-".into()).is_err());
        assert_eq!(stdin.resolve_given(None).expect("nothing"), None);
    }

    #[test]
    fn blank_and_foreign_bytes_are_refused_and_a_mark_is_dropped() {
        for blank in ["", " \n\t", "\u{feff}", "\u{3000}"] {
            let error = input(blank.as_bytes()).resolve("-".into());
            let error = error.expect_err(blank);
            assert!(!error.hints()[0].to_string().contains("-f"), "{error}");
        }
        let marked = input("\u{feff}a".as_bytes()).resolve("-".into());
        assert_eq!(marked.expect("text"), "a");
        let error = input(&[b'a', 0xff]).resolve("-".into()).expect_err("bytes");
        let expected = "standard input is not UTF-8: byte 1 is not valid";
        assert_eq!(error.message(), expected);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read_file(Path::new("no/such")).expect_err("no file");
        assert!(error.message().contains("no/such"), "{error}");
        assert_eq!(error.kind(), Kind::NotFound);
    }
}
