//! `mx tags`

use crate::ops::{Filters, Request, TagsRequest};
use clap::Args;

/// Count the entries of each tag, most first
#[derive(Debug, Args)]
#[command(after_help = "Example: mx tags --project myapp")]
pub(super) struct TagsArguments {
    /// Project that the entries belong to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl TagsArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Tags(TagsRequest {
            filters: Filters {
                project: self.project,
                ..Filters::default()
            },
        })
    }
}
