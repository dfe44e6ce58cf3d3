//! Projects, and where each stands.

use super::recent::format_day;
use super::{Palette, clean, count_of, stale_remark};
use crate::ops::{ListedProject, ProjectsResponse};
use std::io::{self, Write};

pub(super) fn render_projects(
    list: &ProjectsResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    for project in &list.projects {
        write_project(project, palette, out)?;
    }
    Ok(())
}

fn write_project(one: &ListedProject, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let title = palette.title;
    let numbers = [
        (one.sessions, "session", "sessions"),
        (one.running, "running", "running"),
        (one.notes, "note", "notes"),
        (one.open_steps, "open step", "open steps"),
        (one.open_blockers, "open blocker", "open blockers"),
    ];
    let numbers = numbers.into_iter().filter(|(number, ..)| *number > 0);
    let mut numbers: Vec<String> = numbers
        .map(|(number, word, words)| count_of(number, word, words))
        .collect();
    if numbers.is_empty() {
        numbers.push(count_of(one.entries, "entry", "entries"));
    }
    writeln!(
        out,
        "{title}{}{title:#}  {}",
        clean::clean_line(&one.project),
        numbers.join(", ")
    )?;
    let last = clean::clean_line(&one.last);
    let last = if last.is_empty() {
        String::new()
    } else {
        format!(": {last}")
    };
    let (date, minute) = (one.last_activity.get(..10), one.last_activity.get(11..16));
    let date = date.map(format_day).unwrap_or_default();
    writeln!(out, "    {date} {}{last}", minute.unwrap_or_default())
}

pub(super) fn projects_remarks(list: &ProjectsResponse) -> Vec<String> {
    let shown = list.projects.len() as u64;
    let none = (list.total == 0).then(|| "no projects".to_owned());
    let more = (shown < list.total).then(|| {
        let total = count_of(list.total, "project", "projects");
        format!("showing {shown} of {total}; more with -n")
    });
    let notes = list.notes.iter().cloned().chain(none);
    notes.chain(more).chain(stale_remark(list.stale)).collect()
}
