//! Coding agents: what their hooks and transcripts say, told in words that all of them share.
//!
//! ```text
//!  hook ──► dialect ──► journal ──► fold ─┐
//!                                         ├──► apply ──► record (session)
//!  transcript ────────────────────────────┘
//! ```
//!
//! Each agent has its own dialect; everything behind it sees only [`Happening`]s. What is stored
//! has gone through [`redact`](crate::redact) first.

pub(crate) mod apply;
pub mod dialect;
pub(crate) mod fired;
pub(crate) mod fold;
mod happening;
pub(crate) mod hook;
pub(crate) mod import;
mod input;
pub mod install;
pub mod journal;
mod tools;
pub mod transcript;
mod wire;

pub use happening::{Happening, HappeningKind};
