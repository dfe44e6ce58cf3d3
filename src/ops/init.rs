//! Making a knowledge base.

use super::{Reply, Response};
use crate::error::{Hint, Result};
use crate::kb::Kb;
use schemars::JsonSchema;
use serde::Serialize;

/// A knowledge base, made or found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InitResponse {
    /// Root of the knowledge base.
    pub root: String,
    /// Whether anything was missing.
    pub created: bool,
    /// What was looked at, in order.
    pub steps: Vec<InitStep>,
}

/// One part of a knowledge base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InitStep {
    /// The part: a path relative to the root, `.` for the root itself.
    pub path: String,
    /// Whether it was made or changed; `false` if it was there already.
    pub changed: bool,
    /// What it is for.
    pub purpose: String,
}

pub(super) fn run_init(kb: &Kb) -> Result<Reply> {
    let mut steps = Vec::new();
    let mut step = |path: &str, changed, purpose: &str| {
        steps.push(InitStep {
            path: path.into(),
            changed,
            purpose: purpose.into(),
        });
    };
    let new_root = kb.create()?;
    step(".", new_root, "the knowledge base");
    let new_private = kb.initialise()?;
    step(".mx/", new_private, "the index, not for git");
    if kb.in_git() {
        let changed = kb.ensure_gitattributes()?;
        step(".gitattributes", changed, "appends from two clones merge");
        let changed = kb.has_merge_attribute() && kb.ensure_merge_driver()?;
        step(
            "git config merge.mx",
            changed,
            "in this clone notes stay whole when they merge",
        );
    }
    let response = InitResponse {
        root: kb.root().display().to_string(),
        created: steps.iter().any(|step| step.changed),
        steps,
    };
    let mut reply = Reply::from(Response::Init(response));
    if !kb.is_agreed_to() {
        let note = "what agents' hooks capture below it stays in ~/.memex/kb until '";
        let note = Hint::from(format!(".mx/ was there before: {note}"));
        reply
            .notes
            .push(kb.spell(note.then(Hint::command("context trust")).then("'")));
    }
    Ok(reply)
}
