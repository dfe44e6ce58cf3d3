//! Commands of a shell: their exit status and the commits they made, from what they printed.

use super::sink::Sink;
use super::wire::Fields as _;
use serde_json::Value;
use std::borrow::Cow;

/// Returns the command line in the input of a tool: a text, or arguments.
pub(super) fn command(input: &Value) -> Cow<'_, str> {
    let names = ["command", "cmd", "script"];
    if let Some(command) = input.text(&names).or(input.as_str()) {
        return Cow::Borrowed(command);
    }
    let arguments = input.items(&names).iter();
    let arguments: Vec<&str> = arguments.filter_map(Value::as_str).collect();
    match arguments.as_slice() {
        // What a shell is given to run is the command, and the shell is not.
        [_, flag, command] if matches!(*flag, "-c" | "-lc" | "-Command") => Cow::Borrowed(command),
        arguments => Cow::Owned(arguments.join(" ")),
    }
}

/// Returns the number at the start of a text.
pub(super) fn leading_number(text: &str) -> Option<i32> {
    let text = text.trim_start();
    let digits = text.trim_start_matches('-');
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let length = text.len() - digits.len() + end.unwrap_or(digits.len());
    text[..length].parse().ok()
}

/// Puts commits, pushes and pull requests into the sink: from what the agent says of them, if it
/// does, and from the lines that git prints.
pub(super) fn milestones(command: &str, output: &str, response: &Value, sink: &mut Sink<'_>) {
    let told = response.at(&["gitOperation"]);
    let mut hash = told.at(&["commit"]).text(&["sha", "hash"]);
    if hash.is_some() || makes_commits(command) {
        for (short, subject) in output.lines().filter_map(commit) {
            // The agent knows the hash in full.
            let full = hash.filter(|hash| hash.starts_with(short) || short.starts_with(*hash));
            sink.commit(full.unwrap_or(short), subject);
            hash = hash.filter(|_| full.is_none());
        }
    }
    sink.commit(hash.unwrap_or_default(), "");
    if let Some(branch) = told.at(&["push"]).text(&["branch"]) {
        sink.progress(&format!("Pushed {branch}"));
    }
    pull_request(told.at(&["pr"]), command, output, sink);
}

fn pull_request(told: &Value, command: &str, output: &str, sink: &mut Sink<'_>) {
    if let Some(number) = told.number(&["number"]) {
        let action = told.text(&["action"]).unwrap_or("opened");
        let url = told.text(&["url"]).unwrap_or_default();
        sink.progress(&format!("Pull request #{number} {action} {url}"));
    } else if command.contains("gh pr create") {
        let url = |line: &&str| line.starts_with("https://") && line.contains("/pull/");
        if let Some(url) = output.lines().map(str::trim).find(url) {
            sink.progress(&format!("Pull request opened {url}"));
        }
    }
}

/// Returns whether the lines of the output may be about commits that were made.
fn makes_commits(command: &str) -> bool {
    let verbs = ["commit", "cherry-pick", "revert", "rebase", "git am"];
    verbs.iter().any(|verb| command.contains(verb))
}

/// Reads the line that git prints for a commit: `[main abc1234] Subject`, in the first of a
/// repository `[main (root-commit) abc1234] Subject`.
fn commit(line: &str) -> Option<(&str, &str)> {
    let (inside, subject) = line.strip_prefix('[')?.split_once("] ")?;
    let (branch, hash) = inside.rsplit_once(' ')?;
    let hexadecimal = hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_hash = (7..=64).contains(&hash.len()) && hexadecimal;
    (is_hash && !branch.is_empty()).then_some((hash, subject))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(command: &str, output: &str, response: &Value) -> Vec<String> {
        let clean = |text: &str, _: usize| text.to_owned();
        let mut sink = Sink::new(&clean, false);
        milestones(command, output, response, &mut sink);
        let (found, _) = sink.end();
        found
            .iter()
            .map(|kind| serde_json::to_string(kind).expect("JSON"))
            .collect()
    }

    #[test]
    fn commits_come_from_the_lines_of_git() {
        let output = "x\n[main (root-commit) abc1234] First [1] one\n[detached HEAD 1234567] 2\n\
            [main abc123] short\n[WARN deadbeef] \n[abc1234] no branch\n 1 file changed\n";
        let none = json!(null);
        assert_eq!(
            found("git add . && git commit -m x", output, &none),
            [
                r#"{"kind":"commit","hash":"abc1234","subject":"First [1] one"}"#,
                r#"{"kind":"commit","hash":"1234567","subject":"2"}"#,
                r#"{"kind":"commit","hash":"deadbeef"}"#,
            ]
        );
        assert!(found("cat log.txt", output, &none).is_empty());
    }

    #[test]
    fn what_the_agent_says_of_git_is_joined_with_it() {
        let sha = "abc1234def5678";
        let response = json!({"gitOperation": {
            "commit": {"sha": sha, "kind": "committed"},
            "push": {"branch": "main"},
            "pr": {"number": 7, "url": "https://github.com/o/r/pull/7", "action": "created"},
        }});
        let expected = [
            r#"{"kind":"commit","hash":"abc1234def5678","subject":"Fix it"}"#,
            r#"{"kind":"progress","text":"Pushed main"}"#,
            r#"{"kind":"progress","text":"Pull request #7 created https://github.com/o/r/pull/7"}"#,
        ];
        assert_eq!(
            found("make", "[main abc1234] Fix it\n", &response),
            expected
        );
        let quiet = found("git commit -qm x", "", &response);
        assert_eq!(quiet[0], r#"{"kind":"commit","hash":"abc1234def5678"}"#);
        let url = "https://github.com/o/r/pull/8\n";
        assert_eq!(
            found("gh pr create -f", url, &json!(null)),
            [r#"{"kind":"progress","text":"Pull request opened https://github.com/o/r/pull/8"}"#]
        );
    }

    #[test]
    fn the_command_is_what_the_shell_was_given() {
        assert_eq!(command(&json!({"command": "ls | wc"})), "ls | wc");
        assert_eq!(
            command(&json!({"command": ["bash", "-lc", "ls | wc"]})),
            "ls | wc"
        );
        assert_eq!(command(&json!({"command": ["ls", "-l"]})), "ls -l");
        assert_eq!(command(&json!({"command": 5})), "");
        assert_eq!(leading_number(" 12\nx"), Some(12));
        assert_eq!(leading_number("-1>"), Some(-1));
        assert_eq!(leading_number("x"), None);
        assert_eq!(leading_number("99999999999"), None);
    }
}
