//! Times of files, in nanoseconds since 1970, on the clock of the file system.

use crate::kb::walk::{FileState, nanoseconds, state_of};
use crate::model::Timestamp;
use std::fs::{self, Metadata};
use std::path::Path;

/// One second, in nanoseconds.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Returns whether a file time is not before another. One without a fraction may come from a file
/// system that keeps whole seconds, and then means some time within that second.
pub(super) fn not_before(time: i64, start: i64) -> bool {
    time >= start || (time % SECOND == 0 && time.div_euclid(SECOND) == start.div_euclid(SECOND))
}

/// Returns a file time to the second, in UTC.
pub(super) fn timestamp_of(time: i64) -> Timestamp {
    Timestamp::from_seconds(time.div_euclid(SECOND))
}

/// Returns the state of a file, or of a link itself. `None` if there is none.
pub(super) fn file_state(path: &Path) -> Option<FileState> {
    fs::symlink_metadata(path).ok().map(|data| state_of(&data))
}

/// Returns when the file was made, where the file system keeps that.
pub(super) fn creation_time(data: &Metadata) -> Option<i64> {
    data.created().ok().map(nanoseconds)
}

/// Returns whether something was added to or removed from the directory of a path since then. If
/// the directory is gone too, the nearest one above it shows that.
pub(super) fn directory_changed(path: &Path, start: i64) -> bool {
    let mut above = path.ancestors().skip(1);
    let state = above.find_map(file_state);
    state.is_some_and(|state| not_before(state.modified, start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_mean_the_whole_second() {
        assert!(not_before(5 * SECOND + 3, 5 * SECOND + 3));
        assert!(!not_before(5 * SECOND + 2, 5 * SECOND + 3));
        assert!(not_before(5 * SECOND, 5 * SECOND + 3));
        assert!(!not_before(4 * SECOND, 5 * SECOND + 3));
        assert!(not_before(-SECOND, -SECOND + 5));
    }
}
