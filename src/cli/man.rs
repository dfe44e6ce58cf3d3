//! `mx man`

use super::arguments::Cli;
use crate::error::{Error, Result};
use clap::{Command, CommandFactory};
use clap_mangen::Man;

/// Returns the manual: one page for `mx`, then one for each command.
pub(super) fn write_pages() -> Result<Vec<u8>> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    write_page(&command, &mut pages).map_err(|cause| {
        Error::failed(format!("cannot write the manual: {cause}")).with_source(cause)
    })?;
    Ok(pages)
}

fn write_page(command: &Command, pages: &mut Vec<u8>) -> std::io::Result<()> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned();
    Man::new(command.clone())
        .title(name.to_uppercase())
        .render(pages)?;
    command
        .get_subcommands()
        .try_for_each(|command| write_page(command, pages))
}
