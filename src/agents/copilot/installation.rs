//! How hooks are installed for Copilot CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::{HookShell, guard_command};
use crate::agents::install::installation::{
    HookProgram, HooksFormat, Installation, NextSteps, ServerForm, ServerSettings, TIMEOUT,
    WantedHook, find_no_switch, server_call,
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
    server: ServerSettings {
        user_file: |homes| user_directory(homes).join("mcp-config.json"),
        project_file: |project| project.join(".github/mcp.json"),
        form: ServerForm::Json {
            strictness: Strictness::Json,
            servers: "mcpServers",
            entry: |command| {
                let all = Json::Array(vec![Json::text("*")]);
                let call = server_call(command).into_iter().chain([("tools", all)]);
                Json::Object(
                    [("type", Json::text("local"))]
                        .into_iter()
                        .chain(call)
                        .collect(),
                )
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
            let call = format!("{} --event {event}", program.call);
            let element = Json::Object(vec![
                ("type", Json::text("command")),
                ("bash", Json::Text(guard_command(&call, HookShell::Posix))),
                (
                    "powershell",
                    Json::Text(guard_command(&call, HookShell::PowerShell)),
                ),
                ("timeoutSec", Json::Number(TIMEOUT)),
            ]);
            WantedHook { event, element }
        })
        .collect()
}
