//! Where agents keep their transcripts, and which files there are some.

use super::super::wire::{self, Raw};
use super::TranscriptKind;
use super::reading::{beginning_of_compressed, name};
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use walkdir::WalkDir;

/// How much of a file is looked at to know what it is.
const LOOK: u64 = 16 << 10;

/// Where the user and the agents are at home; the others are values of the environment.
#[derive(Debug, Clone, Default)]
pub struct AgentHomes {
    /// The user's home directory.
    pub home: PathBuf,
    /// `CLAUDE_CONFIG_DIR`.
    pub claude_config_dir: Option<PathBuf>,
    /// `CODEX_HOME`.
    pub codex_home: Option<PathBuf>,
    /// `XDG_DATA_HOME`.
    pub xdg_data_home: Option<PathBuf>,
}

/// A transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// Whose it is.
    pub kind: TranscriptKind,
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed, in milliseconds since 1970.
    pub modified: i64,
    /// When it was made, if the file system knows.
    pub created: Option<i64>,
}

/// What was found in a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Transcripts: the oldest first, so that a session comes before those that go on from it.
    pub files: Vec<TranscriptFile>,
    /// Stores of transcripts that cannot be read, each with the reason.
    pub unsupported: Vec<(PathBuf, &'static str)>,
}

/// Returns the directories in which an agent keeps its transcripts, whether they exist or not.
pub fn default_places(kind: TranscriptKind, homes: &AgentHomes) -> Vec<PathBuf> {
    let home = &homes.home;
    match kind {
        TranscriptKind::Claude => {
            let claude = homes.claude_config_dir.clone();
            vec![
                claude
                    .unwrap_or_else(|| home.join(".claude"))
                    .join("projects"),
            ]
        }
        TranscriptKind::Codex => {
            let codex = homes.codex_home.clone();
            let codex = codex.unwrap_or_else(|| home.join(".codex"));
            vec![codex.join("sessions"), codex.join("archived_sessions")]
        }
        TranscriptKind::Gemini => vec![home.join(".gemini").join("tmp")],
        TranscriptKind::Cursor => vec![home.join(".cursor").join("projects")],
        TranscriptKind::Copilot => vec![home.join(".copilot").join("session-state")],
        TranscriptKind::Opencode => {
            let data = homes.xdg_data_home.clone();
            let data = data.unwrap_or_else(|| home.join(".local").join("share"));
            vec![data.join("opencode")]
        }
    }
}

/// Returns the transcripts in a place, or the place itself if it is one. None if it does not
/// exist.
///
/// # Errors
///
/// If there is something that cannot be read.
pub fn discover(root: &Path) -> Result<Found> {
    let mut found = Found::default();
    if !root.exists() {
        return Ok(found);
    }
    let walk = WalkDir::new(root)
        .follow_root_links(true)
        .sort_by_file_name();
    // These hold the parts of sessions, many thousands.
    let parts = |path: &Path| {
        let above = path.parent().and_then(Path::file_name);
        let below_storage = above.is_some_and(|above| above == "storage");
        below_storage && (path.ends_with("message") || path.ends_with("part"))
    };
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
            let is_root = entry.depth() == 0;
            look(entry.path(), is_root, &mut found)?;
        }
    }
    found
        .files
        .sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
    drop_doubles(&mut found.files);
    Ok(found)
}

fn look(path: &Path, is_root: bool, found: &mut Found) -> Result<()> {
    let file = name(path.file_name());
    if file.starts_with("opencode") && file.ends_with(".db") {
        let why = "opencode's database cannot be read; only its older files under storage/ can";
        found.unsupported.push((path.to_path_buf(), why));
        return Ok(());
    }
    if is_root && (file.ends_with(".db") || file.ends_with(".vscdb")) {
        let why = "a database of conversations cannot be read";
        found.unsupported.push((path.to_path_buf(), why));
        return Ok(());
    }
    let lines = file.ends_with(".jsonl") || file.ends_with(".jsonl.zst");
    let document = file.ends_with(".json")
        && (is_root || file.starts_with("session-") || file.starts_with("ses_"));
    if !(lines || document || (is_root && !file.ends_with(".zst"))) {
        return Ok(());
    }
    let first = match beginning(path) {
        Ok(first) => first,
        Err(_) if !is_root => return Ok(()),
        Err(cause) => return Err(Error::io("read", path, cause)),
    };
    let (Some(kind), Ok(about)) = (sniff(path, &first), fs::metadata(path)) else {
        return Ok(());
    };
    found.files.push(TranscriptFile {
        kind,
        path: path.to_path_buf(),
        size: about.len(),
        modified: about.modified().map_or(0, milliseconds),
        created: about.created().ok().map(milliseconds),
    });
    Ok(())
}

fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    if path.extension().is_some_and(|extension| extension == "zst") {
        return beginning_of_compressed(path, LOOK);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LOOK).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn milliseconds(time: SystemTime) -> i64 {
    let length =
        |length: std::time::Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => length(after),
        Err(before) => -length(before.duration()),
    }
}

/// Of a transcript that is there compressed and not, or in the older form and the newer, the
/// second is the same.
fn drop_doubles(files: &mut Vec<TranscriptFile>) {
    let paths: HashSet<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    files.retain(|file| {
        let path = file.path.to_string_lossy();
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

#[derive(Deserialize, Default)]
#[serde(default)]
struct Probe<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    payload: Raw<'a>,
    #[serde(borrow)]
    data: Raw<'a>,
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    uuid: Raw<'a>,
    #[serde(borrow, rename = "sessionId")]
    session_id: Raw<'a>,
    #[serde(borrow, rename = "projectHash")]
    project_hash: Raw<'a>,
    #[serde(borrow, rename = "leafUuid")]
    leaf: Raw<'a>,
    #[serde(borrow)]
    snapshot: Raw<'a>,
    #[serde(borrow)]
    content: Raw<'a>,
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    timestamp: Raw<'a>,
    #[serde(borrow)]
    instructions: Raw<'a>,
    #[serde(borrow, rename = "$set")]
    set: Raw<'a>,
}

/// Returns whose transcript a file is, from its path and its first bytes; `None` if it is none.
pub fn sniff(path: &Path, first: &[u8]) -> Option<TranscriptKind> {
    let file = name(path.file_name());
    if file.starts_with("ses_") && file.ends_with(".json") {
        return Some(TranscriptKind::Opencode);
    }
    let text = String::from_utf8_lossy(first);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('{') {
        return None;
    }
    if file.ends_with(".json") {
        let fields = ["\"sessionId\"", "\"messages\""];
        let gemini = fields.iter().all(|field| text.contains(field));
        return gemini.then_some(TranscriptKind::Gemini);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut known = lines.take(20).filter_map(of_line);
    known.next().or_else(|| of_long_line(text))
}

fn of_line(line: &str) -> Option<TranscriptKind> {
    let probe: Probe<'_> = serde_json::from_str(line).ok()?;
    let is_some = |raws: &[Raw<'_>]| raws.iter().all(Option::is_some);
    if is_some(&[probe.payload, probe.kind])
        || (probe.instructions.is_some() && is_some(&[probe.id, probe.timestamp]))
    {
        Some(TranscriptKind::Codex)
    } else if is_some(&[probe.data, probe.kind, probe.id]) {
        Some(TranscriptKind::Copilot)
    } else if is_some(&[probe.session_id, probe.project_hash]) || probe.set.is_some() {
        Some(TranscriptKind::Gemini)
    } else if is_some(&[probe.kind, probe.uuid])
        || is_some(&[probe.kind, probe.leaf])
        || is_some(&[probe.kind, probe.snapshot])
        || is_some(&[probe.kind, probe.session_id])
    {
        Some(TranscriptKind::Claude)
    } else if is_some(&[probe.kind, probe.id, probe.content, probe.timestamp]) {
        Some(TranscriptKind::Gemini)
    } else if is_some(&[probe.role, probe.message]) {
        Some(TranscriptKind::Cursor)
    } else {
        None
    }
}

/// A first line that is longer than what was looked at.
fn of_long_line(text: &str) -> Option<TranscriptKind> {
    let head = wire::beginning(text, 600);
    let has = |marks: &[&str]| marks.iter().all(|mark| head.contains(mark));
    if has(&["\"type\":\"session_meta\"", "\"payload\""]) {
        Some(TranscriptKind::Codex)
    } else if has(&["\"sessionId\"", "\"uuid\""]) || has(&["\"isSidechain\"", "\"sessionId\""]) {
        Some(TranscriptKind::Claude)
    } else if head.starts_with("{\"role\":") && has(&["\"message\""]) {
        Some(TranscriptKind::Cursor)
    } else {
        None
    }
}
