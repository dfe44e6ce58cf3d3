//! The context of a project.

use super::{Palette, clean};
use crate::error::{Hint, HintSpelling};
use crate::ops::{
    ContextInitResponse, ContextShowResponse, ContextTrustResponse, ContextValidateResponse,
};
use std::io::{self, Write};

pub(super) fn render_context(
    context: &ContextShowResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let entry = match (&context.session_entry, &context.session_entry_source) {
        (Some(entry), Some(source)) => format!("{entry} (from {source})"),
        _ => spelling.spell(
            Hint::from("none: session-log needs ")
                .then(Hint::flag("entry"))
                .then(" here"),
        ),
    };
    let none = Hint::from("none: ").then(Hint::command("context init"));
    let none = spelling.spell(none.then(" writes one"));
    let trust = spelling.spell(Hint::command("context trust"));
    let root = format!("{} ({})", context.root, context.root_source);
    let captured = match &context.captured_root {
        Some(root) if !context.trusted => format!(
            "{root} ({trust} lets what hooks capture go to {})",
            context.root
        ),
        _ => String::new(),
    };
    for (name, value) in [
        ("file", context.file.as_deref().unwrap_or(&none)),
        ("project", &context.project),
        ("session entry", &entry),
        ("primary", context.primary.as_deref().unwrap_or_default()),
        ("paths", &context.paths.join(", ")),
        ("default tags", &context.default_tags.join(", ")),
        ("root", &root),
        ("hooks", &captured),
    ] {
        if !value.is_empty() {
            writeln!(out, "{name:<14} {}", clean::clean_line(value))?;
        }
    }
    Ok(())
}

pub(super) fn render_context_init(
    context: &ContextInitResponse,
    out: &mut dyn Write,
) -> io::Result<()> {
    let file = clean::clean_line(&context.file);
    writeln!(
        out,
        "Wrote: {file} (project {})",
        clean::clean_line(&context.project)
    )?;
    match &context.session_entry {
        Some(entry) => writeln!(out, "Sessions go to: {}", clean::clean_line(entry)),
        None => Ok(()),
    }
}

pub(super) fn render_context_validate(
    context: &ContextValidateResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Palette { error, warning, .. } = palette;
    for message in &context.errors {
        writeln!(out, "{error}error:{error:#} {}", clean::clean_line(message))?;
    }
    for message in &context.warnings {
        writeln!(
            out,
            "{warning}warning:{warning:#} {}",
            clean::clean_line(message)
        )?;
    }
    let verdict = if context.valid { "valid" } else { "not valid" };
    writeln!(out, "{}: {verdict}", clean::clean_line(&context.file))
}

pub(super) fn render_context_trust(
    context: &ContextTrustResponse,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(root) = &context.root else {
        for root in &context.all {
            writeln!(out, "{}", clean::clean_line(root))?;
        }
        return Ok(());
    };
    let state = match (context.trusted, context.changed) {
        (true, true) => "Trusted",
        (true, false) => "Trusted already",
        (false, true) => "Not trusted any more",
        (false, false) => "Not trusted",
    };
    writeln!(out, "{state}: {}", clean::clean_line(root))
}
