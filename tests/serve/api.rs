//! JSON: the answers are those of the command line.

use crate::client::Served;
use crate::client::common::World;
use serde_json::{Value, json};

fn world() -> World {
    World::with(&[
        ("projects/shop/auth.md", "# Auth\n\nTokens rotate #auth.\n"),
        ("guides/deploy.md", "# Deploy\n\nPush the tag.\n"),
    ])
}

#[test]
fn answers_are_those_of_the_command_line() {
    let served = Served::new(world());
    for (path, arguments) in [
        ("search?query=tokens", &["search", "tokens"][..]),
        (
            "search?tags=auth&sections=1&content=true",
            &["search", "--tags", "auth", "--sections", "1", "--content"],
        ),
        ("get?path=guides%2Fdeploy.md", &["get", "guides/deploy.md"]),
        (
            "get?title=Deploy&metadata=true",
            &["get", "--title", "Deploy", "--metadata"],
        ),
        (
            "get?path=guides/deploy&lines=3-",
            &["get", "guides/deploy", "--lines", "3-"],
        ),
        ("list?sort=title", &["list", "--sort", "title"]),
        ("tags", &["tags"]),
        ("recent?limit=3", &["recent", "-n", "3"]),
        ("next", &["next"]),
        ("decisions", &["decisions"]),
        ("resume?project=shop", &["resume", "--project", "shop"]),
        ("log/status", &["log", "status"]),
        ("log/list", &["log", "list"]),
        ("context", &["context", "show"]),
        ("index/check", &["index", "--check"]),
    ] {
        let answer = served.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.json(), served.world.json(arguments), "{path}");
    }
    for path in ["info", "doctor"] {
        assert_eq!(served.get(&format!("/api/v1/{path}")).status, 200, "{path}");
    }
}

#[test]
fn what_to_do_next_names_operations_and_no_commands() {
    let served = Served::new(world());
    served.world.mx(&["log", "start", "--goal", "Sell lamps"]);
    for number in 0..20 {
        served
            .world
            .mx(&["log", "decision", &format!("No chairs in room {number}")]);
    }
    let text = |path: &str| {
        let answer = served.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json().to_string()
    };
    let prime = text("prime?budget=900");
    assert!(prime.contains("`search auth module`"), "{prime}");
    let resume = text("resume?budget=300");
    assert!(resume.contains("`resume budget "), "{resume}");
    for told in [prime, resume, text("doctor"), text("context")] {
        assert!(!told.contains("`mx ") && !told.contains(" --"), "{told}");
    }
}

#[test]
fn failures_have_the_kinds_of_the_command_line_as_their_status() {
    let served = Served::new(world());
    for (path, status, kind) in [
        ("search", 400, "usage"),
        ("search?query=a&query=b", 400, "usage"),
        ("search?quer=a", 400, "usage"),
        ("search?query=a&limit=x", 400, "usage"),
        ("search?query=%FF", 400, "usage"),
        ("search?query=a%00b", 400, "usage"),
        ("get", 400, "usage"),
        ("get?path=a&title=b", 400, "usage"),
        ("get?path=guides/deploy.md&last=1&section=x", 400, "usage"),
        ("get?path=nowhere.md", 404, "not_found"),
        ("log/show?id=20200101-000000", 404, "not_found"),
        ("tags?x=1", 400, "usage"),
        ("info?x=1", 400, "usage"),
        ("nowhere", 404, "not_found"),
        ("", 404, "not_found"),
    ] {
        let answer = served.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.json()["error"]["kind"], kind, "{path}");
    }
    for (path, message, hint) in [
        (
            "search?query=a&path=guides/*",
            "there is no parameter 'path'",
            "did you mean paths?",
        ),
        (
            "recent?tag=a",
            "there is no parameter 'tag'",
            "did you mean tags?",
        ),
        (
            "search?query=a&since=bogus",
            "since: 'bogus' names no time",
            "write one of 2026-01-11, ",
        ),
        ("report?until=", "until: '' names no time", "write one of "),
    ] {
        let error = served.get(&format!("/api/v1/{path}")).json()["error"].clone();
        assert_eq!(error["message"], message, "{path}");
        let told = error["hints"][0].as_str().expect("a hint");
        assert!(told.starts_with(hint), "{path}: {told}");
    }
    assert_eq!(served.send("POST", "/api/v1/search", &[], b"").status, 401);
    let token = format!("Authorization: Bearer {}", served.token);
    let put = served.send("PUT", "/api/v1/search", &[&token], b"");
    assert_eq!((put.status, put.header("allow")), (405, Some("GET,HEAD")));
}

