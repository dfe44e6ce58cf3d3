//! `mx next`

use super::filters::FilterArguments;
use crate::ops::{NextDoneRequest, NextRequest, NextUndoRequest, Request};
use clap::{Args, Subcommand};

/// Show which steps and blockers are open, over all sessions; mark them as done
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  mx next --project my-api
  mx next done 3fa2 91c0
  mx next undo 91c0                        it is not done after all
  mx log next \"roll out to production\"      adds a step"
)]
pub(super) struct NextArguments {
    #[command(subcommand)]
    command: Option<NextCommand>,

    #[command(flatten)]
    filters: FilterArguments,

    /// What is done and resolved, too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Subcommand)]
enum NextCommand {
    /// Mark steps as done, and blockers as resolved
    Done(NextIds),
    /// Take back that steps are done, and blockers resolved
    Undo(NextIds),
}

#[derive(Debug, Args)]
struct NextIds {
    /// Their ids, as `mx next --all` shows them, or a part of the text of one
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
}

impl NextArguments {
    pub(super) fn into_request(self) -> Request {
        match self.command {
            Some(NextCommand::Done(NextIds { ids })) => Request::NextDone(NextDoneRequest { ids }),
            Some(NextCommand::Undo(NextIds { ids })) => Request::NextUndo(NextUndoRequest { ids }),
            None => Request::Next(NextRequest {
                filters: self.filters.into(),
                all: self.all,
            }),
        }
    }
}
