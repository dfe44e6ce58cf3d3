//! Commands that go on in the background while hooks are called: the outcome is reported by a
//! later call, which names the command by a number only.
//!
//! What each call says of them is a line of a file beside the journal, to which as many hooks append
//! as there are at the same moment, none of which waits. Of two lines that belong together, one of a
//! begin and one of an end, either may come first. The hook that wrote the later one records the
//! outcome of the command: it reads behind its own line, and so knows both.

use super::event_text::{Clean, EventCleaner, limit};
use super::hooks::BackgroundNews;
use super::journal::{self, append_small_line, read_small_file};
use super::tool_effect::{ToolResult, events_of_command};
use super::{Agent, EventKind};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

/// The most that one call says: so many begin or end.
const MOST_AT_ONCE: usize = 64;

/// How large the file of a session gets, in bytes; there is room for thousands of commands.
const MOST_BYTES: u64 = 4 << 20;

/// What one call reported.
#[derive(Serialize, Deserialize)]
struct NewsLine {
    /// By which a call knows its own line.
    mark: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    begun: Vec<(i64, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ended: Vec<(i64, Outcome)>,
}

/// The outcome of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outcome {
    exit: i32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    printed: String,
}

/// A command that has ended.
#[derive(Debug, PartialEq, Eq)]
struct EndedCommand {
    number: i64,
    command: String,
    outcome: Outcome,
}

/// Notes which commands began or ended, and returns the outcome of those of which both is known by
/// now, and was not before. `dir` is the directory of the journals.
///
/// # Errors
///
/// If it could not be noted.
pub(crate) fn follow_background(
    dir: &Path,
    agent: Agent,
    session: &str,
    news: &BackgroundNews,
    clean: Clean<'_>,
) -> Result<Vec<EventKind>> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    let path = list_path(dir, agent.name(), session);
    let cleaner = EventCleaner {
        clean,
        windows: false,
    };
    let line = line_of_news(news, cleaner);
    append_small_line(&path, &line, MOST_BYTES)
        .map_err(|cause| Error::io("append to", &path, cause))?;
    let bytes = read_small_file(&path).unwrap_or_default();
    let ended = find_ended(&String::from_utf8_lossy(&bytes), line.mark);
    let events = ended.into_iter().flat_map(|ended| {
        let outcome = &ended.outcome;
        let told_now = news
            .ended
            .iter()
            .find(|(number, _)| *number == ended.number);
        match told_now {
            // All that it printed is known.
            Some((_, result)) => events_of_command(&ended.command, result),
            None => events_of_command(
                &ended.command,
                &ToolResult::exited(outcome.exit, &outcome.printed),
            ),
        }
    });
    Ok(events
        .filter_map(|kind| cleaner.clean_event(kind))
        .collect())
}

fn line_of_news(news: &BackgroundNews, cleaner: EventCleaner<'_>) -> NewsLine {
    let outcome = |(number, result): &(i64, ToolResult)| {
        let exit = result.exit?;
        let printed = cleaner.clean_text(&result.output, limit::SUMMARY);
        Some((*number, Outcome { exit, printed }))
    };
    NewsLine {
        // Its keys are drawn at random.
        mark: RandomState::new().hash_one(std::process::id()),
        begun: news.begun.iter().take(MOST_AT_ONCE).cloned().collect(),
        ended: news
            .ended
            .iter()
            .take(MOST_AT_ONCE)
            .filter_map(outcome)
            .collect(),
    }
}

