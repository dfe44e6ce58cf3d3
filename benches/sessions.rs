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
//! | `MX_BENCH_EVENTS` | events of one agent's session that are folded into its record (64,000) |
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
    reason = "benches stop by panicking, and show what they saw"
)]

// Shared with others, which use more of it.
#[allow(dead_code)]
mod runner;

use runner::{Compared, Place, Table, medians, output, output_reading, quantiles, time};
use std::fs;
use std::io::Write;
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
        events: size("MX_BENCH_EVENTS", 64_000, 64),
        transcript: size("MX_BENCH_TRANSCRIPT", 200, 1),
        place: Place::new(),
        table: Table::default(),
    };
    lab.rows();
    lab.end();
    lab.update();
    lab.fold();
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
    events: usize,
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

    /// Folding all that the hooks of a long session noted, by the next command.
    fn fold(&mut self) {
        let (kb, dir) = (self.place.path("kb-fold"), self.place.path("fold"));
        let event = self.place.path("first-event");
        fs::write(&event, edit(&dir, 100)).expect("an event");
        let mut hook = self.mx(&kb, &dir, &["hook", "--agent", "claude"]);
        let mut mine = self.mx(&kb, &dir, &["log", "status"]);
        let mut row = self.mx(&kb, &dir, &["log", "event", "one more"]);
        let mut theirs = self.place.command("true", &kb);
        let events = journal_events(&dir, self.events);
        let mut fold = || {
            let _ = fs::remove_dir_all(&kb);
            time_reading(&mut hook, &event);
            let journals = fs::read_dir(kb.join(".mx/journal")).expect("journals");
            let mut files = journals.map(|file| file.expect("a file").path());
            let is_journal = |file: &PathBuf| file.extension().is_some_and(|end| end == "jsonl");
            let journal = files.find(is_journal).expect("the journal of the hook");
            let mut journal = fs::OpenOptions::new().append(true).open(journal);
            let journal = journal.as_mut().expect("the journal is open");
            journal.write_all(events.as_bytes()).expect("events");
            time(&mut mine)
        };
        let [folded, nothing] = medians(
            self.runs.min(7),
            [Box::new(&mut fold), Box::new(|| time(&mut theirs))],
        );
        let what = format!("folding {} events of one session", self.events);
        self.table.row(
            &what,
            folded,
            ("true", nothing),
            Compared::Difference(500.0),
        );
        let [row, nothing] = medians(
            self.runs.min(7),
            [Box::new(|| time(&mut row)), Box::new(|| time(&mut theirs))],
        );
        self.table.row(
            "log event beside it",
            row,
            ("true", nothing),
            Compared::Beside,
        );
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

/// Returns the lines of a journal of so many events: prompts, checks that fail and pass, commands
/// that fail for good, edits, steps, commits, decisions and answers, one in two seconds.
fn journal_events(dir: &Path, number: usize) -> String {
    let file = |part: usize| format!("{:?}", dir.join(format!("f{}.rs", part % 500)));
    let ran = |command: &str, exit: &str| format!("command\",\"command\":\"{command}\"{exit}");
    let failed = ",\"exit\":2,\"error\":\"it broke\"";
    let mut text = String::new();
    for event in 0..number {
        let part = event / 16;
        let (edit, read) = (
            "failure\",\"tool\":\"Edit\",\"subject\":",
            "success\",\"tool\":\"Edit\",\"subject\":",
        );
        let kind = match event % 16 {
            0 => format!("prompt\",\"text\":\"Mend part {part} of it\""),
            1 | 3 => "tool\",\"name\":\"Bash\"".to_owned(),
            2 => ran("cargo test", failed),
            4 => format!("file\",\"path\":{},\"action\":\"modified\"", file(part)),
            5 => format!("{edit}{},\"error\":\"not found\"", file(part)),
            6 => format!("{read}{}", file(part)),
            7 => ran("cargo test", ""),
            8 => ran("cargo test", ",\"exit\":0"),
            9 => ran(&format!("make part{part}"), failed),
            10 => format!("progress\",\"text\":\"Task {} done\"", part % 50),
            11 => format!(
                "commit\",\"hash\":\"{:010x}\",\"subject\":\"Part {part}\"",
                part * 2_654_435_761
            ),
            12 => ran(&format!("make part{}", part - part % 3), ",\"exit\":0"),
            13 => format!("decision\",\"decision\":\"Way {part}\",\"rationale\":\"simple\""),
            14 => "compaction\"".to_owned(),
            _ => format!("answer\",\"text\":\"Part {part} is done.\""),
        };
        let at = 1_768_127_400_000 + event * 2_000;
        text += &format!("{{\"at\":{at},\"kind\":\"{kind}}}\n");
    }
    text
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
