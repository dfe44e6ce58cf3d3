//! `mx resume`

use crate::ops::{DEFAULT_BUDGET, Request, ResumeRequest};
use clap::Args;

/// Print what the next session is to know: a block of context to paste
#[derive(Debug, Args)]
#[command(after_help = "\
Composed from the records alone: what was done, in what state it is, what is next, open blockers,
decisions, uncommitted and key files. The least important is left out first, never half of it.

Examples:
  mx resume
  mx resume --project my-api --budget 800
  mx resume --session 20250321-143022")]
pub(super) struct ResumeArguments {
    /// Name of the project, instead of that of the current directory
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// A session to go on from, instead of the last one
    #[arg(long, value_name = "ID")]
    session: Option<String>,

    /// Most characters
    #[arg(long, value_name = "CHARS", default_value_t = DEFAULT_BUDGET)]
    budget: usize,
}

impl ResumeArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Resume(ResumeRequest {
            project: self.project,
            session: self.session,
            budget: self.budget,
        })
    }
}
