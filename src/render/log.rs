//! The record of a session, and what the next one is to know.

use super::{Palette, clean, count_of};
use crate::error::{Hint, HintSpelling};
use crate::model::shorten_line;
use crate::ops::{
    LogEndResponse, LogIndexResponse, LogListResponse, LogRowResponse, LogStartAction,
    LogStartResponse, LogStatusResponse, LogUpdateResponse, ResumeResponse, RunningSession,
};
use std::io::{self, Write};

pub(super) fn render_start(
    start: &LogStartResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let session = &start.session;
    let name = format!("{} ({})", session.id, clean::clean_line(&session.project));
    match start.action {
        LogStartAction::Started => {
            writeln!(
                out,
                "Session {name} started: {}",
                clean::clean_line(&session.file)
            )?;
        }
        LogStartAction::Running => {
            let since = shown_duration(session.minutes);
            writeln!(
                out,
                "Session {name} has been running for {since}: {}",
                session_facts(session)
            )?;
            let update = spelling.spell(Hint::command("log update"));
            let end = spelling.spell(Hint::command("log end"));
            let another = Hint::command("log start").with_flag("new");
            write!(out, "Go on with it ({update} saves a checkpoint), ")?;
            if spelling.offers(&another) {
                let another = spelling.spell(another);
                writeln!(
                    out,
                    "end it ({end}), or begin another one beside it: {another}"
                )?;
            } else {
                writeln!(out, "or end it ({end})")?;
            }
        }
    }
    if let Some(text) = &start.resume {
        writeln!(out)?;
        writeln!(out, "{}", clean::clean_block(text))?;
    }
    Ok(())
}

fn session_facts(session: &RunningSession) -> String {
    let events = count_of(session.events, "event", "events");
    let files = count_of(session.files, "file", "files");
    let decisions = count_of(session.decisions, "decision", "decisions");
    let mut facts = format!("{events}, {files}, {decisions}");
    if session.open_blockers > 0 {
        facts += &format!(
            ", {}",
            count_of(session.open_blockers, "open blocker", "open blockers")
        );
    }
    facts
}

/// `2h 15m`; beyond two days `3d 4h`.
pub(super) fn shown_duration(minutes: u64) -> String {
    match minutes / 60 {
        0 => format!("{minutes}m"),
        hours @ 1..48 => format!("{hours}h {}m", minutes % 60),
        hours => format!("{}d {}h", hours / 24, hours % 24),
    }
}

pub(super) fn render_row(row: &LogRowResponse, out: &mut dyn Write) -> io::Result<()> {
    let what = match row.table.as_str() {
        "next" => "next step",
        table => table,
    };
    if row.resolved {
        return writeln!(out, "Resolved {what} in session {}", row.session);
    }
    writeln!(out, "Logged {what} to session {}", row.session)
}

pub(super) fn render_update(
    update: &LogUpdateResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let files = count_of(update.files, "file", "files");
    let decisions = count_of(update.decisions, "decision", "decisions");
    writeln!(
        out,
        "Checkpoint saved. {files} modified, {decisions} logged."
    )?;
    if update.open_blockers > 0 {
        let open = count_of(update.open_blockers, "blocker is open", "blockers are open");
        let resolve = Hint::command("log blocker").with("TEXT");
        let resolve = spelling.spell(resolve.with_option("resolve", "HOW"));
        writeln!(out, "{open}: {resolve}")?;
    }
    Ok(())
}

pub(super) fn render_end(
    end: &LogEndResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(id) = &end.session else {
        return render_nothing(end, spelling, out);
    };
    let verb = match &end.reconstructed {
        _ if end.completed => "completed",
        Some(_) => "reconstructed",
        None => "ended",
    };
    let path = clean::clean_line(end.path.as_deref().unwrap_or_default()).into_owned();
    let files = count_of(end.files, "file", "files");
    let decisions = count_of(end.decisions, "decision", "decisions");
    // A session of seconds has no duration worth showing.
    let duration = match end.minutes {
        0 => String::new(),
        minutes => format!("{}, ", shown_duration(minutes)),
    };
    writeln!(
        out,
        "Session {id} {verb}: {path} ({duration}{files}, {decisions})"
    )?;
    if let Some(from) = end.reconstructed.as_ref().filter(|_| !end.completed) {
        writeln!(out, "Reconstructed {}.", clean::clean_line(from))?;
    }
    render_prompt_lines(&end.prompt, out)
}

