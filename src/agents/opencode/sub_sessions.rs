//! Sessions of opencode's sub-agents, which are not in the export of the session that they worked
//! for: opencode itself is asked for them.

use super::export::read_export_parts;
use crate::agents::json::{JsonFields as _, read_bounded_field};
use crate::agents::transcript::TranscriptFile;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// How many sub-agents of one session are asked for.
const MOST: usize = 50;

/// How often, and at what intervals, it is looked whether opencode is done with one.
const LOOKS: usize = 750;
const INTERVAL: Duration = Duration::from_millis(20);

/// Returns the ids of the sessions of sub-agents that an exported session names.
pub(super) fn find_sub_sessions(file: &TranscriptFile) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |part: &serde_json::Value| {
        let metadata = part.at(&["metadata"]);
        let id = metadata.text(&["sessionId", "sessionID"]);
        let id = id.filter(|id| is_id(id)).map(str::to_owned);
        found.extend(id.filter(|id| found.len() < MOST && !found.contains(id)));
    };
    // What cannot be read is reported by the import of it.
    let _ = read_export_parts(file, &mut |part| look(&read_bounded_field(part.state)));
    found
}

fn is_id(text: &str) -> bool {
    let id = text.strip_prefix("ses_");
    id.is_some_and(|id| {
        !id.is_empty() && id.len() < 100 && id.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// Has opencode write a session into a file. Returns whether it did: there may be no opencode, or it
/// may not know the session.
pub(super) fn export_session(id: &str, to: &Path) -> bool {
    let Ok(file) = File::create(to) else {
        return false;
    };
    let mut opencode = Command::new("opencode");
    opencode.args(["export", id]).stdout(file);
    opencode.stdin(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = opencode.spawn() else {
        return false;
    };
    for _ in 0..LOOKS {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(INTERVAL),
            Err(_) => return false,
        }
    }
    let _ = child.kill().and_then(|()| child.wait());
    false
}
