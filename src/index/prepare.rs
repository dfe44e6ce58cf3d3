//! From the text of one file to what is indexed of it. Pure: no disk, no index.

use super::catalog::{EntryRecord, LinkRecord};
use super::front_values::other_values;
use super::key::entry_key;
use crate::model::{
    Document, EntryPath, FrontMatter, Problem, Section, SessionId, Tag, hash_number, name_key,
};
use std::collections::HashSet;

/// One entry, ready to be indexed.
pub(crate) struct Prepared<'a> {
    /// What the catalog keeps.
    pub record: EntryRecord,
    /// What the full text keeps, one a section.
    pub sections: Vec<SectionDocument<'a>>,
    /// What all sections of the entry share.
    pub shared: Shared,
}

/// What all sections of an entry share in the full text.
pub(crate) struct Shared {
    pub path: EntryPath,
    /// By what the index knows the entry.
    pub key: u64,
    pub title: String,
    pub aliases: Vec<String>,
    pub tags: Vec<Tag>,
    pub project: Option<String>,
    pub created: Option<i64>,
    pub updated: Option<i64>,
}

/// One section, the unit of search.
pub(crate) struct SectionDocument<'a> {
    /// Hash of the path and of everything indexed here: equal ids, equal documents.
    pub id: u64,
    /// What the Markdown says of the section.
    pub section: &'a Section,
    /// Its text, without its heading.
    pub body: &'a str,
    /// What the front matter says, which is searched with the first section.
    pub front: String,
    /// Its recorded time, in seconds since 1970.
    pub time: Option<i64>,
    /// Time of the file, where there is no recorded one.
    pub modified: Option<i64>,
}

impl Shared {
    fn of_entry(path: &EntryPath, document: &Document) -> Self {
        let front = &document.front;
        let title = document.title.clone();
        Shared {
            path: path.clone(),
            key: entry_key(path.as_str()),
            project: entry_project(path, front),
            title: title.unwrap_or_else(|| path.stem().to_owned()),
            aliases: front.aliases.clone(),
            tags: front.tags.clone(),
            created: front.created.map(|t| t.seconds()),
            updated: front.updated.map(|t| t.seconds()),
        }
    }
}

/// Prepares an entry. `modified` is the time of its file in seconds since 1970.
pub(crate) fn prepare_entry<'a>(
    path: &EntryPath,
    text: &'a str,
    document: &'a Document,
    modified: i64,
) -> Prepared<'a> {
    let shared = Shared::of_entry(path, document);
    let mut front_text = front_text(text, document);
    let mut hashed = shared.fields();
    let shared_fields = hashed.0.len();
    let sections: Vec<_> = document
        .sections
        .iter()
        .filter(|section| {
            !is_bare_title(section, &shared.title, text, document)
                && !is_boilerplate(section, &shared.title, text, document)
                && !repeats_session(section, text)
        })
        .map(|section| {
            let mut prepared = SectionDocument {
                id: 0,
                section,
                // The blank line before the next section is not this one's: otherwise every append
                // would change the section before it.
                body: text
                    .get(section.body..section.range.end)
                    .map_or("", str::trim_end),
                front: std::mem::take(&mut front_text),
                time: section
                    .time
                    .map(|t| t.seconds())
                    .or(shared.updated)
                    .or(shared.created),
                modified: None,
            };
            prepared.modified = prepared.time.is_none().then_some(modified);
            hashed.0.truncate(shared_fields);
            prepared.id = prepared.hash(&mut hashed);
            prepared
        })
        .collect();
    let record = entry_record(document, &shared, &sections);
    Prepared {
        record,
        sections,
        shared,
    }
}

/// Returns whether a section is only the title of an entry that has others: a heading with nothing
/// below it. Every other section is found by the title too.
fn is_bare_title(section: &Section, title: &str, text: &str, document: &Document) -> bool {
    let body = text.get(section.body..section.range.end).unwrap_or("");
    section.heading == title
        && document.sections.len() > 1
        && document.sections.first() == Some(section)
        && !section.dated
        && section.tags.is_empty()
        && body.trim().is_empty()
}

