//! What is known of a project, as items.

use super::super::open_work::{OpenItem, OpenKind};
use super::compose::{compose_prompt, key_files};
use super::derive::is_bookkeeping;
use super::ending::Ending;
use super::item::{Item, Origin, Rank, What};
use super::prompt::{Prompt, PromptFact, summary_of};
use super::text::{first_sentence, plain_text, shorten_text, text_length, without_stop};
use super::verification;
use super::work::{
    Note, Work, count_new, describe_running, last_session, note_label, project_line, relative_date,
    split_parts,
};
use crate::model::{EntryPath, Event, FileAction, Session, SessionId, Status, Timestamp};
use std::collections::{HashMap, HashSet};

/// How many of each come before the rest.
const NEW_NOTES: usize = 5;
const DECISIONS: usize = 12;
const FILES: usize = 8;
const EVENTS: usize = 10;

/// How much of what a session did is shown beside its steps, in characters.
const ORIGIN: usize = 80;

/// Returns all items in the order in which they are read.
pub(super) fn resume_items(work: &Work) -> Vec<Item> {
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
            project_line(
                work,
                &format!("Last note: {}.", relative_date(note.time, work.now)),
            ),
        ),
        (None, None) => return Vec::new(),
    }
    let told = items.open(work);
    let (new, old) = work.notes.split_at(count_new(work));
    let (running, ended) = split_running(&work.sessions);
    let mut others = running.iter();
    if let Some((_, session)) = others.next() {
        items.outcome(session, "Done so far");
    }
    for (_, session) in others {
        items.running(session, work.now);
    }
    items.notes(new, NEW_NOTES);
    if let Some((_, session)) = ended.first() {
        if !running.is_empty() {
            items.head(session, work.now);
        }
        items.outcome(session, "Done");
    }
    items.decisions(&work.sessions);
    if let Some((_, session)) = work.sessions.first() {
        items.details(session);
    }
    items.earlier(ended.get(1..).unwrap_or_default(), &told);
    items.notes(old, 0);
    items.list
}

/// Sessions with the paths of their records.
type RecordedSessions<'a> = &'a [(EntryPath, Session)];

/// Splits off the sessions in progress, which come first.
fn split_running(
    sessions: &[(EntryPath, Session)],
) -> (RecordedSessions<'_>, RecordedSessions<'_>) {
    let is_running = |(_, session): &&(EntryPath, Session)| session.status == Status::Active;
    sessions.split_at(sessions.iter().take_while(is_running).count())
}

#[derive(Default)]
struct Items {
    list: Vec<Item>,
    /// What was shown already, so that nothing is shown twice.
    shown: Vec<String>,
}

impl Items {
    fn push(&mut self, what: What, origin: Origin, rank: Rank, line: String) {
        self.push_ordered(what, origin, (rank, self.list.len()), line);
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
        self.list.push(Item {
            what,
            origin,
            rank,
            order,
            length: text_length(&line),
            line,
        });
    }

    /// A fact of a session with its label: `State then (from the last test run): …`.
    fn fact(&mut self, what: What, rank: Rank, session: &Session, label: &str, told: &PromptFact) {
        let text = first_sentence(&plain_text(&told.text));
        let line = match &told.from {
            Some(from) => format!("{label} ({}): {text}", plain_text(from)),
            None => format!("{label}: {text}"),
        };
        self.push(what, Origin::Session(session.id), rank, line);
    }

    /// Open steps of all sessions with their date and origin, then blockers. Returns the sessions
    /// whose origin was shown on the way.
    fn open(&mut self, work: &Work) -> HashSet<SessionId> {
        let last = work.sessions.first().map(|(_, session)| session.id);
        let mut told = HashSet::new();
        let is_step = |item: &&OpenItem| item.kind == OpenKind::Step;
        let steps = work.open.iter().filter(is_step);
        for item in steps {
            let day = item.session.day();
            let origin = shorten_text(without_stop(&plain_text(&item.origin)), ORIGIN);
            // What the last session did is shown below.
            let shown_below = Some(item.session) == last || origin.is_empty();
            let origin = if shown_below || !told.insert(item.session) {
                String::new()
            } else {
                format!(" ({origin})")
            };
            let text = plain_text(&item.text);
            self.shown.push(comparable_text(&text));
            let line = format!("Next, noted {day}{origin}: {text} [{}]", item.id);
            self.push(What::Next, Origin::Session(item.session), Rank::Next, line);
        }
        for item in work.open.iter().filter(|item| !is_step(item)) {
            let day = item.session.day();
            let line = format!("Open blocker since {day}: {}", plain_text(&item.text));
            let origin = Origin::Session(item.session);
            self.push(What::Blocker, origin, Rank::Blockers, line);
        }
        told
    }

    /// A line on a session in progress that is not the first of all.
    fn running(&mut self, session: &Session, now: Timestamp) {
        let mut line = format!("Running session: {}", describe_running(session, now));
        if let Some(summary) = summary_of(session) {
            line += &format!(": {}", first_sentence(&plain_text(&summary)));
        }
        self.push(What::Summary, Origin::Session(session.id), Rank::Done, line);
    }

    /// Which session the outcome that follows is of, where it is not the first of all.
    fn head(&mut self, session: &Session, now: Timestamp) {
        let line = last_session(session, now);
        self.push(What::Summary, Origin::Session(session.id), Rank::Done, line);
    }

