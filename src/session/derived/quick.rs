//! Bringing the derived files up to date by reading what is new, if nothing else has changed.

use super::full;
use super::manifest::{Known, Manifest, hash};
use super::place::Derived;
use super::read::{Key, Reader};
use super::survey::{SessionFile, Survey};
use super::{Report, seal, table};
use crate::error::Result;
use crate::kb::walk::{FileState, Walker};
use crate::kb::{Growth, Kb};
use crate::model::SessionId;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// Returns `None` if everything has to be read. Then nothing is written yet, or only what the
/// regeneration writes too.
pub(super) fn update(kb: &Kb, walker: &Walker) -> Result<Option<Report>> {
    let survey = Survey::states(kb, walker)?;
    let Some(manifest) = Manifest::load(kb, &survey) else {
        return Ok(None);
    };
    if !manifest.old_settled || survey.digest_before(manifest.since) != manifest.old {
        return Ok(None);
    }
    let reader = Reader {
        walker,
        survey: &survey,
        zone: kb.zone(),
    };
    let update = Update {
        kb,
        reader,
        manifest: &manifest,
    };
    let Some(now) = update.sessions() else {
        return Ok(None);
    };
    update.write(&now)
}

/// A session from the known part, as it is now.
struct Session {
    known: Known,
    file: SessionFile,
    /// Its row, if it is new or another one than before.
    row: Option<String>,
    understood: bool,
}

struct Update<'a> {
    kb: &'a Kb,
    reader: Reader<'a>,
    manifest: &'a Manifest,
}

type Name = (u32, SessionId);

fn name(key: &Key) -> Name {
    (key.folder.0, key.id)
}

