//! A section as a document of the full text, and what is stored of it.

use super::IndexFields;
use crate::index::prepare::{SectionDocument, Shared};
use crate::model::{Tag, name_key};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::{iter, slice};
use tantivy::TantivyDocument;
use tantivy::schema::Field;
use tantivy::schema::document::{
    CompactDocValue, Document, ReferenceValue, ReferenceValueLeaf, Value,
};

/// What is shown of a section without reading its file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct StoredSection {
    #[serde(rename = "t")]
    pub title: String,
    #[serde(rename = "h", default)]
    pub heading: String,
    #[serde(rename = "a", default)]
    pub ancestors: Vec<String>,
    #[serde(rename = "T", default)]
    pub entry_tags: Vec<String>,
    #[serde(rename = "s", default)]
    pub tags: Vec<String>,
    #[serde(rename = "p", default)]
    pub project: Option<String>,
    #[serde(rename = "c", default)]
    pub created: Option<i64>,
    #[serde(rename = "u", default)]
    pub updated: Option<i64>,
}

/// A [`StoredSection`], borrowed, to be written.
#[derive(Serialize)]
struct StoredView<'a> {
    #[serde(rename = "t")]
    title: &'a str,
    #[serde(rename = "h", skip_serializing_if = "str::is_empty")]
    heading: &'a str,
    #[serde(rename = "a", skip_serializing_if = "<[String]>::is_empty")]
    ancestors: &'a [String],
    #[serde(rename = "T", skip_serializing_if = "Vec::is_empty")]
    entry_tags: Vec<&'a str>,
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    created: Option<i64>,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    updated: Option<i64>,
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

impl<'a> StoredView<'a> {
    fn of(shared: &'a Shared, section: &SectionDocument<'a>) -> Self {
        let texts = |tags: &'a [Tag]| tags.iter().map(Tag::as_str).collect();
        StoredView {
            title: &shared.title,
            heading: &section.section.heading,
            ancestors: &section.section.ancestors,
            entry_tags: texts(&shared.tags),
            tags: texts(&section.section.tags),
            project: shared.project.as_deref(),
            created: shared.created,
            updated: shared.updated,
        }
    }
}

/// The values of a section, its texts one behind the other. tantivy's own document grows with each
/// of them, and holds them in a form that is decoded as often as it is looked at.
#[derive(Debug)]
pub(super) struct SectionValues {
    values: Vec<(Field, StoredValue)>,
    texts: String,
}

/// A value; a text lies in [`SectionValues::texts`].
#[derive(Debug, Clone, Copy)]
enum StoredValue {
    Text { start: usize, end: usize },
    Unsigned(u64),
    Signed(i64),
}

/// A value, borrowed.
#[derive(Debug, Clone, Copy)]
pub(super) enum SectionValue<'a> {
    Text(&'a str),
    Unsigned(u64),
    Signed(i64),
}

/// The values of a document, one after the other.
pub(super) struct SectionValueIter<'a> {
    rest: slice::Iter<'a, (Field, StoredValue)>,
    texts: &'a str,
}

impl<'a> Iterator for SectionValueIter<'a> {
    type Item = (Field, SectionValue<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (field, value) = self.rest.next()?;
        let value = match *value {
            StoredValue::Text { start, end } => SectionValue::Text(&self.texts[start..end]),
            StoredValue::Unsigned(number) => SectionValue::Unsigned(number),
            StoredValue::Signed(number) => SectionValue::Signed(number),
        };
        Some((*field, value))
    }
}

impl Document for SectionValues {
    type Value<'a> = SectionValue<'a>;
    type FieldsValuesIter<'a> = SectionValueIter<'a>;

    fn iter_fields_and_values(&self) -> SectionValueIter<'_> {
        SectionValueIter {
            rest: self.values.iter(),
            texts: &self.texts,
        }
    }
}

