//! Values: no input or output, no clock, no JSON layout.

mod entry;
mod hash;
mod line;
mod name;
mod path;
mod session;
mod tag;
mod time;

pub use entry::{Document, Entry, FrontMatter, Link, Problem, Section};
pub(crate) use hash::{first_eight, half_hash, hash_number, hash_text, name_by_hash, short_hash};
pub(crate) use line::{
    cut_at_character, decode_url, join_words, quote_beginning, shorten_line, visible_form,
};
pub use name::{decompose_name, is_same_name, name_key, normalize_name, open_text_key};
pub use path::EntryPath;
pub use session::{
    AgentSession, Blocker, ClientConnection, Decision, Event, FileAction, FileRow, NextStep,
    NotASessionId, Session, SessionId, Source, Status, ToolUse,
};
pub use tag::Tag;
pub(crate) use time::MONTHS;
pub use time::{Clock, Timestamp, Zone};
