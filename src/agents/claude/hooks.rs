//! The hooks of Claude Code, which others have taken over in large part.
//!
//! Source: `docs/hooks.md` and `docs/agent-sdk__typescript.md` of Claude Code, August 2026, and
//! what version 2.1.332 sends.

use super::results::read_response;
use crate::agents::hooks::{
    HookBase, HookEvent, HookWriter, RESPONSE, read_denial, read_failure, read_tool_hook,
};
use crate::agents::json::JsonFields as _;
use serde_json::Value;

pub(super) fn read_hook(base: &HookBase<'_>, writer: &mut HookWriter<'_>) -> HookEvent {
    let result = |json: &Value| match base.event_key().as_str() {
        "posttooluse" => Some(read_response(json.at(RESPONSE))),
        "posttoolusefailure" => Some(read_failure(json)),
        "permissiondenied" => Some(read_denial(json)),
        _ => None,
    };
    if base.event_key() == "precompact" {
        // It may come to nothing: the next event shows.
        return HookEvent::Compaction;
    }
    read_tool_hook(base, writer, result)
}
