//! How a record changes by one thing that is logged: pure functions on a [`Session`].
//!
//! What somebody said wins over what was seen, and that over what was concluded ([`Source`]).
//! Saying the same again changes nothing.

use crate::error::{Error, Result};
use crate::model::{Blocker, Decision, Event, FileAction, FileRow, Session, Source, ToolUse};
use chrono::{NaiveDateTime, Timelike};

/// Adds a row to the progress log, behind all that are not later.
pub(crate) fn add_event(session: &mut Session, time: NaiveDateTime, text: &str, source: Source) {
    let time = minute(time);
    let rows = &session.progress;
    let later = rows.iter().rev().take_while(|event| event.time > time);
    // What is stated stays in the order in which it was said, whatever the clock did.
    let at = match source {
        Source::Stated => rows.len(),
        _ => rows.len() - later.count(),
    };
    let text = text.to_owned();
    session.progress.insert(at, Event { time, text, source });
}

/// Returns the time to the minute, as the progress log has it.
pub(crate) fn minute(time: NaiveDateTime) -> NaiveDateTime {
    let whole = time.with_second(0).and_then(|time| time.with_nanosecond(0));
    whole.unwrap_or(time)
}

/// What there is to say about a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileNews<'a> {
    /// As in [`FileRow::path`].
    pub(crate) path: &'a str,
    /// What was done to it; `None`: that of the row, or that it was modified.
    pub(crate) action: Option<FileAction>,
    /// Remark; empty for none.
    pub(crate) notes: &'a str,
    /// Who says so.
    pub(crate) source: Source,
}

/// Adds a row to the files tracker, or brings the one of this file up to date.
pub(crate) fn set_file(session: &mut Session, news: FileNews<'_>) {
    let row = session.files.iter_mut().find(|row| row.path == news.path);
    let Some(row) = row else {
        session.files.push(FileRow {
            path: news.path.to_owned(),
            action: news.action.unwrap_or(FileAction::Modified),
            notes: news.notes.to_owned(),
            source: news.source,
        });
        return;
    };
    if news.source < row.source {
        return;
    }
    if let Some(action) = news.action {
        row.action = match (row.source, news.source) {
            (Source::Stated, _) => row.action.max(action),
            (_, Source::Stated) => action,
            _ => seen(row.action, action),
        };
    }
    row.source = news.source;
    if row.notes.is_empty() {
        row.notes = news.notes.to_owned();
    } else if !row.notes.contains(news.notes) {
        row.notes = format!("{}; {}", row.notes, news.notes);
    }
}

/// Returns what two observations of a file come to, the second being the later.
fn seen(before: FileAction, now: FileAction) -> FileAction {
    use FileAction::{Created, Deleted, Modified, Read, Renamed};
    match (before, now) {
        // It is there again.
        (Deleted, Created | Modified) => Modified,
        (Deleted, Read) => Deleted,
        (Created | Renamed, Modified | Created) => before,
        (_, Deleted | Renamed) => now,
        _ => before.max(now),
    }
}

/// Adds a decision. The same decision once more only fills in a missing rationale.
pub(crate) fn decide(session: &mut Session, decision: &str, rationale: &str, source: Source) {
    let same = |row: &&mut Decision| {
        let filled = rationale.is_empty() || row.rationale.is_empty();
        row.decision == decision && (filled || row.rationale == rationale)
    };
    match session.decisions.iter_mut().find(same) {
        Some(row) => {
            if row.rationale.is_empty() {
                row.rationale = rationale.to_owned();
            }
            row.source = row.source.max(source);
        }
        None => session.decisions.push(Decision {
            decision: decision.to_owned(),
            rationale: rationale.to_owned(),
            source,
        }),
    }
}

/// Adds a blocker, unless the same is open already.
pub(crate) fn block(session: &mut Session, blocker: &str, source: Source) {
    let same = |row: &Blocker| row.blocker == blocker && row.resolution.is_empty();
    if !session.blockers.iter().any(same) {
        session.blockers.push(Blocker {
            blocker: blocker.to_owned(),
            resolution: String::new(),
            source,
        });
    }
}

