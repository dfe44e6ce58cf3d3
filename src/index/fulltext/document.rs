//! A section as a tantivy document, and what is stored of it.

use super::IndexFields;
use crate::index::key::entry_key;
use crate::index::prepare::{SectionDocument, Shared};
use crate::model::{Tag, name_key};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tantivy::TantivyDocument;
use tantivy::schema::Value;
use tantivy::schema::document::CompactDocValue;

/// What is shown of a section without reading its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSection {
    #[serde(rename = "t")]
    pub title: String,
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    pub heading: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub ancestors: Vec<String>,
    #[serde(rename = "T", default, skip_serializing_if = "Vec::is_empty")]
    pub entry_tags: Vec<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub created: Option<i64>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<i64>,
}

impl StoredSection {
    /// Reads what is stored of a document.
    pub fn of(document: &TantivyDocument, fields: IndexFields) -> Option<Self> {
        let text = document
            .get_first(fields.stored)
            .and_then(|value: CompactDocValue<'_>| value.as_str())?;
        serde_json::from_str(text).ok()
    }
}

/// Makes the document of a section.
pub(crate) fn section_document(
    fields: IndexFields,
    shared: &Shared,
    section: &SectionDocument<'_>,
) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    add_texts(&mut document, fields, shared, section);
    let head = section.section;
    document.add_u64(fields.id, section.id);
    document.add_u64(fields.entry, entry_key(shared.path.as_str()));
    document.add_text(fields.path, shared.path.as_str());
    for key in tag_keys(shared.tags.iter().chain(&head.tags)) {
        document.add_text(fields.tag, key);
    }
    if let Some(project) = &shared.project {
        document.add_text(fields.project, name_key(project));
    }
    if let Some(time) = section.time {
        document.add_i64(fields.time, time);
    }
    if let Some(modified) = section.modified {
        document.add_i64(fields.modified, modified);
    }
    if head.dated {
        document.add_u64(fields.dated, 1);
    }
    document.add_u64(fields.line, u64::from(head.line));
    document.add_u64(fields.start, head.range.start as u64);
    document.add_u64(fields.length, section.length());
    let stored = stored_section(shared, section);
    document.add_text(
        fields.stored,
        serde_json::to_string(&stored).unwrap_or_default(),
    );
    document
}

fn add_texts(
    document: &mut TantivyDocument,
    fields: IndexFields,
    shared: &Shared,
    section: &SectionDocument<'_>,
) {
    document.add_text(fields.title, &shared.title);
    for ancestor in &section.section.ancestors {
        document.add_text(fields.heading, ancestor);
    }
    if !section.section.heading.is_empty() {
        document.add_text(fields.heading, &section.section.heading);
    }
    for tag in shared.tags.iter().chain(&section.section.tags) {
        document.add_text(fields.meta, tag.as_str());
    }
    for alias in &shared.aliases {
        document.add_text(fields.meta, alias);
    }
    document.add_text(fields.meta, shared.path.stem());
    document.add_text(fields.meta, shared.path.directory());
    if !section.front.is_empty() {
        document.add_text(fields.body, &section.front);
    }
    document.add_text(fields.body, section.body);
}

/// Returns the keys under which tags are found: their own, and those of the tags above them.
pub(crate) fn tag_keys<'a>(tags: impl Iterator<Item = &'a Tag>) -> BTreeSet<String> {
    tags.flat_map(Tag::keys).collect()
}

fn stored_section(shared: &Shared, section: &SectionDocument<'_>) -> StoredSection {
    let texts = |tags: &[Tag]| tags.iter().map(Tag::to_string).collect();
    StoredSection {
        title: shared.title.clone(),
        heading: section.section.heading.clone(),
        ancestors: section.section.ancestors.clone(),
        entry_tags: texts(&shared.tags),
        tags: texts(&section.section.tags),
        project: shared.project.clone(),
        created: shared.created,
        updated: shared.updated,
    }
}
