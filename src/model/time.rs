//! Points in time, the time zone of a KB, and the clock.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, TimeZone, Utc};
use std::fmt;

/// The months in English, in lower case.
pub(crate) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A point in time with the offset in which it is to be shown, to the second.
///
/// Ordered and compared by the instant alone.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp(DateTime<FixedOffset>);

impl Timestamp {
    /// Makes a timestamp from seconds since 1970-01-01 UTC, shown in UTC. Out of chrono's range
    /// it is clamped.
    pub fn from_seconds(seconds: i64) -> Self {
        let limit = DateTime::<Utc>::MAX_UTC.timestamp();
        let seconds = seconds.clamp(DateTime::<Utc>::MIN_UTC.timestamp(), limit);
        let utc = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        Timestamp(utc.fixed_offset())
    }

    /// Makes a timestamp from milliseconds since 1970-01-01 UTC.
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        Timestamp::from_seconds(milliseconds.div_euclid(1000))
    }

    /// Parses RFC 3339.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text.trim())
            .ok()
            .map(Timestamp::from)
    }

    /// Returns seconds since 1970-01-01 UTC.
    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// Returns the same instant, shown in the given zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Timestamp(self.0.with_timezone(&zone.0).fixed_offset())
    }

    /// Returns RFC 3339 as a clock in the given zone shows it.
    pub fn text_in_zone(self, zone: Zone) -> String {
        self.in_zone(zone).to_string()
    }

    /// Returns the instant with its offset.
    pub fn datetime(self) -> DateTime<FixedOffset> {
        self.0
    }
}

impl From<DateTime<FixedOffset>> for Timestamp {
    fn from(time: DateTime<FixedOffset>) -> Self {
        Timestamp(time)
    }
}

/// RFC 3339 to the second, `Z` for UTC.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        f.write_str(&text)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.seconds() == other.seconds()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds().cmp(&other.seconds())
    }
}

/// The time zone of a KB; UTC unless configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(chrono_tz::Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(chrono_tz::Tz::UTC);

    /// Returns the zone of an IANA name such as `Europe/Berlin`.
    pub fn parse(name: &str) -> Option<Self> {
        name.trim().parse().ok().map(Zone)
    }

    /// Returns the IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Returns the instant of a wall-clock time in this zone. An ambiguous time (clocks going
    /// back) is the earlier instant; a missing one (clocks going forward) is moved one hour on.
    pub fn at(self, local: NaiveDateTime) -> Timestamp {
        let found = match self.0.from_local_datetime(&local) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time),
            LocalResult::None => self
                .0
                .from_local_datetime(&(local + chrono::TimeDelta::hours(1)))
                .earliest(),
        };
        match found {
            Some(time) => Timestamp(time.fixed_offset()),
            None => Timestamp(local.and_utc().fixed_offset()),
        }
    }
}

impl Zone {
    /// Returns the instant of a wall-clock time that is not before another instant, if that can be
    /// so: of an ambiguous time the later instant where the earlier one would be before it.
    pub fn at_or_after(self, local: NaiveDateTime, before: Timestamp) -> Timestamp {
        let first = self.at(local);
        match self.0.from_local_datetime(&local) {
            LocalResult::Ambiguous(_, later) if first.seconds() / 60 < before.seconds() / 60 => {
                Timestamp(later.fixed_offset())
            }
            _ => first,
        }
    }
}

/// The clock: the system's, or one that stands still, for tests and for reproducing a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Always the same instant (`MX_NOW`).
    Fixed(Timestamp),
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn local(y: i32, m: u32, d: u32, h: u32, min: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(y, m, d)
            .and_then(|day| day.and_hms_opt(h, min, 0))
            .expect("a valid date")
    }

    #[test]
    fn utc_is_written_with_a_z_and_other_zones_with_their_offset() {
        let time = Zone::UTC.at(local(2026, 1, 11, 10, 30));
        assert_eq!(time.to_string(), "2026-01-11T10:30:00Z");
        let berlin = Zone::parse("Europe/Berlin").expect("known zone");
        assert_eq!(
            time.in_zone(berlin).to_string(),
            "2026-01-11T11:30:00+01:00"
        );
        assert_eq!(time, time.in_zone(berlin));
    }

    #[test]
    fn times_that_are_missing_or_ambiguous_have_an_instant() {
        let berlin = Zone::parse("Europe/Berlin").expect("known zone");
        let missing = berlin.at(local(2026, 3, 29, 2, 30));
        assert_eq!(missing.to_string(), "2026-03-29T03:30:00+02:00");
        let ambiguous = berlin.at(local(2026, 10, 25, 2, 30));
        assert_eq!(ambiguous.to_string(), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn what_went_before_tells_which_of_two_instants_is_meant() {
        let berlin = Zone::parse("Europe/Berlin").expect("known zone");
        let time = local(2026, 10, 25, 2, 10);
        let first = berlin.at(local(2026, 10, 25, 2, 50));
        let shown = |before| berlin.at_or_after(time, before).to_string();
        assert_eq!(shown(first), "2026-10-25T02:10:00+01:00");
        assert_eq!(
            shown(berlin.at(local(2026, 10, 25, 2, 0))),
            "2026-10-25T02:10:00+02:00"
        );
    }

    #[test]
    fn seconds_out_of_range_do_not_panic() {
        let _ = Timestamp::from_seconds(i64::MAX).to_string();
        let _ = Timestamp::from_seconds(i64::MIN).to_string();
    }
}
