//! Commits, pushes and pull requests that a command made: from what the agent says of them, if it
//! does, and from the lines that git prints.

use super::reach::may_commit;
use crate::agents::EventKind;
use crate::agents::json::JsonFields as _;
use crate::redact::without_escapes;
use serde_json::Value;

/// How short a hash is that counts in what a command printed. Git never shortens further unless
/// it is asked to, and shorter words in brackets are seldom hashes.
const SHORTEST_PRINTED: usize = 7;

/// What an agent says that a command did with git.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GitOperation {
    /// The hash of the commit that it made.
    pub(crate) commit: Option<String>,
    /// What else it did, a sentence each.
    pub(crate) steps: Vec<String>,
}

impl GitOperation {
    /// Reads what Claude Code says beside the output of a command.
    pub(crate) fn read(told: &Value) -> Self {
        let commit = told.at(&["commit"]).text(&["sha", "hash"]);
        let mut steps = Vec::new();
        if let Some(branch) = told.at(&["push"]).text(&["branch"]) {
            steps.push(format!("Pushed {branch}"));
        }
        let pull_request = told.at(&["pr"]);
        if let Some(number) = pull_request.number(&["number"]) {
            let action = pull_request.text(&["action"]).unwrap_or("opened");
            let url = pull_request.text(&["url"]).unwrap_or_default();
            steps.push(format!("Pull request #{number} {action} {url}"));
        }
        GitOperation {
            commit: commit.map(str::to_owned),
            steps,
        }
    }
}

/// Returns the commits of a command that failed, if they were made before that.
pub(super) fn commits_before_failure(command: &str, output: &str) -> Vec<EventKind> {
    let events = events_of_git(command, output, &GitOperation::default());
    let is_commit = |event: &EventKind| matches!(event, EventKind::Commit { .. });
    events.into_iter().filter(is_commit).collect()
}

/// Returns the commits, pushes and pull requests of a command that did not fail.
pub(super) fn events_of_git(command: &str, output: &str, told: &GitOperation) -> Vec<EventKind> {
    let output = &without_escapes(output);
    let mut events = Vec::new();
    let mut hash = told.commit.as_deref();
    if hash.is_some() || may_commit(command) {
        for (short, subject) in output.lines().filter_map(read_commit_line) {
            // The agent knows the hash in full.
            let full = hash.filter(|hash| hash.starts_with(short) || short.starts_with(*hash));
            events.extend(commit_event(full.unwrap_or(short), subject));
            hash = hash.filter(|_| full.is_none());
        }
    }
    events.extend(hash.and_then(|hash| commit_event(hash, "")));
    let steps = told.steps.iter().cloned();
    events.extend(steps.map(|text| EventKind::Progress { text }));
    let opens = command.contains("gh pr create") && told.steps.is_empty();
    let url = |line: &&str| line.starts_with("https://") && line.contains("/pull/");
    if let Some(url) = output.lines().map(str::trim).find(url).filter(|_| opens) {
        let text = format!("Pull request opened {url}");
        events.push(EventKind::Progress { text });
    }
    events
}

/// Reads the line that git prints for a commit: `[main abc1234] Subject`, for the first of a
/// repository `[main (root-commit) abc1234] Subject`, which git says in the user's language, as it
/// does `detached HEAD`. The hash is the last word.
fn read_commit_line(line: &str) -> Option<(&str, &str)> {
    let (inside, subject) = line.trim_end().strip_prefix('[')?.split_once("] ")?;
    let (branch, hash) = inside.rsplit_once(' ')?;
    let told = branch.contains("HEAD") || branch.ends_with([')', '\u{ff09}']);
    let named = told || (!branch.is_empty() && !branch.contains(' '));
    let lower = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let is_hash = (SHORTEST_PRINTED..=64).contains(&hash.len()) && hash.bytes().all(lower);
    let subject = subject.trim();
    (named && is_hash && !subject.is_empty()).then_some((hash, subject))
}

