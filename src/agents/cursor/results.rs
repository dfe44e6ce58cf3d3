//! What came of Cursor's tools, as its hooks say; its transcripts do not.

use crate::agents::json::read_embedded_object;
use crate::agents::tool_effect::{ToolResult, read_outcome_fields};
use serde_json::Value;

/// Reads the response of a tool: an object, or a text that holds one.
pub(super) fn read_response(response: &Value) -> ToolResult {
    let embedded = response.as_str().and_then(read_embedded_object);
    let response = embedded.as_ref().unwrap_or(response);
    let result = read_outcome_fields(response);
    ToolResult {
        ok: result.ok.or(response.is_object().then_some(true)),
        ..result
    }
}
