//! Memory for coding agents: a directory of Markdown, searchable at once.

pub mod error;
pub mod index;
pub mod kb;
pub mod markdown;
pub mod model;
pub mod query;
