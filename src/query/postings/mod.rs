//! Occurrences of what a unit looks for, in one segment.

mod lists;
mod phrase;
mod words;

use super::language::Field as Where;
use super::neighbours::Neighbourhood;
use super::terms::Wanted;
use crate::index::{IndexFields, SegmentView};
use lists::{Gathered, sum_lists};
use phrase::find_phrase;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::SegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, InvertedIndexReader, TERMINATED, Term};
use words::{add_continued, add_hash, add_matching, add_word};

pub(super) use lists::Occurrence;

/// What a text field counts.
///
/// The lengths of texts are compared with the average of all sections that count, those of the
/// others with constants: a title of ten words is long in any KB.
#[derive(Clone, Copy)]
struct Weight {
    /// What an occurrence counts.
    boost: f32,
    /// The usual length in terms.
    usual: f32,
    /// How far the length counts: BM25's b. A section that is long because it is complete is
    /// hardly punished.
    length: f32,
}

const TITLE: Weight = Weight {
    boost: 3.0,
    usual: 6.0,
    length: 0.75,
};
const HEADING: Weight = Weight {
    boost: 2.0,
    usual: 8.0,
    length: 0.75,
};
const META: Weight = Weight {
    boost: 2.0,
    usual: 6.0,
    length: 0.75,
};
const BODY: Weight = Weight {
    boost: 1.0,
    usual: 100.0,
    length: 0.4,
};

/// What a tag counts, as an occurrence among the tags.
const TAGGED: f32 = 2.0;

/// One segment, opened for reading postings.
pub(super) struct SearchedSegment<'a> {
    view: &'a SegmentView,
    tag: Field,
    fields: Vec<SearchedField>,
}

struct SearchedField {
    field: Field,
    weight: Weight,
    index: Arc<InvertedIndexReader>,
    norms: Option<FieldNormReader>,
}

impl<'a> SearchedSegment<'a> {
    /// Opens a segment; `usual` is the average length of a text.
    pub fn open(view: &'a SegmentView, fields: IndexFields, usual: f32) -> tantivy::Result<Self> {
        let weights = [
            (fields.title, TITLE),
            (fields.heading, HEADING),
            (fields.meta, META),
            (fields.body, Weight { usual, ..BODY }),
        ];
        let open = |(field, weight)| {
            Ok(SearchedField {
                field,
                weight,
                index: view.reader.inverted_index(field)?,
                norms: view.reader.get_fieldnorms_reader(field).ok(),
            })
        };
        Ok(SearchedSegment {
            view,
            tag: fields.tag,
            fields: weights
                .into_iter()
                .map(open)
                .collect::<tantivy::Result<_>>()?,
        })
    }

    /// Returns the documents that hold what is wanted, in order, each with how much of it.
    pub fn find(&self, wanted: &Wanted) -> tantivy::Result<Vec<Occurrence>> {
        let mut all = Vec::new();
        for searched in self.fields(wanted.field) {
            all.push(searched.find(wanted)?);
        }
        for tag in &wanted.tags {
            let tagged = find_documents(self.view, self.tag, tag)?;
            all.push(tagged.into_iter().map(|doc| (doc, TAGGED)).collect());
        }
        let mut merged = sum_lists(all);
        if !self.view.is_whole() {
            merged.retain(|(doc, _)| self.view.is_alive(*doc));
        }
        Ok(merged)
    }

    /// Adds the words that are spelt nearly like one, each with its number of edits.
    pub fn find_neighbours(
        &self,
        place: Where,
        neighbourhood: &Neighbourhood,
        found: &mut BTreeSet<(u8, String)>,
    ) -> io::Result<()> {
        let mut fields = self.fields(place).iter();
        fields.try_for_each(|searched| neighbourhood.collect(&searched.index, found))
    }

    fn fields(&self, place: Where) -> &[SearchedField] {
        match place {
            Where::Title => &self.fields[..1],
            Where::Any => &self.fields,
        }
    }
}

impl SearchedField {
    fn find(&self, wanted: &Wanted) -> io::Result<Vec<Occurrence>> {
        let (index, field) = (&*self.index, self.field);
        let mut found = Gathered::default();
        for word in &wanted.words {
            add_word(index, field, &mut found, word)?;
        }
        for (term, count) in &wanted.terms {
            if let Some(postings) = open_postings(index, field, term, IndexRecordOption::WithFreqs)?
            {
                found.add(postings, *count);
            }
        }
        for (spellings, count) in &wanted.phrases {
            for spelling in spellings {
                found.extend(find_phrase(index, field, spelling, true)?, *count);
            }
        }
        for (before, prefix) in &wanted.prefixes {
            if before.is_empty() {
                add_matching(index, &mut found, 1.0, prefix, |_| true)?;
            } else {
                add_continued(index, field, &mut found, before, prefix)?;
            }
        }
        for hash in &wanted.hashes {
            add_hash(index, &mut found, hash)?;
        }
        let scale = |(doc, count): Occurrence| (doc, count * self.factor(doc));
        Ok(found.into_sums().into_iter().map(scale).collect())
    }

    /// Returns what an occurrence in a document counts.
    fn factor(&self, doc: u32) -> f32 {
        let Weight {
            boost,
            usual,
            length,
        } = self.weight;
        let norms = self.norms.as_ref();
        let terms = norms.map_or(usual, |norms| norms.fieldnorm(doc) as f32);
        boost / (1.0 - length + length * terms / usual)
    }
}

/// Returns the average length of the texts of all sections that count, in terms; at least 1.
pub(super) fn average_length(
    segments: &[Arc<SegmentView>],
    fields: IndexFields,
) -> tantivy::Result<f32> {
    let (mut terms, mut sections) = (0, 0);
    for view in segments {
        terms += view.text_length(fields.body)?;
        sections += view.count();
    }
    Ok((terms as f32 / sections.max(1) as f32).max(1.0))
}

fn open_postings(
    index: &InvertedIndexReader,
    field: Field,
    term: &str,
    option: IndexRecordOption,
) -> io::Result<Option<SegmentPostings>> {
    index.read_postings(&Term::from_field_text(field, term), option)
}

/// Returns the documents that hold a term of a field that is not text, sorted; also those that
/// do not count.
pub(super) fn find_documents(
    view: &SegmentView,
    field: Field,
    key: &str,
) -> tantivy::Result<Vec<u32>> {
    let index = view.reader.inverted_index(field)?;
    let mut found = Vec::new();
    if let Some(mut docs) = open_postings(&index, field, key, IndexRecordOption::Basic)? {
        while docs.doc() != TERMINATED {
            found.push(docs.doc());
            docs.advance();
        }
    }
    Ok(found)
}
