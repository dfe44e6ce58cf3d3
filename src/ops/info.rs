//! Describing the knowledge base and its index.

use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index, IndexInfo, IndexState};
use crate::kb::Kb;
use crate::model::Entry;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The knowledge base and its index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InfoResponse {
    /// Version of the program.
    pub version: String,
    /// Root of the knowledge base.
    pub root: String,
    /// What named the root: `--kb`, `MEMEX_KB_ROOT`, `.kbcontext (kb_root)`, `.mx` or `default`.
    pub root_source: String,
    /// Whether the root exists.
    pub exists: bool,
    /// The `.kbcontext` that holds here.
    pub context: Option<String>,
    /// Name of the project that is worked on here.
    pub project: String,
    /// Time zone of the knowledge base.
    pub timezone: String,
    /// Number of entries.
    pub entries: u64,
    /// Number of sections.
    pub sections: u64,
    /// Number of different tags.
    pub tags: u64,
    /// Size of the Markdown in bytes.
    pub bytes: u64,
    /// Whether the counts may miss the latest changes.
    pub stale: bool,
    /// The index.
    pub index: IndexFacts,
}

/// State of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexFacts {
    /// Where it lives.
    pub directory: String,
    /// `missing`, `ready`, `outdated` (of another format or of other settings) or `damaged`.
    pub state: String,
    /// Number of its generation; each rebuild counts one up.
    pub generation: u64,
    /// Number of sections in it.
    pub sections: u64,
    /// Number of its segments.
    pub segments: u64,
    /// Size on disk in bytes.
    pub bytes: u64,
    /// Who is writing to it now.
    pub writer: Option<String>,
}

pub(super) fn run_info(kb: &Kb, index: &Index<'_>) -> Result<Reply> {
    let (entries, stale) = if kb.exists() {
        index.answer(Freshness::Refresh, |view| {
            Ok((view.entries()?, view.stale()))
        })?
    } else {
        (Arc::default(), false)
    };
    let response = InfoResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        root: kb.root().display().to_string(),
        root_source: kb.root_source().name(kb.environment().spelling),
        exists: kb.exists(),
        context: kb
            .context()
            .map(|context| context.path.display().to_string()),
        project: kb.project(),
        timezone: kb.zone().name().to_owned(),
        entries: entries.len() as u64,
        sections: entries.iter().map(|entry| u64::from(entry.sections)).sum(),
        tags: different_tags(&entries),
        bytes: entries.iter().map(|entry| entry.bytes).sum(),
        stale,
        index: index_facts(index.info()?),
    };
    Ok(Reply::from(Response::Info(response)))
}

fn different_tags(entries: &[Entry]) -> u64 {
    let tags = entries
        .iter()
        .flat_map(|entry| entry.tags.iter().chain(&entry.inline_tags));
    tags.map(|tag| tag.key()).collect::<BTreeSet<_>>().len() as u64
}

fn index_facts(info: IndexInfo) -> IndexFacts {
    IndexFacts {
        directory: info.directory.display().to_string(),
        state: state_name(info.state).to_owned(),
        generation: info.generation,
        sections: info.sections,
        segments: info.segments,
        bytes: info.bytes,
        writer: info.writer,
    }
}

pub(super) fn state_name(state: IndexState) -> &'static str {
    match state {
        IndexState::Missing => "missing",
        IndexState::Ready => "ready",
        IndexState::Outdated => "outdated",
        IndexState::Damaged => "damaged",
    }
}
