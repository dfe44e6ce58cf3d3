//! Why a YAML text could not be read, in words for the person who wrote it.

use crate::model::join_words;
use serde_saphyr::Error;

/// What the parser calls a fault, in part, and our wording. The first that fits counts.
const SYNTAX: &[(&str, &str)] = &[
    ("unclosed quote", "a quote is not closed"),
    ("multiline quoted", "a quote is not closed"),
    (
        "unclosed bracket '{'",
        "a brace is not closed: '}' is missing",
    ),
    ("unclosed bracket", "a list is not closed: ']' is missing"),
    (
        "flow mapping",
        "a brace is not closed, or a comma is missing: '}' or ',' is expected",
    ),
    (
        "flow sequence",
        "a list is not closed, or a comma is missing: ']' or ',' is expected",
    ),
    ("bracket", "a closing bracket has no opening one"),
    ("mapping values are not allowed", COLON),
    ("illegal placement of ':'", COLON),
    (
        "mapping keys are not allowed",
        "a key is not allowed here; put the text in quotes",
    ),
    (
        "':' must be followed",
        "a blank is missing behind the colon",
    ),
    ("simple key", "a colon is missing behind the key"),
    (
        "did not find expected key",
        "a key is expected here; lines of one level begin in one column",
    ),
    ("'-' must be followed", "a blank is missing behind the dash"),
    ("block sequence entr", "a list item is not allowed here"),
    (
        "'-' indicator",
        "a list item is expected here; items of one list begin in one column",
    ),
    ("\"-\"", "a list item is not allowed between brackets"),
    ("tab", "a tab is not allowed here; indent with spaces"),
    ("indent", "the indentation does not fit the lines above"),
    ("trailing content", "text stands behind the closing quote"),
    (
        "escape",
        "a backslash in double quotes begins no known character; use single quotes",
    ),
    (
        "hexadecimal",
        "a backslash in double quotes begins no known character; use single quotes",
    ),
    (
        "surrogate",
        "a backslash in double quotes begins no known character; use single quotes",
    ),
    ("anchor", ANCHOR),
    ("comment", "a blank is missing before '#'"),
    ("directive", "a line that begins with '%' must be in quotes"),
    ("tag", "a value that begins with '!' must be in quotes"),
    ("handle", "a value that begins with '!' must be in quotes"),
    (
        "unexpected character",
        "a value that begins with this character must be in quotes",
    ),
    (
        "document",
        "there is a second document behind '---' or '...'",
    ),
    ("recursion", TOO_DEEP),
];

const COLON: &str = "a colon with a blank behind it is part of the value; put the value in quotes";
const ANCHOR: &str = "a value that begins with '&' or '*' must be in quotes; anchors are not read";
const TOO_DEEP: &str = "lists or mappings are nested too deeply";
const UNREADABLE: &str = "this is not YAML";

/// Returns what is wrong, in one line without a full stop.
pub(super) fn explain_reason(error: &Error) -> String {
    match error {
        Error::WithSnippet { error, .. } | Error::AliasError { error, .. } => explain_reason(error),
        Error::Message { msg, .. } => without_stop(msg),
        Error::ExternalMessage { msg, .. } => explain_syntax(msg).to_owned(),
        Error::DuplicateMappingKey { key: Some(key), .. } => {
            format!("the key '{}' is there twice", key.escape_debug())
        }
        Error::DuplicateMappingKey { .. } => "a key is there twice".to_owned(),
        Error::Unexpected { expected, .. } => format!("expected {}", explain_type(expected)),
        Error::InvalidScalar { ty, .. } => format!("expected {}", explain_type(ty)),
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => {
            format!("expected {}", explain_type(expected))
        }
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => {
            let shown = variant.escape_debug();
            format!("expected {}, found '{shown}'", expected.join(" or "))
        }
        Error::NullIntoString { .. } => "expected text".to_owned(),
        Error::MultipleDocuments { .. } => explain_syntax("document").to_owned(),
        Error::UnknownAnchor { .. } => ANCHOR.to_owned(),
        Error::Budget { breach, .. } => explain_limit(&format!("{breach:?}")).to_owned(),
        Error::Eof { .. } => "it ends too early".to_owned(),
        _ => UNREADABLE.to_owned(),
    }
}

fn explain_syntax(message: &str) -> &'static str {
    let known = SYNTAX.iter().find(|(part, _)| message.contains(part));
    known.map_or(UNREADABLE, |(_, told)| told)
}

fn explain_limit(breach: &str) -> &'static str {
    match breach.split([' ', '{']).next() {
        Some("Anchors" | "Aliases") => ANCHOR,
        Some("Depth") => TOO_DEEP,
        Some("Documents") => explain_syntax("document"),
        _ => "it is too long to be read",
    }
}

/// Returns the name of a type for people.
fn explain_type(expected: &str) -> String {
    let is = |words: &[&str]| words.iter().any(|word| expected.contains(word));
    let told = if is(&["sequence"]) {
        "a list, such as [drafts/*]"
    } else if is(&["map"]) {
        "keys with values"
    } else if is(&["string", "str"]) {
        "text"
    } else if is(&["bool"]) {
        "true or false"
    } else if is(&[
        "u8", "u16", "u32", "u64", "usize", "i32", "i64", "integer", "float",
    ]) {
        "a number"
    } else {
        expected
    };
    without_stop(told)
}

fn without_stop(text: &str) -> String {
    join_words(text).trim_end_matches('.').to_owned()
}
