//! No secret gets onto the disk, whichever way it comes in. Secrets are put together at run time:
//! no file of the project holds one.

use crate::common::World;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How a secret looks: the text around it, its beginning in parts, and the alphabet and length of
/// the rest. `@` is the secret.
const FORMS: [(&str, &[&str], &str, usize); 26] = [
    ("use @ here", &["gh", "p_"], LETTERS, 36),
    ("(@)", &["github", "_pat_"], LETTERS, 82),
    ("`@`", &["gl", "pat-"], LETTERS, 20),
    ("@", &["xo", "xb-"], DIGITS, 40),
    ("\"@\"", &["sk-", "ant-api03-"], LETTERS, 95),
    ("key @.", &["sk-", "proj-"], LETTERS, 120),
    ("@", &["AI", "za"], LETTERS, 35),
    ("id=@", &["AK", "IA"], UPPER, 16),
    ("@", &["sk_", "live_"], LETTERS, 24),
    ("@", &["np", "m_"], LETTERS, 36),
    ("@", &["hf", "_"], LETTERS, 34),
    ("@", &["hv", "s."], LETTERS, 95),
    ("@", &["dckr", "_pat_"], LETTERS, 27),
    ("@", &["da", "pi"], HEX, 32),
    (
        "@.aB3dE5gH7jK9mN1pQ3sT5vW7yZ",
        &["eyJhbGci", "OiJIUzI1NiJ9.eyJ"],
        LETTERS,
        60,
    ),
    ("DB_PASSWORD=@", &[], LETTERS, 14),
    ("{\"password\": \"@\"}", &[], LETTERS, 12),
    ("api_key: '@'", &[], LETTERS, 24),
    ("--password @", &[], LETTERS, 12),
    ("https://me:@@example.com/x", &[], LETTERS, 14),
    ("postgres://app:@@db/prod", &[], LETTERS, 16),
    ("Authorization: Bearer @", &[], LETTERS, 32),
    ("<private>the word is @</private>", &[], LETTERS, 10),
    ("EMP-@", &[], DIGITS, 9),
    (
        "-----BEGIN PRIVATE KEY----- @ -----END PRIVATE KEY-----",
        &[],
        LETTERS,
        64,
    ),
    ("value @", &[], LETTERS, 40),
];

/// Gives secrets, each another one, and keeps them.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    /// Returns a text with a secret in it.
    fn next(&mut self) -> String {
        let number = self.0.len();
        let (around, begin, alphabet, length) = FORMS[number % FORMS.len()];
        let secret = format!(
            "{}{}",
            begin.concat(),
            random(alphabet, length, number as u64)
        );
        let text = around.replacen('@', &secret, 1);
        self.0.push(secret);
        text
    }

    /// Plants secrets into every text of a value.
    fn plant(&mut self, value: &mut Value, spared: &[&str]) {
        match value {
            Value::String(text) => {
                // JSON within a text stays JSON.
                if let Ok(mut inner @ (Value::Object(_) | Value::Array(_))) =
                    serde_json::from_str(text)
                {
                    self.plant(&mut inner, spared);
                    *text = inner.to_string();
                } else if text.starts_with('/') {
                    *text = format!("{text} {}", self.next());
                } else {
                    *text = format!("{} {text} {}", self.next(), self.next());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.plant(item, spared)),
            Value::Object(fields) => {
                for (name, field) in fields {
                    if !spared.contains(&name.as_str()) {
                        self.plant(field, spared);
                    }
                }
            }
            _ => {}
        }
    }

    /// Fails for each secret that is in a file, or in the name of one, below a directory.
    fn are_not_below(&self, dir: &Path) {
        let files = files(dir);
        assert!(files.len() > 3, "{files:?}");
        for file in files {
            let bytes = fs::read(&file).unwrap_or_default();
            let text = format!("{}\n{}", file.display(), String::from_utf8_lossy(&bytes));
            for secret in &self.0 {
                assert!(
                    !text.contains(secret.as_str()),
                    "{secret} in {}:\n{text}",
                    file.display()
                );
            }
        }
    }
}

