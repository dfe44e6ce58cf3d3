//! A session of work: what was done from its start to its end.

use super::{Timestamp, Zone};
use chrono::{NaiveDate, NaiveDateTime, TimeZone as _};
use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// The name of a session: its start in the time zone of the KB, `YYYYMMDD-HHMMSS`, and `-2`, `-3`
/// … for a further session of the same project in the same second.
///
/// Ordered by the time, then by the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId {
    start: NaiveDateTime,
    number: u32,
}

impl SessionId {
    /// Makes the id of a session that began at `start`; `number` is 1 for the first of that second.
    pub fn new(start: Timestamp, number: u32) -> Self {
        let local = start.datetime().naive_local();
        SessionId {
            start: chrono::Timelike::with_nanosecond(&local, 0).unwrap_or(local),
            number: number.max(1),
        }
    }

    /// Returns the start, as the clock on the wall showed it.
    pub fn start(self) -> NaiveDateTime {
        self.start
    }

    /// Returns the day on which the session began; it belongs to that day.
    pub fn day(self) -> NaiveDate {
        self.start.date()
    }

    /// Returns 1 for the first session of that second, 2 for the next …
    pub fn number(self) -> u32 {
        self.number
    }

    /// Returns the id of the next session in the same second.
    #[must_use]
    pub fn next(self) -> Self {
        SessionId {
            number: self.number.saturating_add(1),
            ..self
        }
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start.format("%Y%m%d-%H%M%S"))?;
        match self.number {
            1 => Ok(()),
            number => write!(f, "-{number}"),
        }
    }
}

/// The text is not the id of a session.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a session id, which looks like 20250321-143022")]
pub struct NotASessionId;

impl FromStr for SessionId {
    type Err = NotASessionId;

    fn from_str(text: &str) -> Result<Self, NotASessionId> {
        let (start, number) = match text.get(15..) {
            Some("") => (text, 1),
            Some(rest) => {
                let number = rest.strip_prefix('-').ok_or(NotASessionId)?;
                let canonical =
                    number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
                let number = number.parse().ok().filter(|n| canonical && *n > 1);
                (&text[..15], number.ok_or(NotASessionId)?)
            }
            None => return Err(NotASessionId),
        };
        let plain = |(at, byte): (usize, u8)| match at {
            8 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        if !start.bytes().enumerate().all(plain) {
            return Err(NotASessionId);
        }
        // By hand, for there may be a hundred thousand of them to read.
        let digits = |from: usize, to: usize| {
            let digits = start.bytes().skip(from).take(to - from);
            digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
        };
        let day = NaiveDate::from_ymd_opt(digits(0, 4).cast_signed(), digits(4, 6), digits(6, 8));
        let start = day.and_then(|d| d.and_hms_opt(digits(9, 11), digits(11, 13), digits(13, 15)));
        let start = start.ok_or(NotASessionId)?;
        Ok(SessionId { start, number })
    }
}

/// The record of one session.
///
/// Texts are as they were given, line breaks included; how they are written into a table is the
/// concern of [`markdown::session`](crate::markdown::session).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Name of the project, as it is.
    pub project: String,
    /// Whether it is still going on.
    pub status: Status,
    /// When it began, with the offset of the KB's time zone.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Directories that it works in, the home directory written `~`. Never empty in a record that
    /// this program began.
    pub directories: Vec<String>,
    /// The agent that it belongs to, if it is an agent's.
    pub agent: Option<AgentSession>,
    /// Name of the agent that began it without saying in which of its own sessions; only where
    /// `agent` is `None`.
    pub client: Option<String>,
    /// How many bytes of the journal are already in this record. Only while it is being folded.
    pub journal: Option<u64>,
    /// What it is to achieve.
    pub goal: Option<String>,
    /// From what it was reconstructed, if it was: `from git, since …`.
    pub reconstructed: Option<String>,
    /// Why and how it ended, if not properly.
    pub interrupted: Option<String>,
    /// What happened, in the order in which it was logged.
    pub progress: Vec<Event>,
    /// Files, one row each.
    pub files: Vec<FileRow>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What was in the way.
    pub blockers: Vec<Blocker>,
    /// The next steps that were stated.
    pub next_steps: Vec<NextStep>,
    /// What `session-log` wrote for the project meanwhile, each a link and the beginning of it.
    pub notes: Vec<String>,
    /// Skills and tools, one row each.
    pub tools: Vec<ToolUse>,
    /// What the next session is to know, line by line. Empty while there is none.
    pub prompt: Vec<String>,
}

