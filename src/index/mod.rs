//! The mirror of the Markdown: catalog and full text. Derived and disposable.
pub mod fulltext;
