//! How hooks are installed for Claude Code.

use crate::agents::homes::AgentHomes;
use crate::agents::install::installation::{
    ConfigFiles, HookProgram, HooksFormat, Installation, TIMEOUT, WantedHook, group_hook,
};
use crate::agents::install::json::{Json, Strictness};
use crate::agents::install::switched_off::{is_set, test_setting};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".claude",
    hooks_file: "settings.json",
    own_skills: true,
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

fn user_directory(homes: &AgentHomes) -> PathBuf {
    homes.directory("CLAUDE_CONFIG_DIR", ".claude")
}

fn find_switch(files: &ConfigFiles, _: &str) -> Option<String> {
    let local = files.directories[1].join("settings.local.json");
    files.hooks.iter().chain([&local]).find_map(|path| {
        let off = test_setting(path, |root, text| {
            is_set(root.get("disableAllHooks"), text, "true")
        });
        off.then(|| format!("`disableAllHooks` is set in {}", path.display()))
    })
}

/// The first version that skips an event that it does not know. An older one drops the whole
/// settings file, permissions included.
const SKIPS_UNKNOWN_EVENTS: (u32, u32, u32) = (2, 1, 101);

/// The line goes through a shell instead of `command` and `args`: a version that does not know
/// `args` would run the program without them, and its status for wrong usage, 2, would block
/// every prompt. A shell finds it on the PATH on Windows too.
///
/// An event whose answer nobody needs is not waited for (`async`; older versions wait). Those at
/// the end of a turn or of the session are: the process might not live to see them done.
fn wanted_hooks(program: &HookProgram<'_>) -> Vec<WantedHook> {
    // Event, whether the agent may go on meanwhile, and whether every version knows it.
    const EVENTS: [(&str, bool, bool); 11] = [
        ("SessionStart", false, true),
        ("UserPromptSubmit", false, true),
        ("PostToolUse", true, true),
        ("PostToolUseFailure", true, false),
        ("PermissionDenied", true, false),
        ("TaskCompleted", true, false),
        ("CwdChanged", true, false),
        ("PreCompact", false, true),
        ("PostCompact", true, false),
        ("Stop", false, true),
        ("SessionEnd", false, true),
    ];
    let all = program
        .agent_version
        .is_none_or(|version| version >= SKIPS_UNKNOWN_EVENTS);
    let wanted = EVENTS.into_iter().filter(|(_, _, old)| all || *old);
    wanted
        .map(|(event, behind, _)| {
            let mut entry = vec![
                ("type", Json::text("command")),
                ("command", Json::text(program.line)),
                ("timeout", Json::Number(TIMEOUT)),
            ];
            if behind {
                entry.push(("async", Json::Bool(true)));
            }
            // Every tool is understood, as a use of it at least.
            let tools = matches!(
                event,
                "PostToolUse" | "PostToolUseFailure" | "PermissionDenied"
            );
            let element = group_hook(tools.then_some("*"), Json::Object(entry));
            WantedHook { event, element }
        })
        .collect()
}
