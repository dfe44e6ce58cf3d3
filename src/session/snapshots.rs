//! How the directories of a session look when it ends, by which the next one sees what was done
//! since.

use super::observe::{Baseline, Observer};
use super::registry;
use crate::error::Result;
use crate::kb::Kb;
use crate::model::SessionId;
use std::path::{Path, PathBuf};

/// How directories look at one moment.
pub(crate) type Snapshots = Result<Vec<(PathBuf, Baseline)>>;

/// Looks at the directories.
pub(crate) fn take_snapshots(kb: &Kb, directories: &[PathBuf]) -> Snapshots {
    let time = registry::file_time(kb)?;
    let observer = Observer::default();
    let snapshot = |dir: &PathBuf| (dir.clone(), observer.baseline(dir, time));
    Ok(directories.iter().map(snapshot).collect())
}

/// Keeps how the directories looked at the end of a session, which counts once its entry is there.
/// Returns a remark if it cannot: without it there are still the times.
pub(crate) fn keep_snapshots(
    kb: &Kb,
    snapshots: &Snapshots,
    id: SessionId,
    entry: &Path,
) -> Vec<String> {
    let taken = snapshots.as_ref().map_err(ToString::to_string);
    let kept = taken.and_then(|snapshots| {
        let keep = |(dir, seen): &(PathBuf, Baseline)| {
            registry::keep_last_seen(kb, dir, seen, (id, entry))
        };
        snapshots
            .iter()
            .try_for_each(keep)
            .map_err(|e| e.to_string())
    });
    let warning = |error| format!("could not note how the directories look: {error}");
    kept.err().map(warning).into_iter().collect()
}
