//! What a command of an agent has this program note: `mx log decision "TEXT" --why "REASON"`. Only
//! transcripts are read so: where hooks record a session, the note is in its record already.
//!
//! It is the only shell text that is taken apart, and only as far as words and quotes go: a command
//! with anything else in it (a variable, another command's output) notes what is not known here.

use crate::agents::EventKind;

/// Returns what the commands in a line have this program note.
pub(crate) fn read_own_commands(line: &str) -> Vec<EventKind> {
    if !line.contains("mx") || !line.contains("log") {
        return Vec::new();
    }
    let commands = split_commands(line);
    commands
        .iter()
        .filter_map(|words| read_note(words))
        .collect()
}

fn read_note(words: &[String]) -> Option<EventKind> {
    let mut words = words.iter().map(String::as_str);
    let is_assignment = |word: &&str| {
        let name = word.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    };
    let program = words.by_ref().find(|word| !is_assignment(word))?;
    let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
    if !matches!(program, "mx" | "mx.exe") || words.next() != Some("log") {
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

/// Splits a line into commands and these into words, as a shell of Unix does. Commands with more
/// than words and quotes in them are left out.
fn split_commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    let mut words = ShellWords::default();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => words.quote(&mut chars),
            '"' => words.double_quote(&mut chars),
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(c) => words.push(c),
            },
            '&' | '|' | ';' | '\n' => commands.extend(words.end_command()),
            // What follows is a text, not commands.
            '<' if chars.peek() == Some(&'<') => return commands,
            '$' | '`' | '<' | '>' | '(' | ')' | '*' => words.is_plain = false,
            '#' if words.word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            c if c.is_whitespace() => words.end_word(),
            c => words.push(c),
        }
    }
    commands.extend(words.end_command());
    commands
}

/// The words of the command at hand.
struct ShellWords {
    words: Vec<String>,
    word: Option<String>,
    is_plain: bool,
}

impl Default for ShellWords {
    fn default() -> Self {
        ShellWords {
            words: Vec::new(),
            word: None,
            is_plain: true,
        }
    }
}

impl ShellWords {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn quote(&mut self, chars: &mut impl Iterator<Item = char>) {
        let inside: String = chars.take_while(|c| *c != '\'').collect();
        self.word.get_or_insert_default().push_str(&inside);
    }

    fn double_quote(&mut self, chars: &mut impl Iterator<Item = char>) {
        self.word.get_or_insert_default();
        while let Some(c) = chars.next() {
            match c {
                '"' => return,
                '$' | '`' => self.is_plain = false,
                '\\' => match chars.next() {
                    Some('\n') | None => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                    Some(c) => {
                        self.push('\\');
                        self.push(c);
                    }
                },
                c => self.push(c),
            }
        }
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    fn end_command(&mut self) -> Option<Vec<String>> {
        self.end_word();
        let ended = std::mem::take(self);
        (ended.is_plain && !ended.words.is_empty()).then_some(ended.words)
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
                "mx log blocker clock --resolve frozen",
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
