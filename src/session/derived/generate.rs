//! Writing the derived files.
//!
//! The sessions that have ended are in the order of their names. The newest, as many as the index
//! holds, are read each time. The others stand in the archive, which only grows at its end as long as the sessions
//! in it are those of the last time: a [`Manifest`] records that. Otherwise it is written anew,
//! from all.

use super::entry_states::EntryStates;
use super::manifest::Manifest;
use super::ours::{self, CurrentLines};
use super::place::{self, DerivedFile};
use super::read::{SessionEntry, SessionReader};
use super::recent::{self, RecentSession};
use super::survey::{SessionFile, Survey};
use super::{Report, outdated, recent_limits, seal, table};
use crate::error::Result;
use crate::kb::walk::Walker;
use crate::kb::{Growth, Kb};
use crate::model::{EntryPath, SessionId};
use rayon::prelude::*;

/// Writes the derived files. `reuse` says whether an archive that is as it was left may be kept.
pub(super) fn write_files(kb: &Kb, walker: &Walker, reuse: bool) -> Result<Report> {
    let marks = outdated::list_marks(kb);
    let mut entry_states = EntryStates::note_folders(kb);
    let survey = Survey::list_states(kb, walker, reuse)?;
    entry_states.take_entries(kb, &survey);
    let generator = Generator {
        kb,
        reader: SessionReader::new(kb, walker, &survey),
    };
    let mut report = Report {
        sessions: survey.files.len(),
        ..Report::default()
    };
    let current = generator.read_newest(kb.config().session_index_cap);
    let archived = &survey.files[..current.older];
    // The archive is first: what is in two files for a moment is not lost.
    let grown = if reuse {
        generator.grow_archive(archived, &mut report)?
    } else {
        None
    };
    report.complete = grown.is_none();
    let manifest = match grown {
        Some(manifest) => Some(manifest),
        None => generator.rewrite_archive(archived, &mut report)?,
    };
    generator.write_index(&current.entries, &mut report)?;
    generator.write_recent(&current.entries, &mut report)?;
    if let Some(manifest) = manifest {
        // That it cannot be kept makes the next update longer, no more.
        let _ = manifest.store(kb);
    }
    entry_states.store(kb, &survey, &current.entries);
    survey.keep_folders(kb);
    outdated::keep_unread(kb, &generator.reader.take_unread());
    outdated::remove_marks(&marks);
    Ok(report)
}

/// Returns the files that do not hold what they would if they were written now.
pub(super) fn find_differing(kb: &Kb, walker: &Walker) -> Result<Vec<EntryPath>> {
    let survey = Survey::list_states(kb, walker, false)?;
    let generator = Generator {
        kb,
        reader: SessionReader::new(kb, walker, &survey),
    };
    let mut report = Report::default();
    let current = generator.read_newest(kb.config().session_index_cap);
    let exists = |file| place::state_of_derived(kb, file).is_some();
    if current.entries.is_empty() && !exists(DerivedFile::Index) {
        // Nothing has ended yet.
        return Ok(Vec::new());
    }
    let ReadRows { rows, .. } = generator.read_rows(&survey.files[..current.older], &mut report);
    let texts = [
        (DerivedFile::Archive, table::render_archive(&rows)),
        (DerivedFile::Index, generator.index_text(&current.entries)),
        (DerivedFile::Recent, generator.recent_text(&current.entries)),
    ];
    let differs =
        |(file, text): &(DerivedFile, String)| place::state_holding(kb, *file, text).is_none();
    let differing = texts.iter().filter(|one| differs(one));
    Ok(differing.map(|(file, _)| file.path(kb)).collect())
}

struct Generator<'a> {
    kb: &'a Kb,
    reader: SessionReader<'a>,
}

/// The newest sessions that have ended.
struct NewestSessions {
    /// Newest first.
    entries: Vec<SessionEntry>,
    /// How many entries are older than all of them.
    older: usize,
}

/// Rows of a table that were read from their entries.
struct ReadRows {
    rows: Vec<String>,
    /// Whether each entry was there, and its state shows every later change.
    lasting: bool,
}

