//! Claude Code.

mod hooks;
mod installation;
mod results;
mod transcript;

pub(super) use hooks::{RESPONSE, read_denial, read_failure, read_tool_hook};

use super::hooks::ContextForm;
use super::profile::Profile;

pub(super) static PROFILE: Profile = Profile {
    name: "claude",
    title: "Claude Code",
    aliases: &["claude-code"],
    programs: &["claude"],
    caller_variables: &[],
    session_variable: Some("CLAUDE_CODE_SESSION_ID"),
    project_variable: Some("CLAUDE_PROJECT_DIR"),
    read_call: None,
    read_hook: hooks::read_hook,
    context_form: ContextForm::HookSpecificOutput,
    transcripts: Some(&transcript::FORMAT),
    only_in_transcript: None,
    installation: Some(&installation::INSTALLATION),
};
