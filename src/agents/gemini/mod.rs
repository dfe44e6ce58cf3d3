//! Gemini CLI.

mod hooks;
mod installation;
mod line;
mod messages;
mod results;
mod rewind;
mod transcript;

use super::event::EventKind;
use super::hooks::ContextForm;
use super::profile::Profile;

pub(super) static PROFILE: Profile = Profile {
    name: "gemini",
    title: "Gemini CLI",
    aliases: &["gemini-cli"],
    programs: &["gemini"],
    caller_variables: &["GEMINI_SESSION_ID", "GEMINI_CWD"],
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
