//! Resolving a blocker that an earlier session noted.

use super::row::{LogRow, LogRowResponse};
use crate::error::{Error, Hint, Result};
use crate::kb::Kb;
use crate::model::{Session, Source};
use crate::session::derived;
use crate::session::open_work::{OpenItem, OpenKind, find_open_work};
use crate::session::recorder::Recorder;
use crate::session::{record, running::Running};

/// Resolves the blocker that a row means, if it is none of the running session but one that an
/// earlier session of the project left open. `None` where the row is about the running session.
pub(super) fn resolve_earlier(
    kb: &Kb,
    running: Option<&Running>,
    row: &LogRow,
) -> Result<Option<LogRowResponse>> {
    let LogRow::Blocker {
        blocker: named,
        resolution: Some(how),
    } = row
    else {
        return Ok(None);
    };
    let wanted = named.as_ref().map(|name| name.to_lowercase());
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
        ([one], _) => resolve(kb, one, how).map(Some),
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

fn resolve(kb: &Kb, item: &OpenItem, how: &str) -> Result<LogRowResponse> {
    record::change(kb, &item.file, |session| {
        let mut recorder = Recorder::new(session);
        recorder.resolve_blocker(Some(&item.text), how, Source::Stated)
    })?;
    if !item.running {
        derived::update(kb)?;
    }
    Ok(LogRowResponse {
        session: item.session.to_string(),
        project: item.project.clone(),
        table: "blocker".to_owned(),
        text: item.text.clone(),
        resolved: true,
        file: kb.environment().shown(&item.file),
    })
}
