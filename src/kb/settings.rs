//! What the two settings files, `.kbcontext` and `.mx/config.yaml`, have in common: YAML with
//! known keys, errors with their place, and warnings for unknown keys.

use super::open::is_absent;
use super::open::{Access, Link, Opened, open_checked};
use super::outside::open_file_of_user;
use crate::error::{Error, Result};
use crate::markdown::yaml;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// The content of a settings file, and what is odd about it.
#[derive(Debug)]
pub(super) struct Loaded<T> {
    pub(super) value: T,
    pub(super) warnings: Vec<String>,
}

/// Reads a settings file. `None` if there is none at that path, or no regular file.
pub(super) fn load_settings<T: DeserializeOwned>(
    path: &Path,
    known: &[&str],
) -> Result<Option<Loaded<T>>> {
    let open = |path: &Path| open_checked(path, Access::Read, Link::Follow);
    match read_settings(path, open)? {
        Some(text) => parse_settings(path, &text, known).map(Some),
        None => Ok(None),
    }
}

/// Returns the text of a settings file, opened as it is to be. `None` if there is none at that
/// path, or no regular file.
///
/// # Errors
///
/// If it cannot be read, or is too long.
pub(super) fn read_settings(
    path: &Path,
    open: impl Fn(&Path) -> io::Result<Opened>,
) -> Result<Option<String>> {
    let failed = |cause| Error::io("read", path, cause);
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Ok(None),
        Err(e) if is_absent(&e) => return Ok(None),
        Err(cause) => return Err(failed(cause)),
        Ok(_) => {}
    }
    let (mut file, found) = open(path).map_err(failed)?;
    if found.len() > yaml::MAX_BYTES as u64 {
        let limit = yaml::MAX_BYTES / 1024;
        return Err(Error::failed(format!(
            "{} is longer than {limit} KiB",
            path.display()
        )));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(Some(text))
}

/// What was found where a settings file may be.
pub(super) enum FoundSettings {
    Nothing,
    /// It is not used, for this reason.
    Unusable(String),
    Text(String),
}

/// Looks for a settings file that belongs to the user, or to root, and can be read.
///
/// # Errors
///
/// If it is no text, or too long.
pub(super) fn find_settings_of_user(path: &Path) -> Result<FoundSettings> {
    // What is behind a directory that cannot be searched is not there.
    if fs::symlink_metadata(path).is_err() {
        return Ok(FoundSettings::Nothing);
    }
    match read_settings(path, open_file_of_user) {
        Ok(text) => Ok(text.map_or(FoundSettings::Nothing, FoundSettings::Text)),
        Err(error) => match unreadable_reason(&error) {
            Some(reason) => Ok(FoundSettings::Unusable(reason)),
            None => Err(error),
        },
    }
}

/// Returns why a file cannot be read at all; `None` if it can, and what it holds is wrong.
fn unreadable_reason(error: &Error) -> Option<String> {
    let cause = std::error::Error::source(error)?.downcast_ref::<io::Error>()?;
    (cause.kind() != io::ErrorKind::InvalidData).then(|| cause.to_string())
}

/// Parses the text of a settings file; the path is for messages.
pub(super) fn parse_settings<T: DeserializeOwned>(
    path: &Path,
    text: &str,
    known: &[&str],
) -> Result<Loaded<T>> {
    let misread = |error: yaml::YamlError| {
        let (line, column) = (error.line, error.column);
        let reason = explain_value(text, line, &error.reason);
        Error::failed(format!("{}:{line}:{column}: {reason}", path.display())).with_source(error)
    };
    let value = yaml::from_str(text).map_err(misread)?;
    let keys: BTreeMap<String, IgnoredAny> = yaml::from_str(text).map_err(misread)?;
    let mut unknown: Vec<(Option<usize>, String)> = keys
        .into_keys()
        .filter(|key| !known.contains(&key.as_str()))
        .map(|key| (line_of(text, &key), key))
        .collect();
    unknown.sort();
    let warnings = unknown
        .iter()
        .map(|(line, key)| unknown_key(path, *line, key, known))
        .collect();
    Ok(Loaded { value, warnings })
}

/// Says of which key a value is wrong, and how it is written, where a list was expected.
fn explain_value(text: &str, line: u32, reason: &str) -> String {
    let is_list = |(_, example): &(&str, &str)| example.starts_with('[');
    let Some((plain, example)) = reason.split_once(LIST_EXAMPLE).filter(is_list) else {
        return reason.to_owned();
    };
    let until = usize::try_from(line).unwrap_or(usize::MAX);
    let lines = text.lines().take(until);
    let keys = lines.filter_map(|line| {
        let line = line.trim_start_matches('\u{feff}');
        let is_key = !line.starts_with([' ', '\t', '-', '#']);
        line.split_once(':').filter(|_| is_key).map(|(key, _)| key)
    });
    let Some(key) = keys.last().map(|key| key.trim_matches(['"', '\'', ' '])) else {
        return reason.to_owned();
    };
    let of_key = LISTS.iter().find(|(name, _)| *name == key);
    let example = of_key.map_or(example, |(_, list)| list);
    format!("{key}: {plain}{LIST_EXAMPLE}{example}")
}

