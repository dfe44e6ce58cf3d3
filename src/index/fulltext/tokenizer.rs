//! Cuts text into terms.
