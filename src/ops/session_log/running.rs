//! A note that is written while a session of its project runs belongs to that session.

use crate::kb::Kb;
use crate::markdown::session_entry::{NewSection, heading_time};
use crate::model::{EntryPath, Source, is_same_name};
use crate::session::recorder::Recorder;
use crate::session::resume::one_line;
use crate::session::{record, registry, running};

/// Longest beginning of a note beside its link, in characters.
const BEGINNING: usize = 100;

/// The tag of notes that are decisions.
const DECISION: &str = "decision";

/// Links a note that was written in the session in progress. Returns what should be said where that
/// does not succeed: the note itself is safe.
pub(super) fn link_note(kb: &Kb, path: &EntryPath, section: &NewSection) -> Option<String> {
    // Of several sessions none is guessed.
    let running = running::find_running(kb, None).ok()??;
    let session = &running.session;
    if !is_same_name(&session.project, &kb.project()) {
        return None;
    }
    let heading = section.time.map(|time| format!("#{}", heading_time(time)));
    let link = format!("[[{path}{}]]", heading.unwrap_or_default());
    let beginning = first_line(&section.message);
    let is_decision = section.tags.iter().any(|tag| tag.key() == DECISION);
    let linked = record::log_to_record(kb, &running.file, |session| {
        session.notes.push(format!("{link} {beginning}"));
        if is_decision {
            Recorder::new(session).add_decision(&beginning, &link, Source::Stated);
        }
        Ok(())
    });
    registry::note_activity(kb, &session.project, session.id);
    let warning = |error| format!("the note is not linked in the running session: {error}");
    linked.err().map(warning)
}

fn first_line(message: &str) -> String {
    let mut lines = message.lines().map(one_line);
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
