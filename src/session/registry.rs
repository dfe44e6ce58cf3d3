//! Notes about running sessions, in `.mx/sessions/`: where their files lie, what the directories
//! looked like when they began, and which process they belong to. They help to find a session and
//! to see what it changed; the record itself is the Markdown, and all of this may be deleted.

use super::connection::NotedConnection;
use super::observe::Baseline;
use super::owner::Owner;
use crate::error::{Error, Result};
use crate::kb::stored_path::{self, StoredPath};
use crate::kb::{
    Kb, is_missing, may_hide_own, project_slug, read_private, replace_private, temporary_private,
};
use crate::model::{EntryPath, SessionId, Timestamp, half_hash};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The directory of the notes, below the private one.
const AREA: &str = "sessions";

/// What is noted about a running session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// Name of the project.
    pub(crate) project: String,
    /// Its id.
    pub(crate) id: String,
    /// Where its record is, absolute.
    #[serde(with = "stored_path")]
    pub(crate) file: PathBuf,
    /// Its directories, absolute.
    #[serde(with = "stored_path::list")]
    pub(crate) directories: Vec<PathBuf>,
    /// The process to which it belongs, if that is known.
    #[serde(default)]
    pub(crate) owner: Option<Owner>,
    /// The connection over which it was begun, if it was begun over one.
    #[serde(default)]
    pub(crate) connection: Option<NotedConnection>,
    /// Whether it was begun by hand and an agent's events go into it for a while.
    #[serde(default)]
    pub(crate) joined: bool,
}

/// What each directory looked like at one moment.
pub(crate) type Baselines = Vec<(PathBuf, Baseline)>;

/// Reserves an id for a session of this project. Returns `false` if it is taken.
///
/// # Errors
///
/// If the note cannot be written.
pub(crate) fn reserve_id(kb: &Kb, note: &Note) -> Result<bool> {
    kb.ensure_private_area(AREA)?;
    let path = note_path(kb, &note.project, &note.id);
    let json = encode_json(note)?;
    let written = std::cell::Cell::new(false);
    kb.rewrite(&path, |old| {
        written.set(old.is_none());
        Ok(old.is_none().then(|| json.clone()))
    })?;
    Ok(written.get())
}

/// Writes what is known about a session by now.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn write_note(kb: &Kb, note: &Note) -> Result<()> {
    replace_json(kb, &note_path(kb, &note.project, &note.id), note)
}

/// Replaces a file by JSON; not at all if there is none of the value.
fn replace_json(kb: &Kb, path: &Path, value: &impl Serialize) -> Result<()> {
    kb.replace(path, &encode_json(value)?)
}

/// Returns what is to be kept as JSON.
fn encode_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|cause| {
        Error::failed(format!("what is noted of a session is no JSON: {cause}")).with_source(cause)
    })
}

/// Returns all notes, in order of their names; what cannot be read is left out.
pub(crate) fn all_notes(kb: &Kb) -> Vec<Note> {
    let names = names(kb).unwrap_or_default();
    names
        .iter()
        .filter_map(|path| read_json_file(path))
        .collect()
}

/// As [`all_notes`], for who must know all that there are.
///
/// # Errors
///
/// If one cannot be read.
pub(crate) fn all_readable(kb: &Kb) -> Result<Vec<Note>> {
    let failed = |path: &Path, cause| Error::io("read", path, cause);
    let names = names(kb).map_err(|cause| failed(&registry_directory(kb), cause))?;
    let read = names.iter().map(|path| match read_private(path) {
        Err(cause) if may_hide_own(path, &cause) => Err(failed(path, cause)),
        read => Ok(read.ok()),
    });
    let bytes: Vec<Option<Vec<u8>>> = read.collect::<Result<_>>()?;
    let notes = bytes.iter().flatten();
    Ok(notes
        .filter_map(|bytes| serde_json::from_slice(bytes).ok())
        .collect())
}

/// Returns the files of all notes, in their order.
fn names(kb: &Kb) -> io::Result<Vec<PathBuf>> {
    let found = match fs::read_dir(registry_directory(kb)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found?,
    };
    let paths: io::Result<Vec<PathBuf>> = found.map(|entry| Ok(entry?.path())).collect();
    let mut names = paths?;
    names.retain(|path| path.to_string_lossy().ends_with(".note.json"));
    names.sort();
    Ok(names)
}

/// Returns what is noted about the session whose record is in this file.
pub(crate) fn note_of_file(kb: &Kb, file: &Path) -> Option<Note> {
    all_notes(kb).into_iter().find(|note| note.file == file)
}

