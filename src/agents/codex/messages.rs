//! The messages of a Codex rollout, where most of them stand more than once.

use super::payload::{CodexPayload, join_texts};
use crate::agents::event::EventKind;
use crate::agents::json::raw_field::read_text;
use crate::agents::transcript::{LineOutcome, TranscriptWriter, hash_texts};
use crate::agents::user_text::{is_block, read_user_text};
use crate::model::join_words;

pub(super) fn read_message(
    payload: &CodexPayload<'_>,
    writer: &mut TranscriptWriter<'_>,
) -> LineOutcome {
    let texts = join_texts(payload.content);
    match read_text(payload.role).as_deref() {
        Some("user") => {
            let own = |text: &String| {
                let shell = text.contains("<user_shell_command>");
                let wrapped = text.contains("<user_query>") || text.contains("<bash-input>");
                shell || wrapped || !(is_block(text) || is_image_mark(text))
            };
            let text = texts.into_iter().filter(own).collect::<Vec<_>>().join("\n");
            read_prompt(&text, 1, writer)
        }
        Some("assistant") => {
            read_answer(&texts.join("\n"), writer);
            if read_text(payload.phase).is_some_and(|phase| phase == "final_answer") {
                writer.confirm_answer();
            }
            LineOutcome::Understood
        }
        _ => LineOutcome::Ignored,
    }
}

/// Whether a text only stands before or behind an image: `<image name=[Image #1]>`.
fn is_image_mark(text: &str) -> bool {
    let text = text.trim();
    let opens = text.starts_with("<image ") && text.find('>') == Some(text.len() - 1);
    opens || matches!(text, "<image>" | "</image>")
}

/// What the model says stands in the transcript up to three times: held is the first.
pub(super) fn read_answer(text: &str, writer: &mut TranscriptWriter<'_>) {
    if writer.state.session.sub_agent {
        return;
    }
    writer.begin_session("", None);
    let text = text.trim();
    let number = writer.state.prompts.to_string();
    let key = hash_texts(&["codex", "answer", &writer.state.session.id, &number, text]);
    if writer.state.seen.insert(key) {
        writer.begin_line(None, Some(key));
        writer.hold_answer(key, text);
    }
}

/// A prompt stands in the transcript twice: as what the model was given (1), and as what the user
/// typed (2), in either order. The first of the two counts.
pub(super) fn read_prompt(text: &str, place: u8, writer: &mut TranscriptWriter<'_>) -> LineOutcome {
    if writer.state.session.sub_agent {
        return LineOutcome::Ignored;
    }
    let read = match read_user_text(text) {
        Some(EventKind::Prompt { text }) => join_words(&text),
        other => format!("{other:?}"),
    };
    let same = hash_texts(&[&read]);
    let before = writer.state.prompt;
    if before.is_some_and(|(before, hash)| before != place && hash == same) {
        writer.state.prompt = None;
        return LineOutcome::Understood;
    }
    // The same in a fork as in the session that it comes from: the history before it is the same.
    let session = &writer.state.session;
    let root = session.parent.as_ref().unwrap_or(&session.id);
    let number = writer.state.prompts.to_string();
    let key = hash_texts(&["codex", "prompt", root, &number, &read]);
    writer.begin_line(None, Some(key));
    if !writer.add_prompt(text) {
        return LineOutcome::Ignored;
    }
    writer.state.prompt = Some((place, same));
    LineOutcome::Understood
}
