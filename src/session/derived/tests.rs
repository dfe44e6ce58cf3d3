//! The derived files, seen from outside.

mod properties;

use super::*;
use crate::kb::tests::TestKb;
use crate::kb::walk::DERIVED_FILES;
use crate::model::{Session, Status, Timestamp};
use crate::session::tests::samples;
use proptest::prelude::*;
use std::fs;

const LOGS: &str = "session_logs";

/// Returns how many cases a property is tried with, unless `PROPTEST_CASES` says so.
fn cases(default: u32) -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let scale: u32 = std::env::var("MX_TEST_SCALE").map_or(1, |n| n.parse().expect("a number"));
    let usual = ProptestConfig::default();
    ProptestConfig {
        failure_persistence: None,
        cases: if set { usual.cases } else { default * scale },
        ..usual
    }
}

fn kb_with(config: &str) -> TestKb {
    let kb = TestKb::new();
    kb.write(".mx/config.yaml", config);
    let root = kb.root().to_owned();
    kb.reopened(&root)
}

fn put(kb: &TestKb, folder: &str, session: &Session) {
    let name = format!("{LOGS}/{folder}/{}.md", session.id);
    // One for each, since many may write at once.
    let new = format!("new-{folder}-{}", session.id);
    kb.write(&new, crate::markdown::session::render_record(session));
    let file = kb.root().join(name);
    fs::create_dir_all(file.parent().expect("a directory")).expect("made");
    // Replaced, so that its state shows it even within the resolution of the clock.
    fs::rename(kb.root().join(new), file).expect("moved");
}

fn derived(kb: &TestKb) -> [String; 3] {
    DERIVED_FILES.map(|name| kb.text(&format!("{LOGS}/{name}")))
}

fn names(kb: &TestKb) -> Vec<String> {
    let found = fs::read_dir(kb.root().join(LOGS)).expect("a directory");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = found
        .map(|e| name(e).to_string_lossy().into_owned())
        .collect();
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    names
}

/// Returns the sessions that a table names, in its order.
fn ids(table: &str) -> Vec<String> {
    table
        .lines()
        .filter_map(row::parse_row)
        .map(|(folder, id)| format!("{folder}/{id}"))
        .collect()
}

/// Returns the session entries on disk, sorted.
fn on_disk(kb: &TestKb) -> Vec<String> {
    let walker = Walker::new(kb).expect("a root");
    let survey = survey::Survey::list_names(kb, &walker).expect("readable");
    let reader = read::SessionReader::new(kb, &walker, &survey);
    let is_over = |file: &&survey::SessionFile| reader.read(file).is_some_and(|one| one.is_over());
    let name = |file: &survey::SessionFile| format!("{}/{}", survey.folder(file), file.id);
    let mut names: Vec<String> = survey.files.iter().filter(is_over).map(name).collect();
    names.sort();
    names
}

/// Returns the same KB as another clone has it: without what is private, without what is derived.
fn fresh_clone(kb: &TestKb, config: &str) -> TestKb {
    let clone = kb_with(config);
    for name in on_disk(kb) {
        let file = format!("{LOGS}/{name}.md");
        clone.write(&file, fs::read(kb.root().join(&file)).expect("a file"));
    }
    clone
}

fn check_guarantees(kb: &TestKb) {
    let config = kb.config();
    let [index, archive, recent] = derived(kb);
    let mut all = ids(&index);
    assert!(all.len() <= config.session_index_cap);
    all.extend(ids(&archive).into_iter().rev());
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(sorted, on_disk(kb), "each session exactly once");
    assert!(recent.lines().count() <= config.recent_lines, "{recent}");
    assert!(recent.len() <= config.recent_bytes, "{recent}");
    let told = recent
        .lines()
        .filter(|line| line.starts_with("## "))
        .count();
    assert!(told <= config.recent_sessions);
    assert!(told > 0 || all.is_empty(), "the newest is there");
    let headings = recent.lines().filter(|line| line.starts_with("## "));
    for (heading, name) in headings.zip(&all) {
        let id = name.rsplit('/').next().expect("an id");
        assert!(heading.contains(id), "newest first: {heading} {name}");
    }
    for text in [&index, &archive, &recent] {
        assert!(seal::is_intact(text));
    }
}

