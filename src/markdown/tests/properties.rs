//! Properties that hold for every text, tested on texts made of what is hard to read.

use crate::markdown::session_entry::{
    NewEntry, NewSection, blank_lines_before, new_entry, render_section,
};
use crate::markdown::windows::ScanOptions;
use crate::markdown::{is_inline_tag, parse_document, parse_with};
use crate::model::{Document, Tag, Timestamp, Zone};
use proptest::collection::vec;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::select;
use proptest::test_runner::TestCaseResult;

/// Pieces of Markdown that begin, end or look like blocks, headings, links and tags.
const FRAGMENTS: &[&str] = &[
    "# a",
    "## 2026-01-11 10:30",
    "\n## 2026-01-11 10:30 UTC\n",
    "\n```\n",
    "\n<!-- ",
    "### b ###",
    "#tag",
    " #über/x",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "---",
    "===",
    "```",
    "~~~~",
    "`",
    "``",
    "    ",
    "  ",
    " ",
    "\t",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "> ",
    ">",
    "| ",
    "|---|",
    "<!--",
    "-->",
    "<div>",
    "</pre>",
    "</PRE>",
    "</style>",
    "\u{a0}",
    "<pre>",
    "<?",
    "<br>",
    "[[",
    "]]",
    "[",
    "]",
    "(a.md)",
    "(",
    ")",
    "[a]: b.md",
    "[a]",
    "[x][a]",
    "[[p|l]]",
    "[[p#h]]",
    "![",
    "*",
    "**",
    "_",
    "~~",
    "\\",
    "&amp;",
    "&#35;",
    "<a@b.c>",
    "http://x/#y",
    "text",
    "é",
    "日本",
    "\u{301}",
    "\0",
    "\u{feff}",
    "title: x",
    "...",
    "#",
    "####### ",
    "+",
    "=",
    "\"",
    "'",
];

fn markdown() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![9 => select(FRAGMENTS).prop_map(str::to_owned), 1 => any::<String>()],
        0..60,
    )
    .prop_map(|pieces| pieces.concat())
}

/// Sections lie end to end, and cover all but white space and front matter.
fn assert_tiled(text: &str, document: &Document) {
    let sections = &document.sections;
    for pair in sections.windows(2) {
        assert_eq!(pair[0].range.end, pair[1].range.start, "{text:?}");
        assert!(
            pair[0].line < pair[1].line || pair[0].level == 0 || text.contains('\r'),
            "{text:?}"
        );
    }
    for section in sections {
        assert!(section.range.start <= section.body && section.body <= section.range.end);
        assert!(text.is_char_boundary(section.range.start) && text.is_char_boundary(section.body));
        let feeds = text[..section.range.start].matches('\n').count();
        assert_eq!(section.line as usize, feeds + 1, "{text:?}");
    }
    let (first, last) = (&sections[0], &sections[sections.len() - 1]);
    assert_eq!(last.range.end, text.len());
    let before = text[..first.range.start].trim_start_matches('\u{feff}');
    assert!(
        before.trim().is_empty() || before.starts_with("---"),
        "{text:?}"
    );
}

/// A note with the message and the note behind it are both whole.
fn assert_notes_apart(message: &str) -> TestCaseResult {
    let time = |text| Timestamp::parse_rfc3339(text);
    let note = |message: &str, at, tag| NewSection {
        time: time(at),
        tags: Tag::new(tag).into_iter().collect(),
        message: message.to_owned(),
        links: vec!["x.md".into()],
    };
    let first = render_section(&note(message, "2026-01-11T10:30:00Z", "one"));
    let second = render_section(&note("later cherry", "2026-01-12T10:30:00Z", "fruit"));
    let text = format!("{first}{}{second}", blank_lines_before(first.as_bytes()));
    prop_assert!(text.contains(message));
    let document = parse_document(&text, Zone::UTC);
    let last = document.sections.last().expect("a section");
    prop_assert!(last.dated, "{:?}", text);
    prop_assert_eq!(last.time, time("2026-01-12T10:30:00Z"));
    prop_assert_eq!(
        last.tags.iter().map(Tag::as_str).collect::<Vec<_>>(),
        ["fruit"]
    );
    let related = document
        .links
        .iter()
        .filter(|link| link.target == "x.md")
        .count();
    prop_assert_eq!(related, 2, "{:?}", text);
    let notes: Vec<_> = document.sections.iter().filter(|s| s.dated).collect();
    for section in &document.sections {
        let inside = notes
            .iter()
            .rev()
            .find(|note| note.range.start <= section.range.start);
        prop_assert!(inside.is_some_and(|note| section.depth > 2 || note.line == section.line));
    }
    Ok(())
}

