use super::*;
use crate::agents::EventKind;
use serde_json::json;

fn call(name: &str, input: &Value) -> ToolCall {
    read_tool_call(name, input)
}

fn file(path: &str, action: IntendedAction, from: Option<&str>) -> Effect {
    Effect::File {
        path: path.to_owned(),
        action,
        from: from.map(str::to_owned),
    }
}

#[test]
fn files_are_found_under_every_name_that_agents_give_them() {
    use IntendedAction::{Create, Delete, Modify, Read};
    for (name, input, path, action) in [
        (
            "Read",
            json!({"file_path": "/p/a.rs", "limit": 3}),
            "/p/a.rs",
            Read,
        ),
        (
            "read_file",
            json!({"absolute_path": "/p/a.rs"}),
            "/p/a.rs",
            Read,
        ),
        ("view", json!({"path": "/p/a.rs"}), "/p/a.rs", Read),
        ("read", json!({"filePath": "a.rs"}), "a.rs", Read),
        (
            "Write",
            json!({"file_path": "/p/a.rs", "content": "x"}),
            "/p/a.rs",
            Modify,
        ),
        (
            "create",
            json!({"path": "/p/a.rs", "file_text": "x"}),
            "/p/a.rs",
            Create,
        ),
        ("create", json!("{\"path\":\"/p/a.rs\"}"), "/p/a.rs", Create),
        ("Edit", json!({"file_path": "/p/a.rs"}), "/p/a.rs", Modify),
        (
            "replace",
            json!({"file_path": "/p/a.rs"}),
            "/p/a.rs",
            Modify,
        ),
        (
            "NotebookEdit",
            json!({"notebook_path": "/p/a.ipynb"}),
            "/p/a.ipynb",
            Modify,
        ),
        ("Delete", json!({"path": "/p/a.rs"}), "/p/a.rs", Delete),
        (
            "str_replace_editor",
            json!({"command": "view", "path": "a"}),
            "a",
            Read,
        ),
        (
            "str_replace_editor",
            json!({"command": "insert", "path": "a"}),
            "a",
            Modify,
        ),
    ] {
        let call = call(name, &input);
        assert_eq!(call.effects, [file(path, action, None)], "{name} {input}");
        assert_eq!(call.subject, path);
    }
    let many = call("read_many_files", &json!({"paths": ["a", "b"]}));
    assert_eq!(many.effects.len(), 2);
}

#[test]
fn a_file_that_is_written_is_new_if_the_result_says_so() {
    for (name, created, action) in [
        ("Write", None, "modified"),
        ("Write", Some(true), "created"),
        ("Edit", Some(true), "created"),
        ("create", None, "created"),
        ("create", Some(false), "modified"),
    ] {
        let call = call(name, &json!({"path": "a"}));
        let result = ToolResult {
            ok: Some(true),
            created,
            ..ToolResult::default()
        };
        let events = events_of(&call, &result, &mut StepNames::default());
        let told = serde_json::to_value(&events[1]).expect("JSON");
        assert_eq!(told["action"], action, "{name} {created:?}");
    }
}

#[test]
fn commands_are_found_however_they_are_wrapped() {
    for (name, input) in [
        ("Bash", json!({"command": "cargo test", "description": "d"})),
        (
            "exec_command",
            json!("{\"cmd\":\"cargo test\",\"workdir\":\"/p\"}"),
        ),
        (
            "functions.shell",
            json!({"command": ["bash", "-lc", "cargo test"]}),
        ),
        ("shell", json!({"command": ["cargo", "test"]})),
        ("run_shell_command", json!({"command": "cargo test"})),
    ] {
        assert_eq!(call(name, &input).command(), Some("cargo test"), "{name}");
    }
    assert_eq!(call("Bash", &json!({"command": 5})).command(), None);
}

