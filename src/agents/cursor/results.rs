//! The results of Cursor's tools, as its hooks report them; its transcripts do not.

use crate::agents::json::read_embedded_object;
use crate::agents::tool_effect::{ToolResult, read_outcome_fields};
use serde_json::Value;

/// Reads the response of a tool: an object, or a text that holds one. A command without a status
/// says nothing of its success.
pub(super) fn read_response(response: &Value, is_shell: bool) -> ToolResult {
    let embedded = response.as_str().and_then(read_embedded_object);
    let response = embedded.as_ref().unwrap_or(response);
    let result = read_outcome_fields(response);
    ToolResult {
        ok: result
            .ok
            .or((response.is_object() && !is_shell).then_some(true)),
        ..result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_command_without_a_status_is_no_success() {
        let said = json!({"output": "3 problems"});
        assert_eq!(read_response(&said, true).ok, None);
        assert_eq!(read_response(&said, false).ok, Some(true));
        let ended = json!("{\"output\":\"x\",\"exitCode\":1}");
        assert_eq!(read_response(&ended, true).ok, Some(false));
    }
}