#[test]
fn a_session_is_found_in_all_three_files() {
    let kb = TestKb::new();
    let report = update_derived(&kb).expect("nothing to say");
    assert_eq!((report.sessions, report.written.len()), (0, 3));
    check_guarantees(&kb);
    let mut session = samples::full_session("20250321-143022", "my-api", "Auth");
    session.files.push(session.files[0].clone());
    put(&kb, "my-api", &session);
    let report = update_derived(&kb).expect("updated");
    assert!(!report.complete && report.unreadable.is_empty());
    let [index, archive, recent] = derived(&kb);
    assert!(index.ends_with(
        "| Session | Date | Project | Duration | Summary | Files | Decisions |\n\
         |---------|------|---------|----------|---------|-------|-----------|\n\
         | [20250321-143022](my-api/20250321-143022.md) | 2025-03-21 | my-api | 2h 15m | Auth. | 2 | 1 |\n"
    ), "{index}");
    assert_eq!(ids(&archive), Vec::<String>::new());
    let lines: Vec<&str> = recent.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "# Recent Work",
            "",
            "## 2025-03-21 14:30 · my-api · 2h 15m · [20250321-143022](my-api/20250321-143022.md)",
            "- Done: Auth.",
            "- Next: Auth",
            "- Blocked: Auth",
            "- Decided: Auth",
        ]
    );
    let again = update_derived(&kb).expect("nothing new");
    assert!(again.written.is_empty());
    assert!(
        regenerate_derived(&kb)
            .expect("the same")
            .written
            .is_empty()
    );
    check_guarantees(&kb);
}

#[test]
fn what_cannot_be_understood_is_there_by_its_path() {
    let kb = TestKb::new();
    kb.write(
        &format!("{LOGS}/a|b (c)/20250321-143022.md"),
        b"\xff\xfe\0 nonsense",
    );
    kb.write(&format!("{LOGS}/empty/20250321-143023.md"), "");
    let report = update_derived(&kb).expect("updated");
    assert_eq!(report.unreadable.len(), 2);
    let [index, ..] = derived(&kb);
    assert_eq!(
        ids(&index),
        ["empty/20250321-143023", "a|b (c)/20250321-143022"]
    );
    assert!(
        index.contains("| 2025-03-21 | a\\|b (c) |  |  | 0 | 0 |"),
        "{index}"
    );
    check_guarantees(&kb);
}

#[test]
fn an_ending_session_reads_little_and_the_archive_grows() {
    let kb = kb_with("session_index_cap: 3\nrecent_sessions: 2\n");
    for day in 1..=9 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "old"),
        );
    }
    regenerate_derived(&kb).expect("made");
    settle(&kb);
    for minute in 10..20 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("20250310-10{minute}00"), "p", "new"),
        );
        let report = update_derived(&kb).expect("updated");
        assert!(!report.complete, "only what is new was read");
        assert_eq!(report.written.len(), 3);
        check_guarantees(&kb);
        settle(&kb);
    }
    let before = derived(&kb);
    regenerate_derived(&kb).expect("made");
    assert_eq!(derived(&kb), before);
}

/// Makes the files of the sessions look as old as they usually are.
fn settle(kb: &TestKb) {
    let path = kb.private_dir().join("sessions/derived.json");
    let text = fs::read_to_string(&path).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    manifest["settled"] = true.into();
    fs::write(&path, manifest.to_string()).expect("written");
}

#[test]
fn a_session_that_was_going_on_ends_without_reading_the_others() {
    let kb = kb_with("session_index_cap: 2\n");
    for day in 1..=5 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "old"),
        );
    }
    let mut session = samples::full_session("20250306-100000", "p", "now");
    (session.status, session.ended) = (Status::Active, None);
    put(&kb, "p", &session);
    regenerate_derived(&kb).expect("made");
    settle(&kb);
    assert!(derived(&kb).iter().all(|text| !text.contains("20250306")));
    session.status = Status::Ended;
    session.ended = Some(Timestamp::from_seconds(session.started.seconds() + 60));
    put(&kb, "p", &session);
    let report = update_derived(&kb).expect("updated");
    assert!(!report.complete);
    assert!(derived(&kb)[0].contains("| 1m | now."));
    check_guarantees(&kb);
}