/// Removes what is noted about sessions whose record is gone. Only while no process can begin one:
/// a note is written before the record.
pub(crate) fn forget_gone(kb: &Kb) {
    for Note {
        project, id, file, ..
    } in all_notes(kb)
    {
        if let (true, Ok(id)) = (is_missing(&file), id.parse()) {
            forget_note(kb, &project, id);
        }
    }
}

/// Removes what is noted about a session.
pub(crate) fn forget_note(kb: &Kb, project: &str, id: SessionId) {
    let id = id.to_string();
    // Nothing depends on it: a note that stays behind names a file that is no running session.
    let _ = fs::remove_file(baseline_path(kb, project, &id));
    let _ = fs::remove_file(activity_path(kb, project, &id));
    let _ = fs::remove_file(note_path(kb, project, &id));
}

/// Notes that something was logged to a session now. Not every row of a record has a time.
pub(crate) fn note_activity(kb: &Kb, project: &str, id: SessionId) {
    let path = activity_path(kb, project, &id.to_string());
    // Without it the times of events and files count.
    let _ = replace_private(&path, kb.now().to_string().as_bytes());
}

/// Returns when something was logged to a session last, if that is known.
pub(crate) fn last_activity(kb: &Kb, project: &str, id: SessionId) -> Option<Timestamp> {
    let bytes = read_private(&activity_path(kb, project, &id.to_string())).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Timestamp::parse_rfc3339(&text)
}

/// Notes that a session of a project was ended by hand now, whenever its work ended.
pub(crate) fn record_stated_end(kb: &Kb, project: &str, entry: &EntryPath) {
    let path = stated_end_path(kb, project);
    // Without it the time of the end itself counts.
    if kb.ensure_private_area(AREA).is_ok() {
        let _ = replace_private(&path, format!("{}\n{entry}", kb.now()).as_bytes());
    }
}

/// Returns when a session of a project was last ended by hand, and which.
pub(crate) fn read_stated_end(kb: &Kb, project: &str) -> Option<(Timestamp, String)> {
    let bytes = read_private(&stated_end_path(kb, project)).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (time, entry) = text.split_once('\n')?;
    Some((Timestamp::parse_rfc3339(time)?, entry.to_owned()))
}

/// Keeps what the directories looked like when a session began.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn keep_baselines(
    kb: &Kb,
    project: &str,
    id: SessionId,
    them: &Baselines,
) -> Result<()> {
    let kept = them.iter().map(|(dir, seen)| {
        let dir = StoredPath::from(dir.as_path());
        (dir, without_secrets(kb, seen))
    });
    let path = baseline_path(kb, project, &id.to_string());
    replace_json(kb, &path, &kept.collect::<Vec<_>>())
}

/// Returns what the directories looked like when the session began; nothing if that is not known.
pub(crate) fn read_baselines(kb: &Kb, project: &str, id: SessionId) -> Baselines {
    let stored: Option<Vec<(StoredPath, Baseline)>> =
        read_json_file(&baseline_path(kb, project, &id.to_string()));
    let restored = stored.into_iter().flatten();
    restored
        .map(|(path, baseline)| (PathBuf::from(path), baseline))
        .collect()
}

/// A file whose name is a secret is left out: its name would be kept.
fn without_secrets(kb: &Kb, seen: &Baseline) -> Baseline {
    let redactor = &kb.config().redactor;
    seen.without_hidden(|name| redactor.clean(name) != name)
}

/// What a directory looked like when its last session ended.
#[derive(Debug, Serialize, Deserialize)]
struct LastSeen {
    /// Id of that session.
    session: String,
    /// Its entry, relative to the root. Until that is there, and once it is there no more, `before`
    /// counts: a crash between the two neither loses anything nor records it twice.
    #[serde(with = "stored_path")]
    entry: PathBuf,
    seen: Baseline,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Box<LastSeen>>,
}

/// Keeps what a directory looks like, which counts as soon as the entry of the session is there.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn keep_last_seen(
    kb: &Kb,
    directory: &Path,
    seen: &Baseline,
    (session, entry): (SessionId, &Path),
) -> Result<()> {
    kb.ensure_private_area(AREA)?;
    let path = last_seen_path(kb, directory);
    let before = read_json_file(&path).and_then(|kept| valid_last_seen(kb, kept));
    let entry = entry.strip_prefix(kb.root()).unwrap_or(entry);
    let kept = LastSeen {
        session: session.to_string(),
        entry: entry.to_path_buf(),
        seen: without_secrets(kb, seen),
        before: before.map(|before| {
            Box::new(LastSeen {
                before: None,
                ..before
            })
        }),
    };
    replace_json(kb, &path, &kept)
}

