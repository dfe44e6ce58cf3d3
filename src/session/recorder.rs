//! Adding rows to a record, each in constant time however many there are.
//!
//! What somebody said wins over what was seen, and that over what was concluded ([`Source`]).
//! Saying the same again changes nothing.

use super::blockers;
use crate::error::Result;
use crate::model::{
    Blocker, Decision, Event, FileAction, FileRow, NextStep, Session, Source, ToolUse,
};
use chrono::{NaiveDateTime, Timelike};
use std::collections::{HashMap, HashSet};

/// Length of the beginning of a hash by which a commit is known.
const SHORT_HASH: usize = 7;

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
    /// Places of the rows, by text.
    blockers: Option<HashMap<String, Vec<usize>>>,
    /// What failed or was refused according to blockers that nobody stated.
    failures: Option<HashSet<String>>,
}

/// What the progress log tells.
#[derive(Default)]
struct EventIndex {
    times: HashMap<String, HashSet<NaiveDateTime>>,
    /// The beginnings of words that may be hashes of commits.
    hashes: HashSet<String>,
}

impl EventIndex {
    fn insert(&mut self, event: &Event) {
        let words = event.text.split(|c: char| !c.is_ascii_alphanumeric());
        let is_hash = |word: &&str| {
            word.len() >= SHORT_HASH && word.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let hashes = words.filter(is_hash);
        self.hashes
            .extend(hashes.map(|word| word[..SHORT_HASH].to_owned()));
        self.times
            .entry(event.text.clone())
            .or_default()
            .insert(event.time);
    }
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
            failures: None,
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
        // What is stated stays in the order in which it was said, whatever the clock did.
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

    /// Takes the last row off the progress log.
    pub(crate) fn remove_last_event(&mut self) {
        self.session.progress.pop();
        self.events = None;
    }

    /// Takes the first row of a kind off the progress log.
    pub(crate) fn remove_event(&mut self, is_it: impl Fn(&Event) -> bool) {
        if let Some(at) = self.session.progress.iter().position(is_it) {
            self.session.progress.remove(at);
            self.events = None;
        }
    }

    /// Returns whether the progress log says this.
    pub(crate) fn has_event(&mut self, text: &str) -> bool {
        self.event_index().times.contains_key(text)
    }

    /// Returns whether the progress log says this of that minute.
    pub(crate) fn has_event_at(&mut self, time: NaiveDateTime, text: &str) -> bool {
        let time = truncate_to_minute(time);
        let times = self.event_index().times.get(text);
        times.is_some_and(|times| times.contains(&time))
    }

    /// Returns whether the progress log names the commit, whoever logged it.
    pub(crate) fn has_commit(&mut self, hash: &str) -> bool {
        let short = hash.get(..SHORT_HASH).unwrap_or(hash);
        self.event_index().hashes.contains(short)
    }

    fn event_index(&mut self) -> &EventIndex {
        let rows = &self.session.progress;
        self.events.get_or_insert_with(|| {
            let mut index = EventIndex::default();
            rows.iter().for_each(|event| index.insert(event));
            index
        })
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

    /// Drops the rows of files that are called otherwise now, unless somebody stated them.
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
        let rows = &mut self.session.blockers;
        let texts = rows.iter().map(|row| row.blocker.as_str());
        let places = self.blockers.get_or_insert_with(|| places_by_text(texts));
        let is_open = |at: &usize| rows.get(*at).is_some_and(|row| row.resolution.is_empty());
        if places
            .get(blocker)
            .is_some_and(|them| them.iter().any(is_open))
        {
            return;
        }
        let at = rows.len();
        places.entry(blocker.to_owned()).or_default().push(at);
        let row = Blocker {
            blocker: blocker.to_owned(),
            resolution: String::new(),
            source,
        };
        if let Some(failures) = &mut self.failures {
            failures.extend(blockers::failed_subjects(&row));
        }
        rows.push(row);
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
        let rows = &self.session.blockers;
        let at = match named {
            Some(name) => match blockers::find_named(rows, name)? {
                Some(at) => at,
                None => {
                    self.add_blocker(name, source);
                    self.session.blockers.len() - 1
                }
            },
            None => blockers::find_only_open(rows)?,
        };
        let row = &mut self.session.blockers[at];
        blockers::resolve_blocker(row, resolution, source);
        Ok(row.blocker.clone())
    }

    /// Takes back that blockers of a text were resolved in a certain way.
    pub(crate) fn reopen_blocker(&mut self, text: &str, resolution: &str) {
        let is_meant = |row: &&mut Blocker| row.blocker == text && row.resolution == resolution;
        let rows = self.session.blockers.iter_mut().filter(is_meant);
        rows.for_each(|row| row.resolution.clear());
    }

    /// Returns whether a blocker that nobody stated says that this failed or was refused.
    pub(crate) fn has_failure(&mut self, what: &str) -> bool {
        let rows = &self.session.blockers;
        let failures = self.failures.get_or_insert_with(|| {
            let subjects = rows.iter().flat_map(blockers::failed_subjects);
            subjects.collect()
        });
        failures.contains(what)
    }

    /// Takes back what failed or was refused before: it is not in the way any more. What somebody
    /// stated stays.
    pub(crate) fn drop_failure(&mut self, what: &str) {
        if self.has_failure(what) {
            let is_it =
                |row: &Blocker| blockers::failed_subjects(row).any(|subject| subject == what);
            self.session.blockers.retain(|row| !is_it(row));
            (self.blockers, self.failures) = (None, None);
        }
    }

    /// Adds what is to be next, unless it stands there. One that was done is open again.
    pub(crate) fn add_next_step(&mut self, text: &str) {
        let mut steps = self.session.next_steps.iter_mut();
        match steps.find(|step| step.text == text) {
            Some(step) => step.done = false,
            None => self.session.next_steps.push(NextStep {
                text: text.to_owned(),
                done: false,
            }),
        }
    }

    /// Ticks a step, which is added if only the prompt tells of it.
    pub(crate) fn tick_next_step(&mut self, text: &str) {
        self.add_next_step(text);
        let mut steps = self.session.next_steps.iter_mut();
        if let Some(step) = steps.find(|step| step.text == text) {
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
        for event in &other.progress {
            self.add_event(event.time, &event.text, event.source);
        }
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
            // What is said wins, but for a file that was said to be read and then was changed.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::tests::samples::running_session;

    fn file(session: &mut Session, action: FileAction, notes: &str, source: Source) -> FileRow {
        let path = "a.rs";
        let action = Some(action);
        Recorder::new(session).set_file(FileNews {
            path,
            action,
            notes,
            source,
        });
        assert_eq!(session.files.len(), 1, "one row per file");
        session.files[0].clone()
    }

    #[test]
    fn the_strongest_action_that_was_stated_wins() {
        use FileAction::{Created, Deleted, Modified, Read};
        let mut record = running_session();
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
        let mut record = running_session();
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
            let mut record = running_session();
            file(&mut record, before, "", Source::Observed);
            let row = file(&mut record, now, "", Source::Observed);
            assert_eq!(row.action, then, "{before:?} then {now:?}");
        }
    }

    #[test]
    fn a_blocker_is_resolved_by_name_by_part_or_because_it_is_the_only_one() {
        let mut record = running_session();
        assert!(
            Recorder::new(&mut record)
                .resolve_blocker(None, "x", Source::Stated)
                .is_err()
        );
        Recorder::new(&mut record).add_blocker("Tests fail", Source::Stated);
        Recorder::new(&mut record).add_blocker("Tests fail", Source::Stated);
        Recorder::new(&mut record).add_blocker("Disk is full", Source::Stated);
        assert_eq!(record.blockers.len(), 2);
        let error = Recorder::new(&mut record)
            .resolve_blocker(None, "x", Source::Stated)
            .expect_err("two are open");
        assert_eq!(error.hints().len(), 2);
        let which =
            Recorder::new(&mut record).resolve_blocker(Some("disk"), "bought one", Source::Stated);
        assert_eq!(which.expect("a part"), "Disk is full");
        let which =
            Recorder::new(&mut record).resolve_blocker(None, "frozen clock", Source::Stated);
        assert_eq!(which.expect("the only one"), "Tests fail");
        Recorder::new(&mut record)
            .resolve_blocker(Some("New one"), "at once", Source::Stated)
            .expect("added");
        assert_eq!(record.blockers[2].resolution, "at once");
    }

    #[test]
    fn a_decision_is_not_repeated_and_gets_its_reason_later() {
        let mut record = running_session();
        Recorder::new(&mut record).add_decision("Use redb", "", Source::Stated);
        Recorder::new(&mut record).add_decision("Use redb", "simple", Source::Stated);
        Recorder::new(&mut record).add_decision("Use redb", "", Source::Stated);
        assert_eq!(record.decisions.len(), 1);
        assert_eq!(record.decisions[0].rationale, "simple");
        Recorder::new(&mut record).add_decision("Use redb", "fast", Source::Stated);
        assert_eq!(record.decisions.len(), 2, "another reason is kept");
    }

    #[test]
    fn what_was_seen_is_put_where_its_time_is_and_what_is_said_last() {
        let mut record = running_session();
        let at = |minutes| record.id.start() + chrono::TimeDelta::minutes(minutes);
        let (one, two, three) = (at(1), at(2), at(3));
        Recorder::new(&mut record).add_event(one, "one", Source::Stated);
        Recorder::new(&mut record).add_event(three, "three", Source::Stated);
        Recorder::new(&mut record).add_event(two, "two", Source::Observed);
        Recorder::new(&mut record).add_event(one, "back", Source::Stated);
        let texts: Vec<&str> = record.progress.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(texts, ["one", "two", "three", "back"]);
    }
}
