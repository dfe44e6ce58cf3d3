//! Coding agents: what their hooks and transcripts say, told in words that all of them share.
//!
//! Each agent has its own dialect; everything behind it sees only [`Happening`]s.

pub mod dialect;
mod happening;
pub mod install;
pub mod journal;
mod redact;

pub use happening::{Happening, HappeningKind};
pub use redact::Redactor;
