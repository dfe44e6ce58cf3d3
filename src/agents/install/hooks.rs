//! Which hooks each agent gets: events, and the entry for each.

use super::Agent;
use super::json::{Json, Strictness};

/// How long an agent waits for a hook, in seconds. It takes milliseconds; this is for a machine
/// on its knees.
const TIMEOUT: u32 = 5;

/// The first version of Claude Code that skips an event that it does not know. An older one drops
/// the whole settings file, permissions included.
const CLAUDE_SKIPS_UNKNOWN_EVENTS: (u32, u32, u32) = (2, 1, 101);

/// How an agent's configuration file is made.
#[derive(Debug)]
pub(super) struct Shape {
    /// What its reader accepts.
    pub(super) strictness: Strictness,
    /// Whether entries are in groups, each with a matcher.
    pub(super) grouped: bool,
    /// Whether the file says its version.
    pub(super) versioned: bool,
}

/// A hook as it should be: the element of the event's list.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) event: &'static str,
    pub(super) element: Json,
}

/// Returns how the file is made. `None` for an agent without one: its hooks are a program.
pub(super) fn shape(agent: Agent) -> Option<Shape> {
    let shape = |strictness, grouped, versioned| {
        Some(Shape {
            strictness,
            grouped,
            versioned,
        })
    };
    match agent {
        // People keep comments in these two, as in an editor's settings.
        Agent::Claude | Agent::Gemini => shape(Strictness::Comments, true, false),
        // Read by a strict parser: with a comment in it, no hook of the file would run.
        Agent::Codex => shape(Strictness::Json, true, false),
        Agent::Cursor | Agent::Copilot => shape(Strictness::Comments, false, true),
        Agent::Opencode => None,
    }
}

/// Returns the hooks that an agent gets.
pub(super) fn wanted(
    agent: Agent,
    command: &str,
    claude_version: Option<(u32, u32, u32)>,
) -> Vec<Wanted> {
    let line = command_line(command, agent);
    match agent {
        Agent::Claude => claude(&line, claude_version),
        Agent::Codex => codex(&line),
        Agent::Gemini => gemini(&line),
        Agent::Cursor => cursor(&line),
        Agent::Copilot => copilot(command),
        Agent::Opencode => Vec::new(),
    }
}

/// Returns the line for a shell. `mx` alone stays as it is, from version to version: Codex asks
/// its user again whenever the line changes.
fn command_line(command: &str, agent: Agent) -> String {
    format!("{} hook --agent {}", program(command), agent.name())
}

/// Returns the program as a word of a shell. A path of Windows is written with slashes, which
/// every shell there takes, whereas some take a backslash away.
fn program(command: &str) -> String {
    let windows = command.as_bytes().get(1) == Some(&b':') || command.starts_with("\\\\");
    let command = if windows {
        command.replace('\\', "/")
    } else {
        command.to_owned()
    };
    let plain = |c: char| c.is_alphanumeric() || "/._-+:~".contains(c);
    // Within double quotes a shell of Unix replaces these, within single ones nothing.
    let replaced = |c: char| "$`\"\\".contains(c);
    match () {
        () if command.chars().all(plain) => command,
        () if windows || !command.contains(replaced) || command.contains('\'') => {
            format!("\"{command}\"")
        }
        () => format!("'{command}'"),
    }
}

fn group(matcher: Option<&str>, entry: Json) -> Json {
    let mut members = Vec::new();
    if let Some(matcher) = matcher {
        members.push(("matcher", Json::text(matcher)));
    }
    members.push(("hooks", Json::Array(vec![entry])));
    Json::Object(members)
}

/// The line goes through a shell instead of `command` and `args`: a version that does not know
/// `args` would run the program without them, and its status for wrong usage, 2, would block
/// every prompt. A shell finds it on the PATH on Windows too.
///
/// An event whose answer nobody needs is not waited for (`async`; older versions wait). Those at
/// the end of a turn or of the session are: the process might not live to see them done.
fn claude(line: &str, version: Option<(u32, u32, u32)>) -> Vec<Wanted> {
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
    let all = version.is_none_or(|version| version >= CLAUDE_SKIPS_UNKNOWN_EVENTS);
    let wanted = EVENTS.into_iter().filter(|(_, _, old)| all || *old);
    wanted
        .map(|(event, behind, _)| {
            let mut entry = vec![
                ("type", Json::text("command")),
                ("command", Json::text(line)),
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
            let element = group(tools.then_some("*"), Json::Object(entry));
            Wanted { event, element }
        })
        .collect()
}

/// Without `async`, for which older versions skip the entry.
fn codex(line: &str) -> Vec<Wanted> {
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
            ("command", Json::text(line)),
            ("timeout", Json::Number(TIMEOUT)),
        ])
    };
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| Wanted {
            event,
            element: group(None, entry()),
        })
        .collect()
}

fn gemini(line: &str) -> Vec<Wanted> {
    const EVENTS: [&str; 6] = [
        "SessionStart",
        "BeforeAgent",
        "AfterTool",
        "AfterAgent",
        "PreCompress",
        "SessionEnd",
    ];
    let entry = || {
        Json::Object(vec![
            ("type", Json::text("command")),
            ("command", Json::text(line)),
            ("name", Json::text("mx")),
            // In milliseconds here.
            ("timeout", Json::Number(TIMEOUT * 1000)),
        ])
    };
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| Wanted {
            event,
            element: group((event == "AfterTool").then_some("*"), entry()),
        })
        .collect()
}

/// `postToolUse` tells what `afterFileEdit` and `afterShellExecution` do, and each hook costs a
/// second on Windows.
fn cursor(line: &str) -> Vec<Wanted> {
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
    let entry = || {
        Json::Object(vec![
            ("command", Json::text(line)),
            ("timeout", Json::Number(TIMEOUT)),
        ])
    };
    let wanted = EVENTS.into_iter();
    wanted
        .map(|event| Wanted {
            event,
            element: entry(),
        })
        .collect()
}

fn copilot(command: &str) -> Vec<Wanted> {
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
            let line = format!("{} --event {event}", command_line(command, Agent::Copilot));
            // In PowerShell a quoted word is a string, not a command.
            let call = if line.starts_with('"') { "& " } else { "" };
            let element = Json::Object(vec![
                ("type", Json::text("command")),
                ("bash", Json::text(&line)),
                ("powershell", Json::Text(format!("{call}{line}"))),
                ("timeoutSec", Json::Number(TIMEOUT)),
            ]);
            Wanted { event, element }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_one_word_of_every_shell() {
        for (command, word) in [
            ("mx", "mx"),
            ("/usr/local/bin/mx", "/usr/local/bin/mx"),
            ("/opt/my tools/mx", "\"/opt/my tools/mx\""),
            ("/opt/it's/mx", "\"/opt/it's/mx\""),
            ("/opt/$a b/mx", "'/opt/$a b/mx'"),
            ("C:\\tools\\mx.exe", "C:/tools/mx.exe"),
            ("C:\\Program Files\\mx.exe", "\"C:/Program Files/mx.exe\""),
        ] {
            assert_eq!(program(command), word);
        }
    }

    #[test]
    fn an_old_claude_gets_only_events_that_it_knows() {
        let old = wanted(Agent::Claude, "mx", Some((2, 0, 14)));
        assert!(old.iter().all(|hook| hook.event != "PostCompact"));
        assert!(old.iter().any(|hook| hook.event == "PostToolUse"));
        let new = wanted(Agent::Claude, "mx", Some((2, 1, 101)));
        assert_eq!(new.len(), wanted(Agent::Claude, "mx", None).len());
    }
}
