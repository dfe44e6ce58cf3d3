//! Codex CLI.

mod call;
mod completed;
mod config;
mod hooks;
mod installation;
mod messages;
mod payload;
mod results;
mod server;
mod transcript;

use super::event::EventKind;
use super::hooks::{ContextForm, EventName, read_event_name};
use super::json::JsonFields as _;
use super::profile::{Claim, Profile};
use super::tool_effect::{ToolKind, tool_kind, without_namespace};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "codex",
    title: "Codex CLI",
    aliases: &["codex-cli"],
    programs: &["codex"],
    caller: None,
    claim_payload,
    has_shared_hooks: false,
    session_variable: None,
    project_variable: None,
    read_call: Some(call::read_call),
    read_hook: hooks::read_hook,
    context_form: ContextForm::HookSpecificOutput,
    transcripts: Some(&transcript::FORMAT),
    // What a command printed is all that its hooks are sent, and a patch that failed they are not.
    only_in_transcript: Some(|kind| {
        matches!(
            kind,
            EventKind::Command { ok: Some(_), .. } | EventKind::Failure { .. }
        )
    }),
    installation: Some(&installation::INSTALLATION),
};

fn claim_payload(json: &Value) -> Option<Claim> {
    match read_event_name(json) {
        EventName::Pascal(_) if json.has(&["turn_id"]) => Some(Claim::Likely),
        EventName::None if json.text(&["type"]) == Some("agent-turn-complete") => {
            Some(Claim::Certain)
        }
        _ => None,
    }
}

/// Returns the one name of a tool that hooks and rollouts call differently: hooks call every shell
/// `Bash`, and put the group before the tools for sub-agents.
fn common_tool_name(name: &str) -> &str {
    let name = without_namespace(name);
    let name = name.strip_prefix("collaboration").unwrap_or(name);
    match tool_kind(name, &Value::Null) {
        ToolKind::Shell => "Bash",
        _ => name,
    }
}
