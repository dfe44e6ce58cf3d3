//! What the doctor found; findings of one kind share their advice.

use super::{Palette, clean, count_of, install};
use crate::error::{Hint, HintSpelling};
use crate::ops::{AgentHealth, DoctorResponse, Finding, HooksState, Severity};
use anstyle::Style;
use std::io::{self, Write};

pub(super) fn render_doctor(
    doctor: &DoctorResponse,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    for group in doctor.findings.chunk_by(|a, b| a.kind() == b.kind()) {
        for finding in group {
            let style = match finding.severity {
                Severity::Error => palette.error,
                Severity::Warning => palette.warning,
            };
            render_finding(finding.severity.name(), style, finding, palette, out)?;
        }
        let cyan = palette.hint;
        if let Some(finding) = group.first() {
            writeln!(
                out,
                "{cyan}hint:{cyan:#} {}\n",
                clean::clean_line(&finding.advice)
            )?;
        }
    }
    for fixed in &doctor.fixed {
        render_finding("fixed", palette.title, fixed, palette, out)?;
    }
    if !doctor.fixed.is_empty() {
        writeln!(out)?;
    }
    for health in &doctor.agents {
        render_agent_health(health, spelling, palette, out)?;
    }
    let root = doctor.root.as_deref().unwrap_or("the knowledge base");
    let entries = count_of(doctor.entries, "entry", "entries");
    let findings = match doctor.findings.len() as u64 {
        0 => "all is well".to_owned(),
        several => count_of(several, "finding", "findings"),
    };
    writeln!(out, "{}: {entries}, {findings}", clean::clean_line(root))
}

fn render_agent_health(
    health: &AgentHealth,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (hooks, title) = (&health.hooks, palette.title);
    write!(
        out,
        "{title}{}{title:#}: {}",
        hooks.agent,
        install::hook_state(hooks)
    )?;
    match (&health.last_fired, hooks.hooks) {
        (Some(time), _) => writeln!(out, ", last fired {time}"),
        // Who chose the server instead misses nothing.
        (None, HooksState::Absent) if hooks.mcp => writeln!(out),
        (None, HooksState::Absent) => {
            let install = Hint::command("install").with(hooks.agent.as_str());
            writeln!(out, " ({})", spelling.spell(install))
        }
        (None, HooksState::Broken) => writeln!(out),
        (None, _) => writeln!(out, ", have not fired yet"),
    }
}

fn render_finding(
    label: &str,
    style: Style,
    finding: &Finding,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, "{style}{label}:{style:#} ")?;
    if let Some(path) = &finding.path {
        let at = palette.path;
        write!(out, "{at}{}{at:#}", clean::clean_line(path))?;
        if let Some(line) = finding.line {
            write!(out, ":{line}")?;
        }
        write!(out, ": ")?;
    }
    writeln!(out, "{}", clean::clean_line(&finding.message))
}
