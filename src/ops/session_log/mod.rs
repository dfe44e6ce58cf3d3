//! Writing a session into an entry. What is written never waits for the index.

mod links;
mod running;
mod target;

use super::{Reply, Response};
use crate::error::{Error, Result};
use crate::index::{Index, MOST_OF_A_FILE};
use crate::kb::{AppendOutcome, Kb};
use crate::markdown::is_inline_tag;
use crate::markdown::session_entry::{self, NewEntry, NewSection};
use crate::model::{EntryPath, Tag};
use crate::query::{invalid_tag, split_list};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use target::EntryTarget;

/// Writes one section into a session entry, which is created if need be.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SessionLogRequest {
    /// The text, as it is to stand in the entry.
    pub message: String,
    /// Path of the entry; `None`: the one that the context names.
    pub entry: Option<String>,
    /// Tags of the section; a leading `#` is forgiven.
    pub tags: Vec<String>,
    /// Related entries: paths, titles or aliases; or addresses of the web.
    pub links: Vec<String>,
    /// Whether the section gets a heading with the time.
    pub heading: bool,
    /// Whether it is written to `projects/PROJECT/sessions.md` where nothing names an entry.
    #[serde(skip)]
    #[schemars(skip)]
    pub or_usual_entry: bool,
}

impl Default for SessionLogRequest {
    fn default() -> Self {
        SessionLogRequest {
            message: String::new(),
            entry: None,
            tags: Vec::new(),
            links: Vec::new(),
            heading: true,
            or_usual_entry: false,
        }
    }
}

/// Where a session was written.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SessionLogResponse {
    /// Path of the entry, relative to the root of the knowledge base.
    pub path: String,
    /// Whether the entry was made now.
    pub action: AppendOutcome,
    /// Name of the project.
    pub project: String,
    /// What named the entry: `explicit`, `.kbcontext (session_entry)`, `.kbcontext (primary)`,
    /// `.mx/config.yaml (default_entry)` or, for a note of an agent, `project`.
    pub context_source: String,
    /// When it was written, RFC 3339.
    pub timestamp: String,
}

pub(super) fn run_session_log(
    kb: &Kb,
    request: &SessionLogRequest,
    index: &Index<'_>,
) -> Result<Reply> {
    let message = check_message(&request.message)?;
    let tags = parse_tags(&request.tags)?;
    let links = links::parse_links(&request.links)?;
    let project = kb.project();
    let target = EntryTarget::resolve(kb, request, &project)?;
    let now = kb.now();
    let entry = NewEntry {
        project: project.clone(),
        default_tags: kb
            .context()
            .map_or_else(Vec::new, |context| context.default_tags.clone()),
        created: now,
        section: NewSection {
            time: request.heading.then_some(now),
            tags,
            message,
            links,
        },
    };
    let new_root = kb.create()?;
    let block = session_entry::render_section(&entry.section);
    let action = kb.append(&target.path, &session_entry::new_entry(&entry), &block)?;
    let mut reply = Reply::from(Response::SessionLog(SessionLogResponse {
        path: target.path.to_string(),
        action,
        project,
        context_source: target.source.to_owned(),
        timestamp: now.to_string(),
    }));
    if new_root {
        let note = format!("created the knowledge base {}", kb.root().display());
        reply.notes.push(note);
    }
    reply.warnings = links::find_dead(kb, index, &entry.section.links);
    let unlinked = running::link_note(kb, &target.path, &entry.section);
    reply.warnings.extend(unlinked);
    reply.warnings.extend(warn_unsearched(kb, &target.path));
    Ok(reply)
}

/// Warns of an entry that is so large that what was written at its end is not found by searching.
fn warn_unsearched(kb: &Kb, path: &EntryPath) -> Option<String> {
    let length = kb.open_entry(path).ok()?.metadata().ok()?.len();
    (length > MOST_OF_A_FILE).then(|| {
        let limit = MOST_OF_A_FILE >> 20;
        format!("{path} is larger than {limit} MiB: what is written behind that is not searched")
    })
}

/// Returns the text as it was given, without a byte-order mark in front. It must say something.
fn check_message(text: &str) -> Result<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(Error::usage("the message holds a NUL character"));
    }
    if text.trim().is_empty() {
        return Err(Error::usage("the message is empty"));
    }
    Ok(text.to_owned())
}

/// Returns the tags, each of which reads back from the Markdown as what it is.
fn parse_tags(texts: &[String]) -> Result<Vec<Tag>> {
    let mut tags: Vec<Tag> = Vec::new();
    for text in split_list(texts) {
        let tag = Tag::new(text)
            .filter(is_inline_tag)
            .ok_or_else(|| invalid_tag(text))?;
        if !tags.iter().any(|other| other.key() == tag.key()) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(texts: &[&str]) -> Result<Vec<String>> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let tags = parse_tags(&texts)?;
        Ok(tags.iter().map(Tag::to_string).collect())
    }

    #[test]
    fn a_message_is_kept_as_it_is_and_must_say_something() {
        for kept in ["a", " a \n\n", "a\tb\u{7}", "- item", "-"] {
            assert_eq!(check_message(kept).expect("text"), kept);
        }
        assert_eq!(check_message("\u{feff}a").expect("text"), "a");
        for refused in ["", " \n\t", "\u{feff}", "\u{3000}", "a\0b"] {
            assert!(check_message(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn tags_are_split_at_commas_and_forgiven_their_hash() {
        let found = tags(&["#auth, progress", "Auth", "", "日本"]).expect("good tags");
        assert_eq!(found, ["auth", "progress", "日本"]);
    }

    #[test]
    fn a_tag_that_would_not_read_back_is_named() {
        for bad in ["two words", "123", "a!b", "##", "a]]"] {
            let error = tags(&["good", bad]).expect_err(bad);
            assert_eq!(error.kind(), crate::error::Kind::Usage);
            assert!(error.message().contains(bad), "{error}");
        }
    }
}
