//! How hooks are installed for Gemini CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::HookShell;
use crate::agents::install::installation::{
    ConfigFiles, HookProgram, HooksForm, HooksFormat, Installation, NextSteps, ServerForm,
    ServerSettings, TIMEOUT, WantedHook, group_hook, hooks_of, server_call,
};
use crate::agents::install::json::{Json, JsonNode, Strictness};
use crate::agents::install::switched_off::{is_set, test_setting};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".gemini",
    hooks_file: "settings.json",
    own_skills: false,
    hooks: HooksForm::Settings(HooksFormat {
        // People keep comments in it, as in an editor's settings.
        strictness: Strictness::Comments,
        grouped: true,
        versioned: false,
        hooks: wanted_hooks,
    }),
    server: ServerSettings {
        user_file: |homes| user_directory(homes).join("settings.json"),
        project_file: |project| project.join(".gemini/settings.json"),
        form: ServerForm::Json {
            strictness: Strictness::Comments,
            servers: "mcpServers",
            entry: |command| Json::Object(server_call(command)),
        },
        step: "restart it; /mcp shows its tools",
    },
    trust: None,
    steps: NextSteps {
        user: "restart it, and sessions record themselves",
        project: "restart it, and trust the hooks of the project",
        skill: "/log",
    },
    find_switch: Some(find_switch),
    find_version: None,
};

/// The variable names the directory in which `.gemini` is.
fn user_directory(homes: &AgentHomes) -> PathBuf {
    let home = homes.moved.get("GEMINI_CLI_HOME").unwrap_or(&homes.home);
    home.join(".gemini")
}

fn find_switch(files: &ConfigFiles, command: &str) -> Option<String> {
    files.hooks.iter().find_map(|path| {
        let off = test_setting(path, |root| is_switched_off(root, command));
        off.then(|| format!("hooks are switched off in {}", path.display()))
    })
}

/// Hooks can be switched off by name or command, or all at once; the place of both has moved.
fn is_switched_off(root: &JsonNode, command: &str) -> bool {
    let mut places = ["hooksConfig", "hooks"]
        .into_iter()
        .filter_map(|key| root.get(key));
    places.any(|place| {
        let names = place.get("disabled").and_then(|names| names.elements());
        let ours = |name: &String| name == "mx" || name.starts_with(&format!("{command} hook"));
        let named = names
            .unwrap_or_default()
            .iter()
            .filter_map(JsonNode::as_text)
            .any(|name| ours(&name));
        named || is_set(&place, "enabled", "false")
    })
}

/// Without the event before a compaction: it comes before every request to the model.
fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    const EVENTS: [&str; 5] = [
        "SessionStart",
        "BeforeAgent",
        "AfterTool",
        "AfterAgent",
        "SessionEnd",
    ];
    let line = program.guarded_line(HookShell::PowerShell);
    let entry = || {
        Json::Object(vec![
            ("type", Json::text("command")),
            ("command", Json::text(&line)),
            ("name", Json::text("mx")),
            // In milliseconds here.
            ("timeout", Json::Number(TIMEOUT * 1000)),
        ])
    };
    hooks_of(&EVENTS, |event| {
        group_hook((event == "AfterTool").then_some("*"), entry())
    })
}
