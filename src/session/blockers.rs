//! Blockers of a record: which one is meant, and what failed.

use crate::error::{Error, Hint, Result};
use crate::model::{Blocker, Source};

/// Returns the only open blocker in whose text the name occurs.
///
/// # Errors
///
/// If there are several.
pub(super) fn find_part(blockers: &[Blocker], name: &str) -> Result<Option<usize>> {
    let name = name.to_lowercase();
    let is_part =
        |row: &Blocker| row.resolution.is_empty() && row.blocker.to_lowercase().contains(&name);
    let parts: Vec<usize> = (0..blockers.len())
        .filter(|at| is_part(&blockers[*at]))
        .collect();
    match parts.as_slice() {
        [] => Ok(None),
        [at] => Ok(Some(*at)),
        several => Err(ambiguous_blocker(several.iter().map(|at| &blockers[*at]))),
    }
}

/// Returns the only blocker that is open.
///
/// # Errors
///
/// If there is none, or more than one.
pub(super) fn find_only_open(blockers: &[Blocker]) -> Result<usize> {
    let open = |at: &usize| blockers[*at].resolution.is_empty();
    let open: Vec<usize> = (0..blockers.len()).filter(open).collect();
    match open.as_slice() {
        [] => Err(no_open_blocker()),
        [at] => Ok(*at),
        several => Err(ambiguous_blocker(several.iter().map(|at| &blockers[*at]))),
    }
}

/// Returns the error of a resolution that names no blocker where none is open.
pub(crate) fn no_open_blocker() -> Error {
    Error::not_found("no blocker is open").with_hint(
        Hint::from("name it: ")
            .then(Hint::command("log blocker").with("TEXT"))
            .with_option("resolve", "HOW")
            .then(" adds both"),
    )
}

fn ambiguous_blocker<'a>(rows: impl Iterator<Item = &'a Blocker>) -> Error {
    let error = Error::usage("several blockers are open: say which one is resolved");
    rows.fold(error, |error, row| {
        let text: String = row.blocker.chars().take(60).collect();
        error.with_hint(
            Hint::command("log blocker")
                .with(text)
                .with_option("resolve", "HOW"),
        )
    })
}

/// Adds how a blocker was resolved.
pub(super) fn resolve_blocker(row: &mut Blocker, resolution: &str, source: Source) {
    row.resolution = match row.resolution.as_str() {
        "" => resolution.to_owned(),
        before if before == resolution => return,
        before => format!("{before}; {resolution}"),
    };
    row.source = row.source.max(source);
}

/// Returns what failed or was refused according to a blocker that was not stated: `X` of `X failed:
/// …`. Several, where the words stand in it more than once.
pub(super) fn failed_subjects(row: &Blocker) -> impl Iterator<Item = String> {
    let text = row.blocker.as_str();
    let words = [" failed", " was refused"].into_iter();
    let places = words.flat_map(move |word| text.match_indices(word));
    places
        .filter(|_| row.source < Source::Stated)
        .map(move |(at, _)| text[..at].to_owned())
}

/// Returns the command line that failed according to a blocker that was not stated: `X` of
/// `` `X` failed: … ``.
pub(super) fn failed_command(row: &Blocker) -> Option<&str> {
    let quoted = row.blocker.strip_prefix('`')?;
    let (command, _) = quoted.split_once("` failed")?;
    (row.source < Source::Stated).then_some(command)
}
