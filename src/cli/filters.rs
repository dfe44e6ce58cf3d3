//! The options of commands that filter.

use crate::ops::Filters;
use clap::Args;

/// What narrows the answer.
#[derive(Debug, Args)]
pub(super) struct FilterArguments {
    /// Tags that it must all have, those below a tag included
    #[arg(long, visible_alias = "tag", value_name = "A,B")]
    tags: Vec<String>,

    /// Project that it belongs to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// Glob that its path matches
    #[arg(long, value_name = "GLOB")]
    path: Vec<String>,

    /// Not before: a date, RFC 3339, 7d, 2w, yesterday, "last week"
    #[arg(long, alias = "from", value_name = "WHEN")]
    since: Option<String>,

    /// Not after
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

impl From<FilterArguments> for Filters {
    fn from(arguments: FilterArguments) -> Self {
        Filters {
            tags: arguments.tags,
            project: arguments.project,
            paths: arguments.path,
            since: arguments.since,
            until: arguments.until,
        }
    }
}
