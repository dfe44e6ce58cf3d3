//! Lists of entries and tags.

use super::{Palette, clean, count_of, stale_remark};
use crate::ops::{ListResponse, TagsResponse};
use std::io::{self, Write};

pub(super) fn render_list(
    list: &ListResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Palette { path, title, .. } = palette;
    for entry in &list.entries {
        write!(out, "{path}{}{path:#}", clean::clean_line(&entry.path))?;
        write!(out, "  {title}{}{title:#}", clean::clean_line(&entry.title))?;
        super::write_tags(&entry.tags, palette, out)?;
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn list_remarks(list: &ListResponse) -> Vec<String> {
    let shown = list.entries.len() as u64;
    let none = (list.total == 0).then(|| "no entries".to_owned());
    let more = (shown < list.total).then(|| {
        let total = count_of(list.total, "entry", "entries");
        format!("showing {shown} of {total}; more with -n")
    });
    let notes = list.notes.iter().cloned().chain(none);
    notes.chain(more).chain(stale_remark(list.stale)).collect()
}

pub(super) fn tags_remarks(tags: &TagsResponse) -> Vec<String> {
    let none = tags.tags.is_empty().then(|| "no tags".to_owned());
    let notes = tags.notes.iter().cloned().chain(none);
    notes.chain(stale_remark(tags.stale)).collect()
}

pub(super) fn render_tag_counts(
    tags: &TagsResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = palette.tag;
    let most = tags.tags.first().map_or(0, |tag| tag.entries);
    let width = most.to_string().len();
    for tag in &tags.tags {
        let name = clean::clean_line(&tag.tag);
        writeln!(out, "{:>width$}  {style}#{name}{style:#}", tag.entries)?;
    }
    Ok(())
}
