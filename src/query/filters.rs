//! What narrows a search, a list or a count: as a user writes it, and as it is checked.

use super::when::{self, Edge};
use crate::error::{Error, Result};
use crate::kb::PathGlob;
use crate::model::{Entry, Tag, Timestamp, Zone, name_key};
use schemars::JsonSchema;
use serde::Deserialize;

/// Filters as a user writes them. All of them must hold; those that are absent hold always.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Tags that must all be there; one text may hold several, separated by commas. A tag stands
    /// for those below it: `inbox` for `inbox/today`.
    pub tags: Vec<String>,
    /// The project, in any case.
    pub project: Option<String>,
    /// Globs, of which the path matches at least one.
    pub paths: Vec<String>,
    /// Beginning of the span of time: a date, RFC 3339, `7d`, `yesterday` and so on.
    pub since: Option<String>,
    /// End of the span of time.
    pub until: Option<String>,
}

impl Filters {
    /// Returns what is to be checked. Times are seen from `now` in the given zone.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) for a tag, glob or time that is none.
    pub fn resolve(&self, now: Timestamp, zone: Zone) -> Result<Conditions> {
        let Filters {
            tags,
            project,
            paths,
            since,
            until,
        } = self;
        let time = |name, text: &Option<String>, edge| {
            let text = text.as_deref();
            let parse = |text| parse_time(name, text, now, zone, edge);
            text.map(parse).transpose()
        };
        let paths = paths.iter().map(|text| PathGlob::new(text));
        Ok(Conditions {
            tags: split_list(tags).map(parse_tag).collect::<Result<_>>()?,
            projects: project.iter().map(|name| vec![name.clone()]).collect(),
            paths: one_group(paths.collect::<Result<_>>()?),
            since: time("since", since, Edge::Since)?,
            until: time("until", until, Edge::Until)?,
            ..Conditions::default()
        })
    }
}

/// Returns the single values of texts that hold several, separated by commas.
pub(crate) fn split_list(texts: &[String]) -> impl Iterator<Item = &str> {
    let values = texts.iter().flat_map(|text| text.split(','));
    values.map(str::trim).filter(|value| !value.is_empty())
}

/// Returns the error of a tag that is none.
pub(crate) fn invalid_tag(text: &str) -> Error {
    Error::usage(format!("invalid tag '{}'", text.escape_debug()))
        .with_hint("a tag is letters, digits, '-', '_' and '/', and not digits alone")
}

/// Parses a tag to look for. Front matter may hold any tag, so any is accepted.
fn parse_tag(text: &str) -> Result<Tag> {
    Tag::new(text).ok_or_else(|| invalid_tag(text))
}

fn parse_time(name: &str, text: &str, now: Timestamp, zone: Zone, edge: Edge) -> Result<Timestamp> {
    when::parse_time(text, now, zone, edge).ok_or_else(|| {
        let shown = text.escape_debug();
        Error::usage(format!("{name}: '{shown}' names no time"))
            .with_hint(format!("write one of {}", when::FORMS))
    })
}

fn one_group<T>(values: Vec<T>) -> Vec<Vec<T>> {
    Vec::from_iter(Some(values).filter(|values| !values.is_empty()))
}

/// What a section or entry must be, to be found at all. Of a group, one has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// All of these tags.
    pub tags: Vec<Tag>,
    /// None of these tags.
    pub not_tags: Vec<Tag>,
    /// Groups of projects.
    pub projects: Vec<Vec<String>>,
    /// None of these projects.
    pub not_projects: Vec<String>,
    /// Groups of globs for the path.
    pub paths: Vec<Vec<PathGlob>>,
    /// None of these globs matches the path.
    pub not_paths: Vec<PathGlob>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Not after this.
    pub until: Option<Timestamp>,
}

impl Conditions {
    /// Returns the condition that something belongs to a project.
    pub fn of_project(name: &str) -> Self {
        Conditions {
            projects: vec![vec![name.to_owned()]],
            ..Conditions::default()
        }
    }

    /// Returns the condition that something has a tag, or one below it.
    pub fn of_tag(name: &str) -> Self {
        Conditions {
            tags: Tag::new(name).into_iter().collect(),
            ..Conditions::default()
        }
    }

    /// Returns whether a time lies in the span.
    pub fn holds_time(&self, time: Timestamp) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
    }

    /// Returns whether everything passes.
    pub fn is_empty(&self) -> bool {
        *self == Conditions::default()
    }

    /// Returns the conditions that hold where both hold.
    #[must_use]
    pub fn and(mut self, other: &Conditions) -> Self {
        self.tags.extend_from_slice(&other.tags);
        self.not_tags.extend_from_slice(&other.not_tags);
        self.projects.extend_from_slice(&other.projects);
        self.not_projects.extend_from_slice(&other.not_projects);
        self.paths.extend_from_slice(&other.paths);
        self.not_paths.extend_from_slice(&other.not_paths);
        self.since = self.since.max(other.since);
        self.until = match (self.until, other.until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self
    }

    /// Returns whether an entry as a whole passes: tags count wherever in it they are, and its time
    /// is that of its last change.
    pub fn accept_entry(&self, entry: &Entry) -> bool {
        let tags = || entry.tags.iter().chain(&entry.inline_tags);
        let has_tag = |wanted: &Tag| tags().any(|tag| tag.is_within(wanted));
        self.accept_place(entry.path.as_str(), entry.project.as_deref(), has_tag)
            && self.holds_time(entry.time())
    }

    /// Returns whether something passes but for its time: what lies at a path, belongs to a project,
    /// and has tags.
    pub fn accept_place(
        &self,
        path: &str,
        project: Option<&str>,
        has_tag: impl Fn(&Tag) -> bool,
    ) -> bool {
        let has_tag = &has_tag;
        let is_project =
            |name: &String| project.is_some_and(|project| name_key(project) == name_key(name));
        let matches = |glob: &PathGlob| glob.matches(path);
        self.tags.iter().all(has_tag)
            && !self.not_tags.iter().any(has_tag)
            && self.projects.iter().all(|any| any.iter().any(is_project))
            && !self.not_projects.iter().any(is_project)
            && self.paths.iter().all(|any| any.iter().any(matches))
            && !self.not_paths.iter().any(matches)
    }
}
