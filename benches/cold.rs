//! The whole program, side by side with what a user would run instead: A B A B …, medians.
//!
//! ```text
//! cargo bench --bench cold
//! MX_BENCH_KB=DIR MX_BENCH_QUERY=archive cargo bench --bench cold
//! MX_BENCH_SECTIONS=1000000 cargo bench --bench cold
//! ```
//!
//! | variable | |
//! |---|---|
//! | `MX_BENCH_KB` | a directory of Markdown, copied first and never written; without it, or with `MX_BENCH_SECTIONS` too, a generated one is measured |
//! | `MX_BENCH_QUERY` | the words to search for in it |
//! | `MX_BENCH_SECTIONS` | size of the generated one (10,000) |
//! | `MX_BENCH_RUNS` | runs of each program (21); of those that index from nothing at most 5, of a very large one 2 |
//! | `TMPDIR` | where all that happens |
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

mod bare;
mod corpus;
// Shared with others, which use more of it.
#[allow(dead_code)]
mod runner;

use runner::{Act, Compared, Place, Table, medians, time};
use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const MX: &str = env!("CARGO_BIN_EXE_mx");
/// Entries that the bench itself puts into the knowledge base.
const SMALL_ENTRY: &str = "mx-bench/small.md";
const LARGE_ENTRY: &str = "mx-bench/large.md";
const NOTE: &str = "mx-bench/note.md";
/// The most runs of what takes seconds, and of what takes a minute.
const BUILDS: usize = 5;
const LONG_BUILDS: usize = 2;
/// From this many generated sections on, indexing takes long.
const MANY_SECTIONS: usize = 300_000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--bare", root, out] => {
            bare::build(Path::new(root), Path::new(out)).expect("indexed");
        }
        _ if arguments.iter().any(|argument| argument == "--list") => println!("cold: benchmark"),
        _ => Lab::new(corpus::is_measured()).run(),
    }
}

/// How much is measured.
struct Scale {
    runs: usize,
    sections: usize,
    large_entry: usize,
    settle: Duration,
}

impl Scale {
    fn full() -> Self {
        Scale {
            runs: runner::number("MX_BENCH_RUNS", 21),
            sections: corpus::sections(),
            large_entry: 100_000,
            // Longer than the resolution of file times that `mx` reckons with.
            settle: Duration::from_millis(2_100),
        }
    }

    /// How often everything is indexed from nothing.
    fn builds(&self) -> usize {
        let is_long = self.sections >= MANY_SECTIONS;
        self.runs.min(if is_long { LONG_BUILDS } else { BUILDS })
    }

    fn tiny() -> Self {
        Scale {
            runs: 1,
            sections: corpus::sections(),
            large_entry: 500,
            settle: Duration::ZERO,
        }
    }
}

/// One run of everything.
struct Lab {
    scale: Scale,
    place: Place,
    /// The knowledge base that most rows are about.
    kb: PathBuf,
    query: String,
    /// Whether `kb` was generated.
    generated: bool,
    table: Table,
}

impl Lab {
    fn new(full: bool) -> Self {
        let scale = if full { Scale::full() } else { Scale::tiny() };
        let place = Place::new();
        let kb = place.path("kb");
        let given = env::var_os("MX_BENCH_KB").filter(|_| full);
        let query = env::var("MX_BENCH_QUERY").ok().filter(|_| full);
        let default = if given.is_some() {
            "archive"
        } else {
            corpus::RARE_WORD
        };
        match &given {
            Some(given) => copy(Path::new(given), &kb).expect("MX_BENCH_KB is copied"),
            None => {
                corpus::generate(&kb, scale.sections).expect("the corpus is written");
            }
        }
        write(&kb.join(SMALL_ENTRY), &corpus::session_log("mx-bench", 10));
        write(&kb.join(NOTE), &corpus::note(20_000));
        Lab {
            scale,
            place,
            kb,
            query: query.unwrap_or_else(|| default.to_owned()),
            generated: given.is_none(),
            table: Table::default(),
        }
    }

