//! `mx context`

use crate::ops::{ContextInitRequest, ContextValidateRequest, Request};
use clap::Subcommand;
use std::path::PathBuf;

/// Show, make or check the .kbcontext: where a project's work belongs
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  mx context show\n  mx context init --project myapp")]
pub(super) enum ContextArguments {
    /// Show which context holds here, and which entry sessions go to
    Show,
    /// Write a .kbcontext into the current directory
    Init {
        /// Name of the project; detected if absent
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
    },
    /// Check a .kbcontext; exit code 1 if it cannot be used
    Validate {
        /// The file; if absent the one that holds here
        file: Option<PathBuf>,
    },
}

impl ContextArguments {
    pub(super) fn into_request(self) -> Request {
        match self {
            ContextArguments::Show => Request::ContextShow,
            ContextArguments::Init { project } => {
                Request::ContextInit(ContextInitRequest { project })
            }
            ContextArguments::Validate { file } => {
                Request::ContextValidate(ContextValidateRequest { file })
            }
        }
    }
}
