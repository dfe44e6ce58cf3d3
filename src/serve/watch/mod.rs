//! Watches the files, so that an answer need not look at all of them.
//!
//! An answer must hold what anybody was told is written before it was asked for; a watcher alone tells
//! that a little later. So each answer first makes a change of its own, in a directory that is watched
//! too, and waits until it is told of that one: what is told in order is told completely then. The
//! kernel of Linux queues events in the order of the changes, before a writer goes on. Where it is
//! another system, or a file system whose changes may be made elsewhere, or where there are more
//! directories than may be watched, nothing is vouched for, and all files are looked at as on the
//! command line.

mod events;
mod place;

use crate::index::{TreeWatch, WatchedChanges};
use crate::kb::{Environment, system_nanoseconds};
use events::WatchLog;
pub(super) use events::WatchNews;
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long to wait to be told of the change of one's own. It takes microseconds, mostly.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long to leave it be after watching failed, in nanoseconds.
const PAUSE: i64 = 10_000_000_000;
/// What the directory for changes of one's own, and the files in it, are called.
const PREFIX: &str = "mx-serve-";

/// Watches one knowledge base.
pub(super) struct FileWatch {
    root: PathBuf,
    /// Where sessions in progress are noted.
    private: PathBuf,
    temp: PathBuf,
    log: Arc<WatchLog>,
    active: Mutex<ActiveWatch>,
    /// Whether all of it is on this machine, as far as it was looked at.
    local: AtomicBool,
}

#[derive(Default)]
struct ActiveWatch {
    running: Option<RunningWatch>,
    /// When it was last begun, nanoseconds since 1970.
    begun: i64,
}

/// A watcher that is told of everything.
struct RunningWatch {
    watcher: RecommendedWatcher,
    /// Where this program makes changes of its own.
    own: tempfile::TempDir,
    /// The last of them.
    last: u64,
    /// What tells the root from another directory in its place.
    root: (u64, u64),
}

impl FileWatch {
    pub(super) fn new(environment: &Environment, root: &Path, private: PathBuf) -> Arc<Self> {
        Arc::new(FileWatch {
            root: root.to_owned(),
            private,
            temp: environment.temp.clone(),
            log: Arc::new(WatchLog::new(root)),
            active: Mutex::default(),
            local: AtomicBool::new(true),
        })
    }

    /// Returns what was seen to change since this was last asked for.
    pub(super) fn take_news(&self) -> WatchNews {
        self.log.take_news()
    }

    /// Calls back, on a thread of its own, when there is news.
    pub(super) fn on_news(&self, call: impl Fn() + Send + Sync + 'static) {
        self.log.on_news(Box::new(call));
    }

    /// Returns whether whatever changes is seen to change.
    pub(super) fn vouches(&self) -> bool {
        place::KEEPS_ORDER && self.local.load(Ordering::Relaxed) && self.log.is_whole()
    }

    /// Watches what was made meanwhile.
    pub(super) fn follow_up(&self) {
        if !self.log.is_whole() {
            self.restart_if_broken();
        }
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = active.running.as_mut()
            && self.log.is_whole()
        {
            self.catch_up(running);
        }
    }

    /// Begins to watch, on a thread of its own: with many directories, that takes a while.
    pub(super) fn begin(self: &Arc<Self>) {
        let watch = Arc::clone(self);
        let begun = std::thread::Builder::new().spawn(move || watch.restart_if_broken());
        if let Err(cause) = begun {
            tracing::warn!(%cause, "files are not watched");
        }
    }

    /// Begins to watch, or begins again if something went wrong a while ago.
    pub(super) fn restart_if_broken(&self) {
        let now = system_nanoseconds();
        // Who finds it locked is not the one to do it.
        let Ok(mut active) = self.active.try_lock() else {
            return;
        };
        if self.log.is_whole() || now - active.begun < PAUSE && active.begun != 0 {
            return;
        }
        active.begun = now;
        active.running = None;
        let breaks = self.log.restart();
        match self.watch_all() {
            Ok(running) => {
                tracing::info!("the files are watched");
                active.running = Some(running);
                self.log.set_whole(breaks);
            }
            Err(cause) => tracing::warn!(%cause, "files are not watched"),
        }
    }

