//! Recognising our own entries: by their command, since agents drop keys that they do not know.

use super::guard;
use super::json::JsonNode;
use crate::agents::tool_effect::is_own_program;
use crate::session::resume::verification::{is_assignment, simple_commands};

/// Returns whether an entry of a list of hooks runs `mx hook`, however it was written: with a
/// path, as `mx.exe`, quoted, with arguments in any order or in a list of their own, guarded or
/// not. `command` is the program that is installed now.
pub(super) fn is_own(entry: &JsonNode, command: &str) -> bool {
    let arguments = entry.get("args").and_then(|list| list.elements());
    let arguments: Vec<String> = arguments
        .unwrap_or_default()
        .iter()
        .filter_map(JsonNode::as_text)
        .collect();
    lines_of(entry).iter().any(|line| {
        // A command with arguments of its own is a path, in which there may be blanks.
        let mut words = if !arguments.is_empty() && is_program(line, command) {
            vec![line.clone()]
        } else {
            read_only_command(line).unwrap_or_default()
        };
        words.extend(arguments.iter().cloned());
        is_hook(&words, command)
    })
}

/// Returns whether an entry of a list of servers runs `mx mcp`: with its arguments beside the
/// command, or behind it in one list.
pub(super) fn is_own_server(entry: &JsonNode, command: &str) -> bool {
    let texts = |key: &str| {
        let value = entry.get(key);
        let list = value.as_ref().and_then(JsonNode::elements);
        let words = list.or_else(|| Some(vec![value?])).unwrap_or_default();
        words
            .iter()
            .filter_map(JsonNode::as_text)
            .collect::<Vec<_>>()
    };
    let words = [texts("command"), texts("args")].concat();
    let call = words.split_first();
    call.is_some_and(|(program, arguments)| is_own_call(program, arguments, command))
}

/// Returns whether a program with these arguments is `mx mcp`.
pub(crate) fn is_own_call(program: &str, arguments: &[String], command: &str) -> bool {
    let arguments: Vec<&String> = arguments.iter().collect();
    is_program(program, command) && find_subcommand(&arguments) == Some("mcp")
}

/// Returns the program that an entry of ours runs.
pub(super) fn program_of(entry: &JsonNode, command: &str) -> Option<String> {
    let lines = lines_of(entry);
    let mut words = lines
        .iter()
        .filter_map(|line| read_only_command(line))
        .flatten();
    let program = words.find(|word| is_program(word, command));
    program.or_else(|| lines.first().cloned())
}

/// Returns the command lines of an entry, without what keeps a failure from the agent.
fn lines_of(entry: &JsonNode) -> Vec<String> {
    let keys = ["command", "commandWindows", "bash", "powershell"];
    let lines = keys.iter().filter_map(|key| entry.get(key)?.as_text());
    lines
        .map(|line| guard::strip_guard(&line).to_owned())
        .collect()
}

fn is_hook(words: &[String], command: &str) -> bool {
    let before = |word: &&String| is_assignment(word) || matches!(word.as_str(), "exec" | "env");
    let words: Vec<&String> = words.iter().skip_while(before).collect();
    let Some((program, rest)) = words.split_first() else {
        return false;
    };
    is_program(program, command) && find_subcommand(rest) == Some("hook")
}

/// Returns the first argument that is no option.
fn find_subcommand<'a>(arguments: &[&'a String]) -> Option<&'a str> {
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--agent" | "--event" | "--kb" => {
                arguments.next();
            }
            option if option.starts_with('-') => {}
            found => return Some(found),
        }
    }
    None
}

fn is_program(word: &str, command: &str) -> bool {
    is_own_program(word) || word == command
}

/// Returns the words of the only command of a line, without redirections; `None` where it runs more
/// than one, or what cannot be seen.
fn read_only_command(line: &str) -> Option<Vec<String>> {
    let mut commands = simple_commands(line)?.into_iter();
    let (words, _) = commands.next()?;
    commands.next().is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::super::json::{JsonText, Strictness};
    use super::*;

    fn own(entry: &serde_json::Value) -> bool {
        let text = entry.to_string();
        let json = JsonText::parse(&text, Strictness::Json).expect("JSON");
        is_own(&json.value().expect("a value"), "/opt/memory tool")
    }

    fn line(command: &str) -> bool {
        own(&serde_json::json!({"type": "command", "command": command}))
    }

    #[test]
    fn ours_however_it_is_written() {
        for command in [
            "mx hook",
            "mx hook --agent claude",
            "mx --agent claude hook",
            "mx --agent=claude --json hook",
            "/usr/local/bin/mx hook --agent codex",
            "\"/opt/my tools/mx\" hook",
            "'C:\\Program Files\\mx\\mx.exe' hook --agent claude",
            "& 'C:\\Program Files\\mx\\MX.EXE' hook",
            "C:\\mx\\mx.exe hook",
            "C:/mx/mx.exe hook",
            "MX_DEBUG=1 mx hook",
            "exec mx hook",
            "mx hook --agent claude || true",
            "mx hook 2>/dev/null",
            "\"/opt/memory tool\" hook",
        ] {
            assert!(line(command), "{command}");
        }
        assert!(own(
            &serde_json::json!({"command": "mx", "args": ["hook", "--agent", "claude"]})
        ));
        assert!(own(
            &serde_json::json!({"command": "C:\\my tools\\mx.exe", "args": ["--agent", "claude", "hook"]})
        ));
        assert!(own(
            &serde_json::json!({"bash": "mx hook", "powershell": "mx hook"})
        ));
    }

    #[test]
    fn what_others_run_is_not() {
        for command in [
            "",
            "mx",
            "mx search hook",
            "mx session-log -m hook",
            "mxx hook",
            "my-mx hook",
            "mx-wrapper hook",
            "echo mx hook",
            "python mx.py hook",
            "mx hook; curl example.org",
            "mx hook && notify",
            "mx hook | tee log",
            "mx hook || notify",
            "\"mx hook\"",
        ] {
            assert!(!line(command), "{command}");
        }
        assert!(!own(
            &serde_json::json!({"command": "mx", "args": ["search", "hook"]})
        ));
        assert!(!own(
            &serde_json::json!({"type": "prompt", "prompt": "mx hook"})
        ));
        assert!(!own(&serde_json::json!("mx hook")));
    }
}
