//! A block of context for the next session.

use super::filters::note_unknown_project;
use super::log::{NamedSession, find_named};
use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::{Freshness, Index};
use crate::kb::project::UNKNOWN_PROJECT;
use crate::kb::{Kb, project_slug};
use crate::markdown;
use crate::model::{AgentSession, EntryPath, Session, SessionId, Status, is_same_name};
use crate::query::{self, Conditions};
use crate::session::location::is_of_repository;
use crate::session::open_work::{OpenItem, collect_items, find_open_work};
use crate::session::resume::{Note, ResumeLeftOut, Work, resume_block};
use crate::session::running;
use crate::session::{derived, record};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

/// How many characters a block has by default.
pub const DEFAULT_BUDGET: usize = 2000;

/// How many sessions and notes are considered.
const CONSIDERED: usize = 8;

/// How much of the end of a session entry is read for its last notes, in bytes.
const TAIL: u64 = 64 << 10;

/// Composes what the next session is to know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ResumeRequest {
    /// Name of the project; `None`: that of the current directory.
    pub project: Option<String>,
    /// Id of a session to go on from; `None`: the last of the project.
    pub session: Option<String>,
    /// Most characters of the block.
    pub budget: usize,
}

impl Default for ResumeRequest {
    fn default() -> Self {
        ResumeRequest {
            project: None,
            session: None,
            budget: DEFAULT_BUDGET,
        }
    }
}

/// A block of context.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ResumeResponse {
    /// Name of the project.
    pub project: String,
    /// The block, in Markdown; empty if nothing is recorded, or nothing fits.
    pub text: String,
    /// The block's length in characters (Unicode scalar values).
    pub characters: u64,
    /// Entries of the sessions that it was composed from, newest first.
    pub sessions: Vec<String>,
    /// What did not fit.
    pub left_out: Vec<ResumeLeftOut>,
}

pub(super) fn run_resume(kb: &Kb, request: &ResumeRequest, index: &Index<'_>) -> Result<Reply> {
    let project = request.project.clone().unwrap_or_else(|| kb.project());
    let mut work = match &request.session {
        Some(id) => from_session(kb, id, request.project.as_deref())?,
        None => recorded_work(kb, &project, &|_| false)?,
    };
    if work.sessions.is_empty() && work.notes.is_empty() && request.session.is_none() {
        work.notes = indexed_notes(kb, &project, index)?;
    }
    let sessions = work
        .sessions
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    let composed = resume_block(&work, request.budget);
    let mut reply = Reply::from(Response::Resume(ResumeResponse {
        project: work.project,
        characters: composed.text.chars().count() as u64,
        sessions,
        left_out: composed.left_out,
        text: composed.text,
    }));
    let Response::Resume(resume) = &reply.response else {
        return Ok(reply);
    };
    if resume.text.is_empty() {
        reply.notes.push(if resume.left_out.is_empty() {
            unknown_project(kb, &project, request.project.is_some())?
        } else {
            format!("nothing fits into {} characters", request.budget)
        });
    }
    Ok(reply)
}

/// Says that nothing is recorded of a project, and what may have been meant.
fn unknown_project(kb: &Kb, project: &str, is_named: bool) -> Result<String> {
    let nothing = if project == UNKNOWN_PROJECT && !is_named {
        format!("there is no project in {}", kb.environment().cwd.display())
    } else {
        format!("nothing is recorded of {project}")
    };
    if derived::list_folders(kb)?.is_empty() {
        return Ok(nothing);
    }
    let note = note_unknown_project(kb, project)?.filter(|note| note.contains(';'));
    let others = || kb.spell(Hint::command("projects"));
    Ok(
        note.unwrap_or_else(|| {
            format!("{nothing}; {} lists those of which something is", others())
        }),
    )
}

/// Returns the block of a project from its records alone, without the index: a command that writes
/// shows it too. The session that it is about is left out.
pub(super) fn recorded_project(kb: &Kb, project: &str, current: SessionId) -> Result<String> {
    let work = recorded_work(kb, project, &|session| session.id == current)?;
    Ok(resume_block(&work, DEFAULT_BUDGET).text)
}

