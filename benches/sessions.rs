//! The record of sessions, side by side with what costs nothing or what cannot be avoided.
//!
//! ```text
//! cargo bench --bench sessions
//! MX_BENCH_SESSIONS=100000 MX_BENCH_FILES=50000 cargo bench --bench sessions
//! ```
//!
//! | variable | |
//! |---|---|
//! | `MX_BENCH_SESSIONS` | sessions that the large knowledge base has already (100,000) |
//! | `MX_BENCH_FILES` | files of the git repository (50,000) |
//! | `MX_BENCH_TRANSCRIPT` | megabytes of the transcript that is imported (200) |
//! | `MX_BENCH_RUNS` | runs of each program (21) |
//! | `MX_BENCH_HOOKS` | runs of each hook, of which the 99th percentile counts (1,000) |
//!
//! Without `--bench`, as in `cargo test --benches`, everything is run once and tiny.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "benches stop by panicking, and tell what they saw"
)]

// Shared with others, which use more of it.
#[allow(dead_code)]
mod runner;

use runner::{Compared, Place, Table, medians, output, output_reading, quantiles, time};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const MX: &str = env!("CARGO_BIN_EXE_mx");
/// Past sessions of the small knowledge base.
const FEW: usize = 10;

fn main() {
    if std::env::args().any(|argument| argument == "--list") {
        return println!("sessions: benchmark");
    }
    let said = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let full = said("--bench") && !said("--test");
    let size = |name, full_size, tiny| {
        if full {
            runner::number(name, full_size)
        } else {
            tiny
        }
    };
    let mut lab = Lab {
        runs: size("MX_BENCH_RUNS", 21, 1),
        sessions: size("MX_BENCH_SESSIONS", 100_000, 300),
        files: size("MX_BENCH_FILES", 50_000, 50),
        hooks: size("MX_BENCH_HOOKS", 1_000, 2),
        transcript: size("MX_BENCH_TRANSCRIPT", 200, 1),
        place: Place::new(),
        table: Table::default(),
    };
    lab.rows();
    lab.end();
    lab.update();
    lab.import();
    lab.hooks();
    println!(
        "{} past sessions, {} files in git; medians of {} runs; whole processes, warm cache\n",
        lab.sessions, lab.files, lab.runs
    );
    lab.table.print();
}

struct Lab {
    runs: usize,
    sessions: usize,
    files: usize,
    hooks: usize,
    /// Size of the transcript in megabytes.
    transcript: usize,
    place: Place,
    table: Table,
}

impl Lab {
    /// Prepares `mx` in a directory, which is made.
    fn mx(&self, kb: &Path, directory: &Path, arguments: &[&str]) -> Command {
        fs::create_dir_all(directory).expect("a directory");
        let mut command = self.place.command(MX, kb);
        command.current_dir(directory).args(arguments);
        command
    }

    fn rows(&mut self) {
        let (kb, dir) = (self.place.path("kb-rows"), self.place.path("rows"));
        output(&mut self.mx(&kb, &dir, &["log", "start"]));
        for (what, arguments) in [
            ("log event", &["log", "event", "something happened"][..]),
            (
                "log file",
                &["log", "file", "src/main.rs", "--notes", "changed"],
            ),
        ] {
            let mut mine = self.mx(&kb, &dir, arguments);
            let mut theirs = self.place.command("true", &kb);
            let [mine, theirs] = medians(
                self.runs,
                [Box::new(|| time(&mut mine)), Box::new(|| time(&mut theirs))],
            );
            self.table
                .row(what, mine, ("true", theirs), Compared::Difference(5.0));
        }
    }

    /// Ending a session, with few and with many sessions before it.
    fn end(&mut self) {
        let place = |number: usize| {
            let kb = self.place.path(&format!("kb-{number}"));
            let dir = self.place.path(&format!("project-{number}"));
            generate(&kb.join("session_logs"), number).expect("sessions are written");
            output(&mut self.mx(&kb, &dir, &["log", "index"]));
            (kb, dir)
        };
        let (many, few) = (place(self.sessions), place(FEW));
        let act = |(kb, dir): &(PathBuf, PathBuf)| {
            let mut start = self.mx(kb, dir, &["log", "start"]);
            let mut end = self.mx(kb, dir, &["log", "end", "--summary", "measured"]);
            move || -> Duration {
                output(&mut start);
                time(&mut end)
            }
        };
        let [many, few] = medians(self.runs, [Box::new(act(&many)), Box::new(act(&few))]);
        let what = format!("log end with {} past sessions", self.sessions);
        let against = format!("with {FEW}");
        self.table
            .row(&what, many, (&against, few), Compared::Difference(150.0));
    }

