//! Merging what a transcript holds of a session into a record that has some of it already: each is
//! recorded once, and what one side lacks the other fills in.

use super::record_writer::{COMPACTED, is_checkpoint, remove_unknown_outcome};
use crate::kb::Environment;
use crate::model::{Event, FileAction, Session, Status};
use crate::session::gone_files::is_file_gone;
use crate::session::paths;
use crate::session::recorder::Recorder;
use chrono::TimeDelta;
use std::collections::HashSet;
use std::path::Path;

/// Adds to a record what a transcript held, gathered in a record of its own.
pub(crate) fn merge_transcript(
    environment: &Environment,
    record: &mut Session,
    transcript: &Session,
) {
    let mut rows = transcript.clone();
    name_files_as_in(environment, record, &mut rows);
    if record.goal.is_none() {
        record.goal.clone_from(&transcript.goal);
    }
    let moved = former_paths(record);
    rows.files.retain(|file| !moved.contains(&file.path));
    leave_out_gone(environment, record, &mut rows);
    let known: HashSet<&str> = record
        .blockers
        .iter()
        .map(|row| row.blocker.as_str())
        .collect();
    rows.blockers
        .retain(|row| !known.contains(row.blocker.as_str()));
    for tool in &mut rows.tools {
        let counted = record.tools.iter().find(|row| row.name == tool.name);
        tool.uses = tool.uses.saturating_sub(counted.map_or(0, |row| row.uses));
    }
    rows.tools.retain(|tool| tool.uses > 0);
    complete_checkpoints(record, &mut rows.progress);
    let mut recorder = Recorder::new(record);
    for event in &rows.progress {
        if !is_recorded(&mut recorder, event) {
            remove_unknown_outcome(&mut recorder, &event.text, event.time);
        }
    }
    rows.progress
        .retain(|event| !is_recorded(&mut recorder, event));
    recorder.merge_record(&rows);
}

/// Leaves out what is gone, of a session that hooks recorded until it was over: then it was known what
/// had become of its files.
fn leave_out_gone(environment: &Environment, record: &Session, transcript: &mut Session) {
    if record.reconstructed.is_some() || record.status != Status::Ended {
        return;
    }
    let directories = environment.absolute_all(&record.directories);
    let known: HashSet<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
    transcript.files.retain(|row| {
        let path = || paths::named_file(environment, &directories, &row.path);
        let is_deleted = row.action == FileAction::Deleted;
        is_deleted || known.contains(row.path.as_str()) || !is_file_gone(&directories, &path())
    });
}

/// How long a conversation may take to be compacted: a hook is called before, and the summary stands
/// in the transcript behind it.
const COMPACTING: TimeDelta = TimeDelta::minutes(10);

/// Brings together what both hold of one compaction: the summary takes the place of the note that
/// there was one. Leaves in `transcript` what the record does not have.
fn complete_checkpoints(record: &mut Session, transcript: &mut Vec<Event>) {
    transcript.retain(|event| {
        if !is_checkpoint(event) {
            return true;
        }
        let is_near =
            |row: &&mut Event| is_checkpoint(row) && (row.time - event.time).abs() <= COMPACTING;
        let rows = record.progress.iter_mut().filter(is_near);
        // The other one may be another compaction, of which both hold all.
        let is_other = |row: &Event| row.text != event.text && row.text != COMPACTED;
        let same = |row: &&mut Event| event.text == COMPACTED || !is_other(row);
        let nearest = rows.filter(same).min_by_key(|row| {
            let exact = row.text == event.text;
            (!exact, (row.time - event.time).abs())
        });
        let Some(row) = nearest else {
            return true;
        };
        if row.text == COMPACTED {
            row.text.clone_from(&event.text);
        }
        false
    });
}

/// Returns the paths that files of a record had before, according to their notes.
fn former_paths(record: &Session) -> HashSet<String> {
    let notes = record.files.iter().flat_map(|row| row.notes.split("; "));
    let former = notes.filter_map(|note| note.strip_prefix("from "));
    former.map(str::to_owned).collect()
}

/// Whether a record says what an event says, of about the same time: the same, or of a check what
/// came of it.
fn is_recorded(record: &mut Recorder<'_>, event: &Event) -> bool {
    let mut says = |text: &str| record.has_event_about(event.time, text);
    let check = event.text.strip_prefix("Ran ");
    says(&event.text)
        || check.is_some_and(|check| {
            says(&format!("{check}: passed")) || says(&format!("{check}: failed"))
        })
}

