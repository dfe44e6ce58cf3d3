//! Adding rows to a record, and removing them, without looking at all that are there.
//!
//! A stated row wins over one that was seen, and that over one that was concluded ([`Source`]).
//! Stating the same again changes nothing.

mod index;
#[cfg(test)]
mod tests;

use super::blockers;
use super::resume::verification::Verification;
use crate::error::Result;
use crate::model::{
    Blocker, Decision, Event, FileAction, FileRow, NextStep, Session, Source, ToolUse,
    open_text_key,
};
use chrono::{NaiveDateTime, TimeDelta, Timelike};
use index::{BlockerIndex, EventIndex};
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

/// How far apart a hook and a transcript may report the same.
const SAME_MOMENT: TimeDelta = TimeDelta::minutes(2);

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

/// A record to which rows are added. It knows where each row is, from the first time that it is
/// asked: rows are added and removed by its methods only.
pub(crate) struct Recorder<'a> {
    session: &'a mut Session,
    events: Option<EventIndex>,
    /// Places of the rows, by path.
    files: Option<HashMap<String, usize>>,
    /// Places of the rows, by what was decided.
    decisions: Option<HashMap<String, Vec<usize>>>,
    blockers: Option<BlockerIndex>,
}

impl<'a> Recorder<'a> {
    /// Makes a recorder for a record.
    pub(crate) fn new(session: &'a mut Session) -> Self {
        Recorder {
            session,
            events: None,
            files: None,
            decisions: None,
            blockers: None,
        }
    }

    /// Returns the record as it is.
    pub(crate) fn session(&self) -> &Session {
        self.session
    }

    /// Returns the record, for changes of anything but its rows.
    pub(crate) fn session_mut(&mut self) -> &mut Session {
        self.session
    }

    /// Adds a row to the progress log, behind all that are not later.
    pub(crate) fn add_event(&mut self, time: NaiveDateTime, text: &str, source: Source) {
        let time = truncate_to_minute(time);
        let rows = &self.session.progress;
        let later = rows.iter().rev().take_while(|event| event.time > time);
        // What is stated stays in the order in which it was stated, whatever the clock did.
        let at = match source {
            Source::Stated => rows.len(),
            _ => rows.len() - later.count(),
        };
        let event = Event {
            time,
            text: text.to_owned(),
            source,
        };
        if let Some(events) = &mut self.events {
            events.insert(&event);
        }
        self.session.progress.insert(at, event);
    }

    /// Adds rows to the progress log, as [`Recorder::add_event`] does one after the other.
    fn add_events(&mut self, events: &[Event]) {
        if events.iter().any(|event| event.source == Source::Stated) {
            for event in events {
                self.add_event(event.time, &event.text, event.source);
            }
            return;
        }
        // A row goes behind all that are not later, hence behind those before which one is not.
        let mut earliest = NaiveDateTime::MAX;
        let rows = self.session.progress.drain(..).rev().map(|row| {
            earliest = earliest.min(row.time);
            (earliest, row)
        });
        let mut rows: Vec<(NaiveDateTime, Event)> = rows.collect();
        rows.reverse();
        rows.extend(events.iter().map(|event| {
            let time = truncate_to_minute(event.time);
            let event = Event {
                time,
                ..event.clone()
            };
            (time, event)
        }));
        rows.sort_by_key(|(time, _)| *time);
        self.session.progress = rows.into_iter().map(|(_, row)| row).collect();
        self.events = None;
    }

    /// Takes the last row off the progress log.
    pub(crate) fn remove_last_event(&mut self) {
        if let (Some(row), Some(events)) = (self.session.progress.pop(), &mut self.events) {
            events.remove(&row);
        }
    }

    /// Takes a row that says this off the progress log: that of about the same time, else the first.
    pub(crate) fn remove_event(&mut self, text: &str, time: NaiveDateTime) {
        let events = self.event_index();
        let about = events.first_within(text, about_then(time));
        let Some(time) = about.or_else(|| events.first_time(text)) else {
            return;
        };
        if let Some(at) = find_row(&self.session.progress, text, time) {
            let row = self.session.progress.remove(at);
            if let Some(events) = &mut self.events {
                events.remove(&row);
            }
        }
    }

