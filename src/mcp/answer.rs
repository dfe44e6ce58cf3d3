//! What a tool answers: text for the model, the same as data, and what was left out of both.

use super::budget::cut_line;
use super::hints::tool_spelling;
use crate::ops::{Reply, Response, ResumeLeftOut};
use crate::render;
use rmcp::model::{CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::Serialize;

/// Longest remark, in characters.
const LONGEST_REMARK: usize = 300;

/// The remarks beside an answer.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(super) struct AnswerRemarks {
    /// What happened on the way, or may be wrong although it was done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    /// What did not fit, and how to get it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<ResumeLeftOut>,
}

/// An answer, with its remarks.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToolAnswer<T> {
    #[serde(flatten)]
    answer: T,
    #[serde(flatten)]
    beside: AnswerRemarks,
}

impl AnswerRemarks {
    /// Adds the remarks of a reply.
    pub(super) fn add_reply(&mut self, reply: &Reply) {
        let said = reply.notes.iter().chain(&reply.warnings);
        let said = said.map(|remark| cut_line(remark, LONGEST_REMARK));
        self.remarks.extend(said);
    }

    pub(super) fn add(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// Adds that more was asked for than the limit allows, if so.
    pub(super) fn add_bound(&mut self, name: &str, asked: Option<usize>, most: usize) {
        if asked.is_some_and(|asked| asked > most) {
            self.add(format!("{name} is {most} at most"));
        }
    }

    /// Adds that something does not fit; nothing if it is none.
    pub(super) fn leave_out(&mut self, what: &str, count: usize, how: impl Into<String>) {
        if count > 0 {
            self.left_out.push(ResumeLeftOut {
                what: what.to_owned(),
                count: count as u64,
                how: how.into(),
            });
        }
    }

    /// Makes the result of a call; `text` is the answer as text.
    pub(super) fn finish<T: Serialize>(self, answer: T, mut text: String) -> CallToolResult {
        let remarks = self.remarks.iter().map(|remark| format!("note: {remark}"));
        let left_out = self
            .left_out
            .iter()
            .map(|left| format!("left out: {} {}; {}", left.count, left.what, left.how));
        let lines: Vec<String> = remarks.chain(left_out).collect();
        text.truncate(text.trim_end().len());
        if !lines.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n\n" };
            text = format!("{text}{gap}{}", lines.join("\n"));
        }
        let answer = ToolAnswer {
            answer,
            beside: self,
        };
        let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
        // Nothing in an answer can fail to become JSON; and the text says it all. Made of text, a score
        // is the one that JSON has elsewhere: 2.2, and not 2.200000047683716.
        let data = serde_json::to_string(&answer);
        result.structured_content = data.ok().and_then(|data| serde_json::from_str(&data).ok());
        result
    }
}

/// An answer that has yet to be found short enough.
pub(super) struct AnswerDraft<T> {
    pub(super) answer: T,
    pub(super) text: String,
    pub(super) beside: AnswerRemarks,
}

/// Makes the result of a call that has at most `budget` characters, text and data together, as it
/// is sent. `draft` makes one with about so many characters of what can be left out, and none at 0.
pub(super) fn fit_answer<T: Serialize>(
    budget: usize,
    mut draft: impl FnMut(usize) -> AnswerDraft<T>,
) -> CallToolResult {
    let mut room = budget;
    loop {
        let made = draft(room);
        let result = made.beside.finish(made.answer, made.text);
        let length = serde_json::to_string(&result).map_or(0, |sent| sent.chars().count());
        if length <= budget || room == 0 {
            return result;
        }
        room = (room * budget / length).min(room * 9 / 10);
        // For less than a line the last step is taken at once.
        room = if room < 40 { 0 } else { room };
    }
}

/// Returns a response as text, as the command line prints it, with the names of tools.
pub(super) fn render_text(response: Response) -> String {
    let mut bytes = Vec::new();
    let style = render::Style {
        spelling: tool_spelling(),
        ..render::Style::default()
    };
    // Writing to memory cannot fail, and nothing is asked for that would still have to be read.
    let _ = render::render_text(response, style, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn numbers_are_as_short_as_elsewhere() {
        let answer = HashMap::from([("score", 2.2_f32)]);
        let result = AnswerRemarks::default().finish(answer, String::new());
        let data = result.structured_content.expect("data");
        assert_eq!(data["score"].to_string(), "2.2");
    }
}
