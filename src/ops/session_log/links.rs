//! Links from a session to related entries.

use crate::error::{Error, Result};
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::model::{EntryPath, name_key};
use crate::query::split_list;
use std::path::{Component, Path};

/// Returns the targets as they are written between `[[` and `]]`, each once. Brackets around one
/// are forgiven.
pub(super) fn parse_links(texts: &[String]) -> Result<Vec<String>> {
    let mut links: Vec<String> = Vec::new();
    for text in split_list(texts) {
        let bare = text
            .strip_prefix("[[")
            .and_then(|rest| rest.strip_suffix("]]"));
        let link = bare.unwrap_or(text).trim();
        let broken = link.contains("[[") || link.contains("]]") || link.contains(char::is_control);
        if link.is_empty() || broken {
            let shown = text.escape_debug();
            return Err(Error::usage(format!("invalid link '{shown}'"))
                .with_hint("write the path of an entry, such as patterns/oauth2.md"));
        }
        if !links.iter().any(|other| other == link) {
            links.push(link.to_owned());
        }
    }
    Ok(links)
}

/// Returns a warning for each target that is no address, and leads to no entry: not as a path with
/// or without `.md`, and not as a title, an alias or a file name.
///
/// What is no path is looked up in the index, which is the only reason to open it here; the note
/// has been written by then.
pub(super) fn find_dead(kb: &Kb, index: &Index<'_>, links: &[String]) -> Vec<String> {
    let is_unknown = |link: &&String| !is_address(link) && !link_exists(kb, link);
    let unknown: Vec<&String> = links.iter().filter(is_unknown).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    // An index that cannot be read is no reason to warn of links.
    let Ok(names) = entry_names(index) else {
        return Vec::new();
    };
    let dead = unknown.into_iter().filter(|link| {
        let name = name_key(link_target(link));
        let bare = name.strip_suffix(".md").unwrap_or(&name);
        !names.iter().any(|known| *known == name || known == bare)
    });
    dead.map(|link| format!("link to {link}: no such entry"))
        .collect()
}

/// Returns whether a link leads out of the knowledge base.
pub(super) fn is_address(link: &str) -> bool {
    link.contains("://") || link.starts_with("mailto:")
}

fn link_exists(kb: &Kb, link: &str) -> bool {
    let is_file = |path: &str| {
        EntryPath::parse(path)
            .and_then(|path| kb.locate(&kb.spelled_path(path)))
            .is_ok_and(|file| file.is_file())
    };
    let path = link_target(link);
    is_file(path) || is_file(&format!("{path}.md")) || is_other_file(kb, path)
}

/// Returns whether a link leads to a file of another kind in the knowledge base, such as a picture.
fn is_other_file(kb: &Kb, path: &str) -> bool {
    let path = Path::new(path);
    let is_inside = path
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    is_inside && kb.root().join(path).is_file()
}

/// Returns a link without heading and label.
fn link_target(link: &str) -> &str {
    link.split(['#', '|']).next().unwrap_or(link).trim()
}

/// Returns every name by which a link finds an entry.
fn entry_names(index: &Index<'_>) -> Result<Vec<String>> {
    let entries = index.answer(Freshness::Refresh, |view| view.entries())?;
    let names = entries.iter().flat_map(|entry| {
        let aliases = entry.aliases.iter().map(String::as_str);
        aliases.chain([entry.title.as_str(), entry.path.stem()])
    });
    Ok(names.map(name_key).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_forgiven_and_repetitions_dropped() {
        let texts = ["[[a.md]], b".to_owned(), "a.md".to_owned()];
        assert_eq!(parse_links(&texts).expect("good links"), ["a.md", "b"]);
    }

    #[test]
    fn a_link_that_would_break_the_line_is_refused() {
        for bad in ["a]]b", "a\nb", "[[", "[[]]", "a\0"] {
            assert!(parse_links(&[bad.to_owned()]).is_err(), "{bad:?}");
        }
    }
}