    /// Returns whether the progress log says this.
    pub(crate) fn has_event(&mut self, text: &str) -> bool {
        self.event_index().first_time(text).is_some()
    }

    /// Returns whether the progress log says this of that minute.
    pub(crate) fn has_event_at(&mut self, time: NaiveDateTime, text: &str) -> bool {
        let time = truncate_to_minute(time);
        let found = self.event_index().first_within(text, time..=time);
        found.is_some()
    }

    /// Returns whether the progress log says this of about that time.
    pub(crate) fn has_event_about(&mut self, time: NaiveDateTime, text: &str) -> bool {
        let found = self.event_index().first_within(text, about_then(time));
        found.is_some()
    }

    /// Returns whether the progress log names the commit, whatever logged it.
    pub(crate) fn has_commit(&mut self, hash: &str) -> bool {
        self.event_index().names_commit(hash)
    }

    fn event_index(&mut self) -> &EventIndex {
        let rows = &self.session.progress;
        self.events.get_or_insert_with(|| EventIndex::of(rows))
    }

    /// Adds a row to the files tracker, or brings the one of this file up to date.
    pub(crate) fn set_file(&mut self, news: FileNews<'_>) {
        let rows = &mut self.session.files;
        let places = self.files.get_or_insert_with(|| {
            let rows = rows.iter().enumerate().rev();
            rows.map(|(at, row)| (row.path.clone(), at)).collect()
        });
        let row = places.get(news.path).and_then(|at| rows.get_mut(*at));
        match row {
            Some(row) => update_file(row, news),
            None => {
                places.insert(news.path.to_owned(), rows.len());
                rows.push(FileRow {
                    path: news.path.to_owned(),
                    action: news.action.unwrap_or(FileAction::Modified),
                    notes: news.notes.to_owned(),
                    source: news.source,
                });
            }
        }
    }

    /// Drops the rows of files that are called otherwise now, unless they were stated.
    pub(crate) fn drop_renamed(&mut self, former: &HashSet<&str>) {
        let is_former =
            |row: &FileRow| row.source < Source::Stated && former.contains(row.path.as_str());
        if self.session.files.iter().any(is_former) {
            self.session.files.retain(|row| !is_former(row));
            self.files = None;
        }
    }

    /// Adds a decision. The same decision once more only fills in a missing rationale.
    pub(crate) fn add_decision(&mut self, decision: &str, rationale: &str, source: Source) {
        let rows = &mut self.session.decisions;
        let texts = rows.iter().map(|row| row.decision.as_str());
        let places = self.decisions.get_or_insert_with(|| places_by_text(texts));
        let same = |row: &Decision| {
            rationale.is_empty() || row.rationale.is_empty() || row.rationale == rationale
        };
        let found = places.get(decision).into_iter().flatten().copied();
        let found = found.filter(|at| rows.get(*at).is_some_and(same)).min();
        if let Some(row) = found.and_then(|at| rows.get_mut(at)) {
            if row.rationale.is_empty() {
                row.rationale = rationale.to_owned();
            }
            row.source = row.source.max(source);
            return;
        }
        let at = rows.len();
        places.entry(decision.to_owned()).or_default().push(at);
        rows.push(Decision {
            decision: decision.to_owned(),
            rationale: rationale.to_owned(),
            source,
        });
    }

    /// Adds a blocker, unless the same is open already.
    pub(crate) fn add_blocker(&mut self, blocker: &str, source: Source) {
        if self.find_blocker(blocker, is_open).is_some() {
            return;
        }
        let row = Blocker {
            blocker: blocker.to_owned(),
            resolution: String::new(),
            source,
        };
        if let Some(blockers) = &mut self.blockers {
            blockers.push(&row);
        }
        self.session.blockers.push(row);
    }

    /// Returns the place of the last blocker of that text that is such.
    fn find_blocker(&mut self, text: &str, is_such: fn(&Blocker) -> bool) -> Option<usize> {
        let places = self.blocker_index().places_of_text(text);
        let rows = &self.session.blockers;
        let is_such = |at: &usize| rows.get(*at).is_some_and(is_such);
        places.into_iter().rev().find(is_such)
    }

