//! Query language, search, ranking, snippets, recent work. Writes nothing.
//!
//! ```text
//! text ──language──► Query ──clauses, terms──► Wanted ──postings──► occurrences
//!   occurrences ──evaluate──► hits ──group──► entries ──passages, senses──► ranked ──snippet──► Found
//! ```
//!
//! Two stages. The first scores every section that holds any telling word, by BM25 with the
//! occurrences of a word in title, heading, tags and text added up before they saturate (BM25F:
//! Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", CIKM
//! 2004). The second reads the best hundred entries and orders them by their best passages too.
//! How many sections hold a word, and how long they are, is counted without those that were
//! deleted, so that a score does not depend on the history of the index.

mod candidates;
mod clauses;
mod days;
mod evaluate;
mod facets;
mod filter;
mod filters;
mod found;
mod group;
mod hit;
pub mod language;
mod likely_words;
mod neighbours;
mod options;
mod order;
mod passages;
mod phrases;
mod plain;
mod postings;
mod present;
mod recent;
mod search;
mod section;
mod section_text;
mod senses;
mod sharing;
mod snippet;
mod stop_words;
mod terms;
#[cfg(test)]
mod tests;
mod unmatched;
pub mod when;

pub use days::count_days;
pub use facets::Facets;
pub use filters::{Conditions, Filters};
pub(crate) use filters::{invalid_tag, split_list};
pub use found::{Found, FoundEntry, FoundSection, Step};
pub use options::{SECTIONS, SearchOptions, Sort};
pub use recent::{
    ChosenPieces, Piece, PieceChoice, choose_recent, count_dated, list_newest, recent_pieces,
};
pub use search::search_entries;
pub use snippet::Snippet;
pub use unmatched::{UnmatchedValue, find_unmatched};
