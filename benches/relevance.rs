//! How well questions are answered whose right entry is known, beside SQLite FTS5 over the same
//! files. Deterministic: a change of the ranking shows its effect.
//!
//! ```text
//! cargo bench --bench relevance
//! MX_BENCH_CORPUS=DIR MX_BENCH_QUESTIONS=FILE cargo bench --bench relevance
//! MX_BENCH_LOCOMO=FILE cargo bench --bench relevance
//! ```
//!
//! | variable | |
//! |---|---|
//! | `MX_BENCH_QUESTIONS` | a line for each question: directory in the corpus, question, path of the right entry in that directory, separated by tabs |
//! | `MX_BENCH_CORPUS` | the corpus that these are about |
//! | `MX_BENCH_LOCOMO` | conversations with questions as in LoCoMo (Maharana et al., 2024), each session an entry |
//! | `MX_BENCH_VERBOSE` | if set, what is not first is named |
//!
//! Without variables, the questions of the tests are asked. FTS5 is set to its best: porter stems,
//! title counting three times, any word, stop words left out.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "benches stop by panicking, and show what they saw"
)]

mod questions;
// Shared with others, which use more of it.
#[allow(dead_code)]
mod runner;

use questions::{Question, QuestionSet};
use runner::Place;
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const MX: &str = env!("CARGO_BIN_EXE_mx");
/// How many results are looked at.
const DEPTH: usize = 10;

fn main() {
    if env::args().any(|argument| argument == "--list") {
        println!("relevance: benchmark");
        return;
    }
    let measured = env::args().any(|argument| argument == "--bench");
    let path = |name: &str| env::var_os(name).filter(|_| measured).map(PathBuf::from);
    let mut sets = Vec::new();
    if let Some(file) = path("MX_BENCH_LOCOMO") {
        sets.extend(questions::read_conversations(&file));
    }
    if let (Some(corpus), Some(file)) = (path("MX_BENCH_CORPUS"), path("MX_BENCH_QUESTIONS")) {
        sets.extend(questions::read_questions(&corpus, &file));
    }
    if sets.is_empty() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/relevance");
        for file in ["questions.tsv", "words.tsv"] {
            sets.extend(questions::read_questions(&fixtures, &fixtures.join(file)));
        }
    }
    println!("| questions | asked | MRR@10 | first | among ten | recall@5 |");
    println!("|---|---|---|---|---|---|");
    for set in sets {
        measure(&set);
    }
}

/// Asks the questions of a set, and prints the results.
fn measure(set: &QuestionSet) {
    let place = Place::new();
    let kb = place.path("kb");
    let mut mine = Ranks::default();
    let mut theirs = Ranks::default();
    for (number, part) in set.parts.iter().enumerate() {
        let kb = kb.join(number.to_string());
        part.corpus.write_to(&kb);
        runner::output(place.command(MX, &kb).arg("index"));
        let database = Database::fill(&place, &kb);
        for question in &part.questions {
            let found = ask_mx(&place, &kb, &question.text);
            mine.add(question, &found);
            if let Some(database) = &database {
                theirs.add(question, &database.ask(&question.text));
            }
        }
    }
    mine.print(&format!("{}: mx", set.name));
    theirs.print(&format!("{}: FTS5", set.name));
}

fn ask_mx(place: &Place, kb: &Path, question: &str) -> Vec<String> {
    let mut command = place.command(MX, kb);
    command.args([
        "search",
        "--no-refresh",
        "--terse",
        "-n",
        "10",
        "--",
        question,
    ]);
    let found = runner::output(&mut command).stdout;
    let found = String::from_utf8_lossy(&found);
    found.lines().map(str::to_owned).collect()
}

/// Where the right entries stood.
#[derive(Default)]
struct Ranks {
    asked: f64,
    reciprocal: f64,
    first: f64,
    among: f64,
    recalled: f64,
}

impl Ranks {
    fn add(&mut self, question: &Question, found: &[String]) {
        let is_right = |path: &String| question.right.contains(path);
        let rank = found.iter().take(DEPTH).position(is_right);
        self.asked += 1.0;
        if let Some(rank) = rank {
            self.reciprocal += 1.0 / (rank as f64 + 1.0);
            self.among += 1.0;
            self.first += f64::from(rank == 0);
        }
        let recalled = found.iter().take(5).filter(|path| is_right(path)).count();
        self.recalled += recalled as f64 / question.right.len() as f64;
        if rank != Some(0) && env::var_os("MX_BENCH_VERBOSE").is_some() {
            let rank = rank.map_or("-".to_owned(), |rank| (rank + 1).to_string());
            eprintln!("{rank:>3} {} {:?}", question.text, question.right);
        }
    }

    fn print(&self, name: &str) {
        if self.asked > 0.0 {
            let share = |sum: f64| sum / self.asked;
            println!(
                "| {name} | {} | {:.3} | {:.2} | {:.2} | {:.3} |",
                self.asked,
                share(self.reciprocal),
                share(self.first),
                share(self.among),
                share(self.recalled)
            );
        }
    }
}

/// A table of SQLite that holds the entries of a knowledge base.
struct Database<'a> {
    place: &'a Place,
    program: PathBuf,
    file: PathBuf,
}

impl<'a> Database<'a> {
    /// Fills a database; `None` without SQLite.
    fn fill(place: &'a Place, kb: &Path) -> Option<Self> {
        let program = runner::find("sqlite3")?;
        let file = kb.with_extension("db");
        let database = Database {
            place,
            program,
            file,
        };
        let mut script = String::from(
            "create virtual table d using fts5(path unindexed, title, body, \
             tokenize='porter unicode61');\nbegin;\n",
        );
        for (path, text) in questions::read_entries(kb) {
            let quoted = |text: &str| text.replace('\'', "''").replace('\0', " ");
            let stem = path.rsplit('/').next().unwrap_or_default();
            let title = stem.trim_end_matches(".md").replace('-', " ");
            script += &format!(
                "insert into d values ('{}', '{}', '{}');\n",
                quoted(&path),
                quoted(&title),
                quoted(&text)
            );
        }
        script += "commit;\n";
        database.run(&script);
        Some(database)
    }

    /// Returns the paths of the best entries.
    fn ask(&self, question: &str) -> Vec<String> {
        let words = questions::telling_words(question);
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        self.run(&format!(
            "select path from d where d match '{}' order by bm25(d, 0, 3, 1), path limit {DEPTH};\n",
            quoted.join(" OR ")
        ))
    }

    fn run(&self, script: &str) -> Vec<String> {
        let mut command = self.place.command(&self.program, Path::new("."));
        command.arg("-bail").arg(&self.file);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("SQLite runs");
        let mut input = child.stdin.take().expect("a standard input");
        input.write_all(script.as_bytes()).expect("SQLite reads");
        drop(input);
        let output = child.wait_with_output().expect("SQLite ends");
        assert!(output.status.success(), "SQLite has FTS5");
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().map(str::to_owned).collect()
    }
}
