//! One project: in what state it is, what is open, what was decided, and when it was worked on.

use super::address::{entry_address, search_address, session_address};
use super::calendar::{draw_weeks, weeks_of_days};
use super::dates::{count, parse_day, show_clock, show_day};
use super::inline::{cut_title, show_text};
use super::session::{show_listed_decision, show_prompt};
use super::shell::{PageParts, wrap_page};
use super::steps::{StepPlace, address_of_all, count_open, find_steps, fold_steps, show_sign_in};
use super::timeline::sum_up_session;
use super::{PageRequest, ask, pick};
use crate::error::{Error, Result};
use crate::ops::{
    ActivityRequest, ActivityResponse, DecisionsRequest, DecisionsResponse, Engine, Filters,
    ListRequest, ListSort, ListedEntry, ListedSession, LogListRequest, LogRequest, OpenWork,
    ProjectOverviewRequest, ProjectOverviewResponse, Request, ResumeRequest, TouchedFile,
};
use chrono::NaiveDate;
use maud::{Markup, html};

/// How many sessions, decisions, steps, files and entries are shown first.
const SESSIONS: usize = 30;
const DECISIONS: usize = 60;
const STEPS: usize = 20;
const FILES: usize = 15;
const ENTRIES: usize = 12;
/// How many sessions and decisions are shown where all are wanted.
const ALL: usize = 5_000;

/// Shows a project.
pub(super) fn show_project(engine: &Engine, request: &PageRequest) -> Result<Markup> {
    let name = request.parameter("name");
    if name.is_empty() {
        return Err(Error::usage("the address names no project"));
    }
    let overview = ProjectOverviewRequest {
        project: name.to_owned(),
    };
    let overview = ask(
        engine,
        Request::ProjectOverview(overview),
        pick!(ProjectOverview),
    )?;
    let next = find_steps(engine, request, Some(&overview.project))?;
    let filters = Filters {
        project: Some(overview.project.clone()),
        ..Filters::default()
    };
    let decisions = ask_decisions(engine, request, &filters)?;
    let list = LogListRequest {
        project: filters.project.clone(),
        limit: ALL,
    };
    let sessions = LogRequest::List(list);
    let sessions = ask(engine, Request::Log(sessions), pick!(LogList))?.sessions;
    let activity = ActivityRequest {
        filters: filters.clone(),
    };
    let activity = ask(engine, Request::Activity(activity), pick!(Activity))?;
    let resume = ResumeRequest {
        project: filters.project.clone(),
        ..ResumeRequest::default()
    };
    let prompt = ask(engine, Request::Resume(resume), pick!(Resume))?.text;
    // Records of sessions come among them.
    let entries = ask_entries(engine, filters, ENTRIES + sessions.len())?;
    let content = html! {
        (show_head(&overview))
        div.columns {
            div.main-column {
                (show_state(&overview))
                (show_open(request, &next))
                (show_decisions(request, &decisions))
                (show_sessions(request, &overview, &sessions))
            }
            aside.side aria-label="Weeks, files and entries" {
                (show_weeks(&overview, &activity))
                (show_files(&overview.files))
                (show_entries(&entries, &sessions))
                (show_prompt(&prompt))
            }
        }
    };
    Ok(wrap_page(&PageParts {
        title: &overview.project,
        place: "",
        query: "",
        content,
    }))
}

fn ask_decisions(
    engine: &Engine,
    request: &PageRequest,
    filters: &Filters,
) -> Result<DecisionsResponse> {
    let wants_all = request.parameter("decisions") == "all";
    let decisions = DecisionsRequest {
        filters: filters.clone(),
        limit: Some(if wants_all { ALL } else { DECISIONS }),
    };
    ask(engine, Request::Decisions(decisions), pick!(Decisions))
}

/// Returns the entries that were changed last.
fn ask_entries(engine: &Engine, filters: Filters, limit: usize) -> Result<Vec<ListedEntry>> {
    let entries = ListRequest {
        filters,
        sort: ListSort::Time,
        limit: Some(limit),
    };
    Ok(ask(engine, Request::List(entries), pick!(List))?.entries)
}

fn show_head(overview: &ProjectOverviewResponse) -> Markup {
    html! {
        header.head {
            p.crumbs { "Project" }
            h1 { (overview.project) }
            p.sub {
                (count(overview.sessions, "session", "sessions")) " · "
                (count(overview.entries, "entry", "entries")) " · "
                a href=(search_address(&[("project", &overview.project)])) { "search in it" }
            }
        }
    }
}

fn show_state(overview: &ProjectOverviewResponse) -> Markup {
    html! {
        @if let Some(state) = &overview.state {
            section.state {
                h2 { "State" }
                p.lead { (state) }
                @if let Some(time) = &overview.state_time { p.meta { "as of " (show_day(time)) } }
            }
        }
    }
}

