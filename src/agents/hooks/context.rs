//! What a hook prints: context for the agent, in the one form that this agent understands.

use super::HookEvent;
use serde_json::json;

/// How much may be injected at once, in UTF-16 code units: beyond 10,000 characters Claude Code,
/// Codex and Cursor cut it or put it into a file.
pub const CONTEXT_LIMIT: usize = 10_000;

/// The form in which an agent takes context from a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContextForm {
    /// `hookSpecificOutput` with `additionalContext`.
    HookSpecificOutput,
    /// A field of this name.
    Field(&'static str),
}

/// Returns what the hook is to print so that the agent is given `context`: one line of JSON at the
/// start of a session, and nothing otherwise.
///
/// More than [`CONTEXT_LIMIT`] is cut. A caller that fences the context keeps below it, so that the
/// end of the fence is not lost.
pub(crate) fn render_context(form: ContextForm, event: HookEvent, context: &str) -> String {
    if event != HookEvent::Start || context.trim().is_empty() {
        return String::new();
    }
    let context = cut_to_limit(context);
    let answer = match form {
        ContextForm::HookSpecificOutput => json!({
            "hookSpecificOutput": {
                "hookEventName": "SessionStart",
                "additionalContext": context,
            }
        }),
        ContextForm::Field(name) => json!({ name: context }),
    };
    format!("{answer}\n")
}

fn cut_to_limit(context: &str) -> &str {
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
    fn context_is_given_in_the_form_that_is_asked_for() {
        let of = |form| render_context(form, HookEvent::Start, "It ended \"so\"\n\u{1f980}");
        let text = "\"It ended \\\"so\\\"\\n\u{1f980}\"";
        let like_claude = format!(
            "{{\"hookSpecificOutput\":{{\"additionalContext\":{text},\"hookEventName\":\"SessionStart\"}}}}\n"
        );
        assert_eq!(of(ContextForm::HookSpecificOutput), like_claude);
        assert_eq!(of(ContextForm::Field("x")), format!("{{\"x\":{text}}}\n"));
    }

    #[test]
    fn nothing_is_said_at_other_events_or_without_context() {
        let form = ContextForm::Field("x");
        assert_eq!(render_context(form, HookEvent::Start, " \n"), "");
        for event in [HookEvent::Prompt, HookEvent::Tool, HookEvent::Unknown] {
            assert_eq!(render_context(form, event, "text"), "");
        }
    }

    #[test]
    fn the_context_is_cut_at_the_limit_between_characters() {
        let long = "a\u{1f980}".repeat(10_000);
        let form = ContextForm::Field("x");
        let json: Value =
            serde_json::from_str(&render_context(form, HookEvent::Start, &long)).expect("JSON");
        let context = json["x"].as_str().expect("text");
        let units = context.encode_utf16().count();
        assert!(
            (CONTEXT_LIMIT - 1..=CONTEXT_LIMIT).contains(&units),
            "{units}"
        );
        assert!(long.starts_with(context));
    }
}