#[test]
fn what_was_interrupted_is_noticed_by_the_next_command() {
    let kb = TestKb::new();
    put(
        &kb,
        "p",
        &samples::full_session("20250301-100000", "p", "one"),
    );
    update_derived(&kb).expect("made");
    assert_eq!(compare_with_entries(&kb).expect("compared"), []);
    assert_eq!(catch_up(&kb), Vec::<String>::new());
    // A process is killed between the entry and the update.
    mark_outdated(&kb);
    put(
        &kb,
        "p",
        &samples::full_session("20250302-100000", "p", "two"),
    );
    let differing = compare_with_entries(&kb).expect("compared");
    let names: Vec<&str> = differing.iter().map(EntryPath::stem).collect();
    assert_eq!(names, ["SESSION_INDEX", "RECENT_WORK"]);
    assert_eq!(catch_up(&kb), Vec::<String>::new());
    assert_eq!(compare_with_entries(&kb).expect("compared"), []);
    // A mark that comes while the files are written stays.
    let marks = outdated::list_marks(&kb);
    mark_outdated(&kb);
    outdated::remove_marks(&marks);
    assert_eq!(outdated::list_marks(&kb).len(), 1);
}

#[test]
fn whatever_else_changes_leads_to_the_same_files() {
    type Change = fn(&TestKb);
    let changes: [(&str, Change); 9] = [
        ("an old one is deleted", |kb| {
            remove(kb, "p/20250301-100000.md")
        }),
        ("a new one is deleted", |kb| {
            remove(kb, "p/20250308-100000.md")
        }),
        ("an old one is edited", |kb| {
            put(
                kb,
                "p",
                &samples::full_session("20250302-100000", "p", "edited"),
            )
        }),
        ("an older one comes", |kb| {
            put(
                kb,
                "q",
                &samples::full_session("20240302-100000", "q", "older"),
            )
        }),
        ("all are deleted", |kb| {
            fs::remove_dir_all(kb.root().join(LOGS).join("p")).expect("removed")
        }),
        ("the archive is deleted", |kb| {
            remove(kb, "SESSION_INDEX_ARCHIVE.md")
        }),
        ("the index is deleted", |kb| remove(kb, "SESSION_INDEX.md")),
        ("recent work is emptied", |kb| {
            kb.write(&format!("{LOGS}/RECENT_WORK.md"), "")
        }),
        ("the manifest is broken", |kb| {
            kb.write(".mx/sessions/derived.json", "{")
        }),
    ];
    let config = "session_index_cap: 3\nrecent_sessions: 2\n";
    for (what, change) in changes {
        let kb = kb_with(config);
        for day in 1..=8 {
            put(
                &kb,
                "p",
                &samples::full_session(&format!("2025030{day}-100000"), "p", "x"),
            );
        }
        regenerate_derived(&kb).expect("made");
        settle(&kb);
        change(&kb);
        let report = update_derived(&kb).expect("updated");
        assert!(report.moved_aside.is_empty(), "{what}");
        check_guarantees(&kb);
        let clone = fresh_clone(&kb, config);
        regenerate_derived(&clone).expect("made");
        assert_eq!(derived(&kb), derived(&clone), "{what}");
    }
}

fn remove(kb: &TestKb, name: &str) {
    fs::remove_file(kb.root().join(LOGS).join(name)).expect("removed");
}

#[test]
fn a_write_that_was_cut_short_is_mended() {
    let config = "session_index_cap: 1\n";
    let kb = kb_with(config);
    for day in 1..=4 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "x"),
        );
    }
    regenerate_derived(&kb).expect("made");
    let whole = derived(&kb)[1].clone();
    let row = whole.len() - whole.trim_end().rfind('\n').expect("a row");
    for cut in 1..row {
        for torn in [
            whole[..whole.len() - cut].to_owned(),
            format!("{}\0\0\0", &whole[..whole.len() - cut]),
        ] {
            kb.write(&format!("{LOGS}/SESSION_INDEX_ARCHIVE.md"), torn);
            let report = update_derived(&kb).expect("mended");
            assert!(report.complete && report.moved_aside.is_empty(), "{cut}");
            assert_eq!(derived(&kb)[1], whole);
        }
    }
}

#[test]
fn a_process_killed_between_two_writes_is_made_up_for() {
    let kb = kb_with("session_index_cap: 2\n");
    for day in 1..=4 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "x"),
        );
    }
    let mut files: Vec<String> = DERIVED_FILES.map(|name| format!("{LOGS}/{name}")).into();
    files.push(".mx/sessions/derived.json".to_owned());
    let texts = || -> Vec<String> { files.iter().map(|file| kb.text(file)).collect() };
    regenerate_derived(&kb).expect("made");
    settle(&kb);
    let before = texts();
    put(
        &kb,
        "p",
        &samples::full_session("20250305-100000", "p", "y"),
    );
    update_derived(&kb).expect("updated");
    let after = texts();
    for done in 0..1 << files.len() {
        for (at, file) in files.iter().enumerate() {
            let text = if done >> at & 1 == 1 { &after } else { &before };
            kb.write(file, &text[at]);
        }
        let report = update_derived(&kb).expect("updated");
        assert_eq!(report.moved_aside, [], "{done}");
        assert_eq!(texts()[..3], after[..3], "{done}");
    }
}