/// Returns the event of a commit, if the hash is one: an agent may name it as short as it likes.
pub(crate) fn commit_event(hash: &str, subject: &str) -> Option<EventKind> {
    let hash = hash.trim();
    let is_hash = (4..=64).contains(&hash.len()) && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| EventKind::Commit {
        hash: hash.to_ascii_lowercase(),
        subject: subject.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(command: &str, output: &str, told: &Value) -> Vec<String> {
        let events = events_of_git(command, output, &GitOperation::read(told));
        let json = events.iter().map(serde_json::to_string);
        json.map(|json| json.expect("JSON")).collect()
    }

    #[test]
    fn commits_come_from_the_lines_of_git() {
        let output = "x\n[main (root-commit) abc1234] First [1] one\n[detached HEAD 1234567] 2\n\
            [main abc123] short\n[WARN deadbeef] \n[a b cafe1234] no\n[abc1234] no branch\n";
        let none = json!(null);
        assert_eq!(
            found("git add . && git commit -m x", output, &none),
            [
                r#"{"kind":"commit","hash":"abc1234","subject":"First [1] one"}"#,
                r#"{"kind":"commit","hash":"1234567","subject":"2"}"#,
            ]
        );
        assert!(found("cat log.txt", output, &none).is_empty());
    }

    #[test]
    fn only_a_command_that_may_commit_is_believed() {
        let printed = "[main abc1234] Subject\n";
        let commits = |command: &str| !found(command, printed, &json!(null)).is_empty();
        for command in [
            "git ci -m x",
            "cd web && FOO=1 /usr/bin/git -C sub commit -m x",
            "OUT=$(git commit -m x); echo \"$OUT\"",
            "git commit -m \"$(cat <<'EOF'\nWhy \"so\"\nEOF\n)\"",
            "bash <<'EOF'\ngit commit -m x\nEOF",
            "git rebase --continue",
        ] {
            assert!(commits(command), "{command}");
        }
        for command in [
            "git log --grep=merge",
            "git show HEAD # of the last commit",
            "cat .git/commit.log",
            "grep -rn 'git commit' docs",
            "cd ~/git/merge && python app.py",
        ] {
            assert!(!commits(command), "{command}");
        }
    }

    #[test]
    fn commits_are_found_in_every_language_and_colour() {
        for line in [
            "[main (Basis-Commit) abc1234] Erster",
            "[main (commit racine) abc1234] Premier",
            "[losgel\u{f6}ster HEAD abc1234] Weg",
            "[HEAD d\u{e9}tach\u{e9}e abc1234] Loin",
            "[main\u{ff08}\u{6839}\u{63d0}\u{4ea4}\u{ff09} abc1234] First",
            "\u{1b}[33m[main abc1234]\u{1b}[0m Coloured",
        ] {
            let found = found("git commit -m x", line, &json!(null));
            assert!(
                found.len() == 1 && found[0].contains("abc1234"),
                "{line}: {found:?}"
            );
        }
    }

    #[test]
    fn what_the_agent_says_of_git_is_joined_with_it() {
        let sha = "abc1234def5678";
        let told = json!({
            "commit": {"sha": sha, "kind": "committed"},
            "push": {"branch": "main"},
            "pr": {"number": 7, "url": "https://github.com/o/r/pull/7", "action": "created"},
        });
        let expected = [
            r#"{"kind":"commit","hash":"abc1234def5678","subject":"Fix it"}"#,
            r#"{"kind":"progress","text":"Pushed main"}"#,
            r#"{"kind":"progress","text":"Pull request #7 created https://github.com/o/r/pull/7"}"#,
        ];
        assert_eq!(found("make", "[main abc1234] Fix it\n", &told), expected);
        let quiet = found("git commit -qm x", "", &told);
        assert_eq!(quiet[0], r#"{"kind":"commit","hash":"abc1234def5678"}"#);
        let url = "https://github.com/o/r/pull/8\n";
        assert_eq!(
            found("gh pr create -f", url, &json!(null)),
            [r#"{"kind":"progress","text":"Pull request opened https://github.com/o/r/pull/8"}"#]
        );
    }
}
