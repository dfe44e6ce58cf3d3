//! One entry, rendered, with its contents and links.

use super::address::{entry_address, line_address, project_address, search_address};
use super::dates::{count, group_digits, show_day};
use super::inline::cut_title;
use super::shell::{PageParts, wrap_page};
use super::{PageReply, PageRequest, ask, pick};
use crate::error::{Error, Result};
use crate::markdown::decode_text;
use crate::markdown::html::{
    ShownPiece, TextPiece, find_definitions, list_anchors, render_pieces, split_text,
};
use crate::ops::{
    Backlink, Engine, EntryName, GetMetadataResponse, GetRequest, LinksRequest, LinksResponse,
    MetadataSection, OutgoingLink, Part, Raw, Request,
};
use maud::{Markup, PreEscaped, html};
use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;

/// How many headings, links and backlinks are listed.
const CONTENTS: usize = 200;
const LINKS: usize = 100;

/// Shows the entry at a path; of a long one the part that holds the line.
pub(super) fn show_entry(engine: &Engine, request: &PageRequest, path: &str) -> Result<PageReply> {
    let get = |part: Part, raw: bool| {
        Request::Get(GetRequest {
            entry: EntryName::Path(path.to_owned()),
            part,
            raw,
        })
    };
    let entry = ask(engine, get(Part::Metadata, false), pick!(GetMetadata))?;
    // Not parsed once more.
    let text = read_text(ask(engine, get(Part::Whole, true), pick!(Raw))?)?;
    let text = decode_text(&text);
    let links = LinksRequest {
        entry: EntryName::Path(entry.path.clone()),
    };
    let links = ask(engine, Request::Links(links), pick!(Links))?;
    let sections = &entry.sections;
    let anchors = list_anchors(sections.iter().map(|one| (one.level, one.heading.as_str())));
    let parts = split_text(&text, sections.iter().map(|one| one.line));
    let part = find_part(request, &parts);
    let pieces = parts.get(part).map_or(&[][..], Vec::as_slice);
    let mut shown_pieces = list_shown(&entry, &text, &anchors, pieces);
    if let Some(line) = number_of(request, "line") {
        name_line(&mut shown_pieces, line);
    }
    let rendered = render_pieces(
        &shown_pieces,
        &find_definitions(&text),
        &resolver(&links.links),
    );
    let pages = |place: &str| show_parts(&entry.path, &parts, part, place);
    let shown = match pieces {
        [first, .., last] => first.section..last.section + 1,
        [one] => one.section..one.section + 1,
        [] => 0..0,
    };
    let content = html! {
        (show_head(&entry))
        div.columns {
            div.main-column {
                (pages("above"))
                article.prose.markdown { (PreEscaped(&rendered.html)) }
                (pages("below"))
            }
            aside.side aria-label="Contents and links" {
                (show_contents(&entry, shown, &anchors, &rendered.headings))
                (show_backlinks(&links.backlinks))
                (show_links(&links))
                (show_facts(&entry))
            }
        }
    };
    let page = wrap_page(&PageParts {
        title: &cut_title(&entry.title),
        place: "",
        query: "",
        content,
    });
    Ok(PageReply::of_html(200, page))
}

fn read_text(mut raw: Raw) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = raw.read_to_end(&mut bytes);
    read.map_err(|cause| Error::failed(format!("cannot read {}: {cause}", raw.path())))?;
    Ok(bytes)
}

fn list_shown<'t>(
    entry: &GetMetadataResponse,
    text: &'t str,
    anchors: &'t [String],
    pieces: &[TextPiece],
) -> Vec<ShownPiece<'t>> {
    let shown = |piece: &TextPiece| {
        let section = entry.sections.get(piece.section)?;
        let anchor = anchors.get(piece.section).map(String::as_str);
        let source = text.get(piece.range.clone())?;
        let is_title = section.level == 1 && section.heading.trim() == entry.title.trim();
        Some(ShownPiece {
            source: if piece.opening.is_empty() {
                source.into()
            } else {
                format!("{}{source}", piece.opening).into()
            },
            line: piece.line,
            anchor: anchor.filter(|_| section.level > 0 && piece.is_first),
            skips_heading: is_title && piece.is_first,
        })
    };
    pieces.iter().filter_map(shown).collect()
}

