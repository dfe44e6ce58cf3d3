//! Putting a journal aside: after that no process writes to it, and none that was about to loses a
//! line.
//!
//! Who appends holds the file, and looks whether it is still at its path before it writes. Who puts
//! it aside moves it first, and then waits until no process holds it. So a line is in the file
//! before it is read for the last time, or it goes into the next journal.
//!
//! Holding is a shared lock on Unix. On Windows, where a lock keeps the holder itself from writing,
//! a file that is held cannot be moved.

use super::name::{JournalFile, list_journals};
use crate::error::{Error, Result};
use crate::kb::make_private_directory;
#[cfg(unix)]
use crate::kb::{Access, LockKind, open_private, try_lock_file};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the directory of those that were put aside, below that of the journals.
const ASIDE: &str = "done";

/// Returns all journals below a directory; those that were put aside come first, for what is in
/// them came earlier.
///
/// # Errors
///
/// If a directory cannot be read.
pub fn waiting_journals(dir: &Path) -> Result<Vec<JournalFile>> {
    let mut found = list_journals(&dir.join(ASIDE))?;
    found.extend(list_journals(dir)?);
    Ok(found)
}

/// Returns whether a journal was put aside.
pub fn is_aside(path: &Path) -> bool {
    path.parent().is_some_and(|dir| dir.ends_with(ASIDE))
}

/// Moves a journal aside, so that whatever comes later begins a new one. Returns where it is now.
///
/// # Errors
///
/// If it cannot be moved, or there is another one that no session was detached from yet.
pub fn put_aside(path: &Path) -> Result<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Error::failed(format!("{} is no journal", path.display())));
    };
    if is_aside(path) {
        return Ok(path.to_path_buf());
    }
    let aside = dir.join(ASIDE);
    make_private_directory(&aside).map_err(|cause| Error::io("create", &aside, cause))?;
    let target = aside.join(name);
    if fs::symlink_metadata(&target).is_ok() {
        return Err(Error::busy(format!("{} is there still", target.display())));
    }
    fs::rename(path, &target).map_err(|cause| Error::io("move", path, cause))?;
    Ok(target)
}

/// Waits until no process holds a journal that was put aside, for `timeout` and a second at most.
///
/// # Errors
///
/// [`Kind::Busy`](crate::error::Kind::Busy) if another process still does.
#[cfg(unix)]
pub fn settle(path: &Path, timeout: Duration) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(2);
    let file = open_private(path, Access::Read).map_err(|cause| Error::io("open", path, cause))?;
    let pauses = timeout.min(Duration::from_secs(1)).as_millis() / PAUSE.as_millis();
    for pause in 0..=pauses {
        let is_free = try_lock_file(&file, LockKind::Exclusive);
        if is_free.map_err(|cause| Error::io("lock", path, cause))? {
            return Ok(());
        }
        if pause < pauses {
            std::thread::sleep(PAUSE);
        }
    }
    let path = path.display();
    Err(Error::busy(format!("{path} is still being written to")))
}

/// Does not wait: a file that is held could not be moved.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn settle(_: &Path, _: Duration) -> Result<()> {
    Ok(())
}

/// Holds an open journal until it is closed. Returns `false` if it is not, or not for long, at its
/// path any more; never waits.
#[cfg(unix)]
pub(super) fn hold(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    // Only who has moved it away locks it against others.
    // Where that is not known, the row is written all the same: without it would surely be lost.
    if matches!(try_lock_file(file, LockKind::Shared), Ok(false)) {
        return Ok(false);
    }
    let mine = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((mine.dev(), mine.ino()) == (there.dev(), there.ino())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

#[cfg(not(unix))]
pub(super) fn hold(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::OpenOptions;

    #[test]
    fn who_comes_too_late_is_told_and_who_was_there_is_waited_for() {
        let home = tempfile::tempdir().expect("temporary directory");
        let path = home.path().join("claude-s.jsonl");
        let open = || {
            let mut options = OpenOptions::new();
            options
                .append(true)
                .create(true)
                .open(&path)
                .expect("opened")
        };
        let (early, late) = (open(), open());
        assert!(hold(&early, &path).expect("held"));
        let moved = put_aside(&path).expect("moved");
        assert!(is_aside(&moved) && !is_aside(&path));
        assert!(!hold(&late, &path).expect("compared"));
        drop(late);
        std::thread::scope(|scope| {
            let settled = scope.spawn(|| settle(&moved, Duration::MAX));
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!settled.is_finished());
            drop(early);
            settled.join().expect("no panic").expect("settled");
        });
        drop(open());
        put_aside(&path).expect_err("the other is there still");
        let names: Vec<bool> = waiting_journals(home.path())
            .expect("listed")
            .iter()
            .map(|file| is_aside(&file.path))
            .collect();
        assert_eq!(names, [true, false]);
    }

    #[test]
    fn no_line_is_lost_or_taken_twice_while_journals_are_put_aside() {
        use crate::agents::journal::{Header, append_events, scan_journal};
        use crate::agents::{AgentEvent, EventKind};
        use std::sync::atomic::{AtomicUsize, Ordering};
        let home = tempfile::tempdir().expect("temporary directory");
        let (dir, path) = (home.path(), home.path().join("claude-s.jsonl"));
        let header = Header {
            agent: "claude".to_owned(),
            session: "s".to_owned(),
            ..Header::default()
        };
        let (writers, lines) = (8, 300);
        let writing = AtomicUsize::new(writers);
        let mut seen = Vec::new();
        std::thread::scope(|scope| {
            for writer in 0..writers {
                let (header, writing) = (&header, &writing);
                scope.spawn(move || {
                    for n in 0..lines {
                        let text = format!("{writer} {n}");
                        let kind = EventKind::Progress { text };
                        append_events(dir, header, &[AgentEvent { at: 0, kind }])
                            .expect("appended");
                    }
                    writing.fetch_sub(1, Ordering::SeqCst);
                });
            }
            loop {
                let last = writing.load(Ordering::SeqCst) == 0;
                if path.exists() {
                    let aside = put_aside(&path).expect("moved");
                    settle(&aside, Duration::MAX).expect("settled");
                    let each = &mut |event: AgentEvent| seen.push(event.kind);
                    scan_journal(&aside, 0, each).expect("read");
                    fs::remove_file(&aside).expect("removed");
                }
                if last {
                    break;
                }
            }
        });
        assert_eq!(seen.len(), writers * lines);
        let text = |kind: &EventKind| format!("{kind:?}");
        let mut texts: Vec<String> = seen.iter().map(text).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), writers * lines);
    }
}
