//! Lists of sessions, read from as few entries as give the answer.

use super::facts::{SLACK, SessionFacts, nominal_seconds};
use super::read::{SessionEntry, SessionReader, SortKey};
use super::survey::{SessionFile, Survey};
use crate::error::Result;
use crate::kb::walk::Walker;
use crate::kb::{Kb, slug};
use crate::model::{EntryPath, Session, name_key};
use rayon::prelude::*;
use std::cmp::Reverse;

/// How many entries are read at once.
const CHUNKS: std::ops::RangeInclusive<usize> = 16..=512;

/// Returns the newest sessions, at most `limit`, newest first; those of one project, if it is
/// given.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn list(kb: &Kb, project: Option<&str>, limit: usize) -> Result<Vec<SessionFacts>> {
    let keep = |reader: &SessionReader<'_>, read: SessionEntry| Some(reader.facts(&read));
    read_newest(kb, project, limit, Unread::PassOver, keep)
}

/// Returns the newest sessions that can be understood, at most `limit`, newest first; those of one
/// project, if it is given.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn newest(kb: &Kb, project: Option<&str>, limit: usize) -> Result<Vec<(EntryPath, Session)>> {
    read_newest(kb, project, limit, Unread::PassOver, keep_session)
}

/// As [`newest`], for who makes a record unless there is one.
///
/// # Errors
///
/// A directory of the sessions, or an entry of this user, cannot be read.
pub(crate) fn newest_all_readable(
    kb: &Kb,
    project: &str,
    limit: usize,
) -> Result<Vec<(EntryPath, Session)>> {
    read_newest(kb, Some(project), limit, Unread::Fail, keep_session)
}

fn keep_session(reader: &SessionReader<'_>, read: SessionEntry) -> Option<(EntryPath, Session)> {
    let path = reader.path(&read.file);
    Some((path, read.session?))
}

/// What becomes of an entry that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    PassOver,
    Fail,
}

/// Returns those of the newest records, at most `limit`, that may hold something open, newest first:
/// a list of next steps, blockers, or what a prompt says to be next. The others are not parsed.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn with_open_work(
    kb: &Kb,
    project: Option<&str>,
    limit: usize,
) -> Result<Vec<(EntryPath, Session)>> {
    let Some(walker) = walker_of(kb)? else {
        return Ok(Vec::new());
    };
    let survey = Survey::list_names(kb, &walker)?;
    let reader = SessionReader::new(kb, &walker, &survey);
    let folder = project.map(slug);
    let in_folder = |file: &&SessionFile| {
        folder
            .as_ref()
            .is_none_or(|name| survey.folder(file) == name)
    };
    let files = survey.files.iter().rev().filter(in_folder).take(limit);
    let files: Vec<&SessionFile> = files.collect();
    let open = |file: &&SessionFile| {
        let read = reader.read_if(file, holds_open_work)?;
        let wanted = project.is_none_or(|project| belongs_to(&reader.facts(&read), project));
        let path = reader.path(&read.file);
        Some((path, read.session.filter(|_| wanted)?))
    };
    Ok(files.par_iter().filter_map(open).collect())
}

fn holds_open_work(text: &str) -> bool {
    let signs = ["### Next Steps", "### Blockers", "Next:"];
    signs.iter().any(|sign| text.contains(sign))
}

/// Returns the sessions that a text may mean, newest first: `20250321-143022`, the beginning of
/// such a name, or one behind its folder as in `myapp/20250321-143022`. A name that is exactly the
/// text wins over those that begin with it. With a project, only its sessions.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn find(kb: &Kb, text: &str, project: Option<&str>) -> Result<Vec<SessionFacts>> {
    let Some(walker) = walker_of(kb)? else {
        return Ok(Vec::new());
    };
    let survey = Survey::list_names(kb, &walker)?;
    let reader = SessionReader::new(kb, &walker, &survey);
    let text = text.trim();
    let text = text.strip_suffix(".md").unwrap_or(text);
    let text = text
        .strip_prefix(&format!("{}/", survey.logs))
        .unwrap_or(text);
    let (folder, name) = match text.rsplit_once('/') {
        Some((folder, name)) => (Some(folder), name),
        None => (None, text),
    };
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let in_folder = |file: &&SessionFile| folder.is_none_or(|folder| survey.folder(file) == folder);
    let begins = |file: &&SessionFile| file.id.to_string().starts_with(name);
    let mut files: Vec<&SessionFile> = survey
        .files
        .iter()
        .filter(in_folder)
        .filter(begins)
        .collect();
    if let Ok(id) = name.parse()
        && files.iter().any(|file| file.id == id)
    {
        files.retain(|file| file.id == id);
    }
    let mut found: Vec<_> = files
        .par_iter()
        .filter_map(|file| reader.read(file))
        .map(|read| (read.sort_key(), reader.facts(&read)))
        .filter(|(_, facts)| project.is_none_or(|project| belongs_to(facts, project)))
        .collect();
    found.sort_by_key(|(key, _)| Reverse(*key));
    Ok(found.into_iter().map(|(_, facts)| facts).collect())
}

fn walker_of(kb: &Kb) -> Result<Option<Walker>> {
    kb.exists().then(|| Walker::new(kb)).transpose()
}

/// Several projects may share a folder, so that names are compared too.
fn belongs_to(facts: &SessionFacts, project: &str) -> bool {
    match facts.status {
        Some(_) => name_key(&facts.project) == name_key(project.trim()),
        // Of an entry that cannot be understood, only the folder is known.
        None => facts.project == slug(project),
    }
}

/// Reads entries, those with the newest names first, until no other can be newer than those found.
fn read_newest<T: Send>(
    kb: &Kb,
    project: Option<&str>,
    limit: usize,
    unread: Unread,
    keep: impl Fn(&SessionReader<'_>, SessionEntry) -> Option<T> + Sync,
) -> Result<Vec<T>> {
    let Some(walker) = walker_of(kb)?.filter(|_| limit > 0) else {
        return Ok(Vec::new());
    };
    let survey = Survey::list_names(kb, &walker)?;
    let reader = SessionReader::new(kb, &walker, &survey);
    let folder = project.map(slug);
    let in_folder = |file: &&SessionFile| {
        folder
            .as_ref()
            .is_none_or(|name| survey.folder(file) == name)
    };
    let files: Vec<&SessionFile> = survey.files.iter().rev().filter(in_folder).collect();
    let take = |file: &&SessionFile| {
        let read = reader.read(file)?;
        let key = read.sort_key();
        let wanted = project.is_none_or(|project| belongs_to(&reader.facts(&read), project));
        Some((key, keep(&reader, read).filter(|_| wanted)?))
    };
    let mut found = Vec::new();
    let mut rest = &files[..];
    while let Some(next) = rest.first() {
        let last = found
            .get(limit - 1)
            .map(|(key, _): &(SortKey, T)| key.instant);
        if last.is_some_and(|last| nominal_seconds(next.id) + SLACK < last) {
            break;
        }
        let size = limit.clamp(*CHUNKS.start(), *CHUNKS.end()).min(rest.len());
        let (chunk, behind) = rest.split_at(size);
        found.extend(chunk.par_iter().filter_map(take).collect::<Vec<_>>());
        found.sort_by_key(|(key, _)| Reverse(*key));
        found.truncate(limit);
        rest = behind;
    }
    if unread == Unread::Fail {
        reader.check_all_read()?;
    }
    Ok(found.into_iter().map(|(_, kept)| kept).collect())
}
