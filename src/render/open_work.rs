//! What is open, and what was decided.

use super::{Palette, clean, count_of};
use crate::error::{Hint, HintSpelling};
use crate::ops::{
    DecisionsResponse, ListedDecision, NextDoneResponse, NextResponse, NextUndoResponse, OpenWork,
};
use std::io::{self, Write};

pub(super) fn render_next(
    next: &NextResponse,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if next.items.is_empty() && next.notes.is_empty() {
        let add = Hint::from("Add a step: ").then(Hint::command("log next").with("TEXT"));
        return writeln!(out, "Nothing is open. {}", spelling.spell(add));
    }
    next.items
        .iter()
        .try_for_each(|item| item_line(item, palette, out))
}

fn item_line(item: &OpenWork, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let path = palette.path;
    let mark = match (item.kind.as_str(), item.done) {
        ("blocker", true) => "resolved: ",
        ("blocker", false) => "blocked: ",
        (_, true) => "done: ",
        (_, false) => "",
    };
    let running = if item.running { " (running)" } else { "" };
    let (project, text) = (
        clean::clean_line(&item.project),
        clean::clean_line(&item.text),
    );
    let id = clean::clean_line(&item.id);
    writeln!(out, "{path}{id}{path:#}  {project}  {mark}{text}")?;
    let origin = match clean::clean_line(&item.origin) {
        origin if origin.is_empty() => String::new(),
        origin => format!(": {origin}"),
    };
    writeln!(out, "    {} {}{running}{origin}", item.date, item.session)
}

pub(super) fn render_next_done(done: &NextDoneResponse, out: &mut dyn Write) -> io::Result<()> {
    done.done.iter().try_for_each(|item| {
        let verb = match item.kind.as_str() {
            "blocker" => "Resolved",
            _ => "Done",
        };
        write_changed(verb, item, out)
    })
}

pub(super) fn render_next_undo(undone: &NextUndoResponse, out: &mut dyn Write) -> io::Result<()> {
    let mut items = undone.open.iter();
    items.try_for_each(|item| write_changed("Open again", item, out))
}

fn write_changed(verb: &str, item: &OpenWork, out: &mut dyn Write) -> io::Result<()> {
    let (text, project) = (
        clean::clean_line(&item.text),
        clean::clean_line(&item.project),
    );
    writeln!(out, "{verb}: {text} ({project})")
}

pub(super) fn render_decisions(
    decisions: &DecisionsResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    decisions
        .decisions
        .iter()
        .try_for_each(|decision| decision_lines(decision, palette, out))
}

fn decision_lines(
    decision: &ListedDecision,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let path = palette.path;
    let day: String = decision.time.chars().take(10).collect();
    let project = decision.project.as_deref().unwrap_or_default();
    let text = clean::clean_line(&decision.decision);
    writeln!(out, "{day}  {}  {text}", clean::clean_line(project))?;
    if !decision.rationale.trim().is_empty() {
        writeln!(out, "    why: {}", clean::clean_line(&decision.rationale))?;
    }
    let line = decision
        .line
        .map_or(String::new(), |line| format!(":{line}"));
    writeln!(
        out,
        "    {path}{}{path:#}{line}",
        clean::clean_line(&decision.path)
    )
}

pub(super) fn decisions_remarks(
    decisions: &DecisionsResponse,
    spelling: HintSpelling,
) -> Vec<String> {
    let shown = decisions.decisions.len() as u64;
    let total = decisions.total;
    let none = (total == 0).then(|| "no decisions".to_owned());
    let more = || {
        let total = count_of(total, "decision", "decisions");
        let all = spelling.spell(Hint::flag("all"));
        format!("showing {shown} of {total}; more with -n or {all}")
    };
    let notes = decisions.notes.iter().cloned().chain(none);
    notes.chain((shown < total).then(more)).collect()
}