/// Returns what goes into a fence: a block of at most `budget` characters.
pub(super) fn recall_project(kb: &Kb, project: &str, budget: usize) -> Result<String> {
    let work = recorded_work(kb, project, &|_| false)?;
    let work = Work {
        fenced: true,
        ..work
    };
    Ok(resume_block(&work, budget).text)
}

/// Returns what goes into a fence for an agent. What it has done in its own session it knows, and
/// what was before that; unless its conversation was compacted: then its own session comes first.
pub(super) fn recall_for_agent(
    kb: &Kb,
    project: &str,
    (own, compacted): (&AgentSession, bool),
) -> Result<String> {
    let mut work = recorded_work(kb, project, &|_| false)?;
    let mut sessions = work.sessions.iter();
    let is_own = |(_, session): &(EntryPath, Session)| session.agent.as_ref() == Some(own);
    match sessions.position(is_own) {
        Some(at) if compacted => work.sessions[..=at].rotate_right(1),
        Some(at) => leave_out_known(&mut work, at),
        None => {}
    }
    let fenced = Work {
        fenced: true,
        ..work
    };
    let text = resume_block(&fenced, DEFAULT_BUDGET).text;
    // That there was a session, and no more, is not worth its reading.
    Ok(if text.contains("\n- ") {
        text
    } else {
        String::new()
    })
}

/// Leaves out the session of an agent that goes on with it, and what it was given when that began.
fn leave_out_known(work: &mut Work, own: usize) {
    let (_, own) = work.sessions.remove(own);
    let last = own.ended.unwrap_or_else(|| own.last_entry());
    let sessions = &mut work.sessions;
    sessions.retain(|(_, session)| session.ended.is_none_or(|ended| ended > last));
    work.notes.retain(|note| note.time > last);
    let is_told = |item: &OpenItem| sessions.iter().any(|(_, one)| one.id == item.session);
    work.open.retain(is_told);
}

/// How many of the newest sessions of a project are looked at for what is open.
const OPEN_LOOKED_AT: usize = 1000;

fn recorded_work(kb: &Kb, project: &str, is_left_out: &dyn Fn(&Session) -> bool) -> Result<Work> {
    let is_named = is_same_name(&kb.project(), project);
    let is_here = |session: &Session| !is_named || is_of_repository(kb, session);
    let is_told = |session: &Session| {
        let is_over = session.agent.is_some() || session.status == Status::Ended;
        let is_blank = is_over && session.is_blank();
        is_here(session) && !is_blank && !is_left_out(session)
    };
    let mut sessions = Vec::new();
    for one in running::newest_running(kb, Some(project))? {
        if is_told(&one.session) {
            let path = running::final_path(kb, &one)?;
            sessions.push((path, one.session.in_zone(kb.zone())));
        }
    }
    let ended = derived::newest_sessions(kb, Some(project), 8 * CONSIDERED)?;
    let ended = ended
        .into_iter()
        .filter(|(_, session)| session.status == Status::Ended && is_told(session))
        .map(|(path, session)| (path, session.in_zone(kb.zone())));
    sessions.extend(ended.take(CONSIDERED));
    let mut notes = session_entry_notes(kb, project);
    // What is listed as a decision is not repeated as a note.
    let decisions = sessions.iter().flat_map(|(_, session)| &session.decisions);
    let linked: HashSet<&str> = decisions.map(|row| row.rationale.as_str()).collect();
    let is_linked = |note: &Note| {
        let link = format!("[[{}#{}]]", note.path, note.heading);
        linked.contains(link.as_str())
    };
    notes.retain(|note| !is_linked(note));
    Ok(Work {
        project: project.to_owned(),
        sessions,
        notes,
        open: open_items(kb, project)?,
        now: kb.now(),
        fenced: false,
        spelling: kb.environment().spelling,
    })
}

/// Returns what is open in a project, as the block shows it.
fn open_items(kb: &Kb, project: &str) -> Result<Vec<OpenItem>> {
    let items = find_open_work(kb, Some(project), OPEN_LOOKED_AT)?;
    Ok(items.into_iter().filter(|item| !item.done).collect())
}

fn from_session(kb: &Kb, id: &str, project: Option<&str>) -> Result<Work> {
    let (path, session) = find_session(kb, id, project)?;
    Ok(Work {
        project: session.project.clone(),
        open: session_items(kb, &path, &session),
        sessions: vec![(path, session)],
        notes: Vec::new(),
        now: kb.now(),
        fenced: false,
        spelling: kb.environment().spelling,
    })
}