/// Returns text that looks random, and is the same for the same seed.
fn random(alphabet: &str, length: usize, seed: u64) -> String {
    let signs: Vec<char> = alphabet.chars().collect();
    let mut state = (seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    let mut text: Vec<char> = (0..length).map(|_| signs[next() % signs.len()]).collect();
    for (at, needed) in [(1, '7'), (2, 'b'), (4, 'Q'), (5, '3'), (7, 'k')] {
        if alphabet.contains(needed) && at < length {
            text[at] = needed;
        }
    }
    text.into_iter().collect()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            found.push(path)
        }
    }
    found
}

const AGENTS: [&str; 7] = [
    "claude", "codex", "gemini", "cursor", "copilot", "opencode", "generic",
];

fn streams(agent: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    let mut streams = files(&root.join(agent));
    streams.retain(|file| file.extension().is_some_and(|name| name == "jsonl"));
    let read = |file: &PathBuf| fs::read_to_string(file).expect("a stream");
    streams.iter().map(read).collect()
}

/// What says which event it is, and where: without it nothing would be stored at all.
const SPARED: [&str; 16] = [
    "hook_event_name",
    "event",
    "tool_name",
    "toolName",
    "tool",
    "name",
    "cwd",
    "directory",
    "workspace_roots",
    "session_id",
    "sessionId",
    "sessionID",
    "conversation_id",
    "session",
    "type",
    "resultType",
];

fn world() -> World {
    World::with(&[(".mx/config.yaml", "redact: ['EMP-\\d+']\n")])
}

