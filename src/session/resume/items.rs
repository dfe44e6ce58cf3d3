//! What is known of a project, as items.

use super::compose::{compose, key_files, open_blockers};
use super::ending::Ending;
use super::item::{Item, Origin, Rank, What};
use super::prompt::{Prompt, Told, summary_of};
use super::text::{length, plain, sentence, unstopped};
use super::work::{Note, Work, count_new, last_session, note_label, parts, project_line, when};
use crate::model::{EntryPath, Event, FileAction, Session};
use std::collections::{HashMap, HashSet};

/// How many of each come before the rest.
const NEW_NOTES: usize = 5;
const DECISIONS: usize = 12;
const FILES: usize = 8;
const EVENTS: usize = 10;

/// Returns all items in the order in which they are read.
pub(super) fn items(work: &Work) -> Vec<Item> {
    let mut items = Items::default();
    match (work.sessions.first(), work.notes.first()) {
        (Some((_, session)), _) => items.push(
            What::Project,
            Origin::Session(session.id),
            Rank::Project,
            project_line(work, &last_session(session, work.now)),
        ),
        (None, Some(note)) => items.push(
            What::Project,
            Origin::Entry(note.path.clone()),
            Rank::Project,
            project_line(work, &format!("Last note: {}.", when(note.time, work.now))),
        ),
        (None, None) => return Vec::new(),
    }
    let (new, old) = work.notes.split_at(count_new(work));
    if let Some((_, session)) = work.sessions.first() {
        items.outcome(session);
    }
    items.notes(new, NEW_NOTES);
    if let Some((_, session)) = work.sessions.first() {
        items.open(session);
    }
    items.decisions(&work.sessions);
    if let Some((_, session)) = work.sessions.first() {
        items.details(session);
    }
    items.earlier(&work.sessions);
    items.notes(old, 0);
    items.0
}

#[derive(Default)]
struct Items(Vec<Item>);

impl Items {
    fn push(&mut self, what: What, origin: Origin, rank: Rank, line: String) {
        self.push_ordered(what, origin, (rank, self.0.len()), line);
    }

    fn push_ordered(
        &mut self,
        what: What,
        origin: Origin,
        (rank, order): (Rank, usize),
        line: String,
    ) {
        let bullet = if what == What::Project { "" } else { "- " };
        let line = format!("{bullet}{line}");
        self.0.push(Item {
            what,
            origin,
            rank,
            order,
            length: length(&line),
            line,
        });
    }

    /// A fact of a session with its label: `State then (from the last test run): …`.
    fn fact(&mut self, what: What, rank: Rank, session: &Session, label: &str, told: &Told) {
        let text = sentence(&plain(&told.text));
        let line = match &told.from {
            Some(from) => format!("{label} ({}): {text}", plain(from)),
            None => format!("{label}: {text}"),
        };
        self.push(what, Origin::Session(session.id), rank, line);
    }

    /// Summary, goal, state and what is next.
    fn outcome(&mut self, session: &Session) {
        let prompt = prompt(session);
        let summary = prompt.summary.or_else(|| {
            let text = summary_of(session)?;
            let from = Some("from the log".to_owned());
            Some(Told { text, from })
        });
        let goal = session.goal.clone().filter(|goal| {
            let told = |summary: &Told| plain(&summary.text).contains(unstopped(&plain(goal)));
            !goal.trim().is_empty() && !summary.as_ref().is_some_and(told)
        });
        let goal = goal.map(|text| Told { text, from: None });
        let facts = [
            (What::Summary, Rank::Done, "Done", summary),
            (What::Goal, Rank::Remarks, "Its goal was", goal),
            (What::State, Rank::State, "State then", prompt.state),
            (What::Next, Rank::Next, "Next, as noted then", prompt.next),
        ];
        for (what, rank, label, told) in facts {
            if let Some(told) = told {
                self.fact(what, rank, session, label, &told);
            }
        }
    }

    fn open(&mut self, session: &Session) {
        for row in open_blockers(session) {
            let line = format!("Open blocker: {}", plain(&row.blocker));
            self.push(
                What::Blocker,
                Origin::Session(session.id),
                Rank::Blockers,
                line,
            );
        }
    }

    /// Decisions of all sessions, newest first; one that was taken twice is there once.
    fn decisions(&mut self, sessions: &[(EntryPath, Session)]) {
        let rows = || {
            let rows = sessions.iter().enumerate().flat_map(|(age, (_, session))| {
                session
                    .decisions
                    .iter()
                    .rev()
                    .map(move |row| (age, session, row))
            });
            rows.filter(|(_, _, row)| !row.decision.trim().is_empty())
        };
        // The newest reason that anybody gave.
        let mut reasons = HashMap::new();
        for (_, _, row) in rows().filter(|(_, _, row)| !row.rationale.trim().is_empty()) {
            reasons.entry(key(&row.decision)).or_insert(&row.rationale);
        }
        let mut seen = HashSet::new();
        for (age, session, row) in rows() {
            let key = key(&row.decision);
            if seen.contains(&key) {
                continue;
            }
            let decision = plain(&row.decision);
            let decision = match reasons.get(&key) {
                Some(reason) => format!("{} Reason: {}", sentence(&decision), plain(reason)),
                None => decision,
            };
            let day = session.id.day();
            let line = match age {
                0 => format!("Decided: {decision}"),
                _ => format!("Decided on {day}: {decision}"),
            };
            let rank = if seen.len() < DECISIONS {
                Rank::Decisions
            } else {
                Rank::Rest
            };
            self.push(What::Decision, Origin::Session(session.id), rank, line);
            seen.insert(key);
        }
    }

