//! How hooks are installed for Codex CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::codex_config::CodexConfig;
use crate::agents::install::installation::{
    ConfigFiles, HookProgram, HooksFormat, Installation, TIMEOUT, WantedHook, group_hook,
};
use crate::agents::install::json::{Json, Strictness};
use std::fs;
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".codex",
    hooks_file: "hooks.json",
    own_skills: false,
    hooks: Some(HooksFormat {
        // Read by a strict parser: with a comment in it, no hook of the file would run.
        strictness: Strictness::Json,
        grouped: true,
        versioned: false,
        hooks: wanted_hooks,
    }),
    asks_for_trust: true,
    find_switch,
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
        let text = fs::read_to_string(&path).ok()?;
        let off = CodexConfig::parse(&text).hooks_off;
        off.then(|| format!("`features.hooks` is false in {}", path.display()))
    })
}

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
    let entry = || {
        Json::Object(vec![
            ("type", Json::text("command")),
            ("command", Json::text(program.line)),
            ("timeout", Json::Number(TIMEOUT)),
        ])
    };
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| WantedHook {
            event,
            element: group_hook(None, entry()),
        })
        .collect()
}
