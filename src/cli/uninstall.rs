//! `mx uninstall`

use super::install::Options;
use crate::ops::Request;
use clap::Args;

/// Take out of agents' configuration what mx install wrote
///
/// What was recorded stays. Without AGENT: from all of them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx uninstall
  mx uninstall codex --dry-run")]
pub(super) struct Arguments {
    /// claude, codex, gemini, cursor, copilot, opencode or all
    #[arg(value_name = "AGENT")]
    agents: Vec<String>,

    #[command(flatten)]
    options: Options,
}

impl Arguments {
    pub(super) fn request(self) -> Request {
        Request::Uninstall(self.options.request(self.agents))
    }
}