impl Update<'_> {
    /// Returns the sessions since [`Manifest::since`], newest first. `None` if one of them is gone.
    fn sessions(&self) -> Option<Vec<Session>> {
        let before: HashMap<Name, &Known> = self
            .manifest
            .known
            .iter()
            .map(|known| (name(&known.key), known))
            .collect();
        let since = self.manifest.since;
        let files = self.reader.survey.files.iter();
        let files: Vec<&SessionFile> = files
            .filter(|file| super::facts::nominal(file.id) >= since)
            .collect();
        let seen = |file: &&SessionFile| before.contains_key(&(file.folder, file.id));
        if files.iter().copied().filter(seen).count() != before.len() {
            return None;
        }
        let session = |file: &&SessionFile| {
            let known = before.get(&(file.folder, file.id)).copied();
            self.session(file, known)
        };
        let mut sessions: Vec<Session> = files.par_iter().map(session).collect::<Option<_>>()?;
        sessions.sort_unstable_by_key(|session| Reverse(session.known.key));
        Some(sessions)
    }

    /// Reads a session, unless its state says that it is as before. `None` if it is gone.
    fn session(&self, file: &SessionFile, before: Option<&Known>) -> Option<Session> {
        if let Some(known) = before.filter(|known| known.settled && known.state == file.state) {
            return Some(Session {
                known: *known,
                file: *file,
                row: None,
                understood: true,
            });
        }
        let read = self.reader.read(file)?;
        let row = self.reader.row(&read);
        let known = Known {
            key: read.key(),
            state: file.state,
            settled: read.settled,
            row: hash(row.as_bytes()),
        };
        let same = before.is_some_and(|before| (before.row, before.key) == (known.row, known.key));
        Some(Session {
            known,
            file: *file,
            row: (!same).then_some(row),
            understood: read.session.is_some(),
        })
    }

    fn write(&self, now: &[Session]) -> Result<Option<Report>> {
        let Some(rows) = self.rows(now) else {
            return Ok(None);
        };
        let mut report = Report {
            sessions: self.reader.survey.files.len(),
            unreadable: now
                .iter()
                .filter(|session| !session.understood)
                .map(|session| self.reader.path(&session.file))
                .collect(),
            ..Report::default()
        };
        let Some((archive, archive_sum)) = self.grow_archive(&rows.fallen, &mut report)? else {
            return Ok(None);
        };
        let index = table::index(rows.index.iter().map(String::as_str));
        let recent = full::recent(
            self.kb,
            &self.reader,
            now.iter().map(|session| &session.file),
        );
        let all = [
            (Derived::Index, &index, self.manifest.index),
            (Derived::Recent, &recent, self.manifest.recent),
        ];
        for (derived, text, before) in all {
            if !self.replace(derived, text, before, &mut report)? {
                return Ok(None);
            }
        }
        let manifest = Manifest {
            index: hash(index.as_bytes()),
            recent: hash(recent.as_bytes()),
            archive,
            archive_sum,
            ..self.manifest_of(now)
        };
        if manifest != *self.manifest {
            let _ = manifest.store(self.kb, self.reader.survey);
        }
        Ok(Some(report))
    }

    /// Finds the rows of the index, and those that go to the archive. `None` if the archive would
    /// have to change in another way than by growing, or the index is not as it was written.
    fn rows(&self, now: &[Session]) -> Option<Rows> {
        let archived = self.manifest.archived;
        let is_archived = |key: &Key| archived.is_some_and(|newest| *key <= newest);
        let before: HashMap<Name, Key> = self
            .manifest
            .known
            .iter()
            .map(|known| (name(&known.key), known.key))
            .collect();
        // Sessions that were archived stay what and where they were; no other comes among them.
        let stays = |session: &Session| {
            let key = session.known.key;
            match before.get(&name(&key)) {
                Some(before) if is_archived(before) => session.row.is_none(),
                _ => !is_archived(&key),
            }
        };
        if !now.iter().all(stays) {
            return None;
        }
        let text = String::from_utf8(self.kb.read(&Derived::Index.path(self.kb)).ok()?).ok()?;
        if hash(text.as_bytes()) != self.manifest.index {
            return None;
        }
        let written: HashSet<&str> = table::rows(&text).collect();
        let by_hash: HashMap<u64, &str> = written
            .into_iter()
            .map(|row| (hash(row.as_bytes()), row))
            .collect();
        let cap = self.kb.config().session_index_cap;
        let current = now
            .iter()
            .take_while(|session| !is_archived(&session.known.key));
        let mut rows = current.map(|session| match &session.row {
            Some(row) => Some(row.clone()),
            None => by_hash.get(&session.known.row).map(|row| (*row).to_owned()),
        });
        let index = rows.by_ref().take(cap).collect::<Option<_>>()?;
        let mut fallen: Vec<String> = rows.collect::<Option<_>>()?;
        fallen.reverse();
        Some(Rows { index, fallen })
    }

    /// Puts rows at the end of the archive. `None` if it is not as it was left.
    fn grow_archive(
        &self,
        fallen: &[String],
        report: &mut Report,
    ) -> Result<Option<(FileState, u64)>> {
        let (from, sum) = (self.manifest.archive, self.manifest.archive_sum);
        let path = Derived::Archive.path(self.kb);
        if fallen.is_empty() {
            let state = self
                .kb
                .open_entry(&path)
                .ok()
                .and_then(|file| file.metadata().ok());
            let same = state.is_some_and(|data| crate::kb::walk::state_of(&data) == from);
            return Ok(same.then_some((from, sum)));
        }
        let sum = fallen
            .iter()
            .fold(sum, |sum, row| sum.wrapping_add(seal::of_line(row)));
        let tail = fallen
            .iter()
            .map(|row| format!("{row}\n"))
            .collect::<String>();
        let Some(place) = seal::place(&seal::comment()) else {
            return Ok(None);
        };
        let sealed = seal::written(sum);
        let growth = Growth {
            from,
            tail: tail.as_bytes(),
            at: place.start as u64,
            patch: sealed.as_bytes(),
        };
        let grown = self.kb.grow(&path, growth)?;
        if grown.is_some() {
            report.written.push(path);
        }
        Ok(grown.map(|state| (state, sum)))
    }

    /// Replaces a file, if it is as it was left. Returns whether it was.
    fn replace(
        &self,
        derived: Derived,
        text: &str,
        before: u64,
        report: &mut Report,
    ) -> Result<bool> {
        let path = derived.path(self.kb);
        let left = std::cell::Cell::new(true);
        let written = self
            .kb
            .rewrite(std::path::Path::new(path.as_str()), |old| {
                left.set(old.is_some_and(|old| hash(old) == before));
                Ok(left.get().then(|| text.as_bytes().to_vec()))
            })?;
        if written {
            report.written.push(path);
        }
        Ok(left.get())
    }

    /// Returns the manifest, but for what it says of the files.
    fn manifest_of(&self, now: &[Session]) -> Manifest {
        let config = self.kb.config();
        let head = config.session_index_cap.max(config.recent_sessions);
        // Never earlier than before: what is older is known by its digest alone.
        let since = full::since(head, now.iter().map(|session| session.known.key));
        let since = since.max(self.manifest.since);
        let (known, old): (Vec<Known>, Vec<Known>) = now
            .iter()
            .map(|session| session.known)
            .partition(|known| super::facts::nominal(known.key.id) >= since);
        let newly_archived = now
            .get(config.session_index_cap)
            .map(|session| session.known.key);
        Manifest {
            since,
            old: self.reader.survey.digest_before(since),
            old_settled: old.iter().all(|known| known.settled),
            known,
            archived: newly_archived.max(self.manifest.archived),
            ..self.manifest.clone()
        }
    }
}

struct Rows {
    /// Newest first.
    index: Vec<String>,
    /// Oldest first.
    fallen: Vec<String>,
}
