//! `mx projects`

use crate::ops::{ProjectsRequest, Request};
use clap::Args;

/// List projects: sessions, notes, what is open, what was done last
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx projects
  mx projects --since \"last month\"")]
pub(super) struct ProjectsArguments {
    /// Only those with activity since: a date, RFC 3339, 7d, 2w, yesterday, "last week"
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// Number of projects, all if absent
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

impl ProjectsArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Projects(ProjectsRequest {
            since: self.since,
            limit: self.limit,
        })
    }
}