fn hook(world: &World, agent: &str, event: &Value) {
    let run = world
        .command(&["hook", "--agent", agent])
        .input(event.to_string());
    let output = run.output();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn no_hook_stores_a_secret() {
    for agent in AGENTS {
        let world = world();
        let work = world.work().to_string_lossy().into_owned();
        let mut secrets = Secrets::default();
        for line in streams(agent).iter().flat_map(|stream| stream.lines()) {
            let line = line.replace("/w/app", &work);
            let Ok(event) = serde_json::from_str::<Value>(&line) else {
                continue;
            };
            let mut planted = event.clone();
            secrets.plant(&mut planted, &SPARED);
            hook(&world, agent, &planted);
            // In the names of events, tools and directories too.
            if event.is_object() {
                let mut planted = event;
                secrets.plant(&mut planted, &[]);
                hook(&world, agent, &planted);
                for name in SPARED {
                    let mut planted: Value = serde_json::from_str(&line).expect("JSON");
                    if planted.get(name).is_some() {
                        secrets.plant(&mut planted[name], &[]);
                        hook(&world, agent, &planted);
                    }
                }
            }
        }
        secrets.are_not_below(&world.home().join(".."));
        let listed = world.mx(&["log", "list", "--limit", "100"]);
        assert!(listed.contains("--- exit 0"), "{listed}");
        secrets.are_not_below(&world.home().join(".."));
        for secret in &secrets.0 {
            assert!(!listed.contains(secret.as_str()));
        }
        let stored: Vec<String> = files(&world.kb().join("session_logs"))
            .iter()
            .map(|file| fs::read_to_string(file).expect("a record"))
            .collect();
        assert!(stored.concat().contains("[redacted:"), "{agent}");
        assert!(secrets.0.len() > 60, "{agent}: {}", secrets.0.len());
    }
}

/// What goes on in the background is kept until it ends, and its outcome until it is known what it
/// was.
#[test]
fn no_command_in_the_background_leaves_a_secret() {
    let world = world();
    let mut secrets = Secrets::default();
    let tool = |name: &str, input: Value, response: Value| {
        json!({"hook_event_name": "PostToolUse", "session_id": "s", "cwd": world.work(),
            "tool_name": name, "tool_input": input, "tool_response": response})
    };
    let begun = |number: usize, secret: &str| {
        let input =
            json!({"command": format!("make {number} {secret}"), "run_in_background": true});
        let response =
            json!({"stdout": "", "stderr": "", "backgroundTaskId": format!("b{number}")});
        tool("Bash", input, response)
    };
    let ended = |number: usize, secret: &str| {
        let id = format!("b{number}");
        let task = json!({"task_id": id, "status": "failed", "output": format!("it failed: {secret}"),
            "exitCode": 1});
        tool(
            "TaskOutput",
            json!({"task_id": id, "block": true}),
            json!({"task": task}),
        )
    };
    for number in 0..FORMS.len() {
        let events = [
            begun(number, &secrets.next()),
            ended(number, &secrets.next()),
        ];
        // Either may be reported first.
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for event in order.map(|at| &events[at]) {
            hook(&world, "claude", event);
            secrets.are_not_below(&world.home().join(".."));
        }
    }
    let kept = fs::read_to_string(world.kb().join(".mx/journal/claude-s.background"));
    assert!(kept.expect("a file").contains("[redacted:"));
    let journal = fs::read_to_string(world.kb().join(".mx/journal/claude-s.jsonl"));
    let journal = journal.expect("a journal");
    let ends = journal.lines().filter(|line| line.contains("\"exit\":1"));
    assert_eq!(ends.count(), FORMS.len(), "{journal}");
    let listed = world.mx(&["log", "list"]);
    assert!(listed.contains("--- exit 0"), "{listed}");
    secrets.are_not_below(&world.home().join(".."));
}

#[test]
fn no_command_that_logs_stores_a_secret() {
    let world = world();
    let mut secrets = Secrets::default();
    for round in 0..8 {
        let mut text = || secrets.next();
        let goal = text();
        world.mx(&["log", "start", "--goal", &goal]);
        for (row, options) in [
            (["log", "event"], &[][..]),
            (["log", "decision"], &["--why"]),
            (["log", "file"], &["--notes"]),
            (["log", "blocker"], &["--resolve"]),
            (["log", "tool"], &[]),
            (["log", "update"], &["-m"]),
        ] {
            for _ in 0..3 {
                let mut arguments: Vec<String> = row.map(str::to_owned).to_vec();
                for option in options {
                    arguments.extend([(*option).to_owned(), text()]);
                }
                if row[1] != "update" {
                    arguments.extend(["--".to_owned(), format!("{round} {}", text())]);
                }
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let said = world.mx(&arguments);
                assert!(said.contains("--- exit 0"), "{arguments:?}: {said}");
            }
        }
        let (summary, state, next) = (text(), text(), text());
        world.mx(&[
            "log",
            "end",
            "--summary",
            &summary,
            "--state",
            &state,
            "--next",
            &next,
        ]);
    }
    assert!(secrets.0.len() > 200, "{}", secrets.0.len());
    secrets.are_not_below(&world.home().join(".."));
    let logs = files(&world.kb().join("session_logs"));
    assert!(logs.len() > 8, "{logs:?}");
}

#[test]
fn what_a_person_notes_is_never_altered() {
    let world = world();
    let mut secrets = Secrets::default();
    let text = secrets.next();
    world.mx(&["session-log", "-e", "a.md", "-m", &text]);
    assert!(world.read("a.md").contains(&text));
}

#[test]
fn a_pattern_of_the_settings_hides_what_it_matches() {
    let world = world();
    let prompt = json!({"hook_event_name": "UserPromptSubmit", "session_id": "s",
        "cwd": world.work(), "prompt": "Look up EMP-12345 again"});
    hook(&world, "claude", &prompt);
    let journal = fs::read_to_string(world.kb().join(".mx/journal/claude-s.jsonl"));
    assert!(
        journal
            .expect("a journal")
            .contains("Look up [redacted:pattern] again")
    );
}
