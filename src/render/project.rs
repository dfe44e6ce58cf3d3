//! A project that was renamed.

use super::clean;
use crate::ops::ProjectRenameResponse;
use std::io::{self, Write};

pub(super) fn render_project_rename(
    renamed: &ProjectRenameResponse,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (old, new) = (
        clean::clean_line(&renamed.old),
        clean::clean_line(&renamed.new),
    );
    let count = renamed.entries.len();
    let entries = if count == 1 { "entry" } else { "entries" };
    writeln!(out, "Renamed: {old} is {new} now ({count} {entries})")?;
    match &renamed.context {
        Some(context) => writeln!(out, "Changed: {}", clean::clean_line(context)),
        None => Ok(()),
    }
}
