//! `mx completions`

use crate::error::{Error, Hint, Result};
use clap::{Args, Command};
use clap_complete::Shell;
use std::fs;
use std::path::{Path, PathBuf};

/// Print a script that completes the arguments of mx in a shell, or write it where the shell looks
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx completions bash --install
  mx completions zsh > ~/.zfunc/_mx")]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,

    /// Write the script where the shell finds it: bash, zsh and fish
    #[arg(long)]
    install: bool,
}

impl CompletionsArguments {
    /// Returns what is to be printed: the script for the commands that are described, or where it
    /// was written.
    pub(super) fn write_script(
        &self,
        mut commands: Command,
        home: Option<&Path>,
    ) -> Result<Vec<u8>> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut commands, "mx", &mut script);
        if !self.install {
            return Ok(script);
        }
        let file = self.find_place(home)?;
        let written = file.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&file, &script));
        written.map_err(|cause| Error::io("write", &file, cause))?;
        let mut said = format!("Wrote: {}\n", file.display());
        if self.shell == Shell::Zsh {
            said += "Put 'fpath+=~/.zfunc' before compinit in ~/.zshrc, unless it is there\n";
        }
        Ok(said.into_bytes())
    }

    /// Returns the file in which the shell looks for the script.
    fn find_place(&self, home: Option<&Path>) -> Result<PathBuf> {
        let below_home = match self.shell {
            Shell::Bash => ".local/share/bash-completion/completions/mx",
            Shell::Zsh => ".zfunc/_mx",
            Shell::Fish => ".config/fish/completions/mx.fish",
            shell => {
                let print = Hint::command("completions").with(shell.to_string());
                let message = format!("where {shell} looks for completions is not known");
                return Err(Error::usage(message).with_hint(print.then(" prints the script")));
            }
        };
        let home = home.ok_or_else(|| Error::failed("there is no home directory"))?;
        Ok(home.join(below_home))
    }
}
