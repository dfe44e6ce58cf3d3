//! Writes the events of the Markdown parser as HTML.

use super::LinkResolver;
use super::anchors::anchor_of;
use super::escape::escape_into;
use super::raw::{HtmlBlock, RawHtml, classify_html_block};
use crate::markdown::definitions::LinkDefinitions;
use crate::markdown::inline::{relative_target, wiki_target};
use crate::markdown::lines::line_end;
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};
use std::ops::Range;

/// How deep blocks are nested at most; what lies deeper is shown at this depth.
const DEEPEST: usize = 16;

/// How many blocks of HTML in one section are read again as Markdown because they were left open.
const SECOND_LOOKS: usize = 16;

/// Writes one section.
pub(super) struct HtmlWriter<'a> {
    html: &'a mut String,
    resolve: LinkResolver<'a>,
    definitions: &'a LinkDefinitions,
    /// Id of the first heading.
    pub(super) anchor: Option<&'a str>,
    /// Whether the first heading is left out.
    pub(super) skips_heading: bool,
    is_skipping: bool,
    /// Where what is written of the heading with the anchor begins, and where it stands.
    heading_start: Option<usize>,
    heading: Option<Range<usize>>,
    /// Level of the last heading: the next one is at most one deeper.
    level: usize,
    /// End tags of what is open; empty where nothing was written.
    open: Vec<&'static str>,
    /// How many links are open; there are none within others.
    links: usize,
    alignments: Vec<Alignment>,
    cell: usize,
    is_head: bool,
    raw: RawHtml,
    /// The block of HTML that is being read.
    block: Option<String>,
    /// How many blocks that were left open may still be read again: each takes another look at the
    /// rest of the text.
    second_looks: usize,
}

impl<'a> HtmlWriter<'a> {
    pub(super) fn new(
        html: &'a mut String,
        resolve: LinkResolver<'a>,
        definitions: &'a LinkDefinitions,
        level: usize,
        source: &str,
    ) -> Self {
        HtmlWriter {
            html,
            resolve,
            definitions,
            anchor: None,
            skips_heading: false,
            is_skipping: false,
            heading_start: None,
            heading: None,
            level,
            open: Vec::new(),
            links: 0,
            alignments: Vec::new(),
            cell: 0,
            is_head: false,
            raw: RawHtml::new(source),
            block: None,
            second_looks: SECOND_LOOKS,
        }
    }