#[test]
fn a_patch_tells_its_files() {
    use IntendedAction::{Create, Delete, Modify, Rename};
    let patch = "*** Begin Patch\r\n*** Add File: new one.rs\n+*** Delete File: not.rs\n\
                 *** Update File: old.rs\n*** Move to: moved.rs\n@@\n-x\n+y\n\
                 *** Update File: c.rs\n@@\n *** Add File: not.rs\n*** Delete File: gone.rs\n\
                 *** End Patch";
    let below = |place: &str| {
        let at = |name: &str| format!("{place}{name}");
        vec![
            file(&at("new one.rs"), Create, None),
            file(&at("moved.rs"), Rename, Some(&at("old.rs"))),
            file(&at("c.rs"), Modify, None),
            file(&at("gone.rs"), Delete, None),
        ]
    };
    for input in [
        json!(patch),
        json!({ "command": patch }),
        json!({ "patchText": patch }),
        json!({ "command": ["apply_patch", patch] }),
        json!(json!({ "patch": patch }).to_string()),
    ] {
        assert_eq!(call("apply_patch", &input).effects, below(""), "{input}");
    }
    let line = format!("apply_patch <<'EOF'\n{patch}\nEOF");
    for (input, place) in [
        (json!({ "command": line }), ""),
        (
            json!({"command": ["bash", "-lc", line], "workdir": "/p"}),
            "/p/",
        ),
        (json!({ "command": format!("cd /q && {line}") }), "/q/"),
        (
            json!({"command": format!("cd q && {line}"), "workdir": "/p"}),
            "/p/q/",
        ),
    ] {
        let call = call("shell", &input);
        assert_eq!(call.effects, below(place), "{input}");
        assert_eq!(call.name, "apply_patch");
        assert_eq!(call.subject, format!("{place}new one.rs"));
    }
    let torn = call("apply_patch", &json!("*** Update File: torn.rs"));
    assert_eq!(torn.effects, [file("torn.rs", Modify, None)]);
    assert!(
        call("apply_patch", &json!({"command": 1}))
            .effects
            .is_empty()
    );
}

#[test]
fn a_later_patch_of_any_of_its_files_is_a_success() {
    let patch = "*** Update File: a.rs\n*** Update File: b.rs\n*** Move to: c.rs\n";
    let call = call("apply_patch", &json!(patch));
    let events = events_of(&call, &ToolResult::default(), &mut StepNames::default());
    let subjects = events.iter().filter_map(|event| match event {
        EventKind::Success { subject, .. } => Some(subject.as_str()),
        _ => None,
    });
    assert_eq!(subjects.collect::<Vec<_>>(), ["a.rs", "b.rs"]);
}

#[test]
fn steps_questions_and_skills_are_read() {
    let done = |steps: &[&str]| {
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        vec![Effect::FinishedSteps { steps }]
    };
    let todos = json!({"todos": [
        {"content": "a", "status": "completed"}, {"content": "b", "status": "pending"},
    ]});
    assert_eq!(call("TodoWrite", &todos).effects, done(&["a"]));
    let plan = json!({"plan": [
        {"step": "a", "status": "completed"}, {"step": "b", "status": "in_progress"},
    ]});
    assert_eq!(call("update_plan", &plan).effects, done(&["a"]));
    let markdown = json!({"todos": "- [x] a\n- [ ] b"});
    assert_eq!(call("update_todo", &markdown).effects, done(&["a"]));
    let ask = json!({"questions": [{"question": "Which?", "header": "Kind",
        "options": [{"label": "A"}, {"label": "B"}]}]});
    let question = Question {
        text: "Which?".to_owned(),
        header: "Kind".to_owned(),
        options: vec!["A".to_owned(), "B".to_owned()],
    };
    assert_eq!(
        call("AskUserQuestion", &ask).effects,
        [Effect::Ask {
            questions: vec![question]
        }]
    );
    assert_eq!(call("Skill", &json!({"skill": "log"})).name, "Skill: log");
    assert_eq!(call("Task", &json!({})).name, "Task");
    let fetch = call("WebFetch", &json!({"url": "https://a.b"}));
    assert_eq!(fetch.subject, "https://a.b");
    for odd in [
        json!(null),
        json!(1),
        json!([]),
        json!({"todos": 3, "path": {}}),
        json!("{\""),
    ] {
        for name in [
            "Read",
            "TodoWrite",
            "Bash",
            "apply_patch",
            "AskUserQuestion",
            "Foo",
            "",
        ] {
            call(name, &odd);
        }
    }
}