/// Names the files as the record names them, whose directories may be others.
fn name_files_as_in(environment: &Environment, record: &Session, transcript: &mut Session) {
    let directories = environment.absolute_all(&record.directories);
    let base = environment
        .absolute_all(&transcript.directories)
        .into_iter()
        .next();
    let base = base.unwrap_or_default();
    let renamed = |path: &str| {
        let path = match path.strip_prefix('~') {
            Some(_) => environment.absolute(Path::new(path)),
            None => base.join(path),
        };
        path.is_absolute()
            .then(|| paths::shown_path(environment, &directories, &path))
    };
    for file in &mut transcript.files {
        file.path = renamed(&file.path).unwrap_or_else(|| file.path.clone());
        if let Some(from) = file.notes.strip_prefix("from ").and_then(renamed) {
            file.notes = format!("from {from}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::record_writer::RecordWriter;
    use crate::agents::{AgentEvent, EventKind};
    use crate::kb::tests::environment;
    use crate::model::{Source, Zone};
    use crate::session::tests::samples::running_session;

    fn gather(
        environment: &Environment,
        source: Source,
        cwd: &str,
        kinds: &[EventKind],
    ) -> Session {
        let writer = RecordWriter::new(environment, Zone::UTC, source);
        let mut record = running_session();
        record.directories = vec![cwd.to_owned()];
        for kind in kinds {
            let at = record.started.seconds() * 1000;
            let kind = kind.clone();
            writer.apply(&mut Recorder::new(&mut record), &AgentEvent { at, kind });
        }
        record
    }

    fn command(ok: Option<bool>) -> EventKind {
        EventKind::Command {
            command: "cargo test".to_owned(),
            ok,
            exit: None,
            error: String::new(),
        }
    }

    fn file(path: &str) -> EventKind {
        EventKind::File {
            path: path.to_owned(),
            action: FileAction::Created,
            from: None,
        }
    }

    #[test]
    fn hooks_and_transcript_complete_each_other_and_each_is_told_once() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let environment = environment(dir.path());
        let prompt = EventKind::Prompt {
            text: "Mend it".to_owned(),
        };
        let answer = EventKind::Answer {
            text: "Mended.".to_owned(),
        };
        let tool = EventKind::Tool {
            name: "Bash".to_owned(),
        };
        let hooks = [prompt.clone(), tool.clone(), command(None), file("/w/a.rs")];
        let transcript = [
            prompt,
            tool.clone(),
            tool,
            command(Some(true)),
            file("/w/a.rs"),
            file("/w/b.rs"),
            answer,
        ];
        let mut record = gather(&environment, Source::Observed, "/w", &hooks);
        let transcript = gather(&environment, Source::Inferred, "/", &transcript);
        for _ in 0..2 {
            merge_transcript(&environment, &mut record, &transcript);
            let texts: Vec<&str> = record
                .progress
                .iter()
                .map(|row| row.text.as_str())
                .collect();
            assert_eq!(texts, ["Asked: Mend it", "cargo test: passed", "Mended."]);
            let files: Vec<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
            assert_eq!(files, ["a.rs", "b.rs"]);
            assert_eq!(record.tools[0].uses, 2);
        }
    }

    #[test]
    fn what_came_of_a_check_is_not_told_again_as_unknown() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let environment = environment(dir.path());
        let of = |ok| gather(&environment, Source::Observed, "/w", &[command(ok)]);
        let mut record = of(Some(false));
        merge_transcript(&environment, &mut record, &of(None));
        assert_eq!(record.progress.len(), 1);
    }

    #[test]
    fn one_compaction_of_which_both_tell_is_one_row() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let environment = environment(dir.path());
        let compaction = |summary: &str| EventKind::Compaction {
            summary: summary.to_owned(),
        };
        let of = |summary| gather(&environment, Source::Observed, "/w", &[compaction(summary)]);
        let expected = ["Checkpoint: Half done"];
        for (first, second) in [("", "Half done"), ("Half done", "")] {
            let mut record = of(first);
            let mut transcript = of(second);
            // The model took its time.
            transcript.progress[0].time += TimeDelta::minutes(4);
            for _ in 0..2 {
                merge_transcript(&environment, &mut record, &transcript);
                let rows = record.progress.iter();
                let texts: Vec<&str> = rows.map(|row| row.text.as_str()).collect();
                assert_eq!(texts, expected, "{first} {second}");
            }
        }
        let mut record = of("Half done");
        merge_transcript(&environment, &mut record, &of("All done"));
        assert_eq!(record.progress.len(), 2);
    }

    #[test]
    fn blockers_that_both_know_are_told_once_in_whatever_order() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let environment = environment(dir.path());
        let blocker = |text: &str| EventKind::Blocker {
            blocker: text.to_owned(),
            resolution: String::new(),
        };
        let (first, second) = (blocker("No key"), blocker("No network"));
        let hooks = [first.clone(), second.clone()];
        let mut record = gather(&environment, Source::Observed, "/w", &hooks);
        record.blockers[0].resolution = "found it".to_owned();
        let transcript = gather(&environment, Source::Inferred, "/w", &[second, first]);
        merge_transcript(&environment, &mut record, &transcript);
        assert_eq!(record.blockers.len(), 2, "{:?}", record.blockers);
    }
}
