//! Dated sections: which headings begin one, and what those inside it inherit.
//!
//! A dated section begins with a level-2 heading that begins with a date, and reaches to the next
//! one. Headings of any level inside it lie below its heading, and have its time and its tags
//! unless they carry a date of their own. Where that cannot be read, they have no time at all: it
//! is not that of the dated section.

use super::dates::{HeadingDate, read_heading_date};
use super::note_heading::is_note_heading;
use crate::model::{Tag, Timestamp, Zone};

/// The dated section that goes on, heading by heading.
pub(super) struct DatedSections {
    zone: Zone,
    /// Start of the session that the entry records, until its section is found.
    session: Option<Timestamp>,
    open: Option<OpenDated>,
    /// The nearest heading above with a date of its own that begins no dated section: its level,
    /// and its time if it can be read.
    own: Option<(u8, Option<Timestamp>)>,
    /// Tags of the dated section that goes on.
    pub(super) tags: Vec<Tag>,
}

struct OpenDated {
    time: Timestamp,
    /// Whether `session-log` wrote its heading: then all up to the next one is one note, whatever
    /// dates there are in headings between.
    is_note: bool,
}

/// Where a heading stands in time.
pub(super) struct HeadingPlace {
    /// Its level, counted from the dated section that it lies in.
    pub(super) depth: u8,
    pub(super) time: Option<Timestamp>,
    /// Whether it begins a dated section.
    pub(super) dated: bool,
    /// Whether it has the tags of the dated section that it lies in.
    pub(super) inherits_tags: bool,
}

impl DatedSections {
    pub(super) fn new(zone: Zone, session: Option<Timestamp>) -> Self {
        DatedSections {
            zone,
            session,
            open: None,
            own: None,
            tags: Vec::new(),
        }
    }

    /// Places the next heading; `line` is how it is written.
    pub(super) fn place(&mut self, level: u8, heading: &str, line: &str) -> HeadingPlace {
        let is_session = is_session(heading);
        if level == 2 && is_session && self.session.is_some() {
            return self.begin(self.session, false);
        }
        let found = if is_session {
            // The name of a session holds a date that is not meant for one.
            HeadingDate::None
        } else {
            read_heading_date(heading, self.zone)
        };
        if let (2, HeadingDate::Own(time)) = (level, found) {
            return self.begin(Some(time), is_note_heading(line));
        }
        self.own = match found {
            HeadingDate::Own(time) => Some((level, Some(time))),
            HeadingDate::Other => Some((level, None)),
            HeadingDate::None => self.own.filter(|(above, _)| *above < level),
        };
        let time = match self.own {
            Some((_, time)) => time,
            None => self.open.as_ref().map(|open| open.time),
        };
        let is_note = self.open.as_ref().is_some_and(|open| open.is_note);
        let inherits_tags = self.open.is_some() && (is_note || self.own.is_none());
        if is_note && found == HeadingDate::Other {
            self.own = None;
        }
        let inside = u8::from(self.open.is_some());
        HeadingPlace {
            depth: level + 2 * inside,
            time,
            dated: false,
            inherits_tags,
        }
    }

    fn begin(&mut self, time: Option<Timestamp>, is_note: bool) -> HeadingPlace {
        self.session = self.session.filter(|_| self.session != time);
        self.open = time.map(|time| OpenDated { time, is_note });
        self.own = None;
        self.tags.clear();
        HeadingPlace {
            depth: 2,
            time,
            dated: time.is_some(),
            inherits_tags: false,
        }
    }
}

/// Returns whether a heading is that of the session which the entry records.
fn is_session(heading: &str) -> bool {
    let name = heading.get(..8);
    name.is_some_and(|name| name.eq_ignore_ascii_case("session:"))
}
