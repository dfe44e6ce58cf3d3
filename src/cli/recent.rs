//! `mx recent`

use crate::ops::{Filters, RecentRequest, Request};
use clap::Args;

/// Show what was done last: sessions and dated sections of all projects, newest first
#[derive(Debug, Args)]
#[command(after_help = "Example: mx recent -n 5 --project myapp")]
pub(super) struct RecentArguments {
    /// Number of sections
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,

    /// Project that they belong to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl RecentArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Recent(RecentRequest {
            limit: self.limit,
            filters: Filters {
                project: self.project,
                ..Filters::default()
            },
        })
    }
}
