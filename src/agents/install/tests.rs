//! Installing into configurations as people have them, and taking everything out again.

mod files;
mod foreign;
mod written;

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
            versions: AgentVersions::default(),
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

/// The file of an agent's MCP servers, in the user's scope.
fn server_file(agent: Agent) -> &'static str {
    match agent {
        Agent::Claude => "home/.claude.json",
        Agent::Codex => "home/.codex/config.toml",
        Agent::Gemini => "home/.gemini/settings.json",
        Agent::Cursor => "home/.cursor/mcp.json",
        Agent::Copilot => "home/.copilot/mcp-config.json",
        Agent::Opencode => "home/.config/opencode/opencode.json",
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
    WITH_COMMENT_BEHIND,
];

const WITH_COMMENT_BEHIND: &str = "{\"a\": 1, /* b */}";

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

/// Installs and uninstalls beside a text, which is there again byte for byte.
fn check_round_trip(agent: Agent, server: bool, text: &str) {
    let machine = Machine::new();
    let target = Target {
        server,
        ..machine.user(agent)
    };
    let place = if server {
        server_file(agent)
    } else {
        file(agent)
    };
    machine.write(place, text);
    install(&target);
    let found = inspect_hooks(&target).remove(0);
    let is_there = found.server || found.state == State::Installed;
    assert!(is_there, "{agent:?} {text:?} {found:?}");
    let installed = machine.text(place);
    assert_eq!(said(&installed).1, said(text).1, "{agent:?} {text:?}");
    install(&target);
    assert_eq!(machine.text(place), installed, "{agent:?} {text:?}");
    uninstall(&target);
    assert_eq!(state(&target), State::Absent, "{agent:?} {text:?}");
    let left = fs::read_to_string(machine.path(place)).ok();
    if text == WITH_COMMENT_BEHIND {
        // Ours goes behind the comment, and who takes it out does not know whose that is.
        assert_eq!(left.as_deref().map(said), Some(said(text)), "{agent:?}");
    } else {
        assert_eq!(left.as_deref(), Some(text), "{agent:?} {installed:?}");
    }
}

#[test]
fn what_was_there_is_there_again() {
    for agent in WITH_SETTINGS {
        for text in texts(agent) {
            check_round_trip(agent, false, text);
        }
    }
}

#[test]
fn what_was_there_beside_a_server_is_there_again() {
    for (agent, key, comments) in [
        (Agent::Claude, "\"mcpServers\"", false),
        (Agent::Gemini, "\"mcpServers\"", true),
        (Agent::Cursor, "\"mcpServers\"", true),
        (Agent::Copilot, "\"mcpServers\"", false),
        (Agent::Opencode, "\"mcp\"", true),
    ] {
        let with_comments = TEXTS_WITH_COMMENTS.iter().filter(|_| comments);
        for text in TEXTS.iter().chain(with_comments) {
            check_round_trip(agent, true, &text.replace("\"hooks\"", key));
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
            assert_eq!(found.skill, SkillFound::Installed, "{found:?}");
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
