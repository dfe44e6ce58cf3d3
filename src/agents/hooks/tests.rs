use super::*;
use crate::agents::EventKind;
use crate::agents::agent::{Agent, detect_agent};
use crate::agents::event_text::limit;
use crate::agents::path::normal_path;
use crate::kb::Environment;
use crate::kb::tests::environment;
use proptest::prelude::*;
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn read(agent: Agent, named: Option<&str>, json: &Value, clean: Clean<'_>) -> HookCall {
    read_call(agent.profile().read_hook, named, json, clean)
}

fn nowhere() -> Environment {
    environment(Path::new("/"))
}

fn plain(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

fn fixtures(agent: Agent) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    root.join(agent.name())
}

/// Shows what each line of a recorded stream of events is understood as.
fn played(agent: Agent, text: &str) -> String {
    let mut shown = String::new();
    for line in text.lines() {
        let json: Value = serde_json::from_str(line).expect("a line of JSON");
        let call = read(agent, None, &json, &plain);
        let detected = detect_agent(None, &nowhere(), &json);
        let _ = write!(shown, "{}", call.event.name());
        for (is, word) in [
            (call.injects, "injects"),
            (call.subagent, "sub-agent"),
            (call.transcript.is_some(), "transcript"),
            (detected == agent, "recognised"),
        ] {
            if is {
                let _ = write!(shown, ", {word}");
            }
        }
        if let Some(unknown) = &call.unknown {
            let _ = write!(shown, ", unknown {unknown}");
        }
        let session = call.session.as_deref().unwrap_or("-");
        let cwd = call.cwd.as_deref().unwrap_or(Path::new("-")).display();
        let _ = writeln!(shown, " [{session} {cwd}]");
        for kind in &call.events {
            let _ = writeln!(shown, "  {}", serde_json::to_string(kind).expect("JSON"));
        }
    }
    shown
}

#[test]
fn recorded_streams_are_understood() {
    for &agent in Agent::ALL {
        let dir = fixtures(agent);
        let mut streams = 0;
        for entry in fs::read_dir(&dir).expect("fixtures") {
            let path = entry.expect("an entry").path();
            if path
                .extension()
                .is_none_or(|extension| extension != "jsonl")
            {
                continue;
            }
            streams += 1;
            let text = fs::read_to_string(&path).expect("a stream");
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(&dir);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(name, played(agent, &text)));
        }
        assert!(streams > 0, "{agent}");
    }
}

#[test]
fn the_event_may_be_named_from_elsewhere() {
    let json = json!({"sessionId": "s", "toolName": "create", "toolArgs": {"path": "a"}});
    let of = |named| read(Agent::Copilot, named, &json, &plain);
    assert!(of(Some("preToolUse")).events.is_empty());
    assert_eq!(of(Some("postToolUse")).events.len(), 3);
    assert_eq!(of(Some("sessionStart")).event, HookEvent::Start);
    // What the payload says itself counts more.
    let json = json!({"hook_event_name": "Stop"});
    assert_eq!(
        read(Agent::Claude, Some("SessionStart"), &json, &plain).event,
        HookEvent::Stop
    );
}

#[test]
fn a_compaction_that_is_announced_only_was_none() {
    for agent in [Agent::Claude, Agent::Codex] {
        let json = json!({"hook_event_name": "PreCompact", "trigger": "manual"});
        let call = read(agent, None, &json, &plain);
        assert_eq!(
            (call.event, call.events.len()),
            (HookEvent::Compaction, 0),
            "{agent}"
        );
        let json = json!({"hook_event_name": "PostCompact", "compact_summary": "Half done"});
        assert_eq!(read(agent, None, &json, &plain).events.len(), 1, "{agent}");
    }
}

#[test]
fn commands_in_the_background_are_told_by_their_numbers() {
    let of = |agent, name: &str, input: Value, response: Value| {
        let json = json!({
            "hook_event_name": "PostToolUse", "tool_name": name, "toolName": name,
            "tool_input": input, "toolArgs": input, "tool_response": response, "toolResult": response,
        });
        read(agent, Some("PostToolUse"), &json, &plain).background
    };
    let claude = of(
        Agent::Claude,
        "Bash",
        json!({"command": "npm test", "run_in_background": true}),
        json!({"stdout": "", "stderr": "", "backgroundTaskId": "b1"}),
    );
    let ended = of(
        Agent::Claude,
        "TaskOutput",
        json!({"task_id": "b1", "block": true}),
        json!({"task": {"task_id": "b1", "status": "failed", "output": "1 failed", "exitCode": 1}}),
    );
    assert_eq!(
        (claude.begun[0].0, claude.begun[0].1.as_str()),
        (ended.ended[0].0, "npm test")
    );
    assert_eq!(ended.ended[0].1.exit, Some(1));
    let text = |text: &str| json!({"resultType": "success", "textResultForLlm": text});
    let copilot = of(
        Agent::Copilot,
        "bash",
        json!({"command": "pytest", "mode": "async"}),
        text("<command started in background with shellId: s1>"),
    );
    let ended = of(
        Agent::Copilot,
        "read_bash",
        json!({"shellId": "s1"}),
        text("1 failed\n<shellId: s1 completed with exit code 1>"),
    );
    assert_eq!(copilot.begun[0].0, ended.ended[0].0);
    let told = json!({"hook_event_name": "UserPromptSubmit", "prompt":
        "<task-notification>\n<task-id>b1</task-id>\n<summary>Background command \"npm test\" \
         failed with exit code 1</summary>\n</task-notification>"});
    let told = read(Agent::Claude, None, &told, &plain).background;
    assert_eq!(told.ended[0].0, claude.begun[0].0);
}

