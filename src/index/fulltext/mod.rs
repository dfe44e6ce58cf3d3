//! The full text (tantivy).
pub mod tokenizer;