    /// Takes one event of the parser. Returns whether it ends a block that was left open: only its
    /// first line is written, and the rest is to be read as if it began there.
    pub(super) fn take(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Start(Tag::Heading { .. }) if self.skips_heading => {
                self.skips_heading = false;
                self.is_skipping = true;
            }
            Event::End(TagEnd::Heading(_)) if self.is_skipping => self.is_skipping = false,
            _ if self.is_skipping => {}
            Event::Start(Tag::HtmlBlock) => self.block = Some(String::new()),
            Event::End(TagEnd::HtmlBlock) => return self.finish_block(),
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.html.push_str("<code>");
                self.text(&code);
                self.html.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => match &mut self.block {
                Some(block) => block.push_str(&html),
                None => self.raw.append_piece(&html, self.html),
            },
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>"),
            Event::Rule => self.html.push_str("<hr>"),
            Event::TaskListMarker(done) => {
                let mark = if done { "☑" } else { "☐" };
                self.html
                    .push_str(&format!("<span class=\"box\">{mark}</span> "));
            }
            _ => {}
        }
        false
    }

    /// Writes a block of HTML. Returns whether only its first line is written, because it was left open.
    fn finish_block(&mut self) -> bool {
        let block = self.block.take().unwrap_or_default();
        match classify_html_block(&block) {
            HtmlBlock::Markup => self.raw.append_piece(&block, self.html),
            HtmlBlock::Unclosed if self.open.is_empty() && self.second_looks > 0 => {
                self.second_looks -= 1;
                self.html.push_str("<p>");
                self.text(block[..line_end(&block, 0)].trim_end());
                self.html.push_str("</p>\n");
                return true;
            }
            HtmlBlock::Foreign | HtmlBlock::Unclosed => {
                self.html.push_str("<pre tabindex=\"0\"><code>");
                self.text(&block);
                self.html.push_str("</code></pre>\n");
            }
        }
        false
    }

    /// Ends the section. Returns the level of its last heading, and where the text of the one with the
    /// anchor stands in the HTML.
    pub(super) fn finish(mut self) -> (usize, Option<Range<usize>>) {
        while let Some(end) = self.open.pop() {
            self.html.push_str(end);
        }
        (self.level, self.heading)
    }

    fn text(&mut self, text: &str) {
        escape_into(text, self.html);
    }

    /// Writes a start tag, and remembers the end tag that belongs to it.
    fn open(&mut self, start: &str, end: &'static str) {
        if self.open.len() < DEEPEST {
            self.html.push_str(start);
            self.open.push(end);
        } else {
            self.open.push("");
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>\n"),
            Tag::Heading { level, .. } => self.start_heading(level as usize),
            Tag::BlockQuote(_) => self.open("<blockquote>", "</blockquote>\n"),
            Tag::CodeBlock(kind) => self.start_code(&kind),
            Tag::List(None) => self.open("<ul>", "</ul>\n"),
            Tag::List(Some(first)) => {
                self.open(&format!("<ol start=\"{first}\">"), "</ol>\n");
            }
            Tag::Item => self.open("<li>", "</li>\n"),
            Tag::Table(alignments) => {
                self.alignments = alignments;
                let start = "<div class=\"scroll\" tabindex=\"0\"><table>";
                self.open(start, "</tbody></table></div>\n");
            }
            Tag::TableHead => {
                (self.cell, self.is_head) = (0, true);
                self.open("<thead><tr>", "</tr></thead><tbody>");
            }
            Tag::TableRow => {
                (self.cell, self.is_head) = (0, false);
                self.open("<tr>", "</tr>");
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            } => self.start_link(link_type, &dest_url, &id),
            Tag::Image { .. } => self.open("<span class=\"image\">", "</span>"),
            _ => self.open("", ""),
        }
    }

    fn end(&mut self, end: TagEnd) {
        if matches!(end, TagEnd::Link) {
            self.links = self.links.saturating_sub(1);
        }
        if matches!(end, TagEnd::Heading(_))
            && let Some(start) = self.heading_start.take()
        {
            self.heading = Some(start..self.html.len());
        }
        if let Some(tag) = self.open.pop() {
            self.html.push_str(tag);
        }
    }

    /// Opens a heading. Below the title of the page there is no other of level 1, and no level is
    /// left out.
    fn start_heading(&mut self, level: usize) {
        const ENDS: [&str; 5] = ["</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"];
        self.level = level.clamp(2, (self.level + 1).clamp(2, 6));
        let level = self.level;
        let anchor = self.anchor.take();
        let start = match anchor {
            Some(anchor) => {
                let mut start = format!("<h{level} id=\"");
                escape_into(anchor, &mut start);
                start + "\">"
            }
            None => format!("<h{level}>"),
        };
        self.open(&start, ENDS[level - 2]);
        self.heading_start = anchor.map(|_| self.html.len());
    }

    fn start_code(&mut self, kind: &CodeBlockKind<'_>) {
        let mut start = "<pre tabindex=\"0\"".to_owned();
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or_default(),
            CodeBlockKind::Indented => "",
        };
        if !language.is_empty() {
            start.push_str(" data-language=\"");
            escape_into(language, &mut start);
            start.push('"');
        }
        // The line break in front keeps one that the text begins with.
        self.open(&(start + ">\n<code>"), "</code></pre>\n");
    }

    fn start_cell(&mut self) {
        let align = match self.alignments.get(self.cell) {
            Some(Alignment::Left) => " align=\"left\"",
            Some(Alignment::Center) => " align=\"center\"",
            Some(Alignment::Right) => " align=\"right\"",
            _ => "",
        };
        self.cell += 1;
        if self.is_head {
            self.open(&format!("<th scope=\"col\"{align}>"), "</th>");
        } else {
            self.open(&format!("<td{align}>"), "</td>");
        }
    }

    fn start_link(&mut self, kind: LinkType, destination: &str, id: &str) {
        self.links += 1;
        if self.links > 1 {
            return self.open("", "");
        }
        // The first definition in the text counts, which may be before the section.
        let destination = match kind {
            LinkType::Inline | LinkType::WikiLink { .. } => destination,
            LinkType::Autolink | LinkType::Email => destination,
            _ => self.definitions.get(id).unwrap_or(destination),
        };
        let is_wiki = matches!(kind, LinkType::WikiLink { .. });
        match self.address(kind, destination) {
            Some((address, is_external)) => {
                let mut start = "<a href=\"".to_owned();
                escape_into(&address, &mut start);
                start.push_str(if is_external {
                    "\" class=\"external\">"
                } else {
                    "\">"
                });
                self.open(&start, "</a>");
            }
            None if is_wiki || relative_target(destination).is_some() => {
                let start = "<span class=\"missing\" title=\"leads to no entry\">";
                self.open(start, "</span>");
            }
            None => self.open("<span>", "</span>"),
        }
    }

    /// Returns the address of a link, and whether it leads out of the knowledge base.
    fn address(&self, kind: LinkType, destination: &str) -> Option<(String, bool)> {
        let destination = destination.trim();
        if matches!(kind, LinkType::Email) {
            return Some((format!("mailto:{destination}"), true));
        }
        let is_scheme = |scheme: &str| {
            let start = destination.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        if ["http://", "https://", "mailto:"]
            .into_iter()
            .any(is_scheme)
        {
            return Some((destination.to_owned(), true));
        }
        if let Some(heading) = destination.strip_prefix('#') {
            return Some((format!("#{}", anchor_of(heading)), false));
        }
        let is_wiki = matches!(kind, LinkType::WikiLink { .. });
        let target = if is_wiki {
            wiki_target(destination)
        } else {
            relative_target(destination)
        };
        let mut address = (self.resolve)(&target?, is_wiki)?;
        if let Some((_, heading)) = destination.rsplit_once('#')
            && !heading.starts_with(char::is_whitespace)
            && !heading.is_empty()
        {
            address.push_str(&format!("#{}", anchor_of(heading)));
        }
        Some((address, false))
    }
}