    fn watch_all(&self) -> notify::Result<RunningWatch> {
        let own = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(&self.temp)?;
        let handler = events::EventSink {
            log: Arc::clone(&self.log),
            own: own.path().to_owned(),
            private: self.private.clone(),
        };
        let mut watcher = notify::recommended_watcher(handler)?;
        fs::write(own.path().join(own_name(0)), "")?;
        watcher.watch(own.path(), RecursiveMode::NonRecursive)?;
        let private = std::iter::once(self.private.clone());
        for directory in private.chain(events::AREAS.map(|area| self.private.join(area))) {
            if directory.is_dir() {
                watcher.watch(&directory, RecursiveMode::NonRecursive)?;
            }
        }
        let root = place::identity(&self.root)?;
        self.local.store(true, Ordering::Relaxed);
        self.watch_below(&mut watcher, &self.root)?;
        Ok(RunningWatch {
            watcher,
            own,
            last: 0,
            root,
        })
    }

    /// Waits until everything that was written before is known. Returns whether it is.
    fn catch_up(&self, running: &mut RunningWatch) -> bool {
        let same_root = place::identity(&self.root).is_ok_and(|root| root == running.root);
        let told = same_root
            && running
                .change_own()
                .is_ok_and(|number| self.log.wait_for_own(number, PATIENCE));
        if !told {
            self.log.set_broken();
            return false;
        }
        for directory in self.log.take_new_directories() {
            if let Err(cause) = self.watch_below(&mut running.watcher, &directory) {
                tracing::warn!(%cause, "files are not watched any more");
                self.log.set_broken();
                return false;
            }
        }
        self.vouches()
    }

    /// Watches a directory and those below it that the walk goes into: each is watched before it is
    /// read, so that nothing that is made meanwhile is missed. What is gone again needs no watching.
    fn watch_below(
        &self,
        watcher: &mut RecommendedWatcher,
        directory: &Path,
    ) -> notify::Result<()> {
        match watcher.watch(directory, RecursiveMode::NonRecursive) {
            Err(_) if !directory.is_dir() => return Ok(()),
            // What cannot be read is looked at for each answer.
            Err(cause) if is_denied(&cause) => return Ok(()),
            watched => watched?,
        }
        if !place::is_local(directory) {
            self.local.store(false, Ordering::Relaxed);
        }
        let entries = match fs::read_dir(directory) {
            Err(cause) if is_gone(&cause) || cause.kind() == ErrorKind::PermissionDenied => {
                return Ok(());
            }
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            if !is_hidden && entry.file_type()?.is_dir() {
                self.watch_below(watcher, &entry.path())?;
            }
        }
        Ok(())
    }
}

impl TreeWatch for FileWatch {
    fn see_changes(&self, root: &Path, since: Option<u64>) -> Option<WatchedChanges> {
        if root != self.root {
            return None;
        }
        if !self.log.is_whole() {
            self.restart_if_broken();
        }
        if !self.vouches() {
            return None;
        }
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        let running = active.running.as_mut()?;
        (self.log.is_whole() && self.catch_up(running)).then(|| self.log.changes_since(since))
    }
}

impl RunningWatch {
    /// Makes a change of one's own, and returns its number.
    fn change_own(&mut self) -> io::Result<u64> {
        let place = |number| self.own.path().join(own_name(number));
        let next = self.last + 1;
        fs::rename(place(self.last), place(next))?;
        self.last = next;
        Ok(next)
    }
}

fn own_name(number: u64) -> String {
    format!("{PREFIX}{number}")
}

/// Returns the number of a change of one's own.
fn own_number(path: &Path) -> Option<u64> {
    path.file_name()?
        .to_str()?
        .strip_prefix(PREFIX)?
        .parse()
        .ok()
}

fn is_gone(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn is_denied(cause: &notify::Error) -> bool {
    matches!(&cause.kind, notify::ErrorKind::Io(cause) if cause.kind() == ErrorKind::PermissionDenied)
}
