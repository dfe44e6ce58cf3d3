//! How hooks are installed for Gemini CLI.

use crate::agents::homes::AgentHomes;
use crate::agents::install::installation::{
    ConfigFiles, HookProgram, HooksFormat, Installation, TIMEOUT, WantedHook, group_hook,
};
use crate::agents::install::json::{Json, Node, Strictness};
use crate::agents::install::switched_off::{is_set, test_setting};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".gemini",
    hooks_file: "settings.json",
    own_skills: false,
    hooks: Some(HooksFormat {
        // People keep comments in it, as in an editor's settings.
        strictness: Strictness::Comments,
        grouped: true,
        versioned: false,
        hooks: wanted_hooks,
    }),
    asks_for_trust: false,
    find_switch,
};

/// The variable names the directory in which `.gemini` is.
fn user_directory(homes: &AgentHomes) -> PathBuf {
    let home = homes.moved.get("GEMINI_CLI_HOME").unwrap_or(&homes.home);
    home.join(".gemini")
}

fn find_switch(files: &ConfigFiles, command: &str) -> Option<String> {
    files.hooks.iter().find_map(|path| {
        let off = test_setting(path, |root, text| is_switched_off(root, text, command));
        off.then(|| format!("hooks are switched off in {}", path.display()))
    })
}

/// Hooks can be switched off by name or command, or all at once; the place of both has moved.
fn is_switched_off(root: &Node, text: &str, command: &str) -> bool {
    let mut places = ["hooksConfig", "hooks"]
        .into_iter()
        .filter_map(|key| root.get(key));
    places.any(|place| {
        let names = place
            .get("disabled")
            .and_then(Node::elements)
            .unwrap_or_default();
        let named = names
            .iter()
            .filter_map(Node::text)
            .any(|name| name == "mx" || name.starts_with(&format!("{command} hook")));
        named || is_set(place.get("enabled"), text, "false")
    })
}

fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    const EVENTS: [&str; 5] = [
        "SessionStart",
        "BeforeAgent",
        "AfterTool",
        "AfterAgent",
        "SessionEnd",
    ];
    let entry = || {
        Json::Object(vec![
            ("type", Json::text("command")),
            ("command", Json::text(program.line)),
            ("name", Json::text("mx")),
            // In milliseconds here.
            ("timeout", Json::Number(TIMEOUT * 1000)),
        ])
    };
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| WantedHook {
            event,
            element: group_hook((event == "AfterTool").then_some("*"), entry()),
        })
        .collect()
}
