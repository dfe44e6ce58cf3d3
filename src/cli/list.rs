//! `mx list`

use super::filters::FilterArguments;
use crate::ops::{ListRequest, ListSort, Request};
use clap::{Args, ValueEnum};

/// List entries
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx list
  mx list --tags auth --path 'projects/*' --sort time")]
pub(super) struct Arguments {
    #[command(flatten)]
    filters: FilterArguments,

    /// Order
    #[arg(long, value_enum, default_value_t = Sort::Path)]
    sort: Sort,

    /// Number of entries, all if absent
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Sort {
    Path,
    Time,
    Title,
}

impl Arguments {
    pub(super) fn request(self) -> Request {
        Request::List(ListRequest {
            filters: self.filters.into(),
            sort: match self.sort {
                Sort::Path => ListSort::Path,
                Sort::Time => ListSort::Time,
                Sort::Title => ListSort::Title,
            },
            limit: self.limit,
        })
    }
}
