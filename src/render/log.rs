//! The record of a session, and what the next one is to know.

use super::{Palette, clean, count};
use crate::ops::{
    LogEndResponse, LogIndexResponse, LogListResponse, LogRowResponse, LogStartAction,
    LogStartResponse, LogStatusResponse, LogUpdateResponse, ResumeResponse, RunningSession,
};
use std::io::{self, Write};

pub(super) fn start(start: &LogStartResponse, out: &mut dyn Write) -> io::Result<()> {
    let session = &start.session;
    let name = format!("{} ({})", session.id, clean::line(&session.project));
    match start.action {
        LogStartAction::Started => {
            writeln!(
                out,
                "Session {name} started: {}",
                clean::line(&session.file)
            )?;
        }
        LogStartAction::Running => {
            let since = duration(session.minutes);
            writeln!(
                out,
                "Session {name} has been running for {since}: {}",
                facts(session)
            )?;
            writeln!(
                out,
                "Go on with it (mx log update saves a checkpoint), end it (mx log end), or begin another one \
                 beside it: mx log start --new"
            )?;
        }
    }
    if let Some(text) = &start.resume {
        writeln!(out)?;
        writeln!(out, "{}", clean::block(text))?;
    }
    Ok(())
}

fn facts(session: &RunningSession) -> String {
    let events = count(session.events, "event", "events");
    let files = count(session.files, "file", "files");
    let decisions = count(session.decisions, "decision", "decisions");
    let mut facts = format!("{events}, {files}, {decisions}");
    if session.open_blockers > 0 {
        facts += &format!(
            ", {}",
            count(session.open_blockers, "open blocker", "open blockers")
        );
    }
    facts
}

/// `2h 15m`; beyond two days `3d 4h`.
pub(super) fn duration(minutes: u64) -> String {
    match minutes / 60 {
        0 => format!("{minutes}m"),
        hours @ 1..48 => format!("{hours}h {}m", minutes % 60),
        hours => format!("{}d {}h", hours / 24, hours % 24),
    }
}

pub(super) fn row(row: &LogRowResponse, out: &mut dyn Write) -> io::Result<()> {
    let what = match row.table.as_str() {
        "next" => "next step",
        table => table,
    };
    if row.resolved {
        return writeln!(out, "Resolved {what} in session {}", row.session);
    }
    writeln!(out, "Logged {what} to session {}", row.session)
}

pub(super) fn update(update: &LogUpdateResponse, out: &mut dyn Write) -> io::Result<()> {
    let files = count(update.files, "file", "files");
    let decisions = count(update.decisions, "decision", "decisions");
    writeln!(
        out,
        "Checkpoint saved. {files} modified, {decisions} logged."
    )?;
    if update.open_blockers > 0 {
        let open = count(update.open_blockers, "blocker is open", "blockers are open");
        writeln!(out, "{open}: mx log blocker TEXT --resolve HOW")?;
    }
    Ok(())
}

pub(super) fn end(end: &LogEndResponse, out: &mut dyn Write) -> io::Result<()> {
    let Some(id) = &end.session else {
        return nothing(end, out);
    };
    let verb = match &end.reconstructed {
        _ if end.completed => "completed",
        Some(_) => "reconstructed",
        None => "ended",
    };
    let path = clean::line(end.path.as_deref().unwrap_or_default()).into_owned();
    let files = count(end.files, "file", "files");
    let decisions = count(end.decisions, "decision", "decisions");
    // A session of seconds has no duration worth telling.
    let duration = match end.minutes {
        0 => String::new(),
        minutes => format!("{}, ", duration(minutes)),
    };
    writeln!(
        out,
        "Session {id} {verb}: {path} ({duration}{files}, {decisions})"
    )?;
    if let Some(from) = end.reconstructed.as_ref().filter(|_| !end.completed) {
        writeln!(out, "Reconstructed {}.", clean::line(from))?;
    }
    prompt(&end.prompt, out)
}

