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
        kb.check_is_searched(&path)?;
        let path = kb.spelled_path(path);
        Ok(EntryTarget { path, source })
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
