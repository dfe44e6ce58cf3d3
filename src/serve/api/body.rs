//! The body of a request, which is one JSON object that has each name once; and what is wrong with it,
//! in words that name no types of this program.

use crate::error::{Error, Result};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Reads a body.
pub(super) fn parse_body(body: &[u8]) -> Result<Value> {
    let value: UniqueValue = serde_json::from_slice(body).map_err(explain_json)?;
    if value.0.is_object() {
        Ok(value.0)
    } else {
        let error =
            Error::usage("the request is not understood: the body is to be one JSON object");
        Err(error.with_hint(DESCRIPTION))
    }
}

const DESCRIPTION: &str = "/api/v1/openapi.json describes it";

/// Returns the error of JSON that is not what is asked for.
pub(super) fn explain_json(cause: serde_json::Error) -> Error {
    let cause = name_no_types(&cause.to_string());
    Error::usage(format!("the request is not understood: {cause}")).with_hint(DESCRIPTION)
}

/// Replaces what this program calls things by what JSON calls them.
fn name_no_types(text: &str) -> String {
    const NUMBERS: [&str; 6] = ["usize", "u64", "u32", "u16", "u8", "i64"];
    const KINDS: [&str; 4] = ["struct", "enum", "tuple", "map"];
    const FORMS: [(&str, &str); 4] = [
        ("struct variant", "an object"),
        ("tuple variant", "a list"),
        ("newtype variant", "a value"),
        ("unit variant", "no value"),
    ];
    if text.contains("untagged enum") {
        let (_, place) = text.rsplit_once(" at line ").unwrap_or_default();
        let place = if place.is_empty() {
            String::new()
        } else {
            format!(" at line {place}")
        };
        return format!("a value has none of the forms that it may have{place}");
    }
    let forms = FORMS.iter();
    let text = forms.fold(text.to_owned(), |text, (form, named)| {
        text.replace(form, named)
    });
    let mut words = Vec::new();
    let mut given = text.split(' ').peekable();
    while let Some(word) = given.next() {
        let plain = word.trim_end_matches([',', ';']);
        let rest = &word[plain.len()..];
        if NUMBERS.contains(&plain) {
            words.push(format!("a whole number{rest}"));
        } else if plain == "internally" || plain == "adjacently" {
            // `internally tagged enum LogRequest`
            given.next();
        } else if let Some(name) = given.next_if(|next| {
            KINDS.contains(&plain) && next.starts_with(|c: char| c.is_ascii_uppercase())
        }) {
            let rest = &name[name.trim_end_matches([',', ';']).len()..];
            words.push(format!("an object{rest}"));
        } else {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}

/// JSON in which no object has a name twice: of two values one would be lost.
struct UniqueValue(Value);

impl<'de> Deserialize<'de> for UniqueValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UniqueVisitor).map(UniqueValue)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut given: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(UniqueValue(value)) = given.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut given: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some((name, UniqueValue(value))) = given.next_entry::<String, _>()? {
            let shown = name.escape_debug().to_string();
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom(format!(
                    "'{shown}' is there more than once"
                )));
            }
        }
        Ok(values.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_one_object_with_each_name_once() {
        let parsed = parse_body(br#"{"a": [1, -2, 1.5, null, true, {"b": "c"}]}"#);
        let known = serde_json::json!({"a": [1, -2, 1.5, null, true, {"b": "c"}]});
        assert_eq!(parsed.expect("JSON"), known);
        for wrong in [
            "[\"a\"]",
            "1",
            "\"a\"",
            "null",
            "{\"a\": 1, \"a\": 2}",
            "{\"a\": {\"b\": 1, \"b\": 1}}",
            "{\"a\": 1} 2",
            "{",
            "",
        ] {
            assert!(parse_body(wrong.as_bytes()).is_err(), "{wrong}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse_body(deep.as_bytes()).is_err());
    }

    #[test]
    fn messages_name_no_types() {
        for (told, shown) in [
            (
                "invalid type: string \"x\", expected usize at line 1 column 3",
                "invalid type: string \"x\", expected a whole number at line 1 column 3",
            ),
            (
                "invalid type: null, expected struct SessionLogRequest",
                "invalid type: null, expected an object",
            ),
            (
                "invalid type: integer `1`, expected internally tagged enum LogRequest",
                "invalid type: integer `1`, expected an object",
            ),
            (
                "invalid type: unit variant, expected newtype variant",
                "invalid type: no value, expected a value",
            ),
            (
                "invalid type: string \"x\", expected struct variant",
                "invalid type: string \"x\", expected an object",
            ),
            (
                "data did not match any variant of untagged enum Texts at line 1 column 2",
                "a value has none of the forms that it may have at line 1 column 2",
            ),
        ] {
            assert_eq!(name_no_types(told), shown);
        }
    }
}
