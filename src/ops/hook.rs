//! What a hook of an agent says, and what it is answered.

use super::resume;
use crate::agents::hook_call::{HookArguments, record_lost_call, record_mistake, take_hook_call};
use crate::kb::Environment;
use crate::session::resume::fence_recall;
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::Read;
use std::path::Path;

/// A call of a hook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HookRequest {
    /// Name of the agent; `None`: concluded from the environment and from what it sends.
    pub agent: Option<String>,
    /// Name of the event, for agents that do not send it.
    pub event: Option<String>,
}

/// Takes in what a hook sends. Without `root` the knowledge base is discovered from the directory in
/// which the agent works.
pub(super) fn run_hook(
    environment: &Environment,
    root: Option<&Path>,
    request: &HookRequest,
    input: &mut dyn Read,
) -> String {
    let arguments = HookArguments {
        agent: request.agent.as_deref(),
        event: request.event.as_deref(),
        root,
    };
    take_hook_call(environment, &arguments, input, &|kb, own, compacted| {
        let project = kb.project();
        let text = resume::recall_for_agent(kb, &project, (own, compacted))?;
        Ok(if text.is_empty() {
            text
        } else {
            fence_recall(&text, &project)
        })
    })
}

/// Notes a mistake in the surroundings of a hook, by which nothing is lost.
pub(super) fn note_mistake(environment: &Environment, reason: &str) {
    record_mistake(environment, reason);
}

/// Counts a call of a hook that came to nothing by a mistake of this program.
pub(super) fn count_panic(environment: &Environment) {
    record_lost_call(environment, "internal error: this is a bug");
}