/// Returns what a directory looked like when its last session ended, and which one that was.
pub(crate) fn last_seen(kb: &Kb, directory: &Path) -> Option<(SessionId, Baseline)> {
    let kept = valid_last_seen(kb, read_json_file(&last_seen_path(kb, directory))?)?;
    Some((kept.session.parse().ok()?, kept.seen))
}

fn valid_last_seen(kb: &Kb, kept: LastSeen) -> Option<LastSeen> {
    let is_there = |kept: &LastSeen| kb.root().join(&kept.entry).exists();
    if is_there(&kept) {
        Some(kept)
    } else {
        kept.before.map(|before| *before).filter(is_there)
    }
}

/// Returns the file system's time now, in nanoseconds since 1970: that of a file made now. Its clock
/// and that of the system, or `MX_NOW`, differ. Waits until it is later than that of any file
/// written before, for that clock goes on by some milliseconds at a time.
///
/// # Errors
///
/// If it cannot be written.
pub(crate) fn file_time(kb: &Kb) -> Result<i64> {
    // Where the clock is slower, in whole seconds, one has to live with it.
    const PROBES: usize = 20;
    let dir = kb.ensure_private_dir()?;
    let first = probe_file_time(&dir)?;
    for _ in 0..PROBES {
        std::thread::sleep(Duration::from_millis(1));
        let time = probe_file_time(&dir)?;
        if time > first {
            return Ok(time);
        }
    }
    Ok(first)
}

fn probe_file_time(dir: &Path) -> Result<i64> {
    let failed = |cause: io::Error| Error::io("write below", dir, cause);
    let probe = temporary_private(dir).map_err(failed)?;
    let found = probe
        .as_file()
        .metadata()
        .and_then(|found| found.modified());
    found.map(crate::kb::walk::nanoseconds).map_err(failed)
}

fn registry_directory(kb: &Kb) -> PathBuf {
    kb.private_dir().join(AREA)
}

fn note_path(kb: &Kb, project: &str, id: &str) -> PathBuf {
    registry_directory(kb).join(format!("{}-{id}.note.json", project_slug(project)))
}

fn baseline_path(kb: &Kb, project: &str, id: &str) -> PathBuf {
    registry_directory(kb).join(format!("{}-{id}.baseline.json", project_slug(project)))
}

fn activity_path(kb: &Kb, project: &str, id: &str) -> PathBuf {
    registry_directory(kb).join(format!("{}-{id}.activity", project_slug(project)))
}

fn stated_end_path(kb: &Kb, project: &str) -> PathBuf {
    registry_directory(kb).join(format!("{}.ended", project_slug(project)))
}

fn last_seen_path(kb: &Kb, dir: &Path) -> PathBuf {
    let hash = half_hash(blake3::hash(dir.as_os_str().as_encoded_bytes()));
    registry_directory(kb).join(format!("{hash}.seen.json"))
}

fn read_json_file<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&read_private(path).ok()?).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn what_is_no_json_leaves_what_is_there() {
        let kb = TestKb::new();
        let path = kb.root().join("a.json");
        let odd = std::collections::BTreeMap::from([((), 1)]);
        assert!(replace_json(&kb, &path, &odd).is_err());
        assert!(!path.exists());
        replace_json(&kb, &path, &1).expect("written");
        assert!(replace_json(&kb, &path, &odd).is_err());
        assert_eq!(fs::read(&path).expect("there"), b"1");
    }

    #[test]
    fn a_session_in_a_directory_whose_name_is_no_text_is_noted() {
        let kb = TestKb::new();
        let directory = PathBuf::from(std::ffi::OsString::from_vec(b"/src/\xff\xfe".to_vec()));
        let id: SessionId = "20260111-103000".parse().expect("an id");
        let note = Note {
            project: "demo".into(),
            id: id.to_string(),
            file: directory.join(".session_log.md"),
            directories: vec![directory.clone(), PathBuf::from("/src/plain")],
            owner: None,
            connection: None,
            joined: false,
        };
        write_note(&kb, &note).expect("written");
        assert_eq!(all_notes(&kb), [note]);
        let seen: Baseline = serde_json::from_str("{\"file_time\":7}").expect("a baseline");
        let before = vec![(directory, seen)];
        keep_baselines(&kb, "demo", id, &before).expect("kept");
        assert_eq!(read_baselines(&kb, "demo", id), before);
    }
}
