//! Installing into configurations as people have them, and taking everything out again.

use super::*;
use std::collections::BTreeMap;
use std::fs;

fn all_agents() -> Vec<Agent> {
    installable_agents().collect()
}

struct Machine {
    root: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        for name in ["home", "project"] {
            fs::create_dir(root.path().join(name)).expect("made");
        }
        Machine { root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    fn target(&self, agents: &[Agent], scope: Scope) -> Target {
        Target {
            agents: agents.to_vec(),
            scope,
            homes: AgentHomes {
                home: self.path("home"),
                ..AgentHomes::default()
            },
            project: self.path("project"),
            command: "mx".to_owned(),
            server: false,
            force: false,
            windows: false,
            claude_version: None,
        }
    }

    fn user(&self, agent: Agent) -> Target {
        self.target(&[agent], Scope::User)
    }

    /// Returns every file with its text, and every directory.
    fn everything(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut dirs = vec![self.root.path().to_path_buf()];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(&dir).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    dirs.push(path.clone());
                    found.insert(path, None);
                } else {
                    found.insert(path.clone(), Some(fs::read(&path).expect("a file")));
                }
            }
        }
        found
    }
}

fn install(target: &Target) -> Plan {
    let plan = plan_install(target).expect("a plan");
    apply_all(&plan.changes).expect("applied");
    plan
}

fn uninstall(target: &Target) -> Plan {
    let plan = plan_uninstall(target).expect("a plan");
    apply_all(&plan.changes).expect("applied");
    plan
}

fn state(target: &Target) -> State {
    inspect_hooks(target).remove(0).state
}

/// The file of an agent's hooks, in the user's scope.
fn file(agent: Agent) -> &'static str {
    match agent {
        Agent::Claude => "home/.claude/settings.json",
        Agent::Codex => "home/.codex/hooks.json",
        Agent::Gemini => "home/.gemini/settings.json",
        Agent::Cursor => "home/.cursor/hooks.json",
        Agent::Copilot => "home/.copilot/hooks/mx.json",
        Agent::Opencode => "home/.config/opencode/plugins/mx.ts",
        Agent::Generic => unreachable!("nothing is installed for it"),
    }
}

/// Files as people have them.
const TEXTS: &[&str] = &[
    "",
    "\n",
    "  \r\n",
    "\u{feff}",
    "{}",
    "{}\n",
    "{ }",
    "{\n}\n",
    "{\n\n}",
    "\u{feff}{\r\n}\r\n",
    "{\"hooks\":{}}",
    "{\"hooks\": {}}\n",
    "{\n  \"hooks\": {}\n}\n",
    "{\n  \"hooks\": {\n  }\n}\n",
    "{\n  \"hooks\": {\n    \"Stop\": [],\n    \"stop\": [],\n    \"PostToolUse\": [\n    ]\n  }\n}\n",
    "{\"hooks\":{\"Stop\":[],\"stop\":[]}}",
    "{\"version\": 1}\n",
    "{\"version\":1,\"hooks\":{}}",
    "{\n  \"version\": 1,\n  \"hooks\": {}\n}",
    "{\n  \"hooks\": {},\n  \"version\": 1\n}\n",
    "{\"model\":\"opus\",\"permissions\":{\"allow\":[\"Bash(ls:*)\"],\"deny\":[]}}",
    "{\n\t\"model\": \"opus\",\n\t\"permissions\": {\n\t\t\"allow\": [\"Bash(ls:*)\", \"Read\"]\n\t}\n}\n",
    "{\r\n    \"model\": \"opus\",\r\n    \"env\": {\"A\": \"1\"}\r\n}",
    "{ \"model\" : \"opus\" , \"x\" : [ 1 , 2 ] }",
    "{\"a\":{\"b\":[[[[[[{\"c\":[1,{\"d\":\"hooks\"}]}]]]]]]},\n\"hooks\"\n:\n{\n\"other\"\n:\n[\n]\n}\n}",
];

