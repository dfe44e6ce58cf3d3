//! `mx recent`

use super::filters::FilterArguments;
use crate::ops::{RecentRequest, Request};
use clap::Args;

/// Show what was done last: what runs, then sessions and notes by day and project
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx recent
  mx recent --since yesterday --tags decision
  mx recent -n 50 --project myapp")]
pub(super) struct RecentArguments {
    /// Number of sessions and notes; if absent 20, at most 5 of one project and day
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,

    #[command(flatten)]
    filters: FilterArguments,
}

impl RecentArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Recent(RecentRequest {
            limit: self.limit,
            filters: self.filters.into(),
        })
    }
}
