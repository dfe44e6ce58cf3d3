//! The terms of a text: what is written into the index, and looked for.

use super::TERM_LIMIT;
use super::cut::{Cutter, Piece};
use super::fold::{fold_single, fold_word};
use std::ops::Range;

/// Says of a term in what form the text holds it. A marked term begins with a control character,
/// which no plain one can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// The folded atom of a word that stands alone, or of a script without spaces; no mark.
    Surface,
    /// The folded atom, where it is only a part of a compound.
    Part,
    /// Several atoms folded into one: those that only changes of case separate (`GitHub` has the
    /// parts `git` and `hub`, and the whole `github`), and the words of letters that a hyphen or
    /// an underscore joins (`re-index`: `reindex`). Also `c++` and `c#`.
    Whole,
}

impl Form {
    /// What marked terms begin with.
    pub const MARKS: [char; 2] = ['\u{1}', '\u{2}'];

    /// Returns the character that terms of this form begin with.
    pub fn mark(self) -> Option<char> {
        match self {
            Form::Surface => None,
            Form::Part => Some('\u{1}'),
            Form::Whole => Some('\u{2}'),
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

impl<'a> Term<'a> {
    /// Returns the folded text without its mark.
    pub fn word(&self) -> &'a str {
        let mark = self.form.mark().map_or(0, char::len_utf8);
        &self.text[mark..]
    }
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
        if !cutter.next(&mut self.piece) {
            return false;
        }
        if self.piece.plain {
            self.emit_plain(cutter.text());
        } else {
            self.fold(cutter.text());
            self.emit();
        }
        true
    }

    /// Emits the only term of a plain word, as most are: what `fold` and `emit` would make of it.
    fn emit_plain(&mut self, text: &str) {
        for span in &self.piece.atoms {
            self.buffer.push_str(&text[span.range.clone()]);
            self.buffer.make_ascii_lowercase();
            self.pending.push(Pending {
                form: Form::Surface,
                text: 0..self.buffer.len(),
                range: span.range.clone(),
                position: self.position,
            });
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
            if self.piece.single {
                fold_single(atom, &mut self.buffer)
            } else {
                fold_word(atom, &mut self.buffer)
            }
            self.folded.push(start..self.buffer.len());
        }
    }

    fn emit(&mut self) {
        let part = self.piece.is_compound();
        for atom in 0..self.piece.atoms.len() {
            let folded = self.folded[atom].clone();
            if part {
                self.push(Form::Part, folded.start - 1..folded.end, atom..atom + 1);
            } else {
                self.push(Form::Surface, folded, atom..atom + 1);
            }
            if !self.piece.single && !self.piece.atoms[atom].glued {
                self.emit_whole(atom);
            }
            if atom == 0 && self.piece.joined {
                self.push_whole(0..self.piece.atoms.len(), "");
            }
        }
    }

    /// Emits the whole form of this atom and those glued to it, if there is one.
    fn emit_whole(&mut self, atom: usize) {
        let spans = &self.piece.atoms;
        let glued = spans[atom + 1..].iter().take_while(|span| span.glued);
        let end = atom + 1 + glued.count();
        let suffix = if end == spans.len() {
            self.piece.suffix
        } else {
            ""
        };
        if end > atom + 1 || !suffix.is_empty() {
            self.push_whole(atom..end, suffix);
        }
    }

    /// Emits the whole form of some atoms, unless it is too long.
    fn push_whole(&mut self, atoms: Range<usize>, suffix: &str) {
        let length: usize = self.folded[atoms.clone()].iter().map(Range::len).sum();
        if length + suffix.len() > TERM_LIMIT {
            return;
        }
        let start = self.buffer.len();
        self.buffer.extend(Form::Whole.mark());
        for atom in atoms.clone() {
            self.buffer.extend_from_within(self.folded[atom].clone());
        }
        self.buffer.push_str(suffix);
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