#[test]
fn answers_are_decisions_whichever_way_they_are_told() {
    let ask = json!({"questions": [{"question": "Which?", "header": "Kind",
        "options": [{"label": "A"}, {"label": "AB"}]}]});
    let call = call("AskUserQuestion", &ask);
    for (answers, output) in [
        (json!({"Which?": "AB"}), ""),
        (json!({"Kind": "AB"}), ""),
        (json!({"0": "AB"}), ""),
        (json!({"q1": {"answers": ["AB"]}}), ""),
        (json!({"Which?": ["AB"]}), ""),
        (json!(null), "User has answered: \"Which?\"=\"AB\"."),
        (json!(null), "User selected: AB"),
    ] {
        let result = ToolResult {
            ok: Some(true),
            answers: read_answers(&answers),
            output: output.to_owned(),
            ..ToolResult::default()
        };
        let events = events_of(&call, &result, &mut StepNames::default());
        let decision = EventKind::Decision {
            decision: "Which?: AB".to_owned(),
            rationale: "over: A".to_owned(),
        };
        assert!(events.contains(&decision), "{answers} {output}: {events:?}");
    }
}

#[test]
fn a_call_that_was_turned_down_was_no_use_of_a_tool() {
    let call = call("Edit", &json!({"file_path": "a"}));
    let of = |result: &ToolResult| events_of(&call, result, &mut StepNames::default());
    let invalid = ToolResult {
        invalid: true,
        ..ToolResult::failure("File has not been read yet")
    };
    assert!(of(&invalid).is_empty());
    let refused = of(&ToolResult::failure(
        "The user doesn't want to proceed with this tool use. The tool…",
    ));
    assert!(matches!(
        refused.as_slice(),
        [EventKind::Failure { refused: true, .. }]
    ));
    assert!(!is_refusal("permission denied: /etc/shadow"));
    let interrupted = ToolResult {
        interrupted: true,
        ..ToolResult::failure("")
    };
    assert!(matches!(
        of(&interrupted).as_slice(),
        [EventKind::Tool { .. }]
    ));
}

#[test]
fn a_step_is_called_by_what_its_beginning_said() {
    let mut steps = StepNames::default();
    let begun = call("TaskCreate", &json!({"subject": "Mend the test"}));
    let result = ToolResult {
        step_id: Some("3".to_owned()),
        ..ToolResult::default()
    };
    events_of(&begun, &result, &mut steps);
    let done = call("TaskUpdate", &json!({"taskId": 3, "status": "completed"}));
    let events = events_of(&done, &ToolResult::default(), &mut steps);
    let text = "Mend the test".to_owned();
    assert!(events.contains(&EventKind::Progress { text }), "{events:?}");
}

#[test]
fn a_check_without_a_status_is_not_known_to_have_failed() {
    let shell = call("Bash", &json!({"command": "npm test"}));
    let outcome = |call: &ToolCall, result: &ToolResult| {
        let events = events_of(call, result, &mut StepNames::default());
        events.into_iter().find_map(|event| match event {
            EventKind::Command { ok, .. } => Some(ok),
            _ => None,
        })
    };
    let failed = ToolResult::failure("Command timed out after 2m");
    assert_eq!(outcome(&shell, &failed), Some(None));
    assert_eq!(
        outcome(&shell, &ToolResult::exited(1, "x")),
        Some(Some(false))
    );
    let stopped = ToolResult::failure("[Request interrupted by user for tool use]");
    assert_eq!(outcome(&shell, &stopped), Some(None));
    for refused in [
        "PreToolUse:Bash hook error: [guard.sh]: BLOCKED: use pnpm",
        "The user rejected this tool call.",
    ] {
        assert_eq!(
            outcome(&shell, &ToolResult::failure(refused)),
            None,
            "{refused}"
        );
    }
    let deploy = call("Bash", &json!({"command": "make deploy"}));
    assert_eq!(outcome(&deploy, &failed), Some(Some(false)));
    let edit = call("Edit", &json!({"file_path": "a"}));
    let events = events_of(&edit, &stopped, &mut StepNames::default());
    assert!(
        matches!(&events[..], [EventKind::Tool { .. }]),
        "{events:?}"
    );
}

