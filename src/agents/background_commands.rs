//! Commands that go on in the background while hooks are called: what came of one is told by a later
//! call, which names it by a number only. Those that run are kept beside the journal.

use super::event_text::{Clean, EventCleaner};
use super::hooks::BackgroundNews;
use super::journal::{self, read_small_file, write_small_file};
use super::tool_effect::events_of_command;
use super::{Agent, EventKind};
use std::fs;
use std::path::{Path, PathBuf};

/// How many are remembered.
const MOST_RUNNING: usize = 64;

/// Notes which commands began, and returns what came of those that ended. `dir` is the directory of
/// the journals.
pub(crate) fn follow_background(
    dir: &Path,
    agent: Agent,
    session: &str,
    news: &BackgroundNews,
    clean: Clean<'_>,
) -> Vec<EventKind> {
    if news.begun.is_empty() && news.ended.is_empty() {
        return Vec::new();
    }
    let path = list_path(dir, agent.name(), session);
    let known = read_small_file(&path);
    let known = known.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let mut running: Vec<(i64, String)> = known.unwrap_or_default();
    let before = running.len();
    let cleaner = EventCleaner {
        clean,
        windows: false,
    };
    let mut events = Vec::new();
    for (number, result) in &news.ended {
        if let Some(at) = running.iter().position(|(known, _)| known == number) {
            let (_, command) = running.remove(at);
            let told = events_of_command(&command, result).into_iter();
            events.extend(told.filter_map(|kind| cleaner.clean_event(kind)));
        }
    }
    running.extend(news.begun.iter().cloned());
    let too_many = running.len().saturating_sub(MOST_RUNNING);
    running.drain(..too_many);
    if before + running.len() > 0
        && let Ok(json) = serde_json::to_vec(&running)
    {
        write_small_file(&path, &json);
    }
    events
}

/// Forgets the commands of a session that is over.
pub(crate) fn forget_background(dir: &Path, agent: &str, session: &str) {
    let _ = fs::remove_file(list_path(dir, agent, session));
}

fn list_path(dir: &Path, agent: &str, session: &str) -> PathBuf {
    let name = journal::file_name(agent, session);
    dir.join(name).with_extension("background")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::tool_effect::ToolResult;

    #[test]
    fn what_came_of_a_command_is_told_when_it_has_ended() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let plain = |text: &str, most: usize| text.chars().take(most).collect::<String>();
        let follow =
            |news: &BackgroundNews| follow_background(dir.path(), Agent::Claude, "s", news, &plain);
        let begun = BackgroundNews {
            begun: vec![(7, "npm test".to_owned())],
            ..BackgroundNews::default()
        };
        assert!(follow(&begun).is_empty());
        let ended = BackgroundNews {
            ended: vec![(7, ToolResult::exited(1, "1 failed"))],
            ..BackgroundNews::default()
        };
        let told = follow(&ended);
        assert!(
            matches!(&told[..], [EventKind::Command { command, exit: Some(1), .. }] if command == "npm test"),
            "{told:?}"
        );
        assert!(follow(&ended).is_empty(), "it is told once");
        forget_background(dir.path(), "claude", "s");
        assert!(!list_path(dir.path(), "claude", "s").exists());
    }
}
