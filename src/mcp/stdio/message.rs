//! A message out of bytes, as many of them as can be understood; who waits for an answer gets one.

use rmcp::model::{ClientJsonRpcMessage, ErrorData, RequestId};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};
use std::fmt;

/// What some bytes hold: messages, and errors to answer with at once.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) messages: Vec<ClientJsonRpcMessage>,
    pub(super) errors: Vec<Value>,
}

/// Reads a message, or a batch of them.
pub(super) fn read_message(bytes: &[u8]) -> Incoming {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(message) = serde_json::from_slice(bytes) {
        return Incoming {
            messages: vec![message],
            errors: Vec::new(),
        };
    }
    let mut incoming = Incoming::default();
    match read_json(bytes) {
        Ok(Value::Array(batch)) if !batch.is_empty() => {
            batch.into_iter().for_each(|value| incoming.add(value));
        }
        Ok(value) => incoming.add(value),
        Err(cause) => {
            let error = ErrorData::parse_error(format!("this is no JSON: {cause}"), None);
            incoming.errors.push(answer_refused(None, &error));
        }
    }
    incoming
}

/// Returns the answer to a message that is too long, of which only its ends are known.
pub(super) fn refuse_long(ends: &[Vec<u8>; 2]) -> Value {
    let error = ErrorData::invalid_request("the message is longer than 16 MiB", None);
    let id = find_first_id(&ends[0]).or_else(|| find_last_id(&ends[1]));
    answer_refused(id, &error)
}

/// Writes an error as the answer to a message. Its sender knows its id, also one that is none
/// by the protocol.
fn answer_refused(id: Option<Value>, error: &ErrorData) -> Value {
    let mut answer = json!({"jsonrpc": "2.0", "error": error});
    if let Some(id) = id.filter(|id| id.is_string() || id.is_number()) {
        answer["id"] = id;
    }
    answer
}

impl Incoming {
    fn add(&mut self, value: Value) {
        let id = value.get("id").cloned();
        let is_odd = id.as_ref().is_some_and(|id| {
            id.is_number() && serde_json::from_value::<RequestId>(id.clone()).is_err()
        });
        // An answer to a notification, or to an answer, is not waited for.
        let has_method = value.get("method").is_some();
        let is_answer = value.get("result").or(value.get("error")).is_some();
        let is_silent = (has_method && id.is_none()) || (!has_method && is_answer);
        match serde_json::from_value(value) {
            Ok(message) if !is_odd => self.messages.push(message),
            _ if is_silent => {}
            _ => {
                let message = if is_odd {
                    "an id is a text, or an integer of 63 bits"
                } else {
                    "this is no message of the protocol"
                };
                let error = ErrorData::invalid_request(message, None);
                self.errors.push(answer_refused(id, &error));
            }
        }
    }
}

/// Finds the id among the members with which a message begins.
fn find_first_id(beginning: &[u8]) -> Option<Value> {
    let mut id = None;
    let text = String::from_utf8_lossy(beginning);
    // Where it breaks off, what was read before is known.
    let _ = serde_json::Deserializer::from_str(&text).deserialize_map(IdFinder(&mut id));
    id
}

/// Finds the id among the members with which a message ends.
fn find_last_id(end: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(end);
    let members = text.trim_end().strip_suffix('}')?;
    let at = members.rfind("\"id\"")?;
    let mut end: Value = serde_json::from_str(&format!("{{{}}}", &members[at..])).ok()?;
    end.get_mut("id").map(Value::take)
}

/// Puts the value of the member `id` where it is found.
struct IdFinder<'a>(&'a mut Option<Value>);