/// Names the piece that holds a line by it: a link may name any line, and a browser stays at the top
/// where nothing has that name. A line in front of all pieces names the first.
fn name_line(pieces: &mut [ShownPiece<'_>], line: u32) {
    let behind = pieces.partition_point(|piece| piece.line <= line);
    if let Some(piece) = pieces.get_mut(behind.saturating_sub(1)) {
        piece.line = line;
    }
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

/// Returns which part is wanted: that of a number, else the first that holds the line.
fn find_part(request: &PageRequest, parts: &[Vec<TextPiece>]) -> usize {
    if let Some(part) = number_of(request, "part") {
        return (part as usize).clamp(1, parts.len()) - 1;
    }
    let line = number_of(request, "line").unwrap_or(1);
    let begins_before = |part: &Vec<TextPiece>| {
        let first = part.first();
        first.is_none_or(|one| one.line < line || one.line == line && one.begins_line)
    };
    parts.partition_point(begins_before).max(1) - 1
}

fn number_of(request: &PageRequest, name: &str) -> Option<u32> {
    request.parameter(name).parse().ok()
}

/// Shows where the parts are; `place` distinguishes those above the text from those below it.
fn show_parts(path: &str, parts: &[Vec<TextPiece>], part: usize, place: &str) -> Markup {
    let address = |part: usize| {
        let first = parts.get(part)?.first()?;
        // A line stays where it is longer than a number of a part.
        Some(if first.begins_line {
            line_address(path, first.line)
        } else {
            format!("{}?part={}", entry_address(path), part + 1)
        })
    };
    let before = part.checked_sub(1).and_then(address);
    html! {
        @if parts.len() > 1 {
            nav.parts aria-label={ "Parts of the entry, " (place) " it" } {
                @if let Some(before) = before { a href=(before) rel="prev" { "Before" } }
                span { "Part " (part + 1) " of " (group_digits(parts.len() as u64)) }
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
            h1 { (cut_title(&entry.title)) }
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

/// Shows the contents of the sections that are shown, with their headings as the text shows them.
fn show_contents(
    entry: &GetMetadataResponse,
    shown: Range<usize>,
    anchors: &[String],
    headings: &[Option<String>],
) -> Markup {
    let sections = entry.sections[shown.clone()].iter();
    let is_listed = |section: &MetadataSection| {
        let heading = section.heading.as_str();
        (1..=4).contains(&section.level) && !heading.is_empty() && heading != entry.title
    };
    let listed: Vec<_> = sections
        .zip(&anchors[shown])
        .zip(headings)
        .filter(|((section, _), _)| is_listed(section))
        .collect();
    let top = listed
        .iter()
        .map(|((section, _), _)| section.level)
        .min()
        .unwrap_or(1);
    html! {
        @if listed.len() > 1 {
            nav.contents aria-label="Contents" {
                h2.quiet { "Contents" }
                ol.plain {
                    @for ((section, anchor), heading) in listed.iter().take(CONTENTS) {
                        li.(format!("depth-{}", section.level - top)) {
                            a href=(format!("#{anchor}")) {
                                @match heading {
                                    Some(heading) => (PreEscaped(heading)),
                                    None => (section.heading),
                                }
                            }
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
                        li { a href=(line_address(&link.path, link.line)) { (cut_title(&link.title)) } }
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
                                Some(path) => a href=(entry_address(path)) { (cut_title(title)) },
                                None => { span.missing { (cut_title(title)) } " " span.meta { "leads nowhere" } }
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
