//! Filters on records of sessions, and on their rows: what sections and entries are held to by the
//! index, these are held to here.

use super::filters::note_unmatched;
use crate::error::Result;
use crate::index::{Freshness, Index, View};
use crate::markdown::parse_document;
use crate::model::{Session, Tag, Zone};
use crate::query::Conditions;
use std::collections::HashMap;

/// Decides which records and rows pass the conditions, their times left aside: what of a session has
/// to lie in the span differs.
pub(super) struct RecordFilter<'a> {
    conditions: &'a Conditions,
    /// Tags by the path of an entry; read only where tags are asked for.
    tags: HashMap<String, EntryTags>,
}

/// Tags of an entry.
struct EntryTags {
    /// Of its front matter: all of its rows have them.
    front: Vec<Tag>,
    inline: Vec<Tag>,
}

impl<'a> RecordFilter<'a> {
    /// Reads what the conditions need to be decided. Also returns notes on tags and paths that occur
    /// nowhere. The index is asked only for these.
    pub(super) fn read(
        conditions: &'a Conditions,
        index: &Index<'_>,
    ) -> Result<(Self, Vec<String>)> {
        let of_entries = Conditions {
            projects: Vec::new(),
            ..conditions.clone()
        };
        let (tags, notes) = if of_entries.tags.is_empty() && of_entries.paths.is_empty() {
            (HashMap::new(), Vec::new())
        } else {
            index.answer(Freshness::Refresh, |view| {
                Ok((tags_by_path(view)?, note_unmatched(view, &of_entries)?))
            })?
        };
        Ok((RecordFilter { conditions, tags }, notes))
    }

    /// Returns whether a record passes: its tags count wherever in it they are.
    pub(super) fn accepts_record(&self, path: &str, session: &Session) -> bool {
        let tags = self.tags.get(path);
        let has_tag = |wanted: &Tag| {
            let all = tags
                .iter()
                .flat_map(|tags| tags.front.iter().chain(&tags.inline));
            all.into_iter().any(|tag| tag.is_within(wanted))
        };
        let project = Some(session.project.as_str());
        self.conditions.accept_place(path, project, has_tag)
    }

    /// Returns whether a row of a record passes: tags are those of its text, and of the front matter.
    pub(super) fn accepts_row(&self, path: &str, project: &str, text: &str) -> bool {
        let front = self.tags.get(path).map_or(&[][..], |tags| &tags.front);
        let has_tag = |wanted: &Tag| {
            let own = parse_document(text, Zone::UTC).sections;
            let mut own = own.iter().flat_map(|section| &section.tags);
            front.iter().any(|tag| tag.is_within(wanted)) || own.any(|tag| tag.is_within(wanted))
        };
        self.conditions.accept_place(path, Some(project), has_tag)
    }
}

fn tags_by_path(view: &View) -> Result<HashMap<String, EntryTags>> {
    let entries = view.entries()?;
    let tags = entries.iter().map(|entry| {
        let tags = EntryTags {
            front: entry.tags.clone(),
            inline: entry.inline_tags.clone(),
        };
        (entry.path.to_string(), tags)
    });
    Ok(tags.collect())
}
