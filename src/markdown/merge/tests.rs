//! Merges of entries, of whatever was written on the two sides.

use super::records::split_records;
use super::{Versions, merge_entries};
use crate::markdown::parse_document;
use crate::markdown::session_entry::{
    NewEntry, NewSection, blank_lines_before, new_entry, render_section,
};
use crate::model::{Tag, Timestamp, Zone};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

fn merge(base: &str, ours: &str, theirs: &str) -> String {
    merge_entries(Versions { base, ours, theirs })
}

fn note(minute: i64, message: &str) -> NewSection {
    NewSection {
        time: Some(Timestamp::from_seconds(1_768_127_400 + 60 * minute)),
        tags: Tag::new("t").into_iter().collect(),
        message: message.to_owned(),
        links: vec!["x.md".into()],
    }
}

fn entry(minute: i64, message: &str) -> String {
    new_entry(&NewEntry {
        project: "p".into(),
        default_tags: Vec::new(),
        created: Timestamp::from_seconds(1_768_127_400 + 60 * minute),
        section: note(minute, message),
    })
}

fn with(text: &str, notes: &[(i64, String)]) -> String {
    let append = |text: String, (minute, message): &(i64, String)| {
        let block = render_section(&note(*minute, message));
        format!("{text}{}{block}", blank_lines_before(text.as_bytes()))
    };
    notes.iter().fold(text.to_owned(), append)
}

/// How notes end.
const ENDS: &[&str] = &[
    "All tests green",
    "",
    "- a\n- b",
    "```\ncode\n```",
    "# Done\n\nText",
];

