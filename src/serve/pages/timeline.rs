//! Sessions and notes, day by day and project by project.

use super::address::{line_address, project_address, search_address, session_address};
use super::dates::{complete_day, count, day_of, name_day_near, name_span, parse_day, show_clock};
use super::inline::{cut_title, show_text};
use crate::markdown::session_entry::without_links;
use crate::ops::{ListedSession, RecentItem};
use chrono::NaiveDate;
use maud::{Markup, html};
use std::collections::HashMap;

/// What is known of sessions beside what they did, by project and id.
pub(super) type KnownSessions<'a> = HashMap<(&'a str, &'a str), &'a ListedSession>;

/// Makes a directory of sessions.
pub(super) fn key_sessions(sessions: &[ListedSession]) -> KnownSessions<'_> {
    let keyed = sessions
        .iter()
        .map(|session| ((session.project.as_str(), session.id.as_str()), session));
    keyed.collect()
}

/// Shows items, which come newest first.
pub(super) fn show_days(
    items: &[&RecentItem],
    sessions: &KnownSessions<'_>,
    today: NaiveDate,
) -> Markup {
    let days = items.chunk_by(|a, b| day_of(&a.time) == day_of(&b.time));
    html! {
        @for day in days {
            @let date = day_of(&day[0].time);
            section.day {
                h2 {
                    time datetime=(date) {
                        @match parse_day(date) {
                            Some(day) => {
                                (name_day_near(day, today))
                                " " span.date { (complete_day(day, today)) }
                            }
                            None => (date),
                        }
                    }
                }
                @for (project, items) in group_by_project(day) {
                    (show_group(project, &items, sessions))
                }
            }
        }
    }
}

/// Groups the items of a day by project, those with the newest item first.
fn group_by_project<'a>(day: &[&'a RecentItem]) -> Vec<(Option<&'a str>, Vec<&'a RecentItem>)> {
    let mut groups: Vec<(Option<&str>, Vec<&RecentItem>)> = Vec::new();
    for item in day {
        let project = item.project.as_deref();
        match groups.iter_mut().find(|(known, _)| *known == project) {
            Some((_, items)) => items.push(item),
            None => groups.push((project, vec![item])),
        }
    }
    groups
}

fn show_group(
    project: Option<&str>,
    items: &[&RecentItem],
    sessions: &KnownSessions<'_>,
) -> Markup {
    html! {
        div.group {
            h3 {
                @match project {
                    Some(name) => a href=(project_address(name)) { (name) },
                    None => "No project",
                }
            }
            ol.items {
                @for item in items { (show_item(item, sessions)) }
            }
        }
    }
}

fn show_item(item: &RecentItem, sessions: &KnownSessions<'_>) -> Markup {
    let project = item.project.as_deref().unwrap_or_default();
    let session = item.session.as_deref();
    let known = session.and_then(|id| sessions.get(&(project, id)));
    let address = match session {
        Some(id) => session_address(project, id),
        None => line_address(&item.path, item.line),
    };
    let text = [&item.text, &item.heading, &item.title];
    let text = text.into_iter().find(|text| !text.trim().is_empty());
    html! {
        li.item.session[session.is_some()] {
            span.clock { (show_clock(&item.time)) }
            div {
                a.what href=(address) { (show_text(without_links(text.unwrap_or(&item.path)))) }
                p.meta {
                    @if session.is_some() { "session" }
                    @if let Some(facts) = known.map(|facts| sum_up_session(facts)).filter(|text| !text.is_empty()) { " · " (facts) }
                    @if session.is_none() { "note in " (cut_title(&item.title)) }
                    @for tag in &item.tags {
                        " " a.tag href=(search_address(&[("tag", tag)])) { "#" (tag) }
                    }
                }
            }
        }
    }
}

/// Returns what there is to count of a session, joined by dots; may be empty.
pub(super) fn sum_up_session(facts: &ListedSession) -> String {
    let minutes = facts.minutes.filter(|minutes| *minutes > 0);
    let parts = [
        minutes.map(name_span),
        (facts.files > 0).then(|| count(facts.files, "file", "files")),
        (facts.decisions > 0).then(|| count(facts.decisions, "decision", "decisions")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}