fn render_nothing(
    end: &LogEndResponse,
    spelling: HintSpelling,
    out: &mut dyn Write,
) -> io::Result<()> {
    let project = clean::clean_line(&end.project);
    match &end.path {
        Some(path) => {
            let path = clean::clean_line(path);
            writeln!(
                out,
                "No session is running here, and nothing was done since the last: {path}"
            )?;
            render_prompt_lines(&end.prompt, out)
        }
        None => {
            writeln!(
                out,
                "No session is running here, and nothing was done in {project} lately."
            )?;
            writeln!(out, "{}", begin_one(spelling))
        }
    }
}

fn render_prompt_lines(lines: &[String], out: &mut dyn Write) -> io::Result<()> {
    if !lines.is_empty() {
        writeln!(out)?;
    }
    for line in lines {
        writeln!(out, "> {}", clean::clean_line(line))?;
    }
    Ok(())
}

fn begin_one(spelling: HintSpelling) -> String {
    spelling.spell(Hint::from("Begin one: ").then(Hint::command("log start")))
}

pub(super) fn render_status(
    status: &LogStatusResponse,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if !status.running.iter().any(|session| session.here) {
        writeln!(out, "No session is running here. {}", begin_one(spelling))?;
    }
    let path = palette.path;
    for session in &status.running {
        let place = if session.here { "" } else { " (elsewhere)" };
        let gone = if session.abandoned {
            ", its process is gone"
        } else {
            ""
        };
        let file = clean::clean_line(&session.file);
        let agent = session
            .agent
            .as_ref()
            .map(|agent| format!(" ({})", clean::clean_line(agent)));
        let agent = agent.unwrap_or_default();
        writeln!(
            out,
            "{} {}{agent}, running for {}{gone}: {}{place}",
            session.id,
            clean::clean_line(&session.project),
            shown_duration(session.minutes),
            session_facts(session),
        )?;
        writeln!(out, "    {path}{file}{path:#}")?;
        if let Some(goal) = &session.goal {
            writeln!(out, "    goal: {}", clean::clean_line(goal))?;
        }
        if let Some(event) = &session.last_event {
            writeln!(out, "    last: {}", clean::clean_line(event))?;
        }
    }
    Ok(())
}

pub(super) fn render_sessions(
    list: &LogListResponse,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if list.sessions.is_empty() {
        return writeln!(out, "No sessions. {}", begin_one(spelling));
    }
    let path = palette.path;
    for session in &list.sessions {
        let length = match session.minutes {
            Some(0) => String::new(),
            Some(minutes) => format!(" ({})", shown_duration(minutes)),
            None if session.status == "active" => " (running)".to_owned(),
            None => format!(" ({})", session.status),
        };
        writeln!(
            out,
            "{path}{}{path:#}  {}{length}  {}",
            session.id,
            clean::clean_line(&session.project),
            shorten_line(&clean::clean_line(&session.summary), SUMMARY),
        )?;
    }
    Ok(())
}

/// Most characters of a summary in a list.
const SUMMARY: usize = 120;

/// Says that a list is not all there is.
pub(super) fn list_remarks(list: &LogListResponse) -> Vec<String> {
    let more = list.more.then(|| {
        let shown = count_of(list.sessions.len() as u64, "session", "sessions");
        format!("showing the newest {shown}; more with -n")
    });
    list.notes.iter().cloned().chain(more).collect()
}

pub(super) fn render_log_index(index: &LogIndexResponse, out: &mut dyn Write) -> io::Result<()> {
    let sessions = count_of(index.sessions, "session", "sessions");
    if index.written.is_empty() {
        writeln!(out, "The index of sessions is up to date: {sessions}")?
    } else {
        writeln!(out, "Regenerated the index of sessions: {sessions}")?
    }
    for path in &index.moved_aside {
        let path = clean::clean_line(path);
        writeln!(out, "Moved aside what mx did not write: {path}")?;
    }
    Ok(())
}

/// Writes a block of context.
pub(super) fn write_text(text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        Ok(())
    } else {
        writeln!(out, "{}", clean::clean_block(text.trim_end_matches('\n')))
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
