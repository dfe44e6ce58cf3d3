//! A command line taken apart, as far as needed to know which programs it runs. Not a shell: what
//! is not understood is kept as words.

use super::wrappers::{is_assignment, list_holds};

/// A command line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The words of each simple command, without redirections and empty commands.
    pub commands: Vec<Vec<String>>,
    /// What stands behind each command.
    operators: Vec<ShellOperator>,
    /// Whether the output of each command goes to a file.
    writes: Vec<bool>,
    /// Whether the shell fills something into the words of each command.
    expands: Vec<bool>,
    /// Whether output is substituted somewhere.
    substitution: bool,
    /// Whether a command stands within a quoted word.
    quotes_command: bool,
    /// Whether there are more commands than are looked at.
    pub cut: bool,
}

/// How many commands of a line are looked at.
const MOST_COMMANDS: usize = 100;

/// What stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShellOperator {
    And,
    Or,
    Pipe,
    Then,
    Background,
    End,
}

/// What the status of a line says of one of its commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub struct Proof {
    /// A status of 0 is a success of this command.
    pub success: bool,
    /// Any other status is a failure of this command, if what prepares it succeeded.
    pub failure: bool,
    /// It ran even if the line failed, if what prepares it succeeded.
    pub ran: bool,
    /// It ran if the line succeeded.
    pub reached: bool,
    /// Something prepares it, as `cd` does.
    pub prepared: bool,
    /// The end of what it prints is printed.
    pub shows_end: bool,
}

/// Commands that do not fail, or not in a way that matters.
const HARMLESS: &str = "set export unset echo printf true : pwd date sleep ulimit umask alias clear \
    tail head tee cat wc sort exit return wait";

/// Commands that only prepare others, and say at once if they fail.
const PREPARING: &str = "cd pushd source . mkdir Set-Location";

/// Words of which a list of commands has another status than that of its last command.
const CONTROL: &str = "! if then else elif fi while until for do done case esac select function";

/// Commands that let through only the beginning, or parts, of what they are given.
const CUTTING: &str = "head sed awk cut grep egrep rg";

impl Line {
    /// Returns what the status of the line says of a command.
    pub(super) fn proof_of(&self, at: usize) -> Proof {
        let (errexit, pipefail) = self.options_before(at);
        let ends_list = |operator: &ShellOperator| {
            *operator == ShellOperator::Background || (*operator == ShellOperator::Then && !errexit)
        };
        let begin = self.operators[..at].iter().rposition(ends_list);
        let begin = begin.map_or(0, |end| end + 1);
        let is = |at: usize, list: &str| list_holds(list, &self.commands[at][0]);
        let counts = |at: &usize| self.operators[*at] != ShellOperator::Pipe || pipefail;
        let can_fail = |at: usize| {
            let assigns = self.commands[at].iter().all(|word| is_assignment(word));
            !(assigns || is(at, HARMLESS) || is(at, PREPARING))
        };
        let passes_on = |at: usize| match self.operators[at] {
            ShellOperator::And | ShellOperator::End => true,
            ShellOperator::Then => errexit,
            ShellOperator::Pipe => pipefail,
            // `|| exit 1` leaves it a failure.
            ShellOperator::Or => self.commands.get(at + 1).is_some_and(|words| {
                words[0] == "exit" && words.get(1).is_some_and(|status| status != "0")
            }),
            ShellOperator::Background => false,
        };
        let all = begin..self.commands.len();
        let plain = !self.substitution && !self.cut && !all.clone().any(|at| is(at, CONTROL));
        let reached = self.operators[..at].last() != Some(&ShellOperator::Or);
        let before = || (begin..at).filter(counts);
        let success = plain && reached && (at..all.end).all(passes_on);
        let mut after = (at + 1..all.end).filter(counts);
        let ran = reached && !before().any(can_fail);
        let mut piped = (at..all.end).take_while(|at| self.operators[*at] == ShellOperator::Pipe);
        Proof {
            success,
            failure: success && ran && !after.any(can_fail),
            ran,
            reached,
            prepared: before().any(|at| is(at, PREPARING)),
            shows_end: !piped.any(|at| self.commands.get(at + 1).is_some() && is(at + 1, CUTTING)),
        }
    }