    fn run(mut self) {
        self.settle();
        self.index();
        self.size_on_disk();
        self.search();
        self.get();
        self.search_after_append();
        self.session_log();
        if self.generated || env::var_os("MX_BENCH_SECTIONS").is_some() {
            self.growth();
        }
        self.describe();
        self.table.print();
    }

    /// Waits until the times of files can be trusted.
    fn settle(&self) {
        std::thread::sleep(self.scale.settle);
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = self.place.command(program, &self.kb);
        command.args(arguments);
        command
    }

    fn mx(&self, arguments: &[&str]) -> Command {
        self.command(MX, arguments)
    }

    /// Returns an act that runs a command again and again.
    fn act(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Act<'static> {
        let mut command = self.command(program, arguments);
        Box::new(move || time(&mut command))
    }

    fn describe(&self) {
        let files = bare::files(&self.kb).expect("the files are listed");
        println!(
            "{} files, {:.1} MB of Markdown; query `{}`; medians of {} runs, of {} for indexing; \
             whole processes, warm cache\n",
            files.len(),
            markdown_bytes(&self.kb) / 1e6,
            self.query,
            self.scale.runs,
            self.scale.builds(),
        );
    }

    fn index(&mut self) {
        let own = self.kb.join(".mx/index");
        let out = self.place.path("bare-index");
        let bench = env::current_exe().expect("this program has a path");
        let mut index = self.mx(&["index"]);
        let mut bare = self.command(&bench, &["--bare"]);
        bare.arg(&self.kb).arg(&out);
        let absent = || -> Act<'static> { Box::new(|| Duration::ZERO) };
        let sqlite = self.fill_database();
        let [mine, theirs, fts] = medians(
            self.scale.builds(),
            [
                Box::new(|| from_nothing(&own, &mut index)),
                Box::new(|| from_nothing(&out, &mut bare)),
                sqlite.unwrap_or_else(absent),
            ],
        );
        let what = "index from nothing";
        let against = ("bare tantivy loop", theirs);
        let wanted = Compared::Throughput(1.0);
        self.table.row(what, mine, against, wanted);
        if fts > 0.0 {
            let against = ("SQLite FTS5, given the sections as a script", fts);
            self.table.row(what, mine, against, wanted);
        }
        let same = schema_of(&own) == schema_of(&out);
        assert!(same, "the bare loop has other fields than the index");
        remove(&out);
        remove(&own);
        let memory = self.place.memory(&self.mx(&["index"]), &self.kb);
        self.memory_row("memory of index from nothing", memory, "< 300 MB");
        // Without GNU time nothing has been indexed since.
        runner::output(&mut self.mx(&["index"]));
    }

    fn memory_row(&mut self, what: &str, memory: Option<f64>, wanted: &str) {
        if let Some(memory) = memory {
            self.table.plain(what, format!("{memory:.1} MB"), wanted);
        }
    }

    fn size_on_disk(&mut self) {
        let ratio = bytes(&self.kb.join(".mx/index")) / markdown_bytes(&self.kb);
        let shown = format!("{ratio:.2} × the Markdown");
        self.table.plain("index on disk", shown, "< 1.0 ×");
    }

