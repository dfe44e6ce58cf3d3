//! `mx index`

use crate::ops::{IndexMode, IndexRequest, Request};
use clap::Args;

/// Bring the index up to date, build it anew, or check it
///
/// Every command that reads does this by itself; nothing is lost with the index.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mx index\n  mx index --check")]
pub(super) struct IndexArguments {
    /// Build a new index; searches go on meanwhile
    #[arg(long, conflicts_with = "check")]
    rebuild: bool,

    /// Compare the index with the Markdown; exit code 1 if it is wrong, not if it only lags behind
    #[arg(long)]
    check: bool,
}

impl IndexArguments {
    pub(super) fn into_request(self) -> Request {
        let mode = match (self.rebuild, self.check) {
            (true, _) => IndexMode::Rebuild,
            (_, true) => IndexMode::Check,
            _ => IndexMode::Refresh,
        };
        Request::Index(IndexRequest { mode })
    }
}
