//! Fetches what is shown of a section: what is stored of it, and its text from the Markdown.

use super::hit::Hit;
use super::section_text::text_below;
use crate::error::Result;
use crate::index::{StoredSection, View, damage_error};
use crate::kb::Kb;
use crate::markdown;
use crate::model::{EntryPath, Section};
use std::fs::Metadata;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use tantivy::TantivyDocument;
use tantivy::columnar::Column;

/// The most of a file that is read to find a section that has moved: 32 MiB.
const MOST_OF_A_FILE: u64 = 32 << 20;

/// For how much room is made before it is read: 16 KiB.
const SHORT: usize = 16 << 10;

/// One section of the index.
pub(super) struct IndexedSection {
    pub path: EntryPath,
    pub stored: StoredSection,
    pub line: u32,
    /// Recorded time in seconds since 1970.
    pub time: Option<i64>,
    /// Bytes in the file.
    range: Range<u64>,
}

impl IndexedSection {
    /// Reads what is stored of a section.
    pub fn fetch(view: &View, segment: usize, doc: u32) -> Result<Self> {
        let found = Self::try_fetch(view, segment, doc).map_err(damage_error)?;
        found.ok_or_else(|| damage_error("a section has no path or no stored fields"))
    }

    fn try_fetch(view: &View, segment: usize, doc: u32) -> tantivy::Result<Option<Self>> {
        let segment = &view.segments()[segment];
        let Some(path) = segment.path_of(doc)? else {
            return Ok(None);
        };
        let columns = segment.columns();
        let number = |column: &Column<u64>| column.first(doc).unwrap_or(0);
        let document: TantivyDocument = columns.store()?.get(doc)?;
        let start = number(columns.start()?);
        let stored = StoredSection::of(&document, view.fields());
        Ok(match stored {
            Some(stored) => Some(IndexedSection {
                path: EntryPath::from_walk(path.to_string()),
                stored,
                line: u32::try_from(number(columns.line()?)).unwrap_or(u32::MAX),
                time: columns.time()?.first(doc),
                range: start..start.saturating_add(number(columns.length()?)),
            }),
            None => None,
        })
    }

    /// Returns how long the section is, in bytes.
    pub fn length(&self) -> u64 {
        self.range.end.saturating_sub(self.range.start)
    }

    /// Reads the text of the section, heading included, at most `limit` bytes of it. Empty if the
    /// file, or the section in it, is not there any more. Where it stands as it was indexed, the file
    /// is looked at when it was read.
    pub fn text(&self, kb: &Kb, limit: u64) -> (String, Option<Metadata>) {
        let (text, file) = self.read(kb, limit).unzip();
        let text = text.unwrap_or_default();
        // In UTF-16 the bytes are in other places than in the text that was indexed.
        if self.is_this(&text) && !text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
            return (text, file);
        }
        (self.search_in_file(kb, limit).unwrap_or_default(), None)
    }

    /// Returns about how many bytes this takes.
    pub fn size(&self) -> usize {
        let stored = &self.stored;
        let lists = [&stored.ancestors, &stored.entry_tags, &stored.tags];
        let lists = lists
            .into_iter()
            .flatten()
            .map(|text| text.len() + size_of::<String>());
        let texts = stored.title.len() + stored.heading.len() + self.path.as_str().len();
        texts + lists.sum::<usize>() + size_of::<IndexedSection>()
    }

    /// Reads the text of the dated section that this one begins, with what stands below the headings
    /// in it, whose marks are left out; at most `limit` bytes of the file. Empty if it is none.
    pub fn note_text(&self, kb: &Kb, limit: u64) -> String {
        let text = self.read_from(kb, limit).unwrap_or_default();
        let sections = markdown::parse_document(&text, kb.zone()).sections;
        let own = sections.first().filter(|section| section.dated);
        let Some(own) = own else {
            return String::new();
        };
        let others = sections.iter().skip(1);
        let last = others.take_while(|section| !section.dated).last();
        let note = text.get(own.range.start..last.unwrap_or(own).range.end);
        let lines = text_below(note.unwrap_or_default()).lines();
        let plain: Vec<&str> = lines.map(|line| line.trim_start_matches('#')).collect();
        plain.join("\n")
    }

    /// Reads what the file says from the section on, if that is still there.
    fn read_from(&self, kb: &Kb, limit: u64) -> Option<String> {
        let mut file = kb.open_entry(&self.path).ok()?;
        file.seek(SeekFrom::Start(self.range.start)).ok()?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).ok()?;
        let text = lossy_text(&bytes);
        self.is_this(&text).then_some(text)
    }

    fn read(&self, kb: &Kb, limit: u64) -> Option<(String, Metadata)> {
        let mut file = kb.open_entry(&self.path).ok()?;
        file.seek(SeekFrom::Start(self.range.start)).ok()?;
        let bytes = read_part(&mut file, self.length().min(limit))?;
        Some((lossy_text(&bytes), file.metadata().ok()?))
    }

    /// Returns whether a text begins with this section's heading. It does not where the file was
    /// changed since it was indexed, or is not UTF-8, which shifts its bytes.
    fn is_this(&self, text: &str) -> bool {
        let heading = &self.stored.heading;
        let mut lines = text.lines().map(str::trim_start);
        let first = lines.find(|line| !line.is_empty()).unwrap_or("");
        let mut rest = first;
        heading
            .split_whitespace()
            .all(|word| match rest.find(word) {
                Some(at) => {
                    rest = &rest[at + word.len()..];
                    true
                }
                None => false,
            })
            || heading.contains(['&', '\\', '<', '[', '*', '_', '`'])
    }

    /// Looks for the section by its heading, nearest to where it was.
    fn search_in_file(&self, kb: &Kb, limit: u64) -> Option<String> {
        let mut bytes = Vec::new();
        let file = kb.open_entry(&self.path).ok()?;
        file.take(MOST_OF_A_FILE).read_to_end(&mut bytes).ok()?;
        let text = markdown::decode_text(&bytes);
        let document = markdown::parse_document(&text, kb.zone());
        let same = document
            .sections
            .iter()
            .filter(|s| s.heading == self.stored.heading);
        let section: &Section = same.min_by_key(|s| s.line.abs_diff(self.line))?;
        let found = text.get(section.range.clone())?;
        let end = usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .min(found.len());
        Some(found[..floor_char_boundary(found, end)].to_owned())
    }
}

