//! How many uses of tools each transcript added to a record: a session and its sub-agents have
//! transcripts of their own, whose uses add up.

use super::known::{Known, Uses, import_directory};
use crate::kb::{Kb, read_private};
use crate::model::ToolUse;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What is noted of all transcripts, by the file of the note.
#[derive(Default)]
pub(super) struct TranscriptUses {
    notes: Option<HashMap<PathBuf, (PathBuf, Uses)>>,
}

impl TranscriptUses {
    /// Returns the uses that other transcripts added to a record than the one of this note.
    pub(super) fn of_others(&mut self, kb: &Kb, record: &Path, note: &Path) -> Uses {
        let mut sum = Uses::new();
        for (path, (of, uses)) in &*self.notes.get_or_insert_with(|| read_notes(kb)) {
            if of == record && path != note {
                for (name, uses) in uses {
                    *sum.entry(name.clone()).or_default() += uses;
                }
            }
        }
        sum
    }

    /// Takes in what was noted just now.
    pub(super) fn keep(&mut self, note: &Path, known: &Known) {
        if let (Some(notes), Some(record)) = (&mut self.notes, &known.record) {
            notes.insert(note.to_owned(), (record.clone(), known.uses.clone()));
        }
    }
}

fn read_notes(kb: &Kb) -> HashMap<PathBuf, (PathBuf, Uses)> {
    let entries = fs::read_dir(import_directory(kb))
        .into_iter()
        .flatten()
        .flatten();
    let paths = entries.map(|entry| entry.path());
    let note = |path: PathBuf| {
        let known: Known = serde_json::from_slice(&read_private(&path).ok()?).ok()?;
        Some((path, (known.record?, known.uses)))
    };
    let is_note = |path: &PathBuf| path.extension().is_some_and(|end| end == "json");
    paths.filter(is_note).filter_map(note).collect()
}

/// Returns the uses in the rows of a record.
pub(super) fn count_uses(tools: &[ToolUse]) -> Uses {
    let uses = tools.iter().map(|tool| (tool.name.clone(), tool.uses));
    uses.collect()
}
