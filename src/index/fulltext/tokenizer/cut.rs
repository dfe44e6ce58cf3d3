//! Cuts text into compounds, and compounds into atoms: positions only, no folding.

use super::TERM_LIMIT;
use super::camel::Camel;
use super::chars::{Class, class_at, is_ascii_break};
use super::span::Span;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// A run of letters and digits longer than this is no identifier (base64, minified code), and is
/// not cut at capitals.
const SEGMENT_LIMIT: usize = 64;

/// A compound is handed over in pieces of about this many bytes, so that a line of 50 MB costs
/// no memory.
const PIECE: usize = 128;

/// As [`PIECE`], for characters that are atoms of their own.
const SINGLES: usize = 64;

/// A compound, or a piece of a long one. Reused from one to the next.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) atoms: Vec<Span>,
    /// The atoms are singles.
    pub(super) single: bool,
    /// It continues the piece before it.
    pub(super) continues: bool,
    /// Another piece of the same compound follows.
    pub(super) continued: bool,
    /// `++` or `#` behind a letter that stands alone (`C++`, `F#`); else empty.
    pub(super) suffix: &'static str,
    /// Hyphens or underscores join its atoms, which are words of letters, and nothing else does.
    pub(super) joined: bool,
    /// It is one word of ASCII letters that stands alone, not too long for a term.
    pub(super) plain: bool,
}

impl Piece {
    /// Returns whether its atoms are parts of something longer.
    pub(super) fn is_compound(&self) -> bool {
        !self.single && (self.atoms.len() > 1 || self.continues || self.continued)
    }
}

/// Goes through a text from compound to compound.
#[derive(Debug, Clone)]
pub(super) struct Cutter<'t> {
    text: &'t str,
    at: usize,
    continued: bool,
}

