//! Renaming a project: its history goes on under the new name.

use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::{Freshness, Index};
use crate::kb::{Kb, is_slug_of, slug};
use crate::markdown::{rename_context_project, rename_project};
use crate::model::{Entry, EntryPath, Link, SessionId, is_same_name};
use crate::session::{derived, registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Gives a project another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectRenameRequest {
    /// The name that it has.
    pub old: String,
    /// The name that it is to have.
    pub new: String,
}

/// A project that was renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProjectRenameResponse {
    /// The name that it had.
    pub old: String,
    /// The name that it has.
    pub new: String,
    /// Paths of the entries that say so now. They stay where they are, except for the records of
    /// sessions.
    pub entries: Vec<String>,
    /// The `.kbcontext` that says so now.
    pub context: Option<String>,
}

pub(super) fn rename(kb: &Kb, request: &ProjectRenameRequest, index: &Index<'_>) -> Result<Reply> {
    let (old, new) = (request.old.trim(), request.new.trim());
    if new.is_empty() || new.contains(char::is_control) {
        return Err(Error::usage(
            "the new name of the project is empty or no single line",
        ));
    }
    refuse_running(kb, old)?;
    let all = index.answer(Freshness::Refresh, |view| view.entries())?;
    let paths = paths_of(&all, old);
    if paths.is_empty() {
        return Err(
            Error::not_found(format!("nothing is recorded of '{}'", old.escape_debug()))
                .with_hint(Hint::command("list").then(" shows what there is")),
        );
    }
    let mut renamed = Vec::new();
    for path in &paths {
        let path = move_session(kb, path, new, &all)?;
        let change = |text: &str| rename_project(text, old, new);
        rewrite(kb, Path::new(path.as_str()), change)?;
        renamed.push(path.to_string());
    }
    derived::regenerate(kb)?;
    let context = kb.context().filter(|context| {
        context
            .project
            .as_deref()
            .is_some_and(|name| is_same_name(name, old))
    });
    let context = match context {
        Some(context) => {
            let change = |text: &str| rename_context_project(text, new);
            rewrite(kb, &context.path, change)?.then(|| context.path.display().to_string())
        }
        None => None,
    };
    let is_here = context.is_none() && is_same_name(&kb.project(), old);
    let mut reply = Reply::from(Response::ProjectRename(ProjectRenameResponse {
        old: old.to_owned(),
        new: new.to_owned(),
        entries: renamed,
        context,
    }));
    if is_here {
        reply.warnings.push(format!(
            "this directory still belongs to '{old}': put 'project: {new}' into its .kbcontext"
        ));
    }
    Ok(reply)
}

fn refuse_running(kb: &Kb, project: &str) -> Result<()> {
    let running = registry::all(kb);
    let of_project = running
        .iter()
        .find(|note| is_same_name(&note.project, project) || slug(&note.project) == slug(project));
    match of_project {
        Some(note) => Err(
            Error::failed(format!("session {} of '{project}' is running", note.id))
                .with_hint(Hint::from("end it first: ").then(Hint::command("log end"))),
        ),
        None => Ok(()),
    }
}

/// Returns the paths of the entries of a project, which is found in any case.
fn paths_of(entries: &[Entry], project: &str) -> Vec<EntryPath> {
    let is_of = |name: &String| is_same_name(name, project) || is_slug_of(name, project);
    let of_project = entries
        .iter()
        .filter(|entry| entry.project.as_ref().is_some_and(is_of));
    let mut paths: Vec<EntryPath> = of_project.map(|entry| entry.path.clone()).collect();
    paths.sort();
    paths
}

/// Moves the record of a session into the directory of the project's new name, and lets links
/// follow. Any other entry stays where it is, and so does a record whose new place is taken.
/// Returns where it is.
fn move_session(kb: &Kb, path: &EntryPath, project: &str, all: &[Entry]) -> Result<EntryPath> {
    let logs = &kb.config().session_logs;
    let is_record = path.stem().parse::<SessionId>().is_ok()
        && path
            .directory()
            .rsplit_once('/')
            .is_some_and(|(above, _)| above == logs);
    let to = EntryPath::parse(&format!("{logs}/{}/{}.md", slug(project), path.stem()))?;
    if !is_record || to == *path || kb.locate(&to)?.exists() {
        return Ok(path.clone());
    }
    let bytes = kb.read(path)?;
    kb.replace(Path::new(to.as_str()), &bytes)?;
    kb.remove(Path::new(path.as_str()), &bytes)?;
    let (old, new) = (
        path.as_str().trim_end_matches(".md"),
        to.as_str().trim_end_matches(".md"),
    );
    let leads_there = |link: &Link| link.target.trim_end_matches(".md").ends_with(old);
    for entry in all
        .iter()
        .filter(|entry| entry.links.iter().any(leads_there))
    {
        if entry.path != *path {
            let change = |text: &str| Some(text.replace(old, new));
            rewrite(kb, Path::new(entry.path.as_str()), change)?;
        }
    }
    Ok(to)
}

fn rewrite(kb: &Kb, path: &Path, change: impl Fn(&str) -> Option<String>) -> Result<bool> {
    kb.rewrite(path, |bytes| {
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        Ok(text.and_then(&change).map(String::into_bytes))
    })
}
