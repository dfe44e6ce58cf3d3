//! One entry, rendered, with its contents and links.

use super::address::{entry_address, line_address, project_address, search_address};
use super::dates::{count, group_digits, show_day};
use super::shell::{PageParts, wrap_page};
use super::{PageRequest, ask, pick};
use crate::error::Result;
use crate::markdown::html::{list_anchors, render_sections};
use crate::markdown::parse_document;
use crate::model::{Section, Zone};
use crate::ops::{
    Backlink, Engine, EntryName, GetMetadataResponse, GetRequest, LinksRequest, LinksResponse,
    OutgoingLink, Part, Request,
};
use maud::{Markup, PreEscaped, html};
use std::collections::HashMap;
use std::ops::Range;

/// How much of an entry is on one page, in bytes; a section is not cut for it.
const PAGE: usize = 192 << 10;
/// How many headings, links and backlinks are listed.
const CONTENTS: usize = 200;
const LINKS: usize = 100;

/// Shows the entry at a path; of a long one the part that holds the line.
pub(super) fn show_entry(engine: &Engine, request: &PageRequest, path: &str) -> Result<Markup> {
    let get = |part: Part| {
        Request::Get(GetRequest {
            entry: EntryName::Path(path.to_owned()),
            part,
            raw: false,
        })
    };
    let entry = ask(engine, get(Part::Metadata), pick!(GetMetadata))?;
    let text = ask(engine, get(Part::Whole), pick!(Get))?.content;
    let links = LinksRequest {
        entry: EntryName::Path(entry.path.clone()),
    };
    let links = ask(engine, Request::Links(links), pick!(Links))?;
    let sections = parse_document(&text, Zone::UTC).sections;
    let anchors = list_anchors(&sections);
    let parts = split_parts(&sections);
    let line = request.parameter("line").parse().unwrap_or(1);
    let part = find_part(&sections, &parts, line);
    let range = parts.get(part).cloned().unwrap_or(0..0);
    let resolve = resolver(&links.links);
    let html = render_sections(
        &text,
        &sections,
        &anchors,
        range.clone(),
        &entry.title,
        &resolve,
    );
    let pages = show_parts(&entry.path, &sections, &parts, part);
    let content = html! {
        (show_head(&entry))
        div.columns {
            div.main-column {
                (pages)
                article.prose.markdown { (PreEscaped(html)) }
                (pages)
            }
            aside.side aria-label="Contents and links" {
                (show_contents(&sections[range.clone()], &anchors[range], &entry.title))
                (show_backlinks(&links.backlinks))
                (show_links(&links))
                (show_facts(&entry))
            }
        }
    };
    Ok(wrap_page(&PageParts {
        title: &entry.title,
        place: "",
        query: "",
        content,
    }))
}

/// Returns what finds the address of a link by its target.
fn resolver(links: &[OutgoingLink]) -> impl Fn(&str, bool) -> Option<String> {
    let mut known: HashMap<(String, bool), String> = HashMap::new();
    for link in links {
        if let Some(path) = &link.path {
            known.insert((link.target.clone(), link.wiki), entry_address(path));
        }
    }
    move |target, wiki| known.get(&(target.to_owned(), wiki)).cloned()
}

/// Splits sections into parts for one page each.
fn split_parts(sections: &[Section]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut first, mut bytes) = (0, 0);
    for (number, section) in sections.iter().enumerate() {
        if bytes > 0 && bytes + section.range.len() > PAGE {
            parts.push(first..number);
            (first, bytes) = (number, 0);
        }
        bytes += section.range.len();
    }
    parts.push(first..sections.len());
    parts
}

/// Returns which part holds a line.
fn find_part(sections: &[Section], parts: &[Range<usize>], line: u32) -> usize {
    let begins = |part: &&Range<usize>| sections.get(part.start).is_some_and(|s| s.line <= line);
    let before = parts.iter().take_while(begins).count();
    before.saturating_sub(1)
}