    /// Uncommitted and key files, remarks, events.
    fn details(&mut self, session: &Session) {
        let origin = || Origin::Session(session.id);
        if let Some(files) = prompt(session).uncommitted {
            let line = format!("Uncommitted when it ended: {}", plain(&files));
            self.push(What::Uncommitted, origin(), Rank::Uncommitted, line);
        }
        for (at, row) in key_files(&session.files).into_iter().enumerate() {
            let notes = match plain(&row.notes) {
                notes if notes.is_empty() => notes,
                notes => format!(": {notes}"),
            };
            let action = row.action.name().to_lowercase();
            let line = format!("Key file: {} ({action}){notes}", plain(&row.path));
            let rank = if at < FILES && row.action != FileAction::Read || at < 2 {
                Rank::Files
            } else {
                Rank::Rest
            };
            self.push(What::File, origin(), rank, line);
        }
        let remarks = [
            ("The session did not end properly", &session.interrupted),
            ("The record was reconstructed from", &session.reconstructed),
        ];
        for (label, text) in remarks {
            if let Some(text) = text {
                let text = plain(text);
                // The label says it already.
                let said = ["from ", "not ended properly: "];
                let text = said
                    .iter()
                    .find_map(|said| text.strip_prefix(said))
                    .unwrap_or(&text);
                let colon = if text.is_empty() || label.ends_with("from") {
                    ""
                } else {
                    ":"
                };
                let line = format!("{label}{colon} {text}");
                self.push(
                    What::Remark,
                    origin(),
                    Rank::Remarks,
                    line.trim_end().to_owned(),
                );
            }
        }
        self.events(session);
    }

    /// The last events matter most, but are read in the order in which they happened.
    fn events(&mut self, session: &Session) {
        let filled = |event: &&Event| !event.text.trim().is_empty();
        let events: Vec<&Event> = session.progress.iter().filter(filled).collect();
        for (at, event) in events.iter().enumerate() {
            let age = events.len() - at - 1;
            let rank = if age < EVENTS {
                Rank::Events
            } else {
                Rank::Rest
            };
            let time = event.time.format("%Y-%m-%d %H:%M");
            let line = format!("Event {time}: {}", plain(&event.text));
            self.push_ordered(What::Event, Origin::Session(session.id), (rank, age), line);
        }
    }

    /// Blockers of earlier sessions that nothing resolved since, and a line on each.
    fn earlier(&mut self, sessions: &[(EntryPath, Session)]) {
        let mut known = HashSet::new();
        for (age, (_, session)) in sessions.iter().enumerate() {
            for row in &session.blockers {
                let open = row.resolution.trim().is_empty() && !row.blocker.trim().is_empty();
                if known.insert(key(&row.blocker)) && open && age > 0 {
                    let day = session.id.day();
                    let line = format!("Open blocker since {day}: {}", plain(&row.blocker));
                    let origin = Origin::Session(session.id);
                    self.push(What::EarlierBlocker, origin, Rank::EarlierBlockers, line);
                }
            }
        }
        for (_, session) in sessions.iter().skip(1) {
            let id = session.id;
            let summary = match prompt(session).summary {
                Some(told) => plain(&told.text),
                None => {
                    summary_of(session).map_or_else(|| "no summary".to_owned(), |text| plain(&text))
                }
            };
            let line = format!("Earlier session {id}: {}", sentence(&summary));
            let origin = Origin::Session(id);
            self.push(What::EarlierSession, origin, Rank::EarlierSessions, line);
        }
    }

    /// Notes; the first `important` are as important as what a session did.
    fn notes(&mut self, notes: &[Note], important: usize) {
        for (at, note) in notes.iter().enumerate() {
            let label = note_label(note);
            for (number, text) in parts(&note.text).into_iter().enumerate() {
                let first = number == 0;
                let rank = if first && at < important {
                    Rank::Done
                } else {
                    Rank::Rest
                };
                let line = match (first, text.is_empty()) {
                    (_, true) => label.clone(),
                    (true, false) => format!("{label}: {text}"),
                    (false, false) => format!("{label}, continued: {text}"),
                };
                self.push(What::Note, Origin::Entry(note.path.clone()), rank, line);
            }
        }
    }
}

/// Returns what the prompt of a record tells, also of one that has none yet.
fn prompt(session: &Session) -> Prompt {
    if session.prompt.is_empty() {
        Prompt::parse(&compose(session, &Ending::default()))
    } else {
        Prompt::parse(&session.prompt)
    }
}

/// Returns that by which two texts are known to say the same.
fn key(text: &str) -> String {
    unstopped(&plain(text)).to_lowercase()
}