impl<'de> Visitor<'de> for IdFinder<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "id" {
                *self.0 = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// Reads JSON, also where a text in it is broken: then what is broken becomes U+FFFD.
fn read_json(bytes: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(bytes).or_else(|_| {
        let text = String::from_utf8_lossy(bytes);
        serde_json::from_str(&mend_surrogates(&text))
    })
}

/// Replaces escaped halves of characters that stand alone: what JavaScript leaves behind that cuts
/// a text in the middle of an emoji.
fn mend_surrogates(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        mended.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, is_lone) = match (read_unit(rest), read_unit(rest.get(6..).unwrap_or(""))) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
            (Some(0xD800..=0xDFFF), _) => (6, true),
            (Some(_), _) => (6, false),
            // A backslash and what it escapes.
            (None, _) => (
                1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                false,
            ),
        };
        mended.push_str(if is_lone { "\\ufffd" } else { &rest[..length] });
        rest = &rest[length..];
    }
    mended + rest
}

/// Returns the number of an escape such as `\u00e9` at the beginning of a text.
fn read_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> (usize, Vec<(Option<String>, i32)>) {
        let incoming = read_message(text.as_bytes());
        let errors = incoming.errors.iter().map(|error| {
            let id = error.get("id").map(Value::to_string);
            let code = error["error"]["code"].as_i64().expect("a code");
            (id, i32::try_from(code).expect("a code"))
        });
        (incoming.messages.len(), errors.collect())
    }

    #[test]
    fn whoever_waits_for_an_answer_gets_one() {
        let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
        let batch = format!("[{ping},{ping},7]");
        let with_mark = format!("\u{feff}{ping}");
        let id = |id: &str| Some(id.to_owned());
        for (text, messages, errors) in [
            (ping, 1, vec![]),
            (&with_mark, 1, vec![]),
            (&batch, 2, vec![(None, -32600)]),
            ("[]", 0, vec![(None, -32600)]),
            ("{", 0, vec![(None, -32700)]),
            ("hello", 0, vec![(None, -32700)]),
            ("null", 0, vec![(None, -32600)]),
            (
                r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#,
                0,
                vec![(id("\"a\""), -32600)],
            ),
            (
                r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
                0,
                vec![(None, -32600)],
            ),
            (r#"{"jsonrpc":"2.0","id":7}"#, 0, vec![(id("7"), -32600)]),
            (
                r#"{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}"#,
                0,
                vec![(id("9223372036854775808"), -32600)],
            ),
            (r#"{"jsonrpc":"1.0","method":"notifications/x"}"#, 0, vec![]),
            (r#"{"jsonrpc":"1.0","id":7,"result":{}}"#, 0, vec![]),
        ] {
            assert_eq!(count(text), (messages, errors), "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(count(&deep), (0, vec![(None, -32700)]));
    }

    #[test]
    fn the_id_of_a_message_is_at_either_end() {
        let refuse = |beginning: &str, end: &str| {
            refuse_long(&[beginning.into(), end.into()])
                .get("id")
                .cloned()
        };
        let first = r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"id":1,"x":"yy"#;
        let without = r#"{"method":"tools/call","params":{"id":1,"x":"yy"#;
        for (beginning, end, id) in [
            (first, "yyy", Some(json!("a"))),
            (without, r#"yy"},"jsonrpc":"2.0","id":7}"#, Some(json!(7))),
            (
                without,
                "yy\"},\"id\": 7, \"jsonrpc\":\"2.0\"}\r\n",
                Some(json!(7)),
            ),
            (without, r#"yy","id":7}}"#, None),
            (without, r#"yy\"id\":7}"#, None),
            ("xxx", "yyy", None),
        ] {
            assert_eq!(refuse(beginning, end), id, "{beginning} {end}");
        }
    }

    #[test]
    fn a_broken_text_is_no_reason_to_leave_a_request_without_answer() {
        let call = |text: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"note","arguments":{{"text":"{text}"}}}}}}"#
            )
        };
        assert_eq!(count(&call(r"cut \ud83d")), (1, vec![]));
        assert_eq!(
            mend_surrogates(r"\ud83d\ude00 \\ud83d \ude00x \ud83d\u0041 \"),
            r"\ud83d\ude00 \\ud83d \ufffdx \ufffd\u0041 \"
        );
        let mut bytes = call("a").into_bytes();
        let at = bytes.iter().rposition(|byte| *byte == b'a').expect("an a");
        bytes[at] = 0xff;
        assert_eq!(read_message(&bytes).messages.len(), 1);
    }
}
