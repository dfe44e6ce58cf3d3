//! The search itself.

use super::candidates::{Asked, Candidates};
use super::clauses::QueryClauses;
use super::filter::SegmentFilter;
use super::filters::Conditions;
use super::found::Found;
use super::language::Query;
use super::options::SearchOptions;
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
    let filters = check_filters(view, options, None).map_err(damage_error)?;
    let mention = find_mention(&options.question, kb.now(), kb.zone());
    if let Some(mention) = &mention
        && let Some(found) = list_time(kb, view, options, mention)?
    {
        return Ok(found);
    }
    let mut asked = Asked {
        options,
        query: &options.query,
        mention: mention.as_ref(),
    };
    let candidates = Candidates::find(view, &asked, &filters).map_err(damage_error)?;
    let excluding = !options.query.excluded.is_empty() && !options.query.required.is_empty();
    if !candidates.is_empty() || !excluding {
        let mut found = candidates.show(kb, view, options)?;
        if let Some(mention) = mention.filter(|_| found.total > 0) {
            found
                .notes
                .push(format!("preferring what is {}", days_of(kb, &mention)));
        }
        return Ok(found);
    }
    // An exclusion that empties the answer was no exclusion but a flag.
    let literal = options.query.clone().literally();
    asked.query = &literal;
    let candidates = Candidates::find(view, &asked, &filters).map_err(damage_error)?;
    let mut found = candidates.show(kb, view, options)?;
    if found.total > 0 {
        let note = "nothing is left without what is excluded; it is searched for instead";
        found.notes.push(note.to_owned());
    }
    Ok(found)
}

/// Lists what is from a time, newest first, if the question asks for nothing else and something
/// is.
fn list_time(
    kb: &Kb,
    view: &View,
    options: &SearchOptions,
    mention: &Mention,
) -> Result<Option<Found>> {
    if !QueryClauses::of_query(&options.query, &mention.words, false).is_time_alone {
        return Ok(None);
    }
    let filters = check_filters(view, options, Some(mention.span)).map_err(damage_error)?;
    let asked = Asked {
        options,
        query: &Query::default(),
        mention: None,
    };
    let candidates = Candidates::find(view, &asked, &filters).map_err(damage_error)?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let mut found = candidates.show(kb, view, options)?;
    found
        .notes
        .push(format!("showing what is {}", days_of(kb, mention)));
    Ok(Some(found))
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

/// Prepares the filters of each segment, with a time besides.
fn check_filters(
    view: &View,
    options: &SearchOptions,
    time: Option<Span>,
) -> tantivy::Result<Vec<SegmentFilter>> {
    let time = Conditions {
        since: time.map(|time| time.first),
        until: time.map(|time| time.last),
        ..Conditions::default()
    };
    let conditions = options.conditions().and(&time);
    let segments = view.segments().iter();
    segments
        .map(|segment| conditions.on_segment(segment, view.fields()))
        .collect()
}
