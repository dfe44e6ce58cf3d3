//! `mx install`

use super::agents::help_with_hooks;
use crate::ops::{InstallRequest, Request};
use clap::Args;

/// Let agents record their sessions: writes hooks and the skill into their configuration
///
/// Every entry that is there already stays, with its order and formatting, and mx uninstall gives
/// back the former text. A file that cannot be understood is left alone, and so are all others.
/// Without AGENT: shows which agents are on this machine, and changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx install                     which agents there are
  mx install claude codex
  mx install all --dry-run       what would change, for every agent on this machine
  mx install claude --project    for everybody who works on this project
  mx install cursor --mcp        the MCP server, for an agent without a shell")]
pub(super) struct InstallArguments {
    #[arg(value_name = "AGENT", help = help_with_hooks("; or all that are on this machine"))]
    agents: Vec<String>,

    #[command(flatten)]
    options: InstallOptions,
}

/// What installing and uninstalling have in common.
#[derive(Debug, Args)]
pub(super) struct InstallOptions {
    /// The configuration of this project, instead of your own
    #[arg(long)]
    project: bool,

    /// Show the changes as a diff, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// The MCP server (mx mcp) alone, instead of hooks and skill: for an agent without a shell
    #[arg(long)]
    mcp: bool,

    /// Overwrite or remove a skill or plugin even if it was edited
    #[arg(long)]
    force: bool,
}

impl InstallArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Install(self.options.into_request(self.agents))
    }
}

impl InstallOptions {
    pub(super) fn into_request(self, agents: Vec<String>) -> InstallRequest {
        InstallRequest {
            agents,
            project: self.project,
            dry_run: self.dry_run,
            force: self.force,
            mcp: self.mcp,
        }
    }
}
