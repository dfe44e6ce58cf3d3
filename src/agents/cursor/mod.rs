//! Cursor.

mod hooks;
mod installation;
mod results;
mod transcript;

use super::hooks::{ContextForm, EventName, read_event_name};
use super::json::JsonFields as _;
use super::profile::{CallerVariables, Claim, Profile};
use serde_json::Value;

pub(super) static PROFILE: Profile = Profile {
    name: "cursor",
    title: "Cursor",
    aliases: &["cursor-agent", "cursor-cli"],
    programs: &["cursor", "cursor-agent"],
    // It sets its own for hooks alone, whichever agent's terminal it was started in.
    caller: Some(CallerVariables {
        rank: 1,
        names: &["CURSOR_VERSION"],
    }),
    claim_payload,
    has_shared_hooks: false,
    session_variable: None,
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::Field("additional_context"),
    transcripts: Some(&transcript::FORMAT),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};

fn claim_payload(json: &Value) -> Option<Claim> {
    let has_own_fields = json.has(&["conversation_id", "generation_id", "cursor_version"]);
    match read_event_name(json) {
        EventName::Camel if has_own_fields => Some(Claim::Certain),
        EventName::Camel => Some(Claim::Possible),
        _ => None,
    }
}
