//! Links from a session to related entries.

use crate::error::{Error, Result};
use crate::kb::Kb;
use crate::model::EntryPath;
use crate::query::split_list;

/// Returns the targets as they are written between `[[` and `]]`, each once. Brackets around one
/// are forgiven.
pub(super) fn parse(texts: &[String]) -> Result<Vec<String>> {
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

/// Returns a warning for each target that exists neither as it is nor with `.md`.
pub(super) fn dead(kb: &Kb, links: &[String]) -> Vec<String> {
    links
        .iter()
        .filter(|link| !exists(kb, link))
        .map(|link| format!("link to {link}: no such entry"))
        .collect()
}

fn exists(kb: &Kb, link: &str) -> bool {
    let path = link.split(['#', '|']).next().unwrap_or(link).trim();
    let is_file = |path: &str| {
        EntryPath::parse(path)
            .and_then(|path| kb.locate(&path))
            .is_ok_and(|file| file.is_file())
    };
    is_file(path) || is_file(&format!("{path}.md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_forgiven_and_repetitions_dropped() {
        let texts = ["[[a.md]], b".to_owned(), "a.md".to_owned()];
        assert_eq!(parse(&texts).expect("good links"), ["a.md", "b"]);
    }

    #[test]
    fn a_link_that_would_break_the_line_is_refused() {
        for bad in ["a]]b", "a\nb", "[[", "[[]]", "a\0"] {
            assert!(parse(&[bad.to_owned()]).is_err(), "{bad:?}");
        }
    }
}
