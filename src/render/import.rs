//! What was imported.

use super::{clean, count_of};
use crate::ops::ImportResponse;
use std::io::{self, Write};

pub(super) fn render_import(import: &ImportResponse, out: &mut dyn Write) -> io::Result<()> {
    if import.files == 0 {
        return writeln!(out, "No transcripts found.");
    }
    let files = count_of(import.files, "transcript", "transcripts");
    let new = count_of(import.new, "new session", "new sessions");
    let others = [
        (import.grown, "gone on with"),
        (import.unchanged, "unchanged"),
        (import.recorded, "recorded already"),
        (import.empty, "without content"),
    ];
    let others = others.iter().filter(|(number, _)| *number > 0);
    let others: String = others
        .map(|(number, what)| format!(", {number} {what}"))
        .collect();
    writeln!(out, "{files}: {new}{others}")?;
    for (agent, counts) in import.agents.iter().filter(|(_, counts)| counts.lines > 0) {
        let lines = count_of(counts.lines, "line", "lines");
        write!(
            out,
            "  {agent}: {lines}, {} understood, {} without interest",
            counts.understood, counts.ignored
        )?;
        if counts.malformed > 0 {
            write!(out, ", {} malformed", counts.malformed)?;
        }
        writeln!(out)?;
        for (name, number) in &counts.unknown {
            writeln!(out, "    unknown: {} ({number})", clean::clean_line(name))?;
        }
    }
    Ok(())
}
