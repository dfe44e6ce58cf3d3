//! What others wrote, and what is not understood.

use super::*;

#[test]
fn foreign_hooks_are_kept_and_come_first() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    machine.write(path, FOREIGN);
    let target = machine.user(Agent::Claude);
    let plan = install(&target);
    let text = machine.text(path);
    let ours = text.find("mx hook --agent claude").expect("ours");
    assert!(
        text.find("mx search hook").expect("foreign") < ours,
        "{text}"
    );
    // Only lines are added, but for two commas.
    let diff = plan
        .changes
        .iter()
        .map(diff_change)
        .find(|diff| diff.contains("settings.json"))
        .expect("a diff");
    let removed: Vec<&str> = diff
        .lines()
        .skip(2)
        .filter(|line| line.starts_with('-'))
        .collect();
    assert!(removed.len() <= 2, "{diff}");
    uninstall(&target);
    assert_eq!(machine.text(path), FOREIGN);
}

#[test]
fn ours_among_foreign_ones_is_replaced_and_they_stay() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    let text = r#"{"hooks": {
  "Notification": [{"hooks": [{"type": "command", "command": "mx hook"}]}],
  "Stop": [
    {"hooks": [{"type": "command", "command": "a"}, {"type": "command", "command": "/old/mx.exe --agent claude hook", "timeout": 60}, {"type": "command", "command": "b"}]},
    {"hooks": [{"type": "command", "command": "mx", "args": ["hook", "--agent", "claude"]}]},
    {"hooks": [{"type": "command", "command": "c"}]},
    {"hooks": [{"type": "command", "command": "mx hook --agent claude", "timeout": 5}]}
  ]
}}"#;
    machine.write(path, text);
    let target = machine.user(Agent::Claude);
    assert!(matches!(state(&target), State::Partial(_)));
    install(&target);
    let json: serde_json::Value = serde_json::from_str(&machine.text(path)).expect("JSON");
    assert!(json["hooks"].get("Notification").is_none());
    let commands: Vec<&str> = json["hooks"]["Stop"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["hooks"].as_array().expect("hooks"))
        .map(|hook| hook["command"].as_str().expect("a command"))
        .collect();
    assert_eq!(
        commands,
        ["a", "b", "mx hook --agent claude 2>/dev/null || true", "c"]
    );
    uninstall(&target);
    let text = machine.text(path);
    assert!(!text.contains("mx"), "{text}");
    assert!(
        ["\"a\"", "\"b\"", "\"c\""]
            .iter()
            .all(|foreign| text.contains(foreign)),
        "{text}"
    );
}

#[test]
fn another_command_takes_the_place_of_the_old_one() {
    let machine = Machine::new();
    let path = file(Agent::Codex);
    let mut target = machine.user(Agent::Codex);
    install(&target);
    target.command = "C:\\Program Files\\mx\\mx.exe".to_owned();
    // A program elsewhere is as good.
    assert_eq!(state(&target), State::Installed);
    install(&target);
    let text = machine.text(path);
    assert!(
        text.contains(r#""\"C:/Program Files/mx/mx.exe\" hook --agent codex 2>/dev/null || true""#),
        "{text}"
    );
    assert!(!text.contains("\"mx hook"), "{text}");
    assert_eq!(plan_install(&target).expect("a plan"), Plan::default());
    target.command = "/opt/memory".to_owned();
    install(&target);
    assert_eq!(plan_install(&target).expect("a plan"), Plan::default());
    uninstall(&target);
    assert!(!machine.path(path).exists());
}

#[test]
fn what_cannot_be_understood_stops_everything() {
    for (agent, text, place) in [
        (Agent::Claude, "{\n  \"a\": 1,\n  \"hooks\": {\n}\n", "line"),
        (
            Agent::Claude,
            "{\"hooks\": \"none\"}",
            "`hooks` is a string where an object is expected",
        ),
        (
            Agent::Claude,
            "{\"hooks\": null}",
            "`hooks` is a number, true, false or null",
        ),
        (
            Agent::Claude,
            "{\"hooks\": {\"Stop\": {}}}",
            "`hooks.Stop` is an object where a list",
        ),
        (
            Agent::Claude,
            "{\"hooks\": {}, \"hooks\": {}}",
            "`hooks` is there twice",
        ),
        (
            Agent::Claude,
            "{\"hooks\": {\"X\": [], \"X\": []}}",
            "`hooks.X` is there twice",
        ),
        (Agent::Claude, "[]", "`the file` is a list"),
        (Agent::Claude, "hello", "line 1, column 1"),
        (Agent::Claude, "{}\n{}", "line 2, column 1"),
        (Agent::Gemini, "<<<<<<< HEAD\n{}", "line 1, column 1"),
        (Agent::Codex, "{} // c", "line 1, column 4"),
        (Agent::Codex, "{\"a\": 1,}", "line 1, column 8"),
        (Agent::Cursor, "{'version': 1}", "line 1, column 2"),
    ] {
        let machine = Machine::new();
        machine.write(file(agent), text);
        let before = machine.everything();
        let target = machine.target(&all_agents(), Scope::User);
        let error = plan_install(&target).expect_err(text);
        assert!(error.message().contains(place), "{error}");
        assert!(
            error
                .message()
                .contains(file(agent).rsplit('/').next().expect("a name")),
            "{error}"
        );
        assert!(!error.hints().is_empty());
        if !text.contains("Stop") {
            assert!(plan_uninstall(&target).is_err(), "{text}");
            assert!(
                matches!(state(&machine.user(agent)), State::Broken(_)),
                "{text}"
            );
        }
        assert_eq!(machine.everything(), before);
    }
}

#[test]
fn other_than_text_is_refused() {
    let machine = Machine::new();
    let path = machine.path(file(Agent::Claude));
    fs::create_dir_all(path.parent().expect("a directory")).expect("made");
    fs::write(&path, b"{\"a\": \"\xff\"}").expect("written");
    let error = plan_install(&machine.user(Agent::Claude)).expect_err("not UTF-8");
    assert!(error.message().contains("is not UTF-8 (byte 7)"), "{error}");
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    assert!(plan_install(&machine.user(Agent::Claude)).is_err());
}

#[test]
fn hooks_of_ours_are_known_in_a_file_however_they_are_written() {
    let cursor = Agent::Cursor.profile().installation.expect("hooks");
    let holds = |command: &str| {
        let text = format!("{{\"hooks\": {{\"stop\": [{{\"command\": \"{command}\"}}]}}}} // c");
        holds_own_hooks(cursor, &text)
    };
    assert!(holds("mx hook --agent cursor || true"));
    assert!(holds("/opt/mx --agent cursor hook"));
    assert!(!holds("other hook --agent cursor"));
    assert!(!holds("echo mx hook --agent cursor"));
    assert!(!holds_own_hooks(cursor, "mx hook --agent cursor"));
}