impl<'a> Value<'a> for SectionValue<'a> {
    type ArrayIter = iter::Empty<Self>;
    type ObjectIter = iter::Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            SectionValue::Text(text) => ReferenceValueLeaf::Str(text),
            SectionValue::Unsigned(number) => ReferenceValueLeaf::U64(number),
            SectionValue::Signed(number) => ReferenceValueLeaf::I64(number),
        })
    }
}

impl SectionValues {
    /// How many values most sections have at most, and how many bytes of text beside the body.
    const VALUES: usize = 24;
    const TEXTS: usize = 1_000;

    fn with_room_for(body: usize) -> Self {
        SectionValues {
            values: Vec::with_capacity(Self::VALUES),
            texts: String::with_capacity(body + Self::TEXTS),
        }
    }

    fn add_text(&mut self, field: Field, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        let end = self.texts.len();
        self.values.push((field, StoredValue::Text { start, end }));
    }

    fn add_u64(&mut self, field: Field, number: u64) {
        self.values.push((field, StoredValue::Unsigned(number)));
    }

    fn add_i64(&mut self, field: Field, number: i64) {
        self.values.push((field, StoredValue::Signed(number)));
    }
}

/// Makes the document of a section.
pub(super) fn section_document(
    fields: IndexFields,
    shared: &Shared,
    section: &SectionDocument<'_>,
) -> SectionValues {
    let mut document = SectionValues::with_room_for(section.body.len());
    add_texts(&mut document, fields, shared, section);
    let head = section.section;
    document.add_u64(fields.id, section.id);
    document.add_u64(fields.entry, shared.key);
    document.add_text(fields.path, shared.path.as_str());
    for key in tag_keys(shared.tags.iter().chain(&head.tags)) {
        document.add_text(fields.tag, &key);
    }
    if let Some(project) = &shared.project {
        document.add_text(fields.project, &name_key(project));
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
    let stored = serde_json::to_string(&StoredView::of(shared, section));
    document.add_text(fields.stored, &stored.unwrap_or_default());
    document
}

fn add_texts(
    document: &mut SectionValues,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::fulltext::schema::fulltext_schema;
    use crate::index::prepare::prepare_entry;
    use crate::markdown;
    use crate::model::{EntryPath, Zone};

    #[test]
    fn what_is_stored_and_what_is_indexed_is_what_the_section_says() {
        let path = EntryPath::parse("projects/p/a.md").expect("good path");
        let text = "---\ntags: [x/y]\ncreated: 2024-01-02\n---\n# T\n\n## H\n\n### I\n\nbody #z\n";
        let parsed = markdown::parse_entry(&path, text, Zone::UTC);
        let prepared = prepare_entry(&path, text, &parsed, 7);
        let (_, fields) = fulltext_schema();
        let last = prepared.sections.last().expect("a section");
        let values = section_document(fields, &prepared.shared, last);
        let document = values.into_tantivy_document();
        let stored = StoredSection::of(&document, fields).expect("stored");
        let expected = StoredSection {
            title: "T".into(),
            heading: "I".into(),
            ancestors: vec!["H".into()],
            entry_tags: vec!["x/y".into()],
            tags: vec!["z".into()],
            project: Some("p".into()),
            created: prepared.shared.created,
            updated: None,
        };
        assert_eq!(stored, expected);
        assert!(stored.created.is_some());
        let texts = |field| -> Vec<&str> {
            let values = document.get_all(field);
            values.filter_map(|value| value.as_str()).collect()
        };
        assert_eq!(texts(fields.heading), ["H", "I"]);
        assert_eq!(texts(fields.tag), ["x", "x/y", "z"]);
        assert_eq!(texts(fields.body), ["\nbody #z"]);
        let id = document.get_first(fields.id);
        assert_eq!(id.and_then(|id| id.as_u64()), Some(last.id));
        let time = document.get_first(fields.time);
        assert_eq!(time.and_then(|time| time.as_i64()), stored.created);
    }
}
