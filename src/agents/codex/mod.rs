//! Codex CLI.

mod call;
mod completed;
mod hooks;
mod installation;
mod messages;
mod payload;
mod results;
mod transcript;

use super::event::EventKind;
use super::hooks::ContextForm;
use super::profile::Profile;
use super::tool_effect::{ToolKind, tool_kind};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "codex",
    title: "Codex CLI",
    aliases: &["codex-cli"],
    programs: &["codex"],
    caller_variables: &[],
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

/// Returns the one name of a tool that hooks and rollouts call differently: hooks call every shell
/// `Bash`, and put the group before the tools for sub-agents.
fn common_tool_name(name: &str) -> &str {
    let name = name.strip_prefix("functions.").unwrap_or(name);
    let name = name.strip_prefix("collaboration").unwrap_or(name);
    match tool_kind(name, &Value::Null) {
        ToolKind::Shell => "Bash",
        _ => name,
    }
}
