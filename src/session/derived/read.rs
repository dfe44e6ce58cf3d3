//! Reading session entries.

use super::facts::{self, SessionFacts};
use super::row;
use super::survey::{SessionFile, Survey};
use crate::error::Error;
use crate::kb::walk::Walker;
use crate::kb::{Kb, may_hide_own, system_nanoseconds};
use crate::markdown::merge::{is_union_merged, split_records};
use crate::markdown::session;
use crate::model::{EntryPath, Session, SessionId, Status, Zone};
use crate::session::unread::UnreadRecord;
use std::cmp::Reverse;
use std::io;
use std::sync::{Mutex, PoisonError};

/// No session is as large; what is larger is read to here.
const LIMIT: u64 = 16 * 1024 * 1024;

/// By what lists of sessions are sorted: the greater is the newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SortKey {
    /// When it began, in seconds since 1970.
    pub(super) instant: i64,
    /// Its name.
    pub(super) id: SessionId,
    /// The number of its folder; the first comes first.
    pub(super) folder: Reverse<u32>,
}

/// A session entry that was read.
pub(super) struct SessionEntry {
    pub(super) file: SessionFile,
    /// What it says, if it can be understood.
    pub(super) session: Option<Session>,
    /// Whether its state shows every later change.
    pub(super) settled: bool,
    /// Whether a merge put more than one record into it.
    pub(super) merged: bool,
}

/// Reads the entries of a survey.
pub(super) struct SessionReader<'a> {
    walker: &'a Walker,
    pub(super) survey: &'a Survey,
    zone: Zone,
    /// What the system did not let be read, and why.
    unread: Mutex<Vec<(EntryPath, io::Error)>>,
}

impl<'a> SessionReader<'a> {
    pub(super) fn new(kb: &Kb, walker: &'a Walker, survey: &'a Survey) -> Self {
        SessionReader {
            walker,
            survey,
            zone: kb.zone(),
            unread: Mutex::default(),
        }
    }

    /// Returns the entries that the system did not let be read until now, and takes them out.
    pub(super) fn take_unread(&self) -> Vec<(EntryPath, io::Error)> {
        std::mem::take(&mut self.unread.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the entries of the user's that could not be read until now, and takes them out.
    pub(super) fn take_own_unread(&self) -> Vec<UnreadRecord> {
        let own = self.take_unread().into_iter().filter_map(|(path, cause)| {
            let file = self.walker.absolute(path.as_str());
            may_hide_own(&file, &cause)
                .then(|| UnreadRecord::new(&file, None, Error::io("read", &file, cause)))
        });
        own.collect()
    }

    fn note_unread(&self, path: &str, cause: io::Error) {
        let mut unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        unread.push((EntryPath::from_walk(path.to_owned()), cause));
    }

    /// Reads an entry; `None` if it is no longer there. One that cannot be read is as one that
    /// cannot be understood.
    pub(super) fn read(&self, file: &SessionFile) -> Option<SessionEntry> {
        self.read_if(file, |_| true)
    }

    /// As [`SessionReader::read`]; `None` too if its text is not wanted.
    pub(super) fn read_if(
        &self,
        file: &SessionFile,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Option<SessionEntry> {
        let now = system_nanoseconds();
        let path = self.survey.path(file);
        let mut merged = false;
        let (session, lasting) = match self.walker.read(&path, file.link, LIMIT) {
            Ok((bytes, _)) => {
                let text = String::from_utf8_lossy(&bytes);
                if !is_wanted(&text) {
                    return None;
                }
                merged = split_records(&text).len() > 1 || is_union_merged(&text);
                (
                    session::parse_record(&text, self.zone, Some(file.id)).session,
                    true,
                )
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            // That the user may not read it shows in its state when it changes.
            Err(e) => {
                let denied = e.kind() == io::ErrorKind::PermissionDenied;
                if e.raw_os_error().is_some() {
                    self.note_unread(&path, e);
                }
                (None, cfg!(unix) && denied)
            }
        };
        Some(SessionEntry {
            file: *file,
            session,
            settled: lasting && file.state.settled(now),
            merged,
        })
    }

    /// Returns the path of an entry.
    pub(super) fn path(&self, file: &SessionFile) -> EntryPath {
        EntryPath::from_walk(self.survey.path(file))
    }

    /// Returns what a list says of an entry that was read.
    pub(super) fn facts(&self, read: &SessionEntry) -> SessionFacts {
        let folder = self.survey.folder(&read.file);
        let place = (self.path(&read.file), folder, read.file.id);
        SessionFacts::new(place, read.session.as_ref(), self.zone)
    }

    /// Returns its row.
    pub(super) fn row(&self, read: &SessionEntry) -> String {
        row::render_row(self.survey.folder(&read.file), &self.facts(read))
    }
}

impl SessionEntry {
    /// Returns whether it is not known to go on.
    pub(super) fn is_over(&self) -> bool {
        let session = self.session.as_ref();
        session.is_none_or(|session| session.status != Status::Active)
    }

    /// Returns by what it is sorted.
    pub(super) fn sort_key(&self) -> SortKey {
        SortKey {
            instant: facts::sort_instant(self.file.id, self.session.as_ref()),
            id: self.file.id,
            folder: Reverse(self.file.folder),
        }
    }
}
