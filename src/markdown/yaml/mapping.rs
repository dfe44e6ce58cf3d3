//! A YAML mapping with values of any type, and scalars as they are spelled: `1.10` stays `1.10`.

use super::value::{MappingField, Value};
use super::{Failure, YamlError, plain, read_yaml};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use serde_saphyr::options::DuplicateKeyPolicy;
use std::fmt;

/// The fields of a mapping, and what was wrong with keys that occur twice.
#[derive(Debug)]
pub(in crate::markdown) struct Mapping {
    pub(in crate::markdown) fields: Vec<MappingField>,
    pub(in crate::markdown) duplicates: Vec<YamlError>,
}

/// Reads a mapping. Of a key that occurs twice the last counts.
pub(in crate::markdown) fn mapping(text: &str) -> Result<Mapping, YamlError> {
    match plain::plain_fields(text) {
        Some(fields) => Ok(Mapping {
            fields,
            duplicates: Vec::new(),
        }),
        None => by_parser(text),
    }
}

pub(super) fn by_parser(text: &str) -> Result<Mapping, YamlError> {
    let (fields, duplicates) = match read_yaml::<MappingFields>(text, DuplicateKeyPolicy::Error) {
        Ok(fields) => (fields, Vec::new()),
        Err(Failure {
            error,
            duplicate_key: true,
        }) => {
            let fields = read_yaml::<MappingFields>(text, DuplicateKeyPolicy::LastWins);
            (fields.map_err(|failure| failure.error)?, vec![error])
        }
        Err(Failure { error, .. }) => return Err(error),
    };
    let fields = fields.0.into_iter().filter_map(|(key, value)| {
        let line = u32::try_from(key.referenced.line()).unwrap_or(u32::MAX);
        match value_as_spelled(key, text) {
            Value::Scalar(key) => Some(MappingField {
                key,
                line,
                value: value_as_spelled(value, text),
            }),
            _ => None,
        }
    });
    Ok(Mapping {
        fields: fields.collect(),
        duplicates,
    })
}

/// Returns whether a plain scalar is read as text, and as this very text.
pub(in crate::markdown) fn is_plain_text(scalar: &str) -> bool {
    let node = read_yaml::<Node>(scalar, DuplicateKeyPolicy::Error);
    matches!(node, Ok(Node::Text(text)) if text == scalar)
}

/// What the YAML parser returns for a node.
#[derive(Debug)]
enum Node {
    Null,
    Text(String),
    /// A number or a boolean, of which the parser does not return the spelling.
    Typed,
    List(Vec<Spanned<Node>>),
    Mapping,
}

fn value_as_spelled(node: Spanned<Node>, text: &str) -> Value {
    match node.value {
        Node::Null => Value::Null,
        Node::Text(text) => Value::Scalar(text),
        Node::List(items) => Value::List(
            items
                .into_iter()
                .map(|item| value_as_spelled(item, text))
                .collect(),
        ),
        Node::Mapping => Value::Mapping,
        Node::Typed => {
            let span = node.referenced.span();
            let bytes = span.byte_offset().zip(span.byte_len());
            let source = bytes.and_then(|(start, length)| {
                let start = usize::try_from(start).ok()?;
                text.get(start..start.checked_add(usize::try_from(length).ok()?)?)
            });
            Value::Scalar(source.unwrap_or_default().trim().to_owned())
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Typed)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Node::Mapping)
    }
}

struct MappingFields(Vec<(Spanned<Node>, Spanned<Node>)>);

impl<'de> Deserialize<'de> for MappingFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = MappingFields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of keys to values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MappingFields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(MappingFields(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_any_type_are_read_as_spelled() {
        let text = "ü: ä\na: 1.10 # c\n2: [yes, ~, 0x1F, {b: c}]\nd: {e: f}\ng: |\n  x\n  y\nh: !x 5\n? [k]\n: v\n";
        let mapping = mapping(text).expect("good YAML");
        let scalar = |text: &str| Value::Scalar(text.to_owned());
        let fields: Vec<_> = mapping
            .fields
            .into_iter()
            .map(|f| (f.line, f.key, f.value))
            .collect();
        let field = |line, key: &str, value| (line, key.to_owned(), value);
        assert_eq!(
            fields,
            [
                field(1, "ü", scalar("ä")),
                field(2, "a", scalar("1.10")),
                field(
                    3,
                    "2",
                    Value::List(vec![
                        scalar("yes"),
                        Value::Null,
                        scalar("0x1F"),
                        Value::Mapping
                    ])
                ),
                field(4, "d", Value::Mapping),
                field(5, "g", scalar("x\ny\n")),
                field(8, "h", scalar("5")),
            ]
        );
    }

    #[test]
    fn plain_text_is_told_from_other_scalars() {
        for text in ["a", "MyProject Sessions", "日本", "1.0 Sessions", "it's"] {
            assert!(is_plain_text(text), "{text}");
        }
        for text in [
            "", "1", "1e5", "yes", "null", "~", "a: b", "a #b", "- a", "[a", "a:", " a", "a ",
            "'a'", "a\nb", "...", "*a", "&a b", "!a",
        ] {
            assert!(!is_plain_text(text), "{text}");
        }
    }
}