/// Returns the one session that an id means, in progress or not.
fn find_session(kb: &Kb, id: &str, project: Option<&str>) -> Result<(EntryPath, Session)> {
    let path = match find_named(kb, id, project)? {
        NamedSession::Running(one) => return Ok((running::final_path(kb, &one)?, one.session)),
        NamedSession::Recorded(path) => path,
    };
    let session = record::read_record(kb, &kb.root().join(path.as_str()))?;
    let session = session.ok_or_else(|| {
        Error::failed(format!("{path} cannot be read as a session"))
            .with_hint(Hint::from("look at it: ").then(Hint::command("get").with(path.to_string())))
    })?;
    Ok((path, session))
}

fn session_items(kb: &Kb, path: &EntryPath, session: &Session) -> Vec<OpenItem> {
    let file = kb.root().join(path.as_str());
    let items = collect_items(std::iter::once((session, file)));
    items.into_iter().filter(|item| !item.done).collect()
}

/// Returns the last dated sections of the project's session entry, newest first.
fn session_entry_notes(kb: &Kb, project: &str) -> Vec<Note> {
    let own = is_same_name(&kb.project(), project);
    let named = own.then(|| kb.session_entry().ok()?).flatten();
    let path = match named {
        Some((path, _)) => Some(path),
        None => EntryPath::parse(&format!("projects/{}/sessions.md", project_slug(project))).ok(),
    };
    let notes = path.and_then(|path| {
        let tail = read_tail(kb, &path)?;
        Some(dated_notes(kb, &path, &tail))
    });
    notes.unwrap_or_default()
}

/// Returns the end of an entry, from the first heading of level 2 in it.
fn read_tail(kb: &Kb, path: &EntryPath) -> Option<String> {
    let mut file = kb.open_entry(path).ok()?;
    let length = file.metadata().ok()?.len();
    let from = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match from {
        0 => Some(text),
        _ => text.find("\n## ").map(|at| text[at + 1..].to_owned()),
    }
}

fn dated_notes(kb: &Kb, path: &EntryPath, text: &str) -> Vec<Note> {
    let sections = markdown::parse_document(text, kb.zone()).sections;
    let dated = (0..sections.len()).filter(|at| sections[*at].dated);
    let mut notes: Vec<Note> = dated
        .filter_map(|at| {
            let section = &sections[at];
            // It reaches to the next dated section, whatever headings are in it.
            let inner = sections[at + 1..].iter().take_while(|s| !s.dated);
            let end = inner.last().unwrap_or(section).range.end;
            Some(Note {
                time: section.time?,
                path: path.clone(),
                heading: section.heading.clone(),
                text: without_marks(text.get(section.body..end)?.trim()),
            })
        })
        .collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.time));
    notes.truncate(CONSIDERED);
    notes
}

/// Returns the text of a note without its line of tags, and without the marks of headings.
fn without_marks(text: &str) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let is_tag = |word: &str| {
        word.strip_prefix('#')
            .is_some_and(|tag| !tag.trim_matches('#').is_empty())
    };
    let body = if first.split_whitespace().all(is_tag) {
        rest
    } else {
        text
    };
    let lines = body
        .trim_start()
        .lines()
        .map(|line| line.trim_start_matches('#').trim_start());
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the newest dated sections of the project, wherever they are.
fn indexed_notes(kb: &Kb, project: &str, index: &Index<'_>) -> Result<Vec<Note>> {
    if !kb.exists() {
        return Ok(Vec::new());
    }
    let pieces = index.answer(Freshness::Refresh, |view| {
        query::recent_pieces(kb, view, CONSIDERED, &Conditions::of_project(project))
    })?;
    // The sessions were looked through already: those that are left belong to others.
    let logs = format!("{}/", kb.config().session_logs);
    let notes = pieces
        .into_iter()
        .filter(|piece| !piece.path.as_str().starts_with(&logs));
    let notes = notes.map(|piece| Note {
        time: piece.time,
        path: piece.path,
        heading: piece.heading,
        text: piece.text,
    });
    Ok(notes.collect())
}