    fn update(&mut self) {
        let (kb, dir) = (self.place.path("kb-update"), self.place.path("repository"));
        if runner::find("git").is_none() {
            return;
        }
        for number in 0..self.files {
            let file = dir.join(format!("d{}/e{}/f{number}.txt", number % 50, number % 700));
            fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
            fs::write(file, format!("{number}\n")).expect("a file");
        }
        for arguments in [
            &["init", "-q"][..],
            &["add", "."],
            &[
                "-c",
                "user.name=x",
                "-c",
                "user.email=x@y",
                "commit",
                "-qm",
                "all",
            ],
        ] {
            output(self.git(&kb, &dir).args(arguments));
        }
        output(&mut self.mx(&kb, &dir, &["log", "start"]));
        fs::write(dir.join("d1/new.txt"), "new").expect("a file");
        let mut mine = self.mx(&kb, &dir, &["log", "update"]);
        let mut theirs = self.git(&kb, &dir);
        theirs.arg("status");
        let [mine, theirs] = medians(
            self.runs,
            [Box::new(|| time(&mut mine)), Box::new(|| time(&mut theirs))],
        );
        let what = format!("log update with {} files in git", self.files);
        self.table
            .row(&what, mine, ("git status", theirs), Compared::Ratio(1.3));
    }

    /// Calls of a hook, against a program that does nothing.
    fn hooks(&mut self) {
        let (kb, dir) = (self.place.path("kb-hooks"), self.place.path("hooks"));
        for (what, size) in [("an edit", 2_000), ("a file of 5 MB", 5_000_000)] {
            let event = self.place.path("event");
            fs::write(&event, edit(&dir, size)).expect("an event");
            let mut mine = self.mx(&kb, &dir, &["hook", "--agent", "claude"]);
            let mut theirs = self.place.command("true", &kb);
            let [fast, nothing] = quantiles(
                self.hooks,
                0.99,
                [
                    Box::new(|| time_reading(&mut mine, &event)),
                    Box::new(|| time(&mut theirs)),
                ],
            );
            let wanted = match size {
                2_000 => Compared::Difference(5.0),
                _ => Compared::Beside,
            };
            let what = format!("hook with {what}, 99th percentile");
            self.table.row(&what, fast, ("true", nothing), wanted);
            let input = Stdio::from(fs::File::open(&event).expect("an event"));
            if let Some(memory) = self.place.memory_reading(&mine, &kb, input) {
                let memory = format!("{memory:.1} MB");
                self.table.plain("its memory at most", memory, "< 10 MB");
            }
        }
    }

    /// Importing a transcript from nothing, against reading its bytes.
    fn import(&mut self) {
        let (kb, dir) = (self.place.path("kb-import"), self.place.path("import"));
        let file = self.place.path("transcript.jsonl");
        let bytes = transcript(&file, &dir, self.transcript * 1_000_000).expect("a transcript");
        let path = file.to_string_lossy().into_owned();
        let mut mine = self.mx(&kb, &dir, &["import", "claude", &path]);
        let mut theirs = self.place.command("cat", &kb);
        theirs.arg(&file);
        let [mine, theirs] = medians(
            self.runs.min(5),
            [
                Box::new(|| {
                    let _ = fs::remove_dir_all(&kb);
                    time(&mut mine)
                }),
                Box::new(|| time(&mut theirs)),
            ],
        );
        let megabytes = bytes as f64 / 1e6;
        let what = format!("import of {megabytes:.0} MB of transcript");
        self.table
            .row(&what, mine, ("cat", theirs), Compared::Beside);
        let rate = format!("{:.0} MB/s", megabytes / mine * 1e3);
        self.table.plain("its rate", rate, "≥ 100 MB/s");
        let _ = fs::remove_dir_all(&kb);
        let again = self.mx(&kb, &dir, &["import", "claude", &path]);
        if let Some(memory) = self.place.memory(&again, &kb) {
            self.table
                .plain("its memory", format!("{memory:.1} MB"), "flat");
        }
    }

