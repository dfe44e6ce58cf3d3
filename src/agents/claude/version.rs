//! Which version of Claude Code is installed: an old one does not know every event.

use crate::agents::install::installation::AgentVersion;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long it may take to say it. A slow machine starts it in a second.
const VERSION_TIMEOUT: Duration = Duration::from_secs(4);

/// Asks a program for its version: `2.1.240 (Claude Code)`. `None` if it does not say in time.
pub(super) fn find_version(program: &Path) -> Option<AgentVersion> {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let stdout = child.stdout.take()?;
    let (send, said) = mpsc::channel();
    let reader = thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.take(4096).read_to_end(&mut bytes);
        let _ = send.send(bytes);
    });
    let said = reader
        .ok()
        .and_then(|_| said.recv_timeout(VERSION_TIMEOUT).ok());
    // Whether it has ended by itself is no matter.
    let _ = child.kill();
    let _ = child.wait();
    parse_version(&String::from_utf8_lossy(&said?))
}

fn parse_version(text: &str) -> Option<AgentVersion> {
    let version = |word: &str| {
        let mut numbers = word.trim_start_matches('v').splitn(3, '.');
        let mut number = || {
            let digits = numbers.next()?;
            let end = digits.find(|c: char| !c.is_ascii_digit());
            digits[..end.unwrap_or(digits.len())].parse().ok()
        };
        Some((number()?, number()?, number()?))
    };
    text.split_whitespace().find_map(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_is_printed() {
        for (text, version) in [
            ("2.1.240 (Claude Code)\n", Some((2, 1, 240))),
            ("Claude Code v2.0.14-beta.1", Some((2, 0, 14))),
            ("2.1", None),
            ("2.x.1", None),
            ("99999999999.1.1", None),
            ("", None),
        ] {
            assert_eq!(parse_version(text), version, "{text}");
        }
    }

    #[test]
    fn a_program_that_is_not_there_says_nothing() {
        assert_eq!(find_version(Path::new("/no/such/program")), None);
    }
}
