//! Messages of a Gemini transcript that were taken back.

use super::line::GeminiLine;
use crate::agents::json::raw_field::{decode_lossily, read_list, read_object, read_text};
use crate::agents::transcript::{LineReader, RawLine, hash_texts};
use std::collections::HashSet;
use std::io::{self, Read};

/// Messages that were taken back, by their keys.
#[derive(Default)]
pub(super) struct RewoundMessages(HashSet<u64>);

impl RewoundMessages {
    pub(super) fn contains(&self, key: u64) -> bool {
        self.0.contains(&key)
    }

    /// Returns whether anything is taken back in the lines.
    pub(super) fn are_in<R: Read>(lines: &mut LineReader<R>) -> io::Result<bool> {
        while let Some(line) = lines.next()? {
            if let RawLine::Whole(line) = line {
                // It stands at the head of a line of its own.
                let head = &line[..line.len().min(64)];
                if head.windows(11).any(|window| window == b"\"$rewindTo\"") {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Finds what was taken back in the whole of a transcript.
    pub(super) fn find<R: Read>(lines: &mut LineReader<R>) -> io::Result<Self> {
        let mut found = Self::default();
        let mut alive: Vec<u64> = Vec::new();
        while let Some(line) = lines.next()? {
            let RawLine::Whole(line) = line else { continue };
            let text = decode_lossily(line);
            let Ok(line) = serde_json::from_str::<GeminiLine<'_>>(&text) else {
                continue;
            };
            if let Some(id) = read_text(line.rewind) {
                let id = hash_texts(&["gemini", &id]);
                // One that is not known takes back everything.
                let at = alive.iter().position(|one| *one == id).unwrap_or(0);
                found.0.extend(alive.drain(at..));
            }
            let set = read_object::<GeminiLine<'_>>(line.set).unwrap_or_default();
            let messages = read_list(set.messages).into_iter();
            let ids = messages
                .filter_map(|message| read_object::<GeminiLine<'_>>(Some(message)))
                .map(|message| message.id);
            for id in ids.chain([line.id]).filter_map(read_text) {
                let id = hash_texts(&["gemini", &id]);
                if !alive.contains(&id) {
                    alive.push(id);
                    found.0.remove(&id);
                }
            }
        }
        Ok(found)
    }
}
