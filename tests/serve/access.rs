//! Whom the server refuses.

use crate::client::Served;
use crate::client::common::World;

fn served() -> Served {
    let world = World::with(&[("a.md", "# Alpha\n\nSecret plans.\n")]);
    std::fs::write(world.root().join("outside.md"), "# Outside\n\nTreasure.\n").expect("a file");
    Served::new(world)
}

const NOTE: &[u8] = br#"{"message":"intruder","entry":"a.md"}"#;
const JSON: &str = "Content-Type: application/json";

#[test]
fn a_name_that_was_made_to_lead_here_is_refused() {
    let served = served();
    let port = served.host.split(':').nth(1).expect("a port").to_owned();
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "192.168.0.1",
        "",
    ] {
        let line = format!("Host: {host}:{port}");
        for path in ["/", "/api/v1/search?query=plans", "/sign-in?key=x"] {
            let answer = served.send("GET", path, &[&line], b"");
            assert!(
                matches!(answer.status, 400 | 403),
                "{host} {path}: {answer:?}"
            );
            assert!(!answer.text().contains("Secret"));
        }
    }
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"] {
        let line = format!("Host: {host}:{port}");
        assert_eq!(
            served.send("GET", "/api/v1/tags", &[&line], b"").status,
            200,
            "{host}"
        );
    }
    for raw in [
        "GET /api/v1/tags HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /api/v1/tags HTTP/1.0\r\n\r\n".to_owned(),
        format!(
            "GET /api/v1/tags HTTP/1.1\r\nHost: {0}\r\nHost: evil\r\nConnection: close\r\n\r\n",
            served.host
        ),
        format!(
            "GET http://evil/api/v1/tags HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            served.host
        ),
    ] {
        let answer = crate::client::read_answer(&served.send_raw(raw.as_bytes()));
        assert_eq!(answer.status, 400, "{raw}");
    }
}

#[test]
fn pages_of_other_sites_neither_read_nor_write() {
    let served = served();
    let before = served.files();
    let token = format!("Authorization: Bearer {}", served.token);
    let other_port = "Origin: http://127.0.0.1:1";
    for line in [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: file://",
        other_port,
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ] {
        let read = served.send("GET", "/api/v1/search?query=plans", &[line], b"");
        assert_eq!(read.status, 403, "{line}");
        let write = served.send("POST", "/api/v1/note", &[line, &token, JSON], NOTE);
        assert_eq!(write.status, 403, "{line}");
    }
    let own = format!("Origin: http://{}", served.host);
    assert_eq!(served.send("GET", "/api/v1/tags", &[&own], b"").status, 200);
    // A link on another site leads to a page, but to nothing else.
    let link = [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: document",
    ];
    assert_eq!(served.send("GET", "/", &link, b"").status, 200);
    assert_eq!(served.send("GET", "/api/v1/tags", &link, b"").status, 403);
    let frame = [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-Dest: iframe",
    ];
    assert_eq!(served.send("GET", "/", &frame, b"").status, 403);
    assert_eq!(
        served
            .send("OPTIONS", "/api/v1/note", &[other_port], b"")
            .status,
        403
    );
    assert!(served.files() == before);
}

#[test]
fn nobody_writes_without_the_token() {
    let served = served();
    let before = served.files();
    let (mut wrong, good) = (served.token.clone(), served.token.clone());
    wrong.replace_range(0..1, if wrong.starts_with('0') { "1" } else { "0" });
    for line in [
        "X-Nothing: 1".to_owned(),
        format!("Authorization: Bearer {wrong}"),
        format!("Authorization: Bearer {}", &good[1..]),
        format!("Authorization: Bearer {good}0"),
        format!("Authorization: Basic {good}"),
        "Authorization: Bearer".to_owned(),
        format!("Cookie: mx={good}"),
        format!("X-Token: {good}"),
    ] {
        for path in ["note", "log", "next/done", "next/undo", "mcp"] {
            let answer = served.send("POST", &format!("/api/v1/{path}"), &[&line, JSON], NOTE);
            assert_eq!(answer.status, 401, "{line} {path}");
        }
        assert_eq!(
            served.send("POST", "/", &[&line], b"x=1").status,
            401,
            "{line}"
        );
    }
    let query = format!("/api/v1/note?token={good}");
    assert_eq!(served.send("POST", &query, &[JSON], NOTE).status, 401);
    let answer = served.send("POST", "/api/v1/note", &[JSON], NOTE);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert!(served.files() == before);
}

#[test]
fn a_browser_signs_in_with_a_link_that_is_good_once() {
    let mut served = served();
    assert_eq!(served.send("GET", "/sign-in?key=0", &[], b"").status, 403);
    let link = served.sign_in.clone();
    assert_eq!(served.send("HEAD", &link, &[], b"").status, 405);
    let answer = served.send("GET", &link, &[], b"");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    assert!(
        !cookie.contains(&served.token),
        "the cookie is not the token"
    );
    assert_eq!(served.send("GET", &link, &[], b"").status, 403);
    let next = served.next_line()["sign_in"]
        .as_str()
        .expect("a link")
        .to_owned();
    let next = next.replace(&format!("http://{}", served.host), "");
    assert_ne!(next, link);
    assert_eq!(served.send("GET", &next, &[], b"").status, 303);

    let cookie = format!(
        "Cookie: other=1; {}",
        cookie.split(';').next().expect("a pair")
    );
    let own = format!("Origin: http://{}", served.host);
    // The browser sends the cookie along for any page: only what a page of ours sends counts.
    let foreign = served.send("POST", "/api/v1/note", &[&cookie, JSON], NOTE);
    assert_eq!(foreign.status, 401);
    let ours = served.send("POST", "/api/v1/note", &[&cookie, &own, JSON], NOTE);
    assert_eq!(ours.status, 200, "{}", ours.text());
    let form = "Content-Type: application/x-www-form-urlencoded";
    let before = served.files();
    for body in [
        &b"step=1"[..],
        b"step=1&nonce=",
        b"step=1&nonce=0000",
        b"\xFF=1",
    ] {
        let answer = served.send("POST", "/", &[&cookie, &own, form], body);
        assert!(matches!(answer.status, 400 | 403), "{answer:?}");
    }
    assert!(served.files() == before);
}

