//! Open steps and blockers, with boxes to tick.

use super::address::{encode_text, project_address, session_address};
use super::dates::{group_digits, show_day};
use super::inline::show_text;
use super::{PageRequest, ask, pick};
use crate::error::Result;
use crate::ops::{Engine, Filters, NextRequest, OpenWork, Request};
use maud::{Markup, html};

/// The parameter that names what was ticked on a page which shows what is open: it stays there until
/// one leaves, so that a slip can be taken back.
const TICKED: &str = "ticked";
/// How many of them are remembered.
const MOST_TICKED: usize = 20;

/// Where steps are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StepPlace {
    /// Among those of all projects.
    Everywhere,
    /// Among those of one project.
    Project,
    /// On the page of the session that noted them.
    Session,
}

/// Returns what is open, of one project or of all, and what was just ticked on this page.
pub(super) fn find_steps(
    engine: &Engine,
    request: &PageRequest,
    project: Option<&str>,
) -> Result<Vec<OpenWork>> {
    let mut ticked = request.parameters(TICKED).peekable();
    let next = NextRequest {
        filters: Filters {
            project: project.map(str::to_owned),
            ..Filters::default()
        },
        all: ticked.peek().is_some(),
    };
    let ticked: Vec<&str> = ticked.collect();
    let mut items = ask(engine, Request::Next(next), pick!(Next))?.items;
    items.retain(|item| !item.done || ticked.contains(&item.id.as_str()));
    Ok(items)
}

/// Returns how many of some steps and blockers are open.
pub(super) fn count_open(items: &[OpenWork]) -> usize {
    items.iter().filter(|item| !item.done).count()
}

/// Shows steps and blockers as a list.
pub(super) fn list_steps<'a>(
    request: &PageRequest,
    items: impl Iterator<Item = &'a OpenWork>,
    place: StepPlace,
) -> Markup {
    html! {
        ul.steps {
            @for item in items {
                li.step.done[item.done].blocker[item.kind == "blocker"] {
                    (show_box(request, item, place))
                    div {
                        p.step-text {
                            @if item.kind == "blocker" { span.chip.warn { "blocked" } " " }
                            (show_text(&item.text))
                        }
                        (show_origin(item, place))
                    }
                }
            }
        }
    }
}

/// How many steps are behind a fold, unless all are wanted.
const FOLDED: usize = 100;

/// Shows the first steps and blockers, the others behind a fold, and of very many the way to all. The
/// parameter `steps` of a page asks for these.
pub(super) fn fold_steps(
    request: &PageRequest,
    items: &[OpenWork],
    first: usize,
    place: StepPlace,
) -> Markup {
    let (shown, others) = items.split_at(first.min(items.len()));
    let wants_all = request.parameter("steps") == "all";
    let folded = if wants_all {
        others.len()
    } else {
        others.len().min(FOLDED)
    };
    html! {
        (list_steps(request, shown.iter(), place))
        @if !others.is_empty() {
            details.more open[wants_all] {
                summary { (group_digits(others.len() as u64)) " more" }
                (list_steps(request, others[..folded].iter(), place))
                @if folded < others.len() {
                    p.pages {
                        a href=(address_of_all(request, "steps")) {
                            "All " (group_digits(items.len() as u64))
                        }
                    }
                }
            }
        }
    }
}

/// Returns the address of the same page with all of what a parameter names.
pub(super) fn address_of_all(request: &PageRequest, name: &str) -> String {
    let mut wanted = request.clone();
    wanted.query.retain(|(known, _)| known != name);
    wanted.query.push((name.to_owned(), "all".to_owned()));
    own_address(&wanted, None)
}

/// Shows a reader who may not tick how to sign in.
pub(super) fn show_sign_in(request: &PageRequest) -> Markup {
    html! {
        @if !request.token_ok {
            p.meta.sign-in { "To tick steps here, open the link that " code { "mx serve" } " prints last." }
        }
    }
}

fn show_origin(item: &OpenWork, place: StepPlace) -> Markup {
    if place == StepPlace::Session {
        return html! {};
    }
    html! {
        p.meta {
            @if place == StepPlace::Everywhere {
                a href=(project_address(&item.project)) { (item.project) }
                " · "
            }
            a href=(session_address(&item.project, &item.session)) { (show_day(&item.date)) }
        }
    }
}

/// Shows the box; where nothing may be written, it only shows the state.
fn show_box(request: &PageRequest, item: &OpenWork, place: StepPlace) -> Markup {
    let state = match (item.kind.as_str(), item.done) {
        ("blocker", true) => "Resolved",
        ("blocker", false) => "Unresolved",
        (_, true) => "Done",
        (_, false) => "Open",
    };
    // A resolution that was stated is not thrown away by a slip of the finger.
    if !request.token_ok || item.resolution.is_some() {
        return html! { span.tick role="img" aria-label=(state) {} };
    }
    let (verb, action) = match (item.kind.as_str(), item.done) {
        (_, true) => ("Mark as open again", "/next/undo"),
        ("blocker", false) => ("Mark as resolved", "/next/done"),
        (_, false) => ("Mark as done", "/next/done"),
    };
    let ticked = (place != StepPlace::Session && !item.done).then_some(item.id.as_str());
    html! {
        form.tick-form method="post" action=(action) {
            input type="hidden" name="nonce" value=(request.nonce);
            input type="hidden" name="id" value=(item.id);
            input type="hidden" name="back" value=(own_address(request, ticked));
            button.tick type="submit" aria-label=(format!("{verb}: {}", item.text)) {}
        }
    }
}

/// Returns the address of the page that is asked for, once something is ticked.
fn own_address(request: &PageRequest, ticked: Option<&str>) -> String {
    let path: Vec<String> = request.path.split('/').map(encode_text).collect();
    let before = request.query.iter();
    let mut query: Vec<(&str, &str)> = before.map(|(name, value)| (&**name, &**value)).collect();
    if let Some(id) = ticked {
        query.retain(|pair| *pair != (TICKED, id));
        let is_ticked = |pair: &&(&str, &str)| pair.0 == TICKED;
        if query.iter().filter(is_ticked).count() >= MOST_TICKED {
            let oldest = query.iter().position(|pair| pair.0 == TICKED);
            oldest.map(|at| query.remove(at));
        }
        query.push((TICKED, id));
    }
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", encode_text(name), encode_text(value)))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", path.join("/"), query.join("&"))
}