#[test]
fn a_block_that_only_other_readers_close_is_closed() {
    for message in [
        "\n```\n\r```\n",
        "```\nx\n```\u{a0}",
        "~~~\nx\n~~~\t",
        "<pre>\nx\n</PRE>",
        "<pre>\nx\n</style>",
        "<?\rx",
        "```\r```",
    ] {
        assert_notes_apart(message).expect(message);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_and_tiled(text in prop_oneof![markdown(), any::<String>()]) {
        assert_tiled(&text, &parse_document(&text, Zone::UTC));
    }

    #[test]
    fn windows_do_not_matter(text in markdown(), window in 1_usize..64) {
        // The parser itself is not sure what a carriage return alone is.
        let text = text.split("\r\n").map(|line| line.replace('\r', "")).collect::<Vec<_>>().join("\r\n");
        let options = ScanOptions { window, block: usize::MAX, notes_end_blocks: true };
        prop_assert_eq!(parse_with(&text, Zone::UTC, options), parse_document(&text, Zone::UTC));
    }

    #[test]
    fn blocks_over_the_limit_are_text(text in markdown(), window in 1_usize..16, block in 16_usize..40) {
        assert_tiled(&text, &parse_with(&text, Zone::UTC, ScanOptions { window, block, notes_end_blocks: true }));
    }

    #[test]
    fn what_is_written_reads_back(
        project in prop_oneof![any::<String>(), select(FRAGMENTS).prop_map(str::to_owned)],
        tags in vec(prop_oneof![any::<String>(), Just("auth".to_owned()), Just("日本/x".to_owned())], 0..4),
        seconds in 0_i64..4_000_000_000,
        zone in select(&["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"][..]),
    ) {
        let zone = Zone::parse(zone).unwrap_or(Zone::UTC);
        let time = Timestamp::from_seconds(seconds).in_zone(zone);
        let tags: Vec<Tag> = tags.iter().filter_map(|tag| Tag::new(tag)).collect();
        let inline: Vec<Tag> = tags.iter().filter(|tag| is_inline_tag(tag)).cloned().collect();
        let new = NewSection { time: Some(time), tags: inline.clone(), message: "done".into(), links: vec!["a/b.md".into()] };
        let entry = NewEntry { project: project.clone(), default_tags: tags.clone(), created: time, section: new };
        let document = parse_document(&new_entry(&entry), Zone::UTC);
        prop_assert_eq!(&document.problems, &[]);
        let words: Vec<&str> = project.split_whitespace().chain(["Sessions"]).collect();
        prop_assert_eq!(document.title, Some(words.join(" ")));
        prop_assert_eq!(document.front.created, Some(time));
        for tag in &tags {
            prop_assert!(document.front.tags.iter().any(|found| found.key() == tag.key()), "{:?}", tag);
        }
        let last = &document.sections[document.sections.len() - 1];
        prop_assert!(last.dated);
        prop_assert_eq!(last.time.map(|found| found.seconds() / 60), Some(seconds.div_euclid(60)));
        let keys = |tags: &[Tag]| { let mut keys: Vec<_> = tags.iter().map(Tag::key).collect(); keys.sort(); keys.dedup(); keys };
        prop_assert_eq!(keys(&last.tags), keys(&inline));
        prop_assert_eq!(document.links.last().map(|link| link.target.as_str()), Some("a/b.md"));
    }

    #[test]
    fn a_note_keeps_its_message_and_leaves_the_next_alone(message in markdown()) {
        assert_notes_apart(&message)?;
    }

    #[test]
    fn a_later_note_is_whole_whatever_is_left_open(message in markdown(), open in 0_usize..8) {
        let open = ["```", "~~~~ x", "<!--", "<pre>", "<script>", "<?", "<!X", "<style>"][open];
        let message = message.replace("UTC", "");
        let text = format!("## 2026-01-11 10:30 UTC\n\n{message}\n\n{open}\n\n## 2026-01-12 10:30 UTC\n\n#fruit\n");
        let document = parse_document(&text, Zone::UTC);
        let last = document.sections.last().expect("a section");
        prop_assert!(last.dated && last.line > 1, "{:?}", text);
        prop_assert_eq!(last.tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["fruit"]);
    }

    #[test]
    fn an_appended_block_stands_behind_one_empty_line(text in "[a \r\n]{0,6}") {
        let new = NewSection { time: None, tags: vec![], message: "block".into(), links: vec![] };
        let whole = format!("{text}{}{}", blank_lines_before(text.as_bytes()), render_section(&new));
        let lines: Vec<&str> = whole.split('\n').map(str::trim).collect();
        let at = lines.len() - 2;
        prop_assert_eq!(lines[at], "block");
        prop_assert!(at == 0 || lines[at - 1].is_empty());
    }
}
