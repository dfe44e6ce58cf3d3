//! Text to nodes.

use super::{Kind, Member, Node};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseError;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// What a reader of the file accepts beyond JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Nothing.
    Json,
    /// Comments and trailing commas.
    Comments,
}

/// Why a text is not JSON, and where: line and column from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads a text. `None` if it holds no value: it is empty, or comments only.
pub(crate) fn parse(text: &str, strictness: Strictness) -> Result<Option<Node>, Fault> {
    let body = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let offset = text.len() - body.len();
    let lenient = strictness == Strictness::Comments;
    let options = ParseOptions {
        allow_comments: lenient,
        allow_trailing_commas: lenient,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(body, &CollectOptions::default(), &options).map_err(fault)?;
    let root = parsed.value.map(|value| node(&value, offset));
    if let Some(root) = &root {
        control_character(root, text).map_or(Ok(()), |at| Err(raw_control(text, at)))?;
    }
    Ok(root)
}

fn fault(error: ParseError) -> Fault {
    let message = error.kind().to_string();
    let mut chars = message.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    Fault {
        line: error.line_display(),
        column: error.column_display(),
        message: first.into_iter().chain(chars).collect(),
    }
}

fn node(value: &Value<'_>, offset: usize) -> Node {
    let span = |of: &dyn Ranged| of.start() + offset..of.end() + offset;
    let kind = match value {
        Value::Object(object) => {
            let members = object.properties.iter().map(|property| Member {
                key: property.name.as_str().to_owned(),
                span: span(property),
                value: node(&property.value, offset),
            });
            Kind::Object(members.collect())
        }
        Value::Array(array) => {
            let elements = array.elements.iter();
            Kind::Array(elements.map(|element| node(element, offset)).collect())
        }
        Value::StringLit(literal) => Kind::Text(literal.value.to_string()),
        Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => Kind::Other,
    };
    Node {
        span: span(value),
        kind,
    }
}

/// Finds a raw control character in a string: no agent would read such a file.
fn control_character(node: &Node, text: &str) -> Option<usize> {
    let within = |span: Range<usize>| {
        let at = text[span.clone()].find(|c: char| c < ' ');
        at.map(|at| span.start + at)
    };
    match &node.kind {
        Kind::Object(members) => members.iter().find_map(|member| {
            let key = member.span.start..member.value.span.start;
            // Behind the key there is white space, in which line breaks are welcome.
            let end = text[key.clone()]
                .rfind('"')
                .map_or(key.start, |end| key.start + end);
            within(key.start..end).or_else(|| control_character(&member.value, text))
        }),
        Kind::Array(elements) => elements
            .iter()
            .find_map(|node| control_character(node, text)),
        Kind::Text(_) => within(node.span.clone()),
        Kind::Other => None,
    }
}

fn raw_control(text: &str, at: usize) -> Fault {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Fault {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: "line break or control character in a string".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_named_with_its_place() {
        for (text, line, column) in [
            ("{", 1, 1),
            ("{\n  \"a\": 1\n  \"b\": 2\n}", 2, 9),
            ("{\"a\": }", 1, 7),
            ("{'a': 1}", 1, 2),
            ("{a: 1}", 1, 2),
            ("{} {}", 1, 4),
            ("{\"a\": \"x\ny\"}", 1, 9),
            ("{\"a\": 01}", 1, 8),
            ("[1,,2]", 1, 4),
            ("<<<<<<< HEAD\n{}", 1, 1),
        ] {
            let found = parse(text, Strictness::Comments).expect_err(text);
            assert_eq!(
                (found.line, found.column),
                (line, column),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn comments_and_trailing_commas_only_where_they_are_understood() {
        let text = "\u{feff}// a\n{\"a\": [1, /* b */ 2,],}";
        let root = parse(text, Strictness::Comments).expect("understood");
        let list = root
            .as_ref()
            .and_then(|root| root.get("a"))
            .expect("a list");
        assert_eq!(&text[list.span.clone()], "[1, /* b */ 2,]");
        assert!(parse(text, Strictness::Json).is_err());
        assert!(
            parse("// only\n", Strictness::Comments)
                .expect("nothing")
                .is_none()
        );
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_crash() {
        let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse(&text, Strictness::Json).is_err());
        let text = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(parse(&text, Strictness::Json).is_ok());
    }
}
