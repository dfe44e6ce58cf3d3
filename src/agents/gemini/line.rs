//! A line of a Gemini transcript, or a message in one.

use crate::agents::json::raw_field::raw_object;

raw_object! {
    GeminiLine: id, kind = "type", timestamp, content, display_content = "displayContent",
    tool_calls = "toolCalls", set = "$set", rewind = "$rewindTo", messages,
    session_id = "sessionId", project_hash = "projectHash", start_time = "startTime", summary,
    directories, session_kind = "kind",
}
