//! Making the derived files from all session entries.

use super::facts::nominal;
use super::manifest::{Known, Manifest, hash};
use super::ours::{self, Now};
use super::place::{self, Derived};
use super::read::{Key, Read, Reader};
use super::recent::{self, Told};
use super::survey::{SessionFile, Survey};
use super::{Report, limits, seal, table};
use crate::error::Result;
use crate::kb::Kb;
use crate::kb::walk::Walker;
use crate::model::{EntryPath, SessionId};
use rayon::prelude::*;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::HashMap;

/// What is kept of each session.
struct Line {
    key: Key,
    file: SessionFile,
    row: String,
    settled: bool,
    understood: bool,
}

/// The three texts.
struct Texts {
    index: String,
    archive: String,
    recent: String,
}

pub(super) fn regenerate(kb: &Kb, walker: &Walker) -> Result<Report> {
    let survey = Survey::states(kb, walker)?;
    let reader = Reader {
        walker,
        survey: &survey,
        zone: kb.zone(),
    };
    let lines = lines(&reader);
    let (newest, archived) = lines.split_at(lines.len().min(kb.config().session_index_cap));
    let texts = Texts {
        index: table::index(newest.iter().map(|line| line.row.as_str())),
        archive: table::archive(archived.iter().rev().map(|line| line.row.as_str())),
        recent: recent(kb, &reader, lines.iter().map(|line| &line.file)),
    };
    let mut report = Report {
        sessions: lines.len(),
        complete: true,
        unreadable: unreadable(&reader, &lines),
        ..Report::default()
    };
    put(kb, &reader, &lines, &texts, &mut report)?;
    // That it cannot be kept makes the next update longer, no more.
    let _ = manifest(kb, &survey, &lines, &texts).store(kb, &survey);
    Ok(report)
}

/// Reads everything, the oldest first: what was written a moment ago then has settled more likely.
/// Returns it newest first.
fn lines(reader: &Reader<'_>) -> Vec<Line> {
    let mut files = reader.survey.files.clone();
    files.sort_unstable_by_key(|file| (file.id, file.folder));
    let line = |file: &SessionFile| {
        let read = reader.read(file)?;
        Some(Line {
            key: read.key(),
            file: *file,
            row: reader.row(&read),
            settled: read.settled,
            understood: read.session.is_some(),
        })
    };
    let mut lines: Vec<Line> = files.par_iter().filter_map(line).collect();
    lines.sort_unstable_by_key(|line| Reverse(line.key));
    lines
}

fn unreadable(reader: &Reader<'_>, lines: &[Line]) -> Vec<EntryPath> {
    let unread = lines.iter().filter(|line| !line.understood);
    unread.map(|line| reader.path(&line.file)).collect()
}

/// Returns the text of the recent work on the sessions, which come newest first.
pub(super) fn recent<'a>(
    kb: &Kb,
    reader: &Reader<'_>,
    files: impl Iterator<Item = &'a SessionFile>,
) -> String {
    let limits = limits(kb.config());
    let files: Vec<&SessionFile> = files.take(limits.sessions).collect();
    let told = files
        .par_iter()
        .filter_map(|file| Some(told(reader, &reader.read(file)?)));
    recent::render(&told.collect::<Vec<Told>>(), limits)
}

fn told(reader: &Reader<'_>, read: &Read) -> Told {
    let folder = reader.survey.folder(&read.file);
    Told::new(folder, &reader.facts(read), read.session.as_ref())
}

/// Writes the files. The archive is first: what is in two of them for a moment is not lost.
fn put(
    kb: &Kb,
    reader: &Reader<'_>,
    lines: &[Line],
    texts: &Texts,
    report: &mut Report,
) -> Result<()> {
    let known: OnceCell<HashMap<(u32, SessionId), &Line>> = OnceCell::new();
    let at = |line: &'_ Line| (line.file.folder, line.file.id);
    let find = |folder: &str, id| {
        let folder = reader.survey.folder_number(folder)?;
        let known = known.get_or_init(|| lines.iter().map(|line| (at(line), line)).collect());
        known.get(&(folder, id)).copied()
    };
    let row = |folder: &str, id| match find(folder, id) {
        Some(line) => Now::Lines(vec![line.row.clone()]),
        None => Now::Gone,
    };
    let told = |folder: &str, id| match find(folder, id).and_then(|line| reader.read(&line.file)) {
        Some(read) => Now::Lines(told(reader, &read).lines().map(str::to_owned).collect()),
        None => Now::Gone,
    };
    let is_torn = |text: &str| lines.iter().any(|line| line.row.starts_with(text));
    let is_table = |bytes: &[u8]| ours::is_table(bytes, &row, &is_torn);
    let is_recent = |bytes: &[u8]| ours::is_recent(bytes, &told);
    place::put(kb, Derived::Archive, &texts.archive, &is_table, report)?;
    place::put(kb, Derived::Index, &texts.index, &is_table, report)?;
    place::put(kb, Derived::Recent, &texts.recent, &is_recent, report)
}

fn manifest(kb: &Kb, survey: &Survey, lines: &[Line], texts: &Texts) -> Manifest {
    let config = kb.config();
    let head = config.session_index_cap.max(config.recent_sessions);
    let since = since(head, lines.iter().map(|line| line.key));
    let (known, old): (Vec<&Line>, Vec<&Line>) = lines
        .iter()
        .partition(|line| nominal(line.file.id) >= since);
    let known = known.into_iter().map(|line| Known {
        key: line.key,
        state: line.file.state,
        settled: line.settled,
        row: hash(line.row.as_bytes()),
    });
    Manifest {
        since,
        old: survey.digest_before(since),
        // What has vanished while it was read is still in the digest.
        old_settled: old.iter().all(|line| line.settled) && lines.len() == survey.files.len(),
        known: known.collect(),
        archived: lines.get(config.session_index_cap).map(|line| line.key),
        index: hash(texts.index.as_bytes()),
        recent: hash(texts.recent.as_bytes()),
        // Where it cannot be told, no state: the next update then is complete.
        archive: place::state_holding(kb, Derived::Archive, &texts.archive).unwrap_or_default(),
        archive_sum: seal::sum(&texts.archive),
    }
}

/// Returns from when on, by their names, sessions are known one by one: so that the `head` newest
/// are, which come first.
pub(super) fn since(head: usize, keys: impl ExactSizeIterator<Item = Key>) -> i64 {
    if keys.len() <= head {
        i64::MIN
    } else {
        keys.take(head)
            .map(|key| nominal(key.id))
            .min()
            .unwrap_or(i64::MIN)
    }
}
