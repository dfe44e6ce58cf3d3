//! `mx list`

use crate::ops::{ListRequest, ListSort, Request};
use clap::{Args, ValueEnum};

/// List entries
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx list
  mx list --tags auth --path 'projects/*' --sort time")]
pub(super) struct Arguments {
    /// Tags that an entry must all have
    #[arg(long, visible_alias = "tag", value_name = "A,B")]
    tags: Vec<String>,

    /// Project that it belongs to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// Glob that its path matches
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,

    /// Not before: a date, RFC 3339, 7d, 2w, yesterday, "last week"
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// Not after
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,

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
            tags: self.tags,
            project: self.project,
            paths: self.path,
            since: self.since,
            until: self.until,
            sort: match self.sort {
                Sort::Path => ListSort::Path,
                Sort::Time => ListSort::Time,
                Sort::Title => ListSort::Title,
            },
            limit: self.limit,
        })
    }
}
