//! Blockers and check rows of commands and tools: a failed command becomes a blocker in
//! [`record_command_outcome`], a failed tool in [`record_blocker`], and a later success takes it back.

use super::tool_effect::writes_files;
use crate::model::{Blocker, Session, Source, cut_at_character, join_words, shorten_line};
use crate::session::recorder::{Recorder, truncate_to_minute};
use crate::session::resume::verification;
use chrono::NaiveDateTime;
use std::collections::BTreeSet;

/// Longest text of an error, in characters.
const ERROR: usize = 120;

/// How much of a long name is shown of its beginning and its end, in characters.
const NAME_START: usize = 150;
const NAME_END: usize = 70;

/// How a command went.
pub(super) struct CommandOutcome<'a> {
    pub(super) ok: Option<bool>,
    pub(super) exit: Option<i32>,
    pub(super) error: &'a str,
}

/// Takes in that a command was run. Returns what the log is to say of it: tests, builds and the
/// like are verification; the others say something only by failing.
pub(super) fn record_command_outcome(
    record: &mut Recorder<'_>,
    command: &str,
    outcome: &CommandOutcome<'_>,
    source: Source,
) -> Option<String> {
    let ok = outcome.ok.or(outcome.exit.map(|exit| exit == 0));
    match ok {
        Some(true) => drop_failures_of_command(record, command),
        Some(false) if !verification::only_asks(command) => {
            let check = verification::find_verification(command);
            let check = check.filter(|found| found.proof.outcome(false, outcome.error).is_some());
            let failed = check.map_or_else(|| command.to_owned(), |found| found.command);
            record_blocker(
                record,
                &quote_command(&failed),
                "failed",
                outcome.error,
                source,
            );
        }
        _ => {}
    }
    verification::event_text(command, ok, outcome.error)
}

/// Whether the last that a record says of a check within that minute is this: the same outcome
/// once more is nothing new.
pub(super) fn says_last_of_check(session: &Session, text: &str, time: NaiveDateTime) -> bool {
    let time = truncate_to_minute(time);
    let check = check_of_row(text);
    let rows = session.progress.iter().rev();
    let mut rows = rows.take_while(|row| row.time >= time);
    let last = rows.find(|row| row.time == time && check_of_row(&row.text) == check);
    last.is_some_and(|row| row.text == text)
}

/// Returns the command out of `Ran COMMAND`, `COMMAND: passed` and `COMMAND: failed`.
fn check_of_row(text: &str) -> &str {
    let ends = [": passed", ": failed"];
    let check = ends.iter().find_map(|end| text.strip_suffix(end));
    check.or_else(|| text.strip_prefix("Ran ")).unwrap_or(text)
}

/// Adds what is in the way, once for each thing that fails.
pub(super) fn record_blocker(
    record: &mut Recorder<'_>,
    what: &str,
    how: &str,
    error: &str,
    source: Source,
) {
    if record.has_failure(what) {
        return;
    }
    let text = match shorten_line(error, ERROR).as_str() {
        "" => format!("{what} {how}"),
        error => format!("{what} {how}: {error}"),
    };
    record.add_blocker(&text, source);
}

/// Takes back that a command failed, since it succeeded; and that a check failed which succeeded
/// with it, alone or as a part.
fn drop_failures_of_command(record: &mut Recorder<'_>, command: &str) {
    record.drop_failure(&quote_command(command));
    let passed = verification::find_verifications(command).into_iter();
    for check in passed.filter(|check| check.proof.success) {
        record.drop_failure(&quote_command(&check.command));
        record.drop_failed_checks(&check);
    }
}

/// Takes back that a tool could not write a file, which is written now, whichever tool has done it.
pub(super) fn drop_failures_of_file(record: &mut Recorder<'_>, path: &str) {
    let start = path.split_whitespace().next().unwrap_or_default();
    let start = cut_at_character(start, NAME_END);
    let writes = |row: &Blocker| {
        let (tool, what) = row.blocker.split_once(' ')?;
        (what.starts_with(start) && writes_files(tool)).then(|| tool.to_owned())
    };
    let rows = record.session().blockers.iter();
    let tools: BTreeSet<String> = rows.filter_map(writes).collect();
    for tool in tools {
        record.drop_failure(&name_subject(&format!("{tool} {path}")));
    }
}

fn quote_command(command: &str) -> String {
    format!("`{}`", name_subject(command))
}

