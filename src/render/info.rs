//! The knowledge base and its index, in a few lines.

use super::{clean, count_of, shown_size};
use crate::ops::{IndexFacts, InfoResponse};
use std::io::{self, Write};

pub(super) fn render_info(info: &InfoResponse, out: &mut dyn Write) -> io::Result<()> {
    let missing = if info.exists { "" } else { ", not made yet" };
    let root = format!("{} ({}{missing})", info.root, info.root_source);
    let entries = format!(
        "{} ({}, {}, {})",
        info.entries,
        count_of(info.sections, "section", "sections"),
        count_of(info.tags, "tag", "tags"),
        shown_size(info.bytes)
    );
    for (name, value) in [
        ("root", root.as_str()),
        ("context", info.context.as_deref().unwrap_or("none")),
        ("project", &info.project),
        ("timezone", &info.timezone),
        ("entries", &entries),
        ("index", &index_line(&info.index)),
        ("version", &info.version),
    ] {
        writeln!(out, "{name:<9} {}", clean::clean_line(value))?;
    }
    Ok(())
}

fn index_line(index: &IndexFacts) -> String {
    let mut text = format!("{} ({}", index.directory, index.state);
    if index.state == "ready" {
        let segments = count_of(index.segments, "segment", "segments");
        let sections = count_of(index.sections, "section", "sections");
        let size = shown_size(index.bytes);
        text += &format!(
            ", {sections} in {segments}, {size}, generation {}",
            index.generation
        );
    }
    if let Some(writer) = &index.writer {
        text += &format!(", being written by {writer}");
    }
    text + ")"
}
