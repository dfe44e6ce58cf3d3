//! Which project and session a call belongs to.

use super::client::Client;
use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Makes the directories of some projects.
fn projects(world: &World, names: &[&str]) -> Vec<PathBuf> {
    let make = |name: &&str| {
        let place = fs::canonicalize(world.root())
            .expect("a directory")
            .join(name);
        fs::create_dir_all(&place).expect("a directory");
        place
    };
    names.iter().map(make).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn uri(path: &Path) -> String {
    let path = shown(path).replace('\\', "/").replace(' ', "%20");
    format!(
        "file://{}{path}",
        if path.starts_with('/') { "" } else { "/" }
    )
}

/// What Codex says beside a call.
fn codex(session: &str, workspace: &Path) -> Value {
    let mut workspaces = serde_json::Map::new();
    workspaces.insert(shown(workspace), json!({"has_changes": true}));
    json!({
        "threadId": session,
        "x-codex-turn-metadata": {"session_id": session, "workspaces": workspaces},
    })
}

/// Returns the records of running sessions: project, agent, what they say.
fn running(world: &World) -> Vec<(String, Value)> {
    let status = world.json(&["log", "status"]);
    let running = status["running"].as_array().expect("a list").clone();
    let fact = |one: Value| (one["project"].as_str().expect("a project").to_owned(), one);
    let mut facts: Vec<_> = running.into_iter().map(fact).collect();
    facts.sort_by(|one, other| one.0.cmp(&other.0));
    facts
}

#[test]
fn calls_of_two_sessions_of_codex_do_not_mix() {
    let world = World::new();
    let places = projects(&world, &["api", "web"]);
    let mut client = Client::start(&world);
    client.initialize("codex-mcp-client", "2025-06-18");
    for turn in 0..2 {
        for (session, place) in [("s-api", &places[0]), ("s-web", &places[1])] {
            let arguments = json!({"kind": "event", "text": format!("turn {turn} of {session}")});
            let params =
                json!({"_meta": codex(session, place), "name": "log", "arguments": arguments});
            let answer = client.request("tools/call", params);
            assert_eq!(answer["result"]["isError"], false, "{answer}");
        }
    }
    let running = running(&world);
    assert_eq!(running.len(), 2, "{running:?}");
    for ((project, session), name) in running.iter().zip(["api", "web"]) {
        assert_eq!(project, name);
        assert_eq!(session["events"], 2);
        assert_eq!(session["last_event"], format!("turn 1 of s-{name}"));
        assert_eq!(session["agent"], "codex");
    }
}

#[test]
fn an_agent_is_known_by_its_own_variables_alone() {
    for (client, agent) in [
        ("claude-code", Some("claude")),
        ("copilot-cli", Some("copilot")),
        ("gemini-cli-mcp-client", Some("gemini")),
        ("opencode", Some("opencode")),
        ("github-copilot-cli", Some("copilot")),
        ("some-editor", Some("claude")),
    ] {
        let world = World::new();
        let server = world.command(&["mcp"]);
        let server = server
            .env("CLAUDE_CODE_SESSION_ID", "c-1")
            .env("COPILOT_AGENT_SESSION_ID", "p-1");
        let mut server = Client::run(server);
        server.initialize(client, "2025-11-25");
        server.data("log", json!({"kind": "event", "text": "Began"}));
        let running = running(&world);
        assert_eq!(running[0].1["agent"], json!(agent), "{client}");
    }
}

#[test]
fn the_project_of_claude_is_the_one_it_names() {
    let world = World::new();
    let places = projects(&world, &["api"]);
    let server = world
        .command(&["mcp"])
        .env("CLAUDE_PROJECT_DIR", &places[0]);
    let mut client = Client::run(server);
    client.initialize("claude-code", "2025-11-25");
    assert_eq!(client.data("resume", json!({}))["project"], "api");
}

#[test]
fn of_several_roots_none_is_guessed() {
    let world = World::new();
    let places = projects(&world, &["api", "my web"]);
    let roots: Vec<String> = places.iter().map(|place| uri(place)).collect();
    let mut client = Client::start(&world).with_roots(&roots[..1]);
    client.initialize("some-editor", "2025-11-25");
    assert_eq!(client.data("resume", json!({}))["project"], "api");
    client.change_roots(&roots);
    let event = json!({"kind": "event", "text": "Began"});
    for (tool, arguments) in [
        ("log", event.clone()),
        ("resume", json!({})),
        ("note", json!({"text": "x", "entry": "a.md"})),
    ] {
        let text = client.failure(tool, arguments);
        assert!(text.starts_with("several projects are open"), "{text}");
        assert!(
            places.iter().all(|place| text.contains(&shown(place))),
            "{text}"
        );
    }
    assert!(running(&world).is_empty());
    let named = json!({"kind": "event", "text": "Began", "directory": shown(&places[1])});
    assert_eq!(client.data("log", named)["project"], "my web");
    assert_eq!(
        client.data("resume", json!({"project": "api"}))["project"],
        "api"
    );
    assert_eq!(client.data("search", json!({"query": "Began"}))["total"], 1);
    client.change_roots(&roots[1..]);
    assert_eq!(client.data("log", event)["project"], "my web");
}

#[test]
fn one_server_answers_for_two_knowledge_bases() {
    let world = World::new();
    let places = projects(&world, &["one", "two"]);
    for (place, word) in places.iter().zip(["apple", "banana"]) {
        fs::create_dir(place.join(".mx")).expect("a directory");
        fs::write(
            place.join("note.md"),
            format!("# Note\n\nThe {word} fruit.\n"),
        )
        .expect("an entry");
    }
    let mut client = Client::run(world.command(&["mcp"]).without("MEMEX_KB_ROOT"));
    client.initialize("codex-mcp-client", "2025-06-18");
    for _ in 0..3 {
        for (place, word) in places.iter().zip(["apple", "banana"]) {
            let params = json!({
                "_meta": codex("s", place), "name": "search", "arguments": {"query": "fruit"},
            });
            let found = client.request("tools/call", params)["result"]["structuredContent"].clone();
            assert_eq!(found["total"], 1, "{found}");
            let snippet = found["results"][0]["sections"][0]["snippet"].as_str();
            assert!(snippet.expect("text").contains(word), "{word}: {found}");
        }
    }
}

/// The record of an agent that does not say which session it is names the agent nevertheless, in both
/// eras of the protocol; that of an unknown client names none.
#[test]
fn a_record_names_the_agent_that_began_it() {
    for (client, agent) in [
        ("gemini-cli-mcp-client", Some("gemini")),
        ("opencode", Some("opencode")),
        ("some-editor", None),
    ] {
        let world = World::new();
        let mut server = Client::start(&world);
        if agent == Some("opencode") {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": client, "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            let arguments = json!({"kind": "event", "text": "Began"});
            let params = json!({"_meta": meta, "name": "log", "arguments": arguments});
            let logged = server.request("tools/call", params);
            assert_eq!(logged["result"]["isError"], false, "{logged}");
        } else {
            server.initialize(client, "2025-11-25");
            server.data("log", json!({"kind": "event", "text": "Began"}));
        }
        assert_eq!(running(&world)[0].1["agent"], json!(agent), "{client}");
        // A person goes on with it, and ends it.
        let ended = world.json(&["log", "end"]);
        let record = world.read(ended["path"].as_str().expect("a path"));
        let named = agent.is_none_or(|name| record.contains(&format!("\nagent: {name}\n")));
        assert!(named && !record.contains("agent_session"), "{record}");
        let shown = world.json(&["log", "show"])["session"].clone();
        assert_eq!(shown["agent"], json!(agent), "{shown}");
        assert_eq!(shown["agent_session"], Value::Null, "{shown}");
    }
}

/// Gemini and opencode do not say which session it is.
#[cfg(target_os = "linux")]
#[test]
fn of_several_sessions_in_one_directory_it_is_that_of_the_same_process() {
    let world = World::new();
    let mut client = Client::spawn(super::client::within_parent(&world));
    client.initialize("opencode", "2025-11-25");
    let own = client.data("log", json!({"kind": "start", "text": "Mine"}))["session"].clone();
    let other = world.json(&["log", "start", "--new"])["session"]["id"].clone();
    assert_ne!(own, other);
    let event = json!({"kind": "event", "text": "Here"});
    assert_eq!(client.data("log", event)["session"], own);
    assert_eq!(world.json(&["log", "event", "There"])["session"], other);
}

/// Logs an event, and returns the session that it went into.
fn log_event(client: &mut Client, text: &str) -> Value {
    let event = json!({"kind": "event", "text": text});
    client.data("log", event)["session"].clone()
}

#[test]
fn servers_of_two_conversations_in_one_directory_do_not_mix() {
    for other in ["opencode", "gemini-cli-mcp-client", "some-editor"] {
        let world = World::new();
        let (mut one, mut two) = (Client::start(&world), Client::start(&world));
        one.initialize("gemini-cli-mcp-client", "2025-06-18");
        two.initialize(other, "2025-11-25");
        let first = log_event(&mut one, "from one");
        two.data("log", json!({"kind": "start", "text": "goal of two"}));
        let second = log_event(&mut two, "from two");
        assert_ne!(first, second, "{other}");
        two.data("note", json!({"text": "note of two", "entry": "a.md"}));
        let ended = two.data("log", json!({"kind": "end", "text": "two is done"}));
        assert_eq!(ended["session"], second, "{other}");
        assert_eq!(log_event(&mut one, "one goes on"), first, "{other}");
        let ended = one.data("log", json!({"kind": "end", "text": "one is done"}));
        assert_eq!(ended["session"], first, "{other}");
        let record = |id: &Value| world.mx(&["log", "show", id.as_str().expect("an id")]);
        let (first, second) = (record(&first), record(&second));
        assert!(
            first.contains("from one") && first.contains("one goes on"),
            "{first}"
        );
        assert!(!first.contains("two"), "{first}");
        assert!(
            second.contains("from two") && second.contains("note of two"),
            "{second}"
        );
        assert!(!second.contains("one goes on"), "{second}");
        let listed = world.json(&["log", "list"]);
        assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(2));
    }
}

