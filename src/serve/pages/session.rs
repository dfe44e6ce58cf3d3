//! One session: its goal, what is next, what was decided, and how it went.

use super::address::{entry_address, line_address, project_address, session_address};
use super::dates::{
    count, name_day, name_span, parse_day, parse_time, show_clock, show_day, show_moment,
};
use super::inline::{cut_title, show_text};
use super::shell::{PageParts, wrap_page};
use super::steps::{StepPlace, list_steps, show_sign_in};
use super::{PageReply, PageRequest, ask, pick};
use crate::error::{Error, Kind, Result};
use crate::ops::{
    Engine, Filters, LogListRequest, LogRequest, LogShowRequest, LogShowResponse, NextRequest,
    OpenWork, Request, ResumeRequest, ShownBlocker, ShownDecision, ShownEvent, ShownFile,
    ShownSession,
};
use maud::{Markup, html};

/// How many sessions are looked at for those of one id, and how many of these are shown.
const LOOKED_AT: usize = 100_000;
const SEVERAL: usize = 100;
/// How many rows of the progress are shown.
const ROWS: usize = 500;

/// Shows the session of an id.
pub(super) fn show_session(engine: &Engine, request: &PageRequest, id: &str) -> Result<PageReply> {
    let project = Some(request.parameter("project")).filter(|name| !name.is_empty());
    let show = |project: Option<&str>| {
        let show = LogRequest::Show(LogShowRequest {
            id: Some(id.to_owned()),
            project: project.map(str::to_owned),
        });
        ask(engine, Request::Log(show), pick!(LogShow))
    };
    let shown = match show(project) {
        // The project may be called differently now.
        Err(error) if error.kind() == Kind::NotFound && project.is_some() => show(None),
        shown => shown,
    };
    let shown = match shown {
        // Sessions of several projects may begin in one second.
        Err(error) if error.kind() == Kind::Usage => {
            return show_several(engine, id)?.ok_or(error);
        }
        shown => shown?,
    };
    let page = show_one(engine, request, shown)?;
    Ok(PageReply::of_html(200, page))
}

/// Shows all sessions whose id begins so, for one of them to be chosen. `None` if there are none.
fn show_several(engine: &Engine, id: &str) -> Result<Option<PageReply>> {
    const DAY: usize = "20260111".len();
    if id.len() < DAY {
        return Ok(None);
    }
    let list = LogRequest::List(LogListRequest {
        project: None,
        limit: LOOKED_AT,
    });
    let mut sessions = ask(engine, Request::Log(list), pick!(LogList))?.sessions;
    sessions.retain(|session| session.id.starts_with(id));
    if sessions.iter().any(|session| session.id == id) {
        sessions.retain(|session| session.id == id);
    }
    if sessions.is_empty() {
        return Ok(None);
    }
    let content = html! {
        header.head {
            h1 { "Which session?" }
            p.sub { (count(sessions.len() as u64, "session is", "sessions are")) " called " (id) }
        }
        ol.items.dated {
            @for one in sessions.iter().take(SEVERAL) {
                li.item {
                    span.clock { (show_day(&one.started)) }
                    div {
                        a.what href=(session_address(&one.project, &one.id)) {
                            (show_text(if one.summary.is_empty() { &one.id } else { &one.summary }))
                        }
                        p.meta { (one.project) " · " (one.id) }
                    }
                }
            }
        }
    };
    let page = wrap_page(&PageParts {
        title: "Which session?",
        place: "",
        query: "",
        content,
    });
    Ok(Some(PageReply::of_html(300, page)))
}

fn show_one(engine: &Engine, request: &PageRequest, shown: LogShowResponse) -> Result<Markup> {
    let session = shown
        .session
        .ok_or_else(|| Error::failed(format!("{} cannot be read as a session", shown.path)))?;
    let open = NextRequest {
        filters: Filters {
            project: Some(session.project.clone()),
            ..Filters::default()
        },
        all: true,
    };
    let open = ask(engine, Request::Next(open), pick!(Next))?.items;
    let resume = ResumeRequest {
        project: Some(session.project.clone()),
        session: Some(session.id.clone()),
        ..ResumeRequest::default()
    };
    // That it cannot be composed is no reason to hide the session.
    let prompt = ask(engine, Request::Resume(resume), pick!(Resume));
    let prompt = prompt.map(|resume| resume.text).unwrap_or_default();
    let title = title_of(&session);
    let content = html! {
        (show_head(&session, &title))
        div.columns {
            // Of a session that was concluded, that is shown once.
            div.main-column.reconstructed[session.reconstructed.is_some()] {
                (show_steps(request, &session, &open))
                (show_decisions(&session.decisions))
                (show_blockers(&session.blockers))
                (show_progress(&session.progress, &shown.path))
            }
            aside.side aria-label="Files, tools and the resume prompt" {
                (show_files(&session.files))
                (show_notes(&session))
                (show_tools(&session))
                (show_prompt(&prompt))
                p.meta { "Record: " (record_link(&shown.path)) }
            }
        }
    };
    Ok(wrap_page(&PageParts {
        title: &cut_title(&title),
        place: "",
        query: "",
        content,
    }))
}