/// Returns whether a section is what `session-log` writes below the title of a new entry, and
/// nothing else.
fn is_boilerplate(section: &Section, title: &str, text: &str, document: &Document) -> bool {
    let project = title.strip_suffix(" Sessions").map(str::to_lowercase);
    let written = project.map(|project| format!("Session notes for {project}."));
    let body = text.get(section.body..section.range.end).unwrap_or("");
    section.heading == "Session Log"
        && document.sections.len() > 1
        && written.is_some_and(|written| body.trim() == written)
}

/// Returns whether a section only repeats the record of the session that it is a part of, or the notes
/// that it links. What a person adds to it does not.
fn repeats_session(section: &Section, text: &str) -> bool {
    let record = section.ancestors.last();
    let record = record.and_then(|above| above.strip_prefix("Session: "));
    if record.is_none_or(|id| id.parse::<SessionId>().is_err()) {
        return false;
    }
    let body = text.get(section.body..section.range.end).unwrap_or("");
    let mut lines = body.lines().filter(|line| !line.trim().is_empty());
    match section.heading.as_str() {
        "Resume Prompt" => lines.all(|line| line.starts_with('>')),
        "Notes" => lines.all(|line| line.starts_with("- [[")),
        "Decisions Log" => only_links(body),
        _ => false,
    }
}

/// Returns whether each row of a table has a link, and nothing else, in its second column.
fn only_links(body: &str) -> bool {
    let rows = body
        .lines()
        .map(str::trim)
        .filter(|row| row.starts_with('|'));
    // The head and the rule.
    let mut rows = rows.skip(2).peekable();
    let links = |row: &str| {
        let row = row.trim_end_matches('|').trim_end();
        let bare = row.rsplit("| ").next().unwrap_or_default();
        bare.starts_with("[[") && bare.ends_with("]]") && bare.matches("[[").count() == 1
    };
    rows.peek().is_some() && rows.all(links)
}

/// Returns what the front matter says that is searched as text: the description, and whatever
/// stands under other keys.
fn front_text(text: &str, document: &Document) -> String {
    let end = document
        .sections
        .first()
        .map_or(0, |first| first.range.start);
    let values = other_values(text.get(..end).unwrap_or(""));
    let description = document.front.description.iter().cloned();
    let texts = description.chain(Some(values).filter(|values| !values.is_empty()));
    texts.collect::<Vec<_>>().join("\n")
}

fn entry_record(document: &Document, shared: &Shared, sections: &[SectionDocument]) -> EntryRecord {
    let mut seen = HashSet::new();
    let inline = document.sections.iter().flat_map(|s| &s.tags);
    let inline_tags = inline.filter(|tag| seen.insert(tag.key()));
    let dated = document.sections.iter().filter(|s| s.dated);
    let link = |link: &crate::model::Link| LinkRecord {
        target: link.target.clone(),
        wiki: link.wiki,
        line: link.line,
    };
    let problem = |problem: &Problem| (problem.line, problem.reason.clone());
    EntryRecord {
        title: shared.title.clone(),
        tags: shared.tags.iter().map(Tag::to_string).collect(),
        inline_tags: inline_tags.map(Tag::to_string).collect(),
        project: shared.project.clone(),
        created: shared.created,
        updated: shared.updated,
        latest: dated.filter_map(|s| s.time).max().map(|t| t.seconds()),
        aliases: shared.aliases.clone(),
        links: document.links.iter().map(link).collect(),
        problems: document.problems.iter().map(problem).collect(),
        sections: u32::try_from(sections.len()).unwrap_or(u32::MAX),
        timeless: sections.iter().any(|s| s.modified.is_some()),
    }
}

