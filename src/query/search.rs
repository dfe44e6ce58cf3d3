//! The search itself.

use super::candidates::{Asked, Candidates};
use super::clauses::QueryClauses;
use super::filter::SegmentFilter;
use super::filters::Conditions;
use super::found::Found;
use super::language::{Query, Unit};
use super::options::SearchOptions;
use super::sharing::RunningSearch;
use super::when::{Mention, Span, find_mention};
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::kb::Kb;
use crate::model::Timestamp;

/// Searches a view.
///
/// What is found holds any telling word of the query; what holds more of them, closer together,
/// and is about what was asked comes first. A word that occurs nowhere is replaced by its
/// neighbours; a time that the question mentions is preferred. Filters hold before anything is
/// ranked. Ties are broken by time, newest first, then path, then line. Without words, sections
/// are listed, newest first.
///
/// # Errors
///
/// The index is damaged. What was changed or deleted since the view was opened is no error.
pub fn search_entries(kb: &Kb, view: &View, options: &SearchOptions) -> Result<Found> {
    let mention = find_mention(&options.question, kb.now(), kb.zone());
    // All that an answer depends on, but for index and files.
    let question = || {
        let running: Vec<&str> = kb.running_paths().collect();
        format!("{:?}", (options, &mention, kb.zone(), running))
    };
    let search = Search { kb, view, options };
    view.answer_once(question, Found::size, || {
        search.search_anew(mention.as_ref())
    })
}

/// One search.
struct Search<'a> {
    kb: &'a Kb,
    view: &'a View,
    options: &'a SearchOptions,
}

impl Search<'_> {
    fn search_anew(&self, mention: Option<&Mention>) -> Result<Found> {
        let _running = RunningSearch::begin();
        let mut found = self.search_or_list(mention)?;
        found.notes.extend(self.note_filtered(found.total)?);
        if self.options.query.is_cut {
            let note = "the query is too long; its end was ignored";
            found.notes.push(note.to_owned());
        }
        Ok(found)
    }

    fn search_or_list(&self, mention: Option<&Mention>) -> Result<Found> {
        let Some(mention) = mention else {
            return self.search_words();
        };
        if let Some(found) = self.search_time(mention)? {
            return Ok(found);
        }
        let mut found = self.search_words()?;
        let days = days_of(self.kb, mention);
        found
            .notes
            .push(format!("nothing that was found is {days}"));
        Ok(found)
    }

    fn find(
        &self,
        query: &Query,
        mention: Option<&Mention>,
        filters: &[SegmentFilter],
    ) -> Result<Candidates> {
        let asked = Asked {
            options: self.options,
            query,
            mention,
        };
        Candidates::find(self.view, &asked, filters).map_err(damage_error)
    }

    /// Prepares the filters of each segment.
    fn filter_segments(&self, conditions: &Conditions) -> Result<Vec<SegmentFilter>> {
        let segments = self.view.segments().iter();
        let filters = segments.map(|segment| conditions.on_segment(segment, self.view.fields()));
        filters.collect::<Result<_, _>>().map_err(damage_error)
    }

    /// Searches for all words, those of a time too.
    fn search_words(&self) -> Result<Found> {
        let filters = self.filter_segments(&self.options.conditions())?;
        let flags = self.find_flags(&filters)?;
        let query = self.options.query.clone().with_flags(&flags);
        let candidates = self.find(&query, None, &filters)?;
        let excluding = !query.excluded.is_empty() && !query.required.is_empty();
        if !candidates.is_empty() || !excluding {
            let mut found = candidates.show(self.kb, self.view, self.options)?;
            found.notes.extend(flags.iter().map(note_flag));
            return Ok(found);
        }
        // An exclusion that empties the answer was no exclusion but a flag.
        let candidates = self.find(&query.literally(), None, &filters)?;
        let mut found = candidates.show(self.kb, self.view, self.options)?;
        if found.total > 0 {
            let note = "nothing is left without what is excluded; it is searched for instead";
            found.notes.push(note.to_owned());
        }
        Ok(found)
    }

    /// Returns the excluded words that are flags of a command in what they would leave out.
    fn find_flags(&self, filters: &[SegmentFilter]) -> Result<Vec<Unit>> {
        let query = &self.options.query;
        let mut flags = query.possible_flags();
        let is_flag = |flag: &Unit| {
            let candidates = self.find(&query.demanding_flag(flag), None, filters)?;
            Ok(candidates.hold_flag(self.kb, self.view, &flag.text))
        };
        let known: Vec<bool> = flags.iter().map(is_flag).collect::<Result<_>>()?;
        let mut known = known.into_iter();
        flags.retain(|_| known.next().unwrap_or(false));
        Ok(flags)
    }

    /// Searches for the words, preferring what is from a time; lists what is from then, newest
    /// first, if the question asks for nothing else, or its words are nowhere. `None` if nothing
    /// is from then.
    fn search_time(&self, mention: &Mention) -> Result<Option<Found>> {
        let query = &self.options.query;
        let days = days_of(self.kb, mention);
        let clauses = QueryClauses::of_query(query, Some(mention), false);
        if !clauses.is_time_alone {
            let filters = self.filter_segments(&self.options.conditions())?;
            let candidates = self.find(query, Some(mention), &filters)?;
            if candidates.is_from_then() {
                let mut found = candidates.show(self.kb, self.view, self.options)?;
                found.notes.push(format!("preferring what is {days}"));
                return Ok(Some(found));
            }
            if !candidates.is_empty() || !query.excluded.is_empty() {
                return Ok(None);
            }
        }
        let candidates = self.find(
            &Query::default(),
            None,
            &self.filters_of_time(mention.span)?,
        )?;
        if candidates.is_empty() {
            return Ok(None);
        }
        let mut found = candidates.show(self.kb, self.view, self.options)?;
        found.notes.push(format!("showing what is {days}"));
        Ok(Some(found))
    }

    /// Prepares the filters of each segment, with a time besides.
    fn filters_of_time(&self, time: Span) -> Result<Vec<SegmentFilter>> {
        let time = Conditions {
            since: Some(time.first),
            until: Some(time.last),
            ..Conditions::default()
        };
        self.filter_segments(&self.options.conditions().and(&time))
    }

    /// Says how many entries match without the filters, where none does with them.
    fn note_filtered(&self, found: u64) -> Result<Option<String>> {
        let is_filtered = self.options.conditions() != Conditions::default();
        let query = &self.options.query;
        if found > 0 || !is_filtered || query.required.is_empty() {
            return Ok(None);
        }
        let filters = self.filter_segments(&Conditions::default())?;
        let total = self.find(query, None, &filters)?.total();
        let entries = if total == 1 {
            "entry matches"
        } else {
            "entries match"
        };
        Ok((total > 0).then(|| format!("without the filters, {total} {entries}")))
    }
}

fn note_flag(flag: &Unit) -> String {
    let word = &flag.text[1..];
    format!(
        "'{}' is searched for as a flag; to leave the word out, write -\"{word}\"",
        flag.text
    )
}

/// Names the days of a time: `from 2026-03-01 to 2026-03-31`.
fn days_of(kb: &Kb, mention: &Mention) -> String {
    let day = |time: Timestamp| {
        let time = time.in_zone(kb.zone()).datetime();
        time.format("%Y-%m-%d").to_string()
    };
    let (first, last) = (day(mention.span.first), day(mention.span.last));
    if first == last {
        format!("from {first}")
    } else {
        format!("from {first} to {last}")
    }
}
