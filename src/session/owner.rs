//! The process that a session belongs to: while it lives, the session is not abandoned, however
//! old it is.
//!
//! `mx` itself lives for a moment, and so may the shell that an agent starts for each command. The
//! owner is the nearest process above that is neither: an interactive shell, an agent, an editor.

use serde::{Deserialize, Serialize};

/// A process, distinguished from a later one with the same number by when it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pid: u32,
    /// When it began, in whatever form the system reports it.
    began: String,
}

/// What the system says about a process.
struct Process {
    parent: u32,
    began: String,
    /// Its arguments, the program first.
    arguments: Vec<String>,
}

/// How many processes are looked at, from this one upwards.
const MAX_DEPTH: usize = 16;

impl Owner {
    /// Finds the owner of what this process begins. `None` where the system does not report it.
    pub(crate) fn find() -> Option<Self> {
        let mut pid = process(std::process::id())?.parent;
        for _ in 0..MAX_DEPTH {
            // The first process lives as long as the machine: it owns nothing.
            if pid <= 1 {
                return None;
            }
            let found = process(pid)?;
            if !is_transient(&found.arguments) {
                let began = found.began;
                return Some(Owner { pid, began });
            }
            pid = found.parent;
        }
        None
    }

    /// Returns this process. Where the system does not report when it began, it is known by its
    /// number alone.
    pub(crate) fn current() -> Self {
        let pid = std::process::id();
        let began = process(pid).map(|found| found.began);
        let began = began.unwrap_or_default();
        Owner { pid, began }
    }

    /// As [`Owner::find`], but where that takes other processes, only if it is `wanted`.
    pub(crate) fn find_cheaply(wanted: bool) -> Option<Self> {
        if wanted || cfg!(target_os = "linux") {
            Self::find()
        } else {
            None
        }
    }

    /// Returns the owner that was noted elsewhere.
    pub(crate) fn noted(pid: u32, began: String) -> Self {
        Owner { pid, began }
    }

    /// Returns its number, and when it began.
    pub(crate) fn parts(&self) -> (u32, &str) {
        (self.pid, &self.began)
    }

    /// Returns whether the process is known to live no more.
    pub(crate) fn is_gone(&self) -> bool {
        cfg!(unix) && !self.is_alive()
    }

    /// Returns whether the process lives.
    pub(crate) fn is_alive(&self) -> bool {
        process(self.pid).is_some_and(|found| found.began == self.began)
    }
}

/// Whether a process only runs one command or script.
fn is_transient(arguments: &[String]) -> bool {
    const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "dash", "fish", "ksh", "ash", "busybox"];
    const RUNNERS: [&str; 8] = [
        "env", "timeout", "nohup", "nice", "xargs", "time", "sudo", "mx",
    ];
    let Some((program, rest)) = arguments.split_first() else {
        return false;
    };
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let name = name.trim_start_matches('-').trim_end_matches(".exe");
    if RUNNERS.contains(&name) {
        return true;
    }
    // `-c` may stand behind others, as in `-lc`; anything else that is no option is a script.
    let command = |argument: &String| match argument.strip_prefix('-') {
        Some(option) => !option.starts_with('-') && option.contains('c'),
        None => true,
    };
    SHELLS.contains(&name) && rest.iter().any(command)
}

#[cfg(target_os = "linux")]
fn process(pid: u32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything: fields are counted from behind it. See proc(5).
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let arguments = arguments.split(|byte| *byte == 0);
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        began: format!("{} {}", fields.get(19)?, boot.trim()),
        arguments: arguments
            .filter(|argument| !argument.is_empty())
            .map(|argument| String::from_utf8_lossy(argument).into_owned())
            .collect(),
    })
}

/// Asks `ps`, which every other Unix has.
#[cfg(all(unix, not(target_os = "linux")))]
fn process(pid: u32) -> Option<Process> {
    let columns = ["-o", "ppid=", "-o", "lstart=", "-o", "args="];
    let output = std::process::Command::new("ps")
        .args(columns)
        .args(["-p", &pid.to_string()])
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    // `Fri Nov 20 10:00:00 2026` stands between the parent and the arguments.
    Some(Process {
        parent: words.first()?.parse().ok()?,
        began: words.get(1..6)?.join(" "),
        arguments: words
            .get(6..)?
            .iter()
            .map(|word| (*word).to_owned())
            .collect(),
    })
}

/// Windows reports it only through calls that this crate does not make: the owner is not known, and
/// a session without one counts as going on.
#[cfg(not(unix))]
fn process(_: u32) -> Option<Process> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transient(command: &str) -> bool {
        let arguments: Vec<String> = command.split(' ').map(str::to_owned).collect();
        is_transient(&arguments)
    }

    #[test]
    fn a_shell_for_one_command_owns_nothing() {
        for command in [
            "sh -c x",
            "/bin/bash -lc x",
            "zsh script.sh",
            "timeout 5 mx",
            "bash -e s",
        ] {
            assert!(transient(command), "{command}");
        }
        for command in [
            "bash",
            "-zsh",
            "/bin/bash -l",
            "zsh -i",
            "node cli.js",
            "fish --login",
        ] {
            assert!(!transient(command), "{command}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_lives_until_it_is_gone() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .expect("sleep runs");
        let began = process(child.id()).expect("a process").began;
        let owner = Owner {
            pid: child.id(),
            began,
        };
        assert!(owner.is_alive());
        let later = Owner {
            began: "another time".to_owned(),
            ..owner.clone()
        };
        assert!(!later.is_alive(), "another process with the same number");
        child.kill().expect("killed");
        // Not reaped yet: it does not live any more.
        assert!(!owner.is_alive() || child.wait().is_ok() && !owner.is_alive());
        let _ = child.wait();
    }
}
