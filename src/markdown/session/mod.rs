//! The record of a session: the text of its file ⇄ [`Session`].
//!
//! Enter by [`parse_record`], which never fails, [`render_record`], which makes a new file, and [`update_record`],
//! which changes as little of a text as it can. A person may edit the file at any time: what this
//! module does not understand stays as it is, byte for byte, and is reported as a
//! `Problem` where it looks like a part of the record.
//!
//! - `lines`, `parts`, `layout`, `table`, `front`: where in a text the parts of the record are.
//! - `cell`, `rows`, `row_text`, `list`: what a cell, a row and an item of a list say, and how they
//!   are written.
//! - `reading`, `render`, and `update` with `compare`, `table_edit`, `front_edit`, `edits`: the
//!   ways in.

mod cell;
mod compare;
mod edits;
mod front;
mod front_edit;
mod layout;
mod lines;
mod list;
mod list_edit;
mod parts;
mod reading;
mod render;
mod row_text;
mod rows;
mod table;
mod table_edit;
#[cfg(test)]
mod tests;
mod update;

use crate::model::{Problem, Session, SessionId, Timestamp, Zone};
use layout::Layout;

/// What the text of a session file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The session; `None` if the text is no session at all.
    pub session: Option<Session>,
    /// What could not be understood, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads the text of a session file. Times without an offset are in `zone`.
///
/// The id is that of the front matter, else of the heading `## Session: ID`, else `fallback` (of
/// the file's name), if the text looks like a session at all. Without a readable start the session
/// began when its id says. A part that cannot be read is a problem, and the others count.
pub fn parse_record(text: &str, zone: Zone, fallback: Option<SessionId>) -> Parsed {
    reading::parse_layout(&Layout::read(text), zone, fallback)
}

/// Returns the whole text of a new session file.
pub fn render_record(session: &Session) -> String {
    render::render_whole(session)
}

/// Returns the text after the least edits that make it say `session`: every byte that is not
/// concerned stays.
///
/// Reading the result gives `session`, as far as the text permits: front matter that is no YAML
/// is left as it is, and then only the body says what it can. An empty text becomes a new file.
pub fn update_record(text: &str, session: &Session) -> String {
    update::update_text(text, session)
}

/// Returns the time from one instant to another as records show it, full minutes: `2h 15m`, `45m`;
/// beyond two days full hours: `3d 4h`.
pub fn format_duration(started: Timestamp, ended: Timestamp) -> String {
    let minutes = ended.seconds().saturating_sub(started.seconds()).max(0) / 60;
    match minutes / 60 {
        0 => format!("{minutes}m"),
        hours @ 1..48 => format!("{hours}h {}m", minutes % 60),
        hours => format!("{}d {}h", hours / 24, hours % 24),
    }
}
