//! What the first stage finds: sections, and entries with their best sections.

/// A section that matches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    /// Position of the segment in the view.
    pub segment: usize,
    /// Document in the segment.
    pub doc: u32,
    /// The clauses that it holds: bit i for clause i.
    pub held: u64,
    /// How telling the exact clauses among them are.
    pub exactness: f32,
    /// BM25, as a part of what the words of the query would count if each occurred once; 0 for a
    /// query without words.
    pub score: f32,
}

/// An entry with its best sections, best first.
#[derive(Debug, Default)]
pub(super) struct EntryGroup {
    /// The best sections.
    pub sections: Vec<Hit>,
    /// How many sections match, shown or not.
    pub matching: u64,
    /// The clauses that its sections hold together.
    pub held: u64,
    /// How telling the exact clauses are that it holds: what holds more of them comes first.
    pub exactness: f32,
    /// The score.
    pub score: f32,
}
