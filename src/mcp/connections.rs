//! The connections of one process, each a conversation of its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The connections that are open, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Connections {
    known: Mutex<KnownConnections>,
}

#[derive(Debug, Default)]
struct KnownConnections {
    last: u64,
    open: BTreeSet<u64>,
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, KnownConnections> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the numbers of those that are open. 0 stands for all requests that come outside of one.
    pub(super) fn list_open(&self) -> Vec<u64> {
        let known = self.lock();
        std::iter::once(0)
            .chain(known.open.iter().copied())
            .collect()
    }
}

/// One connection; it is open from its beginning until all that hold it are gone.
#[derive(Debug)]
pub(super) struct Connection {
    all: Arc<Connections>,
    number: OnceLock<u64>,
}

impl Connection {
    /// Makes one that has not begun.
    pub(super) fn new(all: Arc<Connections>) -> Self {
        Connection {
            all,
            number: OnceLock::new(),
        }
    }

    /// Gives it a number of its own, unless it has one.
    pub(super) fn begin(&self) {
        self.number.get_or_init(|| {
            let mut known = self.all.lock();
            known.last += 1;
            let number = known.last;
            known.open.insert(number);
            number
        });
    }

    /// Returns its number; 0 if it has not begun.
    pub(super) fn number(&self) -> u64 {
        self.number.get().copied().unwrap_or_default()
    }

    /// Returns the numbers of all that are open.
    pub(super) fn list_open(&self) -> Vec<u64> {
        self.all.list_open()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(number) = self.number.get() {
            self.all.lock().open.remove(number);
        }
    }
}
