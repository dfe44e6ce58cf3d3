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
pub(super) struct ListArguments {
    #[command(flatten)]
    filters: FilterArguments,

    /// Order
    #[arg(long, value_enum, default_value_t = ListSortName::Path)]
    sort: ListSortName,

    /// Number of entries, all if absent
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ListSortName {
    Path,
    Time,
    Title,
}

impl ListArguments {
    pub(super) fn into_request(self) -> Request {
        Request::List(ListRequest {
            filters: self.filters.into(),
            sort: match self.sort {
                ListSortName::Path => ListSort::Path,
                ListSortName::Time => ListSort::Time,
                ListSortName::Title => ListSort::Title,
            },
            limit: self.limit,
        })
    }
}
