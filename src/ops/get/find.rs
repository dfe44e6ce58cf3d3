//! Which entry is meant.

use super::EntryName;
use crate::error::{Error, Hint, Kind, Result};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{Entry, EntryPath, name_key, normalize_name};
use crate::ops::nearest::nearest_names;
use std::error::Error as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(in crate::ops) fn find_entry(
    kb: &Kb,
    name: &EntryName,
    index: &Index<'_>,
) -> Result<EntryPath> {
    match name {
        EntryName::Path(text) => by_path(kb, text, index),
        EntryName::Title(title) => by_title(title, index),
    }
}

fn by_path(kb: &Kb, text: &str, index: &Index<'_>) -> Result<EntryPath> {
    // As links are written in an entry.
    let link = text
        .strip_prefix("[[")
        .and_then(|rest| rest.strip_suffix("]]"));
    let text = link.unwrap_or(text);
    let mut refused = None;
    for candidate in path_candidates(kb, text) {
        // That `.md` is missing is forgiven; then the entry just is not there.
        let Ok(path) = EntryPath::parse(&candidate) else {
            continue;
        };
        match existing_path(kb, path) {
            Ok(Some(path)) => return Ok(path),
            Ok(None) => {}
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    if let Some(error) = refused {
        return Err(error);
    }
    match EntryPath::parse(text) {
        Err(error) if EntryPath::parse(&with_md(text)).is_err() => Err(error),
        _ => Err(not_found(kb, text, index)),
    }
}

/// Returns the path if there is something at it; a link that leads outside, or into a hidden part, is
/// an error.
fn existing_path(kb: &Kb, path: EntryPath) -> Result<Option<EntryPath>> {
    let path = kb.spelled_path(path);
    let file = kb.root().join(path.as_str());
    match fs::symlink_metadata(&file) {
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => {
            return Err(Error::io("look at", &file, e));
        }
        // The record of a session in progress may lie elsewhere for now.
        Err(_) => return Ok(kb.is_running(path.as_str()).then_some(path)),
        Ok(_) => {}
    }
    kb.locate(&path).map_err(|error| match error.kind() {
        // What is there and is no entry, such as a directory; with a cause, the system failed.
        Kind::Failed if error.source().is_none() => error.with_kind(Kind::NotFound),
        _ => error,
    })?;
    Ok(Some(path))
}

/// Returns the paths that a text may stand for, the likeliest first.
fn path_candidates(kb: &Kb, text: &str) -> Vec<String> {
    let inside = if Path::new(text).is_absolute() {
        path_inside(kb, Path::new(text))
    } else {
        // A person who stands inside the knowledge base completes paths from there.
        path_inside(kb, &kb.environment().cwd).map(|base| format!("{base}/{text}"))
    };
    let mut candidates = vec![text.to_owned(), with_md(text)];
    if let Some(path) = inside {
        candidates.push(with_md(&path));
        candidates.push(path);
    }
    candidates
}

fn with_md(text: &str) -> String {
    format!("{text}.md")
}

/// Returns a path on disk relative to the root, if it lies inside.
fn path_inside(kb: &Kb, path: &Path) -> Option<String> {
    let relative = |root: &Path, path: &Path| {
        let rest = path.strip_prefix(root).ok()?;
        Some(rest.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
    };
    relative(kb.root(), path).or_else(|| {
        let root = fs::canonicalize(kb.root()).ok()?;
        let directory = fs::canonicalize(path.parent()?).ok()?;
        relative(&root, &directory.join(path.file_name()?))
    })
}

fn not_found(kb: &Kb, text: &str, index: &Index<'_>) -> Error {
    let shown = text.escape_debug();
    let error = Error::not_found(format!("no entry at '{shown}'"));
    if let Some((path, line)) = with_line(text)
        && by_path_exists(kb, path)
    {
        return error.with_hint(
            Hint::from("write: ").then(
                Hint::command("get")
                    .with(path)
                    .with_option("lines", format!("{line}-")),
            ),
        );
    }
    if !kb.exists() {
        return crate::ops::index::no_root(kb);
    }
    // That the index cannot be read is no reason to hide that the entry is not there.
    let entries = indexed_entries(index).unwrap_or_default();
    let names = entries.iter().map(|entry| entry.path.as_str());
    let near = nearest_names(text, names);
    if near.is_empty() {
        return error.with_hint(
            Hint::command("list")
                .then(" shows all entries, ")
                .then(Hint::command("search"))
                .then(" finds one by its text"),
        );
    }
    near.iter().fold(error, |error, path| {
        error.with_hint(format!("did you mean {path}?"))
    })
}

/// Splits `path:line`, as search prints it.
fn with_line(text: &str) -> Option<(&str, u32)> {
    let (path, line) = text.rsplit_once(':')?;
    Some((path, line.parse().ok()?))
}

fn by_path_exists(kb: &Kb, text: &str) -> bool {
    EntryPath::parse(text).is_ok_and(|path| matches!(existing_path(kb, path), Ok(Some(_))))
}

fn indexed_entries(index: &Index<'_>) -> Result<Arc<Vec<Entry>>> {
    index.answer(Freshness::Refresh, |view| view.entries())
}

fn by_title(title: &str, index: &Index<'_>) -> Result<EntryPath> {
    let entries = indexed_entries(index)?;
    let shown = title.escape_debug();
    let found = entries_titled(&entries, title);
    match found.as_slice() {
        [one] => Ok(one.path.clone()),
        [] => {
            let error = Error::not_found(format!("no entry is titled '{shown}'"));
            let near = nearest_names(title, entries.iter().map(|entry| entry.title.as_str()));
            Err(near.iter().fold(error, |error, title| {
                let option = Hint::option("title", *title);
                error.with_hint(Hint::from("did you mean ").then(option).then("?"))
            }))
        }
        several => {
            let count = several.len();
            let error = Error::usage(format!("{count} entries are titled '{shown}'"));
            Err(several.iter().take(10).fold(error, |error, entry| {
                error.with_hint(Hint::command("get").with(entry.path.to_string()))
            }))
        }
    }
}

/// Returns the entries of a title: equal, else equal in any case, else beginning so. A title
/// counts before an alias.
fn entries_titled<'a>(entries: &'a [Entry], title: &str) -> Vec<&'a Entry> {
    let wanted = name_key(title.trim());
    let title = normalize_name(title);
    let same: [&dyn Fn(&str) -> bool; 3] = [
        &|name| normalize_name(name) == title,
        &|name| name_key(name) == wanted,
        &|name| !wanted.is_empty() && name_key(name).starts_with(&wanted),
    ];
    for same in same {
        let by_title: Vec<&Entry> = entries.iter().filter(|e| same(&e.title)).collect();
        if !by_title.is_empty() {
            return by_title;
        }
        let aliased = |entry: &&Entry| entry.aliases.iter().any(|alias| same(alias));
        let by_alias: Vec<&Entry> = entries.iter().filter(aliased).collect();
        if !by_alias.is_empty() {
            return by_alias;
        }
    }
    Vec::new()
}
