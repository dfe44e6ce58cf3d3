//! Watches the files, so that an answer need not look at all of them.
//!
//! An answer must hold every write that was reported done before the question. The kernel of Linux
//! queues what happens in the order in which it does, before a writer goes on: so each answer takes
//! what is in the queue, and knows everything then. Where it is another system, or a file system whose
//! changes may be made elsewhere, or where there are more directories than may be watched, nothing is
//! vouched for, and all files are looked at as on the command line; those who follow the changes
//! get them nevertheless.

mod events;
#[cfg(target_os = "linux")]
mod place;
#[cfg(target_os = "linux")]
#[path = "queue.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "notified.rs"]
mod system;

use crate::index::{TreeWatch, WatchedChanges};
use crate::kb::system_nanoseconds;
use events::WatchLog;
pub(super) use events::WatchNews;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use system::RunningWatch;

/// How long to leave it be after watching failed, in nanoseconds.
const PAUSE: i64 = 10_000_000_000;

/// Watches one knowledge base.
pub(super) struct FileWatch {
    root: PathBuf,
    /// Where sessions in progress are noted.
    private: PathBuf,
    log: Arc<WatchLog>,
    active: Mutex<ActiveWatch>,
    /// Whether everything that happens is reported, in its order.
    complete: AtomicBool,
    #[cfg(target_os = "linux")]
    alarm: system::Alarm,
}

#[derive(Default)]
struct ActiveWatch {
    running: Option<RunningWatch>,
    /// When it was last begun, nanoseconds since 1970.
    begun: i64,
}

impl FileWatch {
    pub(super) fn new(root: &Path, private: PathBuf) -> Arc<Self> {
        Arc::new(FileWatch {
            root: root.to_owned(),
            log: Arc::new(WatchLog::new(root, private.clone())),
            private,
            active: Mutex::default(),
            complete: AtomicBool::new(false),
            #[cfg(target_os = "linux")]
            alarm: system::Alarm::default(),
        })
    }

    /// Returns what was seen to change since this was last asked for.
    pub(super) fn take_news(&self) -> WatchNews {
        self.log.take_news()
    }

    /// Calls back when there is news.
    pub(super) fn on_news(&self, call: impl Fn() + Send + Sync + 'static) {
        self.log.on_news(Box::new(call));
    }

    /// Returns whether whatever changes is seen to change.
    pub(super) fn vouches(&self) -> bool {
        self.log.is_whole() && self.complete.load(Ordering::Relaxed)
    }

    /// Begins to watch, on a thread of its own: with many directories, that takes a while.
    pub(super) fn begin(self: &Arc<Self>) {
        let watch = Arc::clone(self);
        let begun = std::thread::Builder::new().spawn(move || {
            watch.restart_if_broken();
            #[cfg(target_os = "linux")]
            watch.follow();
        });
        if let Err(cause) = begun {
            tracing::warn!(%cause, "files are not watched");
        }
    }

    /// Begins to watch, or begins again if something went wrong a while ago.
    fn restart_if_broken(&self) {
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
        match RunningWatch::begin(&self.root, &self.private, &self.log) {
            Ok(running) => {
                tracing::info!("the files are watched");
                self.complete.store(running.vouches(), Ordering::Relaxed);
                active.running = Some(running);
                self.log.set_whole(breaks);
                #[cfg(target_os = "linux")]
                self.alarm.ring();
            }
            Err(cause) => tracing::warn!(%cause, "files are not watched"),
        }
    }

    /// Returns whether it was begun, and is not being begun at this moment.
    fn was_begun(&self) -> bool {
        let active = self.active.try_lock();
        active.is_ok_and(|active| active.begun != 0)
    }

    /// Takes everything that was reported so far. Returns whether that is all that happened.
    fn catch_up(&self) -> bool {
        let mut active = self.lock();
        let Some(running) = active.running.as_mut().filter(|_| self.log.is_whole()) else {
            return false;
        };
        let caught_up = running.catch_up(&self.root, &self.log);
        self.complete.store(running.vouches(), Ordering::Relaxed);
        caught_up
    }

    fn lock(&self) -> MutexGuard<'_, ActiveWatch> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TreeWatch for FileWatch {
    fn see_changes(&self, root: &Path, since: Option<u64>) -> Option<WatchedChanges> {
        if root != self.root {
            return None;
        }
        // The first time, it begins beside the answers.
        if !self.log.is_whole() && self.was_begun() {
            self.restart_if_broken();
        }
        // While it begins, no request waits for it.
        let is_seen = self.vouches() && self.catch_up();
        is_seen.then(|| self.log.changes_since(since))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn answers_do_not_wait_until_the_files_are_watched() {
        let place = tempfile::tempdir().expect("a directory");
        let root = place.path();
        let watch = FileWatch::new(root, root.join(".mx"));
        assert_eq!(watch.see_changes(root, None), None);
        assert!(!watch.was_begun(), "that is left to a thread of its own");
        watch.begin();
        let is_seen = |_: &u32| {
            std::thread::sleep(Duration::from_millis(10));
            watch.see_changes(root, None).is_some()
        };
        let seen = (0..500).find(is_seen);
        assert!(seen.is_some() || !watch.vouches());
    }
}
