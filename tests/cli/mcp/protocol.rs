//! Both eras of the protocol, and what the clients of real agents send first.

use super::client::{Client, replay};
use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const NEW: &str = "2026-07-28";

fn world() -> World {
    World::with(&[(
        "guides/limiter.md",
        "# Limits\n\nThe limiter is a token bucket.\n",
    )])
}

/// What a client of the new era says with each request.
fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// Returns the messages of a recorded client.
fn recorded() -> Vec<(String, String)> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mcp");
    let files = fs::read_dir(place).expect("fixtures").flatten();
    let read = |file: fs::DirEntry| {
        let text = fs::read_to_string(file.path()).expect("a recording");
        (file.file_name().to_string_lossy().into_owned(), text)
    };
    let mut all: Vec<_> = files.map(read).collect();
    all.sort();
    all
}

#[test]
fn the_clients_of_real_agents_are_answered() {
    let all = recorded();
    assert_eq!(all.len(), 6);
    for (name, text) in all {
        let world = world();
        let sent: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("a message"))
            .collect();
        let cancelled = |id: &Value| {
            let mut sent = sent.iter();
            sent.any(|message| message["params"]["requestId"] == *id)
        };
        let answers = replay(world.command(&["mcp"]), text.as_bytes());
        for request in sent.iter().filter(|message| !message["id"].is_null()) {
            let id = &request["id"];
            let own: Vec<&Value> = answers
                .iter()
                // What the server asks by itself, such as for roots, has ids of its own.
                .filter(|answer| answer["id"] == *id && answer["method"].is_null())
                .collect();
            if cancelled(id) {
                assert!(own.len() <= 1, "{name}: {own:?}");
                continue;
            }
            let [answer] = own.as_slice() else {
                panic!("{name}: {request} is answered with {own:?}");
            };
            assert!(
                answer["error"].is_null(),
                "{name}: {request} is answered with {answer}"
            );
            if request["method"] == "tools/call" {
                let found = &answer["result"]["structuredContent"]["results"][0]["path"];
                assert_eq!(found, "guides/limiter.md", "{name}: {answer}");
            }
        }
    }
}

#[test]
fn a_version_is_agreed_on() {
    for (asked, agreed) in [
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2024-11-05", "2024-11-05"),
        ("2026-07-28", "2025-11-25"),
        ("2099-01-01", "2025-11-25"),
        ("", "2025-11-25"),
    ] {
        let world = world();
        let mut client = Client::start(&world);
        let begun = client.initialize("test", asked);
        assert_eq!(begun["protocolVersion"], agreed, "{asked}");
        assert_eq!(begun["serverInfo"]["name"], "mx");
        // What came later is not there.
        let listed = client.request("tools/list", json!({}))["result"].clone();
        assert_eq!(listed["tools"].as_array().map(Vec::len), Some(5));
        let keys: Vec<&String> = listed.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["tools"], "{asked}");
        let found = client.call("search", json!({"query": "limiter"}));
        assert!(found["resultType"].is_null(), "{found}");
        assert_eq!(client.request("ping", json!({}))["result"], json!({}));
    }
}

#[test]
fn the_new_era_has_no_beginning() {
    let world = world();
    let mut client = Client::start(&world);
    let tools = client.request("tools/list", json!({"_meta": meta(NEW)}))["result"].clone();
    assert_eq!(tools["resultType"], "complete");
    assert!(tools["ttlMs"].as_u64() > Some(0), "{tools}");
    assert_eq!(tools["cacheScope"], "private");
    let found = client.request(
        "tools/call",
        json!({"_meta": meta(NEW), "name": "search", "arguments": {"query": "limiter"}}),
    );
    assert_eq!(found["result"]["resultType"], "complete");
    assert_eq!(found["result"]["structuredContent"]["total"], 1);
    let read = json!({"_meta": meta(NEW), "uri": "mx://entry/guides/limiter.md"});
    let read = client.request("resources/read", read)["result"].clone();
    assert_eq!(read["ttlMs"], 0, "what changes may not be kept: {read}");
    let unknown = json!({"_meta": meta(NEW), "uri": "mx://entry/nothing.md"});
    let unknown = client.request("resources/read", unknown);
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
}

#[test]
fn a_version_that_is_not_spoken_is_told_with_those_that_are() {
    let world = world();
    let mut client = Client::start(&world);
    let found = client.request("server/discover", json!({"_meta": meta(NEW)}))["result"].clone();
    let spoken = found["supportedVersions"].clone();
    for version in ["2025-06-18", "2025-11-25", NEW] {
        assert!(
            spoken.as_array().expect("a list").contains(&json!(version)),
            "{spoken}"
        );
    }
    assert!(
        found["instructions"]
            .as_str()
            .expect("text")
            .contains("resume")
    );
    for method in ["tools/list", "server/discover"] {
        let refused = client.request(method, json!({"_meta": meta("2027-01-01")}));
        assert_eq!(refused["error"]["code"], -32022, "{refused}");
        assert_eq!(refused["error"]["data"]["supported"], spoken, "{refused}");
    }
    // A client of the new era that also knows the old one goes on with that.
    assert_eq!(
        client.initialize("test", "2025-11-25")["protocolVersion"],
        "2025-11-25"
    );
    assert_eq!(
        client.data("search", json!({"query": "limiter"}))["total"],
        1
    );
}

#[test]
fn what_is_listed_is_the_same_each_time_and_simple() {
    let world = world();
    let mut client = Client::begin(&world);
    let first = client.request("tools/list", json!({}))["result"].clone();
    assert_eq!(client.request("tools/list", json!({}))["result"], first);
    for tool in first["tools"].as_array().expect("tools") {
        let name = tool["name"].as_str().expect("a name");
        let description = tool["description"].as_str().expect("a description");
        assert!(description.len() > 100, "{name}");
        let input = tool["inputSchema"].to_string();
        for odd in [
            "$ref",
            "$schema",
            "oneOf",
            "anyOf",
            "\"null\"",
            "\"format\"",
        ] {
            assert!(!input.contains(odd), "{name}: {odd} in {input}");
        }
        let properties = tool["inputSchema"]["properties"]
            .as_object()
            .expect("properties");
        for (property, schema) in properties {
            assert!(schema["description"].is_string(), "{name}: {property}");
            assert!(schema["type"].is_string(), "{name}: {property} is {schema}");
        }
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["annotations"]["openWorldHint"], false, "{name}");
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{name}");
        let writes = ["log", "note"].contains(&name);
        assert_eq!(tool["annotations"]["readOnlyHint"], !writes, "{name}");
    }
}
