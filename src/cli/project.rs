//! `mx project`

use crate::ops::{ProjectRenameRequest, Request};
use clap::Subcommand;

/// Rename a project, or list all
#[derive(Debug, Subcommand)]
#[command(after_help = "Example: mx project rename shopfront store")]
pub(super) enum ProjectArguments {
    /// List projects, as `mx projects` does
    #[command(alias = "ls")]
    List(super::projects::ProjectsArguments),

    /// Give a project another name: all its entries and sessions go on under it
    Rename {
        /// The name that it has
        old: String,
        /// The name that it is to have
        new: String,
    },
}

impl ProjectArguments {
    pub(super) fn into_request(self) -> Request {
        match self {
            ProjectArguments::List(arguments) => arguments.into_request(),
            ProjectArguments::Rename { old, new } => {
                Request::ProjectRename(ProjectRenameRequest { old, new })
            }
        }
    }
}
