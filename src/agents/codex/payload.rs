//! What the lines of a Codex rollout hold.

use crate::agents::json::raw_field::{Raw, raw_object, read_head, read_list, read_object};
use crate::agents::transcript::MOST_LOOKED_AT;
use serde_json::value::RawValue;
use std::borrow::Cow;

raw_object! {
    CodexPayload: kind = "type", id, session_id, timestamp, cwd, source, thread_source,
    forked_from_id, parent_thread_id, git, turn_id, role, content, phase, name, arguments, input,
    action, call_id, output, message, last_agent_message, success, changes, command, exit_code,
    thread_name, item, status, aggregated_output, stdout, server, tool, error,
}

raw_object! {
    CodexPart: text, branch, subagent, thread_spawn, parent_thread_id,
}

/// Returns the texts of a message, one below the other.
pub(super) fn join_texts(content: Raw<'_>) -> Vec<String> {
    if let Some(text) = read_head(content, MOST_LOOKED_AT) {
        return vec![text.into_owned()];
    }
    let text = |part: &RawValue| {
        let part = read_object::<CodexPart<'_>>(Some(part))?;
        read_head(part.text, MOST_LOOKED_AT).map(Cow::into_owned)
    };
    read_list(content)
        .into_iter()
        .take(64)
        .filter_map(text)
        .collect()
}
