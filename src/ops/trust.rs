//! Agreeing to a knowledge base: only then goes into it what hooks capture without asking.

use super::{Reply, Response};
use crate::error::Result;
use crate::kb::{Kb, TrustList};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Agrees to a knowledge base, takes that back, or lists those that were agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContextTrustRequest {
    /// Root of the knowledge base; `None`: the one that is used here.
    pub root: Option<PathBuf>,
    /// What is to be done.
    pub action: TrustAction,
}

/// What is to be done with the list of trusted knowledge bases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrustAction {
    /// Add the knowledge base.
    #[default]
    Add,
    /// Remove it.
    Revoke,
    /// Only list them.
    List,
}

/// The trusted knowledge bases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextTrustResponse {
    /// Root of the knowledge base that was asked about; `null` if they were only listed.
    pub root: Option<String>,
    /// Whether it is trusted now.
    pub trusted: bool,
    /// Whether that was changed.
    pub changed: bool,
    /// Roots of all that the user agreed to, sorted. The user's own, and one that is named by
    /// `--kb` or `MEMEX_KB_ROOT`, need no agreement.
    pub all: Vec<String>,
}

pub(super) fn run_trust(kb: &Kb, request: &ContextTrustRequest) -> Result<Reply> {
    let environment = kb.environment();
    let root = match &request.root {
        Some(root) => environment.absolute(root),
        None => kb.root().to_path_buf(),
    };
    let mut list = TrustList::load(environment);
    let changed = match request.action {
        TrustAction::Add => list.add(&root)?,
        TrustAction::Revoke => list.remove(&root)?,
        TrustAction::List => false,
    };
    let asked = (request.action != TrustAction::List).then(|| root.display().to_string());
    Ok(Reply::from(Response::ContextTrust(ContextTrustResponse {
        root: asked,
        trusted: list.contains(&root),
        changed,
        all: list.roots().map(str::to_owned).collect(),
    })))
}
