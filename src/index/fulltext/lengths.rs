//! How long the texts of each segment are together, kept beside the segments: a search that counts
//! them takes the longer the more there are.
//!
//! One line a segment: its name, the number of its last deletion, and the sum of what is left. What
//! has no line, because a writer was killed or a merge has just ended, is counted.

use super::FullText;
use crate::kb::replace_private;
use std::collections::HashMap;
use std::path::Path;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader, TantivyError};

/// The file, among those of the full text.
pub(super) const LENGTHS: &str = "lengths";

/// Sums by segment and deletion.
pub(crate) type StoredLengths = HashMap<String, u64>;

/// Reads what is kept; nothing if there is no such file.
pub(crate) fn read_lengths(searcher: &Searcher) -> StoredLengths {
    let directory = searcher.index().directory();
    let bytes = tantivy::Directory::atomic_read(directory, Path::new(LENGTHS));
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter_map(|(key, sum)| Some((key.to_owned(), sum.parse().ok()?)))
        .collect()
}

/// Returns under what a segment is kept.
pub(crate) fn length_key(reader: &SegmentReader) -> String {
    let deletion = reader.delete_opstamp().unwrap_or(0);
    format!("{}.{deletion}", reader.segment_id().uuid_string())
}

/// Counts the length of a field in the documents of a segment that are not deleted, in terms.
pub(crate) fn count_length(reader: &SegmentReader, field: Field) -> Result<u64, TantivyError> {
    let norms = reader.get_fieldnorms_reader(field)?;
    let docs = reader.doc_ids_alive();
    Ok(docs.map(|doc| u64::from(norms.fieldnorm(doc))).sum())
}

impl FullText {
    /// Keeps the lengths of the last commit. That they cannot be kept is no error.
    pub fn keep_lengths(&self, place: &Path, searcher: &Searcher) -> Result<(), TantivyError> {
        let before = read_lengths(searcher);
        let mut text = String::new();
        let mut is_new = false;
        for reader in searcher.segment_readers() {
            let key = length_key(reader);
            let sum = match before.get(&key) {
                Some(sum) => *sum,
                None => {
                    is_new = true;
                    count_length(reader, self.fields.body)?
                }
            };
            text.push_str(&format!("{key} {sum}\n"));
        }
        if is_new && let Err(error) = replace_private(&place.join(LENGTHS), text.as_bytes()) {
            tracing::info!(%error, "the lengths of texts are not kept");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;
    use crate::kb::tests::TestKb;

    /// Checks that what is kept is what would be counted.
    fn check_kept(kb: &TestKb) {
        let index = Index::new(kb);
        index.update().expect("updated");
        let place = index.info().expect("info").directory.join("1/fulltext");
        let fulltext = FullText::open(&place).expect("opened");
        let searcher = fulltext.searcher().expect("opened");
        let kept = read_lengths(&searcher);
        for reader in searcher.segment_readers() {
            let counted = count_length(reader, fulltext.fields.body).expect("counted");
            assert_eq!(kept.get(&length_key(reader)), Some(&counted));
        }
    }

    #[test]
    fn what_is_kept_is_what_is_counted_after_any_change() {
        let kb = TestKb::new();
        let long = "word ".repeat(1_000);
        kb.write("a.md", format!("# A\n\n{long}\n\n## B\n\nshort\n"));
        kb.write("b.md", format!("{long}{long}\n"));
        check_kept(&kb);
        kb.write("a.md", "# A\n\nshorter\n\n## B\n\nshort\n");
        check_kept(&kb);
        std::fs::remove_file(kb.root().join("b.md")).expect("removed");
        check_kept(&kb);
        for n in 0..10 {
            kb.write(&format!("n{n}.md"), format!("{}\n", &long[..500 * n]));
            check_kept(&kb);
        }
    }

    #[test]
    fn what_cannot_be_read_is_counted() {
        let kb = TestKb::new();
        kb.write("a.md", "some words\n");
        check_kept(&kb);
        let place = Index::new(&kb).info().expect("info").directory;
        let place = place.join("1/fulltext");
        std::fs::write(place.join(LENGTHS), b"nonsense\n\xff 1\nx y\n").expect("written");
        let fulltext = FullText::open(&place).expect("opened");
        let searcher = fulltext.searcher().expect("opened");
        assert!(read_lengths(&searcher).is_empty());
        kb.write("b.md", "more words\n");
        check_kept(&kb);
    }
}
