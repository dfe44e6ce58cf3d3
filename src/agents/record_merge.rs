//! What a transcript tells of a session, put into a record that has some of it already: each is
//! told once, and what one side lacks the other fills in.

use super::record_writer::remove_unknown_outcome;
use crate::kb::Environment;
use crate::model::{Event, Session};
use crate::session::paths;
use crate::session::recorder::Recorder;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Adds to a record what a transcript told, gathered in a record of its own.
pub(crate) fn merge_told(environment: &Environment, record: &mut Session, told: &Session) {
    let mut rows = told.clone();
    name_files_as_in(environment, record, &mut rows);
    if record.goal.is_none() {
        record.goal.clone_from(&told.goal);
    }
    let moved = former_paths(record);
    rows.files.retain(|file| !moved.contains(&file.path));
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
    let mut recorder = Recorder::new(record);
    for event in &told.progress {
        if !is_told(&mut recorder, event) {
            remove_unknown_outcome(&mut recorder, &event.text, event.time);
        }
    }
    rows.progress.retain(|event| !is_told(&mut recorder, event));
    recorder.merge_record(&rows);
}

/// Returns the paths that files of a record had before, according to their notes.
fn former_paths(record: &Session) -> HashSet<String> {
    let notes = record.files.iter().flat_map(|row| row.notes.split("; "));
    let former = notes.filter_map(|note| note.strip_prefix("from "));
    former.map(str::to_owned).collect()
}

/// Whether a record says what an event says, of about the same time: the same, or of a check what
/// came of it.
fn is_told(record: &mut Recorder<'_>, event: &Event) -> bool {
    let mut says = |text: &str| record.has_event_about(event.time, text);
    let check = event.text.strip_prefix("Ran ");
    says(&event.text)
        || check.is_some_and(|check| {
            says(&format!("{check}: passed")) || says(&format!("{check}: failed"))
        })
}

/// Names the files as the record names them, whose directories may be others.
fn name_files_as_in(environment: &Environment, record: &Session, told: &mut Session) {
    let directories = absolute_directories(environment, record);
    let base = absolute_directories(environment, told).into_iter().next();
    let base = base.unwrap_or_default();
    let renamed = |path: &str| {
        let path = match path.strip_prefix('~') {
            Some(_) => environment.absolute(Path::new(path)),
            None => base.join(path),
        };
        path.is_absolute()
            .then(|| paths::shown_path(environment, &directories, &path))
    };
    for file in &mut told.files {
        file.path = renamed(&file.path).unwrap_or_else(|| file.path.clone());
        if let Some(from) = file.notes.strip_prefix("from ").and_then(renamed) {
            file.notes = format!("from {from}");
        }
    }
}

fn absolute_directories(environment: &Environment, session: &Session) -> Vec<PathBuf> {
    let absolute = |dir: &String| environment.absolute(Path::new(dir));
    session.directories.iter().map(absolute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::record_writer::RecordWriter;
    use crate::agents::{AgentEvent, EventKind};
    use crate::kb::tests::environment;
    use crate::model::{FileAction, Source, Zone};
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
        let told = [
            prompt,
            tool.clone(),
            tool,
            command(Some(true)),
            file("/w/a.rs"),
            file("/w/b.rs"),
            answer,
        ];
        let mut record = gather(&environment, Source::Observed, "/w", &hooks);
        let told = gather(&environment, Source::Inferred, "/", &told);
        for _ in 0..2 {
            merge_told(&environment, &mut record, &told);
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
        merge_told(&environment, &mut record, &of(None));
        assert_eq!(record.progress.len(), 1);
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
        let told = gather(&environment, Source::Inferred, "/w", &[second, first]);
        merge_told(&environment, &mut record, &told);
        assert_eq!(record.blockers.len(), 2, "{:?}", record.blockers);
    }
}
