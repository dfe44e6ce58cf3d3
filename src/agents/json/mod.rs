//! Reading the JSON of agents, which is lenient: an unknown field is ignored, and a field of
//! another type than expected is as good as absent.
//!
//! There are two ways to it. A line of a transcript is taken apart field by field ([`raw_field`]),
//! so that long texts that are not needed are never decoded. What a hook is given, and what goes
//! into a tool and comes out of it, is read into a [`Value`] of bounded size ([`bounded`]) whose
//! fields are looked up under several names ([`JsonFields`]).

pub(crate) mod bounded;
mod fields;
pub(crate) mod raw_field;

pub(crate) use fields::{JsonFields, read_embedded_object};

use raw_field::{Raw, read_object};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields of what goes into tools and comes out of them that hold whole files, of which nothing is
/// wanted but whether they are `null`.
const WHOLE_FILES: [&str; 16] = [
    "content",
    "file",
    "file_text",
    "gitDiff",
    "newString",
    "new_source",
    "new_str",
    "new_string",
    "oldString",
    "old_source",
    "old_str",
    "old_string",
    "originalFile",
    "result",
    "structuredPatch",
    "updatedFile",
];

/// Returns a field of a transcript as a value of bounded size; `null` if it is absent.
pub(crate) fn read_bounded_field(raw: Raw<'_>) -> Value {
    let mut bytes = raw.map_or("null", |raw| raw.get()).as_bytes();
    bounded::read_value(&mut bytes).unwrap_or_default()
}

/// Returns the input or the result of a tool as a value of bounded size, without the fields that
/// hold whole files: they would have to be decoded for nothing.
pub(crate) fn read_tool_field(raw: Raw<'_>) -> Value {
    let Some(fields) = read_object::<BTreeMap<String, &RawValue>>(raw) else {
        return read_bounded_field(raw);
    };
    let wanted = fields.into_iter().filter(|(name, raw)| {
        let is_long = WHOLE_FILES.contains(&name.as_str());
        !is_long || raw.get() == "null"
    });
    let wanted = wanted.map(|(name, raw)| (name, read_bounded_field(Some(raw))));
    Value::Object(wanted.collect::<Map<_, _>>())
}
