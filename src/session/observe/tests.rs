//! Plays sessions on real directories and repositories.

mod files;
mod history;
mod limits;
mod places;
mod reconstruction;
mod renames;

use super::file_time::SECOND;
use super::runner::Git;
use super::{Baseline, Evidence, Observation, Observer, Since};
use crate::kb::system_nanoseconds;
use crate::model::Timestamp;
use std::cell::Cell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

/// When the first commit of a test is made: 2025-03-21T14:30:00Z.
const BEGINNING: i64 = 1_742_567_400;

/// A directory to work in, and one minute more on git's clock with each command.
struct Work {
    home: TempDir,
    dir: PathBuf,
    clock: Cell<i64>,
    observer: Observer,
}

impl Work {
    /// Makes an empty directory.
    fn plain() -> Self {
        let home = tempfile::tempdir().expect("temporary directory");
        // Links in the path of temporary directories are another test.
        let real = fs::canonicalize(home.path()).expect("a directory");
        let real = if cfg!(windows) {
            home.path().to_path_buf()
        } else {
            real
        };
        let dir = real.join("work");
        fs::create_dir(&dir).expect("mkdir");
        let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
        let git = Git {
            variables: vec![
                ("GIT_CONFIG_GLOBAL".into(), nothing.into()),
                ("GIT_CONFIG_NOSYSTEM".into(), "1".into()),
                ("HOME".into(), home.path().into()),
            ],
            ..Git::default()
        };
        let excluded = vec![real.join("work/kb/session_logs"), real.join("work/.mx")];
        let observer = Observer {
            git,
            excluded,
            ..Observer::default()
        };
        Work {
            home,
            dir,
            clock: Cell::new(BEGINNING),
            observer,
        }
    }

    /// Makes an empty repository.
    fn empty() -> Self {
        let work = Work::plain();
        work.git(&["init", "-q", "-b", "main"]);
        work
    }

    /// Makes a repository with the files `a`, `b` and `dir/c` in a commit `first`.
    fn new() -> Self {
        let work = Work::empty();
        for name in ["a", "b", "dir/c"] {
            work.write(name, &format!("content of {name}\n"));
        }
        work.commit("first");
        work
    }

    /// The same directory, worked in at another place.
    fn at(self, dir: impl AsRef<Path>) -> Self {
        let dir = self.dir.join(dir);
        Work { dir, ..self }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("mkdir");
        fs::write(path, content).expect("write");
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).expect("remove");
    }

    fn rename(&self, from: &str, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().expect("a parent")).expect("mkdir");
        fs::rename(self.path(from), to).expect("rename");
    }

    /// Makes a file older, in seconds.
    fn age(&self, name: &str, seconds: u64) {
        let file = File::options().write(true).open(self.path(name));
        let file = file.expect("open");
        let data = file.metadata().expect("metadata");
        let time = data.modified().expect("a time") - Duration::from_secs(seconds);
        file.set_modified(time).expect("set the time");
    }

    /// Runs git in the directory; whether it succeeded, and what it wrote.
    fn try_git(&self, arguments: &[&str]) -> (bool, String) {
        self.clock.set(self.clock.get() + 60);
        let time = format!("@{} +0000", self.clock.get());
        let mut git = Command::new("git");
        git.args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "core.autocrlf=false",
        ]);
        git.args(arguments).current_dir(&self.dir);
        git.envs(self.observer.git.variables.iter().cloned());
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "A");
            git.env(format!("GIT_{who}_EMAIL"), "a@example.com");
            git.env(format!("GIT_{who}_DATE"), &time);
        }
        git.env("GIT_EDITOR", "true")
            .env("GIT_SEQUENCE_EDITOR", "true");
        let output = git.output().expect("git runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), text + &errors)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let (success, text) = self.try_git(arguments);
        assert!(success, "git {arguments:?}: {text}");
        text
    }

    /// Commits everything.
    fn commit(&self, subject: &str) {
        self.git(&["add", "-A", "."]);
        self.git(&["commit", "-q", "-m", subject]);
    }

    /// Returns the time on the clock of the file system.
    fn file_time(&self) -> i64 {
        let probe = self.home.path().join("probe");
        fs::write(&probe, "").expect("write");
        let time = fs::metadata(probe).and_then(|data| data.modified());
        let since = time.expect("a time").duration_since(UNIX_EPOCH);
        i64::try_from(since.expect("after 1970").as_nanos()).expect("before 2262")
    }

    /// Begins a session. What the caller keeps of it is JSON.
    fn begin(&self) -> Since {
        // A file written before does not have the time of the start.
        std::thread::sleep(Duration::from_millis(15));
        let baseline = self.observer.baseline(&self.dir, self.file_time());
        let json = serde_json::to_string(&baseline).expect("JSON");
        Since::Baseline(serde_json::from_str(&json).expect("read"))
    }

    /// Nothing is known of a session, with the time as it is.
    fn unknown(&self) -> Since {
        let now = Timestamp::from_seconds(system_nanoseconds() / SECOND);
        Since::Unknown { now }
    }

    fn see(&self, since: &Since) -> Observation {
        self.observer.observe(&self.dir, since)
    }

    /// Returns what git saw of the files: `Created a`, `Renamed b <- a`.
    fn files(&self, since: &Since) -> Vec<String> {
        let seen = self.see(since);
        assert_eq!(seen.evidence, Evidence::Git, "{seen:?}");
        assert_eq!(seen.notes, [""; 0]);
        self.told(&seen)
    }

    fn told(&self, seen: &Observation) -> Vec<String> {
        let files = seen.files.iter().map(|file| {
            let from = file.from.as_ref();
            let from = from.map(|from| format!(" <- {}", self.name(from)));
            let from = from.unwrap_or_default();
            format!("{} {}{from}", file.action.name(), self.name(&file.path))
        });
        files.collect()
    }

    fn name(&self, path: &Path) -> String {
        assert!(path.is_absolute());
        let name = path.strip_prefix(&self.dir);
        name.unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn uncommitted(&self, seen: &Observation) -> Vec<String> {
        seen.uncommitted
            .iter()
            .map(|path| self.name(path))
            .collect()
    }
}

fn subjects(seen: &Observation) -> Vec<&str> {
    seen.commits
        .iter()
        .map(|commit| commit.subject.as_str())
        .collect()
}

fn moves(seen: &Observation) -> Vec<&str> {
    seen.moves.iter().map(|moved| moved.text.as_str()).collect()
}

const NONE: [&str; 0] = [];

fn without(mut baseline: Baseline) -> Since {
    if let Some(git) = &mut baseline.git {
        git.dirty = None;
    }
    Since::Baseline(baseline)
}