    fn blocker_index(&mut self) -> &BlockerIndex {
        let rows = &self.session.blockers;
        self.blockers.get_or_insert_with(|| BlockerIndex::of(rows))
    }

    /// Resolves a blocker: the one named (its text, or an unmistakable part of it), which is added
    /// if there is none; else the only one that is open. Returns the blocker.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) if it is not clear which one is meant,
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) if none is open.
    pub(crate) fn resolve_blocker(
        &mut self,
        named: Option<&str>,
        resolution: &str,
        source: Source,
    ) -> Result<String> {
        let at = match named {
            Some(name) => self.find_or_add_blocker(name, source)?,
            None => blockers::find_only_open(&self.session.blockers)?,
        };
        let row = &mut self.session.blockers[at];
        if row.source < source {
            // What is stated is no failure that was seen any more.
            self.blockers = None;
        }
        blockers::resolve_blocker(row, resolution, source);
        let blocker = row.blocker.clone();
        // A person may have written it twice.
        for at in self.blocker_index().places_of_text(&blocker) {
            let row = &mut self.session.blockers[at];
            if is_open(row) {
                blockers::resolve_blocker(row, resolution, source);
                self.blockers = None;
            }
        }
        Ok(blocker)
    }

    /// Returns the place of the blocker of that text, one that is open first, or of the only one in
    /// whose text it occurs; else adds it.
    fn find_or_add_blocker(&mut self, name: &str, source: Source) -> Result<usize> {
        let whole = self.find_blocker(name, is_open);
        if let Some(at) = whole.or_else(|| self.find_blocker(name, |_| true)) {
            return Ok(at);
        }
        if let Some(at) = blockers::find_part(&self.session.blockers, name)? {
            return Ok(at);
        }
        self.add_blocker(name, source);
        Ok(self.session.blockers.len() - 1)
    }

    /// Takes back that blockers of a text were resolved in a certain way.
    pub(crate) fn reopen_blocker(&mut self, text: &str, resolution: &str) {
        let is_meant = |row: &&mut Blocker| row.blocker == text && row.resolution == resolution;
        let rows = self.session.blockers.iter_mut().filter(is_meant);
        rows.for_each(|row| row.resolution.clear());
    }

    /// Returns whether a blocker that was not stated says that this failed or was refused.
    pub(crate) fn has_failure(&mut self, what: &str) -> bool {
        self.blocker_index().has_failure(what)
    }

    /// Takes back what failed or was refused before: it is not in the way any more. What was
    /// stated stays.
    pub(crate) fn drop_failure(&mut self, what: &str) {
        let rows = &mut self.session.blockers;
        let index = self.blockers.get_or_insert_with(|| BlockerIndex::of(rows));
        while let Some(at) = index.last_failure(what) {
            let row = rows.remove(at);
            index.remove(at, &row);
        }
    }

    /// Takes back that a check failed which is, or is a part of, one that passed.
    pub(crate) fn drop_failed_checks(&mut self, passed: &Verification) {
        for line in self.blocker_index().covered_checks(passed) {
            self.drop_failure(&format!("`{line}`"));
        }
    }

    /// Adds what is to be next, unless it stands there. One that was done is open again.
    pub(crate) fn add_next_step(&mut self, text: &str) {
        let key = open_text_key(text);
        let mut same = self.session.next_steps.iter_mut();
        let mut same = same
            .by_ref()
            .filter(|step| open_text_key(&step.text) == key);
        match same.next() {
            // Only one of those that are all done is opened.
            Some(first) if first.done && same.all(|step| step.done) => first.done = false,
            Some(_) => {}
            None => self.session.next_steps.push(NextStep {
                text: text.to_owned(),
                done: false,
            }),
        }
    }

    /// Ticks a step, wherever it stands; it is added if it stands only in the prompt.
    pub(crate) fn tick_next_step(&mut self, text: &str) {
        self.add_next_step(text);
        let key = open_text_key(text);
        let steps = self.session.next_steps.iter_mut();
        for step in steps.filter(|step| open_text_key(&step.text) == key) {
            step.done = true;
        }
    }

    /// Counts uses of a skill or tool.
    pub(crate) fn count_tool(&mut self, name: &str, uses: u64, source: Source) {
        let mut tools = self.session.tools.iter_mut();
        match tools.find(|tool| tool.name == name) {
            Some(tool) => {
                tool.uses = tool.uses.saturating_add(uses);
                tool.source = tool.source.max(source);
            }
            None => self.session.tools.push(ToolUse {
                name: name.to_owned(),
                uses,
                source,
            }),
        }
    }

    /// Adds the rows of another record.
    pub(crate) fn merge_record(&mut self, other: &Session) {
        self.add_events(&other.progress);
        for file in &other.files {
            self.set_file(FileNews {
                path: &file.path,
                action: Some(file.action),
                notes: &file.notes,
                source: file.source,
            });
        }
        for row in &other.decisions {
            self.add_decision(&row.decision, &row.rationale, row.source);
        }
        for row in &other.blockers {
            self.add_blocker(&row.blocker, row.source);
            if !row.resolution.is_empty() {
                // Named in full, hence found.
                let _ = self.resolve_blocker(Some(&row.blocker), &row.resolution, row.source);
            }
        }
        for step in &other.next_steps {
            if step.done {
                self.tick_next_step(&step.text);
            } else {
                self.add_next_step(&step.text);
            }
        }
        for tool in &other.tools {
            self.count_tool(&tool.name, tool.uses, tool.source);
        }
    }
}

