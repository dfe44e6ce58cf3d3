//! What is open over all sessions: next steps that were stated, and blockers that nothing
//! resolved.

use super::recorder::Recorder;
use super::resume::stated_ending;
use super::{derived, record, running};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{
    NextStep, Session, SessionId, Source, Status, is_same_name, name_key, open_text_key, short_hash,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is open: a step, or a blocker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum OpenKind {
    /// A step that is to be done.
    Step,
    /// Something that is in the way.
    Blocker,
}

/// Something open, and where it was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenItem {
    /// A short name that no other open item has.
    pub(crate) id: String,
    pub(crate) kind: OpenKind,
    pub(crate) text: String,
    pub(crate) project: String,
    /// The session that noted it.
    pub(crate) session: SessionId,
    /// What that session did, or is to do.
    pub(crate) origin: String,
    /// Whether that session still goes on.
    pub(crate) running: bool,
    /// Whether it is done, or resolved.
    pub(crate) done: bool,
    /// How a blocker was resolved, where that was stated.
    pub(crate) resolution: Option<String>,
    /// Its record.
    pub(crate) file: PathBuf,
}

/// What is noted of a blocker that was only marked as resolved.
pub(super) const MARKED: &str = "done";

/// Returns the steps of a session, also one that stands only in its prompt: what was stated to
/// be next before steps had a list. A list from which a person took the last one is empty.
fn steps_of(session: &Session, file: &Path) -> Vec<NextStep> {
    if !session.next_steps.is_empty() {
        return session.next_steps.clone();
    }
    let told = stated_ending(session).next;
    let told = told.filter(|_| !has_step_list(file)).into_iter();
    told.map(|text| NextStep { text, done: false }).collect()
}

fn has_step_list(file: &Path) -> bool {
    let text = record::read_record_text(file);
    text.lines().any(|line| {
        let words = line.strip_prefix("###").map(str::trim);
        words.is_some_and(|words| words.eq_ignore_ascii_case("next steps"))
    })
}

/// Returns the steps and blockers of a session. The ids are as long as they can be.
fn items_of(session: &Session, file: &Path) -> Vec<OpenItem> {
    let steps = steps_of(session, file).into_iter();
    let steps = steps.map(|step| (OpenKind::Step, step.text, step.done, None));
    let blockers = session.blockers.iter().map(|row| {
        let told = Some(row.resolution.trim()).filter(|how| !how.is_empty());
        let resolution = told.filter(|how| *how != MARKED).map(str::to_owned);
        let is_resolved = told.is_some();
        (
            OpenKind::Blocker,
            row.blocker.clone(),
            is_resolved,
            resolution,
        )
    });
    let origin = session.summary().or(session.goal.as_deref());
    let item =
        |(kind, text, done, resolution): (OpenKind, String, bool, Option<String>)| OpenItem {
            id: hash_item(session, &text),
            kind,
            text,
            project: session.project.clone(),
            session: session.id,
            origin: origin.unwrap_or_default().to_owned(),
            running: session.status == Status::Active,
            done,
            resolution,
            file: file.to_path_buf(),
        };
    let items = steps.chain(blockers).map(item);
    items.filter(|item| !item.text.trim().is_empty()).collect()
}

/// Returns the steps and blockers of sessions, which come newest first, with ids that distinguish
/// them. What several sessions note is there once, as the newest has it; what one session notes
/// twice is open if it is open once.
pub(crate) fn collect_items<'a>(
    sessions: impl Iterator<Item = (&'a Session, PathBuf)>,
) -> Vec<OpenItem> {
    let mut places: HashMap<(OpenKind, String, String), usize> = HashMap::new();
    let mut items: Vec<OpenItem> = Vec::new();
    for (session, file) in sessions {
        let of_earlier = items.len();
        for item in items_of(session, &file) {
            let key = (
                item.kind,
                name_key(&item.project),
                open_text_key(&item.text),
            );
            match places.get(&key) {
                None => {
                    places.insert(key, items.len());
                    items.push(item);
                }
                Some(at) if *at >= of_earlier && items[*at].done => items[*at] = item,
                Some(_) => {}
            }
        }
    }
    shorten_ids(&mut items);
    items
}

/// Returns the steps and blockers of the newest sessions, at most `limit` of them beside those in
/// progress; of one project, if it is given.
///
/// # Errors
///
/// If the sessions cannot be listed.
pub(crate) fn find_open_work(
    kb: &Kb,
    project: Option<&str>,
    limit: usize,
) -> Result<Vec<OpenItem>> {
    let running = running::newest_running(kb, project)?;
    let past = derived::with_open_work(kb, project, limit)?;
    let past = past
        .iter()
        .map(|(path, session)| (session, kb.root().join(path.as_str())))
        .filter(|(_, file)| !running.iter().any(|one| one.file == *file));
    let running = running.iter().map(|one| (&one.session, one.file.clone()));
    Ok(collect_items(running.chain(past)))
}

/// How many digits an id has, unless more are needed to make it unique.
const SHORTEST_ID: usize = 4;

fn hash_item(session: &Session, text: &str) -> String {
    let named = format!("{}\0{}\0{text}", session.project, session.id);
    short_hash(blake3::hash(named.as_bytes()))
}

