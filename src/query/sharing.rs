//! Whether a search shares its work among threads. Alone, it is answered sooner; of several at the
//! same time, all are answered later, since each waits for threads that the others use.

use std::sync::atomic::{AtomicUsize, Ordering};

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// A search, as long as it runs.
pub(super) struct RunningSearch(());

impl RunningSearch {
    pub fn begin() -> Self {
        RUNNING.fetch_add(1, Ordering::Relaxed);
        RunningSearch(())
    }
}

impl Drop for RunningSearch {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns whether no other search runs.
pub(super) fn may_share_work() -> bool {
    RUNNING.load(Ordering::Relaxed) <= 1
}
