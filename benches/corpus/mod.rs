//! A knowledge base that never was: seeded, the same in every run, shaped like what agents and
//! people write.
//!
//! Seven sections of ten are dated sections of session entries (a few hundred in each), the rest
//! are plain notes of one to seven sections. Words follow Zipf's law; between them stand
//! identifiers, paths, error codes and some code. [`RARE`] stands in one section of a thousand.

#![allow(
    dead_code,
    reason = "each benchmark is a crate of its own and uses a part of this"
)]

use std::fs;
use std::io;
use std::path::Path;

/// Two words that nothing else holds, next to each other in one section of a thousand.
pub const RARE: &str = "quoxilant verbrandle";
/// The first of them.
pub const RARE_WORD: &str = "quoxilant";
/// A word that occurs nowhere, in no knowledge base; here one that is spelt nearly so does.
pub const MISSING_WORD: &str = "quoxilent";
/// A word that stands in one entry, as a part of its name.
pub const RAREST_WORD: &str = "1";
/// A word in about every second section.
pub const COMMON_WORD: &str = "deploy";
/// A tag that one dated section of six carries.
pub const TAG: &str = "auth";
/// Sections where `MX_BENCH_SECTIONS` does not say.
pub const DEFAULT_SECTIONS: usize = 10_000;
const TEST_SECTIONS: usize = 1_000;

/// Different words, about as many as a project of some years has.
const VOCABULARY: u32 = 50_000;
/// The most common of them, most common first.
const HEAD: &[&str] = &[
    "the",
    "to",
    "a",
    "and",
    COMMON_WORD,
    "of",
    "in",
    "for",
    "is",
    "on",
    "with",
    "fixed",
    "test",
    "added",
    "not",
    "module",
    "error",
    "when",
    "from",
    "build",
    "config",
    "cache",
    "request",
    "token",
    "server",
    "client",
    "branch",
    "schema",
    "query",
    "index",
    "update",
    "version",
    "migration",
    "handler",
    "timeout",
    "retry",
    "queue",
    "worker",
    "session",
    "password",
    "limit",
    "rollback",
    "endpoint",
    "payload",
    "parser",
    "thread",
    "lock",
    "memory",
    "disk",
    "review",
];
const TAGS: &[&str] = &[TAG, "progress", "bugfix", "api", "db/migration", "release"];
const SYLLABLES: &[&str] = &[
    "ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "wa",
    "ze", "bri", "cla", "dre", "flo", "gri", "pla", "sto", "tra", "ven", "lor", "mar", "nis",
    "tek",
];
/// Dated sections of a session entry on average.
const LOG_SECTIONS: usize = 250;
/// 2024-01-01 00:00 UTC, where time begins.
const BEGIN: i64 = 1_704_067_200;

/// What was generated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    /// Markdown files.
    pub files: usize,
    /// Sections in them.
    pub sections: usize,
    /// Bytes of Markdown.
    pub bytes: u64,
}

/// Returns whether this is a measurement, and not a test that the benchmark runs at all: cargo
/// says `--bench` to the former only.
pub fn is_measured() -> bool {
    let said = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    said("--bench") && !said("--test")
}

/// Returns the number of sections that `MX_BENCH_SECTIONS` asks for; few in a test.
pub fn sections() -> usize {
    if !is_measured() {
        return TEST_SECTIONS;
    }
    let wanted = std::env::var("MX_BENCH_SECTIONS").ok();
    let wanted = wanted.map(|text| text.replace(['_', ','], ""));
    wanted.map_or(DEFAULT_SECTIONS, |text| {
        let number = text.parse().ok().filter(|n| (1..=10_000_000).contains(n));
        number.expect("MX_BENCH_SECTIONS is a number of sections, from 1 to 10,000,000")
    })
}

/// Writes a knowledge base of so many sections into a directory. One file is held in memory at a
/// time.
pub fn generate(root: &Path, sections: usize) -> io::Result<Size> {
    let mut size = Size::default();
    let mut number = 0;
    while size.sections < sections {
        let left = sections - size.sections;
        let entry = Entry::new(number, size.sections, left);
        let file = root.join(&entry.path);
        fs::create_dir_all(file.parent().unwrap_or(root))?;
        fs::write(file, &entry.text)?;
        size.files += 1;
        size.sections += entry.sections;
        size.bytes += entry.text.len() as u64;
        number += 1;
    }
    Ok(size)
}

/// Returns the text of a session entry of so many dated sections.
pub fn session_log(project: &str, sections: usize) -> String {
    let mut writer = Writer::new(7);
    writer.log(project, 0, sections);
    writer.text
}

/// Returns a plain note of at least so many bytes.
pub fn note(bytes: usize) -> String {
    let mut writer = Writer::new(11);
    writer.note_head();
    while writer.text.len() < bytes {
        writer.note_section(1);
    }
    writer.text
}

/// One generated file.
struct Entry {
    path: String,
    text: String,
    sections: usize,
}

impl Entry {
    /// Makes the entry of a number; `first` sections are there already, `left` are wanted still.
    fn new(number: usize, first: usize, left: usize) -> Self {
        let mut writer = Writer::new(number as u64 + 1_000);
        // As many sections in notes as make three of ten.
        let is_log = number.is_multiple_of(28);
        let sections = if is_log {
            let spread = writer.random.below(2 * LOG_SECTIONS as u32 - 20) as usize;
            (10 + spread).min(left)
        } else {
            (1 + writer.random.below(7) as usize).min(left)
        };
        let path = if is_log {
            let project = format!("{}-{number}", word(1_000 + number as u32));
            writer.log(&project, first, sections);
            format!("projects/{project}/sessions.md")
        } else {
            writer.note(first, sections);
            let name = word(2_000 + number as u32);
            format!("notes/{:02}/{name}-{number}.md", number % 97)
        };
        Entry {
            path,
            text: writer.text,
            sections,
        }
    }
}

