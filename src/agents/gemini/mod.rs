//! Gemini CLI.

mod hooks;
mod installation;
mod line;
mod messages;
mod results;
mod rewind;
mod transcript;

use super::event::EventKind;
use super::hooks::{ContextForm, EventName, read_event_name};
use super::profile::{CallerVariables, Claim, Profile};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "gemini",
    title: "Gemini CLI",
    aliases: &["gemini-cli"],
    programs: &["gemini"],
    caller: Some(CallerVariables {
        rank: 2,
        names: &["GEMINI_SESSION_ID", "GEMINI_CWD"],
    }),
    claim_payload,
    has_shared_hooks: false,
    session_variable: Some("GEMINI_SESSION_ID"),
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::HookSpecificOutput,
    transcripts: Some(&transcript::FORMAT),
    // The end of a turn is reported with all messages of it in one text.
    only_in_transcript: Some(|kind| matches!(kind, EventKind::Answer { .. })),
    installation: Some(&installation::INSTALLATION),
};

/// Events that only Gemini has.
const OWN_EVENTS: [&str; 7] = [
    "BeforeAgent",
    "AfterAgent",
    "BeforeModel",
    "AfterModel",
    "BeforeTool",
    "AfterTool",
    "PreCompress",
];

fn claim_payload(json: &Value) -> Option<Claim> {
    match read_event_name(json) {
        EventName::Pascal(event) if OWN_EVENTS.contains(&event) => Some(Claim::Certain),
        _ => None,
    }
}
