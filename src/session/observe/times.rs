//! Without git: what the times of the files below a directory say.

use super::exclusion::Exclusion;
use super::file_time::{self, not_before};
use super::observation::{Observation, ObservedFile};
use super::since::{Since, Window, latest_burst};
use crate::kb::walk::state_of;
use crate::model::{FileAction, Timestamp};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Most files and directories that are looked at.
const MAX_ENTRIES: usize = 50_000;

/// Directories that hold what programs make of the files that people write, or what others wrote.
/// Hidden ones are left out too, and repositories of their own.
const LEFT_OUT: [&str; 9] = [
    "__pycache__",
    "bower_components",
    "build",
    "dist",
    "node_modules",
    "out",
    "target",
    "vendor",
    "venv",
];

/// A file.
struct FoundInTree {
    path: PathBuf,
    modified: i64,
    made: Option<i64>,
}

/// The files below a directory.
#[derive(Default)]
pub(super) struct Scan {
    files: Vec<FoundInTree>,
    /// What limits the answer.
    pub notes: Vec<String>,
}

/// Returns what the times of files say.
pub(super) fn observe_times(dir: &Path, since: &Since, out: &Exclusion) -> Observation {
    let scan = Scan::new(dir, out);
    let start = match since {
        Since::Baseline(baseline) => baseline.file_time,
        Since::Time(time) => Window::from(*time).files,
        Since::Unknown { now } => Window::last_day(None, scan.newest(*now), *now).files,
    };
    Observation {
        files: scan.changed(start),
        ..Observation::nothing(scan.notes)
    }
}

impl Scan {
    /// Looks at the files below a directory. Links are not followed.
    pub(super) fn new(dir: &Path, out: &Exclusion) -> Self {
        let mut scan = Scan::default();
        if is_bare(dir) {
            let note = "a bare repository has no files to look at";
            scan.notes.push(note.to_owned());
            return scan;
        }
        let wanted = |entry: &DirEntry| entry.depth() == 0 || is_wanted(entry, out);
        let walk = WalkDir::new(dir).sort_by_file_name().into_iter();
        let mut unreadable = 0;
        for (count, entry) in walk.filter_entry(wanted).enumerate() {
            if count > MAX_ENTRIES {
                let note = format!("only the first {MAX_ENTRIES} files were looked at");
                scan.notes.push(note);
                break;
            }
            match entry {
                Ok(entry) if entry.file_type().is_file() => scan.files.extend(found_file(entry)),
                Ok(_) => {}
                Err(_) => unreadable += 1,
            }
        }
        if unreadable > 0 {
            let note = format!("{unreadable} directories could not be read");
            scan.notes.push(note);
        }
        scan
    }

    /// Returns the time of the newest file.
    pub(super) fn newest(&self, now: Timestamp) -> Option<i64> {
        latest_burst(self.files.iter().map(|file| file.modified), now)
    }

    /// Returns what was changed at a time or later, sorted by path.
    pub(super) fn changed(&self, start: i64) -> Vec<ObservedFile> {
        let changed = self
            .files
            .iter()
            .filter(|file| not_before(file.modified, start));
        let seen = changed.map(|file| ObservedFile {
            path: file.path.clone(),
            action: match file.made {
                Some(made) if not_before(made, start) => FileAction::Created,
                _ => FileAction::Modified,
            },
            from: None,
            time: Some(file_time::timestamp_of(file.modified)),
            file_time: true,
        });
        let mut seen: Vec<ObservedFile> = seen.collect();
        seen.sort_by(|a, b| a.path.cmp(&b.path));
        seen
    }
}

fn found_file(entry: DirEntry) -> Option<FoundInTree> {
    let data = entry.metadata().ok()?;
    Some(FoundInTree {
        modified: state_of(&data).modified,
        made: file_time::creation_time(&data),
        path: entry.into_path(),
    })
}

fn is_wanted(entry: &DirEntry, out: &Exclusion) -> bool {
    let name = entry.file_name().to_string_lossy();
    if name.starts_with('.') || out.covers(entry.path()) {
        return false;
    }
    let directory = entry.file_type().is_dir();
    !directory || !(LEFT_OUT.contains(&name.as_ref()) || is_repository(entry.path()))
}

fn is_repository(dir: &Path) -> bool {
    fs::symlink_metadata(dir.join(".git")).is_ok() || is_bare(dir)
}

/// Returns whether a directory is a repository without a working tree.
fn is_bare(dir: &Path) -> bool {
    dir.join("HEAD").is_file() && dir.join("objects").is_dir() && dir.join("refs").is_dir()
}