/// Resolves a blocker: the one named (its text, or an unmistakable part of it), which is added if
/// there is none; else the only one that is open. Returns the blocker.
///
/// # Errors
///
/// [`Kind::Usage`](crate::error::Kind::Usage) if it is not clear which one is meant,
/// [`Kind::NotFound`](crate::error::Kind::NotFound) if none is open.
pub(crate) fn resolve(
    session: &mut Session,
    named: Option<&str>,
    resolution: &str,
    source: Source,
) -> Result<String> {
    let at = match named {
        Some(name) => match matching(&session.blockers, name)? {
            Some(at) => at,
            None => {
                block(session, name, source);
                session.blockers.len() - 1
            }
        },
        None => only_open(&session.blockers)?,
    };
    let row = &mut session.blockers[at];
    row.resolution = match row.resolution.as_str() {
        "" => resolution.to_owned(),
        before if before == resolution => return Ok(row.blocker.clone()),
        before => format!("{before}; {resolution}"),
    };
    row.source = row.source.max(source);
    Ok(row.blocker.clone())
}

/// Returns the blocker of that text, else the only open one in whose text it occurs.
fn matching(blockers: &[Blocker], name: &str) -> Result<Option<usize>> {
    let whole = |row: &Blocker| row.blocker == name;
    let open = |row: &Blocker| row.resolution.is_empty();
    let found = blockers.iter().rposition(|row| whole(row) && open(row));
    if let Some(at) = found.or_else(|| blockers.iter().rposition(whole)) {
        return Ok(Some(at));
    }
    let name = name.to_lowercase();
    let part = |row: &Blocker| open(row) && row.blocker.to_lowercase().contains(&name);
    let parts: Vec<usize> = (0..blockers.len())
        .filter(|at| part(&blockers[*at]))
        .collect();
    match parts.as_slice() {
        [] => Ok(None),
        [at] => Ok(Some(*at)),
        several => Err(unclear(several.iter().map(|at| &blockers[*at]))),
    }
}

fn only_open(blockers: &[Blocker]) -> Result<usize> {
    let open = |at: &usize| blockers[*at].resolution.is_empty();
    let open: Vec<usize> = (0..blockers.len()).filter(open).collect();
    match open.as_slice() {
        [] => Err(Error::not_found("no blocker is open in this session")
            .with_hint("name it: mx log blocker TEXT --resolve HOW adds both")),
        [at] => Ok(*at),
        several => Err(unclear(several.iter().map(|at| &blockers[*at]))),
    }
}

fn unclear<'a>(rows: impl Iterator<Item = &'a Blocker>) -> Error {
    let error = Error::usage("several blockers are open: say which one is resolved");
    rows.fold(error, |error, row| {
        let text: String = row.blocker.chars().take(60).collect();
        error.with_hint(format!("mx log blocker {text:?} --resolve HOW"))
    })
}

/// Counts uses of a skill or tool.
pub(crate) fn count_tool(session: &mut Session, name: &str, uses: u64, source: Source) {
    match session.tools.iter_mut().find(|tool| tool.name == name) {
        Some(tool) => {
            tool.uses = tool.uses.saturating_add(uses);
            tool.source = tool.source.max(source);
        }
        None => session.tools.push(ToolUse {
            name: name.to_owned(),
            uses,
            source,
        }),
    }
}

