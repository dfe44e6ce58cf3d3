//! Open steps and blockers, with boxes to tick.

use super::PageRequest;
use super::address::{encode_text, project_address, session_address};
use super::dates::show_day;
use super::inline::show_text;
use crate::ops::OpenWork;
use maud::{Markup, html};

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
                    (show_box(request, item))
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

/// Shows the box; where nothing may be written, it only tells.
fn show_box(request: &PageRequest, item: &OpenWork) -> Markup {
    let state = match (item.kind.as_str(), item.done) {
        ("blocker", true) => "Resolved",
        ("blocker", false) => "Unresolved",
        (_, true) => "Done",
        (_, false) => "Open",
    };
    if item.done || !request.token_ok {
        return html! { span.tick role="img" aria-label=(state) {} };
    }
    let verb = if item.kind == "blocker" {
        "Mark as resolved"
    } else {
        "Mark as done"
    };
    html! {
        form.tick-form method="post" action="/next/done" {
            input type="hidden" name="nonce" value=(request.nonce);
            input type="hidden" name="id" value=(item.id);
            input type="hidden" name="back" value=(own_address(request));
            button.tick type="submit" aria-label=(format!("{verb}: {}", item.text)) {}
        }
    }
}

/// Returns the address of the page that is asked for.
fn own_address(request: &PageRequest) -> String {
    let path: Vec<String> = request.path.split('/').map(encode_text).collect();
    let query: Vec<String> = request
        .query
        .iter()
        .map(|(name, value)| format!("{}={}", encode_text(name), encode_text(value)))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", path.join("/"), query.join("&"))
}
