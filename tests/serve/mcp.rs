//! MCP at `/mcp`: the same tools as over pipes, for who has the token.

use crate::client::Served;
use crate::client::common::World;
use serde_json::{Value, json};
use std::path::Path;

const CLIENT: [&str; 2] = [
    "Content-Type: application/json",
    "Accept: application/json, text/event-stream",
];

fn begin() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }})
}

/// Sends a message with the token, in the session that a message before began.
fn send(served: &Served, session: Option<&str>, message: &Value) -> crate::client::Answer {
    let token = format!("Authorization: Bearer {}", served.token);
    let session = session.map(|id| format!("Mcp-Session-Id: {id}"));
    let mut lines = vec![token.as_str()];
    lines.extend(CLIENT);
    lines.extend(session.as_deref());
    served.send("POST", "/mcp", &lines, message.to_string().as_bytes())
}

/// Returns the message in an answer, which is JSON or one event.
fn message_of(answer: &crate::client::Answer) -> Value {
    let text = answer.text();
    let data = text.lines().find_map(|line| {
        let data = line.strip_prefix("data:").unwrap_or(line).trim();
        data.starts_with('{').then(|| data.to_owned())
    });
    serde_json::from_str(&data.expect("a message")).expect("JSON")
}

#[test]
fn tools_answer_whoever_has_the_token() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n\nA token bucket.\n")]));
    let begun = send(&served, None, &begin());
    assert_eq!(begun.status, 200, "{begun:?}");
    assert_eq!(message_of(&begun)["result"]["serverInfo"]["name"], "mx");
    let session = begun
        .header("mcp-session-id")
        .expect("a session")
        .to_owned();
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    assert_eq!(send(&served, Some(&session), &ready).status, 202);
    let ask = |method: &str, params: Value| {
        let message = json!({"jsonrpc": "2.0", "id": 2, "method": method, "params": params});
        message_of(&send(&served, Some(&session), &message))
    };
    let tools = ask("tools/list", json!({}));
    let tools = tools["result"]["tools"].as_array().expect("tools");
    assert_eq!(tools.len(), 5, "{tools:?}");
    let query = json!({"name": "search", "arguments": {"query": "token bucket"}});
    let found = ask("tools/call", query);
    assert!(found.to_string().contains("a.md"), "{found}");
}

#[test]
fn nobody_else_is_answered() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let body = begin().to_string();
    let without = served.send("POST", "/mcp", &CLIENT, body.as_bytes());
    assert_eq!(without.status, 401, "{without:?}");
    let token = format!("Authorization: Bearer {}", served.token);
    let other = ["Host: evil.example", CLIENT[0], CLIENT[1], &token];
    assert_eq!(
        served.send("POST", "/mcp", &other, body.as_bytes()).status,
        403
    );
    let page = ["Origin: http://evil.example", CLIENT[0], CLIENT[1], &token];
    assert_eq!(
        served.send("POST", "/mcp", &page, body.as_bytes()).status,
        403
    );
}

#[test]
fn what_is_no_message_is_answered_with_one() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let token = format!("Authorization: Bearer {}", served.token);
    let with = |method: &str, lines: &[&str], body: &str| {
        let lines = [&[token.as_str()], lines].concat();
        served.send(method, "/mcp", &lines, body.as_bytes())
    };
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let gone = [CLIENT[0], CLIENT[1], "Mcp-Session-Id: gone"];
    for (lines, body, status, code) in [
        (&CLIENT[..], "{garbage", 400, -32700),
        (&CLIENT[..], &format!("[{ping},{ping}]"), 400, -32600),
        (&CLIENT[..1], &ping.to_string(), 406, -32600),
        (
            &["Content-Type: text/plain", CLIENT[1]],
            "hello",
            415,
            -32600,
        ),
        (&gone[..], &ping.to_string(), 404, -32600),
    ] {
        let answer = with("POST", lines, body);
        assert_eq!(answer.status, status, "{body}: {answer:?}");
        let message: Value = serde_json::from_str(&answer.text()).expect("a message");
        assert_eq!(message["error"]["code"], code, "{body}: {message}");
        assert_eq!(message["id"], Value::Null);
        assert!(message["error"]["message"].is_string(), "{message}");
    }
    let begun = send(&served, None, &begin());
    let session = begun.header("mcp-session-id").expect("a session");
    let session = format!("Mcp-Session-Id: {session}");
    let ended = with("DELETE", &[&session], "");
    assert_eq!(ended.status, 204, "{ended:?}");
}

