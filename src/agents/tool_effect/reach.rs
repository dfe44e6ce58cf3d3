//! What a command, or another tool, can have done beside what it reports: files changed, commits
//! made.
//!
//! Only what is known to do neither is excluded. Of a command that is not known here, such as a
//! script, everything is possible.

use super::kind::{ToolKind, tool_kind};
use super::own_commands::is_own_program;
use crate::session::resume::verification;
use serde_json::Value;

/// What something can have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Whether it may have changed files beside those that git brings in and takes out.
    pub(crate) files: bool,
    /// Whether it may have made commits, or set the branch to others.
    pub(crate) commits: bool,
}

const NOTHING: Reach = Reach {
    files: false,
    commits: false,
};
const FILES: Reach = Reach {
    files: true,
    commits: false,
};
const COMMITS: Reach = Reach {
    files: false,
    commits: true,
};
const EVERYTHING: Reach = Reach {
    files: true,
    commits: true,
};

impl Reach {
    /// Returns whether nothing can have been done.
    pub(crate) fn is_nothing(self) -> bool {
        self == NOTHING
    }

    fn or(self, other: Reach) -> Reach {
        Reach {
            files: self.files || other.files,
            commits: self.commits || other.commits,
        }
    }
}

/// Returns what a tool can have done. What a shell ran is reported by its command.
pub(crate) fn reach_of_tool(name: &str) -> Reach {
    match tool_kind(name, &Value::Null) {
        ToolKind::Wait | ToolKind::Unknown | ToolKind::Delegate | ToolKind::Foreign => EVERYTHING,
        _ => NOTHING,
    }
}

/// Returns what a command line can have done.
pub(crate) fn reach_of_command(line: &str) -> Reach {
    let Some(commands) = verification::simple_commands(line) else {
        return EVERYTHING;
    };
    let reach = |(words, writes): &(Vec<String>, bool)| {
        let own = reach_of_words(words);
        if *writes { own.or(FILES) } else { own }
    };
    commands.iter().map(reach).fold(NOTHING, Reach::or)
}

/// Returns whether what a command line printed may be about commits that it made: by git, which a
/// script may run too if the line names it.
pub(super) fn may_commit(line: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '~');
    let mut words = line.split(|c| !is_part(c));
    words.any(|word| verification::program_name(word) == "git") && reach_of_command(line).commits
}

/// Programs that change nothing, beside those that ask.
const HARMLESS: [&str; 12] = [
    "bat", "break", "continue", "export", "for", "hexdump", "less", "od", "printenv", "read",
    "set", "sleep",
];

/// Programs that change files, and make no commits.
const WRITING: [&str; 26] = [
    "black", "chmod", "chown", "cp", "curl", "dd", "eslint", "gofmt", "gunzip", "gzip", "install",
    "isort", "ln", "mkdir", "mv", "patch", "prettier", "rm", "rmdir", "rustfmt", "tar", "tee",
    "touch", "truncate", "unzip", "wget",
];

/// Words before a command that change nothing in what it is.
const BEFORE: [&str; 18] = [
    "!", "(", "builtin", "do", "elif", "else", "env", "exec", "if", "nice", "nohup", "sudo",
    "then", "time", "until", "while", "xargs", "{",
];

/// Whether a word only stands before a command.
fn is_before_command(word: &str) -> bool {
    verification::is_assignment(word) || BEFORE.contains(&word)
}

fn reach_of_words(words: &[String]) -> Reach {
    let skipped = words.iter().take_while(|word| is_before_command(word));
    let words = &words[skipped.count()..];
    let Some((program, rest)) = words.split_first() else {
        return NOTHING;
    };
    let name = verification::program_name(program);
    match name.as_str() {
        "git" if !verification::command_asks(words) => reach_of_git(rest),
        "sed" | "perl" if rest.iter().any(|word| word.starts_with("-i")) => FILES,
        "sed" => NOTHING,
        program if WRITING.contains(&program) => FILES,
        program if HARMLESS.contains(&program) || is_reading_cmdlet(program) => NOTHING,
        _ if is_own_program(program) => NOTHING,
        _ if verification::command_asks(words) => NOTHING,
        _ if verification::event_text(&words.join(" "), None, "").is_some() => FILES,
        _ => EVERYTHING,
    }
}

/// As PowerShell names them.
fn is_reading_cmdlet(program: &str) -> bool {
    let verb = program
        .split_once('-')
        .map(|(verb, _)| verb.to_ascii_lowercase());
    verb.is_some_and(|verb| {
        matches!(
            verb.as_str(),
            "get" | "measure" | "select" | "test" | "write"
        )
    })
}

/// Returns what git can have done that was not only asked.
fn reach_of_git(arguments: &[String]) -> Reach {
    let command = verification::git_command(arguments).first();
    match command.map_or("", String::as_str) {
        "add" | "branch" | "config" | "fetch" | "help" | "notes" | "push" | "remote" | "tag" => {
            NOTHING
        }
        // What they change is in commits, or was there before.
        "am" | "checkout" | "cherry-pick" | "commit" | "merge" | "pull" | "rebase" | "reset"
        | "restore" | "revert" | "stash" | "switch" => COMMITS,
        "apply" | "clean" | "clone" | "init" | "mv" | "rm" | "sparse-checkout" | "submodule"
        | "worktree" => FILES,
        _ => EVERYTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_can_have_done_is_told_apart() {
        for (line, reach) in [
            ("cat a.py", NOTHING),
            ("", NOTHING),
            ("cd web && ls -l | head; git status", NOTHING),
            ("git --no-pager log -3 2>&1", NOTHING),
            ("grep -rn 'a|b; git commit' src 2>/dev/null", NOTHING),
            ("sed -n 1,9p a && FOO=1 rg x", NOTHING),
            ("find . -name '*.rs' | xargs grep -l foo", NOTHING),
            ("Get-ChildItem src", NOTHING),
            ("mx log decision x", NOTHING),
            ("git push", NOTHING),
            ("echo x > a", FILES),
            ("> a", FILES),
            ("ls &> /dev/null; cat a 2>&1 >/dev/null", NOTHING),
            ("cat <<'EOF' > a\ngit commit\nEOF", FILES),
            ("echo \"$(make)\"", EVERYTHING),
            ("echo '$(make) `make`'", NOTHING),
            ("mv a b && cargo test", FILES),
            ("sed -i s/a/b/ a", FILES),
            ("git rm -q a", FILES),
            ("git stash -u", COMMITS),
            ("git -C sub commit -m 'x > y'", COMMITS),
            ("git add -A && git commit -m x", COMMITS),
            ("make release", EVERYTHING),
            ("npm version patch", EVERYTHING),
            ("./deploy.sh", EVERYTHING),
            ("git ci", EVERYTHING),
            ("echo $(git commit -m x)", EVERYTHING),
            ("find . -exec rm {} +", EVERYTHING),
        ] {
            assert_eq!(reach_of_command(line), reach, "{line}");
        }
    }
}