/// What names a directory belongs to the session there, whatever else the same client has begun.
#[test]
fn one_client_has_a_session_in_each_directory_that_it_names() {
    let world = World::new();
    let places = projects(&world, &["a", "b"]);
    for roots in [vec![], vec![uri(&places[0]), uri(&places[1])]] {
        let mut client = Client::run(world.command(&["mcp"]).within(&places[0]));
        if !roots.is_empty() {
            client = client.with_roots(&roots);
        }
        client.initialize("opencode", "2025-11-25");
        let mut log = |kind: &str, place: &PathBuf| {
            let told = json!({"kind": kind, "text": kind, "directory": place});
            client.data("log", told)
        };
        let (first, second) = (log("decision", &places[0]), log("event", &places[1]));
        assert_eq!(
            (&first["project"], &second["project"]),
            (&json!("a"), &json!("b"))
        );
        assert_eq!(log("event", &places[0])["session"], first["session"]);
        assert_eq!(log("checkpoint", &places[1])["session"], second["session"]);
        assert_eq!(log("end", &places[1])["session"], second["session"]);
        if roots.is_empty() {
            let here = client.data("log", json!({"kind": "event", "text": "Here"}));
            assert_eq!(here["session"], first["session"]);
            let ended = client.data("log", json!({"kind": "end"}));
            assert_eq!(ended["session"], first["session"]);
        } else {
            assert_eq!(log("end", &places[0])["session"], first["session"]);
        }
        assert_eq!(running(&world), []);
    }
}

