//! The date that an entry has by its name or title.

use super::dates::read_name_date;
use crate::model::{Document, EntryPath, Zone};

/// Gives an entry whose name or title begins with a date that date, where it has no other: its
/// sections have it as their time, and if none of them is dated, the first with a text is.
pub(super) fn apply_name_date(document: &mut Document, path: &EntryPath, text: &str, zone: Zone) {
    if document.front.created.is_some() || document.front.updated.is_some() {
        return;
    }
    let title = document.title.as_deref().unwrap_or_default();
    let mut names = [path.stem(), title].into_iter();
    let Some(time) = names.find_map(|name| read_name_date(name, zone)) else {
        return;
    };
    let sections = &mut document.sections;
    for section in sections.iter_mut().filter(|section| section.time.is_none()) {
        section.time = Some(time);
    }
    if !sections.iter().any(|section| section.dated) {
        let has_text = |body: usize, end: usize| !text[body..end].trim().is_empty();
        let first = sections
            .iter_mut()
            .find(|section| has_text(section.body, section.range.end));
        if let Some(section) = first {
            section.dated = true;
        }
    }
}
