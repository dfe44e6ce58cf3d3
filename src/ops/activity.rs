//! How much was noted on each day.

use super::filters::{note_unmatched, resolve_filters};
use super::{Reply, Response};
use crate::error::Result;
use crate::index::{Freshness, Index};
use crate::kb::Kb;
use crate::query::{self, Filters};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Counts the sessions and notes of each day.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityRequest {
    /// Which of them count.
    pub filters: Filters,
}

/// How much was noted on each day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActivityResponse {
    /// Whether the answer may miss the latest changes.
    pub stale: bool,
    /// Time zone of the knowledge base.
    pub timezone: String,
    /// The day that it is there, `YYYY-MM-DD`.
    pub today: String,
    /// The days on which something was noted, in order.
    pub days: Vec<ActiveDay>,
    /// Values of filters that occur nowhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A day on which something was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActiveDay {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// Number of sessions and notes.
    pub count: u64,
}

pub(super) fn run_activity(kb: &Kb, request: &ActivityRequest, index: &Index<'_>) -> Result<Reply> {
    let conditions = resolve_filters(kb, &request.filters)?;
    let (days, notes, stale) = index.answer(Freshness::Refresh, |view| {
        let days = query::count_days(view, kb.zone(), &conditions)?;
        Ok((days, note_unmatched(view, &conditions)?, view.stale()))
    })?;
    let days = days.into_iter().map(|(date, count)| ActiveDay {
        date: date.to_string(),
        count,
    });
    Ok(Reply::from(Response::Activity(ActivityResponse {
        stale,
        timezone: kb.zone().name().to_owned(),
        today: kb.now().datetime().date_naive().to_string(),
        days: days.collect(),
        notes,
    })))
}
