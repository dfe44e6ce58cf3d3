//! What all of these tests need.

use crate::common::{Run, World};
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The heading of every section that `session-log` writes in a test.
pub const HEADING: &str = "## 2026-01-11 10:30 UTC";

/// Returns by how much loops are to be longer than by default.
pub fn scale() -> usize {
    number("MX_TEST_SCALE").map_or(1, |n| n as usize)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Random numbers that can be had again.
pub struct Random(u64);

impl Random {
    /// Starts at `MX_TEST_SEED`, or anywhere; says where.
    pub fn new() -> Self {
        let clock = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
        let seed = number("MX_TEST_SEED").unwrap_or(clock.as_nanos() as u64 | 1);
        eprintln!("MX_TEST_SEED={seed}");
        Random::seeded(seed)
    }

    /// Starts at a number.
    pub fn seeded(seed: u64) -> Self {
        Random(seed)
    }

    /// Returns a number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// Runs a command that must end within a minute, or is killed.
pub fn run(command: Command) -> Output {
    run_reading(command, Stdio::null())
}

/// Runs it with something on standard input.
pub fn run_reading(mut command: Command, input: Stdio) -> Output {
    command.stdin(input);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("mx runs");
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let read = |pipe: &mut dyn Read| {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("output");
        bytes
    };
    thread::scope(|scope| {
        let stdout = scope.spawn(move || read(&mut stdout));
        let stderr = scope.spawn(move || read(&mut stderr));
        let status = wait(&mut child, &command);
        Output {
            status,
            stdout: stdout.join().expect("read"),
            stderr: stderr.join().expect("read"),
        }
    })
}

/// Waits for a process, a minute at most.
pub fn wait(child: &mut Child, command: &Command) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status;
        }
        if start.elapsed() > Duration::from_secs(60) {
            let _ = child.kill();
            let _ = child.wait();
            panic!("hangs: {command:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Runs `mx`, which must not panic, nor be killed.
pub fn mx(world: &World, arguments: &[&str]) -> Output {
    sane(run(world.command(arguments).into_command()), arguments)
}

/// Returns an output that shows no panic.
pub fn sane(output: Output, what: &[&str]) -> Output {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "{what:?}: {stderr}");
    assert!(
        output.status.code().is_some(),
        "{what:?} was killed: {stderr}"
    );
    output
}

/// Runs `mx`, which must succeed; returns standard output.
pub fn ok(world: &World, arguments: &[&str]) -> String {
    succeeded(mx(world, arguments), arguments)
}

/// Returns standard output of a command that must have succeeded.
pub fn succeeded(output: Output, what: &[&str]) -> String {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{what:?}: {:?}\n{out}\n{err}",
        output.status
    );
    out
}

/// Runs `mx` with `--json`.
pub fn json(world: &World, arguments: &[&str]) -> Value {
    let mut all = vec!["--json"];
    all.splice(0..0, arguments.iter().copied());
    serde_json::from_str(&ok(world, &all)).expect("JSON")
}

/// Returns the paths of the entries that a search finds, in order.
pub fn found(world: &World, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["search"];
    all.extend(arguments);
    paths(&json(world, &all))
}

/// Returns the paths in the answer of a search.
pub fn paths(answer: &Value) -> Vec<String> {
    let results = answer["results"].as_array().expect("results").iter();
    results
        .map(|result| result["path"].as_str().expect("a path").to_owned())
        .collect()
}

/// Prepares a `session-log`.
pub fn log<'a>(world: &'a World, entry: &str, message: &str) -> Run<'a> {
    world.command(&["session-log", "--entry", entry, "-m", message])
}

/// Brings the index up to date and has it verified.
pub fn index_is_right(world: &World) {
    ok(world, &["index"]);
    ok(world, &["index", "--check"]);
}

/// Returns the messages in a session entry. A half one is an odd message.
pub fn messages(text: &str) -> Vec<String> {
    let heading = format!("\n{HEADING}\n");
    let mut parts = text.split(&heading);
    assert!(
        parts
            .next()
            .is_some_and(|head| head.starts_with("---\ntitle:")),
        "the head is there"
    );
    parts
        .map(|part| part.trim_matches('\n').to_owned())
        .collect()
}

/// Returns a path with `/` between its parts, on every system.
pub fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path
    }
}

/// Returns every path below a directory, with the content of files.
pub fn tree(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = vec![directory.to_owned()];
    while let Some(path) = rest.pop() {
        let data = std::fs::symlink_metadata(&path).expect("there");
        if data.is_dir() {
            for entry in std::fs::read_dir(&path).expect("a directory") {
                rest.push(entry.expect("an entry").path());
            }
        }
        let content = data
            .is_file()
            .then(|| std::fs::read(&path).expect("a file"));
        found.push((shown(&path), content.unwrap_or_default()));
    }
    found.sort();
    found
}