/// Notes that end alike, one behind the other in time.
fn notes(side: &'static str, from: i64) -> impl Strategy<Value = Vec<(i64, String)>> {
    vec((0_i64..3, select(ENDS)), 0..5).prop_map(move |steps| {
        let mut minute = from;
        let number = |(n, (step, end)): (usize, (i64, &str))| {
            minute += step;
            (minute, format!("{side} {n}.\n\n{end}\n"))
        };
        steps.into_iter().enumerate().map(number).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_note_is_there_once_whole_and_in_order(
        before in notes("base", 1), ours in notes("ours", 20), theirs in notes("theirs", 20), shared in any::<bool>(),
    ) {
        let start = entry(0, "first");
        let base = if shared { with(&start, &before) } else { String::new() };
        let start = if shared { base.clone() } else { start };
        let (one, other) = (with(&start, &ours), with(&start, &theirs));
        let merged = merge(&base, &one, &other);
        prop_assert_eq!(&merged, &merge(&base, &other, &one));
        let document = parse_document(&merged, Zone::UTC);
        let dated: Vec<_> = document.sections.iter().filter(|s| s.dated).collect();
        let before = if shared { before } else { Vec::new() };
        prop_assert_eq!(dated.len(), 1 + before.len() + ours.len() + theirs.len(), "{}", merged);
        prop_assert!(dated.windows(2).all(|pair| pair[0].time <= pair[1].time), "{}", merged);
        for (minute, message) in before.iter().chain(&ours).chain(&theirs) {
            let block = render_section(&note(*minute, message));
            prop_assert_eq!(merged.matches(block.trim_end()).count(), 1, "{}\n---\n{}", block, merged);
        }
        prop_assert_eq!(document.problems, vec![]);
        // What was merged merges again without a change.
        prop_assert_eq!(merge(&one, &merged, &one), merged.clone());
        prop_assert_eq!(merge(&base, &merged, &one), merged.clone());
    }

    #[test]
    fn any_three_texts_merge(base in ".{0,80}", ours in "[-a-z:#\n \t]{0,80}", theirs in "[-a-z:#\n \t]{0,80}") {
        for (base, ours, theirs) in [(&base, &ours, &theirs), (&ours, &ours, &theirs), (&base, &ours, &ours)] {
            let merged = merge(base, ours, theirs);
            if ours == theirs || base == theirs {
                prop_assert_eq!(&merged, ours);
            }
            prop_assert!(!merged.contains("<<<<"));
        }
    }
}

#[test]
fn what_one_side_changed_or_removed_stays_so() {
    let base = with(
        &entry(0, "first"),
        &[(1, "second".into()), (2, "third".into())],
    );
    let edited = base.replace("second", "second, corrected");
    let removed = base.replace(render_section(&note(1, "second")).as_str(), "");
    let added = with(&base, &[(3, "fourth".into())]);
    let merged = merge(&base, &edited, &added);
    assert_eq!(merged, added.replace("second", "second, corrected"));
    assert!(!merge(&base, &removed, &added).contains("second"));
    assert!(merge(&base, &removed, &edited).contains("second, corrected"));
    assert!(merge(&base, &edited, &removed).contains("second, corrected"));
    let other = base.replace("second", "second, completed");
    let both = merge(&base, &edited, &other);
    assert!(both.contains("corrected") && both.contains("completed"));
    assert_eq!(both.matches("## ").count(), 3);
}

#[test]
fn front_matter_is_merged_by_keys() {
    let merged = merge(
        "---\ntitle: a\ntags: [x]\nupdated: 2026-01-01\n---\n\none\ntwo\nthree\n",
        "---\ntitle: a\ntags: [x, v]\nupdated: 2026-01-03\nproject: p\n---\n\nOne\ntwo\nthree\n",
        "---\ntitle: b\ntags: [x, z]\nupdated: 2026-01-02\n---\n\none\ntwo\nThree\n",
    );
    assert_eq!(
        merged,
        "---\ntitle: b\ntags:\n  - x\n  - v\n  - z\nupdated: 2026-01-03\nproject: p\n---\n\n\
         One\ntwo\nThree\n"
    );
    let merged = merge(
        "---\ntitle: a\ntags:\n  - x\n---\n",
        "---\ntitle: b\ntags:\n  - x\n  - v\n---\n",
        "---\ntitle: c\ntags:\n  - x\n  - z\n  - v\n---\n",
    );
    assert_eq!(
        merged,
        "---\ntitle: b\n# title: c\ntags:\n  - x\n  - z\n  - v\n---\n"
    );
    assert_eq!(parse_document(&merged, Zone::UTC).problems, []);
}

#[test]
fn an_entry_that_both_sides_made_is_one() {
    let merged = merge("", &entry(1, "one"), &entry(2, "two"));
    assert_eq!(merged, with(&entry(1, "one"), &[(2, "two".into())]));
    let crlf = entry(1, "one").replace('\n', "\r\n");
    let merged = merge("", &crlf, &entry(2, "two"));
    assert!(merged.contains("two\r\n") && !merged.replace("\r\n", "").contains('\n'));
}

fn record(directory: &str, event: &str) -> String {
    format!(
        "---\ntitle: p 20260111-103000\ntags:\n  - p\n  - sessions\nsession: 20260111-103000\nproject: p\n\
         status: ended\nstarted: '2026-01-11T10:30:00Z'\nended: '2026-01-11T11:00:00Z'\ndirectories:\n  - {directory}\n\
         ---\n\n## Session: 20260111-103000\n\n**Directory:** {directory}\n\n### Progress Log\n\n\
         | Time | Event |\n|------|-------|\n| 10:31 | {event} |\n"
    )
}

#[test]
fn sessions_of_one_second_stay_two() {
    let (one, other) = (record("~/p", "one"), record("~/p", "other"));
    let merged = merge("", &one, &other);
    assert_eq!(merged, merge("", &other, &one));
    assert_eq!(split_records(&merged), [format!("{one}\n"), other.clone()]);
    // Taken apart on one side, it stays so.
    assert_eq!(merge(&merged, &one, &merged), one);
    assert_eq!(merge(&merged, &merged, &one), one);
    // What was added to the only record on both sides is in it.
    let longer = |row: &str| format!("{one}| 10:32 | {row} |\n");
    let merged = merge(&one, &longer("a"), &longer("b"));
    assert_eq!(merged, format!("{one}| 10:32 | a |\n| 10:32 | b |\n"));
    let again = merge(
        &one,
        &longer("a"),
        &merge(&one, &one, &format!("{one}\n{other}")),
    );
    assert!(split_records(&again).len() == 2 && again.contains("| a |"));
}

#[test]
fn lines_of_other_texts_are_all_kept() {
    let merged = merge("a\nb\nc\n", "a\nx\nc\nours\n", "new\na\ny\nc\ntheirs\n");
    assert_eq!(merged, "new\na\nx\ny\nc\nours\ntheirs\n");
    assert_eq!(merge("a", "a\nb", "a\nc\n"), "a\nb\nc\n");
}

#[test]
fn neighbouring_steps_and_rows_that_each_side_changed_are_there_once() {
    let list = |marks: &str| {
        let steps = marks.chars().enumerate();
        let steps = steps.filter(|(_, mark)| *mark != '-');
        let steps: String = steps
            .map(|(n, mark)| format!("- [{mark}] s{n}\n"))
            .collect();
        format!("### Next Steps\n\n{steps}\n### Notes\n")
    };
    for (base, ours, theirs, merged) in [
        ("   ", "x  ", " x ", "xx "),
        ("   ", "x  ", "xx ", "xx "),
        ("xx ", " x ", "xxx", " xx"),
        ("   ", "- x", " x ", "-xx"),
        ("   ", "x--", " x ", "xx-"),
        ("", " ", "x", "x"),
        (" ", "x ", " x", "xx"),
    ] {
        let found = merge(&list(base), &list(ours), &list(theirs));
        assert_eq!(found, list(merged), "{base:?} {ours:?} {theirs:?}");
        let found = merge(&list(base), &list(theirs), &list(ours));
        assert_eq!(found, list(merged), "{base:?} {theirs:?} {ours:?}");
    }
    let table = |a: &str, b: &str| {
        format!("| Blocker | Resolution |\n|---|---|\n| a | {a} |\n| b \\| c | {b} |\n")
    };
    let merged = merge(&table("", ""), &table("mended", ""), &table("", "gone"));
    assert_eq!(merged, table("mended", "gone"));
    // Both changed one: neither is lost.
    let merged = merge(&table("", ""), &table("mended", ""), &table("waited", ""));
    assert!(merged.contains("| mended |") && merged.contains("| waited |"));
    assert_eq!(merged.matches("| b ").count(), 1, "{merged}");
}
