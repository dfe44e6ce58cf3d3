//! Asks git for the commits of a session, and for what each changed.

use super::made::{self, Made};
use super::place::Place;
use super::raw::{self, FORMAT, RawCommit};
use super::reflog::{Entry, Step};
use super::runner::{Failure, Runner};
use std::collections::{HashMap, HashSet};

/// Most commits that are listed.
pub(super) const MAX_COMMITS: usize = 2_000;

/// Asks git for commits.
pub(super) struct Commits<'a> {
    pub git: &'a Runner<'a>,
    pub place: &'a Place,
    /// The commit checked out.
    pub head: Option<&'a str>,
}

impl Commits<'_> {
    /// Returns the commits that the log says were made here and that are still there, in their
    /// order. What was made again later, by amending or rebasing, is not. `start` is when the
    /// session began, in seconds since 1970: an older commit that was only made again is not one
    /// of its commits.
    pub(super) fn of_log(&self, entries: &[&Entry], start: i64) -> Result<Vec<RawCommit>, Failure> {
        let mut made = made::made_commits(entries.iter().copied());
        made.drain(..made.len().saturating_sub(MAX_COMMITS));
        if made.is_empty() {
            return Ok(Vec::new());
        }
        let told = self.read(made.iter().map(request_line))?;
        let mut told: HashMap<String, RawCommit> = told
            .into_iter()
            .map(|raw| (raw.hash.clone(), raw))
            .collect();
        made.retain(|made| told.get(&made.hash).is_some_and(|raw| is_new(made, raw)));
        let own = own_commits(&made, &told, start);
        made.retain(|made| own.contains(&made.hash));
        let dead = self.unreachable(&made)?;
        let saved = self.saved(entries, &made, &dead, &told)?;
        let lives = |made: &&Made| !dead.contains(&made.hash) || saved.contains(&made.hash);
        let alive = made.iter().filter(lives);
        let alive = alive.filter_map(|made| told.remove(&made.hash)).collect();
        Ok(self.below(alive))
    }

    /// Returns the commits of `HEAD` and of all branches that were committed at `start` or later,
    /// in seconds since 1970, oldest first; without those that `known` leads up to.
    pub(super) fn since(&self, start: i64, known: Option<&str>) -> Result<Vec<RawCommit>, Failure> {
        // Not `--max-age`, which ends in 2038.
        let age = format!("--since=@{} +0000", start.max(0));
        let count = format!("-{MAX_COMMITS}");
        let mut arguments = vec!["rev-list", "--ignore-missing", "--date-order", &age, &count];
        arguments.extend(self.tips());
        if let Some(known) = known {
            arguments.extend(["--not", known]);
        }
        let mut hashes = split_lines(&self.git.run(&arguments, Vec::new())?);
        hashes.reverse();
        if hashes.is_empty() {
            return Ok(Vec::new());
        }
        let told = self.read(hashes.into_iter())?;
        Ok(self.below(told))
    }

    /// Returns when the newest commit of `HEAD` and of all branches was made.
    pub(super) fn newest(&self) -> Result<Option<i64>, Failure> {
        let mut arguments = vec!["rev-list", "--timestamp", "-1"];
        arguments.extend(self.tips());
        let newest = split_lines(&self.git.run(&arguments, Vec::new())?);
        let time = newest
            .first()
            .and_then(|line| line.split(' ').next()?.parse().ok());
        Ok(time)
    }

    fn tips<'t>(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let head = self.head.map(|_| "HEAD");
        head.into_iter().chain(["--branches"])
    }

    /// Leaves out, in a part of the repository, what changed nothing there.
    fn below(&self, mut commits: Vec<RawCommit>) -> Vec<RawCommit> {
        if !self.place.is_root() {
            commits.retain(|commit| !commit.changes.is_empty());
        }
        commits
    }

    /// Returns those of the commits that neither `HEAD` nor a branch leads to.
    fn unreachable(&self, made: &[Made]) -> Result<HashSet<String>, Failure> {
        let mut arguments = vec!["rev-list", "--ignore-missing", "--stdin", "--not"];
        arguments.extend(self.tips());
        let input = join_lines(made.iter().map(|made| made.hash.clone()));
        let output = self.git.run(&arguments, input)?;
        Ok(split_lines(&output).into_iter().collect())
    }

    /// Returns the unreachable commits that count nevertheless: those of a branch that was deleted
    /// after it was left, as after a merge on a server; unless they were made again elsewhere.
    fn saved(
        &self,
        entries: &[&Entry],
        made: &[Made],
        dead: &HashSet<String>,
        told: &HashMap<String, RawCommit>,
    ) -> Result<HashSet<String>, Failure> {
        let mut left = made::left_commits(entries.iter().copied());
        left.retain(|_, tip| dead.contains(tip));
        if left.is_empty() {
            return Ok(HashSet::new());
        }
        let list = ["for-each-ref", "--format=%(refname)", "refs/heads"];
        let branches: HashSet<String> = split_lines(&self.git.run(&list, Vec::new())?)
            .into_iter()
            .collect();
        // A commit that was checked out without a branch was never on one.
        let gone = |name: &String| {
            !branches.contains(&format!("refs/heads/{name}")) && !dead.contains(name)
        };
        let tips = left
            .iter()
            .filter(|(name, _)| gone(name))
            .map(|(_, tip)| tip);
        let mut saved = made::leading_up_to(tips, made, dead);
        let what = |hash: &str| {
            told.get(hash)
                .map(|raw| (raw.written, raw.subject.as_str()))
        };
        let alive = made.iter().filter(|made| !dead.contains(&made.hash));
        let again: HashSet<_> = alive.map(|made| what(&made.hash)).collect();
        saved.retain(|hash| !again.contains(&what(hash)));
        Ok(saved.into_iter().map(str::to_owned).collect())
    }

    /// Returns what git says of the commits, one a line. What it does not know is left out.
    fn read(&self, input: impl Iterator<Item = String>) -> Result<Vec<RawCommit>, Failure> {
        let input = join_lines(input);
        let told = match self.diff_tree("-M", input.clone()) {
            // A partial clone may lack what a comparison needs.
            Err(Failure::Refused(_)) => self.diff_tree("--no-renames", input)?,
            told => told?,
        };
        let mut commits = raw::parse_raw_log(&told);
        // Where the history was cut off, a commit seems to have made every file.
        let shallow = self.place.shallow();
        for commit in &mut commits {
            if shallow.contains(&commit.hash) {
                commit.changes.clear();
            }
        }
        Ok(commits)
    }

    fn diff_tree(&self, renames: &str, input: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let mut arguments = vec![
            "diff-tree",
            "--stdin",
            "-r",
            "-c",
            renames,
            "--root",
            "--always",
        ];
        arguments.extend([
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-ext-diff",
            "--encoding=UTF-8",
        ]);
        arguments.push(FORMAT);
        if !self.place.is_root() {
            arguments.extend(["--", "."]);
        }
        self.git.run(&arguments, input)
    }
}

