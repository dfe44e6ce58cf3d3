//! `mx completions`

use super::arguments::Cli;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a script that completes the arguments of mx in a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example: mx completions bash > ~/.local/share/bash-completion/completions/mx"
)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

impl Arguments {
    pub(super) fn script(&self) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "mx", &mut script);
        script
    }
}
