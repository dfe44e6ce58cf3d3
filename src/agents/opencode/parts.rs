//! What opencode keeps of a session: the session itself, its messages, their parts.

use super::results::read_result;
use super::without_quotes;
use crate::agents::json::raw_field::{
    is_true, raw_object, read_head, read_object, read_text, read_time,
};
use crate::agents::json::{read_bounded_field, read_tool_field};
use crate::agents::tool_effect::{ToolKind, read_tool_call, tool_kind};
use crate::agents::transcript::{
    LineOutcome, MOST_LOOKED_AT, TranscriptCall, TranscriptWriter, hash_texts,
};

raw_object! {
    OpencodeSession: id, parent = "parentID", directory, title, time, revert,
}

raw_object! {
    OpencodeTime: created, completed, start, end, message = "messageID",
}

raw_object! {
    OpencodeMessage: id, role, time, summary, finish,
}

raw_object! {
    OpencodePart: id, kind = "type", text, synthetic, ignored, tool, call = "callID", state,
}

raw_object! {
    OpencodeCall: status, input, time,
}

/// Reads the description of a session as a whole.
pub(super) fn read_session(
    session: &OpencodeSession<'_>,
    id: &str,
    writer: &mut TranscriptWriter<'_>,
) {
    let parent = read_text(session.parent).filter(|parent| !parent.is_empty());
    let known = &mut writer.state.session;
    known.sub_agent = parent.is_some();
    known.id = parent.map_or_else(|| id.to_owned(), |parent| parent.into_owned());
    writer.set_title(&read_text(session.title).unwrap_or_default());
    let time = read_object::<OpencodeTime<'_>>(session.time).unwrap_or_default();
    writer.begin_line(read_time(time.created), Some(hash_texts(&["opencode", id])));
    writer.begin_session("", read_text(session.directory).as_deref());
}

/// Returns whether the agent is done with a message.
pub(super) fn is_completed(message: &OpencodeMessage<'_>) -> bool {
    let time = read_object::<OpencodeTime<'_>>(message.time).unwrap_or_default();
    read_text(message.role).is_some_and(|role| role == "assistant") && time.completed.is_some()
}

/// Reads a part; `None` if it is not finished.
pub(super) fn read_part(
    part: &OpencodePart<'_>,
    message: &OpencodeMessage<'_>,
    done: bool,
    reverted: bool,
    key: u64,
    writer: &mut TranscriptWriter<'_>,
) -> Option<LineOutcome> {
    let user = read_text(message.role).is_some_and(|role| role == "user");
    let side = writer.state.session.sub_agent;
    let kind = read_text(part.kind).unwrap_or_default();
    let outcome = match kind.as_ref() {
        "text" => {
            if !user && !done {
                return None;
            }
            let text = read_head(part.text, MOST_LOOKED_AT).unwrap_or_default();
            let made = is_true(part.synthetic) || is_true(part.ignored);
            if is_true(message.summary) {
                writer.add_compaction(&text);
            } else if made || side || reverted {
                return Some(LineOutcome::Ignored);
            } else if !user {
                writer.hold_answer(key, &text);
            } else if !writer.add_prompt(&without_quotes(&text)) {
                return Some(LineOutcome::Ignored);
            }
            LineOutcome::Understood
        }
        "tool" => read_tool(part, done, key, side, writer)?,
        "step-start" | "step-finish" | "reasoning" | "file" | "patch" | "snapshot" | "agent"
        | "subtask" | "compaction" | "retry" => LineOutcome::Ignored,
        unknown => LineOutcome::Unknown(unknown.to_owned()),
    };
    Some(outcome)
}

fn read_tool(
    part: &OpencodePart<'_>,
    done: bool,
    key: u64,
    side: bool,
    writer: &mut TranscriptWriter<'_>,
) -> Option<LineOutcome> {
    let state: OpencodeCall<'_> = read_object(part.state).unwrap_or_default();
    let failed = match read_text(state.status).unwrap_or_default().as_ref() {
        "completed" => false,
        "error" => true,
        _ if done => return Some(LineOutcome::Ignored),
        _ => return None,
    };
    let time: OpencodeTime<'_> = read_object(state.time).unwrap_or_default();
    writer.begin_line(read_time(time.end.or(time.start)), Some(key));
    let id = read_text(part.call).unwrap_or_default();
    let name = read_text(part.tool).unwrap_or_default();
    let input = read_tool_field(state.input);
    let is_shell = tool_kind(&name, &input) == ToolKind::Shell;
    writer.add_call(TranscriptCall {
        id: &id,
        message: key,
        side,
        call: read_tool_call(&name, &input),
    });
    let mut result = read_result(&read_bounded_field(part.state), is_shell);
    if failed && result.exit.is_none() {
        result.ok = Some(false);
    }
    writer.add_result(&id, &result);
    Some(LineOutcome::Understood)
}
