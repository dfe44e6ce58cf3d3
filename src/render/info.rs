//! The knowledge base and its index, in a few lines.

use super::{clean, count, size};
use crate::ops::{IndexFacts, InfoResponse};
use std::io::{self, Write};

pub(super) fn info(info: &InfoResponse, out: &mut dyn Write) -> io::Result<()> {
    let missing = if info.exists { "" } else { ", not made yet" };
    let root = format!("{} ({}{missing})", info.root, info.root_source);
    let entries = format!(
        "{} ({}, {}, {})",
        info.entries,
        count(info.sections, "section", "sections"),
        count(info.tags, "tag", "tags"),
        size(info.bytes)
    );
    for (name, value) in [
        ("root", root.as_str()),
        ("context", info.context.as_deref().unwrap_or("none")),
        ("project", &info.project),
        ("timezone", &info.timezone),
        ("entries", &entries),
        ("index", &index(&info.index)),
        ("version", &info.version),
    ] {
        writeln!(out, "{name:<9} {}", clean::line(value))?;
    }
    Ok(())
}

fn index(index: &IndexFacts) -> String {
    let mut text = format!("{} ({}", index.directory, index.state);
    if index.state == "ready" {
        let segments = count(index.segments, "segment", "segments");
        let sections = count(index.sections, "section", "sections");
        let size = size(index.bytes);
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
