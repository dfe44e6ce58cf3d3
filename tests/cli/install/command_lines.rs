//! The installed command lines, as the agents run them.

use super::*;

/// Returns the command lines in the configuration of an agent, by event.
fn lines(text: &str) -> BTreeMap<String, String> {
    fn find(value: &Value, key: &str) -> Option<String> {
        match value {
            Value::Object(members) => match members.get(key) {
                Some(Value::String(line)) => Some(line.clone()),
                _ => members.values().find_map(|value| find(value, key)),
            },
            Value::Array(elements) => elements.iter().find_map(|value| find(value, key)),
            _ => None,
        }
    }
    let json: Value = serde_json::from_str(text).expect("JSON");
    let key = match (text.contains("\"bash\""), cfg!(windows)) {
        (false, _) => "command",
        (true, false) => "bash",
        (true, true) => "powershell",
    };
    let events = json["hooks"].as_object().expect("hooks");
    events
        .iter()
        .map(|(event, list)| (event.clone(), find(list, key).expect("a command")))
        .collect()
}

/// Runs a line as an agent does: in a shell, with an event on standard input.
fn call(world: &World, run: Run<'_>, line: &str, event: &Value) -> Output {
    let mut command = if cfg!(windows) {
        Command::new("powershell")
    } else {
        Command::new("/bin/sh")
    };
    command.env_clear().current_dir(world.work());
    for (name, value) in run.into_command().get_envs() {
        command.env(name, value.expect("only set"));
    }
    command.args([if cfg!(windows) { "-Command" } else { "-c" }, line]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("a shell");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(event.to_string().as_bytes())
        .expect("taken");
    drop(stdin);
    child.wait_with_output().expect("ended")
}

/// Returns the names of the start and the prompt of an agent, and what it sends.
fn events(agent: &str, work: &Path) -> [(&'static str, Value); 2] {
    let (id, cwd) = ("0b63c29e-11a5", work.to_string_lossy());
    let base = |event: &str, more: Value| {
        let mut json = json!({"session_id": id, "cwd": cwd, "hook_event_name": event});
        let more = more.as_object().expect("an object").clone();
        json.as_object_mut().expect("an object").extend(more);
        json
    };
    let prompt = json!({"prompt": "Limit the logins"});
    let startup = json!({"source": "startup"});
    match agent {
        "claude" | "codex" => [
            ("SessionStart", base("SessionStart", startup)),
            ("UserPromptSubmit", base("UserPromptSubmit", prompt)),
        ],
        "gemini" => [
            ("SessionStart", base("SessionStart", startup)),
            ("BeforeAgent", base("BeforeAgent", prompt)),
        ],
        "cursor" => {
            let more = json!({"conversation_id": id, "workspace_roots": [cwd]});
            let mut sent = more.clone();
            sent["prompt"] = "Limit the logins".into();
            [
                ("sessionStart", base("sessionStart", more)),
                ("beforeSubmitPrompt", base("beforeSubmitPrompt", sent)),
            ]
        }
        _ => [
            (
                "sessionStart",
                json!({"sessionId": id, "cwd": cwd, "source": "new"}),
            ),
            (
                "userPromptSubmitted",
                json!({"sessionId": id, "cwd": cwd, "prompt": "Limit the logins"}),
            ),
        ],
    }
}

#[test]
fn the_installed_command_lines_work() {
    for (agent, by_name) in [
        ("claude", true),
        ("claude", false),
        ("codex", true),
        ("gemini", false),
        ("cursor", true),
        ("copilot", true),
        ("copilot", false),
    ] {
        let world = World::new();
        // With the PATH of the tests the hooks run this very file by its path.
        let run = |arguments: &[&str]| {
            if by_name {
                run(&world, arguments)
            } else {
                world.command(arguments)
            }
        };
        run(&["install", agent]).output();
        let text = read(&world.home(), file(agent));
        let lines = lines(&text);
        let before = run(&["doctor"]).shown();
        assert!(before.contains(", have not fired yet\n"), "{before}");
        for (event, sent) in events(agent, &world.work()) {
            let line = &lines[event];
            assert_eq!(line.starts_with("mx hook"), by_name, "{line}");
            let output = call(&world, run(&[]), line, &sent);
            assert!(output.status.success(), "{line}: {output:?}");
            assert!(output.stderr.is_empty(), "{line}: {output:?}");
        }
        let answer = |arguments: &[&str]| -> Value {
            let output = run(arguments).arg("--json").output();
            serde_json::from_slice(&output.stdout).expect("the answer is JSON")
        };
        let status = answer(&["log", "status"]);
        assert_eq!(status["running"][0]["agent"], agent, "{status}");
        assert_eq!(status["running"][0]["goal"], "Limit the logins", "{status}");
        let doctor = answer(&["doctor"]);
        let fired = &doctor["agents"][0]["last_fired"];
        assert_eq!(fired, "2026-01-11T10:30:00Z", "{doctor}");
        let findings = doctor["findings"].as_array().expect("a list");
        let trust = findings.iter().all(|finding| finding["check"] == "hooks");
        assert!(
            trust && findings.len() == usize::from(agent == "codex"),
            "{doctor}"
        );
    }
}

#[test]
fn the_plugin_of_opencode_names_a_program_that_works() {
    let world = World::new();
    world.command(&["install", "opencode"]).output();
    let text = read(&world.home(), file("opencode"));
    let program = text
        .lines()
        .find_map(|line| line.strip_prefix("const PROGRAM = "));
    let program: String = serde_json::from_str(program.expect("a program")).expect("a string");
    let mut command = Command::new(program);
    for (name, value) in world.command(&[]).into_command().get_envs() {
        command.env(name, value.expect("only set"));
    }
    command
        .args(["hook", "--agent", "opencode"])
        .stdin(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    let event = json!({"event": "start", "session": "s", "cwd": world.work(), "reason": "startup"});
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin
        .write_all(event.to_string().as_bytes())
        .expect("taken");
    drop(stdin);
    assert!(child.wait().expect("ended").success());
    let doctor = mx(&world, &["doctor"]);
    assert!(doctor.contains("opencode: hooks in"), "{doctor}");
    assert!(
        doctor.contains(", last fired 2026-01-11T10:30:00Z\n"),
        "{doctor}"
    );
}

#[test]
fn a_session_that_is_over_has_fired_too() {
    let world = World::new();
    mx(&world, &["install", "claude"]);
    let start = json!({"session_id": "s", "cwd": world.work(), "hook_event_name": "SessionStart", "source": "startup"});
    let end = json!({"session_id": "s", "cwd": world.work(), "hook_event_name": "SessionEnd", "reason": "other"});
    for event in [start, end] {
        run(&world, &["hook", "--agent", "claude"])
            .input(event.to_string())
            .output();
    }
    let doctor = json(&world, &["doctor"]);
    assert_eq!(doctor["journals"], 0, "{doctor}");
    assert_eq!(
        doctor["agents"][0]["last_fired"], "2026-01-11T10:30:00Z",
        "{doctor}"
    );
}