/// Returns the line that asks `git diff-tree` for a commit, compared with another than its parent
/// if only that was done here.
fn request_line(made: &Made) -> String {
    match &made.instead_of {
        Some(old) => format!("{} {old}", made.hash),
        None => made.hash.clone(),
    }
}

/// Returns whether a step made the commit, if only the commit itself can show it: it is newer than
/// the one before, and no older than the step.
fn is_new(made: &Made, raw: &RawCommit) -> bool {
    if made.step != Step::Unclear {
        return true;
    }
    let follows = match &made.before {
        Some(before) => raw.parents.contains(before),
        None => raw.parents.iter().all(String::is_empty),
    };
    follows && (raw.time.seconds() - made.time).abs() <= 1
}

/// Returns the commits without those that were only made again, and were written before.
fn own_commits(made: &[Made], told: &HashMap<String, RawCommit>, start: i64) -> HashSet<String> {
    let written = |made: &Made| told.get(&made.hash).map(|raw| raw.written);
    let first = made.iter().filter(|made| made.step != Step::Rebase);
    let here: HashSet<Option<i64>> = first.map(written).collect();
    let own = |made: &&Made| {
        let written = written(made);
        here.contains(&written) || written.is_some_and(|written| written >= start)
    };
    let own = made.iter().filter(own);
    own.map(|made| made.hash.clone()).collect()
}

fn join_lines(lines: impl Iterator<Item = String>) -> Vec<u8> {
    lines.flat_map(|line| (line + "\n").into_bytes()).collect()
}

fn split_lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    text.lines().map(str::to_owned).collect()
}
