//! Coding agents: what their hooks and transcripts say, told in words that all of them share.
//!
//! Each agent has its own dialect; everything behind it sees only [`Happening`]s.

mod happening;
mod tools;
pub mod transcript;
mod wire;

pub use happening::{Happening, HappeningKind};