/// Writes Markdown.
struct Writer {
    random: Random,
    text: String,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Writer {
            random: Random(seed),
            text: String::new(),
        }
    }

    /// Writes a session entry whose sections are numbered from `first`.
    fn log(&mut self, project: &str, first: usize, sections: usize) {
        let created = date(BEGIN, "T", ":00Z");
        self.text += &format!(
            "---\ntitle: {project} Sessions\ntags:\n  - {project}\n  - sessions\n\
             created: '{created}'\n---\n\n# Session Log\n\nSession notes for {project}.\n"
        );
        let mut time = BEGIN + i64::from(self.random.below(40_000_000));
        // The text before the first dated section is a section too.
        for number in first + 1..first + sections {
            time += i64::from(60 + self.random.below(90_000));
            self.dated_section(time, number);
        }
    }

    fn dated_section(&mut self, time: i64, number: usize) {
        self.text += &format!("\n## {}\n\n", date(time, " ", " UTC"));
        let tag = self.random.pick(TAGS);
        let more = self.random.pick(TAGS);
        self.text += &format!("#{tag} #{more}\n\n");
        self.paragraph(12, 50);
        self.plant(number);
        match self.random.below(8) {
            0 => self.code(),
            1 => self.list(),
            2 => self.link(),
            _ => {}
        }
    }

    fn note(&mut self, first: usize, sections: usize) {
        self.note_head();
        self.paragraph(10, 60);
        self.plant(first);
        for number in first + 1..first + sections {
            self.note_section(number);
        }
    }

    fn note_head(&mut self) {
        let (title, tag) = (self.title(), self.random.pick(TAGS));
        self.text += &format!("---\ntitle: {title}\ntags: [{tag}, notes]\n---\n\n# {title}\n\n");
    }

    fn note_section(&mut self, number: usize) {
        let title = self.title();
        self.text += &format!("\n## {title}\n\n");
        self.paragraph(20, 80);
        self.plant(number);
        if self.random.below(3) == 0 {
            self.code();
        }
    }

    fn plant(&mut self, number: usize) {
        if number % 1_000 == 5 {
            self.text += &format!("\nThe {RARE} came back.\n");
        }
    }

    fn title(&mut self) -> String {
        let words = 2 + self.random.below(3);
        let words: Vec<String> = (0..words).map(|_| self.random.word()).collect();
        words.join(" ")
    }

    /// Writes a paragraph of `least` to `least + spread` words in lines of about twelve.
    fn paragraph(&mut self, least: u32, spread: u32) {
        let words = least + self.random.below(spread);
        for number in 1..=words {
            let piece = self.piece();
            self.text += &piece;
            let end = match number {
                _ if number == words => ".\n",
                _ if number % 12 == 0 => "\n",
                _ if self.random.below(9) == 0 => ", ",
                _ => " ",
            };
            self.text += end;
        }
    }

    /// Returns a word, or now and then what stands between words in notes about programs.
    fn piece(&mut self) -> String {
        match self.random.below(40) {
            0 => format!("`{}`", self.identifier()),
            1 => self.path(),
            2 => format!("E{:04}", self.random.below(900)),
            3 => format!("**{}**", self.random.word()),
            _ => self.random.word(),
        }
    }

    fn identifier(&mut self) -> String {
        let (first, second) = (self.random.word(), self.random.word());
        match self.random.below(2) {
            0 => format!("{first}_{second}"),
            _ => first + &capital(&second),
        }
    }

    fn path(&mut self) -> String {
        let (directory, file) = (self.random.word(), self.random.word());
        format!("src/{directory}/{file}.rs")
    }

    fn code(&mut self) {
        let (name, argument) = (self.identifier(), self.random.word());
        self.text += &format!(
            "\n```rust\nfn {name}({argument}: &str) -> Result<()> {{\n    {argument}.len();\n\
             }}\n```\n"
        );
    }

    fn list(&mut self) {
        self.text.push('\n');
        for _ in 0..2 + self.random.below(4) {
            self.text += "- ";
            self.paragraph(4, 8);
        }
    }

    fn link(&mut self) {
        let name = self.random.word();
        self.text += &format!("\nRelated: [[notes/{name}.md]]\n");
    }
}

/// splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Returns a number below the limit, which is not 0.
    fn below(&mut self, limit: u32) -> u32 {
        (((self.next() >> 32) * u64::from(limit)) >> 32) as u32
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len() as u32) as usize]
    }

    /// Returns a word by Zipf's law with exponent 1, by the inverse of its distribution.
    fn word(&mut self) -> String {
        let uniform = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        word(f64::from(VOCABULARY).powf(uniform) as u32 - 1)
    }
}

/// Scrambles a number; no two give the same.
pub fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Returns the word of a rank, 0 being the most common.
fn word(rank: u32) -> String {
    if let Some(word) = HEAD.get(rank as usize) {
        return (*word).to_owned();
    }
    let base = SYLLABLES.len();
    let mut rest = rank as usize;
    let mut word = String::new();
    while rest > 0 {
        word += SYLLABLES[rest % base];
        rest /= base;
    }
    word
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// Writes a time as `2026-01-11`, `between`, `14:45`, `end`.
fn date(seconds: i64, between: &str, end: &str) -> String {
    let time = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    time.format(&format!("%Y-%m-%d{between}%H:%M{end}"))
        .to_string()
}
