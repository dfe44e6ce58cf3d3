//! What was left out of a block, and how to get it.

use super::item::{Item, Origin, What};
use super::text::{single_line, text_length};
use crate::error::{Hint, HintSpelling};
use crate::model::EntryPath;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that did not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResumeLeftOut {
    /// What it is, such as `decisions`.
    pub what: String,
    /// How many of them.
    pub count: u64,
    /// How to get them.
    pub how: String,
}

/// Returns what was left out, by kind. `everything` is what gets it all.
pub(super) fn left_out<'a>(
    items: impl Iterator<Item = &'a Item>,
    everything: &str,
    spelling: HintSpelling,
) -> Vec<ResumeLeftOut> {
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
        .map(|(what, count, origin)| ResumeLeftOut {
            what: name_of_kind(what, count).to_owned(),
            count: count as u64,
            how: match what {
                // Those of all sessions, each with its id.
                What::Next | What::Blocker => spelling.spell(Hint::command("next")),
                _ => origin
                    .and_then(show_origin)
                    .map_or_else(|| everything.to_owned(), |hint| spelling.spell(hint)),
            },
        })
        .collect()
}

/// Returns the notice in full: what, how many, how to get it.
pub(super) fn full_notice(left_out: &[ResumeLeftOut], everything: &str) -> String {
    let mut ways: Vec<(&str, Vec<String>)> = Vec::new();
    for one in left_out {
        let text = format!("{} {}", one.count, one.what);
        match ways.iter_mut().find(|(way, _)| *way == one.how) {
            Some((_, texts)) => texts.push(text),
            None => ways.push((&one.how, vec![text])),
        }
    }
    let mut parts: Vec<String> = ways
        .iter()
        .map(|(way, texts)| format!("{} ({})", texts.join(", "), mark_code(way)))
        .collect();
    if ways.iter().all(|(way, _)| *way != everything) {
        parts.push(format!("all of it: {}", mark_code(everything)));
    }
    format!("Left out to fit the budget: {}.", parts.join("; "))
}

/// Returns the notice for a budget that has no room for more.
pub(super) fn short_notice(count: usize, everything: &str) -> String {
    format!(
        "Left out: {count} {} ({}).",
        if count == 1 { "item" } else { "items" },
        mark_code(everything)
    )
}

/// Marks what is to be typed as code, where it is not marked already.
fn mark_code(way: &str) -> String {
    if way.contains('`') {
        way.to_owned()
    } else {
        format!("`{way}`")
    }
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

/// Returns what shows the origin, if its name is fit for a notice.
fn show_origin(origin: &Origin) -> Option<Hint> {
    match origin {
        Origin::Session(id) => Some(Hint::command("log show").with(id.to_string())),
        Origin::Entry(path) => Some(Hint::command("get").with(plain_path(path)?)),
    }
}

/// Returns a path that can be pasted; `None` for one that is long, or unsafe to paste.
fn plain_path(path: &EntryPath) -> Option<String> {
    let path = path.as_str();
    let risky = path.contains(['\'', '`', '\\', '"', '!', '<', '$']) || path.contains("--");
    if risky || text_length(path) > 200 || single_line(path) != path {
        return None;
    }
    // A dash at the beginning would be an option.
    let here = if path.starts_with('-') { "./" } else { "" };
    Some(format!("{here}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_nobody_should_paste_is_not_named() {
        let plain = |text: &str| super::plain_path(&EntryPath::parse(text).expect("a path"));
        for text in ["a/b-c.md", "ä b.md", "a;(rm).md"] {
            assert_eq!(plain(text).as_deref(), Some(text));
        }
        assert_eq!(plain("-a.md").as_deref(), Some("./-a.md"));
        for text in [
            "it's.md",
            "a`b`.md",
            "a --b.md",
            "a\u{202e}b.md",
            "<!.md",
            "a;$(rm).md",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}