/// The same, where comments and trailing commas are understood.
const TEXTS_WITH_COMMENTS: &[&str] = &[
    "// nothing yet",
    "/* nothing */\n{}\n// yet\n",
    "{ // nothing\n}\n",
    "{ /* nothing */ }",
    "{\n  // \"hooks\": {},\n  \"model\": \"opus\", // the best\n  /* and */ \"x\": [1, 2,], // last\n}\n",
    "{\n  \"model\": \"opus\" // no comma\n  // \"more\": 1\n}\n",
    "{\n  \"hooks\": {\n    // all of them\n    \"Stop\": [\n      // later\n    ],\n  },\n}\n",
    "{\"a\": 1, /* b */}",
];

fn texts(agent: Agent) -> Vec<&'static str> {
    let comments = match agent {
        Agent::Codex => &[],
        _ => TEXTS_WITH_COMMENTS,
    };
    TEXTS.iter().chain(comments).copied().collect()
}

const WITH_SETTINGS: [Agent; 5] = [
    Agent::Claude,
    Agent::Codex,
    Agent::Gemini,
    Agent::Cursor,
    Agent::Copilot,
];

/// Texts in which nothing is left when ours is taken out, or a container that holds nothing.
fn is_hollow(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    ["{}", "[]", "/*b*/"]
        .iter()
        .any(|hollow| plain.contains(hollow))
        || !plain.contains('"')
}

/// Returns what a text says, without what is empty, and its comments.
fn said(text: &str) -> (String, Vec<String>) {
    let json = super::json::JsonText::parse(text, super::json::Strictness::Comments).expect("JSON");
    let comments = ["// ", "/* "]
        .iter()
        .flat_map(|open| text.split(open).skip(1));
    let comments = comments.map(|rest| rest.chars().take(4).collect());
    let value = json
        .value()
        .map_or_else(|| "{}".to_owned(), |root| without_empty(&root));
    (value, comments.collect())
}

fn without_empty(node: &super::json::JsonNode) -> String {
    let full = |said: &String| !matches!(said.as_str(), "" | "{}" | "[]");
    if let Some(members) = node.members() {
        let members = members
            .iter()
            .map(|(key, value)| (key, without_empty(value)));
        let members = members.filter(|(_, said)| full(said));
        let members: Vec<String> = members.map(|(key, said)| format!("{key}:{said}")).collect();
        return format!("{{{}}}", members.join(","));
    }
    match node.elements() {
        Some(elements) => {
            let elements: Vec<String> = elements.iter().map(without_empty).filter(full).collect();
            format!("[{}]", elements.join(","))
        }
        None => format!("{:?}", node.as_text()),
    }
}

#[test]
fn what_was_there_is_there_again() {
    for agent in WITH_SETTINGS {
        for text in texts(agent) {
            let machine = Machine::new();
            machine.write(file(agent), text);
            let target = machine.user(agent);
            install(&target);
            assert_eq!(state(&target), State::Installed, "{agent:?} {text:?}");
            let installed = machine.text(file(agent));
            assert_eq!(said(&installed).1, said(text).1, "{agent:?} {text:?}");
            uninstall(&target);
            assert_eq!(state(&target), State::Absent, "{agent:?} {text:?}");
            let left = fs::read_to_string(machine.path(file(agent))).unwrap_or_default();
            if is_hollow(text) {
                let versioned = text.contains("version") && left.is_empty();
                assert!(versioned || said(&left) == said(text), "{text:?} {left:?}");
            } else {
                let versioned = left.is_empty() && text.contains("version");
                assert!(versioned || left == text, "{agent:?} {text:?} {left:?}");
            }
        }
    }
}

/// Comments beside our entries, which people have put there since.
#[test]
fn comments_beside_ours_stay() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    let target = machine.user(Agent::Claude);
    for text in [
        "{\"hooks\": {\"Stop\": [/* a1 */ {\"hooks\": [{\"command\": \"mx hook\"}]}, // b1\n{\"hooks\": [{\"command\": \"x\"}]}]}}",
        "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"command\": \"x\"}, /* c1 */ {\"command\": \"mx hook\"} /* d1 */]}]}}",
        "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"command\": \"mx hook\"}]} /* e1 */] /* f1 */ }}",
    ] {
        machine.write(path, text);
        uninstall(&target);
        let left = machine.text(path);
        assert_eq!(said(&left).1, said(text).1, "{left}");
        assert!(!left.contains("mx hook"), "{left}");
        assert_eq!(left.contains("\"x\""), text.contains("\"x\""), "{left}");
    }
}

