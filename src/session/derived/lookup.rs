//! Lists of sessions, read from as few entries as give the answer.

use super::facts::{SLACK, SessionFacts, nominal_seconds};
use super::read::{SessionEntry, SessionReader, SortKey};
use super::seal::is_intact;
use super::survey::{SessionFile, Survey};
use crate::error::Result;
use crate::kb::walk::{DERIVED_FILES, Walker};
use crate::kb::{Kb, is_slug_of, read_text_or_nothing};
use crate::model::{EntryPath, Session, Timestamp, is_same_name, name_key};
use crate::session::unread::UnreadRecord;
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
pub fn list_facts(kb: &Kb, project: Option<&str>, limit: usize) -> Result<Vec<SessionFacts>> {
    let keep = |reader: &SessionReader<'_>, read: SessionEntry| Some(reader.facts(&read));
    Ok(read_newest(kb, project, limit, keep)?.0)
}

/// Returns the newest sessions that can be understood, at most `limit`, newest first; those of one
/// project, if it is given.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn newest_sessions(
    kb: &Kb,
    project: Option<&str>,
    limit: usize,
) -> Result<Vec<(EntryPath, Session)>> {
    Ok(read_newest(kb, project, limit, keep_session)?.0)
}

/// As [`newest_sessions`], for who makes a record unless there is one.
///
/// # Errors
///
/// A directory of the sessions, or an entry of this user, cannot be read.
pub(crate) fn newest_all_readable(
    kb: &Kb,
    project: &str,
    limit: usize,
) -> Result<Vec<(EntryPath, Session)>> {
    let (found, mut unread) = newest_with_unread(kb, project, limit)?;
    unread.pop().map_or(Ok(found), |record| Err(record.error))
}

/// Sessions with their entries, and the records that could not be read.
type ReadAndUnread = (Vec<(EntryPath, Session)>, Vec<UnreadRecord>);

/// As [`newest_sessions`] of a project, and the entries of this user that could not be read.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub(crate) fn newest_with_unread(kb: &Kb, project: &str, limit: usize) -> Result<ReadAndUnread> {
    read_newest(kb, Some(project), limit, keep_session)
}

fn keep_session(reader: &SessionReader<'_>, read: SessionEntry) -> Option<(EntryPath, Session)> {
    let path = reader.path(&read.file);
    Some((path, read.session?))
}

/// Returns the sessions that can be understood and whose names are of a time since `from`, newest
/// first; those of one project, if it is given.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn named_since(
    kb: &Kb,
    project: Option<&str>,
    from: Option<Timestamp>,
) -> Result<Vec<(EntryPath, Session)>> {
    read_named(kb, project, from, None)
}

/// As [`named_since`], for names of a time up to `to`.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn named_between(
    kb: &Kb,
    project: Option<&str>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(EntryPath, Session)>> {
    read_named(kb, project, Some(from), Some(to))
}