impl Generator<'_> {
    /// Puts the sessions that no longer fit the index at the end of the archive. `None` if it is not
    /// as it was left, or would have to change in another way.
    fn grow_archive(
        &self,
        archived: &[SessionFile],
        report: &mut Report,
    ) -> Result<Option<Manifest>> {
        let Some(before) = Manifest::load(self.kb).filter(|manifest| manifest.settled) else {
            return Ok(None);
        };
        let Some((old, fallen)) = archived.split_at_checked(before.count) else {
            return Ok(None);
        };
        if self.reader.survey.fingerprint(old) != before.fingerprint {
            return Ok(None);
        }
        if fallen.is_empty() {
            let state = place::state_of_derived(self.kb, DerivedFile::Archive);
            return Ok((state == Some(before.archive)).then_some(before));
        }
        let ReadRows { rows, lasting } = self.read_rows(fallen, report);
        let hashes = rows.iter().map(|row| seal::hash_line(row));
        let sum = hashes.fold(before.sum, u64::wrapping_add);
        let tail: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let Some(place) = seal::find_sum(&seal::unsealed_comment()) else {
            return Ok(None);
        };
        let seal = seal::format_sum(sum);
        let growth = Growth {
            from: before.archive,
            tail: tail.as_bytes(),
            at: place.start as u64,
            patch: seal.as_bytes(),
        };
        let path = DerivedFile::Archive.path(self.kb);
        let Some(archive) = self.kb.grow(&path, growth)? else {
            return Ok(None);
        };
        report.written.push(path);
        Ok(Some(Manifest {
            count: archived.len(),
            fingerprint: before
                .fingerprint
                .wrapping_add(self.reader.survey.fingerprint(fallen)),
            settled: lasting,
            archive,
            sum,
        }))
    }

    /// Writes the archive from its sessions. Returns what it was made from, if it is there.
    fn rewrite_archive(
        &self,
        archived: &[SessionFile],
        report: &mut Report,
    ) -> Result<Option<Manifest>> {
        let ReadRows { rows, lasting } = self.read_rows(archived, report);
        let text = table::render_archive(&rows);
        self.write_table(DerivedFile::Archive, &text, report)?;
        let archive = place::state_holding(self.kb, DerivedFile::Archive, &text);
        Ok(archive.map(|archive| Manifest {
            count: archived.len(),
            fingerprint: self.reader.survey.fingerprint(archived),
            settled: lasting,
            archive,
            sum: seal::sum_lines(&text),
        }))
    }

    /// Reads the newest sessions that have ended, at most `number`.
    fn read_newest(&self, number: usize) -> NewestSessions {
        let files = &self.reader.survey.files;
        let (mut entries, mut older) = (Vec::new(), files.len());
        while entries.len() < number && older > 0 {
            let from = older.saturating_sub(number - entries.len());
            let read = files[from..older].par_iter().rev();
            let read = read.filter_map(|file| self.reader.read(file));
            entries.extend(read.filter(SessionEntry::is_over).collect::<Vec<_>>());
            older = from;
        }
        NewestSessions { entries, older }
    }

    fn index_text(&self, newest: &[SessionEntry]) -> String {
        let rows: Vec<String> = newest.iter().map(|entry| self.reader.row(entry)).collect();
        table::render_index(&rows)
    }

    fn write_index(&self, newest: &[SessionEntry], report: &mut Report) -> Result<()> {
        self.note_faults(newest, report);
        self.write_table(DerivedFile::Index, &self.index_text(newest), report)
    }

    /// Returns the text of the recent work. `newest` are the sessions of the index, which are read
    /// anew only where these are too few.
    fn recent_text(&self, newest: &[SessionEntry]) -> String {
        let limits = recent_limits(self.kb.config());
        let more = (newest.len() < limits.sessions.min(self.reader.survey.files.len()))
            .then(|| self.read_newest(limits.sessions).entries);
        let newest = more.as_deref().unwrap_or(newest).iter();
        let sessions: Vec<RecentSession> = newest
            .take(limits.sessions)
            .map(|entry| self.recent_session(entry))
            .collect();
        recent::render_recent(&sessions, limits)
    }

    fn write_recent(&self, newest: &[SessionEntry], report: &mut Report) -> Result<()> {
        let text = self.recent_text(newest);
        let current = |folder: &str, id| {
            self.current_lines(folder, id, &|entry| {
                let session = self.recent_session(entry);
                session.lines().map(str::to_owned).collect()
            })
        };
        let is_ours = |bytes: &[u8]| ours::is_own_recent(bytes, &current);
        place::write_derived(self.kb, DerivedFile::Recent, &text, &is_ours, report)
    }

    fn write_table(&self, derived: DerivedFile, text: &str, report: &mut Report) -> Result<()> {
        let current = |folder: &str, id| {
            self.current_lines(folder, id, &|entry| vec![self.reader.row(entry)])
        };
        let is_torn = |text: &str| {
            let files = &self.reader.survey.files;
            let begins_so = |file: &SessionFile| {
                let entry = self.reader.read(file);
                entry.is_some_and(|entry| self.reader.row(&entry).starts_with(text))
            };
            files.par_iter().any(begins_so)
        };
        let is_ours = |bytes: &[u8]| ours::is_own_table(bytes, &current, &is_torn);
        place::write_derived(self.kb, derived, text, &is_ours, report)
    }

    /// Reads entries into rows, in their order, and notes those that cannot be understood.
    fn read_rows(&self, files: &[SessionFile], report: &mut Report) -> ReadRows {
        let read: Vec<Option<SessionEntry>> = files
            .par_iter()
            .map(|file| self.reader.read(file))
            .collect();
        let lasting = |entry: &Option<SessionEntry>| entry.as_ref().is_some_and(|e| e.settled);
        let lasting = read.iter().all(lasting);
        let mut there: Vec<SessionEntry> = read.into_iter().flatten().collect();
        there.retain(SessionEntry::is_over);
        self.note_faults(&there, report);
        let rows = there.iter().map(|entry| self.reader.row(entry)).collect();
        ReadRows { rows, lasting }
    }

    /// Notes which entries cannot be understood, and into which a merge put several records.
    fn note_faults(&self, entries: &[SessionEntry], report: &mut Report) {
        for entry in entries {
            let path = || self.reader.path(&entry.file);
            if entry.session.is_none() {
                report.unreadable.push(path());
            }
            if entry.merged {
                report.merged.push((path(), entry.file.id));
            }
        }
    }

    fn recent_session(&self, entry: &SessionEntry) -> RecentSession {
        let folder = self.reader.survey.folder(&entry.file);
        RecentSession::new(folder, &self.reader.facts(entry), entry.session.as_ref())
    }

    /// Returns the lines that can stand for a session now.
    fn current_lines(
        &self,
        folder: &str,
        id: SessionId,
        lines: &dyn Fn(&SessionEntry) -> Vec<String>,
    ) -> CurrentLines {
        let file = self.reader.survey.find(folder, id);
        match file.and_then(|file| self.reader.read(file)) {
            Some(entry) => CurrentLines::Lines(lines(&entry)),
            None => CurrentLines::Gone,
        }
    }
}
