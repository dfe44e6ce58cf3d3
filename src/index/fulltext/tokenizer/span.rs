//! Where an atom lies.

use std::ops::Range;

/// Where an atom lies in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) range: Range<usize>,
    /// Nothing stands between it and the atom before it but a change of case.
    pub(super) glued: bool,
}
