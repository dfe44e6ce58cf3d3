//! What is written is what agents read and run.

use super::*;

#[test]
fn what_is_written_is_what_agents_read() {
    let machine = Machine::new();
    install(&machine.target(&all_agents(), Scope::User));
    let json = |agent| {
        let text = machine.text(file(agent));
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")
    };
    let claude = json(Agent::Claude);
    let entry = &claude["hooks"]["PostToolUse"][0]["hooks"][0];
    assert_eq!(
        entry["command"],
        "mx hook --agent claude 2>/dev/null || true"
    );
    assert_eq!(entry["async"], true);
    // Waited for: the process might end before.
    for event in ["SessionStart", "PostCompact", "Stop", "SessionEnd"] {
        let entry = &claude["hooks"][event][0]["hooks"][0];
        assert!(
            entry["command"].is_string() && entry.get("async").is_none(),
            "{event}"
        );
    }
    let gemini = json(Agent::Gemini);
    assert_eq!(gemini["hooks"]["AfterTool"][0]["hooks"][0]["timeout"], 5000);
    // It comes before every request to the model.
    assert!(gemini["hooks"].get("PreCompress").is_none());
    let codex = json(Agent::Codex);
    let entry = &codex["hooks"]["PostToolUse"][0]["hooks"][0];
    let wanted = serde_json::json!({
        "type": "command",
        "command": "mx hook --agent codex 2>/dev/null || true",
        "commandWindows": "mx hook --agent codex 2>nul || exit 0",
        "timeout": 5,
    });
    assert_eq!(*entry, wanted, "its users' trust hangs on every word");
    assert_eq!(codex["hooks"]["SessionEnd"][0]["hooks"][0]["timeout"], 3);
    let cursor = json(Agent::Cursor);
    assert_eq!(cursor["version"], 1);
    assert_eq!(
        cursor["hooks"]["stop"][0]["command"],
        "mx hook --agent cursor 2>/dev/null || true"
    );
    let copilot = json(Agent::Copilot);
    let entry = &copilot["hooks"]["postToolUse"][0];
    let call = "mx hook --agent copilot --event postToolUse";
    assert_eq!(entry["bash"], format!("{call} 2>/dev/null || true"));
    assert_eq!(
        entry["powershell"],
        format!("try {{ {call} }} catch {{ }}; exit 0")
    );
}

/// Returns every command line of the hooks of an agent.
fn command_lines(machine: &Machine, agent: Agent, scope: Scope) -> Vec<String> {
    let path = inspect_hooks(&machine.target(&[agent], scope))[0]
        .path
        .clone();
    let text = fs::read_to_string(path).expect("hooks");
    let mut lines = Vec::new();
    let mut open = vec![serde_json::from_str::<serde_json::Value>(&text).expect("JSON")];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(members) => {
                for (key, value) in members {
                    match value {
                        serde_json::Value::String(line)
                            if matches!(key.as_str(), "command" | "bash") =>
                        {
                            lines.push(line);
                        }
                        value => open.push(value),
                    }
                }
            }
            serde_json::Value::Array(elements) => open.extend(elements),
            _ => {}
        }
    }
    lines
}

/// A hook that fails stops some agents; so it succeeds where there is no `mx`, without a word.
#[cfg(unix)]
#[test]
fn every_hook_succeeds_in_silence_without_the_program() {
    for scope in [Scope::User, Scope::Project] {
        let machine = Machine::new();
        let mut target = machine.target(&all_agents(), scope);
        target.command = "no-such-mx".to_owned();
        install(&target);
        for agent in WITH_SETTINGS {
            let mut lines = command_lines(&machine, agent, scope);
            lines.sort();
            lines.dedup();
            assert!(!lines.is_empty(), "{agent:?}");
            for line in lines {
                let mut shell = std::process::Command::new("/bin/sh");
                let output = shell.args(["-c", &line]).output().expect("a shell");
                assert!(output.status.success(), "{agent:?} {line}");
                assert!(
                    output.stdout.is_empty() && output.stderr.is_empty(),
                    "{output:?}"
                );
            }
        }
    }
}

#[test]
fn each_system_gets_lines_for_its_shells() {
    let machine = Machine::new();
    let mut target = machine.target(&all_agents(), Scope::User);
    target.windows = true;
    install(&target);
    for (agent, line) in [
        (
            Agent::Claude,
            "mx hook --agent claude 2>${mx_none-/dev/null}; exit 0",
        ),
        (
            Agent::Gemini,
            "try { mx hook --agent gemini } catch { }; exit 0",
        ),
        (Agent::Cursor, "mx hook --agent cursor 2>$null; exit 0"),
    ] {
        let lines = command_lines(&machine, agent, Scope::User);
        assert!(lines.iter().all(|found| found == line), "{lines:?}");
        let target = Target {
            windows: true,
            ..machine.user(agent)
        };
        assert_eq!(state(&target), State::Installed);
    }
    let target = machine.target(&all_agents(), Scope::Project);
    install(&target);
    let lines = command_lines(&machine, Agent::Gemini, Scope::Project);
    let line = "mx hook --agent gemini 2>${mx_none-/dev/null}; exit 0";
    assert!(lines.iter().all(|found| found == line), "{lines:?}");
}

/// What earlier versions wrote: two skills, and lines that fail without the program.
#[test]
fn what_an_earlier_version_wrote_is_brought_up_to_date() {
    let machine = Machine::new();
    let target = machine.user(Agent::Gemini);
    let entry =
        r#"{"hooks": [{"type": "command", "command": "mx hook --agent gemini", "name": "mx"}]}"#;
    let old = format!("{{\"hooks\": {{\"PreCompress\": [{entry}], \"SessionEnd\": [{entry}]}}}}");
    machine.write(file(Agent::Gemini), &old);
    install(&target);
    let former = "home/.agents/skills/session-logger/SKILL.md";
    let skill = machine.text("home/.agents/skills/log/SKILL.md");
    machine.write(former, &skill);
    assert!(matches!(state(&target), State::Installed));
    assert!(!machine.text(file(Agent::Gemini)).contains("PreCompress"));
    let plan = install(&target);
    assert_eq!(plan.changes.len(), 1, "{plan:?}");
    assert!(!machine.path(former).exists());
    machine.write(former, &skill);
    uninstall(&target);
    assert!(!machine.path("home/.agents").exists());
}
