//! `mx project`

use crate::ops::{ProjectRenameRequest, Request};
use clap::Subcommand;

/// Change a project
#[derive(Debug, Subcommand)]
#[command(after_help = "Example: mx project rename shopfront store")]
pub(super) enum ProjectArguments {
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
            ProjectArguments::Rename { old, new } => {
                Request::ProjectRename(ProjectRenameRequest { old, new })
            }
        }
    }
}