#[test]
fn the_second_time_nothing_changes() {
    for agent in WITH_SETTINGS {
        for text in texts(agent) {
            let machine = Machine::new();
            machine.write(file(agent), text);
            install(&machine.user(agent));
            let again = plan_install(&machine.user(agent)).expect("a plan");
            assert_eq!(again, Plan::default(), "{agent:?} {text:?}");
        }
    }
}

#[test]
fn where_nothing_was_nothing_is_left() {
    for scope in [Scope::User, Scope::Project] {
        let machine = Machine::new();
        let before = machine.everything();
        let target = machine.target(&all_agents(), scope);
        install(&target);
        for found in inspect_hooks(&target) {
            assert_eq!(found.state, State::Installed, "{found:?}");
            assert_eq!(found.skill, SkillState::Installed, "{found:?}");
        }
        assert_eq!(plan_install(&target).expect("a plan"), Plan::default());
        uninstall(&target);
        assert_eq!(machine.everything(), before);
        assert_eq!(plan_uninstall(&target).expect("a plan"), Plan::default());
    }
}

#[test]
fn in_any_order_of_agents() {
    let machine = Machine::new();
    let before = machine.everything();
    for agent in installable_agents() {
        install(&machine.user(agent));
    }
    for agent in installable_agents() {
        uninstall(&machine.user(agent));
        if agent != Agent::Opencode {
            // The others still use it.
            assert!(
                machine.path("home/.agents/skills/log/SKILL.md").exists(),
                "{agent:?}"
            );
        }
    }
    assert_eq!(machine.everything(), before);
}

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

const FOREIGN: &str = r#"{
  "hooks": {
    "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "guard.sh" }] }],
    "PostToolUse": [
      {
        "matcher": "Edit|Write",
        "hooks": [
          { "type": "command", "command": "prettier --write" }, // format
          { "type": "command", "command": "mx search hook" }
        ]
      }
    ]
  },
  "theme": "dark"
}
"#;

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
fn an_edited_skill_is_left_alone_unless_forced() {
    let machine = Machine::new();
    let path = "home/.claude/skills/log/SKILL.md";
    let mut target = machine.user(Agent::Claude);
    install(&target);
    let edited = machine.text(path) + "\nAlso: be brief.\n";
    machine.write(path, &edited);
    for plan in [install(&target), uninstall(&target)] {
        assert_eq!(plan.notices.len(), 1);
        assert!(plan.notices[0].contains("--force"), "{:?}", plan.notices);
    }
    assert_eq!(machine.text(path), edited);
    target.force = true;
    install(&target);
    assert!(!machine.text(path).contains("be brief"));
    uninstall(&target);
    assert!(!machine.path("home/.claude").exists());
    // Another skill of that name is not ours to remove.
    machine.write(path, "---\nname: log\n---\n");
    assert_eq!(uninstall(&target), Plan::default());
}

#[test]
fn a_file_changed_meanwhile_is_not_overwritten() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    machine.write(path, "{}");
    let plan = plan_install(&machine.user(Agent::Claude)).expect("a plan");
    machine.write(path, "{\"a\": 1}");
    let before = machine.everything();
    let error = apply_all(&plan.changes).expect_err("changed");
    assert!(error.message().contains("meanwhile"), "{error}");
    assert_eq!(machine.everything(), before);
}

#[test]
fn a_dry_run_shows_a_diff() {
    let machine = Machine::new();
    machine.write(file(Agent::Claude), "{\n  \"theme\": \"dark\"\n}\n");
    let plan = plan_install(&machine.user(Agent::Claude)).expect("a plan");
    let shown = diff_change(&plan.changes[0]);
    assert!(
        shown.contains("-  \"theme\": \"dark\"\n+  \"theme\": \"dark\",\n+  \"hooks\": {\n"),
        "{shown}"
    );
    assert!(diff_change(&plan.changes[1]).starts_with("--- /dev/null\n+++ "));
    assert_eq!(plan.changes[0].what, "hooks for claude");
}