#[test]
fn a_server_that_begins_no_session_joins_the_one_that_was_begun_by_hand() {
    let world = World::new();
    let by_hand = world.json(&["log", "start"])["session"]["id"].clone();
    for name in ["opencode", "claude-code", "some-editor"] {
        let mut client = Client::start(&world);
        client.initialize(name, "2025-11-25");
        assert_eq!(log_event(&mut client, "Done"), by_hand, "{name}");
    }
}

/// What a server was told before it was started anew goes on.
#[test]
fn a_server_that_is_started_anew_goes_on_with_the_session() {
    let world = World::new();
    let begin = |name| {
        let mut client = Client::start(&world);
        client.initialize(name, "2025-11-25");
        client
    };
    let mut client = begin("opencode");
    let first = log_event(&mut client, "Began");
    client.finish();
    assert_eq!(log_event(&mut begin("opencode"), "Went on"), first);
    assert_ne!(log_event(&mut begin("gemini-cli"), "Began"), first);
}

/// The session that the hooks of an agent began is the one of its server, and of no other.
#[test]
fn a_server_joins_the_session_that_hooks_of_its_agent_began() {
    let world = World::new();
    let hook = |session: &str, event: &str| {
        let sent = json!({
            "session_id": session, "cwd": world.work(), "hook_event_name": event,
            "prompt": "Limit logins", "timestamp": "2026-01-11T10:30:00Z",
        });
        let run = world.command(&["hook", "--agent", "gemini"]);
        assert!(run.input(sent.to_string()).output().status.success());
    };
    let mut other = Client::start(&world);
    other.initialize("opencode", "2025-11-25");
    let of_other = log_event(&mut other, "from opencode");
    hook("g-1", "SessionStart");
    hook("g-1", "BeforeAgent");
    let mut own = Client::start(&world);
    own.initialize("gemini-cli-mcp-client", "2025-11-25");
    let of_own = log_event(&mut own, "from gemini");
    assert_ne!(of_own, of_other);
    assert_eq!(log_event(&mut other, "opencode again"), of_other);
    let status = world.json(&["log", "status"]);
    let running = status["running"].as_array().expect("a list");
    let agents: Vec<(&Value, &Value)> = running
        .iter()
        .map(|one| (&one["id"], &one["agent"]))
        .collect();
    assert_eq!(
        agents,
        [(&of_other, &json!("opencode")), (&of_own, &json!("gemini"))]
    );
}
