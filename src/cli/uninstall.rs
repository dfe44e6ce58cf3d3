//! `mx uninstall`

use super::install::InstallOptions;
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
pub(super) struct UninstallArguments {
    /// claude, codex, gemini, cursor, copilot, opencode or all
    #[arg(value_name = "AGENT")]
    agents: Vec<String>,

    #[command(flatten)]
    options: InstallOptions,
}

impl UninstallArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Uninstall(self.options.into_request(self.agents))
    }
}
