//! The journal: what agents' hooks saw, on its way into Markdown.
//!
//! One file per session of an agent, one line of JSON per [`AgentEvent`], written by as many
//! processes as there are hooks at the same moment, without a lock:
//!
//! - What a hook has to say goes to the end of the file in one write, which the system does not
//!   mix with others (`O_APPEND`, on Windows `FILE_APPEND_DATA`). It is not synced.
//! - It begins with a line break. So a line that an earlier writer left torn (a full disk, a
//!   killed process) ends before the next begins, whichever process wrote in between; no writer has
//!   to look first. Blank lines mean nothing.
//! - The first line is a [`Header`]. It is written whenever the file looks new, and again with
//!   each start and prompt: the last one that can be read counts.
//! - A journal that is to be removed is put aside first, so that whatever comes later begins a new
//!   one, and is read once more when no process writes to it any longer (`aside`).
//!
//! - Where it cannot be written to, because another program locks it, a spare one beside it takes
//!   its place, and comes into it before it is folded (`spare`).
//!
//! The events of a tool call carry a hash of its id (`call`): hooks that are installed twice report
//! each call twice, and readers pass over the second time (`calls`).
//!
//! Reading takes whole lines only: a last line without its line break may still be growing.

mod aside;
mod calls;
mod losses;
mod name;
mod read;
mod small_file;
mod spare;
mod write;

#[cfg(test)]
mod tests;

pub use aside::{is_aside, put_aside, settle, waiting_journals};
pub use losses::{KEPT, Loss, loss_file, read_losses, record_loss};
pub use name::{JournalFile, file_name, list_journals};
pub use read::{Read, begins_anew, holds_end, read_headers, read_journal, scan_journal};
pub use spare::{gather_spares, has_spares};
pub use write::{append_call, append_events};

pub(crate) use small_file::{append_small_line, read_small_file, write_small_file};

#[cfg(doc)]
use super::AgentEvent;
use crate::model::{AgentSession, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a line may be, in bytes, its line break included.
pub const MAX_LINE: usize = 64 * 1024;

/// The version of the format.
const VERSION: u32 = 1;

/// What a journal says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format; set when it is written.
    #[serde(default)]
    pub v: u32,
    /// Name of the agent.
    pub agent: String,
    /// The agent's own id of the session.
    pub session: String,
    /// The directory that the agent works in, cleaned of secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cwd: String,
    /// When the header was written, in milliseconds since 1970-01-01 UTC.
    #[serde(default)]
    pub at: i64,
    /// The process that the session lives in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// When that process started, which distinguishes it from a later one with the same number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_start: Option<String>,
    /// Name of the project, where it was looked up: the directory may be gone when the journal is
    /// read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The transcript of the session, cleaned of secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

impl Header {
    /// Returns the agent's session.
    pub fn agent_session(&self) -> AgentSession {
        AgentSession {
            name: self.agent.clone(),
            id: self.session.clone(),
        }
    }

    /// Returns when it was written, to the second; the first one of a journal, when that began.
    pub fn began(&self) -> Timestamp {
        Timestamp::from_milliseconds(self.at)
    }
}
