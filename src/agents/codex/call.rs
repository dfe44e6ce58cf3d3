//! What Codex says beside a call of a tool of a server.

use crate::agents::json::JsonFields as _;
use serde_json::Value;
use std::path::PathBuf;

/// Reads the session and the roots of the repositories in which it works. The server's own
/// environment holds neither.
pub(super) fn read_call(meta: &Value) -> (Option<String>, Vec<PathBuf>) {
    let turn = meta.get("x-codex-turn-metadata");
    // Some versions send it as a text that holds JSON.
    let parsed = turn
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str(text).ok());
    let turn = parsed.as_ref().or(turn).unwrap_or(&Value::Null);
    let session = turn
        .text(&["session_id", "thread_id"])
        .or_else(|| meta.text(&["sessionId", "threadId"]));
    let workspaces = turn.get("workspaces").and_then(Value::as_object);
    let directories = workspaces
        .into_iter()
        .flat_map(|workspaces| workspaces.keys());
    (
        session.map(str::to_owned),
        directories.map(PathBuf::from).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn session_and_workspaces_are_read_in_each_form() {
        let turn = json!({"session_id": "s", "workspaces": {"/home/ann/shop": {}}});
        let shop = vec![PathBuf::from("/home/ann/shop")];
        for (meta, session, directories) in [
            (json!({"x-codex-turn-metadata": turn}), Some("s"), &shop),
            (
                json!({"x-codex-turn-metadata": turn.to_string()}),
                Some("s"),
                &shop,
            ),
            (json!({"threadId": "t"}), Some("t"), &vec![]),
            (
                json!({"x-codex-turn-metadata": [1], "threadId": 7}),
                None,
                &vec![],
            ),
            (json!(null), None, &vec![]),
        ] {
            let read = read_call(&meta);
            assert_eq!(
                (read.0.as_deref(), &read.1),
                (session, directories),
                "{meta}"
            );
        }
    }
}
