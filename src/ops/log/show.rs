//! One session in full.

use super::super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{EntryPath, Event, Session, SessionId, Status, Timestamp, is_same_name};
use crate::session::resume::stated_ending;
use crate::session::running::{self, Running};
use crate::session::{derived, record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// Shows one session, whether it goes on or has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogShowRequest {
    /// Its id, or as much of its beginning as no other has; `None`: the one that runs here, else
    /// the last of the project.
    pub id: Option<String>,
    /// Project that it belongs to, where the id alone is not enough.
    pub project: Option<String>,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LogShowResponse {
    /// Its record: an entry, relative to the root of the knowledge base, or a file elsewhere.
    pub path: String,
    /// The text of the record.
    pub content: String,
    /// What it says.
    pub session: Option<Box<ShownSession>>,
}

/// What the record of a session says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownSession {
    /// Its id.
    pub id: String,
    /// Name of the project.
    pub project: String,
    /// `active` or `ended`.
    pub status: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339.
    pub ended: Option<String>,
    /// Directories in which it works.
    pub directories: Vec<String>,
    /// The agent that it belongs to.
    pub agent: Option<String>,
    /// The agent's own id of the session.
    pub agent_session: Option<String>,
    /// What it is to achieve.
    pub goal: Option<String>,
    /// What was done, if the record says it.
    pub summary: Option<String>,
    /// In what state the work was at the end, if that was stated.
    pub state: Option<String>,
    /// From what it was reconstructed, if it was.
    pub reconstructed: Option<String>,
    /// How it ended, if not properly.
    pub interrupted: Option<String>,
    /// The progress log.
    pub progress: Vec<ShownEvent>,
    /// The files tracker.
    pub files: Vec<ShownFile>,
    /// The decisions log.
    pub decisions: Vec<ShownDecision>,
    /// The blockers.
    pub blockers: Vec<ShownBlocker>,
    /// The next steps that were stated.
    pub next: Vec<ShownStep>,
    /// Notes that were written for the project meanwhile, each a link and its beginning.
    pub notes: Vec<String>,
    /// Skills and tools.
    pub tools: Vec<ShownTool>,
    /// What the next session is to know, line by line.
    pub prompt: Vec<String>,
}

/// A row of the progress log.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownEvent {
    /// When, to the minute, RFC 3339.
    pub time: String,
    /// What happened.
    pub text: String,
    /// `stated`, `observed` or `inferred`.
    pub source: String,
}

/// A row of the files tracker.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownFile {
    /// The file.
    pub path: String,
    /// `created`, `modified`, `deleted`, `renamed` or `read`.
    pub action: String,
    /// What there is to say about it.
    pub notes: String,
    /// `stated`, `observed` or `inferred`.
    pub source: String,
}

/// A row of the decisions log.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownDecision {
    /// What was decided.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// `stated`, `observed` or `inferred`.
    pub source: String,
}

/// A row of the blockers.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownBlocker {
    /// What is in the way.
    pub blocker: String,
    /// How it was resolved; empty while it is open.
    pub resolution: String,
    /// `stated`, `observed` or `inferred`.
    pub source: String,
}

/// A stated next step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownStep {
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

/// A row of the skills and tools.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShownTool {
    /// Its name.
    pub name: String,
    /// How often it was used.
    pub uses: u64,
    /// `stated`, `observed` or `inferred`.
    pub source: String,
}

pub(super) fn show_session(kb: &Kb, request: &LogShowRequest) -> Result<Reply> {
    let (file, path) = locate_record(kb, request)?;
    let missing = || Error::io("read", &file, io::ErrorKind::NotFound.into());
    let bytes = record::read_record_file(&file)?.ok_or_else(missing)?;
    let session = record::read_record(kb, &file)?;
    Ok(Reply::from(Response::LogShow(LogShowResponse {
        path,
        content: String::from_utf8_lossy(&bytes).into_owned(),
        session: session.map(|session| Box::new(shown_session(kb, session))),
    })))
}

/// Returns the file of the session, and how it is called.
fn locate_record(kb: &Kb, request: &LogShowRequest) -> Result<(PathBuf, String)> {
    let entry = |path: EntryPath| (kb.root().join(path.as_str()), path.to_string());
    let Some(id) = &request.id else {
        if let Some(running) = running::find_running(kb, None)? {
            let shown = kb.environment().shown(&running.file);
            return Ok((running.file, shown));
        }
        let project = request.project.clone().unwrap_or_else(|| kb.project());
        let last = derived::newest_sessions(kb, Some(&project), 1)?.pop();
        let (path, _) = last.ok_or_else(|| {
            Error::not_found(format!("no session of {project} is recorded"))
                .with_hint(Hint::command("log list").then(" shows all that are"))
        })?;
        return Ok(entry(path));
    };
    match find_named(kb, id, request.project.as_deref())? {
        NamedSession::Running(running) => {
            let shown = kb.environment().shown(&running.file);
            Ok((running.file, shown))
        }
        NamedSession::Recorded(path) => Ok(entry(path)),
    }
}

/// The session that an id means.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is taken apart at once"
)]
pub(in crate::ops) enum NamedSession {
    /// It goes on.
    Running(Running),
    /// It has ended.
    Recorded(EntryPath),
}