/// Returns the commands of which a begin or an end in the line with this mark is the later half.
fn find_ended(text: &str, mark: u64) -> Vec<EndedCommand> {
    let mut running: HashMap<i64, String> = HashMap::new();
    let mut early: HashMap<i64, Outcome> = HashMap::new();
    // What is reported twice of a known command is no news of a later one with its number.
    let mut known: HashSet<i64> = HashSet::new();
    for line in text.lines() {
        let Ok(line) = serde_json::from_str::<NewsLine>(line) else {
            continue;
        };
        let mut found = Vec::new();
        for (number, outcome) in line.ended {
            if let Some(command) = running.remove(&number) {
                found.push(EndedCommand {
                    number,
                    command,
                    outcome,
                });
            } else if !known.contains(&number) {
                early.insert(number, outcome);
            }
        }
        for (number, command) in line.begun {
            known.insert(number);
            if let Some(outcome) = early.remove(&number) {
                found.push(EndedCommand {
                    number,
                    command,
                    outcome,
                });
            } else {
                running.insert(number, command);
            }
        }
        if line.mark == mark {
            return found;
        }
    }
    Vec::new()
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
        let follow = |news: &BackgroundNews| {
            follow_background(dir.path(), Agent::Claude, "s", news, &plain).expect("noted")
        };
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
        assert!(follow(&ended).is_empty(), "it is reported once");
        forget_background(dir.path(), "claude", "s");
        assert!(!list_path(dir.path(), "claude", "s").exists());
    }

    #[test]
    fn what_many_hooks_tell_at_once_is_told_once_each() {
        const EACH: i64 = 24;
        let dir = tempfile::tempdir().expect("temporary directory");
        let told = std::sync::Mutex::new(Vec::new());
        let follow = |news: &BackgroundNews| {
            let plain = |text: &str, most: usize| text.chars().take(most).collect::<String>();
            let found = follow_background(dir.path(), Agent::Claude, "s", news, &plain);
            told.lock().expect("held").extend(found.expect("noted"));
        };
        std::thread::scope(|scope| {
            for number in 0..EACH {
                let begun = BackgroundNews {
                    begun: vec![(number, format!("make {number:02}"))],
                    ..BackgroundNews::default()
                };
                let ended = BackgroundNews {
                    ended: vec![(number, ToolResult::exited(1, "it failed"))],
                    ..BackgroundNews::default()
                };
                for news in [begun, ended] {
                    scope.spawn(|| {
                        let news = news;
                        follow(&news);
                    });
                }
            }
        });
        let told = told.into_inner().expect("held").into_iter();
        let commands = told.map(|kind| match kind {
            EventKind::Command {
                command,
                exit: Some(1),
                error,
                ..
            } if error == "it failed" => command,
            other => format!("{other:?}"),
        });
        let mut commands: Vec<String> = commands.collect();
        commands.sort();
        let all: Vec<String> = (0..EACH)
            .map(|number| format!("make {number:02}"))
            .collect();
        assert_eq!(commands, all);
    }

    #[test]
    fn lines_that_are_torn_doubled_or_of_a_number_that_is_used_again_mislead_nobody() {
        let begun = |mark: u64, command: &str| {
            format!("\n{{\"mark\":{mark},\"begun\":[[7,\"{command}\"]]}}\n")
        };
        let ended = |mark: u64| format!("\n{{\"mark\":{mark},\"ended\":[[7,{{\"exit\":1}}]]}}\n");
        let told = |text: &str, mark: u64| {
            let found = find_ended(text, mark).into_iter();
            found.map(|ended| ended.command).collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        let text = format!(
            "[[7,\"of an older version\"]]\n{{\"mark\":3,\"be{}{}{}{}{}",
            begun(1, "first"),
            begun(2, "first"),
            ended(3),
            ended(4),
            begun(5, "second"),
        );
        assert_eq!(told(&text, 3), ["first"]);
        for mark in [1, 2, 4, 5, 6] {
            assert_eq!(told(&text, mark), none, "{mark}");
        }
        let text = text + &ended(6);
        assert_eq!(told(&text, 6), ["second"]);
        // The end may come first.
        let text = ended(1) + &begun(2, "late");
        assert_eq!(told(&text, 1), none);
        assert_eq!(told(&text, 2), ["late"]);
    }
}
