//! How hooks are installed for Copilot CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::installation::{
    HookProgram, HooksFormat, Installation, TIMEOUT, WantedHook, find_no_switch,
};
use crate::agents::install::json::{Json, Strictness};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".github",
    hooks_file: "hooks/mx.json",
    own_skills: false,
    hooks: Some(HooksFormat {
        strictness: Strictness::Comments,
        grouped: false,
        versioned: true,
        hooks: wanted_hooks,
    }),
    asks_for_trust: false,
    find_switch: find_no_switch,
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    homes.directory("COPILOT_HOME", ".copilot")
}

fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    const EVENTS: [&str; 6] = [
        "sessionStart",
        "userPromptSubmitted",
        "postToolUse",
        "postToolUseFailure",
        "agentStop",
        "sessionEnd",
    ];
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| {
            // What it sends does not say which event it is.
            let line = format!("{} --event {event}", program.line);
            // In PowerShell a quoted word is a string, not a command.
            let call = if line.starts_with('"') { "& " } else { "" };
            let element = Json::Object(vec![
                ("type", Json::text("command")),
                ("bash", Json::text(&line)),
                ("powershell", Json::Text(format!("{call}{line}"))),
                ("timeoutSec", Json::Number(TIMEOUT)),
            ]);
            WantedHook { event, element }
        })
        .collect()
}