#[test]
fn what_switches_hooks_off_is_told() {
    let machine = Machine::new();
    install(&machine.target(&all_agents(), Scope::User));
    let disabled = |agent| match state(&machine.user(agent)) {
        State::Disabled(why) => why,
        state => panic!("{agent:?} {state:?}"),
    };
    machine.write(
        "project/.claude/settings.local.json",
        "{\"disableAllHooks\": true}",
    );
    assert!(disabled(Agent::Claude).contains("settings.local.json"));
    machine.write("home/.codex/config.toml", "[features]\nhooks = false\n");
    assert!(disabled(Agent::Codex).contains("config.toml"));
    machine.write(
        "project/.gemini/settings.json",
        "{\"hooks\": {\"disabled\": [\"mx\"]}}",
    );
    assert!(disabled(Agent::Gemini).contains("switched off"));
}

#[test]
fn codex_trust_is_read_from_its_configuration() {
    let machine = Machine::new();
    let target = machine.user(Agent::Codex);
    install(&target);
    assert_eq!(inspect_hooks(&target)[0].trusted, Some(false));
    let path = machine.path(file(Agent::Codex)).display().to_string();
    let events = [
        "session_start",
        "user_prompt_submit",
        "post_tool_use",
        "pre_compact",
        "post_compact",
        "stop",
        "session_end",
    ];
    let config: String = events
        .iter()
        .map(|event| format!("[hooks.state.'{path}:{event}:0:0']\ntrusted_hash = \"sha256:0\"\n"))
        .collect();
    machine.write("home/.codex/config.toml", &config);
    assert_eq!(inspect_hooks(&target)[0].trusted, Some(true));
}

