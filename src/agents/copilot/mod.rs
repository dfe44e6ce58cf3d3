//! Copilot CLI.

mod hooks;
mod installation;
mod results;
mod transcript;

use super::event::EventKind;
use super::hooks::{ContextForm, EventName, read_event_name};
use super::json::JsonFields as _;
use super::profile::{CallerVariables, Claim, Profile};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "copilot",
    title: "Copilot CLI",
    aliases: &["copilot-cli", "github-copilot"],
    programs: &["copilot"],
    caller: Some(CallerVariables {
        rank: 3,
        names: &["COPILOT_CLI"],
    }),
    claim_payload,
    has_shared_hooks: false,
    session_variable: Some("COPILOT_AGENT_SESSION_ID"),
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::Field("additionalContext"),
    transcripts: Some(&transcript::FORMAT),
    // The end of a turn is reported without the answer.
    only_in_transcript: Some(|kind| matches!(kind, EventKind::Answer { .. })),
    installation: Some(&installation::INSTALLATION),
};

fn claim_payload(json: &Value) -> Option<Claim> {
    let fields: &[&str] = match read_event_name(json) {
        EventName::Camel => &["sessionId"],
        EventName::None => &["sessionId", "toolName", "hookName"],
        EventName::Pascal(_) => &[],
    };
    json.has(fields).then_some(Claim::Likely)
}