#[test]
fn the_limits_hold_for_ten_thousand() {
    let kb = TestKb::new();
    let odd = [
        "|---|---|",
        "a|b\\|c",
        "x\ny",
        "<!-- z",
        "--> w",
        "👩‍👩‍👧 مرحبا \u{202e}",
        "\0",
        "`",
        "=======",
        "plain",
    ];
    for n in 0..10_000u32 {
        let text = (0..3)
            .map(|at| odd[((n >> (3 * at)) % 10) as usize])
            .collect::<String>();
        let text = if n % 500 == 0 {
            text.repeat(100_000 / text.len())
        } else {
            text
        };
        let (day, hour) = (n / 10 % 28 + 1, n / 280 % 24);
        let id = format!(
            "2025{:02}{day:02}-{hour:02}{:02}{:02}",
            n % 3 + 1,
            n / 60 % 60,
            n % 60
        );
        put(
            &kb,
            &format!("p{}", n % 7),
            &samples::full_session(&id, &text, &text),
        );
    }
    let report = update_derived(&kb).expect("made");
    assert!(report.sessions > 9_000, "{}", report.sessions);
    check_guarantees(&kb);
    let recent = kb.text("session_logs/RECENT_WORK.md");
    assert_eq!(recent.matches("\n## ").count(), 20);
}

#[test]
fn what_somebody_else_wrote_is_moved_aside_once() {
    let kb = kb_with("session_index_cap: 2\n");
    for day in 1..=5 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "x"),
        );
    }
    regenerate_derived(&kb).expect("made");
    let ours = derived(&kb);
    for (name, text) in DERIVED_FILES.iter().zip(&ours) {
        let path = format!("{LOGS}/{name}");
        let stem = name.trim_end_matches(".md");
        let edits = [
            format!("{text}\nA line of my own\n"),
            text.replacen("x.", "better words", 1),
            "Something else entirely".to_owned(),
            "\u{fffd}".to_owned(),
        ];
        let mut kept = 0;
        for edited in edits {
            if edited == *text {
                continue;
            }
            kept += 1;
            for _ in 0..2 {
                kb.write(&path, &edited);
                let report = update_derived(&kb).expect("updated");
                let aside = format!("{LOGS}/{stem}-moved-aside-{kept}.md");
                assert_eq!(report.moved_aside.len(), 1, "{name} {edited}");
                assert_eq!(report.moved_aside[0].to.as_str(), aside);
                assert_eq!(
                    kb.text(&aside),
                    edited,
                    "the second time nothing more is kept"
                );
                assert_eq!(derived(&kb), ours);
            }
        }
        assert!(kept >= 3);
    }
    check_guarantees(&kb);
}

