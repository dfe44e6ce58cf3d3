//! The fields of the full text. A change here needs a new `FORMAT` in `index::generation`.

use super::tokenizer::SectionTokenizer;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;

const TOKENIZER: &str = "mx";

/// The fields of one section.
///
/// The text fields are indexed with positions and not stored: snippets are cut from the Markdown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexFields {
    /// Title of the entry.
    pub title: Field,
    /// Heading of the section and the headings above it.
    pub heading: Field,
    /// Tags, aliases, the name of the file and its directory.
    pub meta: Field,
    /// Text of the section.
    pub body: Field,
    /// Id of the section: a hash of everything indexed of it.
    pub id: Field,
    /// Hash of the path of the entry.
    pub entry: Field,
    /// Path of the entry.
    pub path: Field,
    /// Keys of the tags of section and entry, with those above them (`a/b` is also `a`).
    pub tag: Field,
    /// Key of the project.
    pub project: Field,
    /// Recorded time in seconds since 1970, if there is one.
    pub time: Field,
    /// Time of the file in seconds since 1970, where there is no recorded time.
    pub modified: Field,
    /// 1 for a dated section.
    pub dated: Field,
    /// Line of the heading.
    pub line: Field,
    /// Where the section begins in the file, in bytes.
    pub start: Field,
    /// Length of the section in bytes.
    pub length: Field,
    /// What is shown of the section, as JSON (see `StoredSection`).
    pub stored: Field,
}

/// Makes the schema.
pub(crate) fn fulltext_schema() -> (Schema, IndexFields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing);
    let raw = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    let raw = TextOptions::default().set_indexing_options(raw);
    let fields = IndexFields {
        title: builder.add_text_field("title", text.clone()),
        heading: builder.add_text_field("heading", text.clone()),
        meta: builder.add_text_field("meta", text.clone()),
        body: builder.add_text_field("body", text),
        id: builder.add_u64_field("id", FAST),
        entry: builder.add_u64_field("entry", FAST),
        path: builder.add_text_field("path", TextOptions::default().set_fast("raw")),
        tag: builder.add_text_field("tag", raw.clone()),
        project: builder.add_text_field("project", raw),
        time: builder.add_i64_field("time", FAST),
        modified: builder.add_i64_field("modified", FAST),
        dated: builder.add_u64_field("dated", FAST),
        line: builder.add_u64_field("line", FAST),
        start: builder.add_u64_field("start", FAST),
        length: builder.add_u64_field("length", FAST),
        stored: builder.add_text_field("stored", STORED),
    };
    (builder.build(), fields)
}

/// Returns the tokenizers of the schema.
pub(crate) fn section_tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(TOKENIZER, SectionTokenizer::default());
    manager
}
