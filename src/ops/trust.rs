//! Agreeing to a knowledge base: only then goes into it what hooks capture without asking.

use super::{Reply, Response};
use crate::error::{Error, Result};
use crate::kb::{Environment, Kb, TrustList, is_own_place, put_state_aside};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Agrees to a knowledge base, takes that back, or lists those that were agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContextTrustRequest {
    /// Root of the knowledge base; `None`: the one above the current directory
    /// that is ignored because it belongs to another user, else the one that is used here.
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
        // The root that the user was just warned of comes before what is used in its place.
        None => kb.ignored_root().unwrap_or(kb.root()).to_path_buf(),
    };
    let mut list = TrustList::load(environment);
    let mut warnings = Vec::new();
    let changed = match request.action {
        TrustAction::Add => {
            warnings.extend(put_aside(environment, &root)?);
            list.add(&root)?
        }
        TrustAction::Revoke => list.remove(&root)?,
        TrustAction::List => false,
    };
    let asked = (request.action != TrustAction::List).then(|| root.display().to_string());
    let mut reply = Reply::from(Response::ContextTrust(ContextTrustResponse {
        root: asked,
        trusted: list.contains(&root),
        changed,
        all: list.roots().map(str::to_owned).collect(),
    }));
    reply.warnings = warnings;
    Ok(reply)
}

/// Puts aside what came with a knowledge base that the user did not agree to before, so that only its
/// notes are believed. Returns a remark on it.
fn put_aside(environment: &Environment, root: &Path) -> Result<Option<String>> {
    if is_own_place(environment, root) {
        return Ok(None);
    }
    let aside = put_state_aside(root).map_err(|cause| Error::io("put aside", root, cause))?;
    Ok(aside.map(|aside| {
        let aside = aside.display();
        format!("what .mx held but for the settings was not made by you here: it is in {aside}")
    }))
}
