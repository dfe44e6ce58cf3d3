//! The terms of a text: what is written into the index, and looked for.

use super::TERM_LIMIT;
use super::cut::{Cutter, Piece};
use super::fold::{fold_connectors, fold_single, fold_word};
use super::stem::Stems;
use std::ops::Range;

/// Says of a term in what form the text holds it. A marked term begins with a control character,
/// which no plain one can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The folded atom itself, without a mark; every atom has it.
    Surface,
    /// The folded atom, where it is only a part of a compound.
    Part,
    /// The English stem of a word that stands alone, where it differs from the word.
    Stem,
    /// The English stem of an atom that is a part, where it differs from the atom.
    PartStem,
    /// A whole compound with its connectors, or the part of it between two connectors where
    /// that has several atoms (`GitHub` has `git`, `hub`, and the whole `github`).
    Whole,
}

impl Form {
    /// Returns the character that terms of this form begin with.
    pub fn mark(self) -> Option<char> {
        match self {
            Form::Surface => None,
            Form::Part => Some('\u{1}'),
            Form::Stem => Some('\u{2}'),
            Form::PartStem => Some('\u{3}'),
            Form::Whole => Some('\u{4}'),
        }
    }

    /// Returns the term of this form for a folded text, as it stands in the index.
    pub fn term(self, folded: &str) -> String {
        self.mark().into_iter().chain(folded.chars()).collect()
    }
}

/// One term of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// What it says about the text.
    pub form: Form,
    /// The term as it stands in the index, mark included.
    pub text: &'a str,
    /// The bytes of the original text that it stands for.
    pub range: Range<usize>,
    /// Number of the (first) atom in the text, from 0.
    pub position: usize,
}

/// A term of the piece at hand; its text is a range of [`Terms::buffer`].
#[derive(Debug)]
struct Pending {
    form: Form,
    text: Range<usize>,
    range: Range<usize>,
    position: usize,
}

/// The working memory of the tokenizer: kept from text to text, so that none is allocated for a
/// term.
#[derive(Default)]
pub(super) struct Terms {
    piece: Piece,
    buffer: String,
    /// Where the folded atoms lie in the buffer.
    folded: Vec<Range<usize>>,
    pending: Vec<Pending>,
    stems: Stems,
    /// Number of the first atom of the piece.
    position: usize,
}

impl Terms {
    /// Gets ready for another text.
    pub(super) fn reset(&mut self) {
        self.pending.clear();
        self.piece.atoms.clear();
        self.position = 0;
    }

    /// Takes the next piece of the text; false at its end.
    pub(super) fn advance(&mut self, cutter: &mut Cutter<'_>) -> bool {
        self.position += self.piece.atoms.len();
        self.pending.clear();
        self.buffer.clear();
        self.folded.clear();
        cutter.next(&mut self.piece) && {
            self.fold(cutter.text());
            self.emit(cutter.text());
            true
        }
    }

    /// Returns the piece.
    pub(super) fn piece(&self) -> &Piece {
        &self.piece
    }

    /// Returns the number of terms of the piece.
    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    /// Returns a term of the piece. Those of one atom follow those of the atom before.
    pub(super) fn term(&self, index: usize) -> Term<'_> {
        let pending = &self.pending[index];
        Term {
            form: pending.form,
            text: &self.buffer[pending.text.clone()],
            range: pending.range.clone(),
            position: pending.position,
        }
    }

    /// Folds the atoms, each behind the mark of a part, which the surface leaves out.
    fn fold(&mut self, text: &str) {
        for span in &self.piece.atoms {
            self.buffer.extend(Form::Part.mark());
            let start = self.buffer.len();
            let atom = &text[span.range.clone()];
            match self.piece.single {
                true => fold_single(atom, &mut self.buffer),
                false => fold_word(atom, &mut self.buffer),
            }
            self.folded.push(start..self.buffer.len());
        }
    }

    fn emit(&mut self, text: &str) {
        for atom in 0..self.piece.atoms.len() {
            let folded = self.folded[atom].clone();
            self.push(Form::Surface, folded.clone(), atom..atom + 1);
            if self.piece.single {
                continue;
            }
            let part = self.piece.is_compound();
            if part {
                self.push(Form::Part, folded.start - 1..folded.end, atom..atom + 1);
            }
            self.emit_stem(atom, part);
            self.emit_wholes(atom, text);
        }
    }

    fn emit_stem(&mut self, atom: usize, part: bool) {
        let form = if part { Form::PartStem } else { Form::Stem };
        let word = &self.buffer[self.folded[atom].clone()];
        let Some(stem) = self.stems.get(word) else {
            return;
        };
        let start = self.buffer.len();
        self.buffer.extend(form.mark());
        self.buffer.push_str(stem);
        self.push(form, start..self.buffer.len(), atom..atom + 1);
    }

    /// Emits the forms of several atoms that begin with this one.
    fn emit_wholes(&mut self, atom: usize, text: &str) {
        let atoms = &self.piece.atoms;
        let count = atoms.len();
        let complete = !self.piece.continues && !self.piece.continued;
        let glued = atoms[atom + 1..].iter().take_while(|span| span.glued);
        let end = atom + 1 + glued.count();
        let all = atom == 0 && end == count && complete;
        if !atoms[atom].glued && end > atom + 1 && !all {
            self.emit_whole(atom..end, text);
        }
        let several = count > 1 || !self.piece.suffix.is_empty();
        if atom == 0 && several && complete {
            self.emit_whole(0..count, text);
        }
    }

    fn emit_whole(&mut self, atoms: Range<usize>, text: &str) {
        let start = self.buffer.len();
        self.buffer.extend(Form::Whole.mark());
        let limit = self.buffer.len() + TERM_LIMIT;
        let mut last = None;
        for atom in atoms.clone() {
            let span = self.piece.atoms[atom].range.clone();
            if let Some(end) = last.replace(span.end) {
                fold_connectors(&text[end..span.start], &mut self.buffer);
            }
            self.buffer.extend_from_within(self.folded[atom].clone());
            if self.buffer.len() > limit {
                return;
            }
        }
        if atoms.len() == self.piece.atoms.len() {
            self.buffer.push_str(self.piece.suffix);
        }
        self.push(Form::Whole, start..self.buffer.len(), atoms);
    }

    fn push(&mut self, form: Form, text: Range<usize>, atoms: Range<usize>) {
        let spans = &self.piece.atoms[atoms.clone()];
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return;
        };
        let suffix = match form {
            Form::Whole if atoms.end == self.piece.atoms.len() => self.piece.suffix.len(),
            _ => 0,
        };
        self.pending.push(Pending {
            form,
            text,
            range: first.range.start..last.range.end + suffix,
            position: self.position + atoms.start,
        });
    }
}
