//! Where a reading ended, and by what the file is known again.

use super::state::ReadingState;
use crate::kb::open_regular_file;
use crate::model::hash_number;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// How much of the beginning of a file, and of what lies before a position, is compared.
const COMPARED: u64 = 4_096;

/// How much is searched at once for the end of a line.
const SEARCHED: u64 = 65_536;

/// Where the reading of a transcript ended, with the little that has to be known to go on. To be
/// kept as JSON, as it is; the default is the beginning.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// How many bytes were read: up to the end of a line.
    pub(crate) offset: u64,
    /// Hash of the first bytes of the file.
    pub(crate) beginning: u64,
    /// Hash of the last bytes before the offset; of the whole, where the file is one document.
    pub(crate) before: u64,
    /// In a form of many files: the last one that was read.
    pub(crate) file: String,
    pub(crate) state: ReadingState,
}

impl Position {
    /// Returns whether the transcript is known to be that of a sub-agent.
    pub(crate) fn is_of_sub_agent(&self) -> bool {
        self.state.session.sub_agent
    }

    /// Returns the position behind the last whole line of a file, of which nothing was read.
    pub(crate) fn behind_last_line(path: &Path) -> io::Result<Self> {
        let mut file = open_regular_file(path)?;
        let offset = find_end_of_lines(&mut file)?;
        let (beginning, before) = read_fingerprints(&mut file, offset)?;
        Ok(Position {
            offset,
            beginning,
            before,
            ..Position::default()
        })
    }

    /// Returns how many bytes were read.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

/// Returns where the last line with an end ends; 0 if there is none.
fn find_end_of_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    while end > 0 {
        let from = end.saturating_sub(SEARCHED);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.by_ref().take(end - from).read_to_end(&mut bytes)?;
        if let Some(at) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(from + at as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}

/// Returns the hashes of the beginning of a file and of what lies before `offset`.
pub(super) fn read_fingerprints(file: &mut File, offset: u64) -> io::Result<(u64, u64)> {
    let beginning = hash_of(file, 0, offset.min(COMPARED))?;
    let length = offset.min(COMPARED);
    let before = hash_of(file, offset - length, length)?;
    Ok((beginning, before))
}

fn hash_of(file: &mut File, from: u64, length: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(hash_number(blake3::hash(&bytes)))
}
