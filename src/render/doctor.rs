//! What the doctor found; findings of one kind share their advice.

use super::{Palette, clean, count};
use crate::ops::{DoctorResponse, Finding, Severity};
use std::io::{self, Write};

pub(super) fn doctor(
    doctor: &DoctorResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    for group in doctor.findings.chunk_by(|a, b| a.kind() == b.kind()) {
        for finding in group {
            one(finding, palette, out)?;
        }
        let cyan = palette.hint;
        if let Some(finding) = group.first() {
            writeln!(
                out,
                "{cyan}hint:{cyan:#} {}\n",
                clean::line(&finding.advice)
            )?;
        }
    }
    let root = doctor.root.as_deref().unwrap_or("the knowledge base");
    let entries = count(doctor.entries, "entry", "entries");
    let findings = match doctor.findings.len() as u64 {
        0 => "all is well".to_owned(),
        several => count(several, "finding", "findings"),
    };
    writeln!(out, "{}: {entries}, {findings}", clean::line(root))
}

fn one(finding: &Finding, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
    let style = match finding.severity {
        Severity::Error => palette.error,
        Severity::Warning => palette.warning,
    };
    write!(out, "{style}{}:{style:#} ", finding.severity.name())?;
    if let Some(path) = &finding.path {
        let at = palette.path;
        write!(out, "{at}{}{at:#}", clean::line(path))?;
        if let Some(line) = finding.line {
            write!(out, ":{line}")?;
        }
        write!(out, ": ")?;
    }
    writeln!(out, "{}", clean::line(&finding.message))
}
