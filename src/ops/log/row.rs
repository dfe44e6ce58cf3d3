//! One row of the record: an event, a decision, a file, a blocker, a tool.

use super::super::{Reply, Response};
use super::{earlier, given_text, required_text};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{FileAction, Session, Source};
use crate::session::blockers::no_open_blocker;
use crate::session::open_work::OpenItem;
use crate::session::recorder::{FileNews, Recorder};
use crate::session::running::Running;
use crate::session::start::{find_going_on, start};
use crate::session::{paths, record, registry, running};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Adds a row to the record of the running session.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogRowRequest {
    /// Id of the session; `None`: the one that runs here.
    pub session: Option<String>,
    /// What is to be logged.
    pub row: LogRow,
}

/// What is to be logged.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LogRow {
    /// A row of the progress log.
    Event(String),
    /// A decision.
    Decision {
        /// What was decided.
        decision: String,
        /// Why.
        rationale: Option<String>,
    },
    /// A file.
    File {
        /// Its path, from the current directory.
        path: PathBuf,
        /// What was done to it.
        action: Option<FileAction>,
        /// What there is to say about it.
        notes: Option<String>,
    },
    /// A blocker, how one was resolved, or both.
    Blocker {
        /// What is in the way; when resolving `None` stands for the only one that is open.
        blocker: Option<String>,
        /// How it was resolved.
        resolution: Option<String>,
    },
    /// A step that is to be next.
    Next(String),
    /// Uses of a skill or tool.
    Tool {
        /// Its name.
        name: String,
        /// How many uses, at least 1.
        uses: u64,
    },
}

/// What was logged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogRowResponse {
    /// Id of the session.
    pub session: String,
    /// Name of the project.
    pub project: String,
    /// Table or list that the row is in: `event`, `decision`, `file`, `blocker`, `next` or `tool`.
    pub table: String,
    /// What was logged, as the first column of the table has it, or the text of the event.
    pub text: String,
    /// Whether a blocker was resolved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
    /// The record.
    pub file: String,
}

pub(super) fn add_row(kb: &Kb, request: &LogRowRequest) -> Result<Reply> {
    let row = checked_row(&request.row)?;
    let found = find_going_on(kb, request.session.as_deref())?;
    if let LogRow::Blocker {
        blocker,
        resolution: Some(how),
    } = &row
        && let Some(item) = earlier::resolve_earlier(kb, found.as_ref(), blocker.as_deref(), how)?
    {
        return Ok(Reply::from(Response::LogRow(earlier_row(kb, item))));
    }
    let mut notes = Vec::new();
    let running = match found {
        Some(running) => running,
        None if resolves_unnamed(&row) => return Err(no_open_blocker()),
        None => begin_session(kb, &mut notes)?,
    };
    let (session, (text, is_new)) = record::log_to_record(kb, &running.file, |session| {
        let before = session.blockers.len();
        let text = apply_row(kb, &running, session, &row)?;
        Ok((text, session.blockers.len() > before))
    })?;
    let resolved = matches!(
        &row,
        LogRow::Blocker {
            resolution: Some(_),
            ..
        }
    );
    if resolved && is_new {
        let note = "no blocker of that text was known: it is recorded as one that was resolved";
        notes.push(note.to_owned());
    }
    registry::note_activity(kb, &session.project, session.id);
    let mut reply = Reply::from(Response::LogRow(LogRowResponse {
        session: session.id.to_string(),
        project: session.project,
        table: table_of_row(&row).to_owned(),
        text,
        resolved,
        file: kb.environment().shown(&running.file),
    }));
    reply.notes = notes;
    Ok(reply)
}

/// Returns whether a row says nothing unless a blocker is open.
fn resolves_unnamed(row: &LogRow) -> bool {
    matches!(row, LogRow::Blocker { blocker: None, .. })
}

/// Answers with a blocker of an earlier session.
fn earlier_row(kb: &Kb, item: OpenItem) -> LogRowResponse {
    LogRowResponse {
        session: item.session.to_string(),
        project: item.project,
        table: "blocker".to_owned(),
        text: item.text,
        resolved: true,
        file: kb.environment().shown(&item.file),
    }
}

