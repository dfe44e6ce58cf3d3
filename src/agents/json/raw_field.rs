//! Fields of JSON as they stand: decoded one by one, and only where they are wanted.

use crate::model::cut_at_character;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Defines an object of which some fields are looked at, each as it stands: `field`, or
/// `field = "name in the JSON"`. Other fields are skipped, and those that are absent are `None`.
macro_rules! raw_object {
    ($(#[$doc:meta])* $name:ident: $($field:ident $(= $json:literal)?),+ $(,)?) => {
        $(#[$doc])*
        #[derive(serde::Deserialize, Default)]
        #[serde(default)]
        pub(super) struct $name<'a> {
            $(
                #[serde(borrow $(, rename = $json)?)]
                pub(super) $field: $crate::agents::json::raw_field::Raw<'a>,
            )+
        }
    };
}
pub(crate) use raw_object;

/// A field as it stands in the JSON.
pub(crate) type Raw<'a> = Option<&'a RawValue>;

/// Returns the text of a field that is a string.
///
/// Half a surrogate pair, which agents write where they cut a text, becomes U+FFFD.
pub(crate) fn read_text(raw: Raw<'_>) -> Option<Cow<'_, str>> {
    let raw = raw?.get();
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    decode_string(raw)
}

/// Returns the text of a field, or of the beginning of it: at most about `limit` bytes.
pub(crate) fn read_head(raw: Raw<'_>, limit: usize) -> Option<Cow<'_, str>> {
    let json = raw?.get();
    if json.len() <= limit || !json.starts_with('"') {
        return read_text(raw);
    }
    let cut = escape_before(json, cut_at_character(json, limit).len());
    let inner = &json[1..cut.max(1)];
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    decode_string(&format!("\"{inner}\"")).map(|text| Cow::Owned(text.into_owned()))
}

/// Returns the end of the last escape that is certainly whole before `cut`.
fn escape_before(json: &str, cut: usize) -> usize {
    let bytes = &json.as_bytes()[..cut];
    // The longest escape is a pair of surrogates, twelve bytes.
    let window = cut.saturating_sub(12);
    let Some(found) = bytes[window..].iter().position(|b| *b == b'\\') else {
        return cut;
    };
    let mut start = window + found;
    while start > 1 && bytes[start - 1] == b'\\' {
        start -= 1;
    }
    start
}

fn decode_string(json: &str) -> Option<Cow<'_, str>> {
    struct Bytes;
    impl serde::de::Visitor<'_> for Bytes {
        type Value = Vec<u8>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }
        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
    if let Ok(text) = serde_json::from_str::<String>(json) {
        return Some(Cow::Owned(text));
    }
    let mut from = serde_json::Deserializer::from_str(json);
    let bytes = serde::Deserializer::deserialize_bytes(&mut from, Bytes).ok()?;
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Returns whether a field is `true`.
pub(crate) fn is_true(raw: Raw<'_>) -> bool {
    raw.is_some_and(|raw| raw.get() == "true")
}

/// Returns a field that is `true` or `false`.
pub(crate) fn read_flag(raw: Raw<'_>) -> Option<bool> {
    match raw?.get() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Returns a field that is a whole number.
pub(crate) fn read_number(raw: Raw<'_>) -> Option<i64> {
    let raw = raw?.get();
    raw.parse()
        .ok()
        .or_else(|| raw.parse::<f64>().ok().map(|number| number as i64))
}

/// Returns an exit status.
pub(crate) fn read_exit_status(raw: Raw<'_>) -> Option<i32> {
    read_number(raw).and_then(|exit| i32::try_from(exit).ok())
}

/// Returns the field as an object of the given form, if it is one.
pub(crate) fn read_object<'a, T: serde::Deserialize<'a>>(raw: Raw<'a>) -> Option<T> {
    let raw = raw?.get();
    if !raw.starts_with('{') {
        return None;
    }
    serde_json::from_str(raw).ok()
}

/// Returns bytes as text, whatever they are. Faster than the way for the odd ones, which are rare.
pub(crate) fn decode_lossily(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// Returns the elements of a field that is a list; nothing for any other.
pub(crate) fn read_list(raw: Raw<'_>) -> Vec<&RawValue> {
    let raw = raw.map_or("", RawValue::get);
    if !raw.starts_with('[') {
        return Vec::new();
    }
    serde_json::from_str(raw).unwrap_or_default()
}

/// Returns the texts of a list of strings.
pub(crate) fn read_texts(raw: Raw<'_>) -> Vec<String> {
    let texts = read_list(raw).into_iter();
    texts
        .filter_map(|raw| read_text(Some(raw)).map(Cow::into_owned))
        .collect()
}

/// Returns a point in time in milliseconds since 1970: RFC 3339, or such a number.
pub(crate) fn read_time(raw: Raw<'_>) -> Option<i64> {
    match read_text(raw) {
        Some(text) => chrono::DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|time| time.timestamp_millis()),
        None => read_number(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).expect("JSON")
    }

    #[test]
    fn a_text_is_read_whatever_its_escapes() {
        for (json, expected) in [
            (r#""plain""#, "plain"),
            (r#""a\nb\u00e9""#, "a\nbé"),
            (r#""cut \ud83d""#, "cut \u{fffd}\u{fffd}\u{fffd}"),
            (r#""""#, ""),
        ] {
            assert_eq!(read_text(Some(&raw(json))).expect("a text"), expected);
        }
        assert_eq!(read_text(Some(&raw("[1]"))), None);
        assert_eq!(read_text(None), None);
    }

    #[test]
    fn a_time_is_a_text_or_a_number() {
        let text = raw(r#""2026-01-11T10:30:00.250Z""#);
        assert_eq!(read_time(Some(&text)), Some(1_768_127_400_250));
        assert_eq!(
            read_time(Some(&raw("1768127400250"))),
            Some(1_768_127_400_250)
        );
        assert_eq!(read_time(Some(&raw("null"))), None);
    }

    proptest! {
        #[test]
        fn the_head_of_a_text_is_its_beginning(whole in any::<String>(), limit in 0usize..80) {
            let json = serde_json::to_string(&whole).expect("JSON");
            let raw = raw(&json);
            let head = read_head(Some(&raw), limit).expect("a text").into_owned();
            prop_assert!(whole.starts_with(&head), "{head:?} of {whole:?}");
            prop_assert!(json.len() > limit || head == whole);
        }

        #[test]
        fn a_text_reads_back(whole in any::<String>()) {
            let raw = raw(&serde_json::to_string(&whole).expect("JSON"));
            prop_assert_eq!(read_text(Some(&raw)).expect("a text").into_owned(), whole);
        }
    }
}
