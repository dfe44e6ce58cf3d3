//! Copilot CLI.

mod hooks;
mod installation;
mod results;
mod transcript;

use super::event::EventKind;
use super::hooks::ContextForm;
use super::profile::Profile;

pub(super) static PROFILE: Profile = Profile {
    name: "copilot",
    title: "Copilot CLI",
    aliases: &["copilot-cli", "github-copilot"],
    programs: &["copilot"],
    caller_variables: &["COPILOT_CLI"],
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
