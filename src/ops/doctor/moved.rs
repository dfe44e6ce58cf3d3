//! Sessions that lie where sessions are not looked for, because `session_logs` was changed.

use super::Finding;
use crate::error::Hint;
use crate::kb::Kb;
use crate::model::{Entry, SessionId};
use std::collections::BTreeMap;

/// Returns a finding for each directory with records of sessions outside `session_logs`.
pub(super) fn find_moved(kb: &Kb, entries: &[Entry]) -> Vec<Finding> {
    let logs = &kb.config().session_logs;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| is_record(entry)) {
        let above = entry.path.directory().rsplit_once('/');
        let directory = above.map_or("", |(above, _)| above);
        if directory != logs {
            *counts.entry(directory).or_default() += 1;
        }
    }
    let findings = counts.into_iter().map(|(directory, count)| {
        let sessions = if count == 1 {
            "session lies"
        } else {
            "sessions lie"
        };
        let message = format!("{count} {sessions} here, where no list of sessions has them");
        let advice = Hint::from(format!(
            "move what is in it to {logs}/, or name it in session_logs of .mx/config.yaml; then: "
        ));
        let advice = kb.spell(advice.then(Hint::command("log index")));
        Finding::warning("record", message, advice).at(directory)
    });
    findings.collect()
}

fn is_record(entry: &Entry) -> bool {
    let is_tag = |tag: &crate::model::Tag| tag.key() == "sessions";
    entry.path.stem().parse::<SessionId>().is_ok() && entry.tags.iter().any(is_tag)
}
