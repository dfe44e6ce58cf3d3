//! Properties that hold for every session and every text.

use super::super::*;
use super::{EXAMPLE, example, time};
use crate::model::{
    AgentSession, Blocker, Decision, Event, FileAction, FileRow, NextStep, Source, Status, ToolUse,
};
use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::select;

/// What is hard to write into a cell.
const WORDS: &[&str] = &[
    "a",
    "word",
    " ",
    "  ",
    "\t",
    "|",
    "\\|",
    "\\",
    "\n",
    "\r\n",
    "\r",
    "<br>",
    "<BR />",
    "<br",
    "&lt;br>",
    "&amp;",
    "&#13;",
    "&#x41;",
    "&",
    "<!-- observed -->",
    "<!-- inferred -->",
    "<!-- stated -->",
    "<!--",
    "-->",
    "-",
    "---",
    ":-:",
    "`",
    "```",
    "~~~",
    "**",
    "**Goal:** x",
    "### Blockers",
    "## Session: 20250101-000000",
    ">",
    "> x",
    "#tag",
    "🚀",
    "שלום",
    "\u{202e}",
    "日本",
    "é",
    "\0",
    "\u{1b}",
    "\u{2028}",
    "\u{feff}",
    "C:\\x\\",
    "from ",
    ",",
    "'",
    "\"",
    "Time",
    "Event",
    "File",
    "Decision",
    "14:30",
    "- ",
    "1. ",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => vec(select(WORDS), 0..6).prop_map(|words| words.concat()),
        3 => "[a-zA-Z ./,;-]{0,30}",
        1 => any::<String>(),
    ]
}

/// Text that is not nothing: by hand, a field without text and an empty one are the same.
fn source() -> impl Strategy<Value = Source> {
    select(
        &[
            Source::Stated,
            Source::Stated,
            Source::Observed,
            Source::Inferred,
        ][..],
    )
}

fn rows<T: std::fmt::Debug>(row: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    vec(row, 0..5)
}

fn events(started: Timestamp) -> impl Strategy<Value = Vec<Event>> {
    let start = reading::clock(started);
    let event = (prop_oneof![0_i64..300, -3000_i64..9000], text(), source());
    rows(event).prop_map(move |events| {
        let event = |(minutes, text, source)| Event {
            time: start + TimeDelta::minutes(minutes),
            text,
            source,
        };
        events.into_iter().map(event).collect()
    })
}

pub(super) fn session() -> impl Strategy<Value = Session> {
    let tables = (
        rows((text(), select(&FileAction::ALL[..]), text(), source())),
        rows((text(), text(), source())),
        rows((text(), text(), source())),
        rows((text(), prop_oneof![Just(0), any::<u64>()], source())),
        vec(text(), 0..4),
    );
    let fields = (
        (
            text(),
            vec(text(), 0..4),
            of((text(), of(text()))),
            of(any::<u64>()),
        ),
        (of(text()), of(text()), of(text())),
        (
            1_000_000_000_i64..2_000_000_000,
            1_u32..4,
            any::<bool>(),
            of(-100_i64..500_000),
        ),
    );
    (fields, tables).prop_flat_map(|(fields, tables)| {
        let started = Timestamp::from_seconds(fields.2.0);
        events(started).prop_map(move |progress| assemble(fields.clone(), tables.clone(), progress))
    })
}

type Fields = (
    (
        String,
        Vec<String>,
        Option<(String, Option<String>)>,
        Option<u64>,
    ),
    (Option<String>, Option<String>, Option<String>),
    (i64, u32, bool, Option<i64>),
);
type Tables = (
    Vec<(String, FileAction, String, Source)>,
    Vec<(String, String, Source)>,
    Vec<(String, String, Source)>,
    Vec<(String, u64, Source)>,
    Vec<String>,
);

