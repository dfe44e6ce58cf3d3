//! `mx doctor`

use crate::ops::{DoctorRequest, Request};
use clap::Args;

/// Look for everything that is not as it should be, and say what to do about it
///
/// Checks settings, root, permissions, index, locks, unreadable and left-out files, broken front
/// matter, dead links and leftovers; records of sessions, agents' hooks and what they could not note.
/// The exit code is 1 if something was found that is not mended.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mx doctor\n  mx doctor --fix")]
pub(super) struct DoctorArguments {
    /// Mend what can be mended: derived files, leftovers, modes of private files, a damaged index
    #[arg(long)]
    fix: bool,
}

impl DoctorArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Doctor(DoctorRequest { fix: self.fix })
    }
}
