use super::*;

fn used(name: &str, input: &str) -> ToolUse {
    let raw = RawValue::from_string(input.to_owned()).expect("JSON");
    tool_use(name, Some(&raw))
}

fn file_deed(path: &str, action: Action) -> Vec<Deed> {
    vec![deed(path.to_owned(), action, None)]
}

#[test]
fn files_are_found_under_every_name_that_agents_give_them() {
    for (name, input, path, action) in [
        (
            "Read",
            r#"{"file_path":"/p/a.rs","limit":3}"#,
            "/p/a.rs",
            Action::Read,
        ),
        (
            "read_file",
            r#"{"absolute_path":"/p/a.rs"}"#,
            "/p/a.rs",
            Action::Read,
        ),
        ("view", r#"{"path":"/p/a.rs"}"#, "/p/a.rs", Action::Read),
        ("read", r#"{"filePath":"a.rs"}"#, "a.rs", Action::Read),
        (
            "Write",
            r#"{"file_path":"/p/a.rs","content":"x"}"#,
            "/p/a.rs",
            Action::Write,
        ),
        (
            "create",
            r#"{"path":"/p/a.rs","file_text":"x"}"#,
            "/p/a.rs",
            Action::Create,
        ),
        (
            "create",
            r#""{\"path\":\"/p/a.rs\"}""#,
            "/p/a.rs",
            Action::Create,
        ),
        (
            "Edit",
            r#"{"file_path":"/p/a.rs"}"#,
            "/p/a.rs",
            Action::Modify,
        ),
        (
            "replace",
            r#"{"file_path":"/p/a.rs"}"#,
            "/p/a.rs",
            Action::Modify,
        ),
        (
            "NotebookEdit",
            r#"{"notebook_path":"/p/a.ipynb"}"#,
            "/p/a.ipynb",
            Action::Modify,
        ),
        ("Delete", r#"{"path":"/p/a.rs"}"#, "/p/a.rs", Action::Delete),
        (
            "str_replace_editor",
            r#"{"command":"view","path":"a"}"#,
            "a",
            Action::Read,
        ),
        (
            "str_replace_editor",
            r#"{"command":"insert","path":"a"}"#,
            "a",
            Action::Modify,
        ),
    ] {
        let used = used(name, input);
        assert_eq!(used.deeds, file_deed(path, action), "{name} {input}");
        assert_eq!(used.subject, path);
    }
}

#[test]
fn commands_are_found_however_they_are_wrapped() {
    for (name, input) in [
        ("Bash", r#"{"command":"cargo test","description":"d"}"#),
        (
            "exec_command",
            r#""{\"cmd\":\"cargo test\",\"workdir\":\"/p\"}""#,
        ),
        (
            "functions.shell",
            r#"{"command":["bash","-lc","cargo test"]}"#,
        ),
        ("shell", r#"{"command":["cargo","test"]}"#),
        ("run_shell_command", r#"{"command":"cargo test"}"#),
    ] {
        let expected = Deed::Command {
            command: "cargo test".to_owned(),
        };
        assert_eq!(used(name, input).deeds, [expected], "{name}");
    }
}

#[test]
fn a_patch_tells_its_files() {
    let patch = "*** Begin Patch\n*** Add File: new.rs\n+x\n*** Update File: old.rs\n\
                 *** Move to: moved.rs\n@@\n-*** Delete File: not.rs\n*** Delete File: gone.rs\n\
                 *** End Patch";
    let expected = vec![
        deed("new.rs".to_owned(), Action::Create, None),
        deed(
            "moved.rs".to_owned(),
            Action::Rename,
            Some("old.rs".to_owned()),
        ),
        deed("gone.rs".to_owned(), Action::Delete, None),
    ];
    let text = serde_json::to_string(patch).expect("JSON");
    let object = format!("{{\"patch\":{text}}}");
    let boxed = serde_json::to_string(&object).expect("JSON");
    for input in [&text, &object, &boxed] {
        assert_eq!(used("apply_patch", input).deeds, expected, "{input}");
    }
    let line = format!("apply_patch <<'EOF'\n{patch}\nEOF");
    let shell = serde_json::json!({"command": ["bash", "-lc", line], "workdir": "/p"}).to_string();
    let used = used("shell", &shell);
    assert_eq!(
        (used.name.as_str(), used.subject.as_str()),
        ("apply_patch", "/p/new.rs")
    );
    assert_eq!(used.deeds.len(), 3);
}

#[test]
fn steps_questions_and_skills_are_read() {
    let done = |steps: &[&str]| {
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        vec![Deed::Done { steps }]
    };
    let todos =
        r#"{"todos":[{"content":"a","status":"completed"},{"content":"b","status":"pending"}]}"#;
    assert_eq!(used("TodoWrite", todos).deeds, done(&["a"]));
    let plan =
        r#"{"plan":[{"step":"a","status":"completed"},{"step":"b","status":"in_progress"}]}"#;
    assert_eq!(used("update_plan", plan).deeds, done(&["a"]));
    let markdown = r#"{"todos":"- [x] a\n- [ ] b"}"#;
    assert_eq!(used("update_todo", markdown).deeds, done(&["a"]));
    let ask = r#"{"questions":[{"question":"Which?","options":[{"label":"A"},{"label":"B"}]}]}"#;
    let question = Question {
        text: "Which?".to_owned(),
        options: vec!["A".to_owned(), "B".to_owned()],
    };
    assert_eq!(
        used("AskUserQuestion", ask).deeds,
        [Deed::Ask {
            questions: vec![question]
        }]
    );
    assert_eq!(used("Skill", r#"{"skill":"log"}"#).name, "Skill: log");
    assert_eq!(
        used("WebFetch", r#"{"url":"https://a.b"}"#).subject,
        "https://a.b"
    );
    for odd in ["null", "1", "[]", r#"{"todos":3,"path":{}}"#, r#""{""#] {
        for name in [
            "Read",
            "TodoWrite",
            "Bash",
            "apply_patch",
            "AskUserQuestion",
            "Foo",
            "",
        ] {
            used(name, odd);
        }
    }
}

#[test]
fn outputs_tell_exits_refusals_and_commits() {
    for (output, exit) in [
        ("Exit code 101\nerror: x", Some(101)),
        ("Error: Exit code 1\n", Some(1)),
        (
            "Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\n",
            Some(0),
        ),
        (
            "Exit code: 127\nWall time: 0 seconds\nOutput:\nsh: x",
            Some(127),
        ),
        ("Output: a\nError: (none)\nExit Code: 2\nSignal: 0", Some(2)),
        ("all fine", None),
        ("the Exit code: 3 of it", None),
    ] {
        assert_eq!(exit_of(output), exit, "{output}");
    }
    assert!(refused(
        "The user doesn't want to proceed with this tool use. The tool…"
    ));
    assert!(!refused("permission denied: /etc/shadow"));
    let output = "hook ran\n[main (root-commit) 1a2b3c4] Begin\n 1 file changed\n\
                  [detached HEAD abcdef12] Go on\n[INFO] ok\n[a b cafe1234] no\n[main 12] short\n";
    let expected = [("1a2b3c4", "Begin"), ("abcdef12", "Go on")];
    let expected = expected.map(|(hash, subject)| (hash.to_owned(), subject.to_owned()));
    assert_eq!(commits(output), expected);
}
