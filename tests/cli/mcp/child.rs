//! The server as a child of its agent: when it ends, and what it is still owed then.

use super::client::{Client, replay};
use crate::common::World;
use serde_json::json;

fn call(id: u64, text: &str) -> String {
    let params = json!({"name": "note", "arguments": {"text": text, "entry": "a.md"}});
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string()
}

#[test]
fn it_ends_with_its_input_and_what_was_asked_is_answered_first() {
    let world = World::new();
    let input: String = (0..50)
        .map(|id| call(id, &format!("note {id}")) + "\n")
        .collect();
    // The last line has no end.
    let messages = replay(world.command(&["mcp"]), input.trim_end().as_bytes());
    assert_eq!(messages.len(), 50);
    let entry = world.read("a.md");
    for id in 0..50 {
        assert!(messages.iter().any(|message| message["id"] == id), "{id}");
        assert_eq!(entry.matches(&format!("note {id}\n")).count(), 1, "{id}");
    }
}

#[test]
fn it_ends_at_once_where_nothing_is_asked() {
    let world = World::new();
    assert!(replay(world.command(&["mcp"]), b"").is_empty());
    let (rest, status) = Client::begin(&world).finish();
    assert!(rest.is_empty(), "{rest:?}");
    assert!(status.success());
}

#[test]
fn a_cancelled_request_is_not_answered_and_the_next_one_is() {
    let world = World::with(&[("a.md", "# A\n\nbucket\n")]);
    let mut client = Client::begin(&world);
    // The cancellation of what is done, of what never was, and of something odd.
    for params in [
        json!({"requestId": 1}),
        json!({"requestId": "x"}),
        json!({}),
        json!(null),
    ] {
        client.send(
            &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}),
        );
    }
    let search = json!({"name": "search", "arguments": {"query": "bucket"}});
    for id in 100..120 {
        client.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": search}));
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    }
    assert_eq!(
        client.data("search", json!({"query": "bucket"}))["total"],
        1
    );
    let (rest, status) = client.finish();
    assert!(status.success());
    // One may have been done already when its cancellation came; none is answered twice.
    for id in 100..120 {
        assert!(
            rest.iter()
                .filter(|answer| answer["id"] == id && answer["method"].is_null())
                .count()
                <= 1
        );
    }
}

#[cfg(unix)]
#[test]
fn it_ends_when_nobody_reads() {
    use std::io::Write;
    use std::process::Stdio;
    let world = World::new();
    let mut command = world.command(&["mcp"]).into_command();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("mx runs");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("a pipe");
    let ping = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
    // The input stays open.
    input.write_all(ping).expect("written");
    assert!(child.wait().expect("it ends").success());
}

#[cfg(unix)]
#[test]
fn it_ends_when_its_parent_is_gone() {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::process::Stdio;
    let world = World::new();
    let mut parent = super::client::within_parent(&world);
    parent.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut parent = parent.spawn().expect("sh runs");
    let mut input = parent.stdin.take().expect("a pipe");
    let mut output = BufReader::new(parent.stdout.take().expect("a pipe"));
    let ping = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
    input.write_all(ping).expect("written");
    let mut answer = String::new();
    output.read_line(&mut answer).expect("an answer");
    assert!(answer.contains("\"id\":1"), "{answer}");
    parent.kill().expect("killed");
    parent.wait().expect("it ends");
    // It lasts until the server is gone, which holds the other end.
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("text");
    assert_eq!(rest, "");
    drop(input);
}
