//! What was done last, by day and project.

use super::log::shown_duration;
use super::{Palette, clean, stale_remark};
use crate::model::name_key;
use crate::ops::{RecentItem, RecentResponse};
use chrono::NaiveDate;
use std::io::{self, Write};

pub(super) fn render_recent(
    recent: &RecentResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = palette.title;
    let same_day =
        |a: &RecentItem, b: &RecentItem| a.running == b.running && (a.running || a.day == b.day);
    for of_day in recent.items.chunk_by(same_day) {
        let heading = match of_day.first() {
            Some(item) if !item.running => format_day(&item.day),
            _ => "Running".to_owned(),
        };
        writeln!(out, "{title}{heading}{title:#}")?;
        for of_project in of_day.chunk_by(is_of_same_project) {
            write_project_items(recent, of_project, palette, out)?;
        }
    }
    Ok(())
}

fn is_of_same_project(one: &RecentItem, other: &RecentItem) -> bool {
    let key = |item: &RecentItem| item.project.as_deref().map(name_key);
    key(one) == key(other)
}

fn write_project_items(
    recent: &RecentResponse,
    items: &[RecentItem],
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = items.first() else {
        return Ok(());
    };
    writeln!(out, "  {}", name_project(first.project.as_deref()))?;
    for item in items {
        write_item(item, palette, out)?;
    }
    let mut left_out = recent.left_out.iter().filter(|_| !first.running);
    let of_group = left_out.find(|group| group.day == first.day && group.project == first.project);
    match of_group {
        Some(group) => writeln!(out, "           ({} more)", group.items),
        None => Ok(()),
    }
}

fn write_item(item: &RecentItem, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let Palette { path, line, .. } = palette;
    write!(out, "    {}  ", format_clock(&item.time, item.running))?;
    let text = clean::clean_line(&item.text);
    let heading = clean::clean_line(&item.heading);
    let text = if text.is_empty() { &heading } else { &text };
    write!(out, "{text}")?;
    if let Some(minutes) = item.minutes.filter(|minutes| *minutes > 0) {
        write!(out, " ({})", shown_duration(minutes))?;
    }
    super::write_tags(&item.tags, palette, out)?;
    let file = clean::clean_line(&item.path);
    writeln!(
        out,
        "\n           {path}{file}{path:#}:{line}{}{line:#}",
        item.line
    )
}

/// Returns the time of day; nothing where only the day is known, and the day too of what still runs.
fn format_clock(time: &str, running: bool) -> String {
    let minute = time.get(11..16).unwrap_or_default();
    let is_day = time.get(11..19) == Some("00:00:00");
    match time.get(..10) {
        Some(day) if running => format!("{day} {minute}"),
        _ if is_day => "     ".to_owned(),
        _ => minute.to_owned(),
    }
}

/// `2026-01-11, Sunday`
pub(super) fn format_day(day: &str) -> String {
    let date = day.parse::<NaiveDate>();
    date.map_or(day.to_owned(), |date| {
        date.format("%Y-%m-%d, %A").to_string()
    })
}

/// Returns the name of a project, also where there is none.
pub(super) fn name_project(name: Option<&str>) -> String {
    name.map_or("(no project)".to_owned(), |name| {
        clean::clean_line(name).into_owned()
    })
}

pub(super) fn recent_remarks(recent: &RecentResponse) -> Vec<String> {
    let none = recent
        .items
        .is_empty()
        .then(|| "no dated sections".to_owned());
    let shown = recent.items.len() as u64;
    let more = (shown < recent.total && none.is_none())
        .then(|| format!("showing {shown} of {}; more with -n", recent.total));
    let notes = recent.notes.iter().cloned().chain(none);
    notes
        .chain(more)
        .chain(stale_remark(recent.stale))
        .collect()
}
