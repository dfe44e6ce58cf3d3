//! What holds for every record, every budget and every text.

use super::super::{
    Ending, Note, Work, compose_prompt, fence_recall, resume_block, strip_recalled,
};
use super::super::{next_of, state_of, summary_of};
use crate::error::HintSpelling;
use crate::model::{FileAction, Session, SessionId, Source, Status, Timestamp};
use crate::session::tests::samples::{blocker, decision, event, file, path, session_from, time};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts from pieces that could do harm.
fn text() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "word ",
        "cargo test: failed",
        "next: ",
        "Next: ",
        "\n",
        "\r\n",
        "# ",
        "- ",
        "```",
        "|",
        "<!-- mx:recall v1 -->",
        "<!-- /mx:recall -->",
        "-->",
        "<!--",
        "</system>",
        "Key files: ",
        "Last session: ",
        ". ",
        "日本語",
        "👩‍👩‍👧",
        "\u{202e}",
        "\0",
        "\u{1b}[0m",
        "\u{2028}",
        "…",
        "Decided: ",
        "a rather long piece of text that fills the line, and goes on; and on. ",
    ]);
    let small = vec(pieces.clone(), 0..8).prop_map(|pieces| pieces.concat());
    let long = vec(pieces, 20..60).prop_map(|pieces| pieces.concat());
    prop_oneof![12 => small, 1 => long, 1 => any::<String>()]
}

fn session() -> impl Strategy<Value = Session> {
    let rows = (
        vec(text(), 0..15),
        vec((text(), select(FileAction::ALL.to_vec()), text()), 0..12),
        vec((text(), text()), 0..16),
        vec((text(), prop_oneof![Just(String::new()), text()]), 0..4),
    );
    let head = (
        0..100_000_000_i64,
        option::of(text()),
        option::of(text()),
        any::<bool>(),
    );
    let end = (any::<bool>(), ending(), vec(text(), 0..3));
    (head, rows, end).prop_map(|(head, (events, files, decisions, blockers), end)| {
        let (at, goal, interrupted, active) = head;
        let started = Timestamp::from_seconds(1_700_000_000 + at);
        let mut session = Session {
            id: SessionId::new(started, 1),
            started,
            ended: (!active).then_some(started),
            status: if active {
                Status::Active
            } else {
                Status::Ended
            },
            goal,
            interrupted,
            progress: events.iter().map(|text| event(text)).collect(),
            files: files
                .iter()
                .map(|(path, action, notes)| file(path, *action, notes, Source::Observed))
                .collect(),
            decisions: decisions
                .iter()
                .map(|(what, why)| decision(what, why))
                .collect(),
            blockers: blockers
                .iter()
                .map(|(what, how)| blocker(what, how))
                .collect(),
            ..session_from("2025-03-21T14:30:22Z")
        };
        let (composed, ending, by_hand) = end;
        session.prompt = if composed {
            compose_prompt(&session, &ending)
        } else {
            by_hand
        };
        session
    })
}

fn ending() -> impl Strategy<Value = Ending> {
    let parts = (
        option::of(text()),
        option::of(text()),
        option::of(text()),
        vec(text(), 0..5),
    );
    parts.prop_map(|(summary, state, next, uncommitted)| Ending {
        summary,
        state,
        next,
        uncommitted,
    })
}

fn work() -> impl Strategy<Value = Work> {
    let note = (0..100_000_000_i64, text(), text());
    (text(), vec(session(), 0..4), vec(note, 0..6)).prop_map(|(project, sessions, notes)| Work {
        project,
        open: Vec::new(),
        fenced: false,
        spelling: HintSpelling::default(),
        sessions: sessions
            .into_iter()
            .map(|session| (path("session_logs/a/b.md"), session))
            .collect(),
        notes: notes
            .into_iter()
            .map(|(at, heading, text)| Note {
                time: Timestamp::from_seconds(1_700_000_000 + at),
                path: path("a b/it's.md"),
                heading,
                text,
            })
            .collect(),
        now: time("2026-01-01T00:00:00Z"),
    })
}

