//! `mx uninstall`

use super::agents::help_with_hooks;
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
    #[arg(value_name = "AGENT", help = help_with_hooks(" or all"))]
    agents: Vec<String>,

    #[command(flatten)]
    options: InstallOptions,
}

impl UninstallArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Uninstall(self.options.into_request(self.agents))
    }
}
