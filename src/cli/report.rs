//! `mx report`

use super::filters::FilterArguments;
use crate::ops::{ReportRequest, Request};
use clap::Args;

/// Report what was done in a span of time, the last seven days unless it is given, by day and project,
/// as a page of Markdown
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx report --since yesterday                 for a stand-up
  mx report --since monday --project myapp
  mx report --since 2026-01-01 --until 2026-01-31 > january.md")]
pub(super) struct ReportArguments {
    #[command(flatten)]
    filters: FilterArguments,
}

impl ReportArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Report(ReportRequest {
            filters: self.filters.into(),
        })
    }
}
