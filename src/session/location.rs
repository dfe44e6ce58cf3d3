//! Where the records of sessions lie: while they run, in their project or in the KB; afterwards in
//! the KB.

use crate::error::Result;
use crate::kb::{Kb, belongs_to_another, is_missing, project_slug};
use crate::model::{EntryPath, Session, SessionId};
use std::path::{Path, PathBuf};

/// Name of the file of a session that is kept in its project.
pub(crate) const RECORD_NAME: &str = ".session_log.md";

/// Most sessions that are kept in one directory at a time; further ones are kept in the KB.
const MOST_IN_DIRECTORY: u32 = 9;

/// Returns the names that the records of one directory have: the first, and those of further
/// sessions beside it. A fixed few, since listing a large directory would cost more.
pub(crate) fn record_names() -> impl Iterator<Item = String> {
    let others = (2..=MOST_IN_DIRECTORY).map(|number| format!(".session_log-{number}.md"));
    std::iter::once(RECORD_NAME.to_owned()).chain(others)
}

/// Returns whether a session worked in this repository, as its first directory shows: another
/// repository may be called the same.
pub(crate) fn is_of_repository(kb: &Kb, session: &Session) -> bool {
    let first = session.directories.first();
    first.is_none_or(|dir| kb.shares_project(&kb.environment().absolute(Path::new(dir))))
}

/// Returns whether a file is the record of a session that is kept in its project.
pub(crate) fn is_in_project(file: &Path) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.is_some_and(|name| record_names().any(|own| name == own))
}

/// Returns the files in a directory that have the name of a record, and may be one: what belongs to
/// another user is passed over with a warning.
pub(crate) fn records_in(kb: &Kb, directory: &Path) -> Vec<PathBuf> {
    let files = record_names().map(|name| directory.join(name));
    let existing = files.filter(|file| !is_missing(file));
    let is_own = |file: &PathBuf| {
        let foreign = belongs_to_another(file);
        if foreign {
            let shown = file.display();
            kb.warn(format!("{shown} is ignored: it belongs to another user"));
        }
        !foreign
    };
    existing.filter(is_own).collect()
}

/// Returns the files that may be records in the current directory and above it.
pub(crate) fn records_above(kb: &Kb) -> impl Iterator<Item = PathBuf> {
    let directories = kb.environment().cwd.ancestors();
    directories.flat_map(|directory| records_in(kb, directory))
}

/// Returns the directory in the KB that holds the records of a project.
pub(crate) fn project_directory(kb: &Kb, project: &str) -> PathBuf {
    let logs = kb.root().join(&kb.config().session_logs);
    logs.join(project_slug(project))
}

/// Returns where the entry of a session lies once it has ended.
pub(crate) fn entry_file(kb: &Kb, project: &str, id: SessionId) -> PathBuf {
    project_directory(kb, project).join(format!("{id}.md"))
}

/// Returns the path of an entry in the KB.
///
/// # Errors
///
/// If it does not lie there.
pub(crate) fn entry_path(kb: &Kb, file: &Path) -> Result<EntryPath> {
    let below = file.strip_prefix(kb.root()).unwrap_or(file);
    let parts: Vec<String> = below
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    EntryPath::parse(&parts.join("/"))
}
