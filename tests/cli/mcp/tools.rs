//! What the tools, resources and prompts do.

use super::client::{Client, text_of};
use crate::common::World;
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn the_schemas_are_what_the_types_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/mcp.json");
    let text = serde_json::to_string_pretty(&memex::mcp::describe_tools()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let found = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let how = "schema/mcp.json differs: run UPDATE_SCHEMA=1 cargo test --test cli schema";
    assert!(found == text, "{how}");
}

#[test]
fn tools_are_listed_with_their_schemas() {
    let mut client = Client::begin(&World::new());
    let listed = client.request("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().expect("tools");
    let described = memex::mcp::describe_tools();
    assert_eq!(tools.len(), described.as_object().expect("tools").len());
    for tool in tools {
        let described = &described[tool["name"].as_str().expect("a name")];
        for of in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[of], described[of], "{}", tool["name"]);
        }
    }
}

/// Returns the validators of what the tools answer.
fn output_schemas(client: &mut Client) -> Vec<(String, jsonschema::Validator)> {
    let listed = client.request("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().expect("tools");
    let validator = |tool: &Value| {
        let name = tool["name"].as_str().expect("a name").to_owned();
        (
            name,
            jsonschema::validator_for(&tool["outputSchema"]).expect("a schema"),
        )
    };
    tools.iter().map(validator).collect()
}

#[test]
fn a_session_is_logged_and_gone_on_with() {
    let world = World::new();
    let mut client = Client::begin(&world);
    let schemas = output_schemas(&mut client);
    let mut call = |tool: &str, arguments: Value| {
        let data = client.data(tool, arguments);
        let (_, schema) = schemas
            .iter()
            .find(|(name, _)| name == tool)
            .expect("a tool");
        assert!(schema.is_valid(&data), "{tool}: {data}");
        data
    };
    let begun = call(
        "log",
        json!({"kind": "start", "text": "Sign in with OAuth2"}),
    );
    assert_eq!(
        (&begun["kind"], &begun["project"]),
        (&json!("start"), &json!("shop"))
    );
    let session = begun["session"].clone();
    for row in [
        json!({"kind": "event", "text": "Token endpoint works"}),
        json!({"kind": "decision", "text": "Token bucket", "why": "simple enough"}),
        json!({"kind": "file", "text": "src/auth.rs", "action": "created", "why": "JWT"}),
        json!({"kind": "blocker", "text": "The refresh test fails"}),
        json!({"kind": "resolved", "text": "refresh", "why": "a frozen clock"}),
        json!({"kind": "blocker", "text": "No staging system"}),
        json!({"kind": "next", "text": "User routes"}),
        json!({"kind": "next", "text": "Release"}),
        json!({"kind": "done", "text": "Release"}),
        json!({"kind": "checkpoint", "text": "Half way"}),
    ] {
        assert_eq!(call("log", row.clone())["session"], session, "{row}");
    }
    let state = call("resume", json!({}));
    assert_eq!(state["running"][0]["session"], session);
    assert_eq!(state["next"][0]["text"], "User routes");
    assert_eq!(state["next"].as_array().map(Vec::len), Some(1), "{state}");
    assert_eq!(state["blocked"][0]["text"], "No staging system");
    assert_eq!(state["decided"][0]["decision"], "Token bucket");
    assert_eq!(state["decided"][0]["why"], "simple enough");
    let record = call("get", json!({"session": session}));
    assert!(
        record["content"]
            .as_str()
            .expect("text")
            .contains("a frozen clock")
    );
    let end =
        json!({"kind": "end", "text": "OAuth2 works", "state": "tests pass", "next": "routes"});
    let ended = call("log", end);
    assert!(
        ended["text"]
            .as_str()
            .expect("text")
            .contains("OAuth2 works"),
        "{ended}"
    );
    let state = call("resume", json!({}));
    assert_eq!(state["running"], json!([]));
    assert_eq!(state["done"][0]["summary"], "OAuth2 works.");
    let found = call("search", json!({"query": "frozen clock"}));
    assert_eq!(found["results"][0]["path"], ended["file"]);
}

/// What was logged is known to who logged it: of a long text the beginning is enough.
#[test]
fn a_long_row_is_repeated_in_part() {
    let world = World::new();
    let mut client = Client::begin(&world);
    let long = |what: &str| format!("{what} {}", "at random ".repeat(1000));
    client.data("log", json!({"kind": "blocker", "text": long("Fails")}));
    let resolved = json!({"kind": "resolved", "text": long("Fails"), "why": long("Clock")});
    let step = json!({"kind": "next", "text": long("Retry")});
    for arguments in [resolved, step, json!({"kind": "done", "text": "Retry"})] {
        let answer = client.call("log", arguments.clone());
        assert!(answer.to_string().len() <= 2000, "{answer}");
        let data = &answer["structuredContent"];
        let begins = data["text"].as_str().expect("a text").chars().take(5);
        let begins: String = begins.collect();
        assert!(["Fails", "Retry"].contains(&begins.as_str()), "{answer}");
        assert_eq!(data["left_out"][0]["what"], "lines", "{answer}");
        assert!(text_of(&answer).contains("left out: "), "{answer}");
    }
    let open = world.json(&["next", "--all"]);
    assert!(open.to_string().contains(long("Retry").trim()), "{open}");
}

/// A client that has tools and no shell is not asked to type anything.
#[test]
fn no_answer_names_a_command() {
    let world = World::new();
    let mut client = Client::begin(&world);
    let mut said = Vec::new();
    let mut call = |tool: &str, arguments: Value| {
        let result = client.call(tool, arguments);
        let text = format!("{}\n{}", text_of(&result), result["structuredContent"]);
        said.push(text.clone());
        text
    };
    call("log", json!({"kind": "end"}));
    call("log", json!({"kind": "start", "text": "Sign in"}));
    let running = call("log", json!({"kind": "start", "text": "Sign in"}));
    assert!(
        running.contains("or end it (`log` with kind: end)"),
        "{running}"
    );
    assert!(!running.contains("command line"), "{running}");
    let open = call("log", json!({"kind": "done", "text": "nothing"}));
    assert!(open.contains("`resume` lists what is open"), "{open}");
    for number in 0..40 {
        let text = format!("Half {number} of it works, the other half does not");
        call("log", json!({"kind": "event", "text": text}));
        call(
            "log",
            json!({"kind": "decision", "text": format!("Way {number}")}),
        );
    }
    call(
        "log",
        json!({"kind": "blocker", "text": "No staging system"}),
    );
    let saved = call("log", json!({"kind": "checkpoint"}));
    assert!(saved.contains("kind: resolved"), "{saved}");
    call("note", json!({"text": "A word on staging"}));
    let block = call("resume", json!({"budget": 2800}));
    assert!(block.contains("`get` with session: "), "{block}");
    call("search", json!({"query": "yesterday"}));
    call("get", json!({"session": "20010101"}));
    call("get", json!({"title": "nothing"}));
    call("log", json!({"kind": "end"}));
    let prompt = client.request("prompts/get", json!({"name": "resume"}));
    said.push(prompt.to_string());
    let for_the_user = "(for the user, on the command line)";
    for text in said {
        for (at, _) in text.match_indices("mx ") {
            let told: String = text[at..].chars().take(70).collect();
            assert!(told.contains(for_the_user), "{told} in {text}");
        }
        assert!(
            !text.contains(" --") || text.contains(for_the_user),
            "{text}"
        );
    }
}

#[test]
fn a_note_is_found_at_once_and_in_order() {
    let world = World::new();
    let mut client = Client::begin(&world);
    // The answer is not waited for before the next question.
    for number in 0..40 {
        let note = json!({"name": "note", "arguments": {
            "text": format!("The limiter number{number} is a bucket"),
            "entry": "projects/shop/sessions.md",
            "tags": "limits, bucket",
        }});
        let search = json!({"name": "search", "arguments": {"query": format!("number{number}")}});
        for (id, params) in [(number * 2, note), (number * 2 + 1, search)] {
            let id = id + 1000;
            client.send(
                &json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}),
            );
        }
    }
    for number in 0..40 {
        let found = client.wait_for(&json!(number * 2 + 1001));
        let sections = &found["result"]["structuredContent"]["results"][0]["sections"];
        let snippet = sections[0]["snippet"].as_str().expect("a snippet");
        assert!(
            snippet.contains(&format!("number{number} ")),
            "{number}: {found}"
        );
        assert_eq!(sections[0]["tags"], json!(["limits", "bucket"]));
    }
}