impl Session {
    /// Returns the name of the agent that it is of, if it is an agent's.
    pub fn agent_name(&self) -> Option<&str> {
        let own = self.agent.as_ref().map(|agent| agent.name.as_str());
        own.or(self.client.as_deref())
    }

    /// Makes an empty record of a session that goes on.
    pub fn new(id: SessionId, project: String, started: Timestamp) -> Self {
        Session {
            id,
            project,
            status: Status::Active,
            started,
            ended: None,
            directories: Vec::new(),
            agent: None,
            client: None,
            journal: None,
            goal: None,
            reconstructed: None,
            interrupted: None,
            progress: Vec::new(),
            files: Vec::new(),
            decisions: Vec::new(),
            blockers: Vec::new(),
            next_steps: Vec::new(),
            notes: Vec::new(),
            tools: Vec::new(),
            prompt: Vec::new(),
        }
    }

    /// Returns the session as a clock in a zone shows it. The rows of a record are in the clock of its
    /// start, whichever that is.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Session {
        let own = *self.started.datetime().offset();
        let started = self.started.in_zone(zone);
        let ended = self.ended.map(|ended| ended.in_zone(zone));
        let mut progress = self.progress;
        if own != *started.datetime().offset() {
            for event in &mut progress {
                if let Some(time) = own.from_local_datetime(&event.time).single() {
                    event.time = Timestamp::from(time).in_zone(zone).datetime().naive_local();
                }
            }
        }
        Session {
            started,
            ended,
            progress,
            ..self
        }
    }

    /// Returns what was done, as the prompt says: behind `Last session:`, with or without a source
    /// in parentheses.
    pub fn summary(&self) -> Option<&str> {
        let lines = self.prompt.iter();
        let mut summaries = lines.filter_map(|line| summary_in_line(line));
        summaries.next().filter(|summary| !summary.is_empty())
    }

    /// Returns how many whole minutes it took; `None` if it has not ended.
    pub fn minutes(&self) -> Option<u64> {
        let seconds = self.ended?.seconds().saturating_sub(self.started.seconds());
        Some(u64::try_from(seconds / 60).unwrap_or(0))
    }

    /// Returns whether the record says nothing of any work.
    pub fn is_blank(&self) -> bool {
        let rows = [
            self.progress.len(),
            self.files.len(),
            self.decisions.len(),
            self.blockers.len(),
            self.next_steps.len(),
            self.notes.len(),
            self.tools.len(),
        ];
        rows == [0; 7] && self.goal.is_none() && self.prompt.is_empty()
    }

    /// Returns when the last row of the progress log was written, to the minute; without one, when
    /// the session started.
    pub fn last_entry(&self) -> Timestamp {
        let started = self.started.datetime();
        let last = self.progress.iter().map(|event| event.time).max();
        let later = last.map(|last| last - started.naive_local());
        let last = later.and_then(|later| started.checked_add_signed(later));
        last.map_or(self.started, Timestamp::from).max(self.started)
    }

    /// Returns how many files were changed; those that were only read are none.
    pub fn changed_files(&self) -> usize {
        let changed = |row: &&FileRow| row.action != FileAction::Read;
        self.files.iter().filter(changed).count()
    }

    /// Returns the blockers that nothing resolved.
    pub fn open_blockers(&self) -> impl Iterator<Item = &Blocker> {
        let is_open =
            |row: &&Blocker| row.resolution.trim().is_empty() && !row.blocker.trim().is_empty();
        self.blockers.iter().filter(is_open)
    }
}

fn summary_in_line(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("Last session")?.trim_start();
    let rest = match rest.strip_prefix('(') {
        Some(source) => source.split_once(')')?.1,
        None => rest,
    };
    rest.trim_start().strip_prefix(':').map(str::trim)
}

/// Whether a session is still going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Active,
    /// It is not.
    Ended,
}

/// The session of an agent: what the agent itself calls it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AgentSession {
    /// Name of the agent, such as `claude`.
    pub name: String,
    /// The agent's own id of the session.
    pub id: String,
}

