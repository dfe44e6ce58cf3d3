//! What a session made that is not there any more.

use super::paths;
use crate::kb::walk::state_of;
use crate::kb::{Environment, is_missing};
use crate::model::{FileAction, FileRow, Session, Source, Timestamp};
use std::fs;
use std::path::{Path, PathBuf};

/// The resolution of times of files, in seconds, on the coarsest of file systems.
const RESOLUTION: i64 = 2;

/// Takes out the files that were made and removed again while a session went on, and says of those
/// that were there before that they were deleted. Nothing is recorded of what may have gone later:
/// the directory shows when its content changed last.
pub(crate) fn settle_gone_files(
    environment: &Environment,
    session: &mut Session,
    (from, to): (Timestamp, Timestamp),
) {
    let directories = environment.absolute_all(&session.directories);
    let went = |row: &FileRow| {
        let path = paths::named_file(environment, &directories, &row.path);
        let gone = gone_since(&path);
        gone.is_some_and(|gone| (from.seconds()..=to.seconds() + RESOLUTION).contains(&gone))
    };
    session.files.retain_mut(|row| {
        let is_there = matches!(row.action, FileAction::Created | FileAction::Modified);
        if row.source == Source::Stated || !is_there || !went(row) {
            return true;
        }
        let was_made = row.action == FileAction::Created;
        row.action = FileAction::Deleted;
        !was_made
    });
}

/// Returns whether a file of these directories is gone, as far as they are there themselves.
pub(crate) fn is_file_gone(directories: &[PathBuf], path: &Path) -> bool {
    let mut near = directories.iter().filter(|dir| path.starts_with(dir));
    near.any(|dir| dir.is_dir()) && is_missing(path)
}

/// Returns when the directory of a file that is gone changed last, in seconds since 1970.
fn gone_since(path: &Path) -> Option<i64> {
    if !is_missing(path) {
        return None;
    }
    let mut above = path.ancestors().skip(1);
    let about = above.find_map(|dir| fs::symlink_metadata(dir).ok())?;
    Some(state_of(&about).modified.div_euclid(1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;
    use crate::session::tests::samples::running_session;

    #[test]
    fn what_was_made_and_removed_again_is_not_told() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let environment = environment(dir.path());
        fs::write(dir.path().join("here.py"), "x").expect("written");
        let mut session = running_session();
        session.directories = vec![dir.path().to_string_lossy().into_owned()];
        let row = |path: &str, action, source| FileRow {
            path: path.to_owned(),
            action,
            notes: String::new(),
            source,
        };
        session.files = vec![
            row("here.py", FileAction::Created, Source::Observed),
            row("made.py", FileAction::Created, Source::Observed),
            row("old.py", FileAction::Modified, Source::Inferred),
            row("said.py", FileAction::Created, Source::Stated),
        ];
        let now = gone_since(&dir.path().join("made.py")).expect("gone");
        let at = Timestamp::from_seconds;
        let told = |session: &Session| {
            let rows = session.files.iter();
            rows.map(|row| format!("{} {}", row.action.name(), row.path))
                .collect::<Vec<_>>()
        };
        let before = session.clone();
        settle_gone_files(&environment, &mut session, (at(now - 100), at(now - 50)));
        assert_eq!(session, before, "it went later");
        settle_gone_files(&environment, &mut session, (at(now - 100), at(now)));
        let expected = ["Created here.py", "Deleted old.py", "Created said.py"];
        assert_eq!(told(&session), expected);
    }
}