fn assemble(fields: Fields, tables: Tables, progress: Vec<Event>) -> Session {
    let ((project, directories, agent, journal), (goal, reconstructed, interrupted), span) = fields;
    let (seconds, number, is_active, lasted) = span;
    let (files, decisions, blockers, tools, prompt) = tables;
    let started = Timestamp::from_seconds(seconds);
    let texts = decisions.iter().map(|(text, ..)| text);
    let steps = texts.filter(|text| !text.is_empty());
    let notes = blockers.iter().map(|(text, ..)| format!("[[a.md]] {text}"));
    Session {
        next_steps: steps
            .map(|text| NextStep {
                text: text.clone(),
                done: text.len() % 2 == 0,
            })
            .collect(),
        notes: notes.collect(),
        id: SessionId::new(started, number),
        project,
        status: if is_active {
            Status::Active
        } else {
            Status::Ended
        },
        started,
        ended: lasted.map(|lasted| Timestamp::from_seconds(seconds + lasted)),
        directories,
        agent: agent.clone().and_then(|(name, id)| Some(AgentSession { name, id: id? })),
        client: agent.filter(|(_, id)| id.is_none()).map(|(name, _)| name),
        journal,
        goal,
        reconstructed,
        interrupted,
        progress,
        files: files
            .into_iter()
            .map(|(path, action, notes, source)| FileRow {
                path,
                action,
                notes,
                source,
            })
            .collect(),
        decisions: decisions
            .into_iter()
            .map(|(decision, rationale, source)| Decision {
                decision,
                rationale,
                source,
            })
            .collect(),
        blockers: blockers
            .into_iter()
            .map(|(blocker, resolution, source)| Blocker {
                blocker,
                resolution,
                source,
            })
            .collect(),
        tools: tools
            .into_iter()
            .map(|(name, uses, source)| ToolUse { name, uses, source })
            .collect(),
        prompt,
    }
}

fn read(text: &str) -> Option<Session> {
    parse(text, Zone::UTC, None).session
}

/// What a person writes between the lines of a record.
const BY_HAND: &[&str] = &[
    "A note by hand.",
    "A note with a | pipe.",
    "- item one\n- item two | three",
    "```\n### Blockers\n| a | b |\n```",
    "- ```\n  ## Session: 20200101-000000\n  ```",
    "<!-- a comment\n### Files Tracker\n-->",
    "#### My heading\n\nText below it.",
    "> quoted by hand",
    "| my | own |\n|---|---|\n| x | y |",
    "1. one\n   ```\n   code\n   ```",
    "    indented | code",
    "**Bold:** text",
    "***",
];

/// Inserts paragraphs between blocks of a text, and may move sections.
fn by_hand(text: &str, notes: &[(usize, &str)], turn: usize, crlf: bool) -> String {
    let (head, rest) = text
        .split_once("\n### ")
        .map_or((text, String::new()), |(head, rest)| {
            (head, format!("### {rest}"))
        });
    let mut sections: Vec<String> = Vec::new();
    for line in rest.split_inclusive('\n') {
        match sections.last_mut() {
            Some(section) if !line.starts_with("### ") => section.push_str(line),
            _ => sections.push(line.to_owned()),
        }
    }
    if !sections.is_empty() {
        let turn = turn % sections.len();
        sections.rotate_left(turn);
    }
    let mut blocks: Vec<String> = vec![head.to_owned()];
    blocks.extend(
        sections
            .iter()
            .map(|section| format!("{}\n\n", section.trim_end_matches('\n'))),
    );
    for (at, note) in notes {
        let at = 1 + at % blocks.len();
        blocks.insert(at, format!("{note}\n\n"));
    }
    let text = blocks.concat();
    if crlf {
        text.replace('\n', "\r\n")
    } else {
        text
    }
}

fn assert_kept(
    notes: &[(usize, &str)],
    text: &str,
) -> Result<(), proptest::test_runner::TestCaseError> {
    for (_, note) in notes {
        for line in note.lines() {
            prop_assert!(
                text.lines().any(|found| found == line),
                "{line:?} is gone from\n{text}"
            );
        }
    }
    Ok(())
}