#[test]
fn notes_records_and_steps_are_written_and_seen() {
    let served = Served::new(world());
    let note =
        json!({"message": "Rotated the keys", "entry": "projects/shop/log.md", "tags": ["keys"]});
    let answer = served.post("/api/v1/note", &note);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        served
            .world
            .read("projects/shop/log.md")
            .contains("Rotated the keys")
    );
    let found = served.get("/api/v1/search?query=rotated+keys").json();
    assert_eq!(found["results"][0]["path"], "projects/shop/log.md");

    let log = |request: Value| {
        let answer = served.post("/api/v1/log", &request);
        assert_eq!(answer.status, 200, "{request}: {}", answer.text());
        answer.json()
    };
    let started = log(json!({"action": "start", "goal": "Sign in"}));
    let session = started["session"]["id"].clone();
    log(json!({"action": "row", "session": session, "row": {"event": "Wrote the parser"}}));
    log(json!({"action": "row", "session": session, "row": {"next": "Write the tests"}}));
    let next = served.get("/api/v1/next").json();
    let id = next["items"][0]["id"].clone();
    let done = served.post("/api/v1/next/done", &json!({"ids": [id]}));
    assert_eq!(done.json()["done"][0]["text"], "Write the tests");
    let undone = served.post("/api/v1/next/undo", &json!({"ids": ["Write the tests"]}));
    assert_eq!(undone.json()["open"][0]["text"], "Write the tests");
    assert_eq!(served.get("/api/v1/next").json()["items"][0]["done"], false);
    log(json!({"action": "end", "session": session, "summary": "Parsed"}));
    let shown = served.get(&format!(
        "/api/v1/log/show?id={}",
        session.as_str().expect("an id")
    ));
    assert_eq!(shown.json()["session"]["status"], "ended");
}

#[test]
fn what_is_no_request_writes_nothing() {
    let served = Served::new(world());
    let before = served.files();
    for (path, body, status) in [
        ("note", json!({}), 400),
        ("note", json!({"message": "x", "entry": "../out.md"}), 400),
        ("note", json!({"message": "x", "entry": "/tmp/out.md"}), 400),
        (
            "note",
            json!({"message": "x", "entry": ".mx/config.md"}),
            400,
        ),
        ("note", json!({"message": "x", "nonsense": 1}), 400),
        ("note", json!([]), 400),
        ("note", json!(["by array", "tok.md"]), 400),
        ("note", json!(null), 400),
        ("next/done", json!([["a"]]), 400),
        ("log", json!({"action": "nonsense"}), 400),
        ("log", json!({"action": "index", "nonsense": 1}), 400),
        ("log", json!({"action": "status", "nonsense": 1}), 400),
        (
            "log",
            json!({"action": "row", "row": {"file": {"path": "a", "nonsense": 1}}}),
            400,
        ),
        (
            "note?entry=b.md",
            json!({"message": "x", "entry": "a.md"}),
            400,
        ),
        ("next/done", json!({"ids": ["zzzz"]}), 404),
    ] {
        let answer = served.post(&format!("/api/v1/{path}"), &body);
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
    }
    let token = format!("Authorization: Bearer {}", served.token);
    let broken = [token.as_str(), "Content-Type: application/json"];
    let doubled = br#"{"message": "a", "message": "b", "entry": "a.md"}"#;
    let answer = served.send("POST", "/api/v1/note", &broken, doubled);
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("'message' is there more than once"));
    for (path, body) in [
        ("note", json!({"message": 1})),
        ("note", json!({"message": "x", "tags": 1})),
        ("log", json!({"action": "row", "row": 1})),
        ("log", json!({"action": "row", "row": "event"})),
        ("log", json!({"action": "row", "row": {"decision": "x"}})),
        ("log", json!({"action": "list", "limit": "x"})),
        ("next/done", json!({"ids": {"a": 1}})),
    ] {
        let text = served.post(&format!("/api/v1/{path}"), &body).text();
        for inner in ["struct", "enum", "usize", "Request", "variant of", "Texts"] {
            assert!(!text.contains(inner), "{path} {body}: {text}");
        }
    }
    assert_eq!(
        served.send("POST", "/api/v1/note", &broken, b"{").status,
        400
    );
    let form = [
        token.as_str(),
        "Content-Type: application/x-www-form-urlencoded",
    ];
    assert_eq!(
        served
            .send("POST", "/api/v1/note", &form, b"message=x")
            .status,
        415
    );
    assert_eq!(
        served.send("POST", "/api/v1/note", &[&token], b"{}").status,
        415
    );
    assert!(served.files() == before);
}

