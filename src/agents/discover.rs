//! Which files there are some transcripts, and whose they are.

use super::agent::Agent;
use super::event_text::Clean;
use super::file_head::FileHead;
use super::homes::AgentHomes;
use super::profile::{TranscriptFiles, TranscriptForm};
use super::transcript::{
    KeyedEvent, Position, TranscriptFile, TranscriptReading, file_name_text,
    read_beginning_of_compressed, read_lines,
};
use crate::error::{Error, Result};
use crate::kb::walk::nanoseconds;
use crate::kb::{Environment, open_regular_file};
use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use walkdir::WalkDir;

/// How much of a file is looked at to know what it is.
const MOST_LOOKED_AT: u64 = 16 << 10;

/// A transcript of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentTranscript {
    /// Whose it is.
    pub agent: Agent,
    /// The file.
    pub file: TranscriptFile,
}

impl AgentTranscript {
    /// Reads the transcript from a position on, and gives each event to `sink`, in order.
    ///
    /// # Errors
    ///
    /// Only if the file cannot be read. What is in it never makes an error, but is counted.
    pub fn read(
        &self,
        from: &Position,
        clean: Clean<'_>,
        sink: &mut dyn FnMut(KeyedEvent),
    ) -> Result<TranscriptReading> {
        let path = &self.file.path;
        let Some(format) = self.agent.profile().transcripts else {
            return Err(Error::failed(format!(
                "{} is no transcript",
                path.display()
            )));
        };
        let reading = match &format.form {
            TranscriptForm::Lines(lines) => read_lines(lines, &self.file, from, clean, sink),
            TranscriptForm::Other(read) => read(&self.file, from, clean, sink),
        };
        reading.map_err(|cause| Error::io("read", path, cause))
    }
}

/// What was found in a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundTranscripts {
    /// Transcripts: the oldest first, so that a session comes before those that go on from it.
    pub files: Vec<AgentTranscript>,
    /// Stores of transcripts that cannot be read, each with the reason.
    pub unsupported: Vec<(PathBuf, &'static str)>,
}

/// Returns the directories in which an agent keeps its transcripts, whether they exist or not.
pub fn default_places(agent: Agent, homes: &AgentHomes) -> Vec<PathBuf> {
    let format = agent.profile().transcripts.as_ref();
    format.map_or_else(Vec::new, |format| (format.places)(homes))
}

/// Returns the directories in which agents keep their configuration and their transcripts.
pub(crate) fn directories_of_agents(environment: &Environment) -> Vec<PathBuf> {
    let Ok(homes) = AgentHomes::from_environment(environment) else {
        return Vec::new();
    };
    let all = Agent::ALL.iter().map(|agent| agent.profile());
    let configurations = all.clone().filter_map(|profile| profile.installation);
    let configurations = configurations.map(|found| (found.user_directory)(&homes));
    let transcripts = all.filter_map(|profile| profile.transcripts.as_ref());
    let transcripts = transcripts.flat_map(|format| (format.places)(&homes));
    configurations.chain(transcripts).collect()
}

/// Returns the transcripts in a place, or the place itself if it is one. None if it does not
/// exist.
///
/// # Errors
///
/// If there is something that cannot be read.
pub fn discover_transcripts(root: &Path) -> Result<FoundTranscripts> {
    let mut found = FoundTranscripts::default();
    if !root.exists() {
        return Ok(found);
    }
    let walk = WalkDir::new(root)
        .follow_root_links(true)
        .sort_by_file_name();
    let parts = |path: &Path| kinds_of_files().any(|files| (files.holds_parts)(path));
    for entry in walk.into_iter().filter_entry(|entry| !parts(entry.path())) {
        let entry = match entry {
            Ok(entry) => entry,
            // Gone meanwhile, or a directory that is closed to us: the others count.
            Err(error) if error.depth() > 0 => continue,
            Err(error) => {
                return Err(Error::io("read", root, error.into()));
            }
        };
        if entry.file_type().is_file() {
            look_at(entry.path(), entry.depth(), &mut found)?;
        }
    }
    found
        .files
        .sort_by(|a, b| (a.file.modified, &a.file.path).cmp(&(b.file.modified, &b.file.path)));
    drop_doubles(&mut found.files);
    Ok(found)
}

