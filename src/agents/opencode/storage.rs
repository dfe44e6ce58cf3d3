//! Sessions of opencode as it kept them before it had a database: a file for each part.

use super::parts::{
    OpencodeMessage, OpencodePart, OpencodeSession, OpencodeTime, is_completed, read_part,
    read_session,
};
use crate::agents::event_text::Clean;
use crate::agents::json::raw_field::{read_object, read_text, read_time};
use crate::agents::transcript::{
    KeyedEvent, LONGEST_LINE, LineOutcome, Position, TranscriptFile, TranscriptReading,
    TranscriptScan, TranscriptWriter, file_name_text, hash_texts,
};
use crate::kb::open_regular_file;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Larger files are not read.
const LARGEST_FILE: u64 = LONGEST_LINE as u64;

/// Reads what is new of a session.
pub(super) fn read_storage(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    let text = read_whole(&file.path)?;
    let Ok(session) = serde_json::from_str::<OpencodeSession<'_>>(&text) else {
        // Being written, perhaps.
        let mut scan = TranscriptScan::begin(file, from.state.clone(), clean, sink, no_place);
        scan.count(LineOutcome::Malformed);
        let position = from.clone();
        return Ok(TranscriptReading {
            position,
            ..scan.finish()
        });
    };
    let id = read_text(session.id).unwrap_or_else(|| file_name_text(file.path.file_stem()));
    let same = from.offset == 0 || from.beginning == hash_texts(&[&id]);
    let start = Position::default();
    let from = if same { from } else { &start };
    let mut scan = TranscriptScan::begin(file, from.state.clone(), clean, sink, no_place);
    read_session(&session, &id, &mut scan.writer);
    let storage = file.path.ancestors().nth(3).map(Path::to_path_buf);
    let revert = read_object::<OpencodeTime<'_>>(session.revert).unwrap_or_default();
    let mut walk = StorageWalk {
        storage: storage.unwrap_or_default(),
        reverted: read_text(revert.message).map(|id| id.into_owned()),
        last: from.file.clone(),
    };
    let read = walk.read_messages(&id, &mut scan)?;
    let reading = scan.finish();
    Ok(TranscriptReading {
        restarted: !same,
        position: Position {
            file: walk.last,
            beginning: hash_texts(&[&id]),
            // It has no bytes of its own; this shows that something was read.
            offset: from.offset + read.max(u64::from(from.offset == 0)),
            ..reading.position
        },
        ..reading
    })
}

/// Its path implies nothing.
pub(super) fn no_place(_: &mut TranscriptWriter<'_>) {}

/// Goes through the files of a session.
struct StorageWalk {
    storage: PathBuf,
    /// The first message that was taken back.
    reverted: Option<String>,
    /// The last message and part that were read: `MESSAGE/PART`.
    last: String,
}

impl StorageWalk {
    /// Reads messages. Returns how many files were read.
    fn read_messages(&mut self, session: &str, scan: &mut TranscriptScan<'_>) -> io::Result<u64> {
        let mut read = 0;
        let messages = list_names(&self.storage.join("message").join(session))?;
        let (begun, part) = self.last.split_once('/').unwrap_or(("", ""));
        let (begun, mut part) = (begun.to_owned(), part.to_owned());
        let last = messages.last().cloned();
        for id in messages {
            if id < begun {
                continue;
            }
            if id != begun {
                part = String::new();
            }
            let path = self
                .storage
                .join("message")
                .join(session)
                .join(format!("{id}.json"));
            let text = read_whole(&path).unwrap_or_default();
            let Ok(message) = serde_json::from_str::<OpencodeMessage<'_>>(&text) else {
                if last.as_ref() == Some(&id) {
                    // Being written, perhaps.
                    break;
                }
                scan.count(LineOutcome::Malformed);
                continue;
            };
            let done = last.as_ref() != Some(&id) || is_completed(&message);
            let (files, whole) = self.read_parts(&id, &part, &message, done, scan)?;
            read += files;
            if !whole {
                break;
            }
        }
        Ok(read)
    }

    /// Reads the parts of a message that come after one. Returns how many, and whether all.
    fn read_parts(
        &mut self,
        message: &str,
        after: &str,
        about: &OpencodeMessage<'_>,
        done: bool,
        scan: &mut TranscriptScan<'_>,
    ) -> io::Result<(u64, bool)> {
        let directory = self.storage.join("part").join(message);
        let reverted = self
            .reverted
            .as_deref()
            .is_some_and(|first| message >= first);
        let mut read = 0;
        for id in list_names(&directory)?
            .into_iter()
            .filter(|id| id.as_str() > after)
        {
            let text = read_whole(&directory.join(format!("{id}.json"))).unwrap_or_default();
            let time = read_object::<OpencodeTime<'_>>(about.time).unwrap_or_default();
            let outcome = match serde_json::from_str::<OpencodePart<'_>>(&text) {
                Ok(part) => {
                    let key = hash_texts(&["opencode", &id]);
                    scan.writer.begin_line(read_time(time.created), Some(key));
                    read_part(&part, about, done, reverted, key, &mut scan.writer)
                }
                // Being written, perhaps.
                Err(_) if !done => None,
                Err(_) => Some(LineOutcome::Malformed),
            };
            let Some(outcome) = outcome else {
                return Ok((read, false));
            };
            scan.count(outcome);
            read += 1;
            self.last = format!("{message}/{id}");
        }
        if done && read_text(about.finish).is_some_and(|finish| finish == "stop") {
            scan.writer.confirm_answer();
        }
        if self.last.split('/').next() != Some(message) {
            self.last = format!("{message}/");
        }
        Ok((read, done))
    }
}

/// Returns the names, without `.json`, of the files in a directory, in order; none if it is not
/// there.
fn list_names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        if let Some(name) = name.to_string_lossy().strip_suffix(".json") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn read_whole(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    open_regular_file(path)?
        .take(LARGEST_FILE)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