#[test]
fn what_this_program_wrote_is_not_moved_aside() {
    let kb = kb_with("session_index_cap: 2\nrecent_sessions: 3\n");
    for day in 1..=4 {
        put(
            &kb,
            "p",
            &samples::full_session(&format!("2025030{day}-100000"), "p", "x"),
        );
    }
    regenerate_derived(&kb).expect("made");
    let base = derived(&kb);
    put(
        &kb,
        "p",
        &samples::full_session("20250305-100000", "p", "mine"),
    );
    regenerate_derived(&kb).expect("made");
    let mine = derived(&kb);
    remove(&kb, "p/20250305-100000.md");
    put(
        &kb,
        "p",
        &samples::full_session("20250306-100000", "p", "theirs"),
    );
    regenerate_derived(&kb).expect("made");
    let theirs = derived(&kb);
    put(
        &kb,
        "p",
        &samples::full_session("20250305-100000", "p", "mine"),
    );
    regenerate_derived(&kb).expect("made");
    let merged = derived(&kb);
    // An old session is edited as well: rows of it are as no program would write them now.
    put(
        &kb,
        "p",
        &samples::full_session("20250301-100000", "p", "edited"),
    );
    for (at, name) in DERIVED_FILES.iter().enumerate() {
        let [base, mine, theirs] = [&base[at], &mine[at], &theirs[at]];
        let union: String = mine
            .lines()
            .chain(theirs.lines())
            .map(|line| format!("{line}\n"))
            .collect();
        let unedited = |text: &str| !text.contains("20250301");
        let mut versions = vec![
            base.clone(),
            mine.replace('\n', "\r\n"),
            format!("<<<<<<< HEAD\n{mine}=======\n{theirs}>>>>>>> other\n"),
            format!("<<<<<<< HEAD\n{mine}||||||| 1234\n{base}=======\n{theirs}>>>>>>> other\n"),
        ];
        if unedited(&union) {
            versions.push(union);
        }
        for version in versions {
            kb.write(&format!("{LOGS}/{name}"), &version);
            fs::remove_dir_all(kb.private_dir().join("sessions")).expect("removed");
            let report = update_derived(&kb).expect("updated");
            assert_eq!(report.moved_aside, [], "{name}\n{version}");
        }
    }
    assert_eq!(ids(&merged[0]), ids(&derived(&kb)[0]));
    assert_eq!(names(&kb).len(), 3);
}

#[test]
fn many_writers_at_once_end_in_the_same_files() {
    let config = "session_index_cap: 5\n";
    let kb = kb_with(config);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let kb = &kb;
            scope.spawn(move || {
                for n in 0..8 {
                    let id = format!("20250310-10{writer}{n}00");
                    put(
                        kb,
                        &format!("p{}", writer % 2),
                        &samples::full_session(&id, "p", "x"),
                    );
                    update_derived(kb).expect("updated");
                }
            });
        }
    });
    check_guarantees(&kb);
    let clone = fresh_clone(&kb, config);
    regenerate_derived(&clone).expect("made");
    assert_eq!(derived(&kb), derived(&clone));
    assert_eq!(names(&kb).len(), 3, "nothing was moved aside");
}

#[test]
fn lists_are_newest_first_and_by_project() {
    let kb = TestKb::new();
    assert_eq!(list_facts(&kb, None, 9).expect("nothing"), []);
    put(
        &kb,
        "my-api",
        &samples::full_session("20250301-100000", "My API", "a"),
    );
    put(
        &kb,
        "my-api",
        &samples::full_session("20250302-100000", "my-api", "b"),
    );
    put(
        &kb,
        "web",
        &samples::full_session("20250303-100000", "web", "c"),
    );
    put(
        &kb,
        "web",
        &samples::full_session("20250301-100000", "web", "d"),
    );
    kb.write(&format!("{LOGS}/web/20250304-100000.md"), "broken");
    let ids = |project, limit| {
        let list = list_facts(&kb, project, limit).expect("a list");
        list.iter()
            .map(|facts| facts.path.stem()[6..8].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 99), ["04", "03", "02", "01", "01"]);
    assert_eq!(ids(None, 2), ["04", "03"]);
    assert_eq!(ids(Some("my api"), 9), ["01"]);
    assert_eq!(ids(Some("my-api"), 9), ["02"]);
    assert_eq!(ids(Some("web"), 1), ["04"]);
    assert_eq!(ids(Some("none"), 1), Vec::<String>::new());
    let newest = newest_sessions(&kb, Some("web"), 1).expect("a list");
    assert_eq!(newest[0].0.as_str(), "session_logs/web/20250303-100000.md");

    let found = |text, project| {
        let found = find_sessions(&kb, text, project).expect("found");
        found
            .iter()
            .map(|facts| facts.path.to_string())
            .collect::<Vec<_>>()
    };
    let both = [
        "session_logs/my-api/20250301-100000.md",
        "session_logs/web/20250301-100000.md",
    ];
    assert_eq!(found("20250301", None), both);
    assert_eq!(found("20250301-100000", Some("web")), both[1..]);
    for text in ["web/20250301", "session_logs/web/20250301-100000.md"] {
        assert_eq!(found(text, None), both[1..]);
    }
    for text in ["", " ", "2026", "x", "web/"] {
        assert_eq!(found(text, None), Vec::<String>::new(), "{text}");
    }
    put(
        &kb,
        "web",
        &samples::full_session("20250301-100000-2", "web", "e"),
    );
    assert_eq!(found("20250301-100000", None), both, "the exact name wins");
    assert_eq!(found("20250301-100000-", None).len(), 1);
}
