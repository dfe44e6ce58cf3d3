//! `mx tags`

use super::filters::FilterArguments;
use crate::ops::{Request, TagsRequest};
use clap::Args;

/// Count the entries of each tag, most first
#[derive(Debug, Args)]
#[command(after_help = "Example: mx tags --project myapp")]
pub(super) struct TagsArguments {
    #[command(flatten)]
    filters: FilterArguments,
}

impl TagsArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Tags(TagsRequest {
            filters: self.filters.into(),
        })
    }
}