/// Returns the project of an entry: what its front matter says; else, for an entry that
/// `session-log` began, the project in its title and first tag; else the directory below
/// `projects/` or `session_logs/`.
pub(crate) fn entry_project(path: &EntryPath, front: &FrontMatter) -> Option<String> {
    if front.project.is_some() {
        return front.project.clone();
    }
    let title = front.title.as_deref();
    let named = title.and_then(|title| title.strip_suffix(" Sessions"));
    if let (Some(named), Some(tag)) = (named, front.tags.first())
        && tag.key() == name_key(named).replace(char::is_whitespace, "-")
    {
        return Some(named.to_owned());
    }
    let mut parts = path.directory().split('/');
    match (parts.next(), parts.next()) {
        (Some("projects" | "session_logs"), Some(name)) => Some(name.to_owned()),
        _ => None,
    }
}

/// Fields in a row, to be hashed at once: no two sequences of fields are the same bytes.
struct FieldBytes(Vec<u8>);

impl FieldBytes {
    /// Room for the fields of most sections.
    const ROOM: usize = 1_000;

    fn text(&mut self, text: &str) {
        self.number(Some(text.len() as i64));
        self.0.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: Option<i64>) {
        self.0.push(u8::from(number.is_some()));
        self.0.extend_from_slice(&number.unwrap_or(0).to_le_bytes());
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) {
        self.number(Some(texts.len() as i64));
        texts.for_each(|text| self.text(text));
    }
}

impl Shared {
    fn fields(&self) -> FieldBytes {
        let mut fields = FieldBytes(Vec::with_capacity(FieldBytes::ROOM));
        fields.text(self.path.as_str());
        fields.text(&self.title);
        fields.text(self.project.as_deref().unwrap_or(""));
        fields.texts(self.aliases.iter().map(String::as_str));
        fields.texts(self.tags.iter().map(Tag::as_str));
        fields.number(self.created);
        fields.number(self.updated);
        fields
    }
}

impl SectionDocument<'_> {
    /// Returns the length of the section in bytes, heading included.
    pub fn length(&self) -> u64 {
        (self.section.body - self.section.range.start + self.body.len()) as u64
    }

    /// Hashes everything that is indexed of the section, its place in the file included, on top
    /// of what the entry's sections share.
    fn hash(&self, fields: &mut FieldBytes) -> u64 {
        let section = self.section;
        fields.text(&section.heading);
        fields.texts(section.ancestors.iter().map(String::as_str));
        fields.texts(section.tags.iter().map(Tag::as_str));
        fields.number(Some(i64::from(section.line)));
        fields.number(Some(section.range.start as i64));
        fields.number(Some(i64::from(section.dated)));
        fields.number(self.time);
        fields.number(self.modified);
        fields.text(&self.front);
        fields.number(Some(self.body.len() as i64));
        let mut hasher = blake3::Hasher::new();
        // The body may be long: it is not copied.
        hasher.update(&fields.0).update(self.body.as_bytes());
        hash_number(hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project_of(path: &str, front: FrontMatter) -> Option<String> {
        entry_project(&EntryPath::parse(path).expect("good path"), &front)
    }

    #[test]
    fn the_project_comes_from_front_matter_then_session_entry_then_path() {
        let front = FrontMatter {
            title: Some("My App Sessions".into()),
            tags: ["my-app", "sessions"]
                .iter()
                .filter_map(|t| Tag::new(t))
                .collect(),
            ..FrontMatter::default()
        };
        let at = "projects/other/sessions.md";
        assert_eq!(project_of(at, front.clone()).as_deref(), Some("My App"));
        let explicit = FrontMatter {
            project: Some("p".into()),
            ..front
        };
        assert_eq!(project_of(at, explicit).as_deref(), Some("p"));
        assert_eq!(
            project_of(at, FrontMatter::default()).as_deref(),
            Some("other")
        );
        assert_eq!(project_of("projects/a.md", FrontMatter::default()), None);
        assert_eq!(project_of("notes/a.md", FrontMatter::default()), None);
    }
}