/// Compares line by line, so that a failure can be read.
fn assert_same(
    found: Option<&Session>,
    wanted: &Session,
    text: &str,
    changed: &str,
) -> Result<(), proptest::test_runner::TestCaseError> {
    if found != Some(wanted) {
        let lines = |session: &Session| {
            format!("{session:#?}")
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let found = found.map(&lines).unwrap_or_default();
        let differing = found.iter().zip(lines(wanted)).find(|(a, b)| *a != b);
        prop_assert!(false, "{differing:?}\n{text}\n=====\n{changed}");
    }
    Ok(())
}

/// Pieces of records, whole and broken.
const PIECES: &[&str] = &[
    "---\n",
    "session: 20250321-143022\n",
    "status: active\n",
    "status: done\n",
    "started: soon\n",
    "started: '2025-03-21T14:30:22Z'\n",
    "started: 2025-03-21 14:30\n",
    "ended: 2025-03-22\n",
    "directories: [a, b]\n",
    "directories:\n- x # c\n",
    "tags: [\n",
    "project: p # c\n",
    "agent: claude\n",
    "journal: 5\n",
    "title: {a: b}\n",
    "## Session: 20250321-143022\n",
    "## Session: 20250322-143022 (x)\n",
    "## Session: soon\n",
    "# Title\n",
    "**Directory:** ~/a\n",
    "**Directories:** a, b\n",
    "**Duration:** 2h 5m\n",
    "**Duration:** long\n",
    "**Goal**: x\n",
    "**Goal:**\n",
    "**Reconstructed:** from git\n",
    "### Progress Log\n",
    "## Files tracker ##\n",
    "### Decisions Log\n",
    "### Blockers\n",
    "### Skills and Tools\n",
    "### Resume Prompt\n",
    "> a\n",
    ">\n",
    ">b &lt; <br>\n",
    "| Time | Event |\n|------|-------|\n",
    "| Event | Time | More |\n|--|--|--|\n",
    "|Time|Event|\n",
    "|---|---|\n",
    "| 14:30 | x | y | z |\n",
    "| 9:05 | a <!-- observed --> |\n",
    "14:31 | b\n",
    "||\n",
    "| | |\n",
    "| soon | x |\n",
    "| File | Action | Notes |\n|---|---|---|\n",
    "|a.rs|Refactored|n\\|m|\n",
    "| a.rs |\n",
    "| Tool | Uses |\n|:-|-:|\n",
    "| Bash | many |\n",
    "| Decision | Rationale |\n| -- | -- |\n",
    "| Blocker | Resolution |\n| -- | -- |\n",
    "\n",
    "\n",
    "\r\n",
    "text\n",
    "```\n",
    "~~~\n",
    "<!--\n",
    "-->\n",
    "- ```\n",
    "- item | x\n",
    "  ",
    "\u{feff}",
    "x",
    "\r",
];

fn record() -> impl Strategy<Value = String> {
    let piece = prop_oneof![12 => select(PIECES).prop_map(str::to_owned), 1 => any::<String>()];
    let pieces = vec(piece, 0..30).prop_map(|pieces| pieces.concat());
    let cut = (0..EXAMPLE.len(), 0..EXAMPLE.len(), select(PIECES));
    let broken = cut.prop_map(|(a, b, piece)| {
        let (a, b) = (a.min(b), a.max(b).min(a.min(b) + 40));
        format!(
            "{}{piece}{}",
            EXAMPLE.get(..a).unwrap_or_default(),
            EXAMPLE.get(b..).unwrap_or_default()
        )
    });
    prop_oneof![
        pieces.clone(),
        pieces.prop_map(|body| format!(
            "{}\n{body}",
            EXAMPLE.split("## ").next().unwrap_or_default()
        )),
        broken
    ]
}

/// A record after lines were removed, doubled, moved or added by hand.
fn mutated() -> impl Strategy<Value = String> {
    let change = (0_usize..4, 0_usize..80, 0_usize..80, select(PIECES));
    (session(), vec(change, 0..6)).prop_map(|(session, changes)| {
        let text = render(&session);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        for (kind, at, other, piece) in changes {
            let (at, other) = (at % lines.len(), other % lines.len());
            match kind {
                0 if lines.len() > 1 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[other]),
                2 => lines.swap(at, other),
                _ => lines.insert(at, piece),
            }
        }
        lines.concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_written_reads_back(session in session()) {
        let text = render(&session);
        let parsed = parse(&text, Zone::UTC, None);
        prop_assert_eq!(&parsed.problems, &[], "{}", text);
        prop_assert_eq!(parsed.session.as_ref(), Some(&session), "{}", text);
        prop_assert_eq!(update(&text, &session), text);
    }

    #[test]
    fn what_is_changed_reads_back_and_notes_by_hand_stay(
        old in session(),
        new in session(),
        share in any::<[bool; 6]>(),
        notes in vec((0_usize..9, select(BY_HAND)), 0..5),
        turn in 0_usize..6,
        crlf in any::<bool>(),
    ) {
        let text = by_hand(&render(&old), &notes, turn, crlf);
        let new = mixed(&old, new, share);
        let changed = update(&text, &new);
        let found = read(&changed);
        assert_same(found.as_ref(), &new, &text, &changed)?;
        prop_assert_eq!(update(&changed, &new), changed.as_str());
        assert_kept(&notes, &changed)?;
        if crlf {
            prop_assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count());
        }
    }

    #[test]
    fn a_text_is_kept_as_long_as_nothing_changes(text in prop_oneof![4 => record(), 4 => mutated(), 1 => any::<String>()]) {
        for zone in [Zone::UTC, Zone::parse("Europe/Berlin").unwrap_or(Zone::UTC)] {
            if let Some(session) = parse(&text, zone, None).session {
                prop_assert_eq!(update(&text, &session), text.as_str());
            }
        }
    }

    #[test]
    fn any_text_takes_a_session(text in prop_oneof![4 => record(), 4 => mutated(), 1 => any::<String>()], session in session()) {
        let changed = update(&text, &session);
        let found = read(&changed);
        prop_assert!(found.is_some(), "{}", changed);
        let found = found.unwrap_or_else(example);
        prop_assert_eq!(&found.progress.len(), &session.progress.len(), "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.files, &session.files, "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.decisions, &session.decisions, "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.blockers, &session.blockers, "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.tools, &session.tools, "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.prompt, &session.prompt, "{}\n=====\n{}", text, changed);
        prop_assert_eq!(&found.goal, &session.goal, "{}\n=====\n{}", text, changed);
        let layout = Layout::read(&text);
        if !matches!(layout.front, super::front::Front::Broken) {
            assert_same(Some(&found), &session, &text, &changed)?;
        }
    }
}

/// A session that shares parts with another.
fn mixed(old: &Session, new: Session, share: [bool; 6]) -> Session {
    let mut session = old.clone();
    if share[0] {
        session.files = new.files;
        session.tools.extend(new.tools);
    }
    if share[1] {
        (session.status, session.started, session.ended, session.id) =
            (new.status, new.started, new.ended, new.id);
    }
    if share[2] {
        session.progress.extend(new.progress);
        session.decisions.reverse();
    }
    if share[3] {
        session.blockers.truncate(1);
        session.prompt = new.prompt;
        session.goal = new.goal;
    }
    if share[4] {
        (session.project, session.journal) = (new.project, new.journal);
        (session.agent, session.client) = (new.agent, new.client);
    }
    if share[5] {
        session.directories = new.directories;
        session.interrupted = new.interrupted;
        session.decisions.extend(new.decisions);
    }
    session
}

#[test]
fn a_hundred_kilobytes_read_back() {
    let mut session = example();
    let long = "word | with\nbreaks `and` <br> 🚀 ".repeat(3500);
    session.progress[0].text.clone_from(&long);
    session.decisions[0].rationale.clone_from(&long);
    session.goal = Some(long.clone());
    session.prompt.push(long);
    let text = render(&session);
    assert_eq!(read(&text), Some(session.clone()));
    session.ended = Some(time("2025-03-21T17:00:00Z"));
    assert_eq!(read(&update(&text, &session)), Some(session));
}