/// Returns the name of what failed, on one line, by which a later success is known to be of the
/// same. Of a long one the beginning and the end are shown, and between them what distinguishes it
/// from others that begin and end so.
pub(super) fn name_subject(text: &str) -> String {
    let line = join_words(text);
    let length = line.chars().count();
    if length <= NAME_START + NAME_END {
        return line;
    }
    let start: String = line.chars().take(NAME_START).collect();
    let end: String = line.chars().skip(length - NAME_END).collect();
    let hash = blake3::hash(line.as_bytes()).to_hex();
    format!("{start}…{}…{end}", &hash[..4])
}

#[cfg(test)]
mod tests {
    use crate::agents::EventKind;
    use crate::agents::record_writer::tests::play_every;
    use crate::model::FileAction;

    fn runs(commands: &[(&str, i32)]) -> Vec<EventKind> {
        let run = |(command, exit): &(&str, i32)| EventKind::Command {
            command: (*command).to_owned(),
            ok: None,
            exit: Some(*exit),
            error: if *exit == 0 { "" } else { "it broke" }.to_owned(),
        };
        commands.iter().map(run).collect()
    }

    #[test]
    fn what_came_of_a_check_last_is_told_last_also_within_a_minute() {
        let tell = |exits: &[i32]| {
            let commands: Vec<(&str, i32)> = exits.iter().map(|exit| ("npm test", *exit)).collect();
            let record = play_every(&runs(&commands), 0);
            let rows = record.progress.iter().map(|row| row.text.as_str());
            rows.collect::<Vec<&str>>().join(", ")
        };
        let (failed, passed) = ("npm test: failed", "npm test: passed");
        assert_eq!(tell(&[1, 0, 1]), [failed, passed, failed].join(", "));
        assert_eq!(tell(&[0, 0, 1, 1]), [passed, failed].join(", "));
    }

    #[test]
    fn a_failure_is_over_when_the_check_passes_however_it_is_run() {
        let open = |commands: &[(&str, i32)]| play_every(&runs(commands), 60).blockers.len();
        let long = "cd /home/ann/projects/acme/monorepo/services/payments/of/the/customers && \
                    RUST_LOG=debug RUSTFLAGS='-D warnings' make deploy --package ";
        for (commands, count) in [
            (vec![("cargo build", 101), ("cargo build 2>&1", 0)], 0),
            (
                vec![
                    ("cd a && cargo build", 101),
                    ("cargo build && cargo test", 0),
                ],
                0,
            ),
            (vec![("pytest tests/a.py", 1), ("pytest", 0)], 0),
            (vec![("pytest", 1), ("pytest tests/a.py", 0)], 1),
            (vec![("npm test && git push", 1), ("npm test", 0)], 1),
            (
                vec![("npm test && git push", 1), ("npm test && git push", 0)],
                0,
            ),
        ] {
            assert_eq!(open(&commands), count, "{commands:?}");
        }
        let (one, other) = (format!("{long}billing-core"), format!("{long}ledger"));
        assert_eq!(open(&[(one.as_str(), 1), (other.as_str(), 0)]), 1);
        assert_eq!(open(&[(one.as_str(), 1), (one.as_str(), 0)]), 0);
    }

    #[test]
    fn a_file_that_another_tool_has_written_since_is_in_nobodys_way() {
        let failure = EventKind::Failure {
            tool: "Write".to_owned(),
            subject: "/h/api/a.rs".to_owned(),
            error: "EACCES".to_owned(),
            refused: false,
        };
        let file = |action| EventKind::File {
            path: "/h/api/a.rs".to_owned(),
            action,
            from: None,
        };
        let open = |failure: &EventKind, action| {
            play_every(&[failure.clone(), file(action)], 60)
                .blockers
                .len()
        };
        assert_eq!(open(&failure, FileAction::Read), 1);
        for tool in [
            "Write",
            "multi_replace_string_in_file",
            "insert_edit_into_file",
            "str_replace_based_edit_tool",
            "search_replace",
            "editFile",
            "delete_file",
        ] {
            let failure = EventKind::Failure {
                tool: tool.to_owned(),
                subject: "/h/api/a.rs".to_owned(),
                error: "EACCES".to_owned(),
                refused: false,
            };
            assert_eq!(open(&failure, FileAction::Read), 1, "{tool}");
            assert_eq!(open(&failure, FileAction::Modified), 0, "{tool}");
        }
    }
}
