//! Who subscribes to the changes, and what is sent to them.

use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore, broadcast};

/// How many may follow at the same time.
pub(super) const MOST_SUBSCRIBERS: usize = 64;
/// How many changes may wait for a follower that is slow.
const WAITING: usize = 64;

/// What changed. Events are called `change`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct ChangeEvent {
    /// Entries that were written, moved or removed, relative to the root of the knowledge base.
    pub(super) entries: Vec<String>,
    /// Whether something happened in sessions in progress.
    pub(super) sessions: bool,
    /// Whether there may be more than this names.
    pub(super) more: bool,
}

#[derive(Debug, Clone)]
pub(super) enum StreamMessage {
    Change(Arc<ChangeEvent>),
    End,
}

/// Sends to subscribers.
pub(super) struct Subscribers {
    pub(super) sender: broadcast::Sender<StreamMessage>,
    pub(super) places: Arc<Semaphore>,
    pub(super) news: Arc<Notify>,
}

impl Subscribers {
    pub(super) fn new() -> Self {
        Subscribers {
            sender: broadcast::Sender::new(WAITING),
            places: Arc::new(Semaphore::new(MOST_SUBSCRIBERS)),
            news: Arc::default(),
        }
    }

    pub(super) fn has_subscribers(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    pub(super) fn send_change(&self, change: ChangeEvent) {
        // That no subscriber is left is no failure.
        let _ = self.sender.send(StreamMessage::Change(Arc::new(change)));
    }

    /// Ends all streams.
    pub(super) fn end(&self) {
        let _ = self.sender.send(StreamMessage::End);
    }
}
