//! When the hooks of an agent were last called. While a journal is there, it shows that; what stays
//! when it has become a record is a time in `NAME.fired` beside it.

use super::Agent;
use crate::kb::{read_private, replace_private};
use std::path::{Path, PathBuf};

/// Notes that a hook of an agent was called at a time, in milliseconds since 1970-01-01 UTC.
/// `dir` is the directory of the journals.
pub(crate) fn note_activity(dir: &Path, agent: Agent, at: i64) {
    if last_activity(dir, agent) < Some(at) {
        // Nothing but a line of `mx doctor` depends on it.
        let _ = replace_private(&activity_path(dir, agent), format!("{at}\n").as_bytes());
    }
}

/// Returns the latest time that was noted.
pub(crate) fn last_activity(dir: &Path, agent: Agent) -> Option<i64> {
    let bytes = read_private(&activity_path(dir, agent)).ok()?;
    String::from_utf8(bytes).ok()?.trim().parse().ok()
}

fn activity_path(dir: &Path, agent: Agent) -> PathBuf {
    dir.join(format!("{}.fired", agent.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_latest_time_stays() {
        let dir = tempfile::tempdir().expect("temporary directory");
        assert_eq!(last_activity(dir.path(), Agent::Claude), None);
        for (at, latest) in [(5, 5), (3, 5), (7, 7)] {
            note_activity(dir.path(), Agent::Claude, at);
            assert_eq!(last_activity(dir.path(), Agent::Claude), Some(latest));
        }
        assert_eq!(last_activity(dir.path(), Agent::Codex), None);
        fs::write(dir.path().join("claude.fired"), "tor").expect("written");
        assert_eq!(last_activity(dir.path(), Agent::Claude), None);
        note_activity(&dir.path().join("missing"), Agent::Claude, 1);
    }
}
