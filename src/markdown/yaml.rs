//! YAML: the one place that decides how much of it is read, and how its errors are worded.
//!
//! Enter by [`from_str`]. A text is at most [`MAX_BYTES`] long, and may hold neither anchors nor
//! aliases, so that no input costs more than its own size.

mod mapping;
mod plain;
mod reason;
mod value;

use reason::explain_reason;
use serde::de::DeserializeOwned;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Error, Location, MergeKeyPolicy, NonFiniteFloatPolicy, Options};
use std::fmt;

pub(super) use mapping::{is_plain_text, mapping};
pub(super) use value::{MappingField, Value};

/// The longest YAML text that is read, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;
const MAX_DEPTH: usize = 32;
const MAX_NODES: usize = 20_000;

/// Why a YAML text could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Line in the text, from 1.
    pub(crate) line: u32,
    /// Column in the line, in characters, from 1.
    pub(crate) column: u32,
    /// What is wrong: one line, without a full stop and without the place.
    pub(crate) reason: String,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            reason,
        } = self;
        write!(f, "line {line}, column {column}: {reason}")
    }
}

impl std::error::Error for YamlError {}

/// Reads one YAML document. A text of nothing but white space and comments is an empty mapping.
///
/// # Errors
///
/// [`YamlError`] for anything that is not YAML of the expected shape, holds a key twice, uses
/// anchors or aliases, or is too long or too deep.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    read_yaml(text, DuplicateKeyPolicy::Error).map_err(|failure| failure.error)
}

/// An error, and whether the only trouble was a key that occurs twice.
pub(super) struct Failure {
    pub(super) error: YamlError,
    pub(super) duplicate_key: bool,
}

/// Reads one YAML document, of two equal keys as `duplicates` says.
pub(super) fn read_yaml<T: DeserializeOwned>(
    text: &str,
    duplicates: DuplicateKeyPolicy,
) -> Result<T, Failure> {
    if text.len() > MAX_BYTES {
        return Err(Failure {
            error: YamlError {
                line: 1,
                column: 1,
                reason: format!("longer than {} KiB", MAX_BYTES / 1024),
            },
            duplicate_key: false,
        });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if is_blank(text) { "{}" } else { text };
    serde_saphyr::from_str_with_options(text, parser_options(duplicates)).map_err(|error| Failure {
        duplicate_key: matches!(error, Error::DuplicateMappingKey { .. }),
        error: translate_error(&error),
    })
}

fn is_blank(text: &str) -> bool {
    text.lines()
        .map(str::trim_start)
        .all(|line| line.is_empty() || line.starts_with('#'))
}

fn parser_options(duplicates: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 3 * MAX_NODES,
            max_total_scalar_bytes: MAX_BYTES,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_inclusion_depth: 0,
        },
        duplicate_keys: duplicates,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        with_snippet: false,
    }
}

fn translate_error(error: &Error) -> YamlError {
    let place = error.location().unwrap_or(Location::UNKNOWN);
    YamlError {
        line: u32::try_from(place.line()).unwrap_or(u32::MAX).max(1),
        column: u32::try_from(place.column()).unwrap_or(u32::MAX).max(1),
        reason: explain_reason(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Config {
        name: Option<String>,
        limit: Option<u32>,
    }

    fn error(text: &str) -> YamlError {
        from_str::<Config>(text).expect_err("must be refused")
    }

    #[test]
    fn reads_a_struct() {
        let config: Config = from_str("name: 1.10\nlimit: 7\n").expect("good YAML");
        assert_eq!(config.name.as_deref(), Some("1.10"));
        assert_eq!(config.limit, Some(7));
    }

    #[test]
    fn nothing_is_an_empty_mapping() {
        for text in ["", "\n", "  \r\n", "# only a comment\n", "\u{feff}# x\n"] {
            let config: Config = from_str(text).expect("nothing is fine");
            assert_eq!(
                config,
                Config {
                    name: None,
                    limit: None
                }
            );
        }
    }

    #[test]
    fn an_error_has_its_place_and_one_line_without_it() {
        for (text, line, column) in [
            ("name: x\nlimit: many\n", 2, 8),
            ("name: x\nname: y\n", 2, 1),
            ("name: \"x\nlimit: [\n", 2, 1),
        ] {
            let error = error(text);
            assert_eq!((error.line, error.column), (line, column), "{error}");
            assert!(!error.reason.contains('\n'), "{error}");
            assert!(!error.reason.contains("at line"), "{error}");
        }
    }

    #[test]
    fn bombs_are_refused() {
        let deep = "[".repeat(60_000);
        let aliases = "a: &a [x, x]\nb: [*a, *a]\n";
        let long = format!("name: {}\n", "x".repeat(MAX_BYTES));
        let many = format!("name: [{}]", "1,".repeat(30_000));
        for text in [&deep, aliases, &long, &many, "a: 1\n---\nb: 2\n"] {
            assert!(from_str::<BTreeMap<String, serde::de::IgnoredAny>>(text).is_err());
        }
    }
}
