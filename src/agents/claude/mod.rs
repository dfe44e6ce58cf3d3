//! Claude Code.

mod hooks;
mod installation;
mod results;
mod transcript;
mod version;

use super::hooks::{ContextForm, EventName, read_event_name};
use super::json::JsonFields as _;
use super::profile::{Claim, Profile};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "claude",
    title: "Claude Code",
    aliases: &["claude-code"],
    programs: &["claude"],
    caller: None,
    claim_payload,
    has_shared_hooks: true,
    session_variable: Some("CLAUDE_CODE_SESSION_ID"),
    project_variable: Some("CLAUDE_PROJECT_DIR"),
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::HookSpecificOutput,
    transcripts: Some(&transcript::FORMAT),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};

/// Others have taken over its form, and add fields of their own.
fn claim_payload(json: &Value) -> Option<Claim> {
    let is_form = match read_event_name(json) {
        EventName::Pascal(_) => true,
        EventName::Camel => false,
        EventName::None => json.has(&["session_id", "transcript_path"]),
    };
    is_form.then_some(Claim::Possible)
}
