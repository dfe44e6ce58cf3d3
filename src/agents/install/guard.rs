//! Command lines that do no harm where `mx` is not: a hook that fails stops some agents, so the
//! line succeeds without it, and says nothing.

/// What runs the line of a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookShell {
    /// A shell of Unix, also the bash that comes with git on Windows.
    Posix,
    /// PowerShell, of any version.
    PowerShell,
    /// PowerShell, which pipes the hook's input into the line: that may begin with a command
    /// only. A missing program is reported on standard error, with success.
    PowerShellPipe,
    /// `cmd.exe`.
    Cmd,
    /// A shell of Unix or PowerShell: for files that people on either share. PowerShell takes
    /// `${…}` for the name of a variable that is not set, and throws the messages away. There, a
    /// missing program is still reported on standard error, with success.
    PosixOrPowerShell,
}

/// What each shell gets around a call.
const GUARDS: [(HookShell, &str, &str); 5] = [
    (HookShell::Posix, "", " 2>/dev/null || true"),
    (HookShell::PowerShell, "try { ", " } catch { }; exit 0"),
    (HookShell::PowerShellPipe, "", " 2>$null; exit 0"),
    (HookShell::Cmd, "", " 2>nul || exit 0"),
    (
        HookShell::PosixOrPowerShell,
        "",
        " 2>${mx_none-/dev/null}; exit 0",
    ),
];

/// Forms that people use, or earlier versions wrote.
const OTHERS: [(&str, &str); 3] = [("", " || true"), ("", " || :"), ("", "; exit 0")];

/// Returns the line that runs a call in a shell, whether its program is there or not.
pub(crate) fn guard_command(call: &str, shell: HookShell) -> String {
    let guard = GUARDS.iter().find(|(known, ..)| *known == shell);
    let (before, behind) = guard.map_or(("", ""), |(_, before, behind)| (*before, *behind));
    // In PowerShell a quoted word is a string, not a command.
    let powershell = matches!(shell, HookShell::PowerShell | HookShell::PowerShellPipe);
    let quoted = powershell && call.starts_with('"');
    let operator = if quoted { "& " } else { "" };
    format!("{before}{operator}{call}{behind}")
}

/// Returns a line without its guard.
pub(super) fn strip_guard(line: &str) -> &str {
    let line = line.trim();
    let guards = GUARDS.iter().map(|(_, before, behind)| (*before, *behind));
    guards
        .chain(OTHERS)
        .find_map(|(before, behind)| line.strip_prefix(before)?.strip_suffix(behind))
        .unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_comes_off_again() {
        for (shell, ..) in GUARDS {
            let line = guard_command("mx hook --agent x", shell);
            assert_ne!(line, "mx hook --agent x");
            assert_eq!(strip_guard(&line), "mx hook --agent x", "{line}");
        }
        assert_eq!(strip_guard("mx hook && notify"), "mx hook && notify");
    }

    /// With no program of that name on the PATH, the shell succeeds and prints nothing.
    #[cfg(unix)]
    #[test]
    fn a_guarded_line_succeeds_in_silence() {
        for shell in [HookShell::Posix, HookShell::PosixOrPowerShell] {
            for program in ["/bin/sh", "/bin/bash"] {
                if !std::path::Path::new(program).exists() {
                    continue;
                }
                let line = guard_command("no-such-program-mx hook", shell);
                let mut command = std::process::Command::new(program);
                let output = command.args(["-c", &line]).output().expect("a shell");
                assert!(output.status.success(), "{program} {line}");
                assert!(
                    output.stdout.is_empty() && output.stderr.is_empty(),
                    "{output:?}"
                );
            }
        }
    }
}
