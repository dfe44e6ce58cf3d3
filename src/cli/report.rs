//! `mx report`

use crate::ops::{ReportRequest, Request};
use clap::Args;

/// Report what was done in a span of time, by day and project, as a page of Markdown
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx report --since yesterday                 for a stand-up
  mx report --since monday --project myapp
  mx report --since 2026-01-01 --until 2026-01-31 > january.md")]
pub(super) struct ReportArguments {
    /// Not before: a date, RFC 3339, 7d, 2w, yesterday, monday, "last week"; if absent the last
    /// seven days
    #[arg(long, alias = "from", value_name = "WHEN")]
    since: Option<String>,

    /// Not after; now if absent
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,

    /// Project that it is about
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl ReportArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Report(ReportRequest {
            since: self.since,
            until: self.until,
            project: self.project,
        })
    }
}
