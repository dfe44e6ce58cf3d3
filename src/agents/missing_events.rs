//! What an agent's hooks leave out and its transcript holds: the outcomes of commands in Codex, the
//! final answers of Copilot and Gemini. It is read at the end of a turn, from where it ended the
//! last time, and when a session is finished whose process is gone.

use super::discover::describe_file;
use super::event_text::{Clean, limit};
use super::journal::{self, read_small_file, write_small_file};
use super::transcript::{KeyedEvent, Position};
use super::{Agent, AgentEvent, AgentTranscript};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// What a transcript holds and hooks do not.
#[derive(Debug, Default)]
pub(crate) struct MissingEvents {
    pub(crate) events: Vec<AgentEvent>,
    /// Where to go on; `None` if the transcript was not read.
    place: Option<ReadTranscript>,
}

/// How far the transcript of a session was read.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ReadTranscript {
    /// Where it lies, cleaned of secrets: not every hook reports it.
    path: String,
    position: Position,
}

impl MissingEvents {
    /// Reads the transcript of a session, from where it was read the last time. `dir` is the
    /// directory of the journals, beside which the place is kept where to go on; `named` is the
    /// transcript, where it is known.
    pub(crate) fn read(
        dir: &Path,
        agent: Agent,
        session: &str,
        named: Option<&Path>,
        clean: Clean<'_>,
    ) -> Self {
        let Some(is_missing) = agent.profile().only_in_transcript else {
            return Self::default();
        };
        let known = read_small_file(&place_path(dir, agent.name(), session));
        let known = known.and_then(|bytes| serde_json::from_slice::<ReadTranscript>(&bytes).ok());
        let mut known = known.unwrap_or_default();
        let path = named.unwrap_or(Path::new(&known.path)).to_path_buf();
        if !path.is_absolute() {
            return Self::default();
        }
        known.path = clean(&path.to_string_lossy(), limit::PATH);
        let mut events = Vec::new();
        let mut take = |told: KeyedEvent| {
            if is_missing(&told.event.kind) {
                events.push(told.event);
            }
        };
        // An agent may write its transcript only when its session is over.
        if let Ok(file) = describe_file(&path)
            && path.is_file()
            && let Ok(reading) =
                (AgentTranscript { agent, file }).read(&known.position, clean, &mut take)
        {
            reading.tail.into_iter().for_each(take);
            known.position = reading.position;
        }
        MissingEvents {
            events,
            place: Some(known),
        }
    }

    /// Keeps where to go on, once the events are in the journal. Where that is lost, more is read
    /// the next time, and recorded again to no effect.
    pub(crate) fn keep_place(&self, dir: &Path, agent: Agent, session: &str) {
        let json = self.place.as_ref().map(serde_json::to_vec);
        if let Some(Ok(json)) = json {
            write_small_file(&place_path(dir, agent.name(), session), &json);
        }
    }
}

/// Notes that what a transcript holds by now needs not be read at the end of a turn: the session
/// goes on, and what came before is in its record, or is for an import.
pub(crate) fn skip_earlier(dir: &Path, agent: Agent, session: &str, transcript: &Path) {
    let is_of_lines = transcript.extension().is_some_and(|end| end == "jsonl");
    if agent.profile().only_in_transcript.is_none() || !is_of_lines {
        return;
    }
    if let Ok(position) = Position::behind_last_line(transcript) {
        let path = String::new();
        let place = Some(ReadTranscript { path, position });
        let events = Vec::new();
        MissingEvents { events, place }.keep_place(dir, agent, session);
    }
}

/// Forgets how far the transcript of a session was read.
pub(crate) fn forget_place(dir: &Path, agent: &str, session: &str) {
    let _ = fs::remove_file(place_path(dir, agent, session));
}

fn place_path(dir: &Path, agent: &str, session: &str) -> PathBuf {
    let name = journal::file_name(agent, session);
    dir.join(name).with_extension("position")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::EventKind;
    use std::io::Write as _;

    fn plain(text: &str, most: usize) -> String {
        text.chars().take(most).collect()
    }

    /// A command and what it came to, as lines of a rollout.
    fn run(number: u32) -> String {
        let time = "2026-11-26T23:43:00Z";
        let item = |payload: &str| {
            format!(
                "{{\"timestamp\":\"{time}\",\"type\":\"response_item\",\"payload\":{{{payload}}}}}\n"
            )
        };
        let call = format!(
            "\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c{number}\",\
             \"arguments\":\"{{\\\"cmd\\\":\\\"ls {number}\\\"}}\""
        );
        let output = format!(
            "\"type\":\"function_call_output\",\"call_id\":\"c{number}\",\
             \"output\":\"Exit code: 1\\nOutput:\\n\""
        );
        item(&call) + &item(&output)
    }

    #[test]
    fn what_was_there_when_a_session_went_on_is_not_read_and_the_place_is_remembered() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let transcript = dir.path().join("rollout.jsonl");
        let write = |text: &str| {
            let mut options = fs::OpenOptions::new();
            let file = options.create(true).append(true).open(&transcript);
            let mut file = file.expect("a file");
            file.write_all(text.as_bytes()).expect("written");
        };
        let read = |named: Option<&Path>| {
            let read = MissingEvents::read(dir.path(), Agent::Codex, "s", named, &plain);
            read.keep_place(dir.path(), Agent::Codex, "s");
            let command = |event: AgentEvent| match event.kind {
                EventKind::Command { command, .. } => command,
                other => format!("{other:?}"),
            };
            read.events.into_iter().map(command).collect::<Vec<_>>()
        };
        write(&run(1));
        skip_earlier(dir.path(), Agent::Codex, "s", &transcript);
        write(&run(2));
        assert_eq!(read(Some(&transcript)), ["ls 2"]);
        write(&run(3));
        assert_eq!(read(None), ["ls 3"], "its place is known");
        assert_eq!(read(None), Vec::<String>::new());
        // One that is not there yet when it is named.
        let later = dir.path().join("later.jsonl");
        forget_place(dir.path(), "codex", "s");
        assert_eq!(read(Some(&later)), Vec::<String>::new());
        fs::write(&later, run(4)).expect("written");
        assert_eq!(read(None), ["ls 4"]);
    }
}
