//! `mx completions`

use clap::{Args, Command};
use clap_complete::Shell;

/// Print a script that completes the arguments of mx in a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example: mx completions bash > ~/.local/share/bash-completion/completions/mx"
)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

impl CompletionsArguments {
    /// Returns the script for the commands that are described.
    pub(super) fn write_script(&self, mut commands: Command) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut commands, "mx", &mut script);
        script
    }
}
