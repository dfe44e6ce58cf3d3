//! What was left out of a block, and how to get it.

use super::item::{Item, Origin, What};
use super::text::{single_line, text_length};
use crate::model::EntryPath;

/// Items of one kind that did not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What they are: `decisions`.
    pub what: String,
    /// How many.
    pub count: usize,
    /// The command that shows them.
    pub how_to_get: String,
}

/// Returns what was left out, by kind. `everything` is the command that gets it all.
pub(super) fn left_out<'a>(
    items: impl Iterator<Item = &'a Item>,
    everything: &str,
) -> Vec<LeftOut> {
    // The origin is dropped as soon as there are two.
    let mut kinds: Vec<(What, usize, Option<&Origin>)> = Vec::new();
    for item in items {
        match kinds.iter_mut().find(|(what, ..)| *what == item.what) {
            Some((_, count, origin)) => {
                *count += 1;
                *origin = origin.filter(|origin| **origin == item.origin);
            }
            None => kinds.push((item.what, 1, Some(&item.origin))),
        }
    }
    kinds.sort_by_key(|(what, ..)| *what);
    kinds
        .into_iter()
        .map(|(what, count, origin)| LeftOut {
            what: name_of_kind(what, count).to_owned(),
            count,
            how_to_get: match what {
                // Those of all sessions, each with its id.
                What::Next | What::Blocker => "mx next".to_owned(),
                _ => origin
                    .and_then(show_command)
                    .unwrap_or_else(|| everything.to_owned()),
            },
        })
        .collect()
}

/// Returns the notice in full: what, how many, how to get it.
pub(super) fn full_notice(left_out: &[LeftOut], everything: &str) -> String {
    let mut ways: Vec<(&str, Vec<String>)> = Vec::new();
    for one in left_out {
        let text = format!("{} {}", one.count, one.what);
        match ways.iter_mut().find(|(way, _)| *way == one.how_to_get) {
            Some((_, texts)) => texts.push(text),
            None => ways.push((&one.how_to_get, vec![text])),
        }
    }
    let mut parts: Vec<String> = ways
        .iter()
        .map(|(way, texts)| format!("{} (`{way}`)", texts.join(", ")))
        .collect();
    if ways.iter().all(|(way, _)| *way != everything) {
        parts.push(format!("all of it: `{everything}`"));
    }
    format!("Left out to fit the budget: {}.", parts.join("; "))
}

/// Returns the notice for a budget that has no room for more.
pub(super) fn short_notice(count: usize, everything: &str) -> String {
    format!(
        "Left out: {count} {} (`{everything}`).",
        if count == 1 { "item" } else { "items" }
    )
}

fn name_of_kind(what: What, count: usize) -> &'static str {
    let (one, many) = match what {
        What::Project => ("heading", "headings"),
        What::Summary => ("summary", "summaries"),
        What::Goal => ("goal", "goals"),
        What::State => ("state of the work", "states of the work"),
        What::Next => ("next step", "next steps"),
        What::Blocker => ("open blocker", "open blockers"),
        What::Decision => ("decision", "decisions"),
        What::Uncommitted => ("list of uncommitted files", "lists of uncommitted files"),
        What::File => ("key file", "key files"),
        What::Remark => ("remark", "remarks"),
        What::Event => ("event", "events"),
        What::EarlierSession => ("earlier session", "earlier sessions"),
        What::Note => ("note", "notes"),
    };
    if count == 1 { one } else { many }
}

/// Returns the command that shows the origin, if its name is fit for a command line.
fn show_command(origin: &Origin) -> Option<String> {
    match origin {
        Origin::Session(id) => Some(format!("mx log show {id}")),
        Origin::Entry(path) => Some(format!("mx get {}", quote_path(path)?)),
    }
}

/// Returns the path for a shell; `None` for one that is long, or that nobody should paste.
fn quote_path(path: &EntryPath) -> Option<String> {
    let path = path.as_str();
    let risky = path.contains(['\'', '`', '\\', '"', '!', '<']) || path.contains("--");
    if risky || text_length(path) > 200 || single_line(path) != path {
        return None;
    }
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '@');
    // A dash at the beginning would be an option.
    let here = if path.starts_with('-') { "./" } else { "" };
    if path.chars().all(plain) {
        Some(format!("{here}{path}"))
    } else {
        Some(format!("'{here}{path}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_for_the_shell_or_not_named() {
        let quoted = |text: &str| super::quote_path(&EntryPath::parse(text).expect("a path"));
        assert_eq!(quoted("a/b-c.md").as_deref(), Some("a/b-c.md"));
        assert_eq!(quoted("ä b.md").as_deref(), Some("'ä b.md'"));
        assert_eq!(quoted("-a.md").as_deref(), Some("./-a.md"));
        assert_eq!(quoted("a;$(rm).md").as_deref(), Some("'a;$(rm).md'"));
        for text in ["it's.md", "a`b`.md", "a --b.md", "a\u{202e}b.md", "<!.md"] {
            assert_eq!(quoted(text), None, "{text}");
        }
    }
}
