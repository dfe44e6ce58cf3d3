//! Which tool calls a journal holds already: where hooks are installed twice, for the user and
//! in the project, each reports the same.

use super::MAX_LINE;
use crate::agents::AgentEvent;
use crate::model::hash_number;
use serde::Deserialize;
use std::collections::HashMap;

/// How far apart two hooks may report one call, in milliseconds.
const SAME_CALL: i64 = 30_000;

/// How much of a journal before a place is searched for calls that are repeated behind it.
pub(super) const LOOKED_AT: u64 = MAX_LINE as u64;

/// The events of calls that have an id, each with when.
#[derive(Default)]
pub(super) struct SeenCalls(HashMap<u64, i64>);

#[derive(Deserialize)]
struct CallOfLine {
    call: u64,
}

impl SeenCalls {
    /// Notes a line of a journal. Returns whether another hook reported the same of the same call.
    pub(super) fn is_repeated(&mut self, line: &[u8], event: &AgentEvent) -> bool {
        let has_call = line.windows(CALL.len()).any(|part| part == CALL);
        let call = || serde_json::from_slice::<CallOfLine>(line).ok();
        let Some(CallOfLine { call }) = has_call.then(call).flatten() else {
            return false;
        };
        let Ok(kind) = serde_json::to_vec(&event.kind) else {
            return false;
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&call.to_le_bytes()).update(&kind);
        let before = self.0.insert(hash_number(hasher.finalize()), event.at);
        before.is_some_and(|before| (event.at - before).abs() <= SAME_CALL)
    }
}

const CALL: &[u8] = b"\"call\":";
