//! Links that lead nowhere.

use super::Finding;
use crate::kb::Kb;
use crate::model::{Entry, Link, name_key};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;

/// Returns a finding for each link that leads to no entry, and to no file.
pub(super) fn find_dead_links(kb: &Kb, entries: &[Entry]) -> Vec<Finding> {
    let targets = Targets::new(entries);
    let files: OnceCell<HashSet<String>> = OnceCell::new();
    let is_file_name = |link: &Link| {
        let files = files.get_or_init(|| file_names(kb));
        link.wiki && files.contains(&name_key(last_part(&link.target).trim()))
    };
    let mut findings = Vec::new();
    for entry in entries {
        for link in &entry.links {
            let leads = targets.has(entry, link) || on_disk(kb, entry, link) || is_file_name(link);
            if !leads {
                findings.push(dead_link(entry, link));
            }
        }
    }
    findings
}

/// Returns the names of all files below the root, except hidden ones.
fn file_names(kb: &Kb) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut directories = vec![kb.root().to_path_buf()];
    while let Some(directory) = directories.pop() {
        for file in fs::read_dir(&directory).into_iter().flatten().flatten() {
            let name = file.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if file.file_type().is_ok_and(|kind| kind.is_dir()) {
                directories.push(file.path());
            } else {
                names.insert(name_key(&name));
            }
        }
    }
    names
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn dead_link(entry: &Entry, link: &Link) -> Finding {
    let message = format!("link to '{}' leads nowhere", link.target.escape_debug());
    Finding::warning(
        "link",
        message,
        "correct the link, or write the entry it promises",
    )
    .at(entry.path.to_string())
    .on_line(link.line)
}

/// Everything that a link may lead to.
struct Targets {
    paths: HashSet<String>,
    names: HashSet<String>,
}

impl Targets {
    fn new(entries: &[Entry]) -> Self {
        let names = entries.iter().flat_map(|entry| {
            let titles = std::iter::once(entry.title.as_str());
            let aliases = entry.aliases.iter().map(String::as_str);
            titles.chain(aliases).chain([entry.path.stem()])
        });
        Targets {
            names: names.map(name_key).collect(),
            paths: entries
                .iter()
                .map(|entry| name_key(entry.path.as_str()))
                .collect(),
        }
    }

    fn has(&self, entry: &Entry, link: &Link) -> bool {
        let target = name_key(link.target.trim());
        let is_name = |name: &str| link.wiki && self.names.contains(name);
        is_name(&target)
            || target.strip_suffix(".md").is_some_and(is_name)
            || link_candidates(entry, link)
                .iter()
                .any(|path| self.paths.contains(&name_key(path)))
    }
}

/// Returns whether there is a file, though no entry: a hidden or excluded one, or no Markdown.
fn on_disk(kb: &Kb, entry: &Entry, link: &Link) -> bool {
    link_candidates(entry, link)
        .iter()
        .any(|path| kb.root().join(path).exists())
}

/// Returns the paths that a link may mean. A wiki link starts at the root, a Markdown link at the
/// directory of its entry; each is forgiven for starting at the other.
fn link_candidates(entry: &Entry, link: &Link) -> Vec<String> {
    let target = if link.wiki {
        link.target.clone()
    } else {
        decode_percent(&link.target)
    };
    let bases = [entry.path.directory(), ""];
    let paths = bases
        .iter()
        .filter_map(|base| resolve_target(base, target.trim()));
    paths
        .flat_map(|path| [format!("{path}.md"), path])
        .collect()
}

/// Joins a directory and a relative path; `None` if that leaves the root.
fn resolve_target(base: &str, target: &str) -> Option<String> {
    let base = if target.starts_with('/') { "" } else { base };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Returns the text with `%20` and the like decoded; as it is if that makes no sense.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| {
                let value = |digit: u8| char::from(digit).to_digit(16);
                u8::try_from(value(digits[0])? * 16 + value(digits[1])?).ok()
            });
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_from_the_directory_and_never_leave_the_root() {
        for (base, target, path) in [
            ("a/b", "c.md", Some("a/b/c.md")),
            ("a/b", "../c.md", Some("a/c.md")),
            ("a", "/c.md", Some("c.md")),
            ("a", "./c//d.md", Some("a/c/d.md")),
            ("a", "../../c.md", None),
            ("", "", None),
        ] {
            assert_eq!(
                resolve_target(base, target).as_deref(),
                path,
                "{base} {target}"
            );
        }
    }

    #[test]
    fn percent_signs_are_decoded_where_they_mean_something() {
        for (text, plain) in [
            ("my%20note.md", "my note.md"),
            ("100%.md", "100%.md"),
            ("%ff", "%ff"),
            ("%é", "%é"),
        ] {
            assert_eq!(decode_percent(text), plain);
        }
    }
}