    /// Returns the simple commands of a line, and whether the output of each goes to a file; `None`
    /// where it runs more than can be seen.
    pub(super) fn all_commands(&self) -> Option<impl Iterator<Item = (&[String], bool)>> {
        let is_seen = !(self.substitution || self.quotes_command || self.cut);
        let commands = self.commands.iter().map(Vec::as_slice);
        is_seen.then(|| commands.zip(self.writes.iter().copied()))
    }

    /// Returns the simple commands into whose words the shell fills nothing.
    pub(super) fn plain_commands(self) -> impl Iterator<Item = Vec<String>> {
        let commands = self.commands.into_iter().zip(self.expands);
        commands.filter_map(|(words, expands)| (!expands).then_some(words))
    }

    /// Returns whether the shell stops where a command fails, and whether all commands of a
    /// pipeline count.
    fn options_before(&self, at: usize) -> (bool, bool) {
        let sets = self.commands[..at].iter().filter(|words| words[0] == "set");
        let mut options = sets.flat_map(|words| &words[1..]);
        let flags = |word: &&String| word.starts_with('-') && word.contains('e');
        let errexit = options
            .clone()
            .any(|word| flags(&word) || word == "errexit");
        (errexit, options.any(|word| word == "pipefail"))
    }
}

impl Proof {
    /// Returns what the status of a line says of a command within a command of it.
    pub(super) fn within(self, outer: Proof) -> Proof {
        Proof {
            success: self.success && outer.success,
            failure: self.failure && outer.failure,
            ran: self.ran && outer.ran,
            reached: self.reached && outer.reached,
            prepared: self.prepared || outer.prepared,
            shows_end: self.shows_end && outer.shows_end,
        }
    }

    /// Returns the outcome of the command if the line succeeded, or failed with this error; `None`
    /// if that is not known.
    pub fn outcome(self, ok: bool, error: &str) -> Option<bool> {
        let proven = if ok {
            self.success
        } else {
            self.failure && !self.preparation_failed(error)
        };
        proven.then_some(ok)
    }

    /// Returns whether an error is that of what prepares the command.
    pub fn preparation_failed(self, error: &str) -> bool {
        const SIGNS: [&str; 7] = [
            "cd: ",
            "can't cd to",
            "pushd: ",
            "o such file or directory",
            "cannot create directory",
            "annot find path",
            "annot find the path",
        ];
        let first = error.trim_start().lines().next().unwrap_or_default();
        self.prepared && SIGNS.iter().any(|sign| first.contains(sign))
    }
}

/// Takes a command line apart.
pub(super) fn parse_command_line(text: &str) -> Line {
    let mut reader = Reader::default();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\'' | '"' => reader.quoted(c, &mut chars),
            '\\' => reader.escaped(&mut chars),
            '#' if reader.word.is_none() => while chars.next_if(|(_, c)| *c != '\n').is_some() {},
            '<' if next == Some('<') => {
                chars.next();
                if chars.next_if(|(_, c)| *c == '<').is_some() {
                    reader.redirect();
                } else {
                    reader.heredoc(text, &mut chars);
                }
            }
            '<' | '>' => {
                reader.redirect();
                reader.redirects_output = c == '>';
                let is_part = |(_, c): &(usize, char)| matches!(c, '>' | '&' | '|');
                while chars.next_if(is_part).is_some() {}
            }
            '&' if next == Some('>') => {}
            '&' | '|' if next == Some(c) => {
                chars.next();
                reader.end(if c == '&' {
                    ShellOperator::And
                } else {
                    ShellOperator::Or
                });
            }
            '|' => {
                chars.next_if(|(_, c)| *c == '&');
                reader.end(ShellOperator::Pipe);
            }
            '&' => reader.end(ShellOperator::Background),
            ';' => reader.end(ShellOperator::Then),
            '\n' => {
                reader.end(ShellOperator::Then);
                if let Some(end) = reader.here.take() {
                    skip_document(&text[at + 1..], at + 1, &end, &mut chars);
                }
            }
            '(' | ')' | '`' => {
                reader.line.substitution |= c == '`' || (c == '(' && reader.ends_with('$'));
                reader.expands |= c == '`';
                reader.end(ShellOperator::Then);
            }
            c if c.is_whitespace() => reader.end_word(),
            c => {
                reader.expands |= matches!(c, '$' | '*');
                reader.push(c);
            }
        }
    }
    reader.finish()
}

type Chars<'a> = std::iter::Peekable<std::str::CharIndices<'a>>;