/// Returns the span in which the same may be reported of a time.
fn about_then(time: NaiveDateTime) -> RangeInclusive<NaiveDateTime> {
    let from = time.checked_sub_signed(SAME_MOMENT);
    let to = time.checked_add_signed(SAME_MOMENT);
    from.unwrap_or(NaiveDateTime::MIN)..=to.unwrap_or(NaiveDateTime::MAX)
}

fn is_open(row: &Blocker) -> bool {
    row.resolution.is_empty()
}

/// Returns the place of a row of that text and time. Rows are in the order of their times, but for
/// those that were stated while the clock was set back.
fn find_row(rows: &[Event], text: &str, time: NaiveDateTime) -> Option<usize> {
    let is_it = |row: &Event| row.time == time && row.text == text;
    let from = rows.partition_point(|row| row.time < time);
    let then = rows[from..].iter().take_while(|row| row.time == time);
    let near = then.clone().position(|row| row.text == text);
    near.map(|at| from + at)
        .or_else(|| rows.iter().position(is_it))
}

fn places_by_text<'a>(texts: impl Iterator<Item = &'a str>) -> HashMap<String, Vec<usize>> {
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, text) in texts.enumerate() {
        places.entry(text.to_owned()).or_default().push(at);
    }
    places
}

/// Returns the time to the minute, as the progress log has it.
pub(crate) fn truncate_to_minute(time: NaiveDateTime) -> NaiveDateTime {
    let whole = time.with_second(0).and_then(|time| time.with_nanosecond(0));
    whole.unwrap_or(time)
}

fn update_file(row: &mut FileRow, news: FileNews<'_>) {
    let observed_after_stated = news.source < row.source;
    if let Some(action) = news.action {
        row.action = match (row.source, news.source) {
            // What is stated wins, but for a file that was stated to be read and then was changed.
            _ if observed_after_stated => match row.action {
                FileAction::Read => action,
                stated => stated,
            },
            (Source::Stated, _) => row.action.max(action),
            (_, Source::Stated) => action,
            _ => merge_observed(row.action, action),
        };
    }
    if observed_after_stated {
        return;
    }
    row.source = news.source;
    if row.notes.is_empty() {
        row.notes = news.notes.to_owned();
    } else if !row.notes.contains(news.notes) {
        row.notes = format!("{}; {}", row.notes, news.notes);
    }
}

/// Returns what two observations of a file come to, the second being the later.
fn merge_observed(before: FileAction, now: FileAction) -> FileAction {
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
