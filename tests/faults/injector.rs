//! The injector (`inject.c`), compiled where there is a compiler and tracing is allowed.

use crate::support;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What is to happen at one system call of a command.
#[derive(Debug, Clone, Copy)]
pub struct Fault<'a> {
    /// Which calls are counted: letters as `inject.c` has them.
    pub classes: &'a str,
    /// What happens.
    pub mode: &'a str,
    /// At which call, from 1 on.
    pub n: usize,
}

/// What became of a command under a fault.
pub struct Struck {
    /// What it printed. The exit code of one that was killed is 137.
    pub output: Output,
    /// The calls, numbered; those that the fault befell begin with `!`.
    pub calls: Vec<String>,
}

impl Struck {
    /// Returns whether the fault befell a call.
    pub fn is_struck(&self) -> bool {
        self.calls.iter().any(|call| call.starts_with('!'))
    }

    /// Returns the first call that the fault befell.
    pub fn first_call(&self) -> &str {
        let mut calls = self.calls.iter();
        calls
            .find(|call| call.starts_with('!'))
            .map_or("none", |call| call.as_str())
    }

    /// Returns whether the command was killed.
    pub fn is_killed(&self) -> bool {
        self.output.status.code() == Some(137)
    }
}

/// Returns the injector; `None`, with a word, where there can be none.
pub fn injector() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match PROGRAM.get_or_init(compile) {
        Ok(program) => Some(program),
        Err(why) => {
            eprintln!("left out: {why}");
            None
        }
    }
}

fn compile() -> Result<PathBuf, String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("faults are injected on Linux with x86-64 only".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/inject.c");
    let name = format!("inject-{}", std::process::id());
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut cc = Command::new("cc");
    cc.arg("-O1").arg("-o").arg(&program).arg(source);
    let output = cc
        .output()
        .map_err(|_| "there is no C compiler".to_owned())?;
    assert!(
        output.status.success(),
        "inject.c does not compile: {output:?}"
    );
    let probe = Command::new(&program).args(["--", "true"]).status();
    if probe.is_ok_and(|status| status.success()) {
        Ok(program)
    } else {
        Err("this machine does not let a program be traced".to_owned())
    }
}

/// Returns a command that runs another one under a fault. `trace` is where its calls are listed.
pub fn under(program: &Path, fault: Fault<'_>, command: &Command, trace: &Path) -> Command {
    let mut under = Command::new(program);
    // The session belongs to the process that runs the injector, not to that.
    under.arg0("nice");
    under.args(["-n", &fault.n.to_string(), "-m", fault.mode]);
    under.args(["-c", fault.classes, "-t"]).arg(trace);
    under
        .arg("--")
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(directory) = command.get_current_dir() {
        under.current_dir(directory);
    }
    under.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    under
}

/// Runs a command with a file as its standard input.
pub fn run_with(command: Command, input: &Path) -> Output {
    let input = fs::File::open(input).expect("an input");
    support::run_reading(command, input.into())
}

/// Runs a command under a fault, which gets what `input` holds on standard input.
pub fn strike(program: &Path, fault: Fault<'_>, command: &Command, input: &Path) -> Struck {
    let trace = input.with_extension("trace");
    let output = run_with(under(program, fault, command, &trace), input);
    let calls = fs::read_to_string(&trace).expect("a trace");
    Struck {
        output,
        calls: calls.lines().map(str::to_owned).collect(),
    }
}
