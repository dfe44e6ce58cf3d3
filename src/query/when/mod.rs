//! Points in time as people write them: `2026-01-11`, `7d`, `last week`, `March`.
//!
//! What a text names is a span: a day, a month, a minute. As a beginning it means the span's
//! first second, as an end its last, so that `until 2026-01-11` includes that day. Spans are
//! those of the wall clock in the zone of the KB: a day with a change of the clocks has 23 or 25
//! hours, and `7d` ago is the same time of day a week before. Hours and minutes ago are counted
//! as they pass.

mod absolute;
mod calendar;
mod mention;
mod relative;
#[cfg(test)]
mod tests;

use crate::model::{Timestamp, Zone};
use calendar::{Moment, RANGE};

pub use calendar::Span;
pub use mention::{Mention, find_mention};

/// The forms that [`parse_time`] takes, for messages.
pub const FORMS: &str = "2026-01-11, '2026-01-11 14:45', 2026-01, 2026, RFC 3339, 30m, 12h, 7d, \
    2w, 3mo, 1y, '7 days ago', 'a week ago', now, today, yesterday, monday, march, 'march 5', \
    'this week', 'last week', 'last month', 'last year'";

/// Which end of a range of time is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The beginning: the first second of what is named.
    Since,
    /// The end, included: the last second of what is named.
    Until,
}

/// Returns the point in time that a text names, seen from `now` in the given zone. `None` if it
/// is none of [`FORMS`]. Case does not matter, nor does white space around it.
pub fn parse_time(text: &str, now: Timestamp, zone: Zone, edge: Edge) -> Option<Timestamp> {
    if text.len() > 64 {
        return None;
    }
    let moment = Moment::new(now, zone);
    let text = text.trim().to_lowercase();
    let span = moment.absolute(&text).or_else(|| moment.relative(&text))?;
    let found = match edge {
        Edge::Since => span.first,
        Edge::Until => span.last,
    };
    RANGE
        .contains(&found.seconds())
        .then(|| found.in_zone(zone))
}
