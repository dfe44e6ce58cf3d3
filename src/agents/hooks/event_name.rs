//! The spelling of an event's name, which distinguishes the forms of hooks.

use crate::agents::json::JsonFields as _;
use serde_json::Value;

/// How a call of a hook names its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventName<'a> {
    /// `PostToolUse`.
    Pascal(&'a str),
    /// `postToolUse`.
    Camel,
    /// Not in the field that most agents have for it.
    None,
}

/// Reads how a call names its event.
pub(crate) fn read_event_name(json: &Value) -> EventName<'_> {
    match json.text(&["hook_event_name"]) {
        Some(event) if event.starts_with(|c: char| c.is_ascii_lowercase()) => EventName::Camel,
        Some(event) => EventName::Pascal(event),
        None => EventName::None,
    }
}
