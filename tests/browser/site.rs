//! A knowledge base with some work in it, and a server of its pages.

use crate::common::World;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// What is served.
pub struct Site {
    pub world: World,
}

/// A server.
pub struct Server {
    child: Child,
    /// The link with which a browser signs in.
    pub sign_in: String,
}

const PATTERNS: &str = "---\ntags: [auth, patterns]\ndescription: What we learned\n---\n\n\
    # OAuth2 patterns\n\nRotate the *refresh token* on every use: [[projects/shop/sessions.md]], \
    [the RFC](https://example.com/rfc) and [[nowhere]].\n\n## Flow\n\n1. Ask\n2. Exchange\n\n\
    ```rust\nfn may_refresh() -> bool {\n    true\n}\n```\n\n### Pitfalls\n\n> Clocks differ.\n\n\
    | Symptom | Fix |\n|---|--:|\n| 401 | leeway |\n\n- [x] frozen clock\n- [ ] alert\n";

impl Site {
    /// Makes a knowledge base in which a session runs, one has ended, and notes were written.
    pub fn new() -> Self {
        let site = Site {
            world: World::new(),
        };
        site.mx(&["log", "start", "--goal", "Sign in with OAuth2"]);
        site.mx(&["log", "event", "Read the old code"]);
        site.mx(&[
            "log",
            "decision",
            "Token bucket",
            "--why",
            "simpler to test",
        ]);
        site.mx(&[
            "log",
            "file",
            "src/auth.rs",
            "--action",
            "created",
            "--notes",
            "JWT",
        ]);
        site.mx(&["log", "blocker", "Staging is down"]);
        site.mx(&[
            "log",
            "end",
            "--state",
            "all tests pass",
            "--next",
            "Write the guide",
        ]);
        site.mx(&["log", "start", "--new", "--goal", "Integrate the routes"]);
        site.mx(&["log", "event", "Moved the cookie"]);
        site.mx(&["log", "next", "Rotate the tokens"]);
        site.mx(&["log", "next", "Ask for an account"]);
        site.note("Fixed the login test in src/login.rs");
        site.world.write("patterns/oauth2.md", PATTERNS);
        site
    }

    /// Runs `mx`, which must succeed.
    pub fn mx(&self, arguments: &[&str]) {
        let shown = self.world.mx(arguments);
        assert!(shown.ends_with("exit 0\n"), "{shown}");
    }

    /// Writes a note, as another process does.
    pub fn note(&self, text: &str) {
        let entry = "projects/shop/sessions.md";
        self.mx(&[
            "session-log",
            "-m",
            text,
            "--entry",
            entry,
            "--tags",
            "auth",
        ]);
    }

    /// Returns the paths of all pages.
    pub fn pages(&self) -> Vec<String> {
        let list = self.world.json(&["log", "list"]);
        let sessions = list["sessions"].as_array().expect("a list").iter();
        let session = |session: &Value| {
            let id = session["id"].as_str().expect("an id");
            format!("/session/{id}?project=shop")
        };
        let fixed = [
            "/",
            "/?until=2026-01-11",
            "/search",
            "/search?q=token",
            "/search?tag=auth",
            "/project?name=shop",
            "/entry/patterns/oauth2.md",
            "/entry/projects/shop/sessions.md?line=7#L7",
            "/health",
        ];
        let fixed = fixed.into_iter().map(str::to_owned);
        fixed.chain(sessions.map(session)).collect()
    }

    /// Serves the pages.
    pub fn serve(&self) -> Server {
        let world = &self.world;
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("mx"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .current_dir(world.work())
            .env("HOME", world.home())
            .env("USERPROFILE", world.home())
            .env("MEMEX_KB_ROOT", world.kb())
            .env("MX_NOW", crate::common::NOW)
            .env("TMPDIR", world.temp())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("mx runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("the output is read");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let told: Value = serde_json::from_str(&line).expect("JSON");
        let sign_in = told["sign_in"].as_str().expect("a link").to_owned();
        Server { child, sign_in }
    }
}

impl Server {
    /// Ends it at once.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