    fn search(&mut self) {
        let query = self.query.clone();
        self.must_find(&query);
        let mine = ["search", "--", &query];
        let unrefreshed = ["search", "--no-refresh", "--", &query];
        let missing = ["search", "--no-refresh", "--", corpus::MISSING_WORD];
        let grep = self.grep(&query);
        let sqlite = self.sqlite(&query);
        let absent = || -> Act<'static> { Box::new(|| Duration::ZERO) };
        let runs = self.scale.runs;
        let [search, unrefreshed, missing, nothing, rg, fts] = medians(
            runs,
            [
                self.act(MX, &mine),
                self.act(MX, &unrefreshed),
                self.act(MX, &missing),
                self.act("true", &[]),
                grep.unwrap_or_else(absent),
                sqlite.unwrap_or_else(absent),
            ],
        );
        let table = &mut self.table;
        let with = "search, nothing changed";
        let without = "search --no-refresh";
        let wanted = Compared::Difference(5.0);
        table.row(without, unrefreshed, ("`true`", nothing), wanted);
        let nowhere = "the same, a word that occurs nowhere";
        let against = ("a word that occurs", unrefreshed);
        table.row(nowhere, missing, against, Compared::Ratio(2.0));
        if rg > 0.0 {
            table.row(with, search, ("`rg -il`", rg), Compared::Ratio(0.25));
            table.row(
                without,
                unrefreshed,
                ("`rg -il`", rg),
                Compared::Ratio(0.025),
            );
        }
        if fts > 0.0 {
            let against = ("SQLite FTS5, built before", fts);
            table.row(without, unrefreshed, against, Compared::Beside);
        }
        let memory = self.place.memory(&self.mx(&mine), &self.kb);
        self.memory_row("memory of search", memory, "< 40 MB");
    }

    fn must_find(&self, query: &str) {
        let found = runner::output(&mut self.mx(&["search", "--terse", "--", query])).stdout;
        let hint = "name words that are in it with MX_BENCH_QUERY";
        assert!(!found.is_empty(), "nothing found for {query:?}: {hint}");
    }

