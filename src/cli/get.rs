//! `mx get`

use crate::error::Result;
use crate::ops::{EntryName, GetRequest, LineRange, Part, Request};
use clap::{ArgGroup, Args};

/// Print an entry as it is, or part of it
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("entry").args(["path", "title"]).required(true)),
    group(ArgGroup::new("part").args(["section", "last", "lines", "metadata"])),
    after_help = "\
Examples:
  mx get projects/demo/sessions.md
  mx get projects/demo/sessions.md --last 3
  mx get --title \"OAuth2 patterns\" --section Refresh
  mx get guides/deploy --lines 10-20"
)]
pub(super) struct GetArguments {
    /// Path of the entry; .md may be missing
    path: Option<String>,

    /// Title of the entry, or how it begins
    #[arg(long, value_name = "T")]
    title: Option<String>,

    /// The section with this heading, and those below it
    #[arg(long, value_name = "HEADING", allow_hyphen_values = true)]
    section: Option<String>,

    /// The last N dated sections
    #[arg(long, value_name = "N")]
    last: Option<usize>,

    /// Some lines: A-B, A-, -B or A
    #[arg(long, value_name = "A-B", allow_hyphen_values = true)]
    lines: Option<String>,

    /// What is known of the entry, without its text
    #[arg(long)]
    metadata: bool,
}

impl GetArguments {
    pub(super) fn into_request(self, json: bool) -> Result<Request> {
        let part = if let Some(heading) = self.section {
            Part::Section(heading)
        } else if let Some(count) = self.last {
            Part::Last(count)
        } else if let Some(lines) = &self.lines {
            Part::Lines(LineRange::parse(lines)?)
        } else if self.metadata {
            Part::Metadata
        } else {
            Part::Whole
        };
        let entry = match self.title {
            Some(title) => EntryName::Title(title),
            None => EntryName::Path(self.path.unwrap_or_default()),
        };
        Ok(Request::Get(GetRequest {
            entry,
            part,
            raw: !json,
        }))
    }
}