/// Returns what the session is called: its goal, else what was done first.
fn title_of(session: &ShownSession) -> String {
    let goal = session.goal.clone();
    let first = || Some(session.progress.first()?.text.clone());
    let title = goal.filter(|goal| !goal.trim().is_empty()).or_else(first);
    title.unwrap_or_else(|| format!("Session {}", session.id))
}

fn show_head(session: &ShownSession, title: &str) -> Markup {
    let is_running = session.status == "active";
    let end = session.ended.as_deref().and_then(parse_time);
    let span = parse_time(&session.started).zip(end);
    let minutes = span.map_or(0, |(start, end)| (end - start).num_minutes().max(0));
    html! {
        header.head {
            p.crumbs { a href=(project_address(&session.project)) { (session.project) } }
            h1 { (cut_title(title)) }
            p.sub {
                @if is_running { span.pulse role="img" aria-label="running" {} " running since " }
                @if let Some(day) = parse_day(super::dates::day_of(&session.started)) {
                    (name_day(day)) ", "
                }
                (show_clock(&session.started))
                @if let Some(ended) = session.ended.as_deref().filter(|_| !is_running && minutes > 0) {
                    "–" (show_clock(ended))
                }
                @if minutes > 0 { " · " (name_span(minutes.unsigned_abs())) }
                @if let Some(agent) = &session.agent { " · " (agent) }
            }
            @for told in [&session.reconstructed, &session.interrupted].into_iter().flatten() {
                p.meta { (told) }
            }
            @if let Some(summary) = session.summary.as_deref().filter(|summary| *summary != title) {
                p.outcome { (show_text(summary)) }
            }
            @if let Some(state) = &session.state {
                p.outcome { span.outcome-label { "State: " } (show_text(state)) }
            }
        }
    }
}

fn show_steps(request: &PageRequest, session: &ShownSession, open: &[OpenWork]) -> Markup {
    let own = |item: &&OpenWork| item.session == session.id && item.kind == "step";
    let own: Vec<&OpenWork> = open.iter().filter(own).collect();
    // What a newer session has noted again is shown as it is here.
    let is_elsewhere = |text: &str| !own.iter().any(|item| item.text == text);
    let others = session.next.iter().filter(|step| is_elsewhere(&step.text));
    let others: Vec<OpenWork> = others.map(|step| as_unnamed(session, step)).collect();
    html! {
        @if !own.is_empty() || !others.is_empty() {
            section {
                h2 { "Next" }
                (show_sign_in(request))
                (list_steps(request, own.iter().copied(), StepPlace::Session))
                @if !others.is_empty() {
                    (list_steps(&unable(request), others.iter(), StepPlace::Session))
                }
            }
        }
    }
}

/// Returns the request as of one who may not write: what has no id of its own cannot be ticked.
fn unable(request: &PageRequest) -> PageRequest {
    PageRequest {
        token_ok: false,
        ..request.clone()
    }
}

fn as_unnamed(session: &ShownSession, step: &crate::ops::ShownStep) -> OpenWork {
    OpenWork {
        id: String::new(),
        kind: "step".to_owned(),
        text: step.text.clone(),
        done: step.done,
        resolution: None,
        project: session.project.clone(),
        date: String::new(),
        session: session.id.clone(),
        origin: String::new(),
        running: false,
        file: String::new(),
    }
}

fn show_decisions(decisions: &[ShownDecision]) -> Markup {
    html! {
        @if !decisions.is_empty() {
            section {
                h2 { "Decisions" }
                ul.decisions {
                    @for row in decisions {
                        li {
                            p.what { (show_text(&row.decision)) (show_source(&row.source)) }
                            @if !row.rationale.trim().is_empty() { p.why { (show_text(&row.rationale)) } }
                        }
                    }
                }
            }
        }
    }
}

fn show_blockers(blockers: &[ShownBlocker]) -> Markup {
    html! {
        @if !blockers.is_empty() {
            section {
                h2 { "Blockers" }
                ul.decisions {
                    @for row in blockers {
                        @let is_open = row.resolution.trim().is_empty();
                        li.open[is_open] {
                            p.what {
                                @if is_open { span.chip.warn { "open" } " " }
                                (show_text(&row.blocker)) (show_source(&row.source))
                            }
                            @if !is_open { p.why { "Resolved: " (show_text(&row.resolution)) } }
                        }
                    }
                }
            }
        }
    }
}

