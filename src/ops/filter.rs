//! What narrows a search or a list: tags, project, paths and times, as a user writes them.

use crate::error::{Error, Result};
use crate::kb::{Kb, PathGlob};
use crate::model::{Entry, Tag, Timestamp};
use crate::query::when::{self, Edge};

/// Returns the single values of options that hold several, separated by commas.
pub(super) fn items(texts: &[String]) -> impl Iterator<Item = &str> {
    texts
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Returns the error of a tag that is none.
pub(super) fn invalid_tag(text: &str) -> Error {
    Error::usage(format!("invalid tag '{}'", text.escape_debug()))
        .with_hint("a tag is letters, digits, '-', '_' and '/', and not digits alone")
}

/// Returns the tags to look for. Front matter may hold any tag, so any is accepted.
pub(super) fn tags(texts: &[String]) -> Result<Vec<Tag>> {
    items(texts)
        .map(|text| Tag::new(text).ok_or_else(|| invalid_tag(text)))
        .collect()
}

/// Returns the globs. Commas belong to them.
pub(super) fn globs(texts: &[String]) -> Result<Vec<PathGlob>> {
    texts.iter().map(|text| PathGlob::new(text)).collect()
}

/// Returns the beginning of the span that `text` names.
pub(super) fn since(kb: &Kb, text: Option<&str>) -> Result<Option<Timestamp>> {
    time(kb, "--since", text, Edge::Since)
}

/// Returns the end of the span that `text` names.
pub(super) fn until(kb: &Kb, text: Option<&str>) -> Result<Option<Timestamp>> {
    time(kb, "--until", text, Edge::Until)
}

fn time(kb: &Kb, option: &str, text: Option<&str>, edge: Edge) -> Result<Option<Timestamp>> {
    let Some(text) = text else {
        return Ok(None);
    };
    match when::parse(text, kb.now(), kb.zone(), edge) {
        Some(time) => Ok(Some(time)),
        None => {
            let shown = text.escape_debug();
            let error = Error::usage(format!("{option} does not understand '{shown}'"));
            Err(error.with_hint(when::FORMS))
        }
    }
}

/// Returns a limit, which must be at least 1.
pub(super) fn limit(limit: usize) -> Result<usize> {
    match limit {
        0 => Err(Error::usage("the limit must be at least 1")),
        limit => Ok(limit),
    }
}

/// Filters on entries as a whole.
#[derive(Debug, Default)]
pub(super) struct EntryFilter {
    /// All of them must be there, in the front matter or in a section.
    pub tags: Vec<Tag>,
    /// The project, whatever its case.
    pub project: Option<String>,
    /// One of them must match; none: any path.
    pub paths: Vec<PathGlob>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

impl EntryFilter {
    /// Returns whether the entry is wanted.
    pub(super) fn accepts(&self, entry: &Entry) -> bool {
        self.accepts_tags(entry)
            && self.accepts_project(entry)
            && (self.paths.is_empty() || self.paths.iter().any(|g| g.matches(entry.path.as_str())))
            && self.since.is_none_or(|since| entry.time() >= since)
            && self.until.is_none_or(|until| entry.time() <= until)
    }

    fn accepts_tags(&self, entry: &Entry) -> bool {
        let has = |key: String| {
            let mut tags = entry.tags.iter().chain(&entry.inline_tags);
            tags.any(|tag| tag.key() == key)
        };
        self.tags.iter().all(|tag| has(tag.key()))
    }

    fn accepts_project(&self, entry: &Entry) -> bool {
        let Some(wanted) = &self.project else {
            return true;
        };
        let wanted = wanted.to_lowercase();
        entry
            .project
            .as_ref()
            .is_some_and(|project| project.to_lowercase() == wanted)
    }
}
