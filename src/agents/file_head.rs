//! The beginning of a file, by which it is known whose transcript it is.

use crate::model::cut_at_character;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How many lines are looked at.
const MOST_LINES: usize = 20;

/// The name and the first bytes of a file.
pub(crate) struct FileHead<'a> {
    /// Name of the file.
    pub(crate) name: &'a str,
    /// Its beginning, which is that of an object.
    pub(crate) text: &'a str,
    lines: Vec<FirstLine<'a>>,
}

/// The fields of one of the first lines.
pub(crate) struct FirstLine<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> FileHead<'a> {
    /// Reads the beginning of a file; `None` if it does not begin with an object.
    pub(crate) fn read(name: &'a str, text: &'a str) -> Option<Self> {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let fields = |line| serde_json::from_str(line).ok().map(FirstLine);
        text.starts_with('{').then(|| FileHead {
            name,
            text,
            lines: lines.take(MOST_LINES).filter_map(fields).collect(),
        })
    }

    /// Returns whether one of the first lines is of a kind.
    pub(crate) fn has_line(&self, is_wanted: &dyn Fn(&FirstLine<'_>) -> bool) -> bool {
        !self.name.ends_with(".json") && self.lines.iter().any(is_wanted)
    }

    /// Returns whether marks stand at the beginning of a first line that is longer than what was
    /// looked at.
    pub(crate) fn begins_with_all(&self, marks: &[&str]) -> bool {
        let head = cut_at_character(self.text, 600);
        let is_lines = !self.name.ends_with(".json");
        is_lines && self.lines.is_empty() && marks.iter().all(|mark| head.contains(mark))
    }
}

impl FirstLine<'_> {
    pub(crate) fn has_all(&self, fields: &[&str]) -> bool {
        fields.iter().all(|field| self.has(field))
    }

    pub(crate) fn has_any(&self, fields: &[&str]) -> bool {
        fields.iter().any(|field| self.has(field))
    }

    fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|raw| raw.get() != "null")
    }
}
