//! Sections: a text from heading to heading, with what each inherits from those above it.

use super::blocks::{Block, Definitions, Heading, Limits, Target, scan};
use super::dates::heading_time;
use super::front_matter::Front;
use crate::model::{Link, Problem, Section, Tag, Timestamp, Zone};
use std::collections::HashSet;

/// More sections, tags or links than this in one file are not told apart any more. No file that
/// people write comes near it; it bounds the memory that a hostile one takes.
const MAX_ITEMS: usize = 1_000_000;

/// What the Markdown of a file says.
#[derive(Debug)]
pub(super) struct Outline {
    /// Title of the front matter, else the first level 1 heading.
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) links: Vec<Link>,
    pub(super) problems: Vec<Problem>,
}

/// Reads everything behind the front matter.
pub(super) fn outline(text: &str, front: &Front, zone: Zone, limits: Limits) -> Outline {
    let mut definitions = Definitions::default();
    let mut read = || {
        let mut builder = Builder::new(text, front, zone);
        let knew_all = scan(text, front.markdown, limits, &mut definitions, |block| {
            builder.push(block);
        });
        (builder.finish(), knew_all)
    };
    match read() {
        (outline, true) => outline,
        (_, false) => read().0,
    }
}

/// Collects the blocks of a text into sections.
struct Builder<'t> {
    text: &'t str,
    zone: Zone,
    outline: Outline,
    /// The section that goes on; its end is not known yet.
    open: Section,
    /// Keys of its tags.
    seen: HashSet<String>,
    /// Headings above the next one, with their levels.
    above: Vec<(u8, String)>,
    /// Time of the dated section that goes on.
    time: Option<Timestamp>,
    /// Start of the session that the entry records, until its section is found.
    session: Option<Timestamp>,
    tags: usize,
    lines: Lines<'t>,
    /// How many bytes of ancestors may still be repeated in sections.
    ancestors: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, front: &Front, zone: Zone) -> Self {
        let mut lines = Lines::new(text);
        let open = Section {
            level: 0,
            heading: String::new(),
            ancestors: Vec::new(),
            line: lines.line_at(front.text),
            range: front.text..front.text,
            body: front.text,
            time: None,
            dated: false,
            tags: Vec::new(),
        };
        Builder {
            text,
            zone,
            outline: Outline {
                title: front.values.title.clone(),
                sections: Vec::new(),
                links: Vec::new(),
                problems: Vec::new(),
            },
            open,
            seen: HashSet::new(),
            above: Vec::new(),
            time: None,
            session: front.session,
            tags: 0,
            lines,
            ancestors: 4 * text.len() + 64 * 1024,
        }
    }

    fn push(&mut self, block: Block) {
        if let Some(heading) = block.heading {
            self.heading(block.start, heading);
        }
        for tag in block.tags {
            self.tag(tag);
        }
        for (at, link) in block.links {
            self.link(at, link);
        }
    }

    fn heading(&mut self, start: usize, heading: Heading) {
        if self.outline.sections.len() + 1 >= MAX_ITEMS {
            return self.too_many(start);
        }
        let Heading { level, text, body } = heading;
        if level == 1 && self.outline.title.is_none() && !text.is_empty() {
            self.outline.title = Some(text.clone());
        }
        let (time, dated) = self.time_of(level, &text);
        let section = Section {
            level,
            ancestors: self.ancestors_of(level, &text),
            heading: text,
            line: self.lines.line_at(start),
            range: start..start,
            body,
            time,
            dated,
            tags: Vec::new(),
        };
        self.close(start, section);
    }

    fn too_many(&mut self, start: usize) {
        if self.outline.problems.is_empty() {
            self.outline.problems.push(Problem {
                line: self.lines.line_at(start),
                reason: format!("more than {MAX_ITEMS} sections; the rest counts as one"),
            });
        }
    }

    /// Level 2 headings begin and inherit times; level 1 headings end the inheritance.
    fn time_of(&mut self, level: u8, heading: &str) -> (Option<Timestamp>, bool) {
        let own = match level {
            2 if is_session(heading) && self.session.is_some() => self.session.take(),
            2 => heading_time(heading, self.zone),
            _ => None,
        };
        self.time = own.or(self.time).filter(|_| level != 1);
        (self.time, own.is_some())
    }

    fn ancestors_of(&mut self, level: u8, heading: &str) -> Vec<String> {
        self.above.retain(|(above, _)| *above < level);
        let title = self.outline.title.as_deref();
        let names = self.above.iter().filter(|(level, name)| {
            let is_title = *level == 1 && Some(name.as_str()) == title;
            !name.is_empty() && !is_title
        });
        let names: Vec<String> = names.map(|(_, name)| name.clone()).collect();
        self.above.push((level, heading.to_owned()));
        let size = names.iter().map(String::len).sum();
        match self.ancestors.checked_sub(size) {
            Some(left) => {
                self.ancestors = left;
                names
            }
            None => Vec::new(),
        }
    }

    fn tag(&mut self, tag: Tag) {
        if self.tags < MAX_ITEMS && self.seen.insert(tag.key()) {
            self.tags += 1;
            self.open.tags.push(tag);
        }
    }

    fn link(&mut self, at: usize, link: Target) {
        if self.outline.links.len() < MAX_ITEMS {
            self.outline.links.push(Link {
                target: link.target,
                wiki: link.wiki,
                line: self.lines.line_at(at),
            });
        }
    }

    /// Ends the open section, and opens the next.
    fn close(&mut self, end: usize, next: Section) {
        let mut section = std::mem::replace(&mut self.open, next);
        self.seen = HashSet::new();
        section.range.end = end;
        let is_empty = section.level == 0 && self.text[section.range.clone()].trim().is_empty();
        if !is_empty {
            self.outline.sections.push(section);
        }
    }

    fn finish(mut self) -> Outline {
        let is_empty = self.text[self.open.range.start..].trim().is_empty();
        self.open.range.end = self.text.len();
        if self.open.level > 0 || !is_empty || self.outline.sections.is_empty() {
            self.outline.sections.push(self.open);
        }
        self.outline
    }
}