#[derive(Default)]
struct Reader {
    line: Line,
    words: Vec<String>,
    word: Option<String>,
    /// The next word is the target of a redirection.
    redirected: bool,
    /// Of one of output.
    redirects_output: bool,
    /// Whether output of the command that is read goes to a file.
    writes: bool,
    /// Whether the shell fills something into the words of the command that is read.
    expands: bool,
    /// The word that ends the document which begins on the next line.
    here: Option<String>,
}

impl Reader {
    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn ends_with(&self, c: char) -> bool {
        self.word.as_ref().is_some_and(|word| word.ends_with(c))
    }

    fn quoted(&mut self, quote: char, chars: &mut Chars<'_>) {
        let word = self.word.get_or_insert_default();
        while let Some((_, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            self.line.quotes_command |=
                quote == '"' && (c == '`' || (c == '$' && next == Some('(')));
            self.expands |= quote == '"' && matches!(c, '`' | '$');
            match c {
                c if c == quote => return,
                '\\' if quote == '"' => {
                    let escaped = chars.next_if(|(_, c)| matches!(c, '"' | '\\' | '$' | '`'));
                    word.push(escaped.map_or('\\', |(_, c)| c));
                }
                c => word.push(c),
            }
        }
    }

    /// Takes what follows a backslash.
    fn escaped(&mut self, chars: &mut Chars<'_>) {
        match chars.peek().map(|(_, next)| *next) {
            Some('\n') => drop(chars.next()),
            // A path of Windows.
            Some(c) if c.is_alphanumeric() => self.push('\\'),
            Some(c) => {
                chars.next();
                self.push(c);
            }
            None => self.push('\\'),
        }
    }

    fn redirect(&mut self) {
        // The number of the stream belongs to the redirection.
        let number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
        if self.word.as_ref().is_some_and(number) {
            self.word = None;
        }
        self.end_word();
        self.redirected = true;
    }

    fn heredoc(&mut self, text: &str, chars: &mut Chars<'_>) {
        self.redirect();
        self.redirected = false;
        while chars.next_if(|(_, c)| matches!(c, '-' | ' ')).is_some() {}
        let start = chars.peek().map_or(text.len(), |(at, _)| *at);
        let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | ')' | '<' | '>');
        while chars.next_if(|(_, c)| !ends(*c)).is_some() {}
        let end = chars.peek().map_or(text.len(), |(at, _)| *at);
        self.here = Some(text[start..end].replace(['\'', '"', '\\'], ""));
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else {
            return;
        };
        if !std::mem::take(&mut self.redirected) {
            self.words.push(word);
        } else if std::mem::take(&mut self.redirects_output) {
            // Another stream (`2>&1`) or nowhere is no file.
            let is_stream = word == "-" || word.chars().all(|c| c.is_ascii_digit());
            self.writes |= !(is_stream || list_holds("/dev/null NUL nul $null", &word));
        }
    }

    fn end(&mut self, operator: ShellOperator) {
        self.end_word();
        self.redirected = false;
        self.redirects_output = false;
        let writes = std::mem::take(&mut self.writes);
        let expands = std::mem::take(&mut self.expands);
        if writes && self.words.is_empty() {
            // `> a` alone empties the file.
            self.words.push(":".to_owned());
        }
        if self.words.is_empty() {
            // `a && \n b`, `(a) | b`: what joins most is kept. A group may fail like its last
            // command.
            if let Some(last) = self.line.operators.last_mut()
                && *last == ShellOperator::Then
            {
                *last = operator;
            }
            return;
        }
        let words = std::mem::take(&mut self.words);
        if self.line.commands.len() >= MOST_COMMANDS {
            self.line.cut = true;
            return;
        }
        self.line.commands.push(words);
        self.line.writes.push(writes);
        self.line.expands.push(expands);
        self.line.operators.push(operator);
    }

    fn finish(mut self) -> Line {
        self.end(ShellOperator::End);
        if let Some(last) = self.line.operators.last_mut()
            && *last == ShellOperator::Then
        {
            *last = ShellOperator::End;
        }
        self.line
    }
}

/// Moves on behind the line that ends a document.
fn skip_document(rest: &str, base: usize, end: &str, chars: &mut Chars<'_>) {
    let mut stop = base;
    for line in rest.split_inclusive('\n') {
        stop += line.len();
        if line.trim() == end {
            break;
        }
    }
    while chars.next_if(|(at, _)| *at < stop).is_some() {}
}