/// Cuts the ids to what makes them unique.
fn shorten_ids(items: &mut [OpenItem]) {
    let mut sorted: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let shared = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    for item in items {
        // Of all others the neighbours in the order of the ids share the longest beginning.
        let at = sorted.binary_search(&item.id).unwrap_or_default();
        let before = at.checked_sub(1).and_then(|before| sorted.get(before));
        let neighbours = before.into_iter().chain(sorted.get(at + 1));
        let longest = neighbours.map(|other| shared(&item.id, other) + 1).max();
        item.id.truncate(longest.unwrap_or(0).max(SHORTEST_ID));
    }
}

/// Returns the open items that names mean: an id, or the text of one, the beginning of it, or a part
/// of it. Those of the caller's project come before those of others.
///
/// # Errors
///
/// If a name means none, or several.
pub(crate) fn find_items<'a>(
    items: &'a [OpenItem],
    names: &[String],
    own_project: &str,
) -> Result<Vec<&'a OpenItem>> {
    let list = Hint::command("next").then(" lists what is open, each with its id");
    let find = |name: &String| find_item(items, name, own_project, ("open", &list));
    names.iter().map(find).collect()
}

/// Returns the items that names mean among those that are done.
///
/// # Errors
///
/// As [`find_items`].
pub(crate) fn find_done_items<'a>(
    items: &'a [OpenItem],
    names: &[String],
    own_project: &str,
) -> Result<Vec<&'a OpenItem>> {
    let list = Hint::command("next").with_flag("all");
    let list = list.then(" lists what is done too, each with its id");
    let find = |name: &String| find_item(items, name, own_project, ("done", &list));
    names.iter().map(find).collect()
}

fn find_item<'a>(
    items: &'a [OpenItem],
    name: &str,
    own_project: &str,
    (state, list): (&str, &Hint),
) -> Result<&'a OpenItem> {
    let bare = name.trim();
    let id = bare.strip_prefix('[').and_then(|id| id.strip_suffix(']'));
    let id = id.unwrap_or(bare).trim().to_lowercase();
    if let Some(item) = items.iter().find(|item| item.id == id) {
        return Ok(item);
    }
    let wanted = open_text_key(bare);
    let shown = bare.escape_debug();
    let found = closest_items(items, &wanted, own_project);
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(
            Error::not_found(format!("nothing {state} is called '{shown}'"))
                .with_hint(list.clone()),
        ),
        several => {
            let count = several.len();
            let error = Error::usage(format!(
                "'{shown}' means {count} of those {state}: use an id"
            ));
            Err(several.iter().take(5).fold(error, |error, item| {
                let OpenItem {
                    id,
                    text,
                    project,
                    session,
                    ..
                } = item;
                error.with_hint(format!("{id}: {text} ({project}, {})", session.day()))
            }))
        }
    }
}

/// Returns the items that a text means best: those of that text, else those that begin with it, else
/// those that hold it; of these those of the caller's project, if there are any.
fn closest_items<'a>(items: &'a [OpenItem], wanted: &str, own_project: &str) -> Vec<&'a OpenItem> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let is_own = |item: &&OpenItem| is_same_name(&item.project, own_project);
    let ways: [fn(&str, &str) -> bool; 3] = [
        |text, wanted| text == wanted,
        |text, wanted| text.starts_with(wanted),
        |text, wanted| text.contains(wanted),
    ];
    for names_it in ways {
        let named = items.iter();
        let named = named.filter(|item| names_it(&open_text_key(&item.text), wanted));
        let named: Vec<&OpenItem> = named.collect();
        let own: Vec<&OpenItem> = named.iter().copied().filter(is_own).collect();
        if !named.is_empty() {
            return if own.is_empty() { named } else { own };
        }
    }
    Vec::new()
}

/// Marks an item as done in its record.
///
/// # Errors
///
/// If the record cannot be written.
pub(crate) fn complete_item(kb: &Kb, item: &OpenItem) -> Result<()> {
    let changed = record::change_record_file(kb, &item.file, |session| {
        let mut recorder = Recorder::new(session);
        match item.kind {
            OpenKind::Step => recorder.tick_next_step(&item.text),
            OpenKind::Blocker => {
                recorder.resolve_blocker(Some(&item.text), MARKED, Source::Stated)?;
            }
        }
        Ok(())
    });
    changed.map(|_| ())
}

/// Takes back that an item is done.
///
/// # Errors
///
/// If it was stated how a blocker was resolved, which is not thrown away; if the record cannot be
/// written.
pub(crate) fn reopen_item(kb: &Kb, item: &OpenItem) -> Result<()> {
    if let Some(how) = &item.resolution {
        let error = Error::usage(format!("it was stated how that was resolved: {how}"));
        let again = Hint::from("if it is in the way again, note it again: ");
        return Err(error.with_hint(again.then(Hint::command("log blocker").with(&item.text))));
    }
    let changed = record::change_record_file(kb, &item.file, |session| {
        let mut recorder = Recorder::new(session);
        match item.kind {
            OpenKind::Step => recorder.add_next_step(&item.text),
            OpenKind::Blocker => recorder.reopen_blocker(&item.text, MARKED),
        }
        Ok(())
    });
    changed.map(|_| ())
}
