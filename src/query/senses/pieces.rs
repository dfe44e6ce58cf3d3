//! WordPiece, as for the uncased models of BERT (Devlin et al., 2018): lower case without accents,
//! split at white space, punctuation and CJK characters, then the longest pieces from the left.

use super::table::{PieceHash, find_row};
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// A longer word is none, in bytes.
const LONGEST: usize = 100;
/// The longest piece of the vocabulary, in bytes.
pub(super) const LONGEST_PIECE: usize = 18;

/// Calls back with the row of each piece of a text, in order.
pub(super) fn for_each_piece(text: &str, mut found: impl FnMut(usize)) {
    for_each_word(text, |_, rows| rows.iter().copied().for_each(&mut found));
}

/// Calls back with each word of a text that can be cut into pieces, folded, and their rows.
pub(super) fn for_each_word(text: &str, mut found: impl FnMut(&str, &[usize])) {
    let mut cutter = PieceCutter::default();
    for c in text.chars() {
        match Role::of(c) {
            Role::Letter => push_folded(c, &mut cutter.word),
            Role::Nothing => {}
            Role::Space => cutter.end_word(&mut found),
            Role::Single => {
                cutter.end_word(&mut found);
                cutter.word.push(c);
                cutter.end_word(&mut found);
            }
        }
    }
    cutter.end_word(&mut found);
}

/// What a character does to the words around it.
enum Role {
    /// Part of a word.
    Letter,
    /// Ends a word.
    Space,
    /// A word of its own.
    Single,
    /// As if it were not there.
    Nothing,
}

impl Role {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Role::Letter,
            _ if c.is_whitespace() => Role::Space,
            _ if c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}') => {
                Role::Nothing
            }
            _ if c.is_ascii_punctuation() || is_wide_punctuation(c) || is_cjk(c) => Role::Single,
            _ => Role::Letter,
        }
    }
}

fn is_wide_punctuation(c: char) -> bool {
    matches!(c,
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
        | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff3d}' | '\u{ff5b}'..='\u{ff65}')
}

fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2fa1f}')
}

fn push_folded(c: char, word: &mut String) {
    if c.is_ascii() {
        word.push(c.to_ascii_lowercase());
        return;
    }
    for small in c.to_lowercase() {
        decompose_canonical(small, |part| {
            if !is_combining_mark(part) {
                word.push(part);
            }
        });
    }
}

/// Cuts words into pieces; its memory serves all words of a text.
#[derive(Default)]
struct PieceCutter {
    word: String,
    rows: Vec<usize>,
    /// Of each beginning of what is left of the word.
    hashes: Vec<PieceHash>,
}

impl PieceCutter {
    /// Calls back with the word and its rows, if it can be cut into pieces, and begins the next.
    fn end_word(&mut self, found: &mut impl FnMut(&str, &[usize])) {
        if !self.word.is_empty() && self.cut_word().is_some() {
            found(&self.word, &self.rows);
        }
        self.word.clear();
    }

    fn cut_word(&mut self) -> Option<()> {
        self.rows.clear();
        let length = self.word.len();
        let mut from = 0;
        while from < length && length <= LONGEST {
            let (row, end) = self.longest_piece(from)?;
            self.rows.push(row);
            from = end;
        }
        Some(())
    }

    /// Returns the row of the longest piece that stands at `from`, and where it ends.
    fn longest_piece(&mut self, from: usize) -> Option<(usize, usize)> {
        let continues = from > 0;
        let rest = &self.word.as_bytes()[from..];
        self.hashes.clear();
        let mut hash = PieceHash::new(continues);
        for byte in rest.iter().take(LONGEST_PIECE) {
            hash = hash.push(*byte);
            self.hashes.push(hash);
        }
        let mut hashes = self.hashes.iter().enumerate().rev();
        hashes.find_map(|(before, hash)| {
            let length = before + 1;
            let row = find_row(*hash, continues, &rest[..length])?;
            Some((row, from + length))
        })
    }
}
