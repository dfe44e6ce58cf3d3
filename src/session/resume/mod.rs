//! What the next session is to know: the resume prompt of one record, and a block of context for a
//! project within a budget. Composed from records alone, without a model; pure functions.
//!
//! [`compose_prompt`] writes the prompt when a session ends, [`summary_of`] reads it back. [`resume_block`] puts together what is known of a project, and [`fence_recall`] wraps it for
//! an agent's context as what it is: data.

mod block;
mod compose;
mod derive;
mod ending;
mod fence;
mod item;
mod items;
mod notice;
mod prompt;
#[cfg(test)]
mod tests;
mod text;
pub mod verification;
mod work;

pub use block::resume_block;
pub use compose::compose_prompt;
pub(crate) use derive::find_next;
pub use ending::Ending;
pub use fence::{fence_recall, strip_recalled};
pub use notice::ResumeLeftOut;
#[cfg(test)]
use prompt::{next_of, state_of};
pub use prompt::{stated_ending, summary_of};
pub use text::single_line as one_line;
pub use work::{Note, Work};
