//! `mx projects`

use super::filters::FilterArguments;
use crate::ops::{ProjectsRequest, Request};
use clap::Args;

/// List projects: sessions, notes, what is open, what was done last
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx projects
  mx projects --since \"last month\"")]
pub(super) struct ProjectsArguments {
    #[command(flatten)]
    filters: FilterArguments,

    /// Number of projects, all if absent
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

impl ProjectsArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Projects(ProjectsRequest {
            filters: self.filters.into(),
            limit: self.limit,
        })
    }
}