impl<'t> Cutter<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cutter {
            text,
            at: 0,
            continued: false,
        }
    }

    /// Returns the text.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Finds the next piece; false at the end of the text.
    pub(super) fn next(&mut self, piece: &mut Piece) -> bool {
        piece.atoms.clear();
        piece.suffix = "";
        piece.joined = false;
        piece.plain = false;
        piece.continues = self.continued;
        self.continued = false;
        while self.at < self.text.len() {
            let (class, len) = class_at(self.text, self.at);
            if class.is_word() || class == Class::Single {
                piece.single = class == Class::Single;
                match class {
                    Class::Single => self.singles(piece),
                    _ if self.plain_word(piece) => {}
                    _ => self.compound(piece),
                }
                piece.continued = self.continued;
                return true;
            }
            self.at += len;
        }
        false
    }

    /// Takes a word of small ASCII letters, the first of them perhaps a capital, if no compound goes on
    /// behind it: most words. Anything else is left where it is.
    fn plain_word(&mut self, piece: &mut Piece) -> bool {
        let bytes = self.text.as_bytes();
        let mut end = self.at + usize::from(bytes[self.at].is_ascii_uppercase());
        while bytes.get(end).is_some_and(u8::is_ascii_lowercase) {
            end += 1;
        }
        let ends = |at: usize| bytes.get(at).is_none_or(|next| is_ascii_break(*next));
        let is_stop = || matches!(bytes[end], b'.' | b':') && ends(end + 1);
        let is_plain = end > self.at && (ends(end) || is_stop());
        if is_plain {
            piece.plain = !piece.continues && end - self.at <= TERM_LIMIT;
            piece.atoms.push(Span {
                range: self.at..end,
                glued: false,
            });
            self.at = end;
        }
        is_plain
    }

    fn compound(&mut self, piece: &mut Piece) {
        let begin = self.at;
        loop {
            let end = self.segment(&mut piece.atoms);
            let Some(next) = self.joint() else {
                piece.suffix = self.suffix(begin..end);
                piece.joined = !piece.continues && self.is_joined(&piece.atoms);
                return;
            };
            self.at = next;
            if next - begin > PIECE {
                self.continued = true;
                return;
            }
        }
    }

    /// Returns whether hyphens or underscores join the atoms, all of them made of letters.
    fn is_joined(&self, atoms: &[Span]) -> bool {
        let text = |range: Range<usize>| &self.text[range];
        let is_hyphen = |pair: &[Span]| {
            let between = text(pair[0].range.end..pair[1].range.start);
            pair[1].glued || matches!(between, "-" | "_" | "\u{2010}" | "\u{2011}")
        };
        atoms.iter().skip(1).any(|atom| !atom.glued)
            && atoms.windows(2).all(is_hyphen)
            && !atoms
                .iter()
                .any(|atom| text(atom.range.clone()).contains(char::is_numeric))
    }

    /// Takes one run of letters and digits, cuts it at its changes of case, and returns its end.
    fn segment(&mut self, atoms: &mut Vec<Span>) -> usize {
        let begin = self.at;
        let first = atoms.len();
        let mut camel = Camel::new(begin);
        let mut end = begin;
        loop {
            let (class, len) = class_at(self.text, self.at);
            match class {
                Class::Skip => {}
                Class::Mark => end = self.at + len,
                _ if class.is_word() => {
                    end = self.at + len;
                    if end - begin <= SEGMENT_LIMIT
                        && let Some(border) = camel.step(class, self.at, self.text)
                    {
                        atoms.push(camel.cut(border));
                    }
                }
                _ => break,
            }
            self.at += len;
        }
        if end - begin > SEGMENT_LIMIT {
            atoms.truncate(first);
            camel = Camel::new(begin);
        }
        atoms.push(camel.cut(end));
        end
    }

    /// Returns where the compound goes on behind the connectors here, if it does, and passes
    /// over them and over a possessive `'s` if it does not.
    fn joint(&mut self) -> Option<usize> {
        if let Some(after) = self.possessive() {
            self.at = after;
            return None;
        }
        let next = self.past_connectors(self.at);
        if next > self.at && class_at(self.text, next).0.is_word() {
            return Some(next);
        }
        self.at = next;
        None
    }

    fn past_connectors(&self, mut at: usize) -> usize {
        loop {
            match class_at(self.text, at) {
                (Class::Connector | Class::Skip, len) => at += len,
                _ => return at,
            }
        }
    }

    /// Returns the end of an `'s` here that ends its word: `server's` is the word `server`.
    fn possessive(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let tail = rest.strip_prefix(['\'', '\u{2019}'])?;
        let tail = tail.strip_prefix(['s', 'S'])?;
        let after = self.text.len() - tail.len();
        let goes_on = matches!(
            class_at(self.text, self.past_connectors(after)).0,
            Class::Mark | Class::Digit | Class::Letter | Class::Lower | Class::Upper
        );
        (!goes_on).then_some(after)
    }

    fn suffix(&self, compound: Range<usize>) -> &'static str {
        let word = self.text[compound.clone()].as_bytes();
        if !matches!(word, [letter] if letter.is_ascii_alphabetic()) {
            return "";
        }
        let rest = &self.text[compound.end..];
        ["++", "#"]
            .into_iter()
            .find(|suffix| rest.starts_with(suffix))
            .unwrap_or("")
    }

    fn singles(&mut self, piece: &mut Piece) {
        while class_at(self.text, self.at).0 == Class::Single {
            if piece.atoms.len() == SINGLES {
                self.continued = true;
                return;
            }
            let range = self.at..self.single_end();
            self.at = range.end;
            piece.atoms.push(Span {
                range,
                glued: false,
            });
        }
    }

    /// Returns the end of the single here: with its marks, and hangul written in letters with
    /// the letters of its syllable.
    fn single_end(&self) -> usize {
        let mut syllable = None;
        let mut end = self.at;
        for (offset, c) in self.text[self.at..].char_indices() {
            match class_at(self.text, self.at + offset).0 {
                Class::Single if offset == 0 => syllable = Some(c),
                Class::Single if is_jamo(c) => {
                    match syllable.and_then(|s| compose(widen_char(s), c)) {
                        Some(longer) => syllable = Some(longer),
                        None => break,
                    }
                }
                Class::Mark => {}
                Class::Skip => continue,
                _ => break,
            }
            end = self.at + offset + c.len_utf8();
        }
        end
    }
}

/// Vowels and finals of hangul syllables.
fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

fn widen_char(c: char) -> char {
    let mut wide = std::iter::once(c).nfkc();
    wide.next().unwrap_or(c)
}
