//! The resume prompt of one record.

use super::ending::Ending;
use super::prompt::{
    DECISIONS, KEY_FILES, LAST_SESSION, NEXT, OPEN_BLOCKERS, STATE, UNCOMMITTED, is_labelled,
    split_next,
};
use super::text::{first_sentence, join_within, shorten_text, single_line, without_stop};
use super::{derive, prompt};
use crate::model::{FileAction, FileRow, Session, Source};

/// Lengths in characters.
const SUMMARY: usize = 600;
const SHORT: usize = 300;
const ITEM: usize = 160;
const PATH: usize = 300;
const LIST: usize = 600;

/// How many key files the prompt names.
const KEY_FILES_SHOWN: usize = 5;

/// Returns the lines of the resume prompt: the summary; the state and what is next; key files;
/// decisions; open blockers; uncommitted files; each only where there is something.
///
/// What `ending` does not say is derived from the record and says so. Every line is bounded.
pub fn compose_prompt(session: &Session, ending: &Ending) -> Vec<String> {
    let files = key_files(&session.files).into_iter().take(KEY_FILES_SHOWN);
    let decisions = session.decisions.iter().map(|row| row.decision.as_str());
    let blockers = session.open_blockers().map(|row| row.blocker.as_str());
    let uncommitted = ending.uncommitted.iter().map(String::as_str);
    let lines = [
        summary_line(session, ending),
        state_line(session, ending),
        list_line(KEY_FILES, files.map(|row| row.path.as_str()), ", ", PATH),
        list_line(DECISIONS, decisions, "; ", ITEM),
        list_line(OPEN_BLOCKERS, blockers, "; ", ITEM),
        list_line(UNCOMMITTED, uncommitted, ", ", PATH),
    ];
    lines.into_iter().flatten().collect()
}

/// Returns the files that matter, most first: those with a stated description, then those
/// that were named, then those that were seen. Deleted ones do not matter, and those that were
/// only read do if there are no others.
pub(super) fn key_files(rows: &[FileRow]) -> Vec<&FileRow> {
    let named = |row: &&FileRow| !row.path.trim().is_empty();
    let changed = |row: &&FileRow| !matches!(row.action, FileAction::Deleted | FileAction::Read);
    let read = |row: &&FileRow| row.action == FileAction::Read;
    let mut files: Vec<&FileRow> = rows.iter().filter(named).filter(changed).collect();
    if files.is_empty() {
        files = rows.iter().filter(named).filter(read).collect();
    }
    // The sort is stable: the order of the table within a rank.
    files.sort_by_key(|row| match (row.source, row.notes.trim().is_empty()) {
        (Source::Stated, false) => 0,
        (Source::Stated, true) => 1,
        (Source::Observed, _) => 2,
        (Source::Inferred, _) => 3,
    });
    files
}

fn stated_line(text: Option<&String>, limit: usize) -> Option<String> {
    let text = shorten_text(&single_line(text?), limit);
    (!text.is_empty()).then_some(text)
}

fn summary_line(session: &Session, ending: &Ending) -> Option<String> {
    if let Some(summary) = stated_line(ending.summary.as_ref(), SUMMARY) {
        return Some(format!("{LAST_SESSION}: {}", first_sentence(&summary)));
    }
    let summary = shorten_text(&derive::derive_summary(session)?, SUMMARY);
    Some(format!(
        "{LAST_SESSION} (from the log): {}",
        first_sentence(&summary)
    ))
}

/// Returns `STATE Next: NEXT`.
fn state_line(session: &Session, ending: &Ending) -> Option<String> {
    let mut state = stated_line(ending.state.as_ref(), SHORT);
    let next = match stated_line(ending.next.as_ref(), SHORT) {
        Some(next) => Some(format!("{NEXT}: {}", first_sentence(&next))),
        // A state that says itself what is next wins over what the log says.
        None if state
            .as_deref()
            .is_some_and(|text| split_next(text).is_some()) =>
        {
            None
        }
        None if session.next_steps.iter().any(|step| !step.done) => {
            let open = session.next_steps.iter().filter(|step| !step.done);
            let open: Vec<String> = open
                .map(|step| shorten_text(without_stop(&single_line(&step.text)), ITEM))
                .collect();
            Some(format!(
                "{NEXT}: {}",
                first_sentence(&join_within(&open, "; ", SHORT))
            ))
        }
        None => derive::derive_next(session).map(|next| {
            format!(
                "{NEXT} (from the log): {}",
                first_sentence(&shorten_text(&next, SHORT))
            )
        }),
    };
    if next.is_some() {
        // Only one `Next:` in the line, or it could not be read back.
        state = state.map(|text| prompt::without_next(&text));
    }
    let state = match state {
        Some(state) if needs_label(&state) => Some(format!("{STATE}: {}", first_sentence(&state))),
        Some(state) => Some(first_sentence(&state)),
        None => derive::derive_state(session).map(|(from, state)| {
            let state = prompt::without_next(&shorten_text(&state, SHORT));
            format!("{STATE} (from {from}): {}", first_sentence(&state))
        }),
    };
    let parts: Vec<String> = [state, next].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Returns whether the text would be taken for another line of the prompt, or for a heading, a
/// list or the like, if the line began with it.
fn needs_label(state: &str) -> bool {
    let digits = state.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < state.len() && digits.starts_with(['.', ')']);
    is_labelled(state)
        || numbered
        || state.starts_with(['#', '>', '-', '+', '=', '<', '|', '~'])
        || ["```", "* ", "***", "___"]
            .iter()
            .any(|start| state.starts_with(start))
}

fn list_line<'a>(
    label: &str,
    items: impl Iterator<Item = &'a str>,
    separator: &str,
    limit: usize,
) -> Option<String> {
    let items: Vec<String> = items
        .map(|item| shorten_text(without_stop(&single_line(item)), limit))
        .filter(|item| !item.is_empty())
        .collect();
    (!items.is_empty()).then(|| format!("{label}: {}", join_within(&items, separator, LIST)))
}