/// The connection over which a program asks that does not say which session it is in: its
/// conversation, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientConnection {
    /// Its number, among those of this process.
    pub number: u64,
    /// Name of the agent, if it is one that is known.
    pub agent: Option<String>,
    /// The numbers of all connections of this process that are open.
    pub open: Vec<u64>,
}

/// Where a row comes from. Ordered by weight: what a person stated wins over what was seen, and
/// that over what was concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Reconstructed afterwards.
    Inferred,
    /// An agent's hook or git saw it.
    Observed,
    /// It was logged by hand.
    Stated,
}

impl Source {
    /// Returns the word for it: `stated`, `observed` or `inferred`.
    pub fn name(self) -> &'static str {
        match self {
            Source::Inferred => "inferred",
            Source::Observed => "observed",
            Source::Stated => "stated",
        }
    }
}

/// A row of the progress log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, as the clock on the wall showed it, to the minute.
    pub time: NaiveDateTime,
    /// What happened.
    pub text: String,
    /// Where the row comes from.
    pub source: Source,
}

/// A row of the files tracker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The file, relative to the first directory of the session and `/`-separated; in another
    /// directory of the session under that directory's name; else absolute, the home directory
    /// written `~`.
    pub path: String,
    /// What was done to it.
    pub action: FileAction,
    /// What there is to say about it.
    pub notes: String,
    /// Where the row comes from.
    pub source: Source,
}

/// What was done to a file. Ordered by strength: of two actions on one file the greater is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileAction {
    /// It was read.
    Read,
    /// Its content was changed.
    Modified,
    /// It was made.
    Created,
    /// It was given another path.
    Renamed,
    /// It was removed.
    Deleted,
}

impl FileAction {
    /// All actions.
    pub const ALL: [FileAction; 5] = [
        FileAction::Read,
        FileAction::Modified,
        FileAction::Created,
        FileAction::Renamed,
        FileAction::Deleted,
    ];

    /// Returns the word for it, as it stands in the table: `Created`.
    pub fn name(self) -> &'static str {
        match self {
            FileAction::Read => "Read",
            FileAction::Modified => "Modified",
            FileAction::Created => "Created",
            FileAction::Renamed => "Renamed",
            FileAction::Deleted => "Deleted",
        }
    }

    /// Returns the action of that name, whatever its case.
    pub fn from_name(name: &str) -> Option<Self> {
        let same = |action: &FileAction| action.name().eq_ignore_ascii_case(name.trim());
        FileAction::ALL.into_iter().find(same)
    }
}

/// A row of the decisions log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub decision: String,
    /// Why; empty if unknown.
    pub rationale: String,
    /// Where the row comes from.
    pub source: Source,
}

/// A row of the blockers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// What is in the way.
    pub blocker: String,
    /// How it was resolved; empty while it is open.
    pub resolution: String,
    /// Where the row comes from.
    pub source: Source,
}

/// A stated next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub done: bool,
}

/// A row of the skills and tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolUse {
    /// Name of the skill or tool.
    pub name: String,
    /// How often it was used.
    pub uses: u64,
    /// Where the row comes from.
    pub source: Source,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_nothing_else_does() {
        let start = Timestamp::parse_rfc3339("2025-03-21T14:30:22.9Z").expect("a time");
        let id = SessionId::new(start, 1);
        assert_eq!(id.to_string(), "20250321-143022");
        assert_eq!(id.next().to_string(), "20250321-143022-2");
        for id in [id, id.next(), id.next().next()] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        for text in [
            "",
            "20250321",
            "20250321-143022-1",
            "20250321-143022-02",
            "20250321-143022-",
            "20250321-246022",
            "20250321-235960",
            "20250229-000000",
            "20251321-143022",
            "20250321x143022",
            "2025032é-143022",
            "20250321-143022-+3",
            "+0250321-143022",
            "20250321-143022.md",
        ] {
            assert_eq!(text.parse::<SessionId>(), Err(NotASessionId), "{text}");
        }
        let ninth = SessionId::new(start, 9);
        assert!(ninth < ninth.next(), "by number, not by text");
    }

    #[test]
    fn actions_are_ordered_by_strength_and_read_by_name() {
        assert!(FileAction::ALL.is_sorted());
        for action in FileAction::ALL {
            assert_eq!(
                FileAction::from_name(&action.name().to_lowercase()),
                Some(action)
            );
        }
        assert_eq!(FileAction::from_name("moved"), None);
    }
}