    /// Searches the files for any of the words.
    fn grep(&self, query: &str) -> Option<Act<'static>> {
        let mut command = self.command(runner::find("rg")?, &["-il"]);
        for word in query.split_whitespace() {
            command.args(["-e", word]);
        }
        command.arg(&self.kb);
        Some(Box::new(move || time(&mut command)))
    }

    /// Puts all sections into a full-text table, from nothing; what they are is found out before.
    fn fill_database(&self) -> Option<Act<'static>> {
        let program = runner::find("sqlite3")?;
        let try_it = ["-bail", ":memory:", "create virtual table t using fts5(x);"];
        let has_fts = Command::new(&program).args(try_it).output().ok()?.status;
        if !has_fts.success() {
            eprintln!("no comparison with SQLite: it has no FTS5");
            return None;
        }
        let script = self.place.path("sections.sql");
        let file = File::create(&script).expect("a file");
        write_sections(io::BufWriter::new(file), &self.kb).expect("the sections are written");
        let database = self.place.path("sections.db");
        let mut command = self.command(program, &["-bail"]);
        command.arg(&database);
        command.arg(format!(".read {}", script.display()));
        Some(Box::new(move || {
            let _ = fs::remove_file(&database);
            time(&mut command)
        }))
    }

    /// Searches a table of SQLite that holds the same sections, if it was filled.
    fn sqlite(&self, query: &str) -> Option<Act<'static>> {
        let database = self.place.path("sections.db");
        let program = runner::find("sqlite3").filter(|_| database.exists())?;
        let words: Vec<String> = query
            .split_whitespace()
            .map(|w| format!("\"{}\"", w.replace('"', "")))
            .collect();
        let select = format!(
            "select path, heading, snippet(s, 2, '', '', '…', 20) from s where s match '{}' \
             order by rank limit 10",
            words.join(" ").replace('\'', "''")
        );
        let mut command = self.command(program, &[]);
        command.arg(&database).arg(select);
        Some(Box::new(move || time(&mut command)))
    }

    fn get(&mut self) {
        let file = self.kb.join(NOTE);
        let file = file.to_str().expect("a temporary directory in UTF-8");
        let acts = [self.act(MX, &["get", NOTE]), self.act("cat", &[file])];
        let [get, cat] = medians(self.scale.runs, acts);
        let wanted = Compared::Difference(3.0);
        self.table
            .row("get of a 20 KB entry", get, ("`cat`", cat), wanted);
    }

    /// Returns a command that appends to an entry of a knowledge base.
    fn append(&self, kb: &Path, entry: &str) -> Command {
        let message = "Fixed authentication module, added OAuth2 support.";
        let mut command = self.place.command(MX, kb);
        command.args(["session-log", "-m", message, "--tags", "auth", "-e", entry]);
        command
    }

    fn search_after_append(&mut self) {
        let search = ["search", "--", &self.query];
        let mut append = self.append(&self.kb, SMALL_ENTRY);
        let (mut after, mut before) = (self.mx(&search), self.mx(&search));
        let after_append = move || {
            runner::output(&mut append);
            time(&mut after)
        };
        let nothing_changed = || {
            self.settle();
            runner::output(&mut before);
            time(&mut before)
        };
        let acts: [Act<'_>; 2] = [Box::new(after_append), Box::new(nothing_changed)];
        let [after, before] = medians(self.scale.runs, acts);
        let against = ("nothing changed", before);
        let wanted = Compared::Difference(25.0);
        self.table
            .row("search after one append", after, against, wanted);
    }

    fn session_log(&mut self) {
        let few = self.place.path("few");
        for number in 0..8 {
            write(
                &few.join(format!("notes/{number}.md")),
                &corpus::note(2_000),
            );
        }
        let sections = self.scale.large_entry;
        write(&few.join(SMALL_ENTRY), &corpus::session_log("few", 10));
        write(
            &few.join(LARGE_ENTRY),
            &corpus::session_log("few", sections),
        );
        let mut small = self.append(&few, SMALL_ENTRY);
        let mut large = self.append(&few, LARGE_ENTRY);
        let mut whole = self.append(&self.kb, SMALL_ENTRY);
        let mut plain = File::create(few.join("plain.txt")).expect("a file");
        let acts: [Act<'_>; 5] = [
            Box::new(|| time(&mut small)),
            Box::new(|| time(&mut large)),
            Box::new(|| time(&mut whole)),
            self.act("true", &[]),
            Box::new(|| write_and_sync(&mut plain)),
        ];
        let [small, large, whole, nothing, sync] = medians(self.scale.runs, acts);
        for (what, measured) in [
            ("10 sections, KB of 10 files", small),
            (&format!("{sections} sections, KB of 10 files"), large),
            ("10 sections, whole KB", whole),
        ] {
            let what = format!("session-log, entry of {what}");
            let wanted = Compared::Difference(4.0);
            self.table.row(&what, measured, ("`true`", nothing), wanted);
        }
        let sync = format!("{sync:.1} ms");
        let what = "of that, one write and sync on this disk";
        self.table.plain(what, sync, "");
    }

    /// Compares a small and a large generated knowledge base.
    fn growth(&mut self) {
        let large = self.scale.sections;
        let small = (large / 10).clamp(1, 10_000);
        let small_kb = self.place.path("growth-small");
        corpus::generate(&small_kb, small).expect("the corpus is written");
        let mut large_kb = self.kb.clone();
        if !self.generated {
            large_kb = self.place.path("growth-large");
            corpus::generate(&large_kb, large).expect("the corpus is written");
        }
        self.settle();
        for (kb, sections) in [(&small_kb, small), (&large_kb, large)] {
            remove(&kb.join(".mx/index"));
            let memory = self.place.memory(&self.of(kb, &["index"]), kb);
            let what = format!("memory of index from nothing, {sections} sections");
            self.memory_row(&what, memory, "< 300 MB");
            // Without GNU time nothing has been indexed yet.
            runner::output(&mut self.of(kb, &["index"]));
        }
        let against = format!("{small} sections");
        for (word, where_found, most) in [
            (corpus::RARE_WORD, "one section of a thousand", 2.0),
            (corpus::RAREST_WORD, "one entry", 1.3),
        ] {
            let search = ["search", "--no-refresh", "--", word];
            let mut first = self.of(&large_kb, &search);
            let mut second = self.of(&small_kb, &search);
            let acts: [Act<'_>; 2] = [
                Box::new(|| time(&mut first)),
                Box::new(|| time(&mut second)),
            ];
            let [slow, fast] = medians(self.scale.runs, acts);
            let what = format!("search --no-refresh, a word in {where_found}, {large} sections");
            let wanted = Compared::Ratio(most);
            self.table.row(&what, slow, (&against, fast), wanted);
        }
        let search = ["search", "--no-refresh", "--", corpus::RARE_WORD];
        for (kb, sections) in [(&small_kb, small), (&large_kb, large)] {
            let memory = self.place.memory(&self.of(kb, &search), kb);
            let what = format!("memory of search --no-refresh, {sections} sections");
            self.memory_row(&what, memory, "< 40 MB");
        }
    }

    fn of(&self, kb: &Path, arguments: &[&str]) -> Command {
        let mut command = self.place.command(MX, kb);
        command.args(arguments);
        command
    }
}

