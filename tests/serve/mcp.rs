//! MCP at `/mcp`: the same tools as over pipes, for who has the token.

use crate::client::Served;
use crate::client::common::World;
use serde_json::{Value, json};

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
