//! What was done in a span of time, as a page of Markdown.

use super::log::shown_duration;
use super::recent::{format_day, name_project};
use super::{clean, count_of, stale_remark};
use crate::error::{Hint, HintSpelling};
use crate::ops::{
    ListedDecision, OpenWork, ReportDay, ReportResponse, ReportTotals, ReportedNote,
    ReportedProject, ReportedSession,
};
use std::io::{self, Write};

/// How many days are shown in full, how many items of each kind of a project and day, and how many
/// open ones: more is no page.
const DAYS: usize = 14;
const ITEMS: usize = 8;
const OPEN: usize = 20;
/// How many files of a session are named.
const FILES: usize = 4;

pub(super) fn render_report(
    report: &ReportResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let date = |time: &str| time.get(..10).unwrap_or(time).to_owned();
    let (since, until) = (date(&report.since), date(&report.until));
    let span = if since == until {
        since
    } else {
        format!("{since} to {until}")
    };
    writeln!(out, "# Report {span}")?;
    write_totals(&report.totals, out)?;
    let days = report.days.len();
    let left_out = days.saturating_sub(DAYS);
    if left_out > 0 {
        writeln!(out, "\nOf {days} days with work the last {DAYS} are shown.")?;
    }
    for day in report.days.iter().skip(left_out) {
        write_day(day, out)?;
    }
    write_open(&report.open, spelling, out)
}

fn write_totals(totals: &[ReportTotals], out: &mut dyn Write) -> io::Result<()> {
    if totals.is_empty() {
        return writeln!(out, "\nNothing was recorded.");
    }
    writeln!(out)?;
    for one in totals {
        let time = match one.minutes {
            0 => String::new(),
            minutes => format!(" ({})", shown_duration(minutes)),
        };
        let numbers = [
            (one.sessions, "session", "sessions", time.as_str()),
            (one.notes, "note", "notes", ""),
            (one.decisions, "decision", "decisions", ""),
            (one.files, "file changed", "files changed", ""),
        ];
        let numbers = numbers.into_iter().filter(|(number, ..)| *number > 0);
        let numbers: Vec<String> = numbers
            .map(|(number, word, words, more)| format!("{}{more}", count_of(number, word, words)))
            .collect();
        writeln!(
            out,
            "- {}: {}",
            name_project(one.project.as_deref()),
            numbers.join(", ")
        )?;
    }
    Ok(())
}

fn write_day(one: &ReportDay, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## {}", format_day(&one.day))?;
    one.projects
        .iter()
        .try_for_each(|part| write_project_part(part, out))
}

fn write_project_part(part: &ReportedProject, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n### {}\n", name_project(part.project.as_deref()))?;
    write_some(
        &part.sessions,
        ITEMS,
        "session",
        "sessions",
        out,
        write_session,
    )?;
    write_some(
        &part.decisions,
        ITEMS,
        "decision",
        "decisions",
        out,
        write_decision,
    )?;
    write_some(&part.notes, ITEMS, "note", "notes", out, write_note)
}

/// Writes so many items, and how many are left out.
fn write_some<T>(
    items: &[T],
    most: usize,
    one: &str,
    several: &str,
    out: &mut dyn Write,
    write: fn(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    for item in items.iter().take(most) {
        write(item, out)?;
    }
    match items.len().saturating_sub(most) as u64 {
        0 => Ok(()),
        more => writeln!(
            out,
            "- and {}",
            count_of(more, one, several).replacen(' ', " more ", 1)
        ),
    }
}

fn format_minute(time: &str) -> String {
    let is_day = time.get(11..19) == Some("00:00:00");
    let minute = time.get(11..16).filter(|_| !is_day);
    minute.map_or(String::new(), |minute| format!("{minute} "))
}

fn write_session(one: &ReportedSession, out: &mut dyn Write) -> io::Result<()> {
    let summary = clean::clean_line(&one.summary);
    let summary = if summary.is_empty() {
        "Session".into()
    } else {
        summary
    };
    let length = match one.minutes {
        _ if one.running => " (running)".to_owned(),
        Some(minutes) if minutes > 0 => format!(" ({})", shown_duration(minutes)),
        _ => String::new(),
    };
    writeln!(
        out,
        "- {}{summary}{length} [[{}]]",
        format_minute(&one.started),
        clean::clean_line(&one.path)
    )?;
    if let Some(state) = &one.state {
        writeln!(out, "  - State: {}", clean::clean_line(state))?;
    }
    if !one.files.is_empty() {
        let named: Vec<_> = one
            .files
            .iter()
            .take(FILES)
            .map(|file| clean::clean_line(file))
            .collect();
        let more = match one.files.len().saturating_sub(FILES) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        writeln!(out, "  - Files: {}{more}", named.join(", "))?;
    }
    let mut blockers = one.blockers.iter();
    blockers.try_for_each(|blocker| writeln!(out, "  - Blocked: {}", clean::clean_line(blocker)))
}

fn write_decision(one: &ListedDecision, out: &mut dyn Write) -> io::Result<()> {
    let reason = clean::clean_line(&one.rationale);
    let reason = if reason.trim().is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    };
    writeln!(
        out,
        "- Decided: {}{reason}",
        clean::clean_line(&one.decision)
    )
}

fn write_note(one: &ReportedNote, out: &mut dyn Write) -> io::Result<()> {
    let tags = one
        .tags
        .iter()
        .map(|tag| format!(" #{}", clean::clean_line(tag)));
    let tags: String = tags.collect();
    let (time, path) = (format_minute(&one.time), clean::clean_line(&one.path));
    writeln!(
        out,
        "- {time}{}{tags} [[{path}]]",
        clean::clean_line(&one.text)
    )
}

fn write_open(open: &[OpenWork], spelling: HintSpelling, out: &mut dyn Write) -> io::Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Open\n")?;
    let next = spelling.spell(Hint::command("next"));
    write_some(
        open,
        OPEN,
        &format!("item: {next}"),
        &format!("items: {next}"),
        out,
        |item, out| {
            let what = if item.kind == "blocker" {
                "blocked: "
            } else {
                ""
            };
            let (name, text) = (
                clean::clean_line(&item.project),
                clean::clean_line(&item.text),
            );
            writeln!(
                out,
                "- {name}: {what}{text} (since {}) [{}]",
                item.date, item.id
            )
        },
    )
}

pub(super) fn report_remarks(report: &ReportResponse, spelling: HintSpelling) -> Vec<String> {
    let left_out = report.days.len().saturating_sub(DAYS);
    let last = left_out.checked_sub(1).and_then(|at| report.days.get(at));
    let more = last.map(|last| {
        let days = count_of(left_out as u64, "earlier day", "earlier days");
        let until = Hint::command("report").with_option("until", last.day.as_str());
        let until = spelling.spell(until);
        format!("{days} with work only counted; {until} shows them")
    });
    let notes = report.notes.iter().cloned().chain(more);
    notes.chain(stale_remark(report.stale)).collect()
}
