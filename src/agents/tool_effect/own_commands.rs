//! What a command of an agent has this program note: `mx log decision "TEXT" --why "REASON"`. Only
//! transcripts are read so: where hooks record a session, the note is in its record already.
//!
//! What a shell fills in (a variable, another command's output) is not known here: a command with such
//! a word is left out.

use crate::agents::EventKind;
use crate::session::resume::verification::{is_assignment, plain_commands, program_name};

/// Returns what the commands in a line have this program note.
pub(crate) fn read_own_commands(line: &str) -> Vec<EventKind> {
    if !line.contains("mx") || !line.contains("log") {
        return Vec::new();
    }
    let commands = plain_commands(line);
    commands.filter_map(|words| read_note(&words)).collect()
}

/// Returns whether a word of a command is this program, however it is called there: with a path, as
/// `mx.exe`.
pub(crate) fn is_own_program(word: &str) -> bool {
    program_name(word).eq_ignore_ascii_case("mx")
}

fn read_note(words: &[String]) -> Option<EventKind> {
    let mut words = words.iter().map(String::as_str);
    let program = words.by_ref().find(|word| !is_assignment(word))?;
    if !is_own_program(program) || words.next() != Some("log") {
        return None;
    }
    let kind = words.next()?;
    let note = NoteWords::read(words)?;
    match kind {
        "decision" => Some(EventKind::Decision {
            decision: note.text?,
            rationale: note.reason,
        }),
        "event" | "note" => Some(EventKind::Progress { text: note.text? }),
        "blocker" => Some(EventKind::Blocker {
            blocker: note.text?,
            resolution: note.resolution,
        }),
        _ => None,
    }
}

/// The arguments of a note.
#[derive(Default)]
struct NoteWords {
    text: Option<String>,
    reason: String,
    resolution: String,
}

impl NoteWords {
    /// Reads arguments; `None` if some are not known, or come from standard input.
    fn read<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut note = NoteWords::default();
        let mut texts = Vec::new();
        while let Some(word) = words.next() {
            let (option, given) = match word.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value)),
                _ => (word, None),
            };
            let mut value = || given.or_else(|| words.next()).map(str::to_owned);
            match option {
                "--why" | "--reason" => note.reason = value()?,
                "--resolve" => note.resolution = value()?,
                "--message" | "-m" => texts.push(value()?),
                "--session" | "--kb" => drop(value()?),
                "--json" | "--quiet" | "-q" => {}
                "-" => return None,
                option if option.starts_with('-') => return None,
                _ => texts.push(word.to_owned()),
            }
        }
        note.text = (!texts.is_empty()).then(|| texts.join(" "));
        Some(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(decision: &str, rationale: &str) -> EventKind {
        EventKind::Decision {
            decision: decision.to_owned(),
            rationale: rationale.to_owned(),
        }
    }

    #[test]
    fn what_a_command_has_noted_is_read_out_of_its_words() {
        let bucket = || vec![decision("Token bucket", "it's simpler")];
        for (line, noted) in [
            (
                "mx log decision \"Token bucket\" --why \"it's simpler\"",
                bucket(),
            ),
            (
                "cd /w && MX_X=1 ~/bin/mx log decision Token bucket --why='it'\\''s simpler'; ls",
                bucket(),
            ),
            (
                "cargo test 2>&1 | tail -3\nmx log decision --why \"it's simpler\" 'Token bucket'",
                bucket(),
            ),
            (
                "mx log event 'Half done'",
                vec![EventKind::Progress {
                    text: "Half done".to_owned(),
                }],
            ),
            (
                "mx log blocker clock --resolve frozen 2>/dev/null",
                vec![EventKind::Blocker {
                    blocker: "clock".to_owned(),
                    resolution: "frozen".to_owned(),
                }],
            ),
        ] {
            assert_eq!(read_own_commands(line), noted, "{line}");
        }
    }

    #[test]
    fn what_is_not_known_for_certain_is_left_out() {
        for line in [
            "mx log decision \"$WHAT\" --why x",
            "mx log decision \"$(cat why)\"",
            "mx log decision what $(cat why)",
            "mx log decision what `cat why`",
            "echo why | mx log decision -",
            "mx log decision",
            "mx log decision x --unknown y",
            "echo mx log decision x",
            "mx log list",
            "cat > notes <<'EOF'\nmx log decision x\nEOF",
            "ls # mx log decision x",
            "grep -r \"mx log decision x\" .",
            "",
        ] {
            assert_eq!(read_own_commands(line), Vec::new(), "{line}");
        }
    }
}