#[test]
fn the_same_answer_is_not_sent_twice() {
    let served = Served::new(world());
    let path = "/api/v1/search?query=tokens";
    let first = served.get(path);
    let tag = first.header("etag").expect("a tag").to_owned();
    let known = format!("If-None-Match: \"x\", W/{tag}");
    let again = served.send("GET", path, &[&known], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    served
        .world
        .write("projects/shop/more.md", "# More\n\nTokens again.\n");
    let changed = served.send("GET", path, &[&known], b"");
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    // What lies outside of the index changes the answer too.
    let path = "/api/v1/log/status";
    let tag = served.get(path).header("etag").expect("a tag").to_owned();
    served.world.mx(&["log", "start", "--goal", "x"]);
    let known = format!("If-None-Match: {tag}");
    assert_eq!(served.send("GET", path, &[&known], b"").status, 200);
}

#[test]
fn only_the_head_is_sent_where_only_that_is_wanted() {
    let served = Served::new(world());
    let head = served.send("HEAD", "/api/v1/tags", &[], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn a_knowledge_base_that_is_gone_is_not_made_again() {
    let served = Served::new(world());
    assert_eq!(served.get("/api/v1/search?query=tokens").status, 200);
    let (here, there) = (served.world.kb(), served.world.root().join("moved"));
    std::fs::rename(&here, &there).expect("it can be renamed");
    for path in ["search?query=tokens", "get?path=guides/deploy.md", "tags"] {
        let answer = served.get(&format!("/api/v1/{path}"));
        assert_eq!(answer.status, 500, "{path}: {}", answer.text());
        assert!(
            answer.text().contains("is not where it was"),
            "{}",
            answer.text()
        );
    }
    let note = json!({"message": "x", "entry": "a.md"});
    assert_eq!(served.post("/api/v1/note", &note).status, 500);
    assert!(!here.exists());
    std::fs::rename(&there, &here).expect("it can be renamed");
    assert_eq!(served.get("/api/v1/search?query=tokens").json()["total"], 1);
}

#[cfg(unix)]
#[test]
fn where_a_link_leads_is_not_told() {
    let world = world();
    let link = world.kb().join("passwd.md");
    std::os::unix::fs::symlink("/etc/passwd", link).expect("a link");
    let served = Served::new(world);
    for path in ["/api/v1/get?path=passwd.md", "/entry/passwd.md"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert!(
            !answer.text().contains("/etc/"),
            "{path}: {}",
            answer.text()
        );
    }
    for path in ["/health", "/api/v1/doctor"] {
        let answer = served.get(path);
        assert!(
            !answer.text().contains("/etc/passwd"),
            "{path}: {}",
            answer.text()
        );
        assert!(!answer.text().contains("href=\"/entry/passwd.md"), "{path}");
    }
}

#[test]
fn no_path_takes_parameters_that_it_does_not_have() {
    let served = Served::new(world());
    for path in ["events", "openapi.json", "search", "doctor"] {
        let answer = served.get(&format!("/api/v1/{path}?nonsense=1"));
        assert_eq!(answer.status, 400, "{path}: {answer:?}");
        assert!(
            answer.text().contains("no parameter 'nonsense'"),
            "{answer:?}"
        );
    }
    let none = served.get("/api/v1/search?query=a&sections=0");
    assert!(
        none.text()
            .contains("the number of sections must be at least 1"),
        "{none:?}"
    );
}
