//! A note that is written while a session of its project runs belongs to that session.

use crate::kb::Kb;
use crate::markdown::parse_document;
use crate::markdown::session_entry::{NewSection, heading_time, render_section};
use crate::model::{EntryPath, Source, is_same_name, shorten_line};
use crate::session::recorder::Recorder;
use crate::session::resume::one_line;
use crate::session::start::find_going_on;
use crate::session::{record, registry};

/// Longest beginning of a note beside its link, in characters.
const BEGINNING: usize = 100;

/// The tag of notes that are decisions.
const DECISION: &str = "decision";

/// Links a note that was written in the session in progress. Returns a remark where that
/// does not succeed: the note itself is safe.
pub(super) fn link_note(kb: &Kb, path: &EntryPath, section: &NewSection) -> Option<String> {
    // Of several sessions none is guessed.
    let running = find_going_on(kb, None).ok()??;
    let session = &running.session;
    if !is_same_name(&session.project, &kb.project()) {
        return None;
    }
    let heading = section.time.map(|time| format!("#{}", heading_time(time)));
    let link = format!("[[{path}{}]]", heading.unwrap_or_default());
    let beginning = first_line(&section.message);
    let is_decision = is_decision(kb, section);
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

/// Returns whether a note is tagged as a decision, or as a kind of one, wherever the tag stands.
fn is_decision(kb: &Kb, section: &NewSection) -> bool {
    let document = parse_document(&render_section(section), kb.zone());
    let mut tags = document.sections.iter().flat_map(|section| &section.tags);
    tags.any(|tag| {
        let below = tag.key().strip_prefix(DECISION).map(str::to_owned);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Returns the first line of a note that says something, without marks of Markdown.
fn first_line(message: &str) -> String {
    let mut lines = message.lines().map(|line| one_line(&plain_line(line)));
    let line = lines.find(|line| !line.is_empty()).unwrap_or_default();
    shorten_line(&line, BEGINNING)
}

/// Returns a line without what makes it a heading, a quotation, an item or a comment, and without
/// emphasis; nothing of a line that opens code.
fn plain_line(line: &str) -> String {
    let mut rest = line.trim();
    if ["```", "~~~"].iter().any(|fence| rest.starts_with(fence)) {
        return String::new();
    }
    loop {
        let bare = rest.trim_start_matches(['>', ' ', '\t']);
        let heading = bare.trim_start_matches('#');
        let bare = if heading.starts_with(' ') {
            heading
        } else {
            bare
        };
        let marks = ["- ", "* ", "+ ", "<!--"];
        let bare = marks
            .iter()
            .find_map(|mark| bare.strip_prefix(mark))
            .unwrap_or(bare);
        if bare == rest {
            break;
        }
        rest = bare;
    }
    let plain = rest.replace("-->", "").replace("**", "").replace('`', "");
    let is_rule = plain
        .chars()
        .all(|c| matches!(c, '-' | '*' | '_' | '=' | ' '));
    if is_rule { String::new() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn the_first_line_of_a_note_is_told_without_its_marks() {
        for (message, line) in [
            ("## Decision record\nStatus: accepted", "Decision record"),
            ("**Keep** `code`", "Keep code"),
            ("> quoted", "quoted"),
            ("```sh\nmake\n```", "make"),
            ("<!-- hidden --> shown", "hidden shown"),
            ("<!--\n- item", "item"),
            ("---\n\n1. first", "1. first"),
            ("#tag text", "#tag text"),
            ("plain -- text", "plain -- text"),
        ] {
            assert_eq!(first_line(message), line, "{message:?}");
        }
    }
}
