//! The record of one session of work, from its start to its end, and what is derived from the
//! records. Knows nothing of any particular agent.

pub mod derived;
pub mod resume;
pub mod observe;
