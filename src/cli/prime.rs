//! `mx prime`

use crate::ops::{DEFAULT_PRIME_BUDGET, PrimeRequest, Request};
use clap::Args;

/// Print what an agent should know at the start: how to search, log and finish; recent work
#[derive(Debug, Args)]
#[command(after_help = "Example: mx prime --budget 2000")]
pub(super) struct PrimeArguments {
    /// Name of the project, instead of that of the current directory
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// Most bytes
    #[arg(long, value_name = "BYTES", default_value_t = DEFAULT_PRIME_BUDGET)]
    budget: usize,
}

impl PrimeArguments {
    pub(super) fn into_request(self) -> Request {
        Request::Prime(PrimeRequest {
            project: self.project,
            budget: self.budget,
        })
    }
}