#[test]
fn what_is_printed_tells_of_a_check_whose_status_is_lost() {
    let commands = |line: &str, result: &ToolResult| {
        let call = call("Bash", &json!({ "command": line }));
        let events = events_of(&call, result, &mut StepNames::default()).into_iter();
        let commands = events.filter_map(|event| match event {
            EventKind::Command { command, ok, .. } => Some((command, ok)),
            _ => None,
        });
        commands.collect::<Vec<_>>()
    };
    let own = |line: &str, ok| (line.to_owned(), ok);
    let piped = commands("pytest | tail -3", &ToolResult::exited(0, "2 failed"));
    assert_eq!(piped, [own("pytest", Some(false))]);
    let pushed = commands("pytest && git push", &ToolResult::exited(128, "5 passed"));
    assert_eq!(
        pushed,
        [
            own("pytest && git push", Some(false)),
            own("pytest", Some(true))
        ]
    );
    let later = ToolResult {
        output: "2 failed".to_owned(),
        reported_later: true,
        ..ToolResult::default()
    };
    assert_eq!(commands("pytest", &later), [own("pytest", None)]);
}

#[test]
fn a_commit_before_a_failure_was_made() {
    let line = "git commit -m x && git push && gh pr create";
    let call = call("Bash", &json!({ "command": line }));
    let output = "[main abc1234] Add limiter\nfatal: no push\nhttps://github.com/o/r/pull/7";
    let result = ToolResult {
        error: output.to_owned(),
        exit: Some(128),
        ..ToolResult::failure("")
    };
    let events = events_of(&call, &result, &mut StepNames::default());
    let made: Vec<&EventKind> = events[2..].iter().collect();
    assert!(
        matches!(&made[..], [EventKind::Commit { hash, .. }] if hash == "abc1234"),
        "{made:?}"
    );
}

#[test]
fn what_is_run_beside_a_patch_is_run() {
    use IntendedAction::Create;
    let patch = "*** Begin Patch\n*** Add File: h.py\n+x\n*** End Patch";
    let added = file("h.py", Create, None);
    let command = |command: &str| Effect::Command {
        command: command.to_owned(),
    };
    for (line, effects) in [
        (
            format!("apply_patch <<'EOF'\n{patch}\nEOF"),
            vec![added.clone()],
        ),
        (format!("apply_patch '{patch}'"), vec![added.clone()]),
        (
            format!("apply_patch <<'EOF' && pytest -q\n{patch}\nEOF"),
            vec![added.clone(), command("pytest -q")],
        ),
        (
            format!("set -e; apply_patch <<'EOF'\n{patch}\nEOF\npytest"),
            vec![added.clone(), command("pytest")],
        ),
    ] {
        assert_eq!(
            call("shell", &json!({ "command": line })).effects,
            effects,
            "{line}"
        );
    }
    let grep = json!({"command": format!("grep -n apply_patch x # {patch}")});
    assert_eq!(call("shell", &grep).name, "shell");
}

#[test]
fn an_approved_plan_is_called_by_its_file_where_it_is_not_told() {
    let call = call("exit_plan_mode", &json!({"plan_path": "/x/plans/limit.md"}));
    let result = ToolResult {
        ok: Some(true),
        ..ToolResult::default()
    };
    let events = events_of(&call, &result, &mut StepNames::default());
    let decision = EventKind::Decision {
        decision: "limit".to_owned(),
        rationale: "approved plan".to_owned(),
    };
    assert!(events.contains(&decision), "{events:?}");
    let many = json!({"replacements": [{"filePath": "a"}, {"filePath": "b"}]});
    assert_eq!(
        super::read_tool_call("multi_replace_string_in_file", &many)
            .effects
            .len(),
        2
    );
}

#[test]
fn a_call_that_this_program_did_not_understand_is_no_obstacle() {
    let error = ToolResult::failure("no session entry for this directory");
    let events = |tool: &str| {
        let call = call(tool, &json!({"text": "x"}));
        events_of(&call, &error, &mut StepNames::default())
    };
    for tool in ["mcp__mx__note", "mcp_mx_note", "mx_note", "mx-note"] {
        let name = tool.to_owned();
        assert_eq!(events(tool), [EventKind::Tool { name }]);
    }
    let others = events("mcp__docs__note");
    let failed = |event: &EventKind| matches!(event, EventKind::Failure { .. });
    assert!(others.iter().any(failed), "{others:?}");
}