/// Whether a heading is that of the session which the entry records.
fn is_session(heading: &str) -> bool {
    let name = heading.get(..8);
    name.is_some_and(|name| name.eq_ignore_ascii_case("session:"))
}

/// Counts lines up to places that are asked for in ascending order.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Lines {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Returns the line of a place, from 1. Places before the last one are on its line.
    fn line_at(&mut self, place: usize) -> u32 {
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        let feeds = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
        self.at = self.at.max(place);
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::model::{Document, Section, Tag, Zone};

    fn read(text: &str) -> Document {
        parse(text, Zone::UTC)
    }

    fn tags(section: &Section) -> Vec<&str> {
        section.tags.iter().map(Tag::as_str).collect()
    }

    /// Level, line, heading and text below it of each section.
    fn split(text: &str) -> Vec<(u8, u32, String, String)> {
        let sections = read(text).sections;
        let rows = sections.into_iter().map(|section| {
            assert!(section.range.start <= section.body && section.body <= section.range.end);
            let body = text[section.body..section.range.end].to_owned();
            (section.level, section.line, section.heading, body)
        });
        rows.collect()
    }

    fn row(level: u8, line: u32, heading: &str, body: &str) -> (u8, u32, String, String) {
        (level, line, heading.to_owned(), body.to_owned())
    }

    #[test]
    fn a_text_is_split_at_its_headings() {
        for end in ["\n", "\r\n"] {
            let text =
                "---\ntitle: t\n---\nintro\n# A\n\na\n## B ##\nSetext\nmore\n---\ns\n#\n###### F\n"
                    .replace('\n', end);
            let body = |text: &str| text.replace('\n', end);
            assert_eq!(
                split(&text),
                [
                    row(0, 4, "", &body("intro\n")),
                    row(1, 5, "A", &body("\na\n")),
                    row(2, 8, "B", ""),
                    row(2, 9, "Setext more", &body("s\n")),
                    row(1, 13, "", ""),
                    row(6, 14, "F", ""),
                ]
            );
        }
    }

    #[test]
    fn a_text_has_at_least_one_section() {
        for text in [
            "",
            "\n",
            "text",
            "\u{feff}",
            "---\ntitle: x\n---\n",
            "---\n---",
        ] {
            let sections = read(text).sections;
            assert_eq!(sections.len(), 1, "{text:?}");
            assert_eq!((sections[0].level, sections[0].range.end), (0, text.len()));
        }
        assert_eq!(split("\n \n# A\n"), [row(1, 3, "A", "")]);
        assert_eq!(split("\u{feff}# A\n"), [row(1, 1, "A", "")]);
    }

    #[test]
    fn only_top_level_headings_split() {
        for text in [
            "> # a\n> b\n",
            "- # a\n- b\n  # c\n",
            "```\n# a\n```\n",
            "~~~\n# a\n",
            "    # a\n",
            "<!--\n# a\n-->\n",
            "<div>\n# a\n</div>\n",
            "#a\n",
            "####### a\n",
            "\\# a\n",
        ] {
            assert_eq!(split(text), [row(0, 1, "", text)]);
        }
        assert_eq!(split("- a\n# b\n").len(), 2);
        assert_eq!(split("- ```\n# b\n").len(), 2);
        assert_eq!(split("| a |\n|---|\n| b |\n---\n").len(), 1);
    }

    #[test]
    fn headings_are_plain_text() {
        for (heading, plain) in [
            ("`code` and **bold** _it_ ~~old~~", "code and bold it old"),
            ("[label](x.md) <b>x</b> ![alt](i.png)", "label x alt"),
            ("[[path|label]] [[other]]", "label other"),
            ("a &amp; b \\# c  d", "a & b # c d"),
            ("snake_case_name", "snake_case_name"),
            ("a <!-- b --> c", "a c"),
        ] {
            assert_eq!(split(&format!("## {heading}\n"))[0].2, plain);
        }
        let long = format!("# {}é\n", "x".repeat(1023));
        assert_eq!(split(&long)[0].2.len(), 1023);
    }

    #[test]
    fn ancestors_leave_the_title_out() {
        let document = read("# T\n## A\n#### B\n### C\n# D\n## E\n");
        assert_eq!(document.title.as_deref(), Some("T"));
        let ancestors: Vec<_> = document
            .sections
            .iter()
            .map(|s| s.ancestors.join("/"))
            .collect();
        assert_eq!(ancestors, ["", "", "A", "A", "", "D"]);
        let document = read("---\ntitle: X\n---\n# T\n## A\n");
        assert_eq!(document.title.as_deref(), Some("X"));
        assert_eq!(document.sections[1].ancestors, ["T"]);
        assert_eq!(read("## A\n#\n# `b` c\n").title.as_deref(), Some("b c"));
    }

    #[test]
    fn times_are_inherited_until_the_next_level_1_heading() {
        let document = read(
            "# S\n## x\n## 2026-01-11 10:30 UTC\n### a\n## b\n## 2026-13-45 10:30\n\
             ## 2026-01-11 14:45 +02:00 more\n#### c\n# T\n## d\n### 2026-01-11 10:30\n",
        );
        let times: Vec<_> = document
            .sections
            .iter()
            .map(|s| (s.dated, s.time.map(|time| time.to_string())))
            .collect();
        let first = Some("2026-01-11T10:30:00Z".to_owned());
        let second = Some("2026-01-11T14:45:00+02:00".to_owned());
        assert_eq!(
            times,
            [
                (false, None),
                (false, None),
                (true, first.clone()),
                (false, first.clone()),
                (false, first.clone()),
                (false, first),
                (true, second.clone()),
                (false, second),
                (false, None),
                (false, None),
                (false, None),
            ]
        );
    }

    #[test]
    fn the_section_of_a_session_is_dated_by_its_start() {
        let front = "---\nsession: 20250321-143022\nstarted: '2025-03-21T14:30:22Z'\n---\n";
        let document = read(&format!(
            "{front}# Above\n## Session: 20250321-143022\n### Progress Log\n## Notes\n\
             ## Session: 20250321-143022\n## 2025-03-22 10:00 UTC\n"
        ));
        let times: Vec<_> = document
            .sections
            .iter()
            .map(|s| (s.dated, s.time.map(|time| time.to_string())))
            .collect();
        let start = Some("2025-03-21T14:30:22Z".to_owned());
        assert_eq!(
            times,
            [
                (false, None),
                (true, start.clone()),
                (false, start.clone()),
                (false, start.clone()),
                (false, start),
                (true, Some("2025-03-22T10:00:00Z".to_owned())),
            ]
        );
        for text in [
            "## Session: 20250321-143022\n",
            &format!("{front}# Session: x\n"),
        ] {
            assert!(read(text).sections.iter().all(|section| !section.dated));
        }
    }

    #[test]
    fn tags_belong_to_their_section() {
        let text = "#intro\n# A #a\n#b #B **#c** (#d) \\#e `#f` [#g](x) [[#h]] <https://x/#i>\n\
                    ```\n#j\n```\n<!-- #k -->\n\n    #l\n\n- #m\n- [ ] #n\n> #o\n\n| t |\n|---|\n| #p |\n\n\
                    &#35;q #my_tag_name ![#r](x) a<br>#s x*#t* *#u* #v*w* [x](#y) #z\\_a\n";
        let document = read(text);
        assert_eq!(tags(&document.sections[0]), ["intro"]);
        assert_eq!(
            tags(&document.sections[1]),
            [
                "a",
                "b",
                "c",
                "d",
                "g",
                "m",
                "n",
                "o",
                "p",
                "my_tag_name",
                "s",
                "u",
                "v",
                "z"
            ]
        );
    }

    #[test]
    fn links_are_found_with_their_lines() {
        let text = "---\ntitle: x\n---\n[[a/b.md]] and [[A Title|label]]\n\n# H [[c#h]]\n[x](../d.md) [y](e%20f.md#g)\n\
                    [ref] and [text][REF] [[#only]] `[[no]]`\n<!-- [[no]] -->\n```\n[[no]]\n```\n\
                    - ![[embed.md]] [[my_file]] and [[other_file]]\n\n| [[t\\|label]] |\n|---|\n\n[z](https://x/a.md) <a.md> [w](b.txt)\n\n[ref]: ./r.md 'title'\n";
        let links = read(text).links;
        let links: Vec<_> = links
            .iter()
            .map(|l| (l.line, l.wiki, l.target.as_str()))
            .collect();
        assert_eq!(
            links,
            [
                (4, true, "a/b.md"),
                (4, true, "A Title"),
                (6, true, "c"),
                (7, false, "../d.md"),
                (7, false, "e f.md"),
                (8, false, "./r.md"),
                (8, false, "./r.md"),
                (13, true, "embed.md"),
                (13, true, "my_file"),
                (13, true, "other_file"),
                (15, true, "t"),
            ]
        );
    }

    #[test]
    fn broken_front_matter_is_text_and_makes_no_heading() {
        let text = "---\ntitle: a: b\n---\nintro #t\n# H\n";
        let document = read(text);
        assert_eq!(
            split(text),
            [
                row(0, 1, "", "---\ntitle: a: b\n---\nintro #t\n"),
                row(1, 5, "H", "")
            ]
        );
        assert_eq!(tags(&document.sections[0]), ["t"]);
        assert_eq!(document.problems.len(), 1);
    }
}
