//! How much was noted on each day.

use super::filter::Times;
use super::filters::Conditions;
use crate::error::Result;
use crate::index::{View, damage_error};
use crate::model::{Timestamp, Zone};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Returns how many dated sections that pass the conditions are from each day, as the zone has it.
///
/// # Errors
///
/// The index is damaged.
pub fn count_days(
    view: &View,
    zone: Zone,
    conditions: &Conditions,
) -> Result<BTreeMap<NaiveDate, u64>> {
    let times = list_times(view, conditions).map_err(damage_error)?;
    let mut days = BTreeMap::new();
    for seconds in times {
        let time = Timestamp::from_seconds(seconds).in_zone(zone);
        *days.entry(time.datetime().date_naive()).or_default() += 1;
    }
    Ok(days)
}

fn list_times(view: &View, conditions: &Conditions) -> tantivy::Result<Vec<i64>> {
    let mut found = Vec::new();
    for segment in view.segments() {
        let filter = conditions.on_segment(segment, view.fields())?;
        let times = Times::open(segment)?;
        let dated = segment.columns().dated()?;
        let counts = |doc: &u32| {
            dated.first(*doc).is_some() && segment.is_alive(*doc) && filter.accepts(*doc)
        };
        let counted = (0..segment.reader.max_doc()).filter(counts);
        found.extend(counted.map(|doc| times.of_document(doc)));
    }
    Ok(found)
}
