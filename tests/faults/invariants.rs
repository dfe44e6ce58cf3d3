//! What must hold after a fault: nothing acknowledged is lost, torn or doubled; no other file is
//! changed; the next command works, and derived files are right after it; repeating the command
//! does the right thing.

use crate::common::World;
use crate::injector::{Fault, Struck};
use crate::lab::{Call, Lab, Snapshot, mx};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::Output;

/// Words that prepared homes hold, each in one row or note that was acknowledged.
pub const ACKNOWLEDGED: [&str; 4] = ["ackfirst", "acksecond", "ackthird", "ackfourth"];

/// What a command does when nothing goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It adds a row or note with this word, once more each time.
    Adds(&'static str),
    /// As a hook it takes in an event with this word, or notes that it could not.
    TakesIn(&'static str),
    /// It leads to the same, however often it is done.
    Converges,
    /// As [`Effect::Converges`], but not without threads: it makes the index, or says that it cannot.
    Indexes,
    /// It answers the same, whatever cannot be written.
    Answers,
}

type Checked = Result<(), String>;

/// What commands that come later depend on, and what is expected of them.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct FaultOutcome {
    /// A hash of all files.
    state: blake3::Hash,
    succeeded: bool,
    killed: bool,
    /// What could not be read could not be taken in.
    unseen: bool,
    /// The fault did not pass.
    lasting: bool,
    /// The command reported that a part of what it wrote stays.
    stays_in_part: bool,
    /// The command reported that the record is elsewhere than it would be.
    differs_as_reported: bool,
}

impl FaultOutcome {
    fn of(lab: &Lab, fault: Fault<'_>, struck: &Struck) -> Self {
        let said = String::from_utf8_lossy(&struck.output.stderr);
        let succeeded = struck.output.status.success();
        // No write has failed that would leave half an index.
        let whole = fault.classes != "w" || (succeeded && matches!(fault.mode, "short" | "EINTR"));
        FaultOutcome {
            state: lab.hash_files(whole),
            succeeded,
            killed: struck.is_killed(),
            unseen: fault.classes == "rs" && succeeded,
            lasting: fault.mode.contains(':'),
            stays_in_part: said.contains("a part of the text stays at its end"),
            differs_as_reported: said.contains("the record is kept in the knowledge base"),
        }
    }
}

/// What comes of a command when nothing goes wrong.
pub struct Expected {
    effect: Effect,
    first: Output,
    again: Output,
    /// Before the command.
    before: Snapshot,
    /// The files that the command may change.
    changing: BTreeSet<PathBuf>,
    /// After it was done twice.
    after: Snapshot,
}

impl Expected {
    /// Finds out.
    pub fn find(lab: &Lab, call: &Call, effect: Effect) -> Self {
        lab.restore();
        let before = lab.snapshot();
        let first = call.run(&lab.world).output();
        next_command(&lab.world).expect("the next command works");
        let between = lab.snapshot();
        let again = call.run(&lab.world).output();
        next_command(&lab.world).expect("the next command works");
        let after = lab.snapshot();
        let states = [&before, &between, &after];
        let paths: BTreeSet<&PathBuf> = states.iter().flat_map(|state| state.keys()).collect();
        let changes = |path: &PathBuf| {
            let [before, between, after] = states.map(|state| state.get(path));
            before != between || between != after
        };
        Expected {
            effect,
            changing: paths
                .into_iter()
                .filter(|path| changes(path) || is_derived(path))
                .cloned()
                .collect(),
            first,
            again,
            before,
            after,
        }
    }

