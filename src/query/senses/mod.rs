//! What a text is about: a direction in a space of 128 dimensions, made from a table of word
//! pieces. No model runs and nothing is downloaded; the table is part of the program, and only the
//! pages of it that a search needs are read.
//!
//! The sense of a text is the sum of the vectors of its pieces, as a unit vector. Two texts that
//! are about the same thing point in similar directions although they share no word. `table` reads
//! the vectors, `pieces` cuts text as the table wants it.
//!
//! The table (`data/`) was distilled from sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0, as
//! is the vocabulary) on texts about software.

mod pieces;
mod table;

#[cfg(test)]
mod tests;

use super::stop_words::is_stop_word;
use std::collections::{HashMap, HashSet};
use table::DIMENSIONS;

/// A word of a text that is less like one of a question says nothing of it.
const UNLIKE: f32 = 0.4;

/// What a text is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sense([f32; DIMENSIONS]);

impl Sense {
    /// Returns the sense of several texts taken together; `None` if the table knows no word of
    /// them.
    pub fn of_texts(texts: &[&str]) -> Option<Self> {
        let mut sum = [0.0; DIMENSIONS];
        for text in texts {
            pieces::for_each_piece(text, |piece| table::add_row(piece, &mut sum));
        }
        Sense::of_sum(&sum).map(|(sense, _)| sense)
    }

    /// Returns the sense of a sum of vectors, and how long that is.
    fn of_sum(sum: &[f32; DIMENSIONS]) -> Option<(Self, f32)> {
        let length = dot_product(sum, sum).sqrt();
        (length > 0.0).then(|| (Sense(sum.map(|value| value / length)), length))
    }

    /// Returns the sense of a word in pieces, and how long their sum is: the less a word says, the
    /// shorter.
    fn of_pieces(rows: &[usize]) -> Option<(Self, f32)> {
        let mut sum = [0.0; DIMENSIONS];
        rows.iter().for_each(|row| table::add_row(*row, &mut sum));
        Sense::of_sum(&sum)
    }

    /// Returns how near two senses are: the cosine of the angle between them, 1 for the same.
    pub fn likeness(&self, other: &Sense) -> f32 {
        dot_product(&self.0, &other.0)
    }
}

/// The telling words of a question by their senses, each with how much it says.
pub(super) struct WordSenses(Vec<(Sense, f32)>);

impl WordSenses {
    /// Takes the words of a question that are no stop words.
    pub fn of_question(question: &str) -> Self {
        let (mut words, mut known) = (Vec::new(), HashSet::new());
        pieces::for_each_word(question, |word, rows| {
            let is_telling = is_spelt(word) && !is_stop_word(word);
            if is_telling && known.insert(rows.to_vec()) {
                words.extend(Sense::of_pieces(rows));
            }
        });
        WordSenses(words)
    }
}

/// How much of a question texts answer. What was computed for a word serves every text: most words of
/// the texts that one search reads are the same.
pub(super) struct Coverage<'q> {
    question: &'q WordSenses,
    /// Where the likenesses of a word begin, by its pieces.
    known: HashMap<Vec<usize>, usize>,
    /// Of each known word, how like it is to each word of the question.
    likenesses: Vec<f32>,
}

impl<'q> Coverage<'q> {
    pub fn of_question(question: &'q WordSenses) -> Self {
        Coverage {
            question,
            known: HashMap::new(),
            likenesses: Vec::new(),
        }
    }

    /// Returns how much of the question a text answers word by word, each with the word of the text
    /// that is most like it: 0 to 1.
    pub fn of_text(&mut self, text: &str) -> f32 {
        let words = &self.question.0;
        let mut nearest = vec![0.0; words.len()];
        pieces::for_each_word(text, |word, rows| {
            if is_spelt(word) {
                let at = self.find_or_add(rows);
                let likenesses = &self.likenesses[at..];
                for (nearest, likeness) in nearest.iter_mut().zip(likenesses) {
                    *nearest = likeness.max(*nearest);
                }
            }
        });
        let total: f32 = words.iter().map(|(_, weight)| weight).sum();
        let words = nearest.into_iter().zip(words);
        let like = words.filter(|(nearest, _)| *nearest >= UNLIKE);
        let covered: f32 = like.map(|(nearest, (_, weight))| nearest * weight).sum();
        covered / total.max(f32::MIN_POSITIVE)
    }

    fn find_or_add(&mut self, rows: &[usize]) -> usize {
        if let Some(at) = self.known.get(rows) {
            return *at;
        }
        let at = self.likenesses.len();
        let sense = Sense::of_pieces(rows);
        let likeness = |(own, _): &(Sense, f32)| {
            let sense = sense.as_ref();
            sense.map_or(0.0, |(sense, _)| own.likeness(sense))
        };
        self.likenesses.extend(self.question.0.iter().map(likeness));
        self.known.insert(rows.to_vec(), at);
        at
    }
}

/// Returns whether the table has a word as a whole.
pub(super) fn knows_word(word: &str) -> bool {
    let mut known = false;
    pieces::for_each_word(word, |piece, rows| {
        known |= piece == word && rows.len() == 1
    });
    known
}

fn is_spelt(word: &str) -> bool {
    word.starts_with(char::is_alphanumeric)
}

/// Adds up in eight lanes, which the processor does at once.
fn dot_product(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f32 {
    let mut lanes = [0.0; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}
