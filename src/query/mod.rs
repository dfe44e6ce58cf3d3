//! Query language, search, ranking, snippets, recent work. Writes nothing.
//!
//! ```text
//! text ──language──► Query ──terms──► Wanted ──postings──► occurrences ──evaluate──► hits
//!                                                hits ──group──► entries ──snippet──► Found
//! ```
//!
//! Scores are BM25's over sections, with the occurrences of a word in title, heading, tags and
//! text added up before they saturate (BM25F: Robertson, Zaragoza and Taylor, "Simple BM25
//! extension to multiple weighted fields", CIKM 2004). How many sections hold a word is counted
//! without those that were deleted, so that a score does not depend on the history of the index.

mod evaluate;
mod filter;
mod filters;
mod group;
pub mod language;
mod postings;
mod recent;
mod search;
mod section;
mod snippet;
mod terms;
mod unmatched;
pub mod when;

pub use filters::{Conditions, Filters};
pub(crate) use filters::{invalid_tag, split_list};
pub use recent::{Piece, recent};
pub use search::{Found, FoundEntry, FoundSection, SearchOptions, Sort, Step, search};
pub use snippet::Snippet;
pub use unmatched::{UnmatchedValue, find_unmatched};
