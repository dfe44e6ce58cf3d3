//! `mx context`

use crate::ops::{
    ContextInitRequest, ContextTrustRequest, ContextValidateRequest, Request, TrustAction,
};
use clap::Subcommand;
use std::path::PathBuf;

const TRUST_HELP: &str = "\
A .mx/ above the current directory, or a kb_root in a .kbcontext, may have come with a repository.
Until you agree, what agents' hooks capture there goes to ~/.memex/kb, and nothing in its .mx/ but
config.yaml is used. What you make with mx init is trusted.";

/// Show, make or check the .kbcontext: where a project's work belongs
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:\n  mx context show\n  mx context init --project myapp")]
pub(super) enum ContextArguments {
    /// Show which context holds here, and which entry sessions go to
    Show,
    /// Write a .kbcontext at the root of the repository, or here where there is none
    Init {
        /// Write it into the current directory, for a part of a repository
        #[arg(long)]
        here: bool,

        /// Name of the project; detected if absent
        #[arg(long, value_name = "NAME")]
        project: Option<String>,
    },
    /// Agree that what hooks capture goes into a knowledge base that came with a repository
    #[command(after_help = TRUST_HELP)]
    Trust {
        /// Root of the knowledge base; if absent the one above that is ignored because it belongs to
        /// another user, else the one that is used here
        dir: Option<PathBuf>,
        /// Take the agreement back
        #[arg(long, conflicts_with = "list")]
        revoke: bool,
        /// List the knowledge bases that were agreed to
        #[arg(long)]
        list: bool,
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
            ContextArguments::Init { here, project } => {
                Request::ContextInit(ContextInitRequest { project, here })
            }
            ContextArguments::Trust { dir, revoke, list } => {
                let action = if list {
                    TrustAction::List
                } else if revoke {
                    TrustAction::Revoke
                } else {
                    TrustAction::Add
                };
                Request::ContextTrust(ContextTrustRequest { root: dir, action })
            }
            ContextArguments::Validate { file } => {
                Request::ContextValidate(ContextValidateRequest { file })
            }
        }
    }
}
