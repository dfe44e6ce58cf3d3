//! What was done last, by day and project.

use super::log::shown_duration;
use super::{Palette, clean, stale_remark};
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
            Some(item) if !item.running => day(&item.day),
            _ => "Running".to_owned(),
        };
        writeln!(out, "{title}{heading}{title:#}")?;
        for of_project in of_day.chunk_by(|a, b| a.project == b.project) {
            project_items(recent, of_project, palette, out)?;
        }
    }
    Ok(())
}

fn project_items(
    recent: &RecentResponse,
    items: &[RecentItem],
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = items.first() else {
        return Ok(());
    };
    writeln!(out, "  {}", project(first.project.as_deref()))?;
    for item in items {
        item_lines(item, palette, out)?;
    }
    let mut left_out = recent.left_out.iter().filter(|_| !first.running);
    let of_group = left_out.find(|group| group.day == first.day && group.project == first.project);
    match of_group {
        Some(group) => writeln!(out, "           ({} more)", group.items),
        None => Ok(()),
    }
}

fn item_lines(item: &RecentItem, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let Palette { path, line, .. } = palette;
    write!(out, "    {}  ", clock(&item.time, item.running))?;
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
fn clock(time: &str, running: bool) -> String {
    let minute = time.get(11..16).unwrap_or_default();
    let is_day = time.get(11..19) == Some("00:00:00");
    match time.get(..10) {
        Some(day) if running => format!("{day} {minute}"),
        _ if is_day => "     ".to_owned(),
        _ => minute.to_owned(),
    }
}

/// `2026-01-11, Sunday`
pub(super) fn day(day: &str) -> String {
    let date = day.parse::<NaiveDate>();
    date.map_or(day.to_owned(), |date| {
        date.format("%Y-%m-%d, %A").to_string()
    })
}

/// Returns the name of a project, also where there is none.
pub(super) fn project(name: Option<&str>) -> String {
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
