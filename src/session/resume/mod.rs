//! What the next session is to know, composed from records alone, without a model.

mod text;
pub mod verification;
