//! Bringing the index up to date, building it anew, checking it.

use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::{CheckReport, Difference, Index, Summary};
use crate::kb::Kb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Works on the index alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IndexRequest {
    /// What to do.
    pub mode: IndexMode,
}

/// What to do with the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexMode {
    /// Index what changed.
    #[default]
    Refresh,
    /// Build a new one beside the old one, then take its place.
    Rebuild,
    /// Compare it with the Markdown, and change nothing.
    Check,
}

/// What was indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexResponse {
    /// Number of entries.
    pub entries: u64,
    /// Number of sections.
    pub sections: u64,
    /// Number of entries that are new.
    pub added: u64,
    /// Number of entries that changed.
    pub changed: u64,
    /// Number of entries that are gone.
    pub removed: u64,
    /// Size of the Markdown that was read, in bytes.
    pub bytes: u64,
    /// Whether the whole index was built anew.
    pub rebuilt: bool,
}

/// How the index compares with the Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexCheckResponse {
    /// Number of entries compared.
    pub entries: u64,
    /// Number of sections compared.
    pub sections: u64,
    /// Number of entries that have changed, come or gone since they were indexed, which the next
    /// search takes in; that is no difference.
    pub pending: u64,
    /// What differs; empty if the index is right.
    pub differences: Vec<IndexDifference>,
}

/// A difference between the index and the Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IndexDifference {
    /// Path of the entry; `null` where the index as a whole is meant.
    pub path: Option<String>,
    /// What differs.
    pub reason: String,
}

pub(super) fn run_index(kb: &Kb, request: &IndexRequest, index: &Index<'_>) -> Result<Reply> {
    if !kb.exists() {
        return Err(no_root(kb));
    }
    let response = match request.mode {
        IndexMode::Refresh => Response::Index(index_response(index.update()?)),
        IndexMode::Rebuild => Response::Index(index_response(index.rebuild()?)),
        IndexMode::Check => Response::IndexCheck(check_response(index.check()?)),
    };
    Ok(Reply::from(response))
}

/// Returns the error of a knowledge base that does not exist yet.
pub(super) fn no_root(kb: &Kb) -> Error {
    let root = kb.root().display();
    Error::not_found(format!("there is no knowledge base at {root} yet"))
        .with_hint(
            Hint::from("the first note makes it (")
                .then(Hint::command("session-log"))
                .then("), or ")
                .then(Hint::command("init")),
        )
        .with_hint(format!(
            "it was chosen by: {}",
            kb.root_source().name(kb.environment().spelling)
        ))
}

fn index_response(summary: Summary) -> IndexResponse {
    IndexResponse {
        entries: summary.entries,
        sections: summary.sections,
        added: summary.added,
        changed: summary.changed,
        removed: summary.removed,
        bytes: summary.bytes,
        rebuilt: summary.rebuilt,
    }
}

fn check_response(check: CheckReport) -> IndexCheckResponse {
    let difference = |difference: Difference| IndexDifference {
        path: difference.path.map(|path| path.to_string()),
        reason: difference.reason,
    };
    IndexCheckResponse {
        entries: check.entries,
        sections: check.sections,
        pending: check.pending,
        differences: check.differences.into_iter().map(difference).collect(),
    }
}
