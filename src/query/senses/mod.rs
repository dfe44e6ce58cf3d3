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

use table::DIMENSIONS;

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
        let length = dot_product(&sum, &sum).sqrt();
        (length > 0.0).then(|| Sense(sum.map(|value| value / length)))
    }

    /// Returns how near two senses are: the cosine of the angle between them, 1 for the same.
    pub fn likeness(&self, other: &Sense) -> f32 {
        dot_product(&self.0, &other.0)
    }
}

fn dot_product(a: &[f32; DIMENSIONS], b: &[f32; DIMENSIONS]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
