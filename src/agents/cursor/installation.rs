//! How hooks are installed for Cursor.

use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::HookShell;
use crate::agents::install::installation::{
    HookProgram, HooksForm, HooksFormat, Installation, NextSteps, ServerForm, ServerSettings,
    TIMEOUT, WantedHook, hooks_of, server_call,
};
use crate::agents::install::json::{Json, Strictness};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".cursor",
    hooks_file: "hooks.json",
    own_skills: false,
    hooks: HooksForm::Settings(HooksFormat {
        strictness: Strictness::Comments,
        grouped: false,
        versioned: true,
        hooks: wanted_hooks,
    }),
    server: ServerSettings {
        user_file: |homes| user_directory(homes).join("mcp.json"),
        project_file: |project| project.join(".cursor/mcp.json"),
        form: ServerForm::Json {
            strictness: Strictness::Comments,
            servers: "mcpServers",
            entry: |command| Json::Object(server_call(command)),
        },
        step: "restart it, and switch the server on in its settings",
    },
    trust: None,
    steps: NextSteps {
        user: "restart it, and sessions record themselves",
        project: "restart it",
        skill: "/log",
    },
    find_switch: None,
    find_version: None,
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    homes.home.join(".cursor")
}

/// `postToolUse` reports what `afterFileEdit` and `afterShellExecution` do, and each hook costs a
/// second on Windows.
fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    const EVENTS: [&str; 8] = [
        "sessionStart",
        "beforeSubmitPrompt",
        "postToolUse",
        "postToolUseFailure",
        "afterAgentResponse",
        "preCompact",
        "stop",
        "sessionEnd",
    ];
    let line = program.guarded_line(HookShell::PowerShellPipe);
    hooks_of(&EVENTS, |_| {
        Json::Object(vec![
            ("command", Json::text(&line)),
            ("timeout", Json::Number(TIMEOUT)),
        ])
    })
}
