//! From when on changes are asked for.

use super::Baseline;
use super::file_time::SECOND;
use crate::model::Timestamp;

/// From when on changes are asked for.
#[derive(Debug, Clone)]
pub enum Since {
    /// The start of the session, with what was seen of the directory then.
    Baseline(Baseline),
    /// A time; nothing is known of how the directory looked then.
    Time(Timestamp),
    /// Nothing is known: the day before the latest activity.
    Unknown {
        /// The time now. File times after it are on another clock than this program's and the
        /// commits', and are not compared with theirs.
        now: Timestamp,
    },
}

/// One day, in seconds.
pub(super) const DAY: i64 = 86_400;

/// A file time this far behind the time now is no clock skew: one hour, in seconds.
pub(crate) const SKEW: i64 = 3_600;

/// From when on commits and files count where only times are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// Commits: seconds since 1970.
    pub commits: i64,
    /// Files: nanoseconds since 1970.
    pub files: i64,
}

impl Window {
    /// Returns the window from one time on.
    pub(super) fn from(time: Timestamp) -> Self {
        Window {
            commits: time.seconds(),
            files: time.seconds().saturating_mul(SECOND),
        }
    }

    /// Returns the day before the latest activity: of the newest commit (seconds), or of the
    /// newest file (nanoseconds) if that is later and on the same clock.
    pub(super) fn last_day(commit: Option<i64>, file: Option<i64>, now: Timestamp) -> Self {
        let newest_file = file.map(|file| file.div_euclid(SECOND));
        let same_clock = newest_file.is_none_or(|file| file <= now.seconds() + SKEW);
        let newest = commit.max(newest_file.filter(|_| same_clock));
        let commits = newest.map_or(i64::MAX, |newest| newest - DAY);
        let files = match newest_file {
            Some(file) if !same_clock => file - DAY,
            _ => commits,
        };
        Window {
            commits,
            files: files.saturating_mul(SECOND),
        }
    }
}

/// Returns the latest of some file times in nanoseconds; wrong ones, in the future of `now`, only
/// if there are no others.
pub(super) fn latest_burst(
    times: impl Iterator<Item = i64> + Clone,
    now: Timestamp,
) -> Option<i64> {
    let limit = now.seconds().saturating_add(SKEW).saturating_mul(SECOND);
    let right = times.clone().filter(|time| *time <= limit).max();
    right.or_else(|| times.max())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn window(commit: Option<i64>, file: Option<i64>) -> (i64, i64) {
        let file = file.map(|file| file * SECOND);
        let window = Window::last_day(commit, file, Timestamp::from_seconds(NOW));
        (window.commits, window.files / SECOND)
    }

    #[test]
    fn the_last_day_ends_with_the_latest_activity() {
        assert_eq!(window(Some(900_000), None), (813_600, 813_600));
        assert_eq!(window(Some(900_000), Some(800_000)), (813_600, 813_600));
        assert_eq!(window(Some(500_000), Some(900_000)), (813_600, 813_600));
        // Commits may lie in the future.
        assert_eq!(window(Some(9_000_000), None).0, 8_913_600);
    }

    #[test]
    fn files_on_another_clock_have_a_day_of_their_own() {
        assert_eq!(window(Some(900_000), Some(9_000_000)), (813_600, 8_913_600));
        assert_eq!(window(None, Some(9_000_000)), (i64::MAX, 8_913_600));
    }

    #[test]
    fn a_wrong_date_does_not_hide_the_others() {
        let now = Timestamp::from_seconds(NOW);
        let latest = |times: &[i64]| latest_burst(times.iter().map(|time| time * SECOND), now);
        assert_eq!(latest(&[5, 7, 9_000_000]), Some(7 * SECOND));
        assert_eq!(latest(&[8_000_000, 9_000_000]), Some(9_000_000 * SECOND));
        assert_eq!(latest(&[]), None);
    }
}
