//! What an agent's hooks leave out and its transcript tells: the outcomes of commands in Codex, the
//! final answers of Copilot and Gemini. It is read at the end of a turn, from where it ended the
//! last time, and when a session is finished whose process is gone.

use super::discover::describe_file;
use super::event_text::Clean;
use super::journal::{self, read_small_file, write_small_file};
use super::transcript::{KeyedEvent, Position};
use super::{Agent, AgentEvent, AgentTranscript};
use std::fs;
use std::path::{Path, PathBuf};

/// What a transcript tells and hooks do not.
#[derive(Debug, Default)]
pub(crate) struct MissingEvents {
    pub(crate) events: Vec<AgentEvent>,
    /// Where to go on; `None` if the transcript was not read.
    position: Option<Position>,
}

impl MissingEvents {
    /// Reads the transcript of a session, from where it was read the last time. `dir` is the
    /// directory of the journals, beside which the place is kept where to go on.
    pub(crate) fn read(
        dir: &Path,
        agent: Agent,
        session: &str,
        transcript: &Path,
        clean: Clean<'_>,
    ) -> Self {
        let Some(is_missing) = agent.profile().only_in_transcript else {
            return Self::default();
        };
        let file = match describe_file(transcript) {
            Ok(file) if transcript.is_absolute() && transcript.is_file() => file,
            _ => return Self::default(),
        };
        let known = read_small_file(&position_path(dir, agent.name(), session));
        let known = known.and_then(|bytes| serde_json::from_slice::<Position>(&bytes).ok());
        let mut events = Vec::new();
        let mut take = |told: KeyedEvent| {
            if is_missing(&told.event.kind) {
                events.push(told.event);
            }
        };
        let transcript = AgentTranscript { agent, file };
        let from = known.unwrap_or_default();
        let Ok(reading) = transcript.read(&from, clean, &mut take) else {
            return Self::default();
        };
        reading.tail.into_iter().for_each(take);
        let position = Some(reading.position);
        MissingEvents { events, position }
    }

    /// Keeps where to go on, once the events are in the journal. Where that is lost, more is read
    /// the next time, and told again to no effect.
    pub(crate) fn keep_position(&self, dir: &Path, agent: Agent, session: &str) {
        let json = self.position.as_ref().map(serde_json::to_vec);
        if let Some(Ok(json)) = json {
            write_small_file(&position_path(dir, agent.name(), session), &json);
        }
    }
}

/// Forgets how far the transcript of a session was read.
pub(crate) fn forget_position(dir: &Path, agent: &str, session: &str) {
    let _ = fs::remove_file(position_path(dir, agent, session));
}

fn position_path(dir: &Path, agent: &str, session: &str) -> PathBuf {
    let name = journal::file_name(agent, session);
    dir.join(name).with_extension("position")
}