#[test]
fn directories_that_variables_moved() {
    let machine = Machine::new();
    let before = machine.everything();
    let mut target = machine.target(&[Agent::Claude, Agent::Codex, Agent::Opencode], Scope::User);
    for (name, directory) in [
        ("CLAUDE_CONFIG_DIR", "moved/claude"),
        ("CODEX_HOME", "moved/codex"),
        ("XDG_CONFIG_HOME", "moved/config"),
    ] {
        let directory = machine.path(directory);
        target.homes.moved.insert(name.to_owned(), directory);
    }
    install(&target);
    for name in [
        "claude/settings.json",
        "claude/skills/log/SKILL.md",
        "codex/hooks.json",
        "config/opencode/plugins/mx.ts",
    ] {
        assert!(machine.path("moved").join(name).exists(), "{name}");
    }
    assert!(!machine.path("home/.claude").exists());
    uninstall(&target);
    // Directories that a variable names stay.
    let after = machine.everything();
    assert!(
        after
            .iter()
            .all(|(path, text)| before.contains_key(path) || text.is_none()),
        "{after:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_stay_links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let machine = Machine::new();
    machine.write("dotfiles/claude.json", "{\"theme\": \"dark\"}");
    let real = machine.path("dotfiles/claude.json");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("chmod");
    fs::create_dir_all(machine.path("home/.claude")).expect("made");
    fs::create_dir_all(machine.path("dotfiles/skills")).expect("made");
    symlink(
        "../../dotfiles/claude.json",
        machine.path(file(Agent::Claude)),
    )
    .expect("a link");
    symlink(
        machine.path("dotfiles/skills"),
        machine.path("home/.claude/skills"),
    )
    .expect("a link");
    fs::create_dir_all(machine.path("home/.agents")).expect("made");
    symlink(
        machine.path("dotfiles/skills"),
        machine.path("home/.agents/skills"),
    )
    .expect("a link");
    fs::create_dir_all(machine.path("home/.codex")).expect("made");
    symlink(
        machine.path("dotfiles/codex.json"),
        machine.path(file(Agent::Codex)),
    )
    .expect("a link");
    let target = machine.target(&[Agent::Claude, Agent::Codex], Scope::User);
    install(&target);
    assert!(machine.text("dotfiles/claude.json").contains("mx hook"));
    assert!(machine.text("dotfiles/codex.json").contains("mx hook"));
    assert!(
        fs::symlink_metadata(machine.path(file(Agent::Claude)))
            .expect("a link")
            .is_symlink()
    );
    assert_eq!(
        fs::metadata(&real).expect("a file").permissions().mode() & 0o777,
        0o600
    );
    let skill = machine.path("dotfiles/skills/log/SKILL.md");
    assert_ne!(
        fs::metadata(&skill).expect("a file").permissions().mode() & 0o044,
        0
    );
    uninstall(&machine.user(Agent::Codex));
    assert!(
        skill.exists(),
        "the other agent uses it through its own link"
    );
    uninstall(&machine.user(Agent::Claude));
    assert!(!skill.exists());
    assert_eq!(
        machine.text("dotfiles/claude.json"),
        "{\"theme\": \"dark\"}"
    );
    assert!(machine.path("home/.claude/skills").is_symlink());
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_refused_and_the_rest_undone() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    machine.write(file(Agent::Claude), "{}");
    machine.write(file(Agent::Cursor), "{}");
    let path = machine.path(file(Agent::Cursor));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("chmod");
    let before = machine.everything();
    let target = machine.target(&[Agent::Claude, Agent::Cursor], Scope::User);
    let plan = plan_install(&target).expect("a plan");
    let error = apply_all(&plan.changes).expect_err("read-only");
    assert!(
        error.hints()[0].to_string().contains("read-only"),
        "{error}"
    );
    assert_eq!(machine.everything(), before);
}

#[cfg(unix)]
#[test]
fn undoing_removes_no_directory_that_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    fs::create_dir_all(machine.path("home/.gemini")).expect("made");
    machine.write(file(Agent::Cursor), "{}");
    let path = machine.path(file(Agent::Cursor));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("chmod");
    let before = machine.everything();
    let target = machine.target(&[Agent::Gemini, Agent::Cursor], Scope::User);
    let plan = plan_install(&target).expect("a plan");
    apply_all(&plan.changes).expect_err("read-only");
    assert_eq!(machine.everything(), before);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_refused_and_one_inside_is_followed() {
    use std::os::unix::fs::symlink;
    let machine = Machine::new();
    fs::create_dir_all(machine.path("home/.claude")).expect("made");
    symlink(
        machine.path("home/.claude"),
        machine.path("project/.claude"),
    )
    .expect("a link");
    let before = machine.everything();
    let target = machine.target(&[Agent::Claude], Scope::Project);
    for plan in [plan_install(&target), plan_uninstall(&target)] {
        let error = plan.expect_err("a link");
        assert!(error.message().contains("out of the project"), "{error}");
    }
    assert_eq!(machine.everything(), before);
    fs::remove_file(machine.path("project/.claude")).expect("removed");
    fs::create_dir_all(machine.path("project/shared")).expect("made");
    symlink("shared", machine.path("project/.claude")).expect("a link");
    install(&target);
    assert!(machine.path("project/shared/settings.json").is_file());
}

#[test]
fn what_a_killed_installation_left_is_found() {
    let machine = Machine::new();
    let target = machine.user(Agent::Claude);
    install(&target);
    assert_eq!(find_left_behind(&target), Vec::<PathBuf>::new());
    let left = [
        "home/.claude/.mx-AbC123",
        "home/.claude/skills/log/.mx-d0D0d0",
    ];
    for path in left
        .iter()
        .chain(&["home/.claude/.mx-notes", "home/.claude/.mx-AbC123.bak"])
    {
        machine.write(path, "{}");
    }
    assert_eq!(
        find_left_behind(&target),
        left.map(|path| machine.path(path))
    );
}

#[test]
fn removed_after_the_agent_rewrote_its_settings() {
    let machine = Machine::new();
    let path = file(Agent::Claude);
    machine.write(path, FOREIGN);
    let target = machine.user(Agent::Claude);
    install(&target);
    // As an agent writes it: no comments, its own indentation.
    let plain = machine.text(path).replace(" // format", "");
    let json: serde_json::Value = serde_json::from_str(&plain).expect("JSON");
    machine.write(path, &serde_json::to_string_pretty(&json).expect("JSON"));
    uninstall(&target);
    let left: serde_json::Value = serde_json::from_str(&machine.text(path)).expect("JSON");
    let foreign: serde_json::Value =
        serde_json::from_str(&FOREIGN.replace(" // format", "")).expect("JSON");
    assert_eq!(left, foreign);
}