fn show_progress(progress: &[ShownEvent], record: &str) -> Markup {
    // Of very many the last.
    let (left_out, progress) = progress.split_at(progress.len().saturating_sub(ROWS));
    let day = |event: &ShownEvent| super::dates::day_of(&event.time).to_owned();
    html! {
        @if !progress.is_empty() {
            section {
                h2 { "Progress" }
                @if !left_out.is_empty() {
                    p.meta {
                        (count(left_out.len() as u64, "earlier row is", "earlier rows are"))
                        " in the record: " (record_link(record))
                    }
                }
                @for (number, events) in progress.chunk_by(|a, b| day(a) == day(b)).enumerate() {
                    @if number > 0 {
                        p.new-day { (parse_day(&day(&events[0])).map_or(String::new(), name_day)) }
                    }
                    ol.timeline {
                        @for event in events {
                            li {
                                span.clock { (show_clock(&event.time)) }
                                p { (show_text(&event.text)) (show_source(&event.source)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shows where a row comes from, unless it was stated.
fn show_source(source: &str) -> Markup {
    html! {
        @if source != "stated" { " " span.source { (source) } }
    }
}

fn show_files(files: &[ShownFile]) -> Markup {
    const ACTIONS: [(&str, &str); 5] = [
        ("created", "Created"),
        ("modified", "Modified"),
        ("renamed", "Renamed"),
        ("deleted", "Deleted"),
        ("read", "Read"),
    ];
    let of = |action: &str| {
        files
            .iter()
            .filter(|row| row.action == action)
            .collect::<Vec<_>>()
    };
    let groups = ACTIONS.map(|(action, name)| (action, name, of(action)));
    html! {
        @if !files.is_empty() {
            section {
                h2.quiet { "Files " span.number { (files.len()) } }
                @for (action, name, rows) in groups.iter().filter(|(_, _, rows)| !rows.is_empty()) {
                    // What was only read is less telling, and often much.
                    details.file-group open[*action != "read" && rows.len() <= 40] {
                        summary { (name) " " span.number { (rows.len()) } }
                        ul.files {
                            @for row in rows {
                                li {
                                    code.(format!("file-{action}")) { (row.path) }
                                    @if !row.notes.trim().is_empty() { p.meta { (row.notes) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn show_notes(session: &ShownSession) -> Markup {
    html! {
        @if !session.notes.is_empty() {
            section {
                h2.quiet { "Notes" }
                ul.plain { @for note in &session.notes { li { (note_link(note)) } } }
            }
        }
    }
}

/// Shows a note as it stands in the record: `[[path#heading]] beginning`.
fn note_link(note: &str) -> Markup {
    let parts = note.split_once("[[").and_then(|(before, rest)| {
        let (link, after) = rest.split_once("]]")?;
        Some((before, link, after))
    });
    let Some((before, link, after)) = parts else {
        return html! { (note) };
    };
    let path = link.split('#').next().unwrap_or(link);
    let text = format!("{} {}", before.trim(), after.trim_start_matches([':', ' ']));
    let text = text.trim();
    html! {
        a href=(entry_address(path)) { (if text.is_empty() { path } else { text }) }
    }
}

fn show_tools(session: &ShownSession) -> Markup {
    html! {
        @if !session.tools.is_empty() {
            section {
                h2.quiet { "Skills and tools" }
                ul.plain {
                    @for tool in &session.tools {
                        li.row { span { (tool.name) } span.number { (tool.uses) } }
                    }
                }
            }
        }
    }
}

/// Shows a text to copy for the next session.
pub(super) fn show_prompt(prompt: &str) -> Markup {
    html! {
        @if !prompt.trim().is_empty() {
            section.prompt {
                h2.quiet { "To go on from here" }
                button.copy type="button" data-copy="prompt" hidden { "Copy" }
                pre #prompt tabindex="0" { (prompt) }
            }
        }
    }
}

fn record_link(path: &str) -> Markup {
    let is_entry = path.ends_with(".md") && !path.starts_with(['/', '~', '.']);
    html! {
        @if is_entry { a href=(entry_address(path)) { (path) } } @else { code { (path) } }
    }
}

/// Shows a decision in a list over several sessions and notes.
pub(super) fn show_listed_decision(
    decision: &crate::ops::ListedDecision,
    place: StepPlace,
) -> Markup {
    let project = decision.project.as_deref().unwrap_or_default();
    let address = match (&decision.session, decision.line) {
        (Some(id), _) => session_address(project, id),
        (None, Some(line)) => line_address(&decision.path, line),
        (None, None) => entry_address(&decision.path),
    };
    html! {
        li {
            p.what { a href=(address) { (show_text(&decision.decision)) } }
            @if !decision.rationale.trim().is_empty() { p.why { (show_text(&decision.rationale)) } }
            p.meta {
                @if place == StepPlace::Everywhere && !project.is_empty() {
                    a href=(project_address(project)) { (project) } " · "
                }
                (show_moment(&decision.time))
            }
        }
    }
}
