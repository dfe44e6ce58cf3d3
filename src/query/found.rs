//! The shape of an answer.

use super::facets::Facets;
use super::snippet::Snippet;
use crate::model::{EntryPath, Tag, Timestamp};

/// How far the best result answers the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It holds every telling word.
    All,
    /// It holds some of them.
    Any,
    /// A word was replaced by others that are spelt nearly like it.
    Fuzzy,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// How far the best result answers the query.
    pub step: Step,
    /// How many entries match, shown or not; how many sections where nothing but filters is given.
    pub total: u64,
    /// Whether there were no words to search for, so that sections were listed and counted.
    pub lists_sections: bool,
    /// Whether some change of the Markdown could not be taken into account.
    pub stale: bool,
    /// What was searched for instead of what was asked.
    pub notes: Vec<String>,
    /// How all entries that match are spread, if it was asked for.
    pub facets: Option<Facets>,
    /// The best entries, best first.
    pub results: Vec<FoundEntry>,
}

impl Found {
    /// Returns about how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let facets = self.facets.iter().map(Facets::size);
        let entries = self.results.iter().map(FoundEntry::size);
        size_of::<Found>()
            + texts_size(&self.notes)
            + facets.sum::<usize>()
            + entries.sum::<usize>()
    }
}

impl FoundEntry {
    fn size(&self) -> usize {
        let tags = self.tags.iter().map(Tag::as_str);
        let texts = [self.path.as_str(), &self.title].into_iter();
        let texts = texts.chain(self.project.as_deref()).chain(tags);
        let sections = self.sections.iter().map(FoundSection::size);
        size_of::<FoundEntry>() + texts_size(texts) + sections.sum::<usize>()
    }
}

impl FoundSection {
    fn size(&self) -> usize {
        let texts = [&self.heading, &self.snippet.text].into_iter();
        let texts = texts.chain(&self.content).chain(&self.ancestors);
        let texts = texts.map(String::as_str);
        let texts = texts_size(texts.chain(self.tags.iter().map(Tag::as_str)));
        size_of::<FoundSection>() + texts + size_of_val(self.snippet.matches.as_slice())
    }
}

/// Returns about how many bytes texts take.
fn texts_size<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> usize {
    let sizes = texts
        .into_iter()
        .map(|text| text.as_ref().len() + size_of::<String>());
    sizes.sum()
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEntry {
    /// Where it lies.
    pub path: EntryPath,
    /// Its title.
    pub title: String,
    /// Tags of its front matter.
    pub tags: Vec<Tag>,
    /// Its project.
    pub project: Option<String>,
    /// The score of its best section, raised a little where the context prefers it.
    pub score: f32,
    /// `created` of its front matter.
    pub created: Option<Timestamp>,
    /// `updated` of its front matter.
    pub updated: Option<Timestamp>,
    /// How many more of its sections match.
    pub more: u64,
    /// Its best sections, best first.
    pub sections: Vec<FoundSection>,
}

/// A section that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundSection {
    /// Line of its heading, from 1.
    pub line: u32,
    /// Its heading; empty for the text before the first heading.
    pub heading: String,
    /// The headings above it, outermost first.
    pub ancestors: Vec<String>,
    /// Its recorded time.
    pub time: Option<Timestamp>,
    /// Its inline tags.
    pub tags: Vec<Tag>,
    /// The piece that shows the match.
    pub snippet: Snippet,
    /// The whole section, heading included, if it was asked for.
    pub content: Option<String>,
    /// BM25.
    pub score: f32,
}
