//! What a hook prints: context for the agent, in the one form that this agent understands.

use super::{Agent, HookEvent};
use serde_json::json;

/// How much may be injected at once, in UTF-16 code units: beyond 10,000 characters Claude Code,
/// Codex and Cursor cut it or put it into a file.
pub const CONTEXT_LIMIT: usize = 10_000;

/// Returns what the hook is to print so that the agent is given `context`: one line of JSON in
/// the agent's own dialect at the start of a session, and nothing otherwise.
///
/// More than [`CONTEXT_LIMIT`] is cut. Whoever fences the context keeps below it, so that the end
/// of the fence is not lost.
pub fn answer(agent: Agent, event: HookEvent, context: &str) -> String {
    if event != HookEvent::Start || context.trim().is_empty() {
        return String::new();
    }
    let context = cut(context);
    let answer = match agent {
        Agent::Claude | Agent::Codex | Agent::Gemini => json!({
            "hookSpecificOutput": {
                "hookEventName": "SessionStart",
                "additionalContext": context,
            }
        }),
        Agent::Cursor => json!({ "additional_context": context }),
        Agent::Copilot => json!({ "additionalContext": context }),
        Agent::Opencode | Agent::Generic => json!({ "context": context }),
    };
    format!("{answer}\n")
}

fn cut(context: &str) -> &str {
    let mut units = 0;
    let end = context.char_indices().find(|(_, char)| {
        units += char.len_utf16();
        units > CONTEXT_LIMIT
    });
    end.map_or(context, |(end, _)| &context[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn each_agent_is_answered_in_its_own_dialect_and_no_other() {
        let of = |agent| answer(agent, HookEvent::Start, "It ended \"so\"\n\u{1f980}");
        let text = "\"It ended \\\"so\\\"\\n\u{1f980}\"";
        let like_claude = format!(
            "{{\"hookSpecificOutput\":{{\"additionalContext\":{text},\"hookEventName\":\"SessionStart\"}}}}\n"
        );
        for agent in [Agent::Claude, Agent::Codex, Agent::Gemini] {
            assert_eq!(of(agent), like_claude);
        }
        for (agent, key) in [
            (Agent::Cursor, "additional_context"),
            (Agent::Copilot, "additionalContext"),
            (Agent::Opencode, "context"),
            (Agent::Generic, "context"),
        ] {
            assert_eq!(of(agent), format!("{{\"{key}\":{text}}}\n"));
        }
    }

    #[test]
    fn nothing_is_said_at_other_events_or_without_context() {
        for agent in Agent::ALL {
            assert_eq!(answer(agent, HookEvent::Start, " \n"), "");
            for event in [HookEvent::Prompt, HookEvent::Tool, HookEvent::Unknown] {
                assert_eq!(answer(agent, event, "text"), "");
            }
        }
    }

    #[test]
    fn the_context_is_cut_at_the_limit_between_characters() {
        let long = "a\u{1f980}".repeat(10_000);
        let json: Value =
            serde_json::from_str(&answer(Agent::Cursor, HookEvent::Start, &long)).expect("JSON");
        let context = json["additional_context"].as_str().expect("text");
        let units = context.encode_utf16().count();
        assert!(
            (CONTEXT_LIMIT - 1..=CONTEXT_LIMIT).contains(&units),
            "{units}"
        );
        assert!(long.starts_with(context));
    }
}
