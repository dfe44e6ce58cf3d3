//! What is too long, too slow or too much.

use crate::client::common::World;
use crate::client::{Served, read_answer};
use std::io::{Read as _, Write as _};

fn served() -> Served {
    Served::new(World::with(&[("a.md", "# A\n\nalpha\n")]))
}

#[test]
fn a_body_may_not_be_long() {
    let served = served();
    let before = served.files();
    let token = format!("Authorization: Bearer {}", served.token);
    let lines = [token.as_str(), "Content-Type: application/json"];
    let long = format!("{{\"message\":\"{}\"}}", "x".repeat(2 << 20));
    let answer = served.send("POST", "/api/v1/note", &lines, long.as_bytes());
    assert_eq!(answer.status, 413);
    // Nor may one that does not say how long it is.
    let mut chunked = format!(
        "POST /api/v1/note HTTP/1.1\r\nHost: {}\r\n{token}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        served.host
    )
    .into_bytes();
    for _ in 0..300 {
        chunked.extend(b"4000\r\n");
        chunked.extend([b'x'; 0x4000]);
        chunked.extend(b"\r\n");
    }
    let answer = served.send_raw(&chunked);
    assert!(answer.is_empty() || read_answer(&answer).status == 413);
    assert!(served.files() == before);
    assert_eq!(served.get("/api/v1/tags").status, 200);
}

#[test]
fn a_head_may_not_be_long_either() {
    let served = served();
    let long = format!("X-Long: {}", "x".repeat(100 << 10));
    assert_eq!(
        served.send("GET", "/api/v1/tags", &[&long], b"").status,
        431
    );
    let many: Vec<String> = (0..200).map(|n| format!("X-{n}: 1")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(served.send("GET", "/api/v1/tags", &many, b"").status, 431);
    let path = format!("/api/v1/search?query={}", "x".repeat(100 << 10));
    assert!(matches!(served.get(&path).status, 414 | 431));
    assert_eq!(served.get("/api/v1/tags").status, 200);
}

#[test]
fn who_sends_too_slowly_is_cut_off_and_others_are_served() {
    let served = served();
    let mut idle: Vec<_> = (0..100).map(|_| served.connect()).collect();
    for stream in &mut idle {
        stream
            .write_all(b"GET /api/v1/tags HTTP/1.1\r\nX-Slow: ")
            .expect("sent");
    }
    assert_eq!(served.get("/api/v1/tags").status, 200);
    let mut slow = served.connect();
    let head = format!(
        "POST /api/v1/note HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        served.host, served.token
    );
    slow.write_all(head.as_bytes()).expect("sent");
    for stream in idle.iter_mut().take(1).chain([&mut slow]) {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || read_answer(&answer).status == 408);
    }
    assert_eq!(served.get("/api/v1/tags").status, 200);
}

/// Returns how many bytes of memory a process holds.
#[cfg(target_os = "linux")]
fn memory_of(id: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .expect("a number")
        .parse::<usize>()
        .expect("a number")
        << 10
}

#[cfg(target_os = "linux")]
#[test]
fn who_does_not_read_takes_no_memory_and_others_are_served() {
    const LONG: usize = 4 << 20;
    let world = World::with(&[("a.md", "# A\n\nalpha\n")]);
    world.write("long.md", format!("# Long\n\n{}", "word ".repeat(LONG / 5)));
    let served = Served::new(world);
    assert!(served.get("/api/v1/get?path=long.md").body.len() > LONG);
    let before = memory_of(served.id());
    let ask = |path: &str| {
        let mut stream = served.connect();
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", served.host);
        stream.write_all(head.as_bytes()).expect("sent");
        stream
    };
    let stalled: Vec<_> = (0..100).map(|_| ask("/api/v1/get?path=long.md")).collect();
    let followers: Vec<_> = (0..50).map(|_| ask("/api/v1/events")).collect();
    for number in 0..300 {
        served
            .world
            .write("a.md", format!("# A\n\nalpha {number}\n"));
        if number % 10 == 0 {
            let found = served.get(&format!("/api/v1/search?query=%22alpha+{number}%22"));
            assert_eq!(found.json()["total"], 1, "{number}");
        }
    }
    let grown = memory_of(served.id()).saturating_sub(before);
    // Beside what waits to be sent, what the operations work with, and what the allocator keeps of it.
    assert!(grown < 320 << 20, "{} MB more", grown >> 20);
    drop((stalled, followers));
    assert_eq!(served.get("/api/v1/tags").status, 200);
}

#[test]
fn nonsense_does_no_harm() {
    let served = served();
    let before = served.files();
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"CONNECT evil:80 HTTP/1.1\r\nHost: evil:80\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST /api/v1/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/note HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n : x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ] {
        let answer = served.send_raw(bytes);
        if !answer.is_empty() {
            let status = read_answer(&answer).status;
            assert!((200..500).contains(&status), "{bytes:?}: {status}");
        }
    }
    assert!(served.files() == before);
    assert_eq!(served.get("/api/v1/tags").status, 200);
}

#[test]
fn a_port_that_is_taken_and_a_knowledge_base_that_is_missing_are_told() {
    let served = served();
    let port = served.host.split(':').nth(1).expect("a port").to_owned();
    let said = served.world.mx(&["serve", "--listen", &port]);
    assert!(
        said.contains("cannot listen on 127.0.0.1") && said.contains("exit 4"),
        "{said}"
    );
    let world = World::new();
    let said = world.mx(&["serve", "--listen", "0"]);
    assert!(
        said.contains("does not exist yet") && said.contains("exit 3"),
        "{said}"
    );
    assert!(!world.kb().exists());
}

#[test]
fn connections_on_which_nobody_asks_give_way_to_those_on_which_somebody_does() {
    let served = served();
    let mut idle: Vec<_> = (0..400).map(|_| served.connect()).collect();
    // A connection on which a client has asked gives way as well, once it is answered.
    let asked = idle.first_mut().expect("a connection");
    let head = format!("GET /api/v1/tags HTTP/1.1\r\nHost: {}\r\n\r\n", served.host);
    asked.write_all(head.as_bytes()).expect("asked");
    let begun = std::time::Instant::now();
    assert_eq!(served.get("/api/v1/tags").status, 200);
    let waited = begun.elapsed();
    // Without that, those that wait are served when the others run into the time limit of a head.
    assert!(waited.as_secs() < 9, "{waited:?}");
    drop(idle);
}

#[test]
fn sessions_of_clients_are_limited() {
    let served = served();
    let token = format!("Authorization: Bearer {}", served.token);
    let lines = [
        token.as_str(),
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
    ];
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#;
    let statuses: Vec<u16> = (0..600)
        .map(|_| served.send("POST", "/mcp", &lines, hello.as_bytes()).status)
        .collect();
    assert_eq!(statuses.first(), Some(&200));
    assert_eq!(statuses.last(), Some(&503));
    assert_eq!(served.get("/api/v1/tags").status, 200);
}