/// Begins a session of the protocol, and returns its id.
fn connect(served: &Served) -> String {
    let begun = send(served, None, &begin());
    assert_eq!(begun.status, 200, "{begun:?}");
    let session = begun.header("mcp-session-id").expect("a session");
    session.to_owned()
}

/// Calls a tool, and returns the result.
fn call(served: &Served, session: &str, tool: &str, arguments: &Value) -> Value {
    let params = json!({"name": tool, "arguments": arguments});
    let message = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params});
    message_of(&send(served, Some(session), &message))["result"].clone()
}

#[test]
fn what_two_clients_log_in_one_directory_does_not_mix() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let directory = served.world.work();
    let log = |session: &str, kind: &str, text: &str| {
        let arguments = json!({"kind": kind, "text": text, "directory": directory});
        let answer = call(&served, session, "log", &arguments);
        assert_eq!(answer["isError"], false, "{answer}");
        answer["structuredContent"]["session"].clone()
    };
    let (one, two) = (connect(&served), connect(&served));
    let first = log(&one, "event", "from one");
    let second = log(&two, "event", "from two");
    assert_ne!(first, second);
    assert_eq!(log(&two, "end", "two is done"), second);
    assert_eq!(log(&one, "event", "one goes on"), first);
    // Whoever comes after it has closed its connection goes on with what it left.
    let token = format!("Authorization: Bearer {}", served.token);
    let closed = format!("Mcp-Session-Id: {one}");
    let ended = served.send("DELETE", "/mcp", &[&token, &closed], b"");
    assert_eq!(ended.status, 204, "{ended:?}");
    assert_eq!(log(&connect(&served), "event", "from three"), first);
}

/// In the newer era requests come outside of a session of the protocol: what they name tells them
/// apart.
#[test]
fn what_is_logged_outside_of_a_session_does_not_mix() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let places = ["a", "b"].map(|name| served.world.root().join(name));
    for place in &places {
        std::fs::create_dir_all(place).expect("a directory");
    }
    let log = |client: &str, kind: &str, place: &Path| {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": client, "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let arguments = json!({"kind": kind, "text": kind, "directory": place});
        let params = json!({"name": "log", "arguments": arguments, "_meta": meta});
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let token = format!("Authorization: Bearer {}", served.token);
        let version = "MCP-Protocol-Version: 2026-07-28";
        let lines = [
            &token,
            CLIENT[0],
            CLIENT[1],
            version,
            "Mcp-Method: tools/call",
            "Mcp-Name: log",
        ];
        let answer = served.send("POST", "/mcp", &lines, message.to_string().as_bytes());
        let answer = message_of(&answer)["result"].clone();
        assert_eq!(answer["isError"], false, "{answer}");
        let told = &answer["structuredContent"];
        (told["project"].clone(), told["session"].clone())
    };
    let first = log("some-editor", "event", &places[0]);
    let second = log("other-editor", "event", &places[1]);
    let third = log("opencode", "start", &places[1]);
    assert!(
        first != second && second != third && first != third,
        "{first:?} {second:?} {third:?}"
    );
    assert_eq!(log("other-editor", "event", &places[1]), second);
    assert_eq!(log("opencode", "end", &places[1]), third);
    assert_eq!(log("other-editor", "end", &places[1]), second);
    assert_eq!(log("some-editor", "event", &places[0]), first);
}

