//! What is asked of a search.

use super::filters::Conditions;
use super::language::Query;
use crate::kb::PathGlob;

/// How many sections of an entry are shown, unless another number is asked for.
pub const SECTIONS: usize = 3;

/// What to search for, and how to answer.
#[derive(Debug, Clone)]
pub struct SearchOptions {
    /// The query; an empty one takes everything that passes the filters, newest first.
    pub query: Query,
    /// The text of the query, as it was asked.
    pub question: String,
    /// Whether every telling word is demanded.
    pub all_words: bool,
    /// Whether a question is compared with texts by their senses.
    pub senses: bool,
    /// What must hold besides what the query itself demands.
    pub filters: Conditions,
    /// The most entries to return; the most sections where nothing but filters is given.
    pub limit: usize,
    /// The most sections of an entry.
    pub sections: usize,
    /// Order of the results.
    pub sort: Sort,
    /// Whether to return whole sections.
    pub content: bool,
    /// Whether to count how the entries that match are spread.
    pub facets: bool,
    /// Paths that rank a little higher.
    pub preferred: Vec<PathGlob>,
}

impl Default for SearchOptions {
    fn default() -> Self {
        SearchOptions {
            query: Query::default(),
            question: String::new(),
            all_words: false,
            senses: true,
            filters: Conditions::default(),
            limit: 10,
            sections: SECTIONS,
            sort: Sort::default(),
            content: false,
            facets: false,
            preferred: Vec::new(),
        }
    }
}

impl SearchOptions {
    /// Returns everything that must hold of a section besides its words.
    pub fn conditions(&self) -> Conditions {
        self.filters.clone().and(&self.query.filters)
    }
}

/// Order of the results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Newest first.
    Time,
}
