//! An item of the block: one line, complete in itself.

use crate::model::{EntryPath, SessionId};

/// A line of the block.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub what: What,
    pub origin: Origin,
    /// Importance, the greatest first.
    pub rank: Rank,
    /// Importance within the rank, the greatest first.
    pub order: usize,
    /// The line; it holds no line break.
    pub line: String,
    /// Its length in characters.
    pub length: usize,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Project,
    Summary,
    Goal,
    State,
    Next,
    Blocker,
    Decision,
    Uncommitted,
    File,
    Remark,
    Event,
    EarlierSession,
    Note,
}

/// Where an item comes from, so where it can be had in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Session(SessionId),
    Entry(EntryPath),
}

/// Importance, the greatest first. What is one of many ranks last: it must not keep out what says
/// more in less space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Project,
    Next,
    Blockers,
    Done,
    State,
    Decisions,
    Uncommitted,
    Files,
    Remarks,
    Events,
    EarlierSessions,
    Rest,
}
