use crate::markdown::{parse_document, parse_entry};
use crate::model::{Document, EntryPath, Section, Tag, Zone};

fn read(text: &str) -> Document {
    parse_document(text, Zone::UTC)
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

/// Whether it is dated, its time without the zone, and depth, heading by heading.
fn times(text: &str) -> Vec<(bool, Option<String>, u8)> {
    let sections = read(text).sections;
    let time = |section: &Section| section.time.map(|time| time.to_string()[..16].to_owned());
    let rows = sections.iter().map(|s| (s.dated, time(s), s.depth));
    rows.collect()
}

#[test]
fn a_dated_section_reaches_to_the_next() {
    let (first, second) = (Some("2026-01-11T10:30"), Some("2026-01-11T14:45"));
    let row = |dated, time: Option<&str>, depth| (dated, time.map(str::to_owned), depth);
    assert_eq!(
        times(
            "# S\n## x\n## 2026-01-11 10:30 UTC\n### a\n## b\n# c\n## 2026-13-45 10:30\n\
             Setext\n===\n## 2026-01-11 14:45 +02:00 more\n#### c\n# T\n## 2026-01-12\n## d\n"
        ),
        [
            row(false, None, 1),
            row(false, None, 2),
            row(true, first, 2),
            row(false, first, 5),
            row(false, first, 4),
            row(false, first, 3),
            row(false, first, 4),
            row(false, first, 3),
            row(true, second, 2),
            row(false, second, 6),
            row(false, second, 3),
            row(true, Some("2026-01-12T00:00"), 2),
            row(false, Some("2026-01-12T00:00"), 4),
        ]
    );
}

#[test]
fn a_heading_with_a_date_of_its_own_has_no_other_time() {
    let only = |text: &str| times(text).into_iter().map(|row| row.1).collect::<Vec<_>>();
    let time = |text: &str| Some(text.to_owned());
    let dated = "## 2026-01-11 10:30 UTC and more\n";
    for (heading, below, next) in [
        ("## January 12, 2026", None, None),
        ("## 2026-01-12 10:30 EST", None, None),
        (
            "### 2026-01-12 10:30",
            time("2026-01-12T10:30"),
            time("2026-01-11T10:30"),
        ),
        ("# 12.01.2026", None, None),
    ] {
        let own = if heading.starts_with("###") {
            &below
        } else {
            &None
        };
        let found = only(&format!("{dated}{heading}\n#### x\n### y\n"));
        let expected = [time("2026-01-11T10:30"), own.clone(), below, next];
        assert_eq!(found, expected, "{heading}");
    }
    // In a note of session-log only the heading itself goes without.
    let found = only("## 2026-01-11 10:30 UTC\n## [1.2] - 2026-01-05\n### Added\n");
    assert_eq!(
        found,
        [time("2026-01-11T10:30"), None, time("2026-01-11T10:30")]
    );
    let found = only("# 2026-01-11\n## Standup\n# 2026-01-12\n");
    let day = |day: &str| Some(format!("2026-01-{day}T00:00"));
    assert_eq!(found, [day("11"), day("11"), day("12")]);
}

#[test]
fn tags_of_a_dated_section_hold_for_all_in_it() {
    let text = "#a\n# S #b\n## 2026-01-11 10:30 UTC\n\n#c #d\n\nText #e\n\n# One #C\n\n#f\n\n\
                Two\n---\n\n### Jan 5\n## 2026-01-12 10:30 UTC\n### g\n";
    let document = read(text);
    let found: Vec<_> = document
        .sections
        .iter()
        .map(|s| tags(s).join(" "))
        .collect();
    assert_eq!(
        found,
        ["a", "b", "c d e", "c d e f", "c d e", "c d e", "", ""]
    );
    let text = "## 2026-01-11 10:30 more #a\n### x\n## Jan 12\n### y\n";
    let found: Vec<_> = read(text)
        .sections
        .iter()
        .map(|s| tags(s).join(" "))
        .collect();
    assert_eq!(found, ["a", "a", "", ""]);
}

#[test]
fn what_a_note_leaves_open_ends_before_the_next() {
    for open in [
        "```diff\n- old",
        "~~~ x",
        "<!-- x",
        "<pre>\n\n",
        "<script>",
        "<?php",
        "<![CDATA[",
    ] {
        let text = format!(
            "# Log\n\n## 2026-01-11 10:30 UTC\n\n{open}\n\n## 2026-01-12 10:30 UTC\n\n#fruit\n\n\
             [[a.md]]\n\n{open}\n"
        );
        let document = read(&text);
        let last = document.sections.last().expect("a section");
        assert_eq!(
            (document.sections.len(), last.dated, tags(last)),
            (3, true, vec!["fruit"])
        );
        assert_eq!(document.links.len(), 1);
        let lines: Vec<u32> = document
            .problems
            .iter()
            .map(|problem| problem.line)
            .collect();
        assert_eq!(lines.len(), 2, "{open}: {:?}", document.problems);
        assert_eq!(lines[0], 5);
    }
    let text = "```\n\n## 2026-01-11 10:30 UTC\n\n```\n\n## 2026-01-12 10:30 UTC\n";
    assert_eq!(read(text).sections.len(), 2);
    assert_eq!(read(text).problems, []);
    assert_eq!(
        read("text\n\n```rust\ncode").problems[0].reason,
        "'```rust' is left open: a line '```' is missing"
    );
}

#[test]
fn a_name_or_title_dates_what_nothing_else_does() {
    let path = EntryPath::parse("daily/2026-11-20.md").expect("a path");
    let other = EntryPath::parse("a.md").expect("a path");
    let rows = |path: &EntryPath, text: &str| {
        let document = parse_entry(path, text, Zone::UTC);
        let row = |s: &Section| {
            (
                s.dated,
                s.time.map(|time| time.to_string()[5..10].to_owned()),
            )
        };
        document.sections.iter().map(row).collect::<Vec<_>>()
    };
    let day = |day: &str| Some(day.to_owned());
    let twentieth = day("11-20");
    assert_eq!(
        rows(&path, "# Friday\n\n## Standup\n\ntext\n"),
        [(false, twentieth.clone()), (true, twentieth.clone())]
    );
    assert_eq!(
        rows(&path, "text\n\n## 2026-11-21 10:30\n\nmore\n"),
        [(false, twentieth.clone()), (true, day("11-21"))]
    );
    assert_eq!(
        rows(&path, "---\ncreated: 2026-01-01\n---\ntext\n"),
        [(false, None)]
    );
    assert_eq!(
        rows(&other, "---\ntitle: 2026-11-20 Friday\n---\ntext\n"),
        [(true, twentieth)]
    );
    assert_eq!(rows(&other, "text\n"), [(false, None)]);
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
