//! The first page: what runs, what is next, what was done.

use super::address::{entry_address, project_address, query_of, session_address};
use super::calendar::draw_calendar;
use super::dates::{count, day_of, name_day, name_span, parse_day, show_clock, show_day};
use super::inline::{cut_title, show_text};
use super::session::show_listed_decision;
use super::shell::{PageParts, wrap_page};
use super::steps::{StepPlace, count_open, find_steps, fold_steps, show_sign_in};
use super::timeline::{key_sessions, show_days};
use super::{PageRequest, ask, pick};
use crate::agents::Agent;
use crate::agents::install::installable_agents;
use crate::error::{Error, Result};
use crate::ops::{
    ActivityRequest, ActivityResponse, DecisionsRequest, Engine, Filters, ListRequest, ListSort,
    ListedDecision, ListedProject, LogListRequest, LogRequest, OpenWork, ProjectsRequest,
    RecentItem, RecentRequest, Request, RunningSession,
};
use chrono::NaiveDate;
use maud::{Markup, html};

/// How many sessions and notes are on a page.
const ITEMS: usize = 80;
/// How many open steps are shown before the others.
const STEPS: usize = 8;
/// How many projects are shown.
const PROJECTS: usize = 16;
/// How many decisions are shown.
const DECISIONS: usize = 4;
/// How many entries are shown where nothing has a date.
const ENTRIES: usize = 20;

/// Shows the page. With `until`, the days up to that one.
pub(super) fn show_today(engine: &Engine, request: &PageRequest) -> Result<maud::Markup> {
    let until = request.parameter("until");
    let activity = ask(engine, year_of_activity(), pick!(Activity))?;
    let today = parse_day(&activity.today)
        .ok_or_else(|| Error::failed(format!("'{}' is no day", activity.today)))?;
    let recent = RecentRequest {
        limit: Some(ITEMS),
        filters: Filters {
            until: (!until.is_empty()).then(|| until.to_owned()),
            ..Filters::default()
        },
    };
    let recent = ask(engine, Request::Recent(recent), pick!(Recent))?;
    let content = if until.is_empty() {
        show_now(engine, request, (&activity, today), &recent.items)?
    } else {
        html! {
            header.head {
                h1 { "Earlier" }
                p.sub { "Up to " (parse_day(until).map_or(until.to_owned(), name_day)) }
            }
            (show_work(engine, &recent.items, today, until)?)
        }
    };
    Ok(wrap_page(&PageParts {
        title: if until.is_empty() { "Today" } else { "Earlier" },
        place: "/",
        query: "",
        content,
    }))
}

fn year_of_activity() -> Request {
    Request::Activity(ActivityRequest {
        filters: Filters {
            since: Some("54w".to_owned()),
            ..Filters::default()
        },
    })
}

fn show_now(
    engine: &Engine,
    request: &PageRequest,
    (activity, today): (&ActivityResponse, NaiveDate),
    items: &[RecentItem],
) -> Result<Markup> {
    let running = ask(
        engine,
        Request::Log(LogRequest::Status {}),
        pick!(LogStatus),
    )?
    .running;
    let next = find_steps(engine, request, None)?;
    let projects = ProjectsRequest {
        limit: Some(PROJECTS),
        ..ProjectsRequest::default()
    };
    let projects = ask(engine, Request::Projects(projects), pick!(Projects))?;
    let decisions = DecisionsRequest {
        limit: Some(DECISIONS),
        ..DecisionsRequest::default()
    };
    let decided = ask(engine, Request::Decisions(decisions), pick!(Decisions))?.decisions;
    if items.is_empty() && running.is_empty() && next.is_empty() {
        return Ok(show_beginning(today));
    }
    Ok(html! {
        header.head {
            h1 { time datetime=(today) { (name_day(today)) } }
            p.sub { (sum_up_work(&running, &next)) }
        }
        @if !running.is_empty() {
            section.running-now {
                h2.quiet { "Running now" }
                div.cards { @for session in &running { (show_running(session)) } }
            }
        }
        div.columns {
            // In front of the days, which are many: on a phone it comes first.
            aside.side aria-label="What is open, and projects" {
                (show_next(request, &next))
                (show_decided(&decided))
                (show_projects(&projects.projects, projects.total))
            }
            div.main-column { (show_work(engine, items, today, "")?) }
        }
        section.year {
            h2.quiet { "The last year" }
            (draw_calendar(&activity.days, today))
        }
    })
}