    fn git(&self, kb: &Path, dir: &Path) -> Command {
        let mut git = self.place.command("git", kb);
        git.current_dir(dir);
        git
    }
}

fn time_reading(command: &mut Command, input: &Path) -> Duration {
    let input = fs::File::open(input).expect("the input is there");
    let begin = Instant::now();
    output_reading(command, Stdio::from(input));
    begin.elapsed()
}

/// Returns what Claude Code sends when a file of this size was written anew.
fn edit(dir: &Path, size: usize) -> String {
    let file = dir.join("src/main.rs");
    let text = "let a_line = \"of forty bytes\";\n".repeat(size / 31);
    let json = |text: &str| format!("{text:?}");
    let (file, dir, text) = (
        json(&file.to_string_lossy()),
        json(&dir.to_string_lossy()),
        json(&text),
    );
    format!(
        "{{\"session_id\":\"0b63c29e-11a5-4d4e-9a51-3f7f2b8f1c55\",\"cwd\":{dir},\
         \"hook_event_name\":\"PostToolUse\",\"tool_name\":\"Write\",\
         \"tool_input\":{{\"file_path\":{file},\"content\":{text}}},\
         \"tool_response\":{{\"type\":\"update\",\"filePath\":{file},\"content\":{text},\
         \"structuredPatch\":[],\"originalFile\":{text}}}}}"
    )
}

/// Writes a transcript as Claude Code does, of mostly results of tools, as they are; returns its size.
fn transcript(file: &Path, dir: &Path, size: usize) -> std::io::Result<usize> {
    let dir = format!("{:?}", dir.to_string_lossy());
    let result = "fn main() { let x = 1; }\\n".repeat(800);
    let mut text = String::new();
    for turn in 0.. {
        let (hour, minute, second) = (turn / 3600 % 24, turn / 60 % 60, turn % 60);
        let common = format!(
            "\"sessionId\":\"s1\",\"cwd\":{dir},\"timestamp\":\"2026-01-10T{hour:02}:{minute:02}:{second:02}.000Z\""
        );
        text += &format!(
            "{{\"type\":\"assistant\",\"uuid\":\"a{turn}\",{common},\"message\":{{\"id\":\"m{turn}\",\
             \"role\":\"assistant\",\"content\":[{{\"type\":\"tool_use\",\"id\":\"t{turn}\",\"name\":\"Read\",\
             \"input\":{{\"file_path\":\"src/f{}.rs\"}}}}]}}}}\n",
            turn % 200
        );
        text += &format!(
            "{{\"type\":\"user\",\"uuid\":\"r{turn}\",{common},\"message\":{{\"role\":\"user\",\
             \"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"t{turn}\",\"content\":\"{result}\"}}]}}}}\n"
        );
        if text.len() >= size {
            break;
        }
    }
    fs::write(file, &text)?;
    Ok(text.len())
}

/// Writes so many finished sessions of twenty projects, one a minute.
fn generate(logs: &Path, number: usize) -> std::io::Result<()> {
    for session in 0..number {
        let project = format!("project-{}", session % 20);
        let (day, minute) = (session / 1440, session % 1440);
        let (year, month, day) = (2000 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        let (hour, minute) = (minute / 60, minute % 60);
        let id = format!("{year}{month:02}{day:02}-{hour:02}{minute:02}00");
        let started = format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z");
        let text = format!(
            "---\ntitle: {project} {id}\ntags:\n  - {project}\n  - sessions\nsession: {id}\n\
             project: {project}\nstatus: ended\nstarted: '{started}'\nended: '{started}'\n\
             directories:\n  - ~/{project}\n---\n\n## Session: {id}\n\n**Directory:** ~/{project}\n\
             **Duration:** 0m\n\n### Progress Log\n\n| Time | Event |\n|------|-------|\n\
             | {hour:02}:{minute:02} | step {session} of the work |\n\n### Files Tracker\n\n\
             | File | Action | Notes |\n|------|--------|-------|\n| src/f{session}.rs | Modified |  |\n\n\
             ### Resume Prompt\n\n> Last session: Did step {session}.\n"
        );
        let dir = logs.join(&project);
        fs::create_dir_all(&dir)?;
        fs::write(dir.join(format!("{id}.md")), text)?;
    }
    Ok(())
}