/// Removes an index, then times the command that builds it.
fn from_nothing(index: &Path, command: &mut Command) -> Duration {
    remove(index);
    time(command)
}

/// Reads the schema of the full text that lies below a directory.
fn schema_of(directory: &Path) -> serde_json::Value {
    let files = walkdir::WalkDir::new(directory).into_iter().flatten();
    let mut metas = files.filter(|file| file.file_name() == "meta.json");
    let meta = metas.next().expect("the index says what it is");
    let text = fs::read_to_string(meta.path()).expect("read");
    let meta: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    meta["schema"].clone()
}

fn remove(directory: &Path) {
    if directory.exists() {
        fs::remove_dir_all(directory).expect("the old index is removed");
    }
}

fn write(file: &Path, text: &str) {
    let directory = file.parent().expect("a file is in a directory");
    fs::create_dir_all(directory).expect("a directory");
    let mut file = File::create(file).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    // So that no run pays for what was written here.
    file.sync_all().expect("synced");
}

fn write_and_sync(file: &mut File) -> Duration {
    let begin = Instant::now();
    file.write_all(&[b'x'; 100]).expect("written");
    file.sync_data().expect("synced");
    begin.elapsed()
}

/// Copies all visible Markdown.
fn copy(from: &Path, to: &Path) -> Result<(), bare::Failure> {
    for file in bare::files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, target)?;
    }
    Ok(())
}

/// Returns the bytes of all files below a directory.
fn bytes(directory: &Path) -> f64 {
    let files = walkdir::WalkDir::new(directory).into_iter().flatten();
    let sizes = files.filter_map(|file| file.metadata().ok().filter(|data| data.is_file()));
    sizes.map(|data| data.len() as f64).sum()
}

fn markdown_bytes(kb: &Path) -> f64 {
    let files = bare::files(kb).expect("the files are listed");
    let sizes = files.iter().filter_map(|file| fs::metadata(file).ok());
    sizes.map(|data| data.len() as f64).sum()
}

/// Writes what puts all sections into a full-text table.
fn write_sections(mut out: impl Write, kb: &Path) -> Result<(), bare::Failure> {
    let quoted = |text: &str| text.replace('\'', "''").replace('\0', " ");
    writeln!(
        out,
        "create virtual table s using fts5(path, heading, body, tokenize=porter);"
    )?;
    writeln!(out, "begin;")?;
    for file in bare::files(kb)? {
        let bytes = fs::read(&file)?;
        let text = String::from_utf8_lossy(&bytes);
        let path = quoted(&file.strip_prefix(kb)?.to_string_lossy());
        for section in memex::markdown::parse_document(&text, memex::model::Zone::UTC).sections {
            let heading = quoted(&section.heading);
            let body = quoted(text.get(section.body..section.range.end).unwrap_or(""));
            writeln!(
                out,
                "insert into s values ('{path}', '{heading}', '{body}');"
            )?;
        }
    }
    writeln!(out, "commit;")?;
    out.flush()?;
    Ok(())
}