/// Returns the session that an id means, or as much of its beginning as no other has; of one project,
/// if one is given.
///
/// # Errors
///
/// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is none,
/// [`Kind::Usage`](crate::error::Kind::Usage) if there are several.
pub(in crate::ops) fn find_named(kb: &Kb, id: &str, project: Option<&str>) -> Result<NamedSession> {
    if id.is_empty() {
        // It is the beginning of all ids, and means none.
        return one_of(Vec::new(), id).map(NamedSession::Recorded);
    }
    let recorded = derived::find_sessions(kb, id, project)?;
    let mut running = running::find_by_id(kb, id, project)?;
    let is_whole = running.iter().any(|one| one.session.id.to_string() == id);
    let is_apart = |facts: &&derived::SessionFacts| {
        let mut running = running.iter();
        facts.id.to_string() == id
            && running.all(|one| !is_same_name(&one.session.project, &facts.project))
    };
    // What begins alike and has ended is as good as what runs.
    let others: Vec<_> = recorded.iter().filter(is_apart).collect();
    match running.len() {
        1 if (is_whole && others.is_empty()) || recorded.is_empty() => {
            Ok(NamedSession::Running(running.swap_remove(0)))
        }
        1.. if is_whole => {
            let running = running.iter().map(|one| {
                let Running { session, file, .. } = one;
                describe_named(&session.id, &session.project, &kb.environment().shown(file))
            });
            let others = others.into_iter().map(describe_recorded);
            Err(several_named(id, running.chain(others).collect()))
        }
        _ => one_of(recorded, id).map(NamedSession::Recorded),
    }
}

/// Makes the error of an id that sessions of several projects have.
fn several_named(id: &str, named: Vec<String>) -> Error {
    let number = named.len();
    let error = Error::usage(format!("{number} sessions have the id {id}"))
        .with_hint(Hint::from("say which one: ").then(Hint::option("project", "NAME")));
    named
        .into_iter()
        .take(5)
        .fold(error, |error, named| error.with_hint(named))
}

fn describe_named(id: &SessionId, project: &str, path: &str) -> String {
    format!("{id} ({project}) in {path}")
}

fn describe_recorded(facts: &derived::SessionFacts) -> String {
    let named = describe_named(&facts.id, &facts.project, facts.path.as_str());
    format!("{named}: {}", facts.summary)
}

/// Returns the one session that was found.
///
/// # Errors
///
/// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is none,
/// [`Kind::Usage`](crate::error::Kind::Usage) if there are several.
pub(in crate::ops) fn one_of(mut found: Vec<derived::SessionFacts>, id: &str) -> Result<EntryPath> {
    match found.len() {
        0 => Err(
            Error::not_found(format!("no session '{}' is recorded", id.escape_debug()))
                .with_hint(Hint::command("log list").then(" shows all that are")),
        ),
        1 => Ok(found.remove(0).path),
        number => {
            let named: Vec<String> = found.iter().map(describe_recorded).collect();
            if found.iter().all(|facts| facts.id == found[0].id) {
                return Err(several_named(&found[0].id.to_string(), named));
            }
            let shown = id.escape_debug();
            let error = Error::usage(format!("'{shown}' is the beginning of {number} sessions"));
            Err(named
                .into_iter()
                .take(5)
                .fold(error, |error, named| error.with_hint(named)))
        }
    }
}

fn shown_session(kb: &Kb, session: Session) -> ShownSession {
    let session = session.in_zone(kb.zone());
    let summary = session.summary().map(str::to_owned);
    let state = stated_ending(&session).state;
    let agent = session.agent_name().map(str::to_owned);
    ShownSession {
        id: session.id.to_string(),
        project: session.project,
        status: match session.status {
            Status::Active => "active".to_owned(),
            Status::Ended => "ended".to_owned(),
        },
        started: session.started.to_string(),
        ended: session.ended.map(|ended| ended.to_string()),
        directories: session.directories,
        agent,
        agent_session: session.agent.map(|agent| agent.id),
        goal: session.goal,
        summary,
        state,
        reconstructed: session.reconstructed,
        interrupted: session.interrupted,
        progress: shown_events(kb, session.started, session.progress),
        files: map_rows(session.files, |row| ShownFile {
            path: row.path,
            action: row.action.name().to_lowercase(),
            notes: row.notes,
            source: row.source.name().to_owned(),
        }),
        decisions: map_rows(session.decisions, |row| ShownDecision {
            decision: row.decision,
            rationale: row.rationale,
            source: row.source.name().to_owned(),
        }),
        blockers: map_rows(session.blockers, |row| ShownBlocker {
            blocker: row.blocker,
            resolution: row.resolution,
            source: row.source.name().to_owned(),
        }),
        next: map_rows(session.next_steps, |step| ShownStep {
            text: step.text,
            done: step.done,
        }),
        notes: session.notes,
        tools: map_rows(session.tools, |row| ShownTool {
            name: row.name,
            uses: row.uses,
            source: row.source.name().to_owned(),
        }),
        prompt: session.prompt,
    }
}

fn shown_events(kb: &Kb, started: Timestamp, events: Vec<Event>) -> Vec<ShownEvent> {
    let mut before = started;
    map_rows(events, |event| {
        // In the hour that is repeated at the end of summer time the order shows which.
        before = kb.zone().at_or_after(event.time, before);
        ShownEvent {
            time: before.to_string(),
            text: event.text,
            source: event.source.name().to_owned(),
        }
    })
}

fn map_rows<T, U>(rows: Vec<T>, shown: impl FnMut(T) -> U) -> Vec<U> {
    rows.into_iter().map(shown).collect()
}
