//! How hooks are installed for Claude Code.

use super::version::find_version;
use crate::agents::homes::AgentHomes;
use crate::agents::install::guard::HookShell;
use crate::agents::install::installation::{
    AgentVersion, ConfigFiles, HookProgram, HooksForm, HooksFormat, Installation, NextSteps,
    ServerForm, ServerSettings, TIMEOUT, WantedHook, group_hook, server_call,
};
use crate::agents::install::json::{Json, Strictness};
use crate::agents::install::switched_off::{is_set, test_setting};
use std::path::PathBuf;

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".claude",
    hooks_file: "settings.json",
    own_skills: true,
    hooks: HooksForm::Settings(HooksFormat {
        // People keep comments in it, as in an editor's settings.
        strictness: Strictness::Comments,
        grouped: true,
        versioned: false,
        hooks: wanted_hooks,
    }),
    server: ServerSettings {
        // Beside the directory, unless that was moved.
        user_file: |homes| match homes.moved.get("CLAUDE_CONFIG_DIR") {
            Some(directory) => directory.join(".claude.json"),
            None => homes.home.join(".claude.json"),
        },
        project_file: |project| project.join(".mcp.json"),
        form: ServerForm::Json {
            strictness: Strictness::Json,
            servers: "mcpServers",
            entry: |command| {
                let mut members = vec![("type", Json::text("stdio"))];
                members.extend(server_call(command));
                Json::Object(members)
            },
        },
        step: "new sessions have its tools; /mcp shows them",
    },
    trust: None,
    steps: NextSteps {
        user: "new sessions record themselves; /hooks shows the hooks",
        project: "accept its question whether you trust the project; /hooks shows the hooks",
        skill: "/log",
    },
    find_switch: Some(find_switch),
    find_version: Some(find_version),
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    homes.directory("CLAUDE_CONFIG_DIR", ".claude")
}

fn find_switch(files: &ConfigFiles, _: &str) -> Option<String> {
    let local = files.directories[1].join("settings.local.json");
    files.hooks.iter().chain([&local]).find_map(|path| {
        let off = test_setting(path, |root| is_set(root, "disableAllHooks", "true"));
        off.then(|| format!("`disableAllHooks` is set in {}", path.display()))
    })
}

/// The first version that skips an event that it does not know. An older one drops the whole
/// settings file, permissions included.
const SKIPS_UNKNOWN_EVENTS: AgentVersion = (2, 1, 101);

/// The line goes through a shell instead of `command` and `args`: a version that does not know
/// `args` would run the program without them, and its status for wrong usage, 2, would block
/// every prompt. A shell finds it on the PATH on Windows too.
///
/// An event whose answer is not needed is not waited for (`async`; older versions wait). Those at
/// the end of a turn, of a compaction or of the session are: the process might not live to see
/// them done.
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
        ("PostCompact", false, false),
        ("Stop", false, true),
        ("SessionEnd", false, true),
    ];
    let all = program
        .agent_version
        .is_none_or(|version| version >= SKIPS_UNKNOWN_EVENTS);
    // On Windows a bash, where there is one, else PowerShell.
    let line = program.guarded_line(HookShell::PosixOrPowerShell);
    let wanted = EVENTS.into_iter().filter(|(_, _, old)| all || *old);
    wanted
        .map(|(event, behind, _)| {
            let mut entry = vec![
                ("type", Json::text("command")),
                ("command", Json::text(&line)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_version_gets_only_events_that_it_knows() {
        let hooks = |agent_version| {
            wanted_hooks(&HookProgram {
                call: "mx hook",
                shared: false,
                windows: false,
                agent_version,
            })
        };
        let old = hooks(Some((2, 0, 14)));
        assert!(old.iter().all(|hook| hook.event != "PostCompact"));
        assert!(old.iter().any(|hook| hook.event == "PostToolUse"));
        assert_eq!(hooks(Some((2, 1, 101))).len(), hooks(None).len());
    }
}
