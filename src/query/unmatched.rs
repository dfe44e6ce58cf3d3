//! Values of filters that occur nowhere, which are most often slips of the pen.

use super::filters::Conditions;
use super::postings::find_documents;
use crate::error::Result;
use crate::index::{SegmentView, View, damage_error};
use crate::kb::PathGlob;
use crate::model::{Tag, name_key};

/// A value of a filter that occurs nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmatchedValue {
    /// A tag that neither an entry nor a section has.
    Tag(Tag),
    /// A project that no entry belongs to.
    Project(String),
    /// A glob that no path matches.
    Path(PathGlob),
}

/// Returns the values that something is asked to have, and nothing has.
///
/// # Errors
///
/// The index is damaged.
pub fn find_unmatched(view: &View, conditions: &Conditions) -> Result<Vec<UnmatchedValue>> {
    let fields = view.fields();
    let mut unmatched = Vec::new();
    for tag in &conditions.tags {
        if !occurs_anywhere(view, |segment| has_term(segment, fields.tag, &tag.key()))? {
            unmatched.push(UnmatchedValue::Tag(tag.clone()));
        }
    }
    for name in conditions.projects.iter().flatten() {
        let key = name_key(name);
        if !occurs_anywhere(view, |segment| has_term(segment, fields.project, &key))? {
            unmatched.push(UnmatchedValue::Project(name.clone()));
        }
    }
    for glob in conditions.paths.iter().flatten() {
        if !occurs_anywhere(view, |segment| has_path(segment, glob))? {
            unmatched.push(UnmatchedValue::Path(glob.clone()));
        }
    }
    Ok(unmatched)
}

fn occurs_anywhere(
    view: &View,
    holds: impl Fn(&SegmentView) -> tantivy::Result<bool>,
) -> Result<bool> {
    for segment in view.segments() {
        if holds(segment).map_err(damage_error)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_term(
    segment: &SegmentView,
    field: tantivy::schema::Field,
    key: &str,
) -> tantivy::Result<bool> {
    let documents = find_documents(segment, field, key)?;
    Ok(documents.into_iter().any(|doc| segment.is_alive(doc)))
}

fn has_path(segment: &SegmentView, glob: &PathGlob) -> tantivy::Result<bool> {
    let Some(column) = segment.columns().path()? else {
        return Ok(false);
    };
    let (mut last, mut path) = (None, String::new());
    for doc in 0..segment.reader.max_doc() {
        let ordinal = column.ords().first(doc);
        if let Some(ordinal) = ordinal.filter(|_| segment.is_alive(doc) && ordinal != last) {
            path.clear();
            if column.ord_to_str(ordinal, &mut path)? && glob.matches(&path) {
                return Ok(true);
            }
            last = Some(ordinal);
        }
    }
    Ok(false)
}
