//! Resolving a blocker that an earlier session noted.

use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{Session, Source};
use crate::session::derived;
use crate::session::open_work::{OpenItem, OpenKind, find_open_work};
use crate::session::recorder::Recorder;
use crate::session::{record, running::Running};

/// Resolves the blocker that `named` means, or the only one, if it is none of the running session
/// but one that an earlier session of the project left open, and returns it. `None` where it is
/// about the running session.
pub(super) fn resolve_earlier(
    kb: &Kb,
    running: Option<&Running>,
    named: Option<&str>,
    how: &str,
) -> Result<Option<OpenItem>> {
    let wanted = named.map(str::to_lowercase);
    let is_meant = |text: &str| {
        let name = wanted.as_ref();
        name.is_none_or(|name| text.to_lowercase().contains(name))
    };
    let own = |session: &Session| session.open_blockers().any(|row| is_meant(&row.blocker));
    if running.is_some_and(|running| own(&running.session)) {
        return Ok(None);
    }
    let project = running.map_or_else(|| kb.project(), |running| running.session.project.clone());
    let items = find_open_work(kb, Some(&project), usize::MAX)?;
    let meant: Vec<&OpenItem> = items
        .iter()
        .filter(|item| item.kind == OpenKind::Blocker && !item.done && is_meant(&item.text))
        .collect();
    match (meant.as_slice(), named) {
        ([], _) => Ok(None),
        ([one], _) => {
            resolve_earlier_blocker(kb, one, how)?;
            Ok(Some((*one).clone()))
        }
        (several, _) => {
            let count = several.len();
            let error = Error::usage(format!(
                "{count} blockers are open: say which one is resolved"
            ));
            Err(several.iter().take(5).fold(error, |error, item| {
                error.with_hint(
                    Hint::command("log blocker")
                        .with(item.text.clone())
                        .with_option("resolve", "HOW"),
                )
            }))
        }
    }
}

fn resolve_earlier_blocker(kb: &Kb, item: &OpenItem, how: &str) -> Result<()> {
    record::change_record_file(kb, &item.file, |session| {
        let mut recorder = Recorder::new(session);
        recorder.resolve_blocker(Some(&item.text), how, Source::Stated)
    })?;
    if !item.running {
        derived::update_derived(kb)?;
    }
    Ok(())
}