/// Returns how much runs and is open.
fn sum_up_work(running: &[RunningSession], next: &[OpenWork]) -> String {
    let is_blocker = |item: &&OpenWork| item.kind == "blocker" && !item.done;
    let blockers = next.iter().filter(is_blocker).count() as u64;
    let steps = count_open(next) as u64 - blockers;
    let running = running.len() as u64;
    let parts = [
        (running > 0).then(|| count(running, "session running", "sessions running")),
        (steps > 0).then(|| count(steps, "step open", "steps open")),
        (blockers > 0).then(|| count(blockers, "blocker", "blockers")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        return "Nothing runs, and nothing is open".to_owned();
    }
    parts.join(" · ")
}

fn show_running(session: &RunningSession) -> Markup {
    let told = [&session.goal, &session.last_event];
    let told: Vec<&str> = told.into_iter().flatten().map(String::as_str).collect();
    html! {
        article.card.running {
            h3 {
                a href=(session_address(&session.project, &session.id)) {
                    (show_text(told.first().copied().unwrap_or("Session without a goal yet")))
                }
            }
            @if let Some(last) = told.get(1) { p.last { (show_text(last)) } }
            p.meta {
                span.pulse role="img" aria-label="running" {}
                " " a href=(project_address(&session.project)) { (session.project) }
                @if let Some(agent) = &session.agent { " · " (agent) }
                " · since " (show_clock(&session.started))
                @if session.minutes > 0 { " · " (name_span(session.minutes)) }
                @if session.files > 0 { " · " (count(session.files, "file", "files")) }
                @if session.decisions > 0 {
                    " · " (count(session.decisions, "decision", "decisions"))
                }
                @if session.open_blockers > 0 {
                    " · " span.warn-text { (count(session.open_blockers, "blocker", "blockers")) }
                }
                @if session.abandoned { " · its process is gone" }
            }
        }
    }
}

fn show_next(request: &PageRequest, next: &[OpenWork]) -> Markup {
    html! {
        section.next {
            @let open = count_open(next);
            h2.quiet { "Next" @if open > 0 { " " span.number { (open) } } }
            @if open == 0 { p.meta { "Nothing is open." } }
            @if !next.is_empty() {
                (show_sign_in(request))
                (fold_steps(request, next, STEPS, StepPlace::Everywhere))
            }
        }
    }
}

/// Shows what was decided lately: it holds on, whatever is done meanwhile.
fn show_decided(decisions: &[ListedDecision]) -> Markup {
    html! {
        @if !decisions.is_empty() {
            section {
                h2.quiet { "Decided lately" }
                ul.decisions { @for one in decisions { (show_listed_decision(one, StepPlace::Everywhere)) } }
            }
        }
    }
}

/// Shows the projects with the latest activity, and how many there are.
fn show_projects(projects: &[ListedProject], total: u64) -> Markup {
    html! {
        @if !projects.is_empty() {
            section {
                h2.quiet {
                    "Projects"
                    @if total > projects.len() as u64 { " " span.number { (total) } }
                }
                ul.plain {
                    @for one in projects { li { (show_project_line(one)) } }
                }
            }
        }
    }
}

fn show_project_line(project: &ListedProject) -> Markup {
    let open = project.open_steps + project.open_blockers;
    html! {
        a href=(project_address(&project.project)) { (project.project) }
        p.meta {
            @if project.running > 0 { "running" } @else { (show_day(&project.last_activity)) }
            @if open > 0 { " · " (open) " open" }
        }
    }
}

/// Shows days, and the way to earlier ones.
fn show_work(
    engine: &Engine,
    items: &[RecentItem],
    today: NaiveDate,
    until: &str,
) -> Result<Markup> {
    let list = LogRequest::List(LogListRequest {
        limit: 2 * ITEMS,
        ..LogListRequest::default()
    });
    let sessions = ask(engine, Request::Log(list), pick!(LogList))?.sessions;
    let (shown, earlier) = cut_last_day(items);
    let shown: Vec<&RecentItem> = shown.iter().filter(|item| !item.running).collect();
    if shown.is_empty() {
        return show_entries(engine, until);
    }
    Ok(html! {
        (show_days(&shown, &key_sessions(&sessions), today))
        @if let Some(day) = earlier {
            p.pages { a href=(format!("/{}", query_of(&[("until", &day)]))) { "Earlier days" } }
        }
    })
}

/// Shows what there is where nothing has a date: the entries that were written last.
fn show_entries(engine: &Engine, until: &str) -> Result<Markup> {
    let list = ListRequest {
        filters: Filters {
            until: (!until.is_empty()).then(|| until.to_owned()),
            ..Filters::default()
        },
        sort: ListSort::Time,
        limit: Some(ENTRIES),
    };
    let entries = ask(engine, Request::List(list), pick!(List))?.entries;
    Ok(html! {
        @if entries.is_empty() {
            p.meta { "Nothing has been noted." }
        } @else {
            section {
                h2 { "Written last" }
                ol.items.dated {
                    @for entry in &entries {
                        li.item {
                            span.clock { (show_day(&entry.time)) }
                            div {
                                a.what href=(entry_address(&entry.path)) { (cut_title(&entry.title)) }
                                p.meta { (entry.path) }
                            }
                        }
                    }
                }
            }
        }
    })
}

/// Cuts off the day that may go on behind a full list, and returns it. A day that fills the list
/// alone is shown as far as it goes, and the day before it is returned.
fn cut_last_day(items: &[RecentItem]) -> (&[RecentItem], Option<String>) {
    let Some(last) = items.last().filter(|_| items.len() == ITEMS) else {
        return (items, None);
    };
    let last = day_of(&last.time);
    let of_last = items.iter().rev();
    let of_last = of_last
        .take_while(|item| day_of(&item.time) == last)
        .count();
    if of_last < items.len() {
        let kept = items.len() - of_last;
        return (&items[..kept], Some(last.to_owned()));
    }
    let before = parse_day(last).and_then(|day| day.pred_opt());
    (items, before.map(|day| day.to_string()))
}

/// Shows how to begin, where there is nothing yet.
fn show_beginning(today: NaiveDate) -> Markup {
    let agents = installable_agents().map(Agent::name).collect::<Vec<_>>();
    let first = format!("mx install {}", agents.first().copied().unwrap_or("all"));
    let others = agents.get(1..).unwrap_or_default().join(", ");
    let records = format!("lets your agent record its sessions by itself; also {others}");
    let ways = [
        (first.as_str(), records.as_str()),
        (
            "mx log start --goal \"Sign in with OAuth2\"",
            "begins the record of a session",
        ),
        (
            "mx session-log -m \"Fixed the login test\" --entry projects/demo/sessions.md",
            "writes a note",
        ),
    ];
    html! {
        header.head {
            h1 { "Nothing to remember yet" }
            p.sub { (name_day(today)) }
        }
        div.prose {
            p {
                "What you and your coding agents do, decide and learn will stand here, day by day. "
                "In a terminal:"
            }
            dl.ways {
                @for (command, what) in ways {
                    dt { code { (command) } }
                    dd { (what) }
                }
            }
            p.meta { "This page shows it as soon as it is written." }
        }
    }
}