/// Adds the rows of another record.
pub(crate) fn absorb(session: &mut Session, other: &Session) {
    for event in &other.progress {
        add_event(session, event.time, &event.text, event.source);
    }
    for file in &other.files {
        let news = FileNews {
            path: &file.path,
            action: Some(file.action),
            notes: &file.notes,
            source: file.source,
        };
        set_file(session, news);
    }
    for row in &other.decisions {
        decide(session, &row.decision, &row.rationale, row.source);
    }
    for row in &other.blockers {
        block(session, &row.blocker, row.source);
        if !row.resolution.is_empty() {
            // Named in full, hence found.
            let _ = resolve(session, Some(&row.blocker), &row.resolution, row.source);
        }
    }
    for tool in &other.tools {
        count_tool(session, &tool.name, tool.uses, tool.source);
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::session;
    use super::*;

    fn file(session: &mut Session, action: FileAction, notes: &str, source: Source) -> FileRow {
        let path = "a.rs";
        let action = Some(action);
        set_file(
            session,
            FileNews {
                path,
                action,
                notes,
                source,
            },
        );
        assert_eq!(session.files.len(), 1, "one row per file");
        session.files[0].clone()
    }

    #[test]
    fn the_strongest_action_that_was_stated_wins() {
        use FileAction::{Created, Deleted, Modified, Read};
        let mut record = session();
        assert_eq!(file(&mut record, Read, "", Source::Stated).action, Read);
        assert_eq!(
            file(&mut record, Created, "", Source::Stated).action,
            Created
        );
        assert_eq!(
            file(&mut record, Modified, "", Source::Stated).action,
            Created
        );
        assert_eq!(
            file(&mut record, Deleted, "", Source::Stated).action,
            Deleted
        );
    }

    #[test]
    fn what_was_said_wins_over_what_was_seen_and_notes_add_up() {
        use FileAction::{Created, Deleted, Modified};
        let mut record = session();
        assert_eq!(
            file(&mut record, Created, "", Source::Observed).action,
            Created
        );
        let row = file(&mut record, Modified, "why", Source::Stated);
        assert_eq!((row.action, row.source), (Modified, Source::Stated));
        let row = file(&mut record, Deleted, "seen", Source::Observed);
        assert_eq!((row.action, row.notes.as_str()), (Modified, "why"));
        let row = file(&mut record, Modified, "how", Source::Stated);
        assert_eq!(row.notes, "why; how");
    }

    #[test]
    fn what_was_seen_last_is_what_is() {
        use FileAction::{Created, Deleted, Modified, Renamed};
        for (before, now, then) in [
            (Created, Modified, Created),
            (Modified, Created, Created),
            (Deleted, Created, Modified),
            (Created, Deleted, Deleted),
            (Renamed, Modified, Renamed),
        ] {
            let mut record = session();
            file(&mut record, before, "", Source::Observed);
            let row = file(&mut record, now, "", Source::Observed);
            assert_eq!(row.action, then, "{before:?} then {now:?}");
        }
    }

    #[test]
    fn a_blocker_is_resolved_by_name_by_part_or_because_it_is_the_only_one() {
        let mut record = session();
        assert!(resolve(&mut record, None, "x", Source::Stated).is_err());
        block(&mut record, "Tests fail", Source::Stated);
        block(&mut record, "Tests fail", Source::Stated);
        block(&mut record, "Disk is full", Source::Stated);
        assert_eq!(record.blockers.len(), 2);
        let error = resolve(&mut record, None, "x", Source::Stated).expect_err("two are open");
        assert_eq!(error.hints().len(), 2);
        let which = resolve(&mut record, Some("disk"), "bought one", Source::Stated);
        assert_eq!(which.expect("a part"), "Disk is full");
        let which = resolve(&mut record, None, "frozen clock", Source::Stated);
        assert_eq!(which.expect("the only one"), "Tests fail");
        resolve(&mut record, Some("New one"), "at once", Source::Stated).expect("added");
        assert_eq!(record.blockers[2].resolution, "at once");
    }

    #[test]
    fn a_decision_is_not_repeated_and_gets_its_reason_later() {
        let mut record = session();
        decide(&mut record, "Use redb", "", Source::Stated);
        decide(&mut record, "Use redb", "simple", Source::Stated);
        decide(&mut record, "Use redb", "", Source::Stated);
        assert_eq!(record.decisions.len(), 1);
        assert_eq!(record.decisions[0].rationale, "simple");
        decide(&mut record, "Use redb", "fast", Source::Stated);
        assert_eq!(record.decisions.len(), 2, "another reason is kept");
    }

    #[test]
    fn what_was_seen_is_put_where_its_time_is_and_what_is_said_last() {
        let mut record = session();
        let at = |minutes| record.id.start() + chrono::TimeDelta::minutes(minutes);
        let (one, two, three) = (at(1), at(2), at(3));
        add_event(&mut record, one, "one", Source::Stated);
        add_event(&mut record, three, "three", Source::Stated);
        add_event(&mut record, two, "two", Source::Observed);
        add_event(&mut record, one, "back", Source::Stated);
        let texts: Vec<&str> = record.progress.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(texts, ["one", "two", "three", "back"]);
    }
}
