//! Memory for coding agents: session notes in Markdown, searchable at once, offline.
//!
//! ```text
//!  hooks, CLI ──► journal ──► Markdown ──► index (catalog, full text) ──► query ──► render
//!                 (buffer)     (truth)      (derived, disposable)
//! ```
//!
//! - **Markdown is the only truth.** Without the index nothing is lost: the next command builds
//!   it anew, and every answer is the same.
//! - **A write never opens the index**, and so cannot fail or wait because of it.
//! - **A read refreshes first**, so that it sees what anybody wrote a moment ago, an editor
//!   included.
//!
//! The program `mx` is a front door to [`ops`]: start there to use this crate from another
//! program. Modules, in the order in which they may name each other (each only those above it):
//!
//! | module | owns |
//! |---|---|
//! | [`error`] | the error: kind, message, hints, cause |
//! | [`model`] | values: paths, tags, times, entries and sections |
//! | [`markdown`] | text to values and back |
//! | [`kb`] | the directory: root, settings, context, safe reading and writing |
//! | [`index`] | the mirror of the Markdown: catalog and full text |
//! | [`query`] | the query language, search, recent work |
//! | [`ops`] | the operations: `Request`, `Response`, `run` |
//! | [`render`] | a response as text or JSON |
//! | [`cli`] | the command line |
//!
//! The library never prints, exits, or reads the environment or the clock: the command line does
//! the first two, [`kb::Environment`] the others.

pub mod cli;
pub mod error;
pub mod index;
pub mod kb;
pub mod markdown;
pub mod model;
pub mod ops;
pub mod query;
pub mod render;