#[test]
fn an_answer_fits_its_budget_and_says_what_it_leaves_out() {
    let world = World::new();
    for number in 0..30 {
        let lines: String = (0..80)
            .map(|line| format!("limiter line {line} of {number}\n"))
            .collect();
        world.write(
            &format!("guides/g{number}.md"),
            format!("# Guide {number}\n\n{lines}"),
        );
    }
    let mut client = Client::begin(&world);
    let found = client.call(
        "search",
        json!({"query": "limiter", "limit": 20, "budget": 3000}),
    );
    let data = &found["structuredContent"];
    assert!(data.to_string().len() < 4000, "{}", data.to_string().len());
    let shown = data["results"].as_array().expect("results").len() as u64;
    let left = data["left_out"].as_array().expect("what is left out");
    let left: u64 = left.iter().filter_map(|left| left["count"].as_u64()).sum();
    assert!(shown > 0 && shown + left == 30, "{data}");
    assert!(
        text_of(&found).contains("left out: "),
        "{}",
        text_of(&found)
    );

    let whole = json!({"query": "limiter", "limit": 2, "whole_sections": true, "budget": 2500});
    let whole = client.data("search", whole);
    assert!(
        whole["results"][0]["sections"][0]["content"].is_string(),
        "{whole}"
    );

    let begun = client.data("get", json!({"path": "guides/g1.md", "budget": 2000}));
    let how = begun["left_out"][0]["how"]
        .as_str()
        .expect("how")
        .to_owned();
    let from = how
        .strip_prefix("call get with path: guides/g1.md, lines: ")
        .expect("lines");
    let rest = client.data(
        "get",
        json!({"path": "guides/g1.md", "lines": from, "budget": 5000}),
    );
    let both = format!(
        "{}{}",
        begun["content"].as_str().expect("text"),
        rest["content"].as_str().expect("text")
    );
    assert_eq!(both, world.read("guides/g1.md"));

    let outline = client.data("get", json!({"path": "guides/g1.md", "outline": true}));
    assert_eq!(outline["sections"][0]["heading"], "Guide 1");
    assert!(outline["content"].is_null());
}

