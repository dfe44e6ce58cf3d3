//! Where a change of case separates two atoms.

use super::chars::{Class, class_at};
use super::span::Span;

/// Finds the changes of case inside a segment.
///
/// A border lies before a capital behind a small letter (`rate|Limiter`), before the last capital
/// of several if a small letter follows (`HTTP|Server`), and before such a capital behind a
/// digit if the atom has a letter (`base64|Encode`, but `10Gb`). None lies between letters and
/// digits (`E0502`, `oauth2`, `v1`), and none before a plural (`URLs`).
pub(super) struct Camel {
    /// Where the atom begins.
    begin: usize,
    /// Where the last letter or digit begins.
    last: usize,
    /// The letter or digit before `previous`.
    before: Class,
    /// The one at `last`.
    previous: Class,
    /// Whether a letter is among those before `previous`.
    letters: bool,
    /// The atom begins at a border.
    glued: bool,
}

impl Camel {
    pub(super) fn new(begin: usize) -> Self {
        Camel {
            begin,
            last: begin,
            before: Class::Break,
            previous: Class::Break,
            letters: false,
            glued: false,
        }
    }

    /// Takes the next letter or digit, and returns the border that it shows.
    #[inline]
    pub(super) fn step(&mut self, class: Class, at: usize, text: &str) -> Option<usize> {
        let border = match (class, self.previous) {
            (Class::Upper, Class::Lower) => Some(at),
            (Class::Lower, Class::Upper) if self.last > self.begin => {
                let cuts = match self.before {
                    Class::Upper => !is_plural(text, at),
                    Class::Digit => self.letters,
                    _ => false,
                };
                cuts.then_some(self.last)
            }
            _ => None,
        };
        self.letters |= !matches!(self.previous, Class::Digit | Class::Break);
        self.before = self.previous;
        self.previous = class;
        self.last = at;
        border
    }

    /// Ends the atom at a border and begins the next.
    pub(super) fn cut(&mut self, border: usize) -> Span {
        let span = Span {
            range: self.begin..border,
            glued: self.glued,
        };
        self.begin = border;
        self.glued = true;
        self.before = Class::Break;
        self.letters = false;
        span
    }
}

/// Returns whether the small letter here is the `s` of a plural such as `URLs`.
fn is_plural(text: &str, at: usize) -> bool {
    text.as_bytes()[at] == b's' && !matches!(class_at(text, at + 1).0, Class::Lower | Class::Mark)
}
