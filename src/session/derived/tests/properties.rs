//! What holds for every session, every setting and every order of steps.

use super::*;

/// Text that attacks the format.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop_oneof![
        "\\PC{0,30}",
        ".{0,30}",
        Just("|".to_owned()),
        Just("|---|---|".to_owned()),
        Just(
            "\n| [20250321-143022](p/20250321-143022.md) | 2025-03-21 | p | | s | 0 | 0 |\n"
                .to_owned()
        ),
        Just("<!-- ".to_owned()),
        Just("-->\n# Recent Work\n## 2025".to_owned()),
        Just("👩‍👩‍👧 مرحبا \u{202e}".to_owned()),
        Just("\\|\\\\|".to_owned()),
        Just("\r\n=======\r\n<<<<<<< \0".to_owned()),
        (1usize..3_000).prop_map(|n| "x|\n".repeat(n)),
    ];
    proptest::collection::vec(parts, 0..4).prop_map(|parts| parts.concat())
}

/// A session with a name within a few days, so that names meet, and a start that may be any.
fn any_session() -> impl Strategy<Value = Session> {
    let time = (1u32..5, 0u32..24, 0u32..3, 1u32..3);
    let ended = prop_oneof![Just(None), (-100i64..200_000).prop_map(Some)];
    (time, -200_000i64..200_000, ended, hostile(), hostile()).prop_map(
        |(time, drift, ended, project, text)| {
            let (day, hour, minute, number) = time;
            let number = if number == 1 {
                String::new()
            } else {
                format!("-{number}")
            };
            let id = format!("202503{day:02}-{hour:02}{minute:02}00{number}");
            let mut session = samples::full_session(&id, &project, &text);
            session.started = Timestamp::from_seconds(session.started.seconds() + drift);
            session.ended =
                ended.map(|after| Timestamp::from_seconds(session.started.seconds() + after));
            session.status = if ended.is_some() {
                Status::Ended
            } else {
                Status::Active
            };
            session
        },
    )
}

fn any_limits() -> impl Strategy<Value = String> {
    (1usize..6, 1usize..5, 1usize..30, 500usize..3000).prop_map(|(cap, sessions, lines, bytes)| {
        format!("session_index_cap: {cap}\nrecent_sessions: {sessions}\nrecent_lines: {lines}\nrecent_bytes: {bytes}\n")
    })
}

#[derive(Debug, Clone)]
enum Step {
    /// Makes or replaces a session; behind all others, as sessions usually come, or anywhere.
    Put {
        folder: usize,
        session: Box<Session>,
        newest: bool,
    },
    Break(usize),
    Delete(usize),
    Move {
        which: usize,
        folder: usize,
    },
    Lose(usize),
    Update,
}

const FOLDERS: [&str; 3] = ["p", "q r", "ä|"];

fn any_step() -> impl Strategy<Value = Step> {
    let put =
        (0..3usize, any_session(), any::<bool>()).prop_map(|(folder, session, newest)| Step::Put {
            folder,
            session: Box::new(session),
            newest,
        });
    prop_oneof![
        6 => put,
        1 => any::<usize>().prop_map(Step::Break),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => (any::<usize>(), 0..3usize).prop_map(|(which, folder)| Step::Move { which, folder }),
        1 => (0usize..4).prop_map(Step::Lose),
        5 => Just(Step::Update),
    ]
}

fn play(kb: &TestKb, step: &Step, number: usize) {
    let there = on_disk(kb);
    let pick = |which: usize| {
        there
            .get(which % there.len().max(1))
            .map(|name| kb.root().join(LOGS).join(format!("{name}.md")))
    };
    match step {
        Step::Put {
            folder,
            session,
            newest,
        } => {
            let mut session = session.clone();
            if *newest {
                session.id = format!("20250401-10{:02}{:02}", number / 60, number % 60)
                    .parse()
                    .expect("an id");
            }
            put(kb, FOLDERS[*folder], &session);
        }
        Step::Break(which) => {
            if let Some(file) = pick(*which) {
                fs::write(file, "broken").expect("written");
            }
        }
        Step::Delete(which) => {
            if let Some(file) = pick(*which) {
                fs::remove_file(file).expect("removed");
            }
        }
        Step::Move { which, folder } => {
            if let Some(file) = pick(*which) {
                let to = kb.root().join(LOGS).join(FOLDERS[*folder]);
                fs::create_dir_all(&to).expect("made");
                fs::rename(&file, to.join(file.file_name().expect("a name"))).expect("moved");
            }
        }
        Step::Lose(which) => {
            let file = match DERIVED_FILES.get(*which) {
                Some(name) => kb.root().join(LOGS).join(name),
                None => kb.private_dir().join("sessions/derived.json"),
            };
            let _ = fs::remove_file(file);
        }
        Step::Update => {
            let report = update_derived(kb).expect("updated");
            assert_eq!(report.moved_aside, []);
            assert!(report.sessions >= there.len());
            check_guarantees(kb);
        }
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn any_history_leads_to_the_same_files(
        limits in any_limits(),
        settled in any::<bool>(),
        steps in proptest::collection::vec(any_step(), 1..24),
    ) {
        let kb = kb_with(&limits);
        for (number, step) in steps.iter().enumerate() {
            play(&kb, step, number);
            if settled && matches!(step, Step::Update) {
                settle(&kb);
            }
        }
        play(&kb, &Step::Update, 0);
        let clone = fresh_clone(&kb, &limits);
        regenerate_derived(&clone).expect("made");
        prop_assert_eq!(derived(&kb), derived(&clone));
        prop_assert_eq!(names(&kb).len(), 3);
    }

    #[test]
    fn the_newest_are_found_without_reading_all(
        sessions in proptest::collection::vec((0..3usize, any_session()), 0..60),
        limit in 0usize..12,
    ) {
        let kb = TestKb::new();
        for (folder, session) in &sessions {
            put(&kb, FOLDERS[*folder], session);
        }
        let all = list_facts(&kb, None, usize::MAX).expect("a list");
        let some = list_facts(&kb, None, limit).expect("a list");
        prop_assert_eq!(&some[..], &all[..limit.min(all.len())]);
        let mut session = samples::ended_session("20250321-143022", "p");
        let keys: Vec<_> = all.iter().map(|facts| {
            session.started = facts.started;
            let instant = facts::sort_instant(facts.id, Some(&session));
            (std::cmp::Reverse((instant, facts.id)), facts.path.clone())
        }).collect();
        prop_assert!(keys.is_sorted());
    }
}