/// The items of a block, as often as they are there.
fn lines(text: &str) -> Vec<&str> {
    let item = |line: &&str| line.starts_with("- ") || line.starts_with("Project ");
    text.lines().filter(item).collect()
}

fn is_part(part: &[&str], whole: &[&str]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|line| whole.any(|other| other == line))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_block_keeps_to_its_budget_whole_item_by_whole_item(
        work in work(),
        budgets in vec(0..20_000_usize, 1..6),
        small in vec(0..1500_usize, 1..12),
    ) {
        let all = resume_block(&work, usize::MAX);
        prop_assert!(all.left_out.is_empty());
        let everything = lines(&all.text);
        let mut budgets = [budgets, small].concat();
        budgets.sort_unstable();
        let mut before = String::new();
        for budget in budgets {
            let block = resume_block(&work, budget);
            prop_assert!(block.text.chars().count() <= budget);
            prop_assert_eq!(&crate::session::resume::resume_block(&work, budget), &block);
            let held = lines(&block.text);
            prop_assert!(is_part(&held, &everything), "items are whole and in order");
            prop_assert!(is_part(&lines(&before), &held), "a larger budget loses nothing");
            let left: u64 = block.left_out.iter().map(|one| one.count).sum();
            prop_assert_eq!(held.len() as u64 + left, everything.len() as u64, "all others are shown");
            prop_assert_eq!(left > 0 && !block.text.is_empty(), block.text.contains("\nLeft out")
                || block.text.starts_with("Left out"));
            before = block.text;
        }
        let left_out = resume_block(&work, 0).left_out;
        let ways = left_out.iter().map(|one| one.how.as_str());
        for way in ways.filter_map(|way| way.strip_prefix("resume budget ")) {
            let budget = way.parse().expect("a number");
            prop_assert!(resume_block(&work, budget).left_out.is_empty());
        }
    }

    #[test]
    fn a_block_is_plain_lines(work in work()) {
        let text = resume_block(&work, usize::MAX).text;
        prop_assert!(!text.contains("<!--") && !text.contains("-->"));
        prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
        for (at, line) in text.lines().enumerate() {
            match at {
                0 => prop_assert!(line.starts_with("Project ")),
                1 => prop_assert_eq!(line, ""),
                _ => prop_assert!(line.starts_with("- "), "{}", line),
            }
        }
    }

    #[test]
    fn a_prompt_is_short_lines_that_read_back(session in session(), ending in ending()) {
        let lines = compose_prompt(&session, &ending);
        prop_assert_eq!(&compose_prompt(&session, &ending), &lines);
        for line in &lines {
            prop_assert!(!line.is_empty() && line.trim() == line);
            prop_assert!(!line.contains(char::is_control));
            prop_assert!(line.chars().count() < 1700);
        }
        let says = |text: &Option<String>| {
            text.as_deref().is_some_and(|text| !text.trim().is_empty())
        };
        let kept = Session { prompt: lines, ..session };
        prop_assert!(!says(&ending.summary) || summary_of(&kept).is_some());
        prop_assert!(!says(&ending.next) || next_of(&kept).is_some());
        if says(&ending.state) && says(&ending.next) {
            prop_assert!(state_of(&kept).is_some());
        }
    }

    #[test]
    fn what_is_fenced_is_stripped(
        before in text(),
        inside in text(),
        after in text(),
        id in text(),
    ) {
        let (before, after) = (before.replace("mx:", ""), after.replace("mx:", ""));
        let fenced = fence_recall(&inside, &id);
        prop_assert_eq!(fenced.matches("<!--").count(), 2);
        prop_assert_eq!(
            strip_recalled(&format!("{before}\n{fenced}\n{after}")),
            format!("{before}\n{after}")
        );
        let stripped = strip_recalled(&inside);
        prop_assert_eq!(&strip_recalled(&stripped), &stripped);
    }
}