fn read_named(
    kb: &Kb,
    project: Option<&str>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Result<Vec<(EntryPath, Session)>> {
    let first = from.map_or(i64::MIN, |from| from.seconds().saturating_sub(SLACK));
    let last = to.map_or(i64::MAX, |to| to.seconds().saturating_add(SLACK));
    with_reader(kb, |reader| {
        let in_folder = folder_filter(reader.survey, project);
        let is_named = |file: &SessionFile| (first..=last).contains(&nominal_seconds(file.id));
        let files = reader.survey.files.iter();
        let files: Vec<_> = files
            .filter(|file| in_folder(file) && is_named(file))
            .collect();
        let take = |file: &&SessionFile| {
            let read = reader.read(file)?;
            Some((read.sort_key(), keep_of_project(reader, read, project)?))
        };
        newest_first(files.par_iter().filter_map(take).collect())
    })
}

/// Gives the sessions to `answer`; without a knowledge base there are none.
fn with_reader<T: Default>(kb: &Kb, answer: impl FnOnce(&SessionReader<'_>) -> T) -> Result<T> {
    if !kb.exists() {
        return Ok(T::default());
    }
    let walker = Walker::new(kb)?;
    let survey = Survey::list_names(kb, &walker)?;
    Ok(answer(&SessionReader::new(kb, &walker, &survey)))
}

/// Returns a session with its entry, if it can be understood and belongs to the project, if one is
/// given.
fn keep_of_project(
    reader: &SessionReader<'_>,
    read: SessionEntry,
    project: Option<&str>,
) -> Option<(EntryPath, Session)> {
    let is_wanted = project.is_none_or(|project| belongs_to(&reader.facts(&read), project));
    keep_session(reader, read).filter(|_| is_wanted)
}

fn newest_first<T>(mut found: Vec<(SortKey, T)>) -> Vec<T> {
    found.sort_by_key(|(key, _)| Reverse(*key));
    found.into_iter().map(|(_, kept)| kept).collect()
}

/// Returns the names of the folders that hold sessions, which are those of projects as a path has
/// them.
///
/// # Errors
///
/// A directory of the sessions cannot be read.
pub fn list_folders(kb: &Kb) -> Result<Vec<String>> {
    with_reader(kb, |reader| reader.survey.folders.clone())
}

/// Longest list of sessions that is read.
const MAX_LIST: u64 = 16 << 20;

/// Returns the directories below the root, beside that of the sessions, in which this program has
/// listed sessions: the setting was another one then.
pub fn find_former_logs(kb: &Kb) -> Vec<String> {
    let listed = std::fs::read_dir(kb.root()).into_iter().flatten().flatten();
    let names = listed.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let holds_list = |name: &String| {
        let index = kb.root().join(name).join(DERIVED_FILES[0]);
        let text = read_text_or_nothing(&index, MAX_LIST);
        is_intact(&text.replace("\r\n", "\n"))
    };
    let others = names.filter(|name| *name != kb.config().session_logs);
    let mut former: Vec<String> = others.filter(holds_list).collect();
    former.sort();
    former
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
    with_reader(kb, |reader| {
        let files = reader.survey.files.iter().rev();
        let in_folder = folder_filter(reader.survey, project);
        let files: Vec<&SessionFile> = files.filter(in_folder).take(limit).collect();
        let open = |file: &&SessionFile| {
            let read = reader.read_if(file, holds_open_work)?;
            keep_of_project(reader, read, project)
        };
        files.par_iter().filter_map(open).collect()
    })
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
pub fn find_sessions(kb: &Kb, text: &str, project: Option<&str>) -> Result<Vec<SessionFacts>> {
    with_reader(kb, |reader| find_named(reader, text, project))
}

fn find_named(reader: &SessionReader<'_>, text: &str, project: Option<&str>) -> Vec<SessionFacts> {
    let survey = reader.survey;
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
        return Vec::new();
    }
    let in_folder =
        |file: &&SessionFile| folder.is_none_or(|folder| is_same_name(survey.folder(file), folder));
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
    let found = files
        .par_iter()
        .filter_map(|file| reader.read(file))
        .map(|read| (read.sort_key(), reader.facts(&read)))
        .filter(|(_, facts)| project.is_none_or(|project| belongs_to(facts, project)));
    newest_first(found.collect())
}

/// Returns which files lie in a folder of the project, if one is given.
fn folder_filter(survey: &Survey, project: Option<&str>) -> impl Fn(&&SessionFile) -> bool + use<> {
    let is_wanted = |folder: &String| project.is_none_or(|project| is_slug_of(folder, project));
    let wanted: Vec<bool> = survey.folders.iter().map(is_wanted).collect();
    move |file| wanted.get(file.folder as usize).copied().unwrap_or(false)
}

/// Several projects may share a folder, so that names are compared too.
fn belongs_to(facts: &SessionFacts, project: &str) -> bool {
    match facts.status {
        Some(_) => name_key(&facts.project) == name_key(project.trim()),
        // Of an entry that cannot be understood, only the folder is known.
        None => is_slug_of(&facts.project, project),
    }
}

/// Reads entries, those with the newest names first, until no other can be newer than those found. Also
/// returns those of this user that could not be read.
fn read_newest<T: Send>(
    kb: &Kb,
    project: Option<&str>,
    limit: usize,
    keep: impl Fn(&SessionReader<'_>, SessionEntry) -> Option<T> + Sync,
) -> Result<(Vec<T>, Vec<UnreadRecord>)> {
    if limit == 0 {
        return Ok((Vec::new(), Vec::new()));
    }
    with_reader(kb, |reader| {
        let found = find_newest(reader, project, limit, keep);
        (found, reader.take_own_unread())
    })
}

fn find_newest<T: Send>(
    reader: &SessionReader<'_>,
    project: Option<&str>,
    limit: usize,
    keep: impl Fn(&SessionReader<'_>, SessionEntry) -> Option<T> + Sync,
) -> Vec<T> {
    let files = reader.survey.files.iter().rev();
    let files: Vec<&SessionFile> = files
        .filter(folder_filter(reader.survey, project))
        .collect();
    let take = |file: &&SessionFile| {
        let read = reader.read(file)?;
        let key = read.sort_key();
        let wanted = project.is_none_or(|project| belongs_to(&reader.facts(&read), project));
        Some((key, keep(reader, read).filter(|_| wanted)?))
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
    found.into_iter().map(|(_, kept)| kept).collect()
}
