//! An entry, or what is known of it.

use super::{Palette, Style, clean, shown_size};
use crate::ops::{GetMetadataResponse, Raw};
use std::io::{self, Write};

/// Writes bytes exactly as they are, but for a terminal.
pub(super) fn render_raw(mut raw: Raw, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if style.terminal {
        clean::copy_clean(&mut raw, out)
    } else {
        io::copy(&mut raw, out).map(drop)
    }
}

pub(super) fn render_entry_content(
    content: &str,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if style.terminal {
        out.write_all(clean::clean_block(content).as_bytes())
    } else {
        out.write_all(content.as_bytes())
    }
}

pub(super) fn render_metadata(
    entry: &GetMetadataResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    for (name, value) in [
        ("path", entry.path.clone()),
        ("title", entry.title.clone()),
        ("description", text(&entry.description)),
        ("tags", entry.tags.join(", ")),
        ("aliases", entry.aliases.join(", ")),
        ("project", text(&entry.project)),
        ("created", text(&entry.created)),
        ("updated", text(&entry.updated)),
        ("size", shown_size(entry.bytes)),
        ("links", entry.links.join(", ")),
    ] {
        if !value.is_empty() {
            writeln!(out, "{name:<12} {}", clean::clean_line(&value))?;
        }
    }
    let line = palette.line;
    for section in entry.sections.iter().filter(|section| section.level > 0) {
        let hashes = "#".repeat(section.level.into());
        let heading = clean::clean_line(&section.heading);
        write!(out, "{line}{:>6}{line:#}  {hashes} {heading}", section.line)?;
        super::write_tags(&section.tags, palette, out)?;
        writeln!(out)?;
    }
    Ok(())
}
