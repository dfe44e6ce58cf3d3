//! Reading one entry, or part of it.
//!
//! An entry asked for by path, whole or by lines, and as raw bytes, is read without the index and
//! without parsing: it costs what opening the file costs.

mod find;
mod lines;
mod part;
mod raw;

pub(super) use find::find_entry;
pub use lines::LineRange;
pub use raw::Raw;

use super::{Reply, Response};
use crate::error::{Error, Result};
use crate::index::{self, Index};
use crate::kb::Kb;
use crate::markdown;
use crate::model::{Document, EntryPath, Section, Tag, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reads one entry, or part of it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetRequest {
    /// Which entry.
    pub entry: EntryName,
    /// Which part of it.
    #[serde(default)]
    pub part: Part,
    /// Whether the answer is a [`Raw`] where that can be done (the whole, or lines): its bytes
    /// exactly as they are, read as they are needed.
    #[serde(default)]
    pub raw: bool,
}

/// What an entry is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryName {
    /// Its path. A missing `.md`, a leading `./` and an absolute path inside the knowledge base
    /// are forgiven.
    Path(String),
    /// Its title, or one of its aliases: the whole in this case, in any case, or how it begins.
    Title(String),
}

/// Part of an entry.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// What is known of it, without its text.
    Metadata,
    /// The sections with this heading, with the sections below them: the whole heading, in this
    /// case or any, else its beginning, else part of it.
    Section(String),
    /// The last dated sections.
    Last(usize),
    /// Some lines.
    Lines(LineRange),
}

/// An entry or part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GetResponse {
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Title of the entry.
    pub title: String,
    /// Tags of its front matter.
    pub tags: Vec<String>,
    /// Project named in its front matter.
    pub project: Option<String>,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// When it was updated, RFC 3339.
    pub updated: Option<String>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The text that was asked for. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub content: String,
}

/// What is known of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GetMetadataResponse {
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Title of the entry.
    pub title: String,
    /// Description.
    pub description: Option<String>,
    /// Tags of its front matter.
    pub tags: Vec<String>,
    /// Other titles.
    pub aliases: Vec<String>,
    /// Project named in its front matter.
    pub project: Option<String>,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// When it was updated, RFC 3339.
    pub updated: Option<String>,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Targets of its links to other entries, as written.
    pub links: Vec<String>,
    /// Its sections, in order.
    pub sections: Vec<MetadataSection>,
}

/// A section, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MetadataSection {
    /// Line of the heading, from 1.
    pub line: u32,
    /// Level of the heading, 1 to 6; 0 for text before the first heading.
    pub level: u8,
    /// Text of the heading.
    pub heading: String,
    /// Time of the dated section that it is or lies in, RFC 3339.
    pub time: Option<String>,
    /// Tags of the section.
    pub tags: Vec<String>,
}

pub(super) fn run_get(kb: &Kb, request: &GetRequest, index: &Index<'_>) -> Result<Reply> {
    part::check_part(&request.part)?;
    let path = find_entry(kb, &request.entry, index)?;
    match &request.part {
        Part::Whole if request.raw => Raw::whole(kb, path).map(raw_reply),
        Part::Lines(lines) if request.raw => Raw::lines(kb, path, lines).map(raw_reply),
        part => get_parsed(kb, &path, part),
    }
}

fn raw_reply(raw: Raw) -> Reply {
    Reply::from(Response::Raw(raw))
}

fn get_parsed(kb: &Kb, path: &EntryPath, part: &Part) -> Result<Reply> {
    let bytes = kb.read(path)?;
    let text = markdown::decode_text(&bytes);
    let document = markdown::parse_entry(path, &text, kb.zone());
    let size = bytes.len() as u64;
    let response = if *part == Part::Metadata {
        Response::GetMetadata(metadata_response(kb, path, &document, size))
    } else {
        let content = part::select_part(path, &text, &document, part)?;
        Response::Get(entry_response(kb, path, &document, size, content))
    };
    let mut reply = Reply::from(response);
    if std::str::from_utf8(&bytes).is_err() && !markdown::is_utf16(&bytes) {
        let warning = format!("{path} is not UTF-8 throughout: some bytes are replaced");
        reply.warnings.push(warning);
    }
    Ok(reply)
}

fn entry_response(
    kb: &Kb,
    path: &EntryPath,
    document: &Document,
    bytes: u64,
    content: String,
) -> GetResponse {
    let front = &document.front;
    let in_zone = |time: Timestamp| time.text_in_zone(kb.zone());
    GetResponse {
        path: path.to_string(),
        title: entry_title(path, document),
        tags: front.tags.iter().map(Tag::to_string).collect(),
        project: index::entry_project(path, front),
        created: front.created.map(in_zone),
        updated: front.updated.map(in_zone),
        bytes,
        content,
    }
}

fn metadata_response(
    kb: &Kb,
    path: &EntryPath,
    document: &Document,
    bytes: u64,
) -> GetMetadataResponse {
    let front = &document.front;
    let in_zone = |time: Timestamp| time.text_in_zone(kb.zone());
    let sections = document.sections.iter();
    GetMetadataResponse {
        path: path.to_string(),
        title: entry_title(path, document),
        description: front.description.clone(),
        tags: front.tags.iter().map(Tag::to_string).collect(),
        aliases: front.aliases.clone(),
        project: index::entry_project(path, front),
        created: front.created.map(in_zone),
        updated: front.updated.map(in_zone),
        bytes,
        links: document
            .links
            .iter()
            .map(|link| link.target.clone())
            .collect(),
        sections: sections
            .map(|section| metadata_section(kb, section))
            .collect(),
    }
}

fn entry_title(path: &EntryPath, document: &Document) -> String {
    document
        .title
        .clone()
        .unwrap_or_else(|| path.stem().to_owned())
}

fn metadata_section(kb: &Kb, section: &Section) -> MetadataSection {
    MetadataSection {
        line: section.line,
        level: section.level,
        heading: section.heading.clone(),
        time: section.time.map(|time| time.text_in_zone(kb.zone())),
        tags: section.tags.iter().map(Tag::to_string).collect(),
    }
}

/// Returns the error of a part that the entry does not have.
fn no_part(path: &EntryPath, what: &str) -> Error {
    Error::not_found(format!("{path} has {what}"))
}