fn nothing(end: &LogEndResponse, out: &mut dyn Write) -> io::Result<()> {
    let project = clean::line(&end.project);
    match &end.path {
        Some(path) => {
            let path = clean::line(path);
            writeln!(
                out,
                "No session is running here, and nothing was done since the last: {path}"
            )?;
            prompt(&end.prompt, out)
        }
        None => {
            writeln!(
                out,
                "No session is running here, and nothing was done in {project} lately."
            )?;
            writeln!(out, "Begin one: mx log start")
        }
    }
}

fn prompt(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if !lines.is_empty() {
        writeln!(out)?;
    }
    for line in lines {
        writeln!(out, "> {}", clean::line(line))?;
    }
    Ok(())
}

pub(super) fn status(
    status: &LogStatusResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if !status.running.iter().any(|session| session.here) {
        writeln!(out, "No session is running here. Begin one: mx log start")?;
    }
    let path = palette.path;
    for session in &status.running {
        let place = if session.here { "" } else { " (elsewhere)" };
        let gone = if session.abandoned {
            ", its process is gone"
        } else {
            ""
        };
        let file = clean::line(&session.file);
        let agent = session
            .agent
            .as_ref()
            .map(|agent| format!(" ({})", clean::line(agent)));
        let agent = agent.unwrap_or_default();
        writeln!(
            out,
            "{} {}{agent}, running for {}{gone}: {}{place}",
            session.id,
            clean::line(&session.project),
            duration(session.minutes),
            facts(session),
        )?;
        writeln!(out, "    {path}{file}{path:#}")?;
        if let Some(goal) = &session.goal {
            writeln!(out, "    goal: {}", clean::line(goal))?;
        }
        if let Some(event) = &session.last_event {
            writeln!(out, "    last: {}", clean::line(event))?;
        }
    }
    Ok(())
}

pub(super) fn list(
    list: &LogListResponse,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if list.sessions.is_empty() {
        return writeln!(out, "No sessions. Begin one: mx log start");
    }
    let path = palette.path;
    for session in &list.sessions {
        let length = match session.minutes {
            Some(0) => String::new(),
            Some(minutes) => format!(" ({})", duration(minutes)),
            None if session.status == "active" => " (running)".to_owned(),
            None => format!(" ({})", session.status),
        };
        writeln!(
            out,
            "{path}{}{path:#}  {}{length}  {}",
            session.id,
            clean::line(&session.project),
            shorten(&clean::line(&session.summary)),
        )?;
    }
    Ok(())
}

/// Most characters of a summary in a list.
const SUMMARY: usize = 120;

fn shorten(text: &str) -> String {
    match text.char_indices().nth(SUMMARY) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Says that a list is not all there is.
pub(super) fn list_remarks(list: &LogListResponse) -> Vec<String> {
    let more = list.more.then(|| {
        let shown = count(list.sessions.len() as u64, "session", "sessions");
        format!("showing the newest {shown}; more with -n")
    });
    list.notes.iter().cloned().chain(more).collect()
}

pub(super) fn index(index: &LogIndexResponse, out: &mut dyn Write) -> io::Result<()> {
    let sessions = count(index.sessions, "session", "sessions");
    if index.written.is_empty() {
        writeln!(out, "The index of sessions is up to date: {sessions}")?
    } else {
        writeln!(out, "Regenerated the index of sessions: {sessions}")?
    }
    for path in &index.moved_aside {
        let path = clean::line(path);
        writeln!(out, "Moved aside what mx did not write: {path}")?;
    }
    Ok(())
}

/// Writes a block of context.
pub(super) fn text(text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        Ok(())
    } else {
        writeln!(out, "{}", clean::block(text.trim_end_matches('\n')))
    }
}

/// Says what the block leaves out, where it could not say so itself.
pub(super) fn resume_remarks(resume: &ResumeResponse) -> Vec<String> {
    let too_small = resume.text.is_empty();
    let left_out = resume.left_out.iter().filter(|_| too_small);
    left_out
        .map(|left| format!("left out: {} {}; {}", left.count, left.what, left.how))
        .collect()
}
