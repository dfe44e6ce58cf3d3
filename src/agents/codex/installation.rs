//! How hooks are installed for Codex CLI.

use super::config::{hooks_trusted, read_config};
use super::server::{has_server, put_server, take_server};
use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::{HookShell, guard_command};
use crate::agents::install::installation::{
    ConfigFiles, HookProgram, HooksForm, HooksFormat, Installation, NextSteps, ServerEditor,
    ServerForm, ServerSettings, TIMEOUT, Trust, WantedHook, group_hook, hooks_of,
};
use crate::agents::install::json::{Json, Strictness};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".codex",
    hooks_file: "hooks.json",
    own_skills: false,
    hooks: HooksForm::Settings(HooksFormat {
        // Read by a strict parser: with a comment in it, no hook of the file would run.
        strictness: Strictness::Json,
        grouped: true,
        versioned: false,
        hooks: wanted_hooks,
    }),
    server: ServerSettings {
        user_file: |homes| user_directory(homes).join("config.toml"),
        project_file: |project| project.join(".codex/config.toml"),
        form: ServerForm::Other(ServerEditor {
            put: put_server,
            take: take_server,
            has: has_server,
        }),
        step: "new sessions have its tools; /mcp shows them",
    },
    trust: Some(Trust {
        step: "start codex and choose \"Trust all and continue\"; headless: codex exec \
               --dangerously-bypass-hook-trust",
        is_given: hooks_trusted,
    }),
    steps: NextSteps {
        user: "new sessions record themselves",
        project: "new sessions record themselves, where the project is trusted",
        skill: "$log",
    },
    find_switch: Some(find_switch),
    find_version: None,
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    homes.directory("CODEX_HOME", ".codex")
}

fn find_switch(files: &ConfigFiles, _: &str) -> Option<String> {
    let mut configs = files
        .directories
        .iter()
        .map(|directory| directory.join("config.toml"));
    configs.find_map(|path| {
        let off = read_config(&path).hooks_off();
        off.then(|| format!("`features.hooks` is false in {}", path.display()))
    })
}

/// It warns at every start of a longer time for the hook at the end, in seconds.
const LONGEST_END: u32 = 3;

/// The trust of its users hangs on each word of an entry: none may change without need.
///
/// Without `async`, for which older versions skip the entry.
fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    const EVENTS: [&str; 7] = [
        "SessionStart",
        "UserPromptSubmit",
        "PostToolUse",
        "PreCompact",
        "PostCompact",
        "Stop",
        "SessionEnd",
    ];
    let entry = |timeout| {
        Json::Object(vec![
            ("type", Json::text("command")),
            (
                "command",
                Json::Text(guard_command(program.call, HookShell::Posix)),
            ),
            (
                "commandWindows",
                Json::Text(guard_command(program.call, HookShell::Cmd)),
            ),
            ("timeout", Json::Number(timeout)),
        ])
    };
    hooks_of(&EVENTS, |event| {
        let is_end = event == "SessionEnd";
        group_hook(None, entry(if is_end { LONGEST_END } else { TIMEOUT }))
    })
}
