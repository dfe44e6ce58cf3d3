//! Cursor.

mod hooks;
mod installation;
mod results;
mod transcript;

use super::hooks::ContextForm;
use super::profile::Profile;

pub(super) static PROFILE: Profile = Profile {
    name: "cursor",
    title: "Cursor",
    aliases: &["cursor-agent", "cursor-cli"],
    programs: &["cursor", "cursor-agent"],
    caller_variables: &["CURSOR_VERSION"],
    session_variable: None,
    project_variable: None,
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::Field("additional_context"),
    transcripts: Some(&transcript::FORMAT),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};
