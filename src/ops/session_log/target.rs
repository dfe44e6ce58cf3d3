//! Which entry a session is written to.

use crate::error::{Error, Hint, Result};
use crate::kb::{Context, Kb, slug};
use crate::model::EntryPath;

/// The entry, and what named it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: EntryPath,
    pub(super) source: &'static str,
}

impl Target {
    /// Returns the entry that the request names, else the one of the context.
    pub(super) fn resolve(kb: &Kb, explicit: Option<&str>, project: &str) -> Result<Self> {
        if let Some(text) = explicit {
            let path = EntryPath::parse(text)?;
            return Ok(Target {
                path,
                source: "explicit",
            });
        }
        let named = kb.context().map(Context::entry).transpose()?.flatten();
        match named {
            Some((path, source)) => Ok(Target { path, source }),
            None => Err(none(project)),
        }
    }
}

/// Returns the error that shows both ways out.
fn none(project: &str) -> Error {
    let name = slug(project);
    Error::usage("no session entry for this directory")
        .with_hint(Hint::from("name it: ").then(Hint::option(
            "entry",
            format!("projects/{name}/sessions.md"),
        )))
        .with_hint(
            Hint::from("or write a .kbcontext here, once: ")
                .then(Hint::command("context init"))
                .then(format!(" (it holds 'primary: projects/{name}')")),
        )
}