#[test]
fn what_goes_wrong_is_said_to_the_model() {
    let world = World::with(&[("a.md", "# A\n")]);
    let mut client = Client::begin(&world);
    for (tool, arguments, told) in [
        ("search", json!({}), "`search` with query: auth module"),
        (
            "search",
            json!({"query": "a", "since": "tomorrowish"}),
            "since: 'tomorrowish' names no time\nhint: write one of ",
        ),
        ("search", json!({"words": "a"}), "unknown field `words`"),
        ("get", json!({"path": "b.md"}), "no entry at 'b.md'"),
        ("get", json!({"path": "../outside.md"}), "outside"),
        ("get", json!({}), "give one of path, title and session"),
        (
            "get",
            json!({"path": "a.md", "title": "A"}),
            "give one of path, title and session",
        ),
        (
            "get",
            json!({"path": "a.md", "lines": "1", "last": 1}),
            "not several",
        ),
        (
            "get",
            json!({"path": "a.md", "lines": "x"}),
            "write lines as 10-20",
        ),
        (
            "get",
            json!({"session": "20260111-000000"}),
            "20260111-000000",
        ),
        ("log", json!({"kind": "event"}), "say what is to be logged"),
        (
            "log",
            json!({"kind": "event", "text": "  "}),
            "say what is to be logged",
        ),
        (
            "log",
            json!({"kind": "dance", "text": "x"}),
            "expected one of `start`",
        ),
        ("log", json!({"text": "x"}), "missing field `kind`"),
        (
            "log",
            json!({"kind": "event", "text": "x", "next": "y"}),
            "event has no next: nothing was logged",
        ),
        (
            "log",
            json!({"kind": "next", "text": "x", "why": "y"}),
            "why belongs to kind decision or resolved or file",
        ),
        (
            "search",
            json!({"query": "a", "limit": 1.5}),
            "1.5 is not a number from 0",
        ),
        (
            "get",
            json!({"path": "a.md", "project": "shop"}),
            "project is only of use with session",
        ),
        (
            "get",
            json!({"path": "a.md", "offset": 99}),
            "it has 4 characters",
        ),
        (
            "log",
            json!({"kind": "event", "text": "x", "directory": "shop"}),
            "not absolute",
        ),
        (
            "log",
            json!({"kind": "checkpoint"}),
            "`log` with kind: start",
        ),
        (
            "note",
            json!({"text": " ", "entry": "b.md"}),
            "the message is empty",
        ),
        ("note", json!({"text": 7, "entry": "b.md"}), "invalid type"),
    ] {
        let text = client.failure(tool, arguments.clone());
        assert!(text.contains(told), "{tool} {arguments}: {text}");
        assert!(
            !text.contains("--"),
            "an option of the command line: {text}"
        );
    }
    let unknown = client.request("tools/call", json!({"name": "forget", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    // `null` is as good as nothing, and no arguments at all are none.
    let found = client.data(
        "search",
        json!({"query": "A", "project": null, "limit": 10.0, "budget": null}),
    );
    assert_eq!(found["total"], 1);
    let bare = client.request("tools/call", json!({"name": "resume"}));
    assert_eq!(bare["result"]["isError"], false, "{bare}");
}

#[test]
fn resources_are_entries_and_sessions() {
    let world = World::with(&[("guides/a b ä.md", "# Odd name\n\nText.\n")]);
    let mut client = Client::begin(&world);
    client.data("log", json!({"kind": "event", "text": "Began"}));
    let ended = client.data("log", json!({"kind": "end", "text": "Finished"}));
    let session = ended["session"].as_str().expect("an id").to_owned();
    let listed = client.request("resources/list", json!({}));
    let listed = listed["result"]["resources"]
        .as_array()
        .expect("resources")
        .clone();
    let uris: Vec<&str> = listed
        .iter()
        .filter_map(|one| one["uri"].as_str())
        .collect();
    assert_eq!(
        uris,
        [
            format!("mx://session/{session}?project=shop").as_str(),
            "mx://entry/guides/a%20b%20%C3%A4.md",
        ]
    );
    let short = format!("mx://session/{session}");
    for (uri, text) in [(uris[0], "Began"), (uris[1], "Text."), (&short, "Began")] {
        let read = client.request("resources/read", json!({"uri": uri}));
        let contents = &read["result"]["contents"][0];
        assert!(
            contents["text"].as_str().expect("text").contains(text),
            "{read}"
        );
        assert_eq!(contents["mimeType"], "text/markdown");
    }
    let templates = client.request("resources/templates/list", json!({}));
    let templates = templates["result"]["resourceTemplates"]
        .as_array()
        .expect("templates")
        .len();
    assert_eq!(templates, 2);
    for uri in [
        "mx://entry/none.md",
        "mx://session/20200101-000000",
        "mx://x/y",
        "file:///etc/passwd",
        "mx://entry/../../x.md",
        "mx://entry/%2e%2e/x.md",
        "mx://entry/.mx/x.md",
        "mx://entry/",
        "",
    ] {
        let read = client.request("resources/read", json!({"uri": uri}));
        assert_eq!(read["error"]["code"], -32002, "{uri}: {read}");
    }
}

/// Links that lead nowhere, and what else is no entry, are as absent as what is not there.
#[cfg(unix)]
#[test]
fn what_is_there_and_is_no_entry_is_no_resource() {
    use std::os::unix::fs::symlink;
    let world = World::with(&[
        ("a.md", "# A\n"),
        ("dir.md/b.md", "# B\n"),
        (".mx/c.md", ""),
    ]);
    for (to, link) in [
        ("gone.md", "link.md"),
        ("loop.md", "loop.md"),
        ("/etc/hosts", "out.md"),
        ("gone", "gone"),
        (".mx", "hidden"),
    ] {
        symlink(to, world.kb().join(link)).expect("a link");
    }
    let mut client = Client::begin(&world);
    for (path, told) in [
        ("link.md", "is a link to nowhere"),
        ("loop.md", "is a link to nowhere"),
        ("out.md", "leads out of the knowledge base"),
        ("gone/a.md", "no entry at"),
        ("hidden/c.md", "a hidden part"),
        ("dir.md", "is a directory"),
        ("a.md/b.md", "no entry at"),
    ] {
        let uri = format!("mx://entry/{path}");
        let read = client.request("resources/read", json!({"uri": uri}));
        assert_eq!(read["error"]["code"], -32002, "{path}: {read}");
        let message = read["error"]["message"].as_str().expect("a text");
        assert!(message.contains(told), "{path}: {message}");
    }
    let got = world.mx(&["get", "link.md"]);
    assert!(got.ends_with("--- exit 3\n"), "{got}");
}

#[test]
fn prompts_go_on_and_hand_over() {
    let world = World::new();
    let mut client = Client::begin(&world);
    let listed = client.request("prompts/list", json!({}))["result"]["prompts"].clone();
    let names = [&listed[0]["name"], &listed[1]["name"]];
    assert_eq!(names, [&json!("resume"), &json!("handoff")]);
    let mut prompt = |name: &str, arguments: Value| {
        let params = json!({"name": name, "arguments": arguments});
        let answer = client.request("prompts/get", params);
        let text = answer["result"]["messages"][0]["content"]["text"].as_str();
        text.unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    assert!(prompt("resume", json!({})).contains("Nothing is recorded of the project shop"));
    assert!(prompt("handoff", json!({})).contains("Nothing of this session is recorded"));
    world.mx(&["log", "event", "Half of it works"]);
    assert!(prompt("resume", json!({})).contains("Half of it works"));
    assert!(prompt("handoff", json!({})).contains("Half of it works"));
    assert!(prompt("resume", json!({"project": "other"})).contains("project other"));
    for (name, arguments) in [
        ("resume", json!({"projekt": "shop"})),
        ("resume", json!({"project": 7})),
        ("handoff", json!({"project": "shop"})),
        ("handoff", json!({"directory": "shop"})),
        ("resume", json!({"directory": "shop"})),
        ("resume", json!({"x".repeat(10_000): "shop"})),
    ] {
        let params = json!({"name": name, "arguments": arguments});
        let refused = client.request("prompts/get", params);
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        assert!(measure(&refused) < 1000, "{}", measure(&refused));
    }
    let long = json!({"name": "resume", "arguments": {"project": "x".repeat(100_000)}});
    let answer = client.request("prompts/get", long);
    assert!(measure(&answer) < 2000, "{}", measure(&answer));
    let unknown = client.request("prompts/get", json!({"name": "dance"}));
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
}

#[test]
fn prompts_are_about_the_directory_that_is_named() {
    let world = World::new();
    let other = world.root().join("api");
    std::fs::create_dir(&other).expect("a directory");
    let run = world.command(&["log", "event", "The api begins"]);
    assert!(run.within(&other).output().status.success());
    let mut client = Client::begin(&world);
    for prompt in ["resume", "handoff"] {
        let params = json!({"name": prompt, "arguments": {"directory": other}});
        let answer = client.request("prompts/get", params).to_string();
        assert!(answer.contains("The api begins"), "{prompt}: {answer}");
    }
    if cfg!(unix) && !Path::new("/.git").exists() {
        for prompt in ["resume", "handoff"] {
            let params = json!({"name": prompt, "arguments": {"directory": "/"}});
            let answer = client.request("prompts/get", params).to_string();
            assert!(answer.contains("There is no project"), "{prompt}: {answer}");
        }
        let state = client.call("resume", json!({"directory": "/"}));
        assert!(
            text_of(&state).contains("there is no project in /"),
            "{state}"
        );
    }
}

/// Returns how many characters an agent receives.
fn measure(result: &Value) -> usize {
    result.to_string().chars().count()
}

#[test]
fn a_budget_bounds_all_that_is_received() {
    let world = World::new();
    let mut client = Client::begin(&world);
    for number in 0..30 {
        let text = format!(
            "The \"limiter\" number {number}: {}",
            "more of it\n".repeat(200)
        );
        world.write(
            &format!("g{number}.md"),
            format!("# Guide {number}\n\n{text}"),
        );
        let text = format!("Way {number} {}", "is good ".repeat(30));
        for kind in ["event", "decision", "next", "blocker"] {
            client.data(
                "log",
                json!({"kind": kind, "text": format!("{kind} {text}")}),
            );
        }
    }
    let headings: String = (0..2000)
        .map(|number| format!("## Part {number}\n\n"))
        .collect();
    world.write(
        "parts.md",
        format!("# {}\n\n{headings}", "Long title ".repeat(3000)),
    );
    let begun = client.data("log", json!({"kind": "start"}));
    let session = begun["session"].clone();
    for (tool, arguments) in [
        ("search", json!({"query": "limiter", "limit": 100})),
        (
            "search",
            json!({"query": "limiter", "whole_sections": true}),
        ),
        (
            "search",
            json!({"query": format!("limiter {}", "x".repeat(1 << 16))}),
        ),
        ("search", json!({"since": "7d"})),
        ("get", json!({"path": "g1.md"})),
        ("get", json!({"path": "parts.md"})),
        ("get", json!({"path": "parts.md", "outline": true})),
        ("get", json!({"session": session})),
        ("resume", json!({})),
    ] {
        for budget in [0, 1, 100, 2000, 3000, 10_000, 50_000, 1_000_000_000] {
            let mut arguments = arguments.clone();
            arguments["budget"] = json!(budget);
            let result = client.call(tool, arguments.clone());
            let most = budget.clamp(2000, 200_000);
            let shown: String = arguments.to_string().chars().take(100).collect();
            assert!(measure(&result) <= most, "{} of {shown}", measure(&result));
            let data = &result["structuredContent"];
            let is_bounded = data["remarks"]
                .to_string()
                .contains("budget is 200000 at most");
            assert_eq!(is_bounded, budget > 200_000, "{shown}: {}", data["remarks"]);
            let is_cut = data["left_out"].is_array();
            assert!(is_cut || budget > 2000, "{shown} is not cut to {budget}");
        }
        let usual = measure(&client.call(tool, arguments.clone()));
        assert!(usual <= 40_000, "{usual} of {tool}");
    }
    // What was asked for is repeated in an error, too.
    let long = "x".repeat(1 << 20);
    for (tool, arguments) in [
        ("get", json!({"path": long})),
        ("get", json!({"title": long})),
        ("get", json!({"session": long})),
        ("search", json!({"query": "a", "since": long})),
        (
            "log",
            json!({"kind": "event", "text": "x", "session": long}),
        ),
        ("log", json!({"kind": long})),
        ("log", json!({"kind": "event", "text": long})),
    ] {
        let result = client.call(tool, arguments);
        assert!(measure(&result) < 25_000, "{tool}: {}", measure(&result));
    }
    let unknown_project = client.call("resume", json!({"project": long, "budget": 2000}));
    assert!(
        measure(&unknown_project) <= 2000,
        "{}",
        measure(&unknown_project)
    );
    let unknown = client.request("tools/call", json!({"name": long, "arguments": {}}));
    assert!(measure(&unknown) < 2000);
}

#[test]
fn a_limit_has_an_end_and_says_so() {
    let world = World::new();
    for number in 0..120 {
        world.write(
            &format!("g{number}.md"),
            format!("# Guide {number}\n\nbucket\n"),
        );
    }
    let mut client = Client::begin(&world);
    let found = client.data(
        "search",
        json!({"query": "bucket", "limit": 1000, "budget": 200_000}),
    );
    assert_eq!(found["results"].as_array().map(Vec::len), Some(100));
    assert_eq!(found["remarks"], json!(["limit is 100 at most"]));
    let how = "narrow it by project, tags, paths or since";
    assert_eq!(
        found["left_out"],
        json!([{"what": "entries", "count": 20, "how": how}])
    );
    let found = client.data(
        "search",
        json!({"query": "bucket", "limit": 99, "budget": 200_000}),
    );
    let how = found["left_out"][0]["how"].as_str().expect("how");
    assert!(
        how.starts_with("call search with a larger limit (up to 100)"),
        "{how}"
    );
}

#[test]
fn a_long_line_is_read_to_its_end() {
    let world = World::new();
    let line: String = (0..20_000)
        .map(|number| format!("{number} é \"; "))
        .collect();
    let text = format!("# Big\n\nfirst\n{line}\n\nlast\n");
    world.write("big.md", &text);
    let mut client = Client::begin(&world);
    for (asked, wanted) in [
        (json!({"path": "big.md"}), text.clone()),
        (json!({"path": "big.md", "lines": "4"}), format!("{line}\n")),
        (
            json!({"path": "big.md", "lines": "3-4"}),
            format!("first\n{line}\n"),
        ),
        (json!({"path": "big.md", "section": "Big"}), text.clone()),
    ] {
        let mut arguments = asked.clone();
        let mut read = String::new();
        for turn in 0.. {
            assert!(turn < 200, "{arguments} has no end");
            let got = client.data("get", arguments.clone());
            read += got["content"].as_str().expect("text");
            let Some(how) = got["left_out"][0]["how"].as_str() else {
                break;
            };
            if let Some((_, offset)) = how.split_once("the same arguments and offset: ") {
                arguments["offset"] = json!(offset.parse::<u64>().expect("a number"));
            } else {
                let lines = how.strip_prefix("call get with path: big.md, lines: ");
                arguments = json!({"path": "big.md", "lines": lines.expect("lines")});
            }
        }
        assert_eq!(read.trim_end(), wanted.trim_end(), "{asked}");
    }
}

#[test]
fn short_lines_before_a_long_one_are_not_all_that_is_read() {
    let world = World::new();
    let text = format!(
        "# Big\n\n{}{}\n",
        "short\n".repeat(50),
        "word ".repeat(20_000)
    );
    world.write("big.md", &text);
    let got = Client::begin(&world).data("get", json!({"path": "big.md"}));
    let read = got["content"].as_str().expect("text");
    assert!(read.len() > 10_000, "{} of 40000", read.len());
    let how = got["left_out"][0]["how"].as_str().expect("how to go on");
    let next = format!("offset: {}", read.len());
    assert!(how.ends_with(&next), "{how}, not {next}");
}

#[test]
fn a_note_that_names_no_entry_has_a_place_in_every_project() {
    let world = World::new();
    let mut client = Client::begin(&world);
    let noted = client.data("note", json!({"text": "The limiter counts logins"}));
    assert_eq!(noted["path"], "projects/shop/sessions.md");
    assert_eq!(noted["context_source"], "project");
    assert!(
        world
            .read("projects/shop/sessions.md")
            .contains("counts logins")
    );
    world.context("primary: guides\n");
    let noted = client.data("note", json!({"text": "The context comes first"}));
    assert_eq!(noted["path"], "guides/sessions.md");
}

/// Two projects in which a session began in the same second.
#[test]
fn sessions_of_one_id_are_told_apart_by_their_project() {
    let world = World::new();
    let mut client = Client::begin(&world);
    client.data("log", json!({"kind": "event", "text": "In the shop"}));
    let ended = client.data("log", json!({"kind": "end"}));
    let (path, id) = (ended["file"].as_str().expect("a path"), &ended["session"]);
    let other = world.read(path).replace("shop", "depot");
    world.write(&path.replace("/shop/", "/depot/"), other);
    let listed = client.request("resources/list", json!({}));
    let listed = listed["result"]["resources"]
        .as_array()
        .expect("a list")
        .clone();
    let uris: Vec<&str> = listed
        .iter()
        .filter_map(|one| one["uri"].as_str())
        .collect();
    assert_eq!(uris.len(), 2, "{uris:?}");
    for project in ["shop", "depot"] {
        let id = id.as_str().expect("an id");
        let uri = format!("mx://session/{id}?project={project}");
        assert!(uris.contains(&uri.as_str()), "{uris:?}");
        let read = client.request("resources/read", json!({"uri": uri}));
        let text = read["result"]["contents"][0]["text"]
            .as_str()
            .expect("text");
        assert!(text.contains(&format!("In the {project}")), "{text}");
        let got = client.data("get", json!({"session": id, "project": project}));
        assert_eq!(got["project"], project);
    }
    for tool in ["get", "resume"] {
        let said = client.failure(tool, json!({"session": id}));
        assert!(said.contains("2 sessions have the id"), "{said}");
        assert!(said.contains("say which one: project: NAME"), "{said}");
        assert!(said.contains("(depot) in session_logs/depot/"), "{said}");
    }
    // One of them goes on.
    let running = client.data("log", json!({"kind": "start"}))["session"].clone();
    let record = world.read(path).replace(
        id.as_str().expect("an id"),
        running.as_str().expect("an id"),
    );
    let name = format!("session_logs/depot/{}.md", running.as_str().expect("an id"));
    world.write(&name, record.replace("shop", "depot"));
    let said = client.failure("get", json!({"session": running}));
    assert!(said.contains("2 sessions have the id"), "{said}");
    let got = client.data("get", json!({"session": running, "project": "shop"}));
    assert_eq!(got["project"], "shop");
}

#[test]
fn what_was_resolved_was_known_or_it_is_said() {
    let world = World::new();
    let mut client = Client::begin(&world);
    client.data(
        "log",
        json!({"kind": "blocker", "text": "No staging system"}),
    );
    let known = client.data(
        "log",
        json!({"kind": "resolved", "text": "staging", "why": "made one"}),
    );
    assert!(known["remarks"].is_null(), "{known}");
    let unknown = client.data(
        "log",
        json!({"kind": "resolved", "text": "No coffee", "why": "tea"}),
    );
    let said = unknown["remarks"].to_string();
    assert!(said.contains("no blocker of that text was known"), "{said}");
}

#[test]
fn all_resources_are_listed_page_by_page() {
    let world = World::new();
    for number in 0..1100 {
        world.write(&format!("g{number}.md"), format!("# Guide {number}\n"));
    }
    let mut client = Client::begin(&world);
    let mut uris = std::collections::BTreeSet::new();
    let mut params = json!({});
    let mut pages = 0;
    loop {
        let page = client.request("resources/list", params)["result"].clone();
        let listed = page["resources"].as_array().expect("resources").clone();
        uris.extend(
            listed
                .iter()
                .map(|one| one["uri"].as_str().expect("a URI").to_owned()),
        );
        pages += 1;
        match page["nextCursor"].as_str() {
            Some(cursor) => params = json!({"cursor": cursor}),
            None => break,
        }
    }
    assert_eq!((uris.len(), pages), (1100, 3));
    for method in [
        "resources/list",
        "tools/list",
        "prompts/list",
        "resources/templates/list",
    ] {
        let refused = client.request(method, json!({"cursor": "x"}));
        assert_eq!(refused["error"]["code"], -32602, "{method}: {refused}");
    }
}
