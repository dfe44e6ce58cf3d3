//! The reported changes of the files, in the order in which they were reported.

use crate::index::WatchedChanges;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// How many changed paths are remembered; more stand for anything.
const MOST: usize = 4096;

/// What changed, for those who follow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::serve) struct WatchNews {
    /// Entries, relative to the root.
    pub(in crate::serve) entries: BTreeSet<String>,
    /// Whether something happened in sessions in progress.
    pub(in crate::serve) sessions: bool,
    /// Whether there may be more than is listed.
    pub(in crate::serve) more: bool,
}

/// Where sessions in progress are noted, below the private directory.
pub(super) const AREAS: [&str; 2] = ["sessions", "journal"];

type OnNews = Box<dyn Fn() + Send + Sync>;

/// Remembers what changed.
pub(super) struct WatchLog {
    root: PathBuf,
    /// Where sessions in progress are noted.
    private: PathBuf,
    state: Mutex<LogState>,
    on_news: OnceLock<OnNews>,
}

#[derive(Default)]
struct LogState {
    /// Number of the last change.
    sequence: u64,
    /// Number of the last change of each path.
    changed: BTreeMap<String, u64>,
    /// Until which number anything may have changed.
    anything: u64,
    /// Directories that are not watched yet.
    new_directories: Vec<PathBuf>,
    /// Whether everything is reported.
    whole: bool,
    /// How often it turned out that it is not.
    breaks: u64,
    news: WatchNews,
}

impl WatchLog {
    pub(super) fn new(root: &Path, private: PathBuf) -> Self {
        WatchLog {
            root: root.to_owned(),
            private,
            state: Mutex::default(),
            on_news: OnceLock::new(),
        }
    }

    pub(super) fn on_news(&self, call: OnNews) {
        let _ = self.on_news.set(call);
    }

    /// Wakes those who wait for news.
    pub(super) fn send_news(&self) {
        if let Some(call) = self.on_news.get() {
            call();
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.lock().whole
    }

    /// Takes everything for reported from now on, unless something went wrong since the restart.
    pub(super) fn set_whole(&self, breaks: u64) {
        let mut state = self.lock();
        state.whole = state.breaks == breaks;
    }

    pub(super) fn set_broken(&self) {
        self.lock().break_off();
    }

    /// Forgets everything, for a watcher that begins. Returns how often something went wrong.
    pub(super) fn restart(&self) -> u64 {
        let mut state = self.lock();
        state.break_off();
        state.new_directories.clear();
        state.breaks
    }

    #[cfg(target_os = "linux")]
    pub(super) fn take_new_directories(&self) -> Vec<PathBuf> {
        std::mem::take(&mut self.lock().new_directories)
    }

    pub(super) fn take_news(&self) -> WatchNews {
        std::mem::take(&mut self.lock().news)
    }

    pub(super) fn changes_since(&self, since: Option<u64>) -> WatchedChanges {
        let state = self.lock();
        let since = since.filter(|since| *since >= state.anything);
        let changed = since.map(|since| {
            let later = state.changed.iter().filter(|(_, number)| **number > since);
            later.map(|(path, _)| path.clone()).collect()
        });
        WatchedChanges {
            mark: state.sequence,
            changed,
        }
    }

    /// Notes that something happened to a path: perhaps it is a directory that is not watched yet.
    /// Returns whether it is news.
    pub(super) fn note_path(&self, path: &Path, is_new_directory: bool) -> bool {
        let mut state = self.lock();
        if let Ok(private) = path.strip_prefix(&self.private) {
            if is_new_directory && AREAS.iter().any(|area| private == Path::new(area)) {
                state.new_directories.push(path.to_owned());
            }
            let is_lock = private.to_string_lossy().ends_with("lock");
            state.news.sessions |= !is_lock;
            return !is_lock;
        }
        let relative = path.strip_prefix(&self.root).ok();
        let names = relative.and_then(|path| {
            let names = path.iter().map(|name| name.to_str());
            names.collect::<Option<Vec<_>>>()
        });
        let Some(names) = names else {
            state.forget();
            return true;
        };
        if names.iter().any(|name| name.starts_with('.')) {
            return false;
        }
        if is_new_directory {
            state.new_directories.push(path.to_owned());
        }
        state.note_change(names.join("/"));
        true
    }

    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogState {
    fn break_off(&mut self) {
        self.whole = false;
        self.breaks += 1;
        self.forget();
    }

    /// Takes anything for changed.
    fn forget(&mut self) {
        self.sequence += 1;
        self.anything = self.sequence;
        self.changed.clear();
        self.news.more = true;
    }

    fn note_change(&mut self, path: String) {
        self.sequence += 1;
        if path.ends_with(".md") && self.news.entries.len() < MOST {
            self.news.entries.insert(path.clone());
        } else {
            self.news.more = true;
        }
        self.changed.insert(path, self.sequence);
        if self.changed.len() > MOST {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_later_changes_are_told() {
        let log = WatchLog::new(Path::new("/kb"), "/kb/.mx".into());
        log.set_whole(0);
        log.lock().note_change("a.md".into());
        let first = log.changes_since(None);
        assert_eq!(first.changed, None, "nothing is known of before");
        log.lock().note_change("b.md".into());
        let second = log.changes_since(Some(first.mark));
        assert_eq!(second.changed, Some(BTreeSet::from(["b.md".to_owned()])));
        let none = log.changes_since(Some(second.mark));
        assert_eq!(none.changed, Some(BTreeSet::new()));
        log.set_broken();
        assert_eq!(log.changes_since(Some(second.mark)).changed, None);
    }

    #[test]
    fn too_many_changes_stand_for_anything() {
        let log = WatchLog::new(Path::new("/kb"), "/kb/.mx".into());
        let mark = log.changes_since(None).mark;
        for number in 0..=MOST {
            log.lock().note_change(number.to_string());
        }
        assert_eq!(log.changes_since(Some(mark)).changed, None);
    }
}
