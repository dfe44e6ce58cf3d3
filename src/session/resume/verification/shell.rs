//! A command line taken apart, as far as needed to know which programs it runs. Not a shell: what
//! is not understood is kept as words.

/// A command line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The words of each simple command, without redirections and empty commands.
    pub commands: Vec<Vec<String>>,
    /// What stands behind each command.
    joints: Vec<Joint>,
    /// Whether output is substituted somewhere.
    substitution: bool,
}

/// What stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
    Pipe,
    Then,
    Background,
    End,
}

impl Line {
    /// Returns whether the status of the line tells that of a command: it is a success only if
    /// the command ran and succeeded.
    pub(super) fn is_conclusive(&self, at: usize) -> bool {
        let sets = self.commands[..at].iter().filter(|words| words[0] == "set");
        let mut options = sets.flat_map(|words| &words[1..]);
        let flags = |word: &&String| word.starts_with('-') && word.contains('e');
        let errexit = options
            .clone()
            .any(|word| flags(&word) || word == "errexit");
        let pipefail = options.any(|word| word == "pipefail");
        let fails = |joint: &Joint| match joint {
            Joint::And | Joint::End => true,
            Joint::Then => errexit,
            Joint::Pipe => pipefail,
            Joint::Or | Joint::Background => false,
        };
        let skipped = self.joints[..at].last() == Some(&Joint::Or);
        !self.substitution && !skipped && self.joints[at..].iter().all(fails)
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
            '\\' => match next {
                Some('\n') => drop(chars.next()),
                // A path of Windows.
                Some(c) if c.is_alphanumeric() => reader.push('\\'),
                Some(c) => {
                    chars.next();
                    reader.push(c);
                }
                None => reader.push('\\'),
            },
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
                while chars
                    .next_if(|(_, c)| matches!(c, '>' | '&' | '|'))
                    .is_some()
                {}
            }
            '&' if next == Some('>') => {}
            '&' | '|' if next == Some(c) => {
                chars.next();
                reader.end(if c == '&' { Joint::And } else { Joint::Or });
            }
            '|' => {
                chars.next_if(|(_, c)| *c == '&');
                reader.end(Joint::Pipe);
            }
            '&' => reader.end(Joint::Background),
            ';' => reader.end(Joint::Then),
            '\n' => {
                reader.end(Joint::Then);
                if let Some(end) = reader.here.take() {
                    skip_document(&text[at + 1..], at + 1, &end, &mut chars);
                }
            }
            '(' | ')' | '`' => {
                reader.line.substitution |= c == '`' || (c == '(' && reader.ends_with('$'));
                reader.end(Joint::Then);
            }
            c if c.is_whitespace() => reader.end_word(),
            c => reader.push(c),
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
        if let Some(word) = self.word.take()
            && !std::mem::take(&mut self.redirected)
        {
            self.words.push(word);
        }
    }

    fn end(&mut self, joint: Joint) {
        self.end_word();
        self.redirected = false;
        if self.words.is_empty() {
            // `a && \n b`, `(a) | b`: what joins most is kept. A group may fail like its last
            // command.
            if let Some(last) = self.line.joints.last_mut()
                && *last == Joint::Then
            {
                *last = joint;
            }
            return;
        }
        self.line.commands.push(std::mem::take(&mut self.words));
        self.line.joints.push(joint);
    }

    fn finish(mut self) -> Line {
        self.end(Joint::End);
        if let Some(last) = self.line.joints.last_mut()
            && *last == Joint::Then
        {
            *last = Joint::End;
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
