//! `mx decisions`

use super::filters::FilterArguments;
use crate::ops::{DecisionsRequest, Request};
use clap::Args;

/// Show what was decided: in sessions, and in notes tagged `decision`; newest first
#[derive(Debug, Args)]
#[command(after_help = "Example: mx decisions --project my-api --since \"last week\"")]
pub(super) struct DecisionsArguments {
    /// Most decisions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    limit: usize,

    /// All of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,

    #[command(flatten)]
    filters: FilterArguments,
}

impl DecisionsArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Decisions(DecisionsRequest {
            filters: self.filters.into(),
            limit: (!self.all).then_some(self.limit),
        })
    }
}