/// Returns which files each agent has.
fn kinds_of_files() -> impl Iterator<Item = &'static TranscriptFiles> {
    let all = Agent::ALL.iter();
    all.filter_map(|agent| Some(&agent.profile().transcripts?.files))
}

/// Looks at a file so many directories below the place, which may be the file itself. A document may
/// have any name there and in the place, deeper down only that which its agent gives it.
fn look_at(path: &Path, depth: usize, found: &mut FoundTranscripts) -> Result<()> {
    let is_root = depth == 0;
    let file = file_name_text(path.file_name());
    let is_database = is_root && (file.ends_with(".db") || file.ends_with(".vscdb"));
    let unreadable = kinds_of_files().find_map(|files| (files.find_unreadable)(&file));
    let unreadable =
        unreadable.or(is_database.then_some("a database of conversations cannot be read"));
    if let Some(why) = unreadable {
        found.unsupported.push((path.to_path_buf(), why));
        return Ok(());
    }
    let lines = file.ends_with(".jsonl") || file.ends_with(".jsonl.zst");
    let mut starts = kinds_of_files().filter_map(|files| files.document_start);
    let document =
        file.ends_with(".json") && (depth <= 1 || starts.any(|start| file.starts_with(start)));
    if !(lines || document || (is_root && !file.ends_with(".zst"))) {
        return Ok(());
    }
    let first = match read_beginning(path) {
        Ok(first) => first,
        Err(_) if !is_root => return Ok(()),
        Err(cause) => return Err(Error::io("read", path, cause)),
    };
    if let (Some(agent), Ok(file)) = (recognise_transcript(path, &first), describe_file(path)) {
        found.files.push(AgentTranscript { agent, file });
    }
    Ok(())
}

fn read_beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.extension().is_some_and(|extension| extension == "zst") {
        return read_beginning_of_compressed(path, MOST_LOOKED_AT);
    }
    let mut bytes = Vec::new();
    open_regular_file(path)?
        .take(MOST_LOOKED_AT)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns what the system knows of a file.
pub(crate) fn describe_file(path: &Path) -> std::io::Result<TranscriptFile> {
    let about = fs::metadata(path)?;
    Ok(TranscriptFile {
        path: path.to_path_buf(),
        size: about.len(),
        modified: about.modified().map_or(0, milliseconds),
        created: about.created().ok().map(milliseconds),
    })
}

fn milliseconds(time: SystemTime) -> i64 {
    nanoseconds(time).div_euclid(1_000_000)
}

/// Of a transcript that is there compressed and not, or in the older form and the newer, the
/// second is the same.
fn drop_doubles(files: &mut Vec<AgentTranscript>) {
    let paths: HashSet<PathBuf> = files.iter().map(|found| found.file.path.clone()).collect();
    files.retain(|found| {
        let path = found.file.path.to_string_lossy();
        let other = match path.strip_suffix(".zst") {
            Some(plain) => plain.to_owned(),
            None => match path.strip_suffix(".json") {
                Some(stem) => format!("{stem}.jsonl"),
                None => return true,
            },
        };
        !paths.contains(Path::new(&other))
    });
}

/// Returns whose transcript a file is, from its path and its first bytes; `None` if it is none.
pub fn recognise_transcript(path: &Path, first: &[u8]) -> Option<Agent> {
    let name = file_name_text(path.file_name());
    let text = String::from_utf8_lossy(first);
    let head = FileHead::read(&name, &text)?;
    Agent::with_transcripts().find(|agent| {
        let format = agent.profile().transcripts.as_ref();
        format.is_some_and(|format| (format.recognises)(&head))
    })
}
