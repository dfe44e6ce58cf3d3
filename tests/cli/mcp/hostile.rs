//! What no client should send.

use super::client::{Client, replay};
use crate::common::World;
use serde_json::{Value, json};

fn world() -> World {
    World::with(&[("a.md", "# A\n\nbucket\n")])
}

/// Whether the server still answers.
fn check_alive(client: &mut Client) {
    assert_eq!(
        client.data("search", json!({"query": "bucket"}))["total"],
        1
    );
}

#[test]
fn malformed_messages_are_survived_and_answered_where_somebody_waits() {
    let world = world();
    let mut client = Client::begin(&world);
    let deep = "[".repeat(100_000);
    for bytes in [
        b"\n\n \r\n".as_slice(),
        b"hello\n",
        b"{\"jsonrpc\":\"2.0\"\n",
        b"\x00\xff\xfe\n",
        b"[]\n",
        b"null\n",
        deep.as_bytes(),
        b"\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unknown\",\"params\":{\"a\":[1]}}\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}\n",
        b"{\"jsonrpc\":\"2.0\",\"id\":99,\"error\":{\"code\":1,\"message\":\"x\"}}\n",
    ] {
        client.write(bytes);
    }
    for (id, method, params, code) in [
        (json!("a"), "tools/dance", json!({}), -32601),
        (json!("b"), "tools/call", json!({"name": 5}), -32602),
        (json!("c"), "tools/call", json!([1, 2]), -32600),
        (
            json!("d"),
            "tools/call",
            json!({"name": "search", "arguments": "x"}),
            -32602,
        ),
        (json!("e"), "resources/read", json!({}), -32602),
        (json!("f"), "", json!({}), -32601),
        (json!("s"), "skills/list", json!({}), -32601),
        (
            json!("t"),
            "skills/get",
            json!({"uri": "skill://a/SKILL.md"}),
            -32601,
        ),
    ] {
        client.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        assert_eq!(
            client.wait_for(&id)["error"]["code"],
            code,
            "{method} {params}"
        );
    }
    client.write(b"{\"jsonrpc\":\"1.0\",\"id\":\"g\",\"method\":\"ping\"}\n");
    assert_eq!(client.wait_for(&json!("g"))["error"]["code"], -32600);
    check_alive(&mut client);
    assert!(client.finish().1.success());
}

#[test]
fn notifications_before_the_beginning_do_no_harm() {
    let world = world();
    let mut client = Client::start(&world);
    for method in [
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/x",
    ] {
        client.send(&json!({"jsonrpc": "2.0", "method": method}));
    }
    check_alive(&mut client);
    client.initialize("test", "2025-11-25");
    client.initialize("test", "2025-06-18");
    check_alive(&mut client);
}

#[test]
fn ten_megabytes_on_a_line_are_read_and_more_is_passed_over() {
    let world = world();
    let mut client = Client::begin(&world);
    let long = "limiter ".repeat(10 << 17);
    let found = client.call("search", json!({"query": long}));
    assert!(found.to_string().len() < 11 << 20);
    let big = format!("start {} end", "x".repeat(10 << 20));
    client.data("note", json!({"text": big, "entry": "big.md"}));
    assert!(world.read("big.md").contains(&big));
    // More than a message may have, in two forms; the next one is read again.
    let long = "y".repeat(17 << 20);
    for message in [
        format!("{{\"jsonrpc\":\"2.0\",\"id\":\"long\",\"method\":\"{long}\"}}\n"),
        format!("{{\"method\":\"{long}\",\"jsonrpc\":\"2.0\",\"id\":\"long\"}}\n"),
    ] {
        client.write(message.as_bytes());
        let refused = client.read();
        assert_eq!(refused["error"]["code"], -32600);
        assert_eq!(refused["id"], "long");
    }
    let big = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}}\n",
        1_u64 << 63
    );
    client.write(big.as_bytes());
    assert_eq!(
        client.wait_for(&json!(1_u64 << 63))["error"]["code"],
        -32600
    );
    check_alive(&mut client);
}

#[test]
fn a_client_that_frames_its_messages_is_answered_so() {
    let world = world();
    let frame = |message: &Value| {
        format!(
            "Content-Length: {}\r\n\r\n{message}",
            message.to_string().len()
        )
    };
    let begin = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "ä", "version": "1"},
    }});
    let search = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
        "name": "search", "arguments": {"query": "bucket"},
    }});
    // Behind them one that is not framed, and is answered so.
    let ping = json!({"jsonrpc": "2.0", "id": 3, "method": "ping"});
    let input = [frame(&begin), frame(&search), format!("{ping}\n")].concat();
    let output = world.command(&["mcp"]).input(input).output();
    let mut rest = String::from_utf8(output.stdout).expect("text");
    let mut answers: Vec<Value> = Vec::new();
    let plain = "{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{}}\n";
    assert!(rest.contains(plain), "{rest}");
    rest = rest.replace(plain, "");
    while !rest.is_empty() {
        let (header, body) = rest.split_once("\r\n\r\n").expect("a header");
        let length = header.strip_prefix("Content-Length: ").expect("a length");
        let (message, next) = body.split_at(length.parse().expect("a number"));
        answers.push(serde_json::from_str(message).expect("a message"));
        rest = next.to_owned();
    }
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert_eq!(answers[1]["result"]["structuredContent"]["total"], 1);
}

#[test]
fn texts_that_are_broken_are_taken_as_far_as_they_go() {
    let world = world();
    let call = |id: u64, text: &str| {
        format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"tools/call\",\"params\":{{\"name\":\"note\",\
             \"arguments\":{{\"entry\":\"a.md\",\"text\":\"{text}\"}}}}}}\n"
        )
    };
    let mut input = call(1, "cut in a smile \\ud83d").into_bytes();
    let latin = call(2, "caf\u{1}").replace('\u{1}', "X").into_bytes();
    input.extend(
        latin
            .iter()
            .map(|byte| if *byte == b'X' { 0xe9 } else { *byte }),
    );
    let messages = replay(world.command(&["mcp"]), &input);
    assert_eq!(messages.len(), 2, "{messages:?}");
    let entry = world.read("a.md");
    assert!(entry.contains("cut in a smile \u{fffd}"), "{entry}");
    assert!(entry.contains("caf\u{fffd}"), "{entry}");
}

#[test]
fn hostile_arguments_touch_nothing_outside() {
    let world = world();
    let outside = world.root().join("outside.md");
    let mut client = Client::begin(&world);
    for path in [
        "../outside.md",
        "/etc/passwd",
        "..\\outside.md",
        "a/../../outside.md",
        ".mx/config.yaml",
        "x\u{0}.md",
        "",
    ] {
        for (tool, arguments) in [
            ("note", json!({"text": "x", "entry": path})),
            ("get", json!({"path": path})),
        ] {
            let answer = client.call(tool, arguments);
            assert_eq!(answer["isError"], true, "{tool} {path:?}: {answer}");
        }
    }
    assert!(!outside.exists());
    // An escape sequence or line break in a text stays in its text.
    let text = "\u{1b}]0;title\u{7}\r\n# Not a heading\n{\"jsonrpc\":\"2.0\"}";
    client.data("note", json!({"text": text, "entry": "b.md"}));
    check_alive(&mut client);
}
