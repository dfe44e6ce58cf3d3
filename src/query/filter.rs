//! Which sections of a segment count before anything is ranked: tags, project, path, time.

use super::filters::Conditions;
use super::postings::find_documents;
use crate::index::{IndexFields, SegmentView};
use crate::kb::PathGlob;
use crate::model::{Tag, Timestamp, name_key};
use std::cell::RefCell;
use std::collections::HashMap;
use tantivy::columnar::{Column, StrColumn};

/// A filter for the documents of one segment.
pub(super) struct SegmentFilter {
    /// Sorted documents; each list must hold the document.
    required: Vec<Vec<u32>>,
    /// None may hold it.
    excluded: Vec<Vec<u32>>,
    paths: Option<PathFilter>,
    times: Option<(Times, Option<i64>, Option<i64>)>,
}

/// The times of the documents of one segment.
pub(super) struct Times {
    recorded: Column<i64>,
    modified: Column<i64>,
}

struct PathFilter {
    column: StrColumn,
    wanted: Vec<Vec<PathGlob>>,
    unwanted: Vec<PathGlob>,
    /// What was decided, by ordinal of the path.
    decided: RefCell<HashMap<u64, bool>>,
}

impl Conditions {
    /// Prepares the conditions for a segment.
    pub(super) fn on_segment(
        &self,
        view: &SegmentView,
        fields: IndexFields,
    ) -> tantivy::Result<SegmentFilter> {
        let tag = |tag: &Tag| find_documents(view, fields.tag, &tag.key());
        let project = |name: &String| find_documents(view, fields.project, &name_key(name));
        let mut required: Vec<_> = self.tags.iter().map(tag).collect::<Result<_, _>>()?;
        let mut excluded: Vec<_> = self.not_tags.iter().map(tag).collect::<Result<_, _>>()?;
        for names in &self.projects {
            let lists: Vec<_> = names.iter().map(project).collect::<Result<_, _>>()?;
            let mut any = lists.concat();
            any.sort_unstable();
            required.push(any);
        }
        for name in &self.not_projects {
            excluded.push(project(name)?);
        }
        let mut paths = None;
        if !(self.paths.is_empty() && self.not_paths.is_empty()) {
            paths = view.columns().path()?.map(|column| PathFilter {
                column: column.clone(),
                wanted: self.paths.clone(),
                unwanted: self.not_paths.clone(),
                decided: RefCell::default(),
            });
        }
        let seconds = |time: Option<Timestamp>| time.map(Timestamp::seconds);
        let (since, until) = (seconds(self.since), seconds(self.until));
        let times = match (since, until) {
            (None, None) => None,
            _ => Some((Times::open(view)?, since, until)),
        };
        Ok(SegmentFilter {
            required,
            excluded,
            paths,
            times,
        })
    }
}

impl SegmentFilter {
    /// Returns whether a document passes.
    pub fn accepts(&self, doc: u32) -> bool {
        let holds = |list: &Vec<u32>| list.binary_search(&doc).is_ok();
        self.required.iter().all(holds)
            && !self.excluded.iter().any(holds)
            && self.times.as_ref().is_none_or(|(times, since, until)| {
                let time = times.of_document(doc);
                since.is_none_or(|since| time >= since) && until.is_none_or(|until| time <= until)
            })
            && self.paths.as_ref().is_none_or(|paths| paths.accepts(doc))
    }
}

impl Times {
    /// Opens the times of a segment.
    pub fn open(view: &SegmentView) -> tantivy::Result<Self> {
        Ok(Times {
            recorded: view.columns().time()?.clone(),
            modified: view.columns().modified()?.clone(),
        })
    }

    /// Returns the recorded time of a document.
    pub fn recorded(&self, doc: u32) -> Option<i64> {
        self.recorded.first(doc)
    }

    /// Returns the recorded time of a document, else that of its file.
    pub fn of_document(&self, doc: u32) -> i64 {
        let recorded = self.recorded.first(doc);
        recorded
            .or_else(|| self.modified.first(doc))
            .unwrap_or(i64::MIN)
    }
}

impl PathFilter {
    fn accepts(&self, doc: u32) -> bool {
        let Some(ordinal) = self.column.ords().first(doc) else {
            return false;
        };
        let mut decided = self.decided.borrow_mut();
        *decided.entry(ordinal).or_insert_with(|| {
            let mut path = String::new();
            let known = self.column.ord_to_str(ordinal, &mut path).unwrap_or(false);
            let any = |globs: &Vec<PathGlob>| globs.iter().any(|glob| glob.matches(&path));
            known && self.wanted.iter().all(any) && !any(&self.unwanted)
        })
    }
}