fn show_open(request: &PageRequest, next: &[OpenWork]) -> Markup {
    html! {
        section {
            h2 { "Next" }
            @if count_open(next) == 0 { p.meta { "Nothing is open." } }
            @if !next.is_empty() {
                (show_sign_in(request))
                (fold_steps(request, next, STEPS, StepPlace::Project))
            }
        }
    }
}

fn show_decisions(request: &PageRequest, found: &DecisionsResponse) -> Markup {
    let month = |time: &str| time.get(..7).unwrap_or_default().to_owned();
    let months = found
        .decisions
        .chunk_by(|a, b| month(&a.time) == month(&b.time));
    let named = |time: &str| {
        let first = parse_day(&format!("{}-01", month(time)));
        first.map_or(String::new(), |day| day.format("%B %Y").to_string())
    };
    let shown = found.decisions.len() as u64;
    html! {
        @if shown > 0 {
            section {
                h2 { "Decisions" }
                @for decisions in months {
                    h3.month { (named(&decisions[0].time)) }
                    ul.decisions { @for one in decisions { (show_listed_decision(one, StepPlace::Project)) } }
                }
                @if found.total > shown {
                    p.pages {
                        a href=(address_of_all(request, "decisions")) {
                            (count(found.total - shown, "earlier decision", "earlier decisions"))
                        }
                    }
                }
            }
        }
    }
}

fn show_sessions(
    request: &PageRequest,
    overview: &ProjectOverviewResponse,
    sessions: &[ListedSession],
) -> Markup {
    let wants_all = request.parameter("sessions") == "all";
    let shown = if wants_all { ALL } else { SESSIONS }.min(sessions.len());
    let others = overview.sessions.saturating_sub(shown as u64);
    html! {
        @if !sessions.is_empty() {
            section {
                h2 { "Sessions" }
                ol.items.dated {
                    @for session in &sessions[..shown] { (show_session_row(&overview.project, session)) }
                }
                @if others > 0 && !wants_all {
                    p.pages {
                        a href=(address_of_all(request, "sessions")) {
                            (count(others, "earlier session", "earlier sessions"))
                        }
                    }
                }
            }
        }
    }
}

fn show_session_row(project: &str, session: &ListedSession) -> Markup {
    let summary = session.summary.trim();
    let facts = sum_up_session(session);
    html! {
        li.item {
            span.clock { (show_day(&session.started)) }
            div {
                a.what href=(session_address(project, &session.id)) {
                    (show_text(if summary.is_empty() { &session.id } else { summary }))
                }
                p.meta {
                    @if session.status == "active" {
                        span.pulse aria-hidden="true" {} " running since "
                        (show_clock(&session.started))
                        @if !facts.is_empty() { " · " }
                    }
                    (facts)
                }
            }
        }
    }
}

fn show_weeks(overview: &ProjectOverviewResponse, activity: &ActivityResponse) -> Markup {
    let of_sessions = overview.weeks.iter();
    let of_sessions =
        of_sessions.filter_map(|week| Some((parse_day(&week.monday)?, week.sessions)));
    let mut weeks: Vec<(NaiveDate, u64)> = of_sessions.collect();
    let noun = if weeks.is_empty() {
        weeks = weeks_of_days(&activity.days);
        ("note", "notes")
    } else {
        ("session", "sessions")
    };
    let today = parse_day(&activity.today);
    html! {
        @if let Some(today) = today.filter(|_| !weeks.is_empty()) {
            section {
                h2.quiet { "By week" }
                (draw_weeks(&weeks, today, noun))
            }
        }
    }
}

fn show_files(files: &[TouchedFile]) -> Markup {
    html! {
        @if !files.is_empty() {
            section {
                h2.quiet { "Files most touched" }
                ul.files {
                    @for file in files.iter().take(FILES) {
                        li.row {
                            code { (file.path) }
                            span.number aria-label=(count(file.sessions, "session", "sessions")) role="img" {
                                (file.sessions)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shows entries that are no records of the sessions which the page lists.
fn show_entries(entries: &[ListedEntry], sessions: &[ListedSession]) -> Markup {
    let is_listed = |entry: &&ListedEntry| !sessions.iter().any(|one| one.path == entry.path);
    let entries: Vec<_> = entries.iter().filter(is_listed).take(ENTRIES).collect();
    html! {
        @if !entries.is_empty() {
            section {
                h2.quiet { "Entries" }
                ul.plain {
                    @for entry in entries {
                        li {
                            a href=(entry_address(&entry.path)) { (cut_title(&entry.title)) }
                            p.meta { (show_day(&entry.time)) }
                        }
                    }
                }
            }
        }
    }
}
