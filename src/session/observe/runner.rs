//! Runs git, so that it can neither ask, nor write, nor outlive its time.

use super::safety;
use crate::kb::{Repository, system_nanoseconds};
use std::cell::OnceCell;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Variables by which a process around us, such as a hook of git, may have pointed git elsewhere
/// or changed how it reads its arguments. Those with which a user configures git stay.
const REMOVED: [&str; 22] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REDIRECT_STDOUT",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What comes before the command: no lock is taken, and no daemon of the user's is started.
const ALWAYS: [&str; 5] = [
    "--no-optional-locks",
    "-c",
    "core.quotepath=off",
    "-c",
    "core.fsmonitor=false",
];

/// Most bytes of output that are read.
const MAX_OUTPUT: u64 = 64 << 20;
/// Most bytes of an error that are read.
const MAX_ERROR: u64 = 16 << 10;
/// Most characters of an error that are shown.
const MAX_MESSAGE: usize = 200;
/// How long git may take after the end of its output.
const GRACE: Duration = Duration::from_secs(2);

/// How git is called.
#[derive(Debug, Clone)]
pub(super) struct Git {
    /// The program.
    pub program: OsString,
    /// How long one observation may wait for it altogether.
    pub limit: Duration,
    /// Variables in its environment.
    pub variables: Vec<(OsString, OsString)>,
}

impl Default for Git {
    fn default() -> Self {
        Git {
            program: "git".into(),
            limit: Duration::from_secs(20),
            variables: Vec::new(),
        }
    }
}

/// Why git gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The program is not there, or cannot be run.
    Missing(String),
    /// It does not trust the owner of the repository.
    Distrusted,
    /// It refused; with its reason.
    Refused(String),
    /// It took longer than it may, and was ended.
    TooSlow(Duration),
    /// It wrote more than is read, and was ended.
    TooMuch,
}

/// A note, without a full stop.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Missing(why) => write!(f, "git cannot be run ({why})"),
            Failure::Distrusted => f.write_str(
                "git refuses this repository, which belongs to another user (its setting \
                 safe.directory would allow it)",
            ),
            Failure::Refused(why) => write!(f, "git cannot read this repository ({why})"),
            Failure::TooSlow(limit) => {
                write!(f, "git took longer than {} s", limit.as_secs_f32())
            }
            Failure::TooMuch => f.write_str("git had more to say than is read"),
        }
    }
}

/// Runs git in one directory, within one limit of time.
#[derive(Debug)]
pub(super) struct Runner<'a> {
    git: &'a Git,
    dir: &'a Path,
    started: i64,
    /// What comes before the command because of this repository, or why git is not run in it.
    guard: OnceCell<Result<Vec<String>, Failure>>,
}

impl<'a> Runner<'a> {
    /// Makes a runner; its time begins now.
    pub(super) fn new(git: &'a Git, dir: &'a Path) -> Self {
        Runner {
            git,
            dir,
            started: system_nanoseconds(),
            guard: OnceCell::new(),
        }
    }

    /// Runs git with the arguments and returns what it wrote. `input` is what it reads. What the
    /// configuration of the repository names is not run.
    pub(super) fn run(&self, arguments: &[&str], input: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let guard = self.guard.get_or_init(|| self.find_guard()).as_ref();
        let guard = guard.map_err(Failure::clone)?.iter().map(String::as_str);
        let guarded: Vec<&str> = guard.chain(arguments.iter().copied()).collect();
        self.run_unguarded(&guarded, input)
    }

    fn find_guard(&self) -> Result<Vec<String>, Failure> {
        let Some(repository) = Repository::find(self.dir) else {
            return Ok(Vec::new());
        };
        if let Some(file) = safety::find_blocking_file(&repository, self.dir) {
            let why = format!("{} is not a regular file", file.display());
            return Err(Failure::Refused(why));
        }
        if !safety::may_name_filters(&repository) {
            return Ok(Vec::new());
        }
        let listed = self.run_unguarded(&safety::LIST_SETTINGS, Vec::new())?;
        safety::switch_filters_off(&listed).map_err(Failure::Refused)
    }

