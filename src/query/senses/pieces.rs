//! WordPiece, as for the uncased models of BERT (Devlin et al., 2018): lower case without accents,
//! split at white space, punctuation and CJK characters, then the longest pieces from the left.

use super::table::{PieceHash, find_row};
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// A longer word is none, in bytes.
const LONGEST: usize = 100;

/// Calls back with the row of each piece of a text, in order.
pub(super) fn for_each_piece(text: &str, mut found: impl FnMut(usize)) {
    let mut word = String::new();
    for c in text.chars() {
        match Role::of(c) {
            Role::Letter => push_folded(c, &mut word),
            Role::Nothing => {}
            Role::Space => end_word(&mut word, &mut found),
            Role::Single => {
                end_word(&mut word, &mut found);
                word.push(c);
                end_word(&mut word, &mut found);
            }
        }
    }
    end_word(&mut word, &mut found);
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

fn end_word(word: &mut String, found: &mut impl FnMut(usize)) {
    if !word.is_empty() {
        if let Some(rows) = cut_word(word.as_bytes()) {
            rows.into_iter().for_each(found);
        }
        word.clear();
    }
}

/// Returns the rows of a word's pieces; `None` if it cannot be cut into any.
fn cut_word(word: &[u8]) -> Option<Vec<usize>> {
    if word.len() > LONGEST {
        return None;
    }
    let mut rows = Vec::new();
    let mut from = 0;
    while from < word.len() {
        let (row, end) = longest_piece(word, from)?;
        rows.push(row);
        from = end;
    }
    Some(rows)
}

/// Returns the row of the longest piece that stands at `from`, and where it ends.
fn longest_piece(word: &[u8], from: usize) -> Option<(usize, usize)> {
    let continues = from > 0;
    let mut hashes = [PieceHash::new(continues); LONGEST + 1];
    for end in from..word.len() {
        hashes[end + 1] = hashes[if end == from { 0 } else { end }].push(word[end]);
    }
    (from + 1..=word.len()).rev().find_map(|end| {
        let row = find_row(hashes[end], continues, &word[from..end])?;
        Some((row, end))
    })
}
