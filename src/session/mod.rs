//! The record of one session of work, from its start to its end, and what is derived from the
//! records. Knows nothing of any particular agent.
//!
//! ```text
//!  start ──► .session_log.md ◄── event, decision, file …     (record: one change, one replace)
//!              │        ▲
//!              │        └── update: what git and the file times say   (observe, gather)
//!              ▼
//!  end ──► session_logs/<project>/<id>.md ──► index, archive, recent work   (derived)
//!                                         └─► resume prompt                 (resume)
//! ```
//!
//! The record is the Markdown file, and nothing else: what is noted about it below
//! `.mx/sessions` (`registry`) only helps to find it, and may be deleted.

pub(crate) mod already_recorded;
pub(crate) mod blockers;
pub(crate) mod connection;
pub(crate) mod derived;
pub(crate) mod finish;
pub(crate) mod gather;
pub(crate) mod gone_files;
pub(crate) mod location;
pub(crate) mod move_record;
pub(crate) mod observe;
pub(crate) mod open_work;
pub(crate) mod owner;
pub(crate) mod paths;
pub(crate) mod reconstruct;
pub(crate) mod record;
pub(crate) mod recorder;
pub(crate) mod registry;
pub(crate) mod resume;
pub(crate) mod running;
pub(crate) mod snapshots;
pub(crate) mod start;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod unread;
pub(crate) mod work_times;