/// What stands before the example where a list is expected.
const LIST_EXAMPLE: &str = ", such as ";

/// Keys whose values are lists, with an example.
const LISTS: [(&str, &str); 4] = [
    ("redact", "['EMP-\\d+']"),
    ("exclude", "[drafts/*]"),
    ("paths", "[projects/myapp]"),
    ("default_tags", "[myapp]"),
];

/// The keys that people put into the other file of settings, with the file that they belong to.
const ELSEWHERE: [(&str, &[&str]); 2] = [
    (
        ".mx/config.yaml of the knowledge base",
        &[
            "default_entry",
            "timezone",
            "session_logs",
            "session_file",
            "idle_hours",
            "exclude",
            "redact",
        ],
    ),
    (
        "the .kbcontext of a project",
        &[
            "session_entry",
            "primary",
            "default_tags",
            "kb_root",
            "paths",
        ],
    ),
];

/// Returns the line of a top-level key, from 1, where it is written in the usual way.
pub(super) fn line_of(text: &str, key: &str) -> Option<usize> {
    let is_key = |line: &str| {
        let line = line.trim_start_matches('\u{feff}');
        let rest = line
            .strip_prefix(['"', '\''])
            .unwrap_or(line)
            .strip_prefix(key);
        rest.is_some_and(|rest| {
            rest.trim_start_matches(['"', '\'', ' ', '\t'])
                .starts_with(':')
        })
    };
    text.lines().position(is_key).map(|index| index + 1)
}

fn unknown_key(path: &Path, line: Option<usize>, key: &str, known: &[&str]) -> String {
    let path = path.display();
    let line = line.map_or(String::new(), |line| format!(":{line}"));
    let key_shown = key.escape_debug();
    let simple = key.to_lowercase().replace('-', "_");
    let elsewhere = ELSEWHERE
        .iter()
        .find(|(_, keys)| keys.contains(&simple.as_str()));
    if let Some((file, _)) = elsewhere.filter(|_| !known.contains(&simple.as_str())) {
        return format!("{path}{line}: '{key_shown}' does not count here: it belongs into {file}");
    }
    match nearest_key(key, known) {
        Some(near) => format!("{path}{line}: unknown key '{key_shown}', did you mean '{near}'?"),
        None => {
            let all = known.join(", ");
            format!("{path}{line}: unknown key '{key_shown}' is ignored; known keys: {all}")
        }
    }
}

/// Returns the known key that was probably meant.
fn nearest_key<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let key: String = key.to_lowercase().replace('-', "_");
    let allowed = 1 + key.chars().count() / 3;
    known
        .iter()
        .map(|candidate| (strsim::levenshtein(&key, candidate), *candidate))
        .min()
        .filter(|(distance, _)| *distance <= allowed)
        .map(|(_, candidate)| candidate)
        .or_else(|| {
            let part_of = |candidate: &&&str| key.len() > 3 && candidate.contains(&key);
            known.iter().find(part_of).copied()
        })
}

/// Deserializes a list of words, or one text in which commas stand between them.
pub(super) fn read_words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a list, such as [a, b]")]
    enum Words {
        One(String),
        More(Vec<String>),
    }
    let words = match Option::deserialize(from)? {
        Some(Words::One(text)) => text.split(',').map(|word| word.trim().to_owned()).collect(),
        Some(Words::More(words)) => words,
        None => Vec::new(),
    };
    Ok(words.into_iter().filter(|word| !word.is_empty()).collect())
}

/// Deserializes a list of path patterns, checking each.
pub(super) fn read_globs<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let patterns: Vec<String> = Option::deserialize(from)?.unwrap_or_default();
    for pattern in &patterns {
        super::PathGlob::new(pattern).map_err(D::Error::custom)?;
    }
    Ok(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["project", "primary", "default_tags", "kb_root"];

    #[test]
    fn a_slip_finds_the_key_that_was_meant() {
        for (key, near) in [
            ("projct", Some("project")),
            ("Project", Some("project")),
            ("kb-root", Some("kb_root")),
            ("kbRoot", Some("kb_root")),
            ("tags", Some("default_tags")),
            ("colour", None),
            ("x", None),
        ] {
            assert_eq!(nearest_key(key, KNOWN), near, "{key}");
        }
    }

    #[test]
    fn unknown_keys_are_warnings_with_their_line() {
        let text = "project: a\n\nprojct: b\n'colour' : c\n";
        let loaded: Loaded<BTreeMap<String, String>> =
            parse_settings(Path::new("f"), text, KNOWN).expect("good YAML");
        assert_eq!(
            loaded.warnings[0],
            "f:3: unknown key 'projct', did you mean 'project'?"
        );
        assert!(loaded.warnings[1].starts_with("f:4: unknown key 'colour' is ignored; known"));
    }

    #[test]
    fn what_is_no_mapping_is_an_error_with_its_place() {
        for text in ["- a\n", "text\n", "a: [\n", "a: 1\na: 2\n"] {
            let error = parse_settings::<BTreeMap<String, IgnoredAny>>(Path::new("f"), text, KNOWN)
                .expect_err("must be refused");
            assert!(error.message().starts_with("f:"), "{error}");
        }
    }
}
