//! What is not as it should be, and what to do about it.

use super::address::{entry_address, line_address};
use super::dates::{count, group_digits, show_moment};
use super::shell::{PageParts, wrap_page};
use super::{PageRequest, ask, pick};
use crate::error::Result;
use crate::ops::{
    AgentHealth, DoctorRequest, DoctorResponse, Engine, Finding, HooksState, InfoResponse,
    ListRequest, ListSort, Request, Severity,
};
use maud::{Markup, html};
use std::collections::HashSet;

/// How many findings of one kind are shown before the others.
const ALIKE: usize = 8;

/// Shows the page.
pub(super) fn show_health(engine: &Engine, _request: &PageRequest) -> Result<Markup> {
    let doctor = ask(
        engine,
        Request::Doctor(DoctorRequest::default()),
        pick!(Doctor),
    )?;
    // What cannot be described is among the findings.
    let info = ask(engine, Request::Info, pick!(Info)).ok();
    let entries = list_paths(engine);
    let content = html! {
        (show_head(&doctor))
        div.columns {
            div.main-column {
                @for alike in doctor.findings.chunk_by(|a, b| a.kind() == b.kind()) {
                    (show_findings(alike, &entries))
                }
                @if doctor.findings.is_empty() {
                    p.lead { "Permissions, index, locks, entries, links, records and hooks were looked at." }
                }
            }
            aside.side aria-label="Agents and knowledge base" {
                (show_agents(&doctor.agents))
                @if let Some(info) = &info { (show_info(info)) }
            }
        }
    };
    Ok(wrap_page(&PageParts {
        title: "Health",
        place: "/health",
        query: "",
        content,
    }))
}

/// Returns the paths of all entries: what a finding names may be none, or not be there.
fn list_paths(engine: &Engine) -> HashSet<String> {
    let list = ListRequest {
        sort: ListSort::Path,
        ..ListRequest::default()
    };
    let listed = ask(engine, Request::List(list), pick!(List));
    let entries = listed.map(|listed| listed.entries).unwrap_or_default();
    entries.into_iter().map(|entry| entry.path).collect()
}

fn show_head(doctor: &DoctorResponse) -> Markup {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let errors = doctor.findings.iter().filter(is_error).count() as u64;
    let warnings = doctor.findings.len() as u64 - errors;
    html! {
        header.head {
            h1 {
                @if doctor.findings.is_empty() { "All is well" }
                @else if doctor.working { "It works" }
                @else { "Something is broken" }
            }
            p.sub {
                (count(doctor.entries, "entry", "entries")) " looked at"
                @if errors > 0 { " · " (count(errors, "error", "errors")) }
                @if warnings > 0 { " · " (count(warnings, "warning", "warnings")) }
            }
        }
    }
}

fn show_findings(alike: &[Finding], entries: &HashSet<String>) -> Markup {
    let Some(first) = alike.first() else {
        return html! {};
    };
    let shown = alike.len().min(ALIKE);
    html! {
        section.finding {
            h2 {
                span.chip.(first.severity.name()) { (first.severity.name()) }
                " " (name_check(&first.check))
                @if alike.len() > 1 { " " span.number { (alike.len()) } }
            }
            ul.findings { @for finding in &alike[..shown] { (show_finding(finding, entries)) } }
            @if alike.len() > shown {
                details.more {
                    summary { (alike.len() - shown) " more" }
                    ul.findings {
                        @for finding in alike[shown..].iter().take(500) { (show_finding(finding, entries)) }
                    }
                }
            }
            p.advice { (first.advice) }
        }
    }
}

/// Returns what was checked, as a heading.
fn name_check(check: &str) -> String {
    let mut letters = check.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

fn show_finding(finding: &Finding, entries: &HashSet<String>) -> Markup {
    let is_entry = |path: &str| entries.contains(path);
    html! {
        li {
            (finding.message)
            @if let Some(path) = &finding.path {
                p.meta {
                    @match (is_entry(path), finding.line) {
                        (true, Some(line)) => a href=(line_address(path, line)) { (path) ":" (line) },
                        (true, None) => a href=(entry_address(path)) { (path) },
                        (false, _) => code { (path) },
                    }
                }
            }
        }
    }
}

fn show_agents(agents: &[AgentHealth]) -> Markup {
    html! {
        @if !agents.is_empty() {
            section {
                h2.quiet { "Agents" }
                ul.plain {
                    @for health in agents {
                        li {
                            (health.hooks.agent)
                            p.meta {
                                (name_state(health.hooks.hooks))
                                @if let Some(time) = &health.last_fired {
                                    ", last fired " (show_moment(time))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn name_state(state: HooksState) -> &'static str {
    match state {
        HooksState::Absent => "no hooks",
        HooksState::Installed => "hooks installed",
        HooksState::Partial => "some hooks missing",
        HooksState::Outdated => "hooks of another version",
        HooksState::Broken => "hooks that are not understood",
        HooksState::Disabled => "hooks switched off",
    }
}

/// Returns a size: `512 bytes`, `12 kB`, `1.2 MB`.
fn name_size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!(
            "{}.{} MB",
            group_digits(bytes / 1_000_000),
            bytes / 100_000 % 10
        ),
    }
}

fn show_info(info: &InfoResponse) -> Markup {
    html! {
        section {
            h2.quiet { "Knowledge base" }
            dl.facts {
                dt { "Root" } dd { code { (info.root) } }
                dt { "Entries" } dd { (group_digits(info.entries)) }
                dt { "Sections" } dd { (group_digits(info.sections)) }
                dt { "Tags" } dd { (group_digits(info.tags)) }
                dt { "Markdown" } dd { (name_size(info.bytes)) }
                dt { "Index" } dd { (info.index.state) ", " (name_size(info.index.bytes)) }
                dt { "Time zone" } dd { (info.timezone) }
                dt { "Version" } dd { (info.version) }
            }
        }
    }
}