    /// Runs git although the repository was not looked at.
    pub(super) fn run_unguarded(
        &self,
        arguments: &[&str],
        input: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        let spawned = self.command(arguments).spawn();
        let mut running = Running(spawned.map_err(git_missing)?);
        let child = &mut running.0;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let errors = read_limited(stderr, MAX_ERROR).map_err(git_missing)?;
        let output = read_limited(stdout, MAX_OUTPUT).map_err(git_missing)?;
        write_input(stdin, input).map_err(git_missing)?;
        let limit = self.left();
        let output = match output.recv_timeout(limit) {
            Ok(output) if output.cut => return Err(Failure::TooMuch),
            Ok(output) => output.bytes,
            Err(_) => return Err(Failure::TooSlow(self.git.limit)),
        };
        let Some(status) = running.ended(GRACE.min(limit)) else {
            return Err(Failure::TooSlow(self.git.limit));
        };
        if status.success() {
            return Ok(output);
        }
        // A child of git's may still hold the other end: what it says is no matter.
        let said = errors.recv_timeout(Duration::from_millis(100));
        let said = said.map(|said| said.bytes).unwrap_or_default();
        Err(git_refusal(&String::from_utf8_lossy(&said), status))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.git.program);
        for name in REMOVED {
            command.env_remove(name);
        }
        command
            .args(ALWAYS)
            // Not the directory of the process: if it is gone, the program seems to be.
            .arg("-C")
            .arg(self.dir)
            .args(arguments)
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A partial clone must not fetch what it lacks.
            .env("GIT_NO_LAZY_FETCH", "1")
            .envs(self.git.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        detach(&mut command);
        command
    }

    /// Returns how much of the time is left. A clock that was set back does not give more.
    fn left(&self) -> Duration {
        let spent = system_nanoseconds().saturating_sub(self.started);
        let spent = Duration::from_nanos(u64::try_from(spent).unwrap_or(0));
        self.git.limit.saturating_sub(spent)
    }
}

fn git_missing(cause: io::Error) -> Failure {
    Failure::Missing(match cause.kind() {
        io::ErrorKind::NotFound => "there is no such program".to_owned(),
        _ => cause.to_string(),
    })
}

fn git_refusal(said: &str, status: ExitStatus) -> Failure {
    if said.contains("dubious ownership") {
        return Failure::Distrusted;
    }
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let fatal = lines().find_map(|line| line.strip_prefix("fatal: "));
    let line = fatal.or_else(|| lines().next());
    let shown: String = line
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_MESSAGE)
        .collect();
    Failure::Refused(if shown.is_empty() {
        status.to_string()
    } else {
        shown
    })
}

/// What was read: all of it, or its beginning.
struct Output {
    bytes: Vec<u8>,
    cut: bool,
}

/// Reads to the end on another thread, so that neither pipe can block the other. What exceeds the
/// limit is reported at once, and read on, so that the writer does not fail.
fn read_limited(
    from: Option<impl Read + Send + 'static>,
    limit: u64,
) -> io::Result<Receiver<Output>> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let Some(mut from) = from else { return };
        let mut bytes = Vec::new();
        let read = from.by_ref().take(limit).read_to_end(&mut bytes);
        let full = bytes.len() as u64 == limit;
        let more = full && matches!(from.read(&mut [0]), Ok(1));
        let cut = more || read.is_err();
        let _ = send.send(Output { bytes, cut });
        if more {
            let _ = io::copy(&mut from, &mut io::sink());
        }
    })?;
    Ok(receive)
}

/// Writes the input and closes it: at once if there is none, else on another thread.
fn write_input(to: Option<ChildStdin>, input: Vec<u8>) -> io::Result<()> {
    let Some(mut to) = to.filter(|_| !input.is_empty()) else {
        return Ok(());
    };
    // If git does not want it all, its exit status says why.
    let write = move || drop(to.write_all(&input));
    thread::Builder::new().spawn(write).map(drop)
}

/// A process that does not outlive this value.
struct Running(Child);