#[test]
fn one_call_says_only_so_much() {
    let files: Vec<Value> = (0..5000).map(|n| json!(format!("/w/{n}"))).collect();
    let long = "x".repeat(100_000);
    let call = read(
        Agent::Claude,
        None,
        &json!({
            "hook_event_name": "PostToolUse", "tool_name": "Bash", "cwd": "/w",
            "tool_input": {"command": long},
            "tool_response": {"stdout": long, "bashEditDiff": {"changedFiles": files}},
        }),
        &plain,
    );
    assert_eq!(call.events.len(), writer::MOST_EVENTS);
    let command = &call.events[1];
    let EventKind::Command { command, .. } = command else {
        panic!("{command:?}");
    };
    assert_eq!(command.len(), limit::COMMAND);
}

/// Every string in every fixture is a secret: none may come through but as the cleaner lets it.
#[test]
fn every_text_goes_through_the_cleaner() {
    let clean = |_: &str, _: usize| "[clean]".to_owned();
    let spared = ["kind", "action", "hash"];
    let mut seen = 0;
    for &agent in Agent::ALL {
        for entry in fs::read_dir(fixtures(agent)).expect("fixtures") {
            let text = fs::read_to_string(entry.expect("an entry").path()).expect("a file");
            for json in text
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            {
                let call = read(agent, None, &json, &clean);
                if let Some(unknown) = call.unknown {
                    let fine = ["[clean]", "without a name"];
                    assert!(fine.iter().any(|end| unknown.ends_with(end)), "{unknown}");
                }
                for kind in call.events {
                    let stored = serde_json::to_value(&kind).expect("JSON");
                    for (key, value) in stored.as_object().expect("an object") {
                        if let (Some(text), false) =
                            (value.as_str(), spared.contains(&key.as_str()))
                        {
                            seen += 1;
                            assert!(matches!(text, "" | "[clean]"), "{key}: {text}");
                        }
                    }
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

/// JSON of any shape, with keys and values that mean something often enough.
fn arbitrary() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "hook_event_name",
        "event",
        "PostToolUse",
        "AfterTool",
        "postToolUse",
        "afterFileEdit",
        "tool.execute.after",
        "SessionStart",
        "tool",
        "tool_name",
        "toolName",
        "Bash",
        "Write",
        "apply_patch",
        "AskUserQuestion",
        "TodoWrite",
        "ExitPlanMode",
        "tool_input",
        "toolArgs",
        "args",
        "tool_response",
        "toolResult",
        "tool_output",
        "output",
        "metadata",
        "command",
        "file_path",
        "path",
        "edits",
        "questions",
        "answers",
        "options",
        "label",
        "todos",
        "status",
        "completed",
        "plan",
        "stdout",
        "bashEditDiff",
        "files",
        "changedFiles",
        "gitOperation",
        "commit",
        "sha",
        "error",
        "Exit code 1\nx",
        "*** Update File: a",
        "[main abc1234] x",
        "/c:/é",
        "\\\\?\\",
        "{\"a\":1}",
        "Output:\n",
        "",
        "\u{1f980}",
        "\0",
        "llmContent",
        "cwd",
        "session_id",
        "properties",
        "parts",
        "text",
        "git commit",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let key = prop_oneof![words.clone().prop_map(str::to_owned), any::<String>()];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..10)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_is_too_odd(json in arbitrary(), tool in arbitrary(), named in any::<Option<String>>()) {
        let event = json!({
            "hook_event_name": "PostToolUse", "event": "tool.execute.after", "tool_name": "Bash",
            "toolName": "bash", "tool_input": tool, "toolArgs": tool, "args": tool,
            "tool_response": json, "toolResult": json, "tool_output": json, "output": json,
        });
        for &agent in Agent::ALL {
            for json in [&json, &event] {
                let call = read(agent, named.as_deref(), json, &plain);
                prop_assert!(call.events.len() <= writer::MOST_EVENTS);
                for kind in &call.events {
                    let line = serde_json::to_string(kind).expect("JSON");
                    prop_assert!(line.len() < crate::agents::journal::MAX_LINE);
                    prop_assert_eq!(&serde_json::from_str::<EventKind>(&line).expect("reads back"), kind);
                }
                let _ = detect_agent(None, &nowhere(), json);
            }
        }
    }

    #[test]
    fn any_text_may_be_a_path_or_a_session(text in any::<String>(), windows in any::<bool>()) {
        let once = normal_path(&text, windows);
        prop_assert_eq!(normal_path(&once, windows), once.clone());
        let name = session_name(&text, &plain);
        prop_assert!(!name.is_empty() && name.len() <= 128 && name.is_ascii());
    }
}
