//! `mx search`

use super::filters::FilterArguments;
use crate::ops::{Request, SearchRequest, SearchSort};
use clap::{Args, ValueEnum};

/// Find sections by their words, tags, project, path and time
#[derive(Debug, Args)]
#[command(after_help = "\
Query: words or a question, \"a phrase\", +word, -word, OR, word*, title: tag: project: path: since:
until:. Anything else is taken literally. What holds more of the telling words comes first. Without a
query a filter must be there: sections, newest first.

Examples:
  mx search \"auth module\" --tags=sessions
  mx search '\"token bucket\" -redis' --since 2w
  mx search --tags auth --project myapp --sort time
  mx search -- -Wall")]
pub(super) struct SearchArguments {
    /// What to look for
    #[arg(value_name = "QUERY")]
    query: Vec<String>,

    #[command(flatten)]
    filters: FilterArguments,

    /// Demand every telling word
    #[arg(long)]
    all_words: bool,

    /// Number of entries; of sections where there are only filters
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,

    /// Number of sections of an entry
    #[arg(long, value_name = "N", default_value_t = 3)]
    sections: usize,

    /// Order of the results
    #[arg(long, value_enum, default_value_t = SearchSortName::Relevance)]
    sort: SearchSortName,

    /// Print whole sections
    #[arg(long, conflicts_with = "terse")]
    content: bool,

    /// Print paths only
    #[arg(long)]
    pub(super) terse: bool,

    /// Answer from the index as it is, without looking for changes
    #[arg(long)]
    no_refresh: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SearchSortName {
    Relevance,
    Time,
}

impl SearchArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Search(SearchRequest {
            query: (!self.query.is_empty()).then(|| self.query.join(" ")),
            filters: self.filters.into(),
            all_words: self.all_words,
            limit: self.limit,
            sections: self.sections,
            sort: match self.sort {
                SearchSortName::Relevance => SearchSort::Relevance,
                SearchSortName::Time => SearchSort::Time,
            },
            content: self.content,
            facets: false,
            refresh: !self.no_refresh,
        })
    }
}