    /// What is next, where no list has it, goal, summary, state.
    fn outcome(&mut self, session: &Session, label: &str) {
        let prompt = prompt_of_session(session);
        let goal = session.goal.as_ref().filter(|goal| !goal.trim().is_empty());
        let goal = goal.map(|goal| PromptFact {
            text: goal.clone(),
            from: None,
        });
        let next = prompt.next.filter(|next| next.from.is_some());
        let whole = prompt
            .summary
            .as_ref()
            .map(|told| comparable_text(&told.text));
        let summary = prompt.summary.map(|told| match &next {
            Some(next) => told.without_next(&next.text),
            None => told,
        });
        let facts = [
            (What::Next, Rank::Next, "Next, as noted then", next),
            (What::Goal, Rank::Done, "Goal", goal),
            (What::Summary, Rank::Done, label, summary),
            (What::State, Rank::State, "State then", prompt.state),
        ];
        for (what, rank, label, told) in facts {
            let Some(told) = told else { continue };
            let text = comparable_text(&plain_text(&told.text));
            if !text.is_empty() && !self.is_shown(&text) {
                self.shown.push(text);
                self.fact(what, rank, session, label, &told);
            }
        }
        self.shown.extend(whole);
    }

    /// Returns whether something that says this was shown already.
    fn is_shown(&self, text: &str) -> bool {
        self.shown.iter().any(|told| told.contains(text))
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
        // The newest reason that was given.
        let mut reasons = HashMap::new();
        for (_, _, row) in rows().filter(|(_, _, row)| !row.rationale.trim().is_empty()) {
            reasons
                .entry(comparable_text(&row.decision))
                .or_insert(&row.rationale);
        }
        let mut seen = HashSet::new();
        for (age, session, row) in rows() {
            let key = comparable_text(&row.decision);
            if seen.contains(&key) {
                continue;
            }
            let decision = plain_text(&row.decision);
            let decision = match reasons.get(&key) {
                Some(reason) => format!(
                    "{} Reason: {}",
                    first_sentence(&decision),
                    plain_text(reason)
                ),
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
        if let Some(files) = prompt_of_session(session).uncommitted {
            let line = format!("Uncommitted when it ended: {}", plain_text(&files));
            self.push(What::Uncommitted, origin(), Rank::Uncommitted, line);
        }
        for (at, row) in key_files(&session.files).into_iter().enumerate() {
            let notes = match plain_text(&row.notes) {
                notes if notes.is_empty() => notes,
                notes => format!(": {notes}"),
            };
            let action = row.action.name().to_lowercase();
            let line = format!("Key file: {} ({action}){notes}", plain_text(&row.path));
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
                let text = plain_text(text);
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

    /// The last events matter most, but are read in the order in which they happened. What was
    /// shown already is left out.
    fn events(&mut self, session: &Session) {
        let events = session.progress.iter();
        let events: Vec<&Event> = events.filter(|event| self.is_news(event)).collect();
        for (at, event) in events.iter().enumerate() {
            let age = events.len() - at - 1;
            let rank = if age < EVENTS {
                Rank::Events
            } else {
                Rank::Rest
            };
            let time = event.time.format("%Y-%m-%d %H:%M");
            let line = format!("Event {time}: {}", plain_text(&event.text));
            self.push_ordered(What::Event, Origin::Session(session.id), (rank, age), line);
        }
    }

    fn is_news(&self, event: &Event) -> bool {
        let text = comparable_text(&event.text);
        let asked = text.strip_prefix("asked: ").unwrap_or(&text);
        let next = text.strip_prefix("next: ").unwrap_or(&text);
        let is_outcome = verification::outcome_of(&event.text).is_some();
        let is_kept = !text.is_empty() && !is_outcome && !is_bookkeeping(event);
        is_kept && !self.is_shown(asked) && !self.is_shown(next)
    }

    /// A line on each earlier session that says what it did.
    fn earlier(&mut self, sessions: &[(EntryPath, Session)], told: &HashSet<SessionId>) {
        for (_, session) in sessions {
            let id = session.id;
            let summary = summary_of(session).map(|text| plain_text(&text));
            if let Some(summary) = summary.filter(|_| !told.contains(&id)) {
                let line = format!("Earlier session {id}: {}", first_sentence(&summary));
                let origin = Origin::Session(id);
                self.push(What::EarlierSession, origin, Rank::EarlierSessions, line);
            }
        }
    }

    /// Notes; the first `important` are as important as what a session did.
    fn notes(&mut self, notes: &[Note], important: usize) {
        for (at, note) in notes.iter().enumerate() {
            let label = note_label(note);
            for (number, text) in split_parts(&note.text).into_iter().enumerate() {
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

/// Returns what the prompt of a record holds, also of one that has none yet.
fn prompt_of_session(session: &Session) -> Prompt {
    if session.prompt.is_empty() {
        Prompt::parse(&compose_prompt(session, &Ending::default()))
    } else {
        Prompt::parse(&session.prompt)
    }
}

/// Returns that by which two texts are known to say the same.
fn comparable_text(text: &str) -> String {
    without_stop(&plain_text(text)).to_lowercase()
}