impl Running {
    /// Waits for the end, for a limited time.
    fn ended(&mut self, limit: Duration) -> Option<ExitStatus> {
        let mut step = Duration::from_micros(50);
        let mut waited = Duration::ZERO;
        loop {
            match self.0.try_wait() {
                Ok(None) if waited < limit => thread::sleep(step),
                Ok(status) => return status,
                Err(_) => return None,
            }
            waited += step;
            step = (step * 2).min(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            kill(&mut self.0);
            let _ = self.0.wait();
        }
    }
}

/// Gives the process a group of its own, so that what it starts can be ended with it.
#[cfg(unix)]
fn detach(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Lets no console window appear.
#[cfg(windows)]
fn detach(command: &mut Command) {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW);
}

#[cfg(not(any(unix, windows)))]
fn detach(_: &mut Command) {}

/// Ends the process, and what it started.
#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // It has not been waited for, so its number is still its own.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    let _ = child.kill();
}

/// Ends the process, and what it started.
#[cfg(windows)]
fn kill(child: &mut Child) {
    let tree = ["/F", "/T", "/PID", &child.id().to_string()];
    let mut command = Command::new("taskkill");
    command.args(tree).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    let _ = command.status();
    let _ = child.kill();
}

#[cfg(not(any(unix, windows)))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runner(git: &Git) -> Runner<'_> {
        Runner::new(git, Path::new("."))
    }

    #[test]
    fn a_missing_program_is_told_apart() {
        let git = Git {
            program: "no-such-program-anywhere".into(),
            ..Git::default()
        };
        let failure = runner(&git).run(&["status"], Vec::new());
        let failure = failure.expect_err("missing");
        assert!(matches!(failure, Failure::Missing(_)), "{failure}");
    }

    #[test]
    fn a_refusal_is_one_short_line() {
        let git = Git::default();
        let failure = runner(&git).run(&["no-such\ncommand"], Vec::new());
        let Err(Failure::Refused(why)) = failure else {
            panic!("{failure:?}")
        };
        assert!(!why.contains('\n') && why.len() < 300, "{why}");
    }

    #[test]
    fn input_larger_than_a_pipe_is_no_deadlock() {
        let git = Git::default();
        let input = "\"a\"\n".repeat(1 << 17).into_bytes();
        let answer = runner(&git).run(&["hash-object", "--stdin"], input);
        assert_eq!(answer.expect("a hash").len(), 41);
    }

    /// Makes a program that another process writes: one that is still open for writing anywhere
    /// cannot be run.
    #[cfg(unix)]
    fn script(dir: &Path, text: &str) -> Git {
        let path = dir.join("program");
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\" && chmod +x \"$2\"",
            "sh",
        ]);
        assert!(shell.arg(text).arg(&path).status().expect("sh").success());
        Git {
            program: path.into(),
            limit: Duration::from_millis(500),
            ..Git::default()
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_ended_with_all_it_started() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let pid = dir.path().join("pid");
        let text = format!("sleep 600 & echo $! >'{}'; wait", pid.display());
        let git = script(dir.path(), &text);
        let failure = runner(&git).run(&[], Vec::new());
        assert_eq!(failure, Err(Failure::TooSlow(git.limit)));
        let pid = std::fs::read_to_string(&pid).expect("started");
        let alive = || {
            let mut kill = Command::new("kill");
            kill.args(["-0", pid.trim()]).stderr(Stdio::null());
            // Where no process waits for orphans it stays as a zombie.
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
            let zombie = stat.is_ok_and(|stat| stat.contains(") Z "));
            kill.status().expect("kill").success() && !zombie
        };
        let tries = (0..100).any(|_| {
            thread::sleep(Duration::from_millis(20));
            !alive()
        });
        assert!(tries, "the process started by the program is still there");
    }

    #[cfg(unix)]
    #[test]
    fn endless_output_ends() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut git = script(dir.path(), "exec yes");
        git.limit = Duration::from_secs(20);
        let failure = runner(&git).run(&[], Vec::new());
        assert_eq!(failure, Err(Failure::TooMuch));
    }

    #[cfg(unix)]
    #[test]
    fn the_surroundings_do_not_reach_git() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let git = script(dir.path(), "env; cat");
        let answer = runner(&git).run(&[], Vec::new()).expect("answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.contains("LC_ALL=C\n"), "{answer}");
        assert!(answer.contains("GIT_TERMINAL_PROMPT=0\n"), "{answer}");
        assert!(!answer.contains("GIT_DIR="), "{answer}");
    }
}
