//! Which entry a session is written to.

use super::SessionLogRequest;
use crate::error::{Error, Hint, Result};
use crate::kb::{Kb, project_slug};
use crate::model::EntryPath;

/// The entry, and what named it.
#[derive(Debug)]
pub(super) struct EntryTarget {
    pub(super) path: EntryPath,
    pub(super) source: &'static str,
}

impl EntryTarget {
    /// Returns the entry that the request names, else the one of the context or the settings; else the
    /// usual one, if the request wants that.
    pub(super) fn resolve(kb: &Kb, request: &SessionLogRequest, project: &str) -> Result<Self> {
        let (path, source) = match (&request.entry, kb.session_entry()) {
            (Some(text), _) => (EntryPath::parse(text)?, "explicit"),
            (None, Ok(None)) if request.or_usual_entry => {
                (EntryPath::parse(&usual_entry(project))?, "project")
            }
            (None, found) => found?.ok_or_else(|| no_entry(kb, project))?,
        };
        check_names(&path)?;
        kb.check_is_searched(&path)?;
        let path = kb.spelled_path(path);
        Ok(EntryTarget { path, source })
    }
}

/// How long a name may be on the file systems in use: in bytes on Linux, elsewhere in units of UTF-16.
const LONGEST_NAME: usize = 255;

/// Refuses a path of which no directory or file can have a name, before a directory is made for it.
fn check_names(path: &EntryPath) -> Result<()> {
    let is_long = |name: &&str| {
        let bytes = if cfg!(target_os = "linux") {
            name.len()
        } else {
            0
        };
        bytes.max(name.encode_utf16().count()) > LONGEST_NAME
    };
    match path.as_str().split('/').find(is_long) {
        Some(name) => {
            let shown: String = name.chars().take(40).collect();
            let message = format!("the name '{shown}…' in the entry path is too long");
            Err(Error::usage(message).with_hint("use one of at most 255 bytes"))
        }
        None => Ok(()),
    }
}

/// Returns the entry that a project has by default.
fn usual_entry(project: &str) -> String {
    format!("projects/{}/sessions.md", project_slug(project))
}

/// Returns the error that shows the ways out.
fn no_entry(kb: &Kb, project: &str) -> Error {
    let name = project_slug(project);
    let primary = format!("primary: projects/{name}");
    let entry = Hint::option("entry", usual_entry(project));
    let error = Error::usage("no session entry for this directory")
        .with_hint(Hint::from("name it: ").then(entry));
    let error = match kb.context() {
        Some(context) => {
            let file = context.path.display();
            error.with_hint(format!("or put '{primary}' into {file}"))
        }
        None => {
            let init = Hint::from("or write a .kbcontext here, once: ")
                .then(Hint::command("context init"));
            error
                .with_hint(init.then(format!(" (it holds '{primary}')")))
                .with_hint(
                    "or, for all projects, put 'default_entry: projects/{project}/sessions.md' \
                     into .mx/config.yaml",
                )
        }
    };
    // A misspelt key is the likeliest reason.
    let warnings = kb.warnings().iter();
    warnings.fold(error, |error, warning| error.with_hint(warning.clone()))
}