    /// Checks the outcome of the command under a fault. What commands make of it later is looked at
    /// once for each state in which it left the world.
    pub fn check(
        &self,
        lab: &Lab,
        call: &Call,
        (fault, struck): (Fault<'_>, &Struck),
        checked: &mut HashSet<FaultOutcome>,
    ) -> Checked {
        self.check_outcome(fault, struck)?;
        self.check_others(&lab.snapshot())?;
        let outcome = FaultOutcome::of(lab, fault, struck);
        if !checked.contains(&outcome) {
            self.check_later(lab, call, &outcome)?;
            checked.insert(outcome);
        }
        Ok(())
    }

    fn check_later(&self, lab: &Lab, call: &Call, outcome: &FaultOutcome) -> Checked {
        let unseen = outcome.unseen;
        if unseen {
            log_list(&lab.world)?;
        } else {
            next_command(&lab.world)?;
        }
        check_acknowledged(&lab.world)?;
        self.check_added(lab, outcome)?;
        // It is not repeated at once; what was left behind is certain to have no owner by then.
        lab.age_leftovers();
        let repeated = call.run(&lab.world).output();
        self.check_repeated(&repeated)?;
        next_command(&lab.world)?;
        check_acknowledged(&lab.world)?;
        match self.effect {
            Effect::Adds(word) | Effect::TakesIn(word) => match count(&lab.world, word) {
                1 | 2 => Ok(()),
                n => Err(format!("'{word}' is there {n} times after repeating")),
            },
            _ if unseen || outcome.differs_as_reported => Ok(()),
            _ => compare(&lab.snapshot(), &self.after),
        }
    }

    /// It fails as commands do, and only where something went wrong.
    fn check_outcome(&self, fault: Fault<'_>, struck: &Struck) -> Checked {
        let Output { status, stdout, .. } = &struck.output;
        let stderr = String::from_utf8_lossy(&struck.output.stderr);
        if stderr.contains("panicked") || stderr.contains("internal error") {
            return Err("it panicked".to_owned());
        }
        if struck.is_killed() {
            return Ok(());
        }
        let code = status.code().unwrap_or(-1);
        let usual = self.first.status.code() == Some(code);
        let without_threads = fault.classes == "t" && self.effect != Effect::Indexes;
        let harmless =
            without_threads || matches!(fault.mode, "short" | "EINTR" | "ENOTSUP" | "ENOLCK");
        let never_fails = match self.effect {
            Effect::TakesIn(_) => true,
            Effect::Answers => fault.classes != "rs",
            _ => harmless,
        };
        if never_fails && !usual {
            return Err("it failed, though it need not".to_owned());
        }
        if self.effect == Effect::Answers && never_fails && *stdout != self.first.stdout {
            return Err(format!(
                "another answer: {}",
                String::from_utf8_lossy(stdout)
            ));
        }
        // A file that seems to be there and then is not is one that is not found.
        let known: &[i32] = if fault.classes == "rs" {
            &[1, 3, 4]
        } else {
            &[1, 4]
        };
        // What the doctor finds is an answer.
        let told = [&*stderr, &*String::from_utf8_lossy(stdout)].concat();
        let is_finding = told.contains("hint: ") && told.contains(" finding");
        if !usual && (!known.contains(&code) || !(stderr.contains("error: ") || is_finding)) {
            return Err("it failed in no way that is known".to_owned());
        }
        let full = fault.mode.ends_with("ENOSPC");
        if !usual && full && !told.contains("No space left") {
            return Err("a full disk is not reported as one".to_owned());
        }
        Ok(())
    }

    /// No other file has changed.
    fn check_others(&self, now: &Snapshot) -> Checked {
        let others = self.before.iter();
        let mut others = others.filter(|(path, _)| !self.changing.contains(*path));
        match others.find(|(path, bytes)| now.get(*path) != Some(bytes)) {
            Some((path, _)) => Err(format!("{} has changed", path.display())),
            None => Ok(()),
        }
    }

    /// What was acknowledged is there, and what failed is not.
    fn check_added(&self, lab: &Lab, outcome: &FaultOutcome) -> Checked {
        let times = match self.effect {
            Effect::Adds(word) | Effect::TakesIn(word) => count(&lab.world, word),
            _ => return Ok(()),
        };
        let succeeded = outcome.succeeded;
        match (self.effect, times) {
            (_, 2..) => Err(format!("it is there {times} times")),
            (Effect::Adds(_), 0) if succeeded => Err("what was acknowledged is lost".to_owned()),
            // Where undoing fails too, the command says so, and the next one takes it back.
            (Effect::Adds(_), 1) if !succeeded && !outcome.killed && !outcome.stays_in_part => {
                Err("it failed, and what it should add is there".to_owned())
            }
            (Effect::TakesIn(_), 0) if succeeded && !outcome.lasting && !lost(lab) => {
                Err("a hook lost what it was given, and does not say so".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn check_repeated(&self, output: &Output) -> Checked {
        let code = output.status.code();
        if code == self.first.status.code() || code == self.again.status.code() {
            return Ok(());
        }
        Err(format!("repeating it fails: {output:?}"))
    }
}

/// Whether it is noted that a hook could not note something.
fn lost(lab: &Lab) -> bool {
    let diagnosis = lab.world.command(&["doctor", "--json"]).output();
    String::from_utf8_lossy(&diagnosis.stdout).contains(r#""check":"losses""#)
}

/// The next command works, and the derived files are right after it.
pub fn next_command(world: &World) -> Checked {
    log_list(world)?;
    if !world.kb().join("session_logs").exists() {
        return Ok(());
    }
    let derived = || {
        let names = [
            "SESSION_INDEX.md",
            "SESSION_INDEX_ARCHIVE.md",
            "RECENT_WORK.md",
        ];
        names.map(|name| std::fs::read(world.kb().join("session_logs").join(name)).ok())
    };
    let before = derived();
    succeed(world, &["log", "index"])?;
    // Where nothing has ended yet, there need be none.
    let needless = before == [None, None, None] && !has_ended(world);
    if needless || before == derived() {
        return Ok(());
    }
    Err("derived files are out of date".to_owned())
}

fn log_list(world: &World) -> Checked {
    succeed(world, &["log", "list"])
}

/// Runs a command that has nothing to warn of.
fn succeed(world: &World, arguments: &[&str]) -> Checked {
    let output = mx(arguments).run(world).output();
    let warns = String::from_utf8_lossy(&output.stderr).contains("warning: ");
    if output.status.success() && !warns {
        Ok(())
    } else {
        Err(format!("mx {}: {output:?}", arguments.join(" ")))
    }
}

fn has_ended(world: &World) -> bool {
    let ended = |(path, text): &(PathBuf, String)| {
        path.starts_with(world.kb()) && text.contains("\nstatus: ended\n")
    };
    markdown(world).iter().any(ended)
}

/// What was acknowledged before is there once.
pub fn check_acknowledged(world: &World) -> Checked {
    let wrong = |word: &&&str| ![0, 1].contains(&count(world, word));
    if let Some(word) = ACKNOWLEDGED.iter().find(wrong) {
        return Err(format!("'{word}' is there {} times", count(world, word)));
    }
    let there = ACKNOWLEDGED.iter().filter(|word| count(world, word) == 1);
    if there.count() == expected_words(world) {
        Ok(())
    } else {
        Err("an acknowledged row or note is lost".to_owned())
    }
}

/// Returns how many of the acknowledged words a prepared home has: it says so itself.
fn expected_words(world: &World) -> usize {
    let noted = std::fs::read_to_string(world.home().join("acknowledged"));
    noted.ok().map_or(0, |text| text.lines().count())
}

/// Returns how many rows and notes hold a word.
pub fn count(world: &World, word: &str) -> usize {
    let begins = |line: &str| line.starts_with("| ") || line.starts_with("- [");
    let is_row = |line: &&str| *line == word || (begins(line) && line.contains(word));
    let texts = markdown(world);
    let rows = texts
        .iter()
        .map(|(_, text)| text.lines().filter(is_row).count());
    rows.sum()
}

/// Returns the Markdown of the knowledge base and of the project, but for what is derived.
fn markdown(world: &World) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories = vec![world.kb(), world.work()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|end| end == "md") && !is_derived(&path) {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                found.push((path, text));
            }
        }
    }
    found
}

fn is_derived(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("SESSION_INDEX") || name.starts_with("RECENT_WORK")
}

/// Returns a text without how much of a journal is in it, for hooks may have noted the same twice, and
/// without empty lines at its end: one stays in a record whose end was taken back.
fn without_position(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes
        .trim_ascii_end()
        .split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.starts_with(b"journal: "))
        .collect::<Vec<_>>()
        .concat()
}

fn compare(now: &Snapshot, expected: &Snapshot) -> Checked {
    let paths: BTreeSet<&PathBuf> = now.keys().chain(expected.keys()).collect();
    let differs = |path: &&&PathBuf| {
        let [now, expected] = [now, expected].map(|state| state.get(**path));
        now.map(|bytes| without_position(bytes)) != expected.map(|bytes| without_position(bytes))
    };
    let Some(path) = paths.iter().find(differs) else {
        return Ok(());
    };
    let text = |state: &Snapshot| match state.get(*path) {
        Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        None => "nothing".to_owned(),
    };
    Err(format!(
        "{} is not what it is without the fault:\n{}\ninstead of:\n{}",
        path.display(),
        text(now),
        text(expected)
    ))
}