#[test]
fn a_private_server_tells_nothing_without_the_token() {
    let world = World::with(&[("a.md", "# Alpha\n\nSecret plans.\n")]);
    let served = Served::start(world, &["--private"]);
    for path in [
        "/",
        "/api/v1/tags",
        "/api/v1/events",
        "/api/v1/openapi.json",
        "/mcp",
    ] {
        assert_eq!(served.get(path).status, 401, "{path}");
    }
    let token = format!("Authorization: bearer {}", served.token);
    assert_eq!(
        served.send("GET", "/api/v1/tags", &[&token], b"").status,
        200
    );
    assert_eq!(served.send("GET", &served.sign_in, &[], b"").status, 303);
}

#[test]
fn no_path_leads_out() {
    let served = served();
    for path in [
        "../outside.md",
        "..%2Foutside.md",
        "%2e%2e/outside.md",
        "..%5Coutside.md",
        "%252e%252e%252foutside.md",
        "....//outside.md",
        "..%c0%afoutside.md",
        "/etc/passwd",
        "//etc/passwd",
        "%2Fetc%2Fpasswd",
        "a.md/../../outside.md",
        "a.md%00.md",
        ".mx/serve/token",
        ".mx/config.yaml",
        "file:///etc/passwd",
        "C:%5Cwindows%5Cwin.ini",
        "%E2%80%AE",
        "%F0%28%8C%28",
    ] {
        for url in [
            format!("/api/v1/get?path={path}"),
            format!("/api/v1/get?title={path}"),
            format!("/api/v1/{path}"),
            format!("/{path}"),
            format!("/entry/{path}"),
            format!("/assets/{path}"),
        ] {
            let answer = served.get(&url);
            assert!(matches!(answer.status, 400 | 404), "{url}: {answer:?}");
            let text = answer.text();
            assert!(
                !text.contains("Treasure") && !text.contains("root:"),
                "{url}: {text}"
            );
            assert!(!text.contains(&served.token), "{url}: {text}");
        }
    }
}

#[test]
fn every_answer_keeps_browsers_from_doing_more() {
    let served = served();
    for path in [
        "/",
        "/api/v1/tags",
        "/nowhere",
        "/api/v1/nowhere",
        "/api/v1/search",
    ] {
        let answer = served.get(path);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        assert!(policy.contains("frame-ancestors 'none'"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[cfg(unix)]
#[test]
fn the_token_is_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let served = served();
    let file = served.world.kb().join(".mx/serve/token");
    let mode = std::fs::metadata(file)
        .expect("a token")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(served.token.len(), 64);
}

#[test]
fn a_session_writes_only_in_the_knowledge_base_and_names_only_what_the_server_works_in() {
    let served = Served::new(World::new());
    let elsewhere = served.world.root().join("elsewhere");
    std::fs::create_dir_all(&elsewhere).expect("a directory");
    let inside = served.world.work().join("inside");
    std::fs::create_dir_all(&inside).expect("a directory");
    let start = |directory: &std::path::Path| {
        let body =
            serde_json::json!({"action": "start", "directories": [directory], "beside": true});
        served.post("/api/v1/log", &body)
    };
    let mut refused = vec![
        elsewhere.clone(),
        served.world.root().join("nowhere"),
        served.world.work().join("../elsewhere"),
        inside.join("nowhere"),
        "/".into(),
    ];
    #[cfg(unix)]
    {
        let link = served.world.work().join("link");
        std::os::unix::fs::symlink(&elsewhere, &link).expect("a link");
        refused.push(link);
    }
    let mut messages = Vec::new();
    for directory in &refused {
        let answer = start(directory);
        assert_eq!(answer.status, 400, "{directory:?}: {}", answer.text());
        let shown = directory.display().to_string().escape_debug().to_string();
        let message = answer.json()["error"]["message"].to_string();
        messages.push(message.replace(&shown.replace('\\', "\\\\"), "D"));
    }
    // What is there and what is not get the same answer.
    messages.dedup();
    assert_eq!(messages, ["\"'D' is no directory of this server\""]);
    assert!(served.files().is_empty());
    let started = start(&inside);
    assert_eq!(started.status, 200, "{}", started.text());
    let row = serde_json::json!({"action": "row", "row": {"event": "Read it"}});
    assert_eq!(served.post("/api/v1/log", &row).status, 200);
    for directory in [&inside, &served.world.work(), &elsewhere] {
        assert!(!directory.join(".session_log.md").exists(), "{directory:?}");
    }
    let files = served.files();
    let records = files
        .iter()
        .filter(|(path, _)| path.contains("session_logs"));
    assert!(records.count() >= 1, "{files:?}");
}
