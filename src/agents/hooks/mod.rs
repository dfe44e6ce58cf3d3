//! What the hooks of agents send, read into [`EventKind`](super::EventKind)s, and what they take
//! back.
//!
//! Each agent has a reader of its own, in its module, which finds out what is meant and puts it
//! into a `HookWriter`; what most agents have in common (the fields of every call, the life of a
//! session) stands here. Reading is lenient: nothing that an agent sends is an error.

mod base;
mod call;
mod context;
mod event_name;
mod lifecycle;
#[cfg(test)]
mod tests;
mod tool_hook;
mod writer;

pub use base::session_name;
pub use call::{HookCall, HookEvent};
pub use context::CONTEXT_LIMIT;

pub(crate) use base::HookBase;
pub(crate) use context::{ContextForm, render_context};
pub(crate) use event_name::{EventName, read_event_name};
pub(crate) use lifecycle::read_lifecycle_event;
pub(crate) use tool_hook::{RESPONSE, read_denial, read_error, read_failure, read_tool_hook};
pub(crate) use writer::{BackgroundNews, HookWriter};

use super::event_text::Clean;
use serde_json::Value;
use std::path::PathBuf;

/// Reads one call of a hook: puts what happened into the writer, and says at what point of the
/// agent's work.
pub(crate) type HookReader = fn(&HookBase<'_>, &mut HookWriter<'_>) -> HookEvent;

/// Returns where the agent works, if it says so: the one thing that has to be known before the
/// call is read, for the settings there may say what is a secret.
pub(crate) fn read_place(json: &Value) -> Option<PathBuf> {
    HookBase::read(json, None).into_place()
}

/// Reads one call of a hook. `named` is the name of the event if it stands on the hook's
/// command line.
///
/// Every text of the result has gone through `clean`. Never fails: what is not understood is listed
/// in [`HookCall::unknown`].
pub(crate) fn read_call(
    reader: HookReader,
    named: Option<&str>,
    json: &Value,
    clean: Clean<'_>,
) -> HookCall {
    let base = HookBase::read(json, named);
    let mut writer = HookWriter::new(clean, base.is_windows());
    let event = reader(&base, &mut writer);
    base.into_call(event, writer)
}