/// Where a section lies.
pub(super) struct SectionPlace {
    /// The entry.
    pub path: EntryPath,
    /// Bytes in the file.
    range: Range<u64>,
}

impl SectionPlace {
    /// Returns where a section lies; `None` if the index does not say so.
    pub fn of_hit(view: &View, hit: &Hit) -> Option<Self> {
        let segment = &view.segments()[hit.segment];
        let path = segment.path_of(hit.doc).ok()??;
        let columns = segment.columns();
        let start = columns.start().ok()?.first(hit.doc)?;
        let length = columns.length().ok()?.first(hit.doc)?;
        Some(SectionPlace {
            path: EntryPath::from_walk(path.to_string()),
            range: start..start.saturating_add(length),
        })
    }

    /// Returns whether the section is longer, in bytes.
    pub fn is_longer(&self, length: usize) -> bool {
        self.range.end.saturating_sub(self.range.start) > length as u64
    }

    /// Reads the beginning of the file and of the section, at most so many bytes of each, and then
    /// looks at the file. `None` if it is not there any more.
    pub fn read(
        &self,
        kb: &Kb,
        beginning: usize,
        section: usize,
    ) -> Option<(String, String, Metadata)> {
        let mut file = kb.open_entry(&self.path).ok()?;
        let mut bytes = read_part(&mut file, beginning.max(section) as u64)?;
        let start = usize::try_from(self.range.start).unwrap_or(usize::MAX);
        let length = self.range.end - self.range.start;
        let length = usize::try_from(length).unwrap_or(usize::MAX).min(section);
        let text = match bytes.get(start..start.saturating_add(length)) {
            Some(inside) => lossy_text(inside),
            None => {
                file.seek(SeekFrom::Start(self.range.start)).ok()?;
                lossy_text(&read_part(&mut file, length as u64)?)
            }
        };
        bytes.truncate(beginning);
        Some((lossy_text(&bytes), text, file.metadata().ok()?))
    }
}

/// Reads on, at most so many bytes; what is short in one go.
fn read_part(file: impl Read, length: u64) -> Option<Vec<u8>> {
    let capacity = usize::try_from(length).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(capacity.min(SHORT));
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn lossy_text(bytes: &[u8]) -> String {
    // `from_utf8_lossy` takes several times as long on what is UTF-8.
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Returns the last character boundary that is not behind `at`.
pub(super) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
