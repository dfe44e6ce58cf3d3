//! What the next session is to know: the resume prompt of one record. Composed from records alone,
//! without a model; pure functions.
//!
//! [`compose`] writes the prompt when a session ends, [`summary_of`], [`state_of`] and [`next_of`]
//! read it back. [`fence`] wraps text for an agent's context as what it is: data.

mod compose;
mod derive;
mod fence;
mod prompt;
#[cfg(test)]
mod sample;
mod text;
pub mod verification;

pub use compose::{Ending, compose};
pub use fence::{fence, strip_recalled};
pub use prompt::{next_of, state_of, summary_of};
