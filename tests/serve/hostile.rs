//! Requests that mean no good, by the thousand: `MX_HOSTILE=10000` for as many.

use crate::client::Served;
use crate::client::common::World;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// How many requests there are, unless `MX_HOSTILE` says.
const REQUESTS: usize = 2_000;

const METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "MKCOL",
];
const PLACES: [&str; 13] = [
    "/",
    "/api/v1/get?path=",
    "/api/v1/get?title=",
    "/api/v1/search?query=x&paths=",
    "/api/v1/log/show?id=",
    "/api/v1/note?entry=",
    "/api/v1/note",
    "/api/v1/log",
    "/api/v1/next/done",
    "/api/v1/next/undo",
    "/api/v1/",
    "/entry/",
    "/mcp",
];
const PATHS: [&str; 16] = [
    "",
    "../outside.md",
    "..%2F..%2Foutside.md",
    "%2e%2e%2foutside.md",
    "%252e%252e%252foutside.md",
    "..%5c..%5coutside.md",
    "..%c0%af..%c0%afoutside.md",
    "%2Fetc%2Fpasswd",
    "//etc/passwd",
    ".mx/serve/token",
    ".mx%2fserve%2ftoken",
    "link.md",
    "a.md%00",
    "a.md%0d%0aX-Evil:1",
    "%ff%fe",
    "a/../../outside.md",
];
// Mostly nothing, so that more than the first check is met.
const HOSTS: [&str; 12] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "Host: evil.example",
    "Host: 127.0.0.1.nip.io",
    "Host: localhost@evil",
    "Host: [::ffff:1.2.3.4]",
    "X-Forwarded-Host: localhost",
];
const ORIGINS: [&str; 8] = [
    "",
    "",
    "",
    "",
    "Origin: null",
    "Origin: http://evil.example",
    "Sec-Fetch-Site: cross-site",
    "Referer: http://evil.example/",
];
const TOKENS: [&str; 7] = [
    "",
    "Authorization: Bearer",
    "Authorization: Bearer 0000000000000000000000000000000000000000000000000000000000000000",
    "Authorization: Basic YTpi",
    "Authorization: Bearer ../../token",
    "Cookie: mx-7733=0",
    "Cookie: mx=\"; nonce=; token=",
];
const KINDS: [&str; 4] = [
    "",
    "Content-Type: application/json",
    "Content-Type: application/x-www-form-urlencoded",
    "Content-Type: text/plain",
];
const BODIES: [&str; 7] = [
    "",
    r#"{"message":"intruder","entry":"a.md"}"#,
    r#"{"message":"intruder","entry":"../outside.md"}"#,
    r#"{"action":"start","directories":["/tmp"]}"#,
    r#"{"ids":["a"]}"#,
    "nonce=&step=1&id=1",
    "\u{0}\u{1}[[[[[[[[[[",
];

/// Picks one after the other by a sequence that looks like chance and is always the same.
struct Choice(u64);

impl Choice {
    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        all[(self.0 >> 33) as usize % all.len()]
    }
}

#[test]
fn hostile_requests_write_nothing_and_read_nothing_outside() {
    let requests = std::env::var("MX_HOSTILE").ok();
    let requests = requests.map_or(REQUESTS, |number| number.parse().expect("a number"));
    let world = World::with(&[("a.md", "# Alpha\n\nalpha\n")]);
    let outside = world.root().join("outside.md");
    fs::write(&outside, "# Outside\n\nTreasure.\n").expect("a file");
    link(&outside, &world.kb().join("link.md"));
    let served = Served::new(world);
    let before = (
        served.files(),
        names(served.world.root()),
        names(&served.world.work()),
    );
    let mut choice = Choice(7733);
    let (token, cookie) = (
        format!("Authorization: Bearer {}", served.token),
        format!("Cookie: mx-{}={}", port_of(&served), sign_in(&served)),
    );
    for number in 0..requests {
        let method = choice.pick(&METHODS);
        let path = format!("{}{}", choice.pick(&PLACES), choice.pick(&PATHS));
        let (host, origin) = (choice.pick(&HOSTS), choice.pick(&ORIGINS));
        let is_foreign = host.starts_with("Host:") || origin.starts_with("Origin:");
        // A browser sends the cookie along for any site; even a stolen token is of no use there.
        let held = match number % 3 {
            0 if is_foreign => &token,
            1 if is_foreign => &cookie,
            2 => &cookie,
            _ => choice.pick(&TOKENS),
        };
        let lines = [host, origin, held, choice.pick(&KINDS)];
        let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let huge = "[".repeat(3 << 20);
        let body = match method {
            "GET" => "",
            _ if number % 500 == 499 => &huge,
            _ => choice.pick(&BODIES),
        };
        if number % 100 == 99 {
            break_off(&served, method, &path, &lines);
        }
        let answer = served.send(method, &path, &lines, body.as_bytes());
        let told = || format!("{number}: {method} {path} {lines:?} {body:?}: {answer:?}");
        // A link that leads out fails as on the command line: what is there is not what it seems.
        assert!(
            answer.status < 500 || path.ends_with("link.md"),
            "{}",
            told()
        );
        let text = answer.text();
        let leaks = ["Treasure", "root:x:", &served.token].map(|secret| text.contains(secret));
        assert!(!leaks.contains(&true), "{}", told());
        assert!(answer.header("x-evil").is_none(), "{}", told());
    }
    let after = (
        served.files(),
        names(served.world.root()),
        names(&served.world.work()),
    );
    assert!(after == before);
    assert_eq!(served.get("/api/v1/search?query=alpha").json()["total"], 1);
}

/// Begins a request and leaves.
fn break_off(served: &Served, method: &str, path: &str, lines: &[&str]) {
    let head = format!("{method} {path} HTTP/1.1\r\n{}\r\n", lines.join("\r\n"));
    let rest = format!(
        "Host: {}\r\nContent-Length: 1000\r\n\r\n{{\"message\":",
        served.host
    );
    let _ = served.connect().write_all((head + &rest).as_bytes());
}

fn port_of(served: &Served) -> &str {
    served.host.rsplit_once(':').expect("a port").1
}

/// Signs in as a browser does, and returns the value of its cookie.
fn sign_in(served: &Served) -> String {
    let answer = served.get(&served.sign_in);
    let cookie = answer.header("set-cookie").expect("a cookie");
    let (_, value) = cookie.split_once('=').expect("a value");
    value.split(';').next().expect("a value").to_owned()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) {
    std::os::unix::fs::symlink(to, at).expect("a link");
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) {}