fn show_parts(path: &str, sections: &[Section], parts: &[Range<usize>], part: usize) -> Markup {
    let address = |part: usize| {
        let first = sections.get(parts.get(part)?.start)?;
        Some(line_address(path, first.line))
    };
    let before = part.checked_sub(1).and_then(address);
    html! {
        @if parts.len() > 1 {
            nav.parts aria-label="Parts of the entry" {
                @if let Some(before) = before { a href=(before) rel="prev" { "Before" } }
                span { "Part " (part + 1) " of " (parts.len()) }
                @if let Some(next) = address(part + 1) { a href=(next) rel="next" { "After" } }
                @if let Some(last) = address(parts.len() - 1).filter(|_| part + 2 < parts.len()) {
                    a href=(last) { "Last" }
                }
            }
        }
    }
}

fn show_head(entry: &GetMetadataResponse) -> Markup {
    let directory = entry.path.rsplit_once('/').map(|(directory, _)| directory);
    html! {
        header.head {
            p.crumbs {
                @if let Some(project) = &entry.project {
                    a href=(project_address(project)) { (project) }
                } @else if let Some(directory) = directory {
                    (directory)
                }
            }
            h1 { (entry.title) }
            @if let Some(description) = &entry.description { p.sub { (description) } }
            @if !entry.tags.is_empty() {
                p.sub {
                    @for tag in &entry.tags {
                        a.tag href=(search_address(&[("tag", tag)])) { "#" (tag) } " "
                    }
                }
            }
        }
    }
}

fn show_contents(sections: &[Section], anchors: &[String], title: &str) -> Markup {
    let is_listed = |(section, _): &(&Section, &String)| {
        (1..=4).contains(&section.level) && !section.heading.is_empty() && section.heading != title
    };
    let listed: Vec<_> = sections.iter().zip(anchors).filter(is_listed).collect();
    let top = listed
        .iter()
        .map(|(section, _)| section.level)
        .min()
        .unwrap_or(1);
    html! {
        @if listed.len() > 1 {
            nav.contents aria-label="Contents" {
                h2.quiet { "Contents" }
                ol.plain {
                    @for (section, anchor) in listed.iter().take(CONTENTS) {
                        li.(format!("depth-{}", section.level - top)) {
                            a href=(format!("#{anchor}")) { (section.heading) }
                        }
                    }
                }
                @if listed.len() > CONTENTS {
                    p.meta { "and " (listed.len() - CONTENTS) " more" }
                }
            }
        }
    }
}

fn show_backlinks(backlinks: &[Backlink]) -> Markup {
    // Each entry once, at its first link.
    let mut backlinks = backlinks.to_vec();
    backlinks.dedup_by(|link, before| link.path == before.path);
    html! {
        @if !backlinks.is_empty() {
            section {
                h2.quiet { "Linked from " span.number { (backlinks.len()) } }
                ul.plain {
                    @for link in backlinks.iter().take(LINKS) {
                        li { a href=(line_address(&link.path, link.line)) { (link.title) } }
                    }
                }
            }
        }
    }
}

fn show_links(links: &LinksResponse) -> Markup {
    let mut shown: Vec<(&str, Option<&str>)> = Vec::new();
    for link in &links.links {
        let title = link.title.as_deref().unwrap_or(&link.target);
        let known = (title, link.path.as_deref());
        if !shown.contains(&known) && shown.len() < LINKS {
            shown.push(known);
        }
    }
    html! {
        @if !shown.is_empty() {
            section {
                h2.quiet { "Links" }
                ul.plain {
                    @for (title, path) in shown {
                        li {
                            @match path {
                                Some(path) => a href=(entry_address(path)) { (title) },
                                None => { span.missing { (title) } " " span.meta { "leads nowhere" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn show_facts(entry: &GetMetadataResponse) -> Markup {
    html! {
        section {
            h2.quiet { "Entry" }
            dl.facts {
                dt { "Path" } dd { code { (entry.path) } }
                @if let Some(time) = &entry.created { dt { "Created" } dd { (show_day(time)) } }
                @if let Some(time) = &entry.updated { dt { "Updated" } dd { (show_day(time)) } }
                @if !entry.aliases.is_empty() { dt { "Also" } dd { (entry.aliases.join(", ")) } }
                dt { "Size" }
                dd {
                    (group_digits(entry.bytes)) " bytes, "
                    (count(entry.sections.len() as u64, "section", "sections"))
                }
            }
        }
    }
}
