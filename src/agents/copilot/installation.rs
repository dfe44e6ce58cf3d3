//! How hooks are installed for Copilot CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::{HookShell, guard_command};
use crate::agents::install::installation::{
    HookProgram, HooksForm, HooksFormat, Installation, NextSteps, ServerForm, ServerSettings,
    TIMEOUT, WantedHook, hooks_of, server_call,
};
use crate::agents::install::json::{Json, Strictness};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".github",
    hooks_file: "hooks/mx.json",
    own_skills: false,
    hooks: HooksForm::Settings(HooksFormat {
        strictness: Strictness::Comments,
        grouped: false,
        versioned: true,
        hooks: wanted_hooks,
    }),
    server: ServerSettings {
        user_file: |homes| user_directory(homes).join("mcp-config.json"),
        project_file: |project| project.join(".github/mcp.json"),
        form: ServerForm::Json {
            strictness: Strictness::Json,
            servers: "mcpServers",
            entry: |command| {
                let mut members = vec![("type", Json::text("local"))];
                members.extend(server_call(command));
                members.push(("tools", Json::Array(vec![Json::text("*")])));
                Json::Object(members)
            },
        },
        step: "new sessions have its tools; /mcp show shows them",
    },
    trust: None,
    steps: NextSteps {
        user: "new sessions record themselves",
        project: "new sessions record themselves",
        skill: "/log",
    },
    find_switch: None,
    find_version: None,
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
    hooks_of(&EVENTS, |event| {
        // What it sends does not say which event it is.
        let call = format!("{} --event {event}", program.call);
        let line = |shell| Json::Text(guard_command(&call, shell));
        Json::Object(vec![
            ("type", Json::text("command")),
            ("bash", line(HookShell::Posix)),
            ("powershell", line(HookShell::PowerShell)),
            ("timeoutSec", Json::Number(TIMEOUT)),
        ])
    })
}