/// Who comes from the network learns nothing of other directories than the server's.
#[test]
fn on_the_network_only_directories_of_the_server_can_be_named() {
    let world = World::with(&[("a.md", "# Alpha\n")]);
    let outside = world.root().join("outside");
    std::fs::create_dir_all(&outside).expect("a directory");
    for (address, refused) in [("127.0.0.1:0", false), ("0.0.0.0:0", true)] {
        let served = Served::start(
            World::with(&[("a.md", "# Alpha\n")]),
            &["--listen", address],
        );
        let session = connect(&served);
        let log = |place: &Path| {
            let arguments = json!({"kind": "event", "text": "x", "directory": place});
            call(&served, &session, "log", &arguments)["isError"] == true
        };
        assert_eq!(log(&outside), refused, "{address}");
        let own = served.world.work().join("inside");
        std::fs::create_dir_all(&own).expect("a directory");
        assert!(!log(&own), "{address}");
    }
}

#[test]
fn too_many_sessions_keep_out_only_those_who_need_one() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let refused = (0..600).find_map(|_| {
        let begun = send(&served, None, &begin());
        (begun.status != 200).then_some(begun)
    });
    let refused = refused.expect("a bound");
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    let message = message_of(&refused)["error"]["message"].clone();
    let message = message.as_str().expect("a text");
    assert!(message.starts_with("too many sessions"), "{message}");
    // Later versions of the protocol need none.
    let token = format!("Authorization: Bearer {}", served.token);
    let version = "2026-07-28";
    let lines = [
        &token,
        CLIENT[0],
        CLIENT[1],
        "Mcp-Protocol-Version: 2026-07-28",
        "Mcp-Method: tools/list",
    ];
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let list =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": meta}});
    let answer = served.send("POST", "/mcp", &lines, list.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    let tools = message_of(&answer)["result"]["tools"].clone();
    assert_eq!(tools.as_array().map(Vec::len), Some(5), "{tools}");
}

#[test]
fn who_names_the_entry_of_a_note_need_not_say_where_it_works() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let session = connect(&served);
    let note = |arguments: Value| call(&served, &session, "note", &arguments);
    let unplaced = note(json!({"text": "Rotate the keys"}));
    assert_eq!(unplaced["isError"], true, "{unplaced}");
    assert!(unplaced.to_string().contains("or entry: "), "{unplaced}");
    let placed = note(json!({"text": "Rotate the keys", "entry": "guides/keys.md"}));
    assert_eq!(placed["isError"], false, "{placed}");
    assert!(
        served
            .world
            .read("guides/keys.md")
            .contains("Rotate the keys")
    );
}

#[test]
fn who_says_which_session_is_meant_need_not_say_where_it_is() {
    let served = Served::new(World::with(&[("a.md", "# Alpha\n")]));
    let session = connect(&served);
    let log = |arguments: Value| call(&served, &session, "log", &arguments);
    let directory = served.world.work();
    let step = json!({"kind": "next", "text": "Limit logins", "directory": directory});
    let begun = log(step)["structuredContent"]["session"].clone();
    let unplaced = log(json!({"kind": "event", "text": "Done"}));
    assert_eq!(unplaced["isError"], true, "{unplaced}");
    let named = log(json!({"kind": "event", "text": "Done", "session": begun}));
    assert_eq!(named["structuredContent"]["session"], begun, "{named}");
    let open = served.world.json(&["next"]);
    let id = open["items"][0]["id"].clone();
    let ticked = log(json!({"kind": "done", "text": id}));
    assert_eq!(ticked["isError"], false, "{ticked}");
    let file = json!({"kind": "file", "text": directory.join("a.rs"), "session": begun});
    assert_eq!(log(file)["structuredContent"]["session"], begun);
    let inside = log(json!({"kind": "file", "text": "a.rs", "session": begun}));
    assert_eq!(inside["isError"], true, "{inside}");
    let resumed = call(&served, &session, "resume", &json!({})).to_string();
    assert!(resumed.contains("or project: its name"), "{resumed}");
    let prompt = |arguments: Value| {
        let params = json!({"name": "handoff", "arguments": arguments});
        let message = json!({"jsonrpc": "2.0", "id": 3, "method": "prompts/get", "params": params});
        message_of(&send(&served, Some(&session), &message)).to_string()
    };
    assert!(prompt(json!({})).contains("directory: the absolute path"));
    let handed = prompt(json!({"directory": directory}));
    assert!(handed.contains("Limit logins"), "{handed}");
}