/// Begins a session, so that no row gets lost.
pub(super) fn begin_session(kb: &Kb, notes: &mut Vec<String>) -> Result<Running> {
    // A record that cannot be read is reported, not passed over.
    if !running::unreadable_records(kb).is_empty() {
        return running::find_own_session(kb, None);
    }
    let started = start(kb, &super::start::usual_beginning(kb))?;
    notes.extend(started.notes);
    let finished = started.finished.iter();
    notes.extend(finished.map(super::start::finished_note));
    let Running { session, file, .. } = &started.running;
    if started.begun {
        notes.push(format!(
            "no session was running: began {} ({}) in {}",
            session.id,
            session.project,
            kb.environment().shown(file)
        ));
    }
    Ok(started.running)
}

/// Returns the row if it says something.
fn checked_row(row: &LogRow) -> Result<LogRow> {
    Ok(match row.clone() {
        LogRow::Event(text) => LogRow::Event(required_text(&text, "event")?),
        LogRow::Decision {
            decision,
            rationale,
        } => LogRow::Decision {
            decision: required_text(&decision, "decision")?,
            rationale: given_text(rationale),
        },
        LogRow::File { path, .. } if path.as_os_str().is_empty() => {
            return Err(Error::usage("the path is empty"));
        }
        row @ LogRow::File { .. } => row,
        LogRow::Blocker {
            blocker,
            resolution,
        } => {
            let (blocker, resolution) = (given_text(blocker), given_text(resolution));
            if blocker.is_none() && resolution.is_none() {
                return Err(Error::usage("the blocker is empty").with_hint(
                    Hint::command("log blocker")
                        .with("TEXT")
                        .then(", or ")
                        .then(Hint::command("log blocker").with_option("resolve", "HOW")),
                ));
            }
            LogRow::Blocker {
                blocker,
                resolution,
            }
        }
        LogRow::Next(text) => LogRow::Next(required_text(&text, "next step")?),
        LogRow::Tool { name, uses } => LogRow::Tool {
            name: required_text(&name, "name of the tool")?,
            uses: uses.max(1),
        },
    })
}

/// Changes the record, and returns what was logged.
fn apply_row(kb: &Kb, running: &Running, session: &mut Session, row: &LogRow) -> Result<String> {
    let source = Source::Stated;
    let mut recorder = Recorder::new(session);
    match row {
        LogRow::Event(text) => {
            let now = kb.now().datetime().naive_local();
            recorder.add_event(now, text, source);
            Ok(text.clone())
        }
        LogRow::Decision {
            decision,
            rationale,
        } => {
            let rationale = rationale.as_deref().unwrap_or_default();
            recorder.add_decision(decision, rationale, source);
            Ok(decision.clone())
        }
        LogRow::File {
            path,
            action,
            notes,
        } => {
            let env = kb.environment();
            let path = paths::shown_path(env, &running.directories, &env.absolute(path));
            let news = FileNews {
                path: &path,
                action: *action,
                notes: notes.as_deref().unwrap_or_default(),
                source,
            };
            recorder.set_file(news);
            Ok(path)
        }
        LogRow::Blocker {
            blocker,
            resolution: Some(how),
        } => recorder.resolve_blocker(blocker.as_deref(), how, source),
        LogRow::Blocker { blocker, .. } => {
            let blocker = blocker.clone().unwrap_or_default();
            recorder.add_blocker(&blocker, source);
            Ok(blocker)
        }
        LogRow::Next(text) => {
            recorder.add_next_step(text);
            Ok(text.clone())
        }
        LogRow::Tool { name, uses } => {
            recorder.count_tool(name, *uses, source);
            Ok(name.clone())
        }
    }
}

fn table_of_row(row: &LogRow) -> &'static str {
    match row {
        LogRow::Event(_) => "event",
        LogRow::Decision { .. } => "decision",
        LogRow::File { .. } => "file",
        LogRow::Blocker { .. } => "blocker",
        LogRow::Next(_) => "next",
        LogRow::Tool { .. } => "tool",
    }
}
