//! What `mx init` did.

use super::clean;
use crate::ops::InitResponse;
use std::io::{self, Write};

pub(super) fn render_init(init: &InitResponse, out: &mut dyn Write) -> io::Result<()> {
    let root = clean::clean_line(&init.root);
    if init.created {
        writeln!(out, "Knowledge base: {root}")?
    } else {
        writeln!(out, "Knowledge base: {root} (nothing to do)")?
    }
    for step in init.steps.iter().filter(|step| step.changed) {
        writeln!(
            out,
            "  made {} ({})",
            clean::clean_line(&step.path),
            step.purpose
        )?;
    }
    Ok(())
}
