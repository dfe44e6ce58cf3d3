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
//! - **A read refreshes first**, so that it sees what was written a moment ago, also by an
//!   editor.
//!
//! The program `mx` is a front door to [`ops`], which has an example: start there to use this
//! crate from another program. In short:
//!
//! ```
//! use memex::kb::Environment;
//! use memex::ops::{Engine, Request, Response};
//!
//! # fn main() -> memex::error::Result<()> {
//! # let home = tempfile::tempdir().expect("a temporary directory");
//! # let root = Some(home.path());
//! let engine = Engine::new(&Environment::capture()?, root);
//! let reply = engine.run(Request::Info, &|_| {})?;
//! let Response::Info(info) = reply.response else { unreachable!() };
//! println!("{} entries in {}", info.entries, info.root);
//! # Ok(())
//! # }
//! ```
//!
//! Modules, in the order in which they may name each other (each only those above it, which
//! `tests/architecture` holds them to):
//!
//! | module | owns | must never |
//! |---|---|---|
//! | [`error`] | the error: kind, message, hints, cause | name another module |
//! | [`model`] | values: paths, tags, times, entries and sections | do I/O, read the clock |
//! | [`redact`] | secrets out of text, before it is stored | do I/O |
//! | [`markdown`] | text to values and back | touch the disk |
//! | [`kb`] | the directory: root, settings, context, safe reading and writing | know of an index |
//! | [`index`] | the mirror of the Markdown: catalog and full text | parse arguments, print |
//! | [`query`] | the query language, search, recent work | write anything |
//! | [`session`] | start, update, end; reconstruction, capped index, resume | know an agent |
//! | [`agents`] | a module for each agent, what a tool did, journal | be on the path of a search |
//! | [`ops`] | the operations: `Request`, `Response`, `Engine` | print, exit, parse arguments |
//! | [`render`] | a response as text or JSON | query, touch the disk |
//! | `mcp` | the MCP server: tools, resources, prompts | hold a rule that another front door would need |
//! | `serve` | pages and JSON over HTTP; only with the feature `service` | hold a rule of an operation |
//! | [`cli`] | the command line | hold a rule that another front door would need |
//!
//! A search, from the top: `cli::search` reads the arguments into a [`Request`](ops::Request);
//! `ops::search` checks it and asks [`index::Index`] for a [`View`](index::View), which is brought
//! up to date on the way; [`query`] searches the view; [`render`] prints the answer.
//!
//! The library never prints, exits, or reads the environment or the clock: the command line does
//! the first two, [`kb::Environment`] the others.

pub mod agents;
pub mod cli;
pub mod error;
pub mod index;
pub mod kb;
pub mod markdown;
#[cfg(feature = "service")]
pub mod mcp;
pub mod model;
pub mod ops;
pub mod query;
pub mod redact;
pub mod render;
#[cfg(feature = "service")]
pub mod serve;
pub mod session;
