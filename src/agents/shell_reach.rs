//! What a command, or another tool, can have done beside what it reports: files changed, commits
//! made.
//!
//! Only what is known to do neither is excluded. Of a command that is not known here, such as a
//! script, everything is possible.

use super::tool_effect::{ToolKind, name_key, tool_kind};
use super::{AgentEvent, EventKind};
use crate::session::resume::verification;
use crate::session::work_times::WorkTimes;
use serde_json::Value;

/// What something can have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Whether it may have changed files beside those that git brings in and takes out.
    pub(super) files: bool,
    /// Whether it may have made commits, or set the branch to others.
    pub(super) commits: bool,
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
    fn or(self, other: Reach) -> Reach {
        Reach {
            files: self.files || other.files,
            commits: self.commits || other.commits,
        }
    }
}

/// When a session ran what; from its events, in whatever order.
#[derive(Debug, Default)]
pub(super) struct RunTimes {
    /// When something happened, in milliseconds since 1970.
    moments: Vec<i64>,
    /// When something ended that may have done something, and what.
    runs: Vec<(i64, Reach)>,
    /// Whether any event shows that tools are reported.
    tells_tools: bool,
}

impl RunTimes {
    /// Takes in what happened.
    pub(super) fn add(&mut self, event: &AgentEvent) {
        let reach = match &event.kind {
            EventKind::Command { command, .. } => reach_of_command(command),
            EventKind::Tool { name } => reach_of_tool(name),
            _ => NOTHING,
        };
        if reach != NOTHING {
            self.runs.push((event.at, reach));
        }
        // A session of which only the ends of turns are reported has none.
        self.tells_tools |= matches!(
            event.kind,
            EventKind::Start { .. } | EventKind::Tool { .. } | EventKind::Command { .. }
        );
        if self.moments.last() != Some(&event.at) {
            self.moments.push(event.at);
        }
    }

    /// Returns the times at which the session can have done what it does not report. Each command
    /// ran since the event before it at most, the first since `from`, in seconds since 1970.
    pub(super) fn work_times(&self, from: i64) -> WorkTimes {
        if !self.tells_tools {
            return WorkTimes::always();
        }
        let mut moments = self.moments.clone();
        moments.sort_unstable();
        let mut times = WorkTimes::default();
        for (at, reach) in &self.runs {
            let place = moments.partition_point(|moment| moment < at);
            let before = place.checked_sub(1).and_then(|place| moments.get(place));
            let began = before.map_or(from, |before| before.div_euclid(1000));
            let ended = at.div_euclid(1000);
            let began = began.min(ended);
            if reach.files {
                times.add_changing(began, ended);
            }
            if reach.commits {
                times.add_committing(began, ended);
            }
        }
        times
    }
}

/// Tools that start something which is not reported here: other agents, commands in the background.
const RUNNING_ON: [&str; 16] = [
    "agent",
    "bashoutput",
    "collaborationspawnagent",
    "collaborationwait",
    "collaborationwaitagent",
    "exec",
    "killbash",
    "killshell",
    "monitor",
    "readbash",
    "spawnagent",
    "stopbash",
    "task",
    "taskoutput",
    "waitagent",
    "writebash",
];

fn reach_of_tool(name: &str) -> Reach {
    let key = name_key(name.strip_prefix("functions.").unwrap_or(name));
    let is_foreign = name.contains("__") || name.to_ascii_lowercase().starts_with("mcp");
    match tool_kind(name, &Value::Null) {
        ToolKind::Wait | ToolKind::Unknown => EVERYTHING,
        ToolKind::Other if is_foreign || RUNNING_ON.contains(&key.as_str()) => EVERYTHING,
        // What a shell ran is judged by its command.
        _ => NOTHING,
    }
}

/// Returns what a command line can have done.
pub(super) fn reach_of_command(line: &str) -> Reach {
    let Some(commands) = verification::simple_commands(line) else {
        return EVERYTHING;
    };
    let reach = |(words, writes): &(Vec<String>, bool)| {
        let own = reach_of_words(words);
        if *writes { own.or(FILES) } else { own }
    };
    commands.iter().map(reach).fold(NOTHING, Reach::or)
}

/// Programs that change nothing, beside those that ask.
const HARMLESS: [&str; 13] = [
    "bat", "break", "continue", "export", "for", "hexdump", "less", "mx", "od", "printenv", "read",
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
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name = word.split_once('=').map(|(name, _)| name);
    let is_assignment = name.is_some_and(|name| !name.is_empty() && name.chars().all(is_name));
    is_assignment || BEFORE.contains(&word)
}

fn reach_of_words(words: &[String]) -> Reach {
    let skipped = words.iter().take_while(|word| is_before_command(word));
    let words = &words[skipped.count()..];
    let Some((program, rest)) = words.split_first() else {
        return NOTHING;
    };
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "git" if !verification::command_asks(words) => reach_of_git(rest),
        "sed" | "perl" if rest.iter().any(|word| word.starts_with("-i")) => FILES,
        "sed" => NOTHING,
        program if WRITING.contains(&program) => FILES,
        program if HARMLESS.contains(&program) || is_reading_cmdlet(program) => NOTHING,
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
    use crate::model::Timestamp;

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

    #[test]
    fn a_command_ran_since_the_event_before_it() {
        let command = |at, command: &str| AgentEvent {
            at,
            kind: EventKind::Command {
                command: command.to_owned(),
                ok: None,
                exit: None,
                error: String::new(),
            },
        };
        let prompt = AgentEvent {
            at: 10_000,
            kind: EventKind::Prompt {
                text: String::new(),
            },
        };
        let mut times = RunTimes::default();
        let events = [
            command(40_000, "git commit"),
            prompt.clone(),
            command(20_500, "make"),
            command(30_000, "ls"),
        ];
        events.iter().for_each(|event| times.add(event));
        let times = times.work_times(0);
        let at = Timestamp::from_seconds;
        assert!(times.may_change(at(10)) && times.may_change(at(20)));
        assert!(!times.may_change(at(9)) && !times.may_change(at(25)));
        assert!(times.may_commit(at(35)) && !times.may_commit(at(27)));
        let mut told = RunTimes::default();
        told.add(&prompt);
        assert_eq!(told.work_times(0), WorkTimes::always());
    }
}
