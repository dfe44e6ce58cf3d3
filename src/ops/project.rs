//! Renaming a project: its history goes on under the new name.

use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::index::{Freshness, Index};
use crate::kb::{Kb, is_slug_of, project_slug};
use crate::markdown::{rename_context_project, rename_project};
use crate::model::{Entry, EntryPath, Link, SessionId, is_same_name};
use crate::session::derived::{self, rename_record};
use crate::session::registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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

pub(super) fn run_rename(
    kb: &Kb,
    request: &ProjectRenameRequest,
    index: &Index<'_>,
) -> Result<Reply> {
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
                .with_hint(Hint::command("projects").then(" lists those that there are")),
        );
    }
    // As long as one of the entries has the old name, all of this can be done again.
    derived::mark_outdated(kb);
    let context = rename_in_context(kb, old, new)?;
    let mut renamed = Vec::new();
    for path in &paths {
        let path = rename_entry(kb, path, (old, new), &all)?;
        renamed.push(path.to_string());
    }
    derived::regenerate_derived(kb)?;
    kb.note_new_name(old, new);
    let is_here = context.is_none() && is_same_name(&kb.project(), old);
    let elsewhere = contexts_elsewhere(kb, (old, new))?;
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
    let still = |file| format!("{file} still names '{old}': put 'project: {new}' into it");
    reply.warnings.extend(elsewhere.into_iter().map(still));
    Ok(reply)
}

/// Returns the `.kbcontext` files of the directories that the sessions worked in, but that of the
/// current one, which still name the project as it was called.
fn contexts_elsewhere(kb: &Kb, (old, new): (&str, &str)) -> Result<BTreeSet<String>> {
    let sessions = derived::named_since(kb, Some(new), None)?;
    let named = sessions.into_iter().flat_map(|(_, one)| one.directories);
    let named: BTreeSet<String> = named.collect();
    let own = kb.context().map(|context| &context.path);
    let mut found = BTreeSet::new();
    for directory in named {
        let directory = kb.environment().absolute(Path::new(&directory));
        let Some(there) = directory
            .is_dir()
            .then(|| kb.used_from(&directory).ok())
            .flatten()
        else {
            continue;
        };
        let context = there.context().filter(|context| Some(&context.path) != own);
        let names_it = |name: &str| is_same_name(name, old);
        if let Some(context) = context
            && context.project.as_deref().is_some_and(names_it)
        {
            found.insert(kb.environment().shown(&context.path));
        }
    }
    Ok(found)
}

fn refuse_running(kb: &Kb, project: &str) -> Result<()> {
    let running = registry::all_notes(kb);
    let of_project = running.iter().find(|note| {
        is_same_name(&note.project, project) || project_slug(&note.project) == project_slug(project)
    });
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

/// Gives the project its new name in the `.kbcontext`, if that names it. Returns its path.
fn rename_in_context(kb: &Kb, old: &str, new: &str) -> Result<Option<String>> {
    let Some(context) = kb.context() else {
        return Ok(None);
    };
    if !context
        .project
        .as_deref()
        .is_some_and(|name| is_same_name(name, old))
    {
        return Ok(None);
    }
    let change = |text: &str| rename_context_project(text, new);
    let changed = rewrite_file(kb, &context.path, change)?;
    Ok(changed.then(|| context.path.display().to_string()))
}

/// Gives the project its new name in an entry. The record of a session moves into the directory of
/// the new name. Returns where the entry is.
fn rename_entry(
    kb: &Kb,
    path: &EntryPath,
    (old, new): (&str, &str),
    all: &[Entry],
) -> Result<EntryPath> {
    let change = |text: &str| rename_project(text, old, new);
    if let Some(to) = new_place(kb, path, new)? {
        return move_session(kb, path, &to, change, all);
    }
    rewrite_file(kb, Path::new(path.as_str()), change)?;
    Ok(path.clone())
}

/// Returns where the record of a session belongs under the new name, if that is elsewhere.
fn new_place(kb: &Kb, path: &EntryPath, project: &str) -> Result<Option<EntryPath>> {
    let logs = &kb.config().session_logs;
    let to = EntryPath::parse(&format!(
        "{logs}/{}/{}.md",
        project_slug(project),
        path.stem()
    ))?;
    let above = path.directory().rsplit_once('/');
    let is_record =
        path.stem().parse::<SessionId>().is_ok() && above.is_some_and(|(above, _)| above == logs);
    Ok((is_record && to != *path).then_some(to))
}

/// Moves the record of a session to its new place and changes it, in steps that can be done again, as
/// long as it has the name of the old project: links lead there, it is there and nowhere else, and it
/// has the new name. Where the other project has a session of the same second, it gets the next id
/// that is free. Returns its place.
fn move_session(
    kb: &Kb,
    path: &EntryPath,
    to: &EntryPath,
    change: impl Fn(&str) -> Option<String>,
    all: &[Entry],
) -> Result<EntryPath> {
    let to = find_free_place(kb, path, to)?;
    if let (Ok(old), Ok(new)) = (path.stem().parse(), to.stem().parse())
        && old != new
    {
        let record = Path::new(path.as_str());
        rewrite_file(kb, record, |text| Some(rename_record(text, old, new)))?;
    }
    move_links(kb, path, &to, all)?;
    if !kb.move_file(Path::new(path.as_str()), Path::new(to.as_str()))? {
        let taken = format!("{to} was written meanwhile");
        return Err(Error::busy(taken).with_hint("do it again"));
    }
    rewrite_file(kb, Path::new(to.as_str()), change)?;
    Ok(to)
}

/// Returns the place, or one beside it with the next id that is free.
fn find_free_place(kb: &Kb, path: &EntryPath, to: &EntryPath) -> Result<EntryPath> {
    let mut place = to.clone();
    let Ok(mut id) = path.stem().parse::<SessionId>() else {
        return Ok(place);
    };
    while kb.root().join(place.as_str()).exists() {
        id = id.next();
        place = EntryPath::parse(&format!("{}/{id}.md", to.directory()))?;
    }
    Ok(place)
}

/// Lets links to an entry follow it to its new place.
fn move_links(kb: &Kb, path: &EntryPath, to: &EntryPath, all: &[Entry]) -> Result<()> {
    let [old, new] = [path, to].map(|path| path.as_str().trim_end_matches(".md"));
    let leads_there = |link: &Link| link.target.trim_end_matches(".md").ends_with(old);
    let linking = all
        .iter()
        .filter(|entry| entry.path != *path && entry.links.iter().any(leads_there));
    for entry in linking {
        let change = |text: &str| Some(text.replace(old, new));
        rewrite_file(kb, Path::new(entry.path.as_str()), change)?;
    }
    Ok(())
}

fn rewrite_file(kb: &Kb, path: &Path, change: impl Fn(&str) -> Option<String>) -> Result<bool> {
    kb.rewrite(path, |bytes| {
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        Ok(text.and_then(&change).map(String::into_bytes))
    })
}
