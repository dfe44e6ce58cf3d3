//! What goes on over sessions and nights: what was forgotten, logged later, logged twice, or
//! changed in an editor.

use crate::common::World;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A project, and a clock that can be set: `2 09:30` is half past nine on 2 June 2026.
struct Work {
    world: World,
    dir: PathBuf,
}

impl Work {
    fn new() -> Self {
        let world = World::new();
        let dir = world.home().join("shop");
        fs::create_dir_all(&dir).expect("a project");
        Work { world, dir }
    }

    fn at(&self, time: &str, arguments: &[&str]) -> String {
        let run = self.world.command(arguments).within(&self.dir);
        run.env("MX_NOW", clock(time)).shown()
    }

    fn json(&self, time: &str, arguments: &[&str]) -> Value {
        let run = self.world.command(arguments).within(&self.dir);
        let output = run.arg("--json").env("MX_NOW", clock(time)).output();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Returns the sessions that are listed, newest first: id, minutes, summary.
    fn sessions(&self, time: &str) -> Vec<(String, Option<u64>, String)> {
        let listed = self.json(time, &["log", "list"]);
        let sessions = listed["sessions"].as_array().expect("sessions").iter();
        let told = |one: &Value| {
            let text = |key: &str| one[key].as_str().expect("text").to_owned();
            (text("id"), one["minutes"].as_u64(), text("summary"))
        };
        sessions.map(told).collect()
    }

    fn open(&self, time: &str) -> Vec<String> {
        let next = self.json(time, &["next"]);
        let items = next["items"].as_array().expect("items").iter();
        let text = |item: &Value| item["text"].as_str().expect("a text").to_owned();
        items.map(text).collect()
    }

    fn change(&self, path: &str, from: &str, to: &str) {
        let text = self.world.read(path);
        assert!(text.contains(from), "{text}");
        self.world.write(path, text.replace(from, to));
    }
}

fn clock(time: &str) -> String {
    let (day, time) = time.split_once(' ').expect("day and time");
    format!("2026-06-{day:0>2}T{time}:00Z")
}

const ENTRY: [&str; 2] = ["-e", "notes.md"];

#[test]
fn a_forgotten_session_ends_whatever_is_said_first() {
    for first in [
        &["log", "event", "e2"][..],
        &["log", "decision", "d"],
        &["log", "next", "n"],
        &["log", "blocker", "b"],
        &["log", "file", "a.rs"],
        &["log", "tool", "Bash"],
        &["log", "update", "-m", "e2"],
        &["session-log", "a note", "-e", "notes.md"],
    ] {
        let work = Work::new();
        work.at("1 16:00", &["log", "start", "--goal", "day one"]);
        work.at("1 17:00", &["log", "event", "e1"]);
        let said = work.at("2 09:00", first);
        let started = work.at("2 09:30", &["log", "start", "--goal", "day two"]);
        let told = "ended a forgotten session at its last activity, 2026-06-01 17:00";
        assert!(
            format!("{said}{started}").contains(told),
            "{first:?}: {said}{started}"
        );
        let ended = work.at("2 10:00", &["log", "end", "--summary", "day two is done"]);
        assert!(ended.contains("20260602-09"), "{ended}");
        let sessions = work.sessions("2 10:00");
        let minutes: Vec<_> = sessions.iter().map(|one| one.1).collect();
        let second = if first[0] == "log" { 60 } else { 30 };
        assert_eq!(minutes, [Some(second), Some(60)], "{first:?}");
        let record = work
            .world
            .read(&format!("session_logs/shop/{}.md", sessions[0].0));
        assert!(record.contains("**Goal:** day two"), "{first:?}: {record}");
    }
}

#[test]
fn what_a_session_is_named_for_goes_into_it_however_late() {
    let work = Work::new();
    work.at("1 16:00", &["log", "start"]);
    let late = ["log", "event", "late", "--session", "20260601-160000"];
    work.at("3 09:00", &late);
    assert_eq!(work.sessions("3 09:00").len(), 1);
    // A short absence is none.
    let work = Work::new();
    work.at("1 16:00", &["log", "start"]);
    work.at("1 23:30", &["log", "event", "late"]);
    work.at("2 07:00", &["log", "event", "early"]);
    assert_eq!(work.sessions("2 07:00").len(), 1);
}

#[test]
fn a_text_soon_after_an_end_completes_a_session_that_was_idle() {
    let work = Work::new();
    work.at("3 09:00", &["log", "start", "--goal", "g"]);
    work.at("3 10:00", &["log", "event", "e"]);
    work.at("4 09:00", &["log", "end", "--summary", "of yesterday"]);
    let completed = work.at("4 09:05", &["log", "end", "--next", "go on"]);
    assert!(completed.contains("20260603-090000"), "{completed}");
    let sessions = work.sessions("4 09:06");
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    assert_eq!(work.open("4 09:06"), ["go on"]);
    // What is logged later is not about it.
    work.at("4 09:20", &["log", "end", "--summary", "something else"]);
    let summary = work.sessions("4 09:20")[0].2.clone();
    assert_eq!(summary, "something else.");
}

#[test]
fn the_same_text_once_more_is_open_again() {
    let work = Work::new();
    work.at("1 09:00", &["log", "blocker", "CI red"]);
    work.at("1 09:01", &["log", "blocker", "--resolve", "rerun"]);
    assert_eq!(work.open("1 09:02"), Vec::<String>::new());
    work.at("1 09:03", &["log", "blocker", "CI red"]);
    assert_eq!(work.open("1 09:04"), ["CI red"]);
    work.at("1 09:05", &["next", "done", "ci red"]);
    work.at("1 09:06", &["log", "next", "Run migrations"]);
    work.at("1 09:07", &["next", "done", "migrations"]);
    work.at("1 09:08", &["log", "next", "run migrations."]);
    assert_eq!(work.open("1 09:09"), ["Run migrations"]);
    work.at("1 10:00", &["log", "end", "--summary", "s"]);
    let path = "session_logs/shop/20260601-090000.md";
    work.change(
        path,
        "- [ ] Run",
        "- [x] rotate keys\n- [ ] rotate keys\n- [ ] Run",
    );
    assert_eq!(work.open("1 10:01"), ["rotate keys", "Run migrations"]);
    work.at("1 10:02", &["next", "done", "rotate"]);
    assert_eq!(work.open("1 10:03"), ["Run migrations"]);
}

#[test]
fn a_step_that_a_person_deletes_stays_deleted() {
    let work = Work::new();
    work.at("1 09:00", &["log", "start"]);
    work.at(
        "1 10:00",
        &["log", "end", "--summary", "s", "--next", "deploy"],
    );
    let path = "session_logs/shop/20260601-090000.md";
    work.change(path, "- [ ] deploy\n", "");
    assert_eq!(work.open("1 10:01"), Vec::<String>::new());
    // A record that was written before steps had a list.
    work.change(path, "### Next Steps\n", "");
    assert_eq!(work.open("1 10:02"), ["deploy."]);
}

#[test]
fn a_step_is_named_by_its_text_or_id_and_the_own_project_comes_first() {
    let work = Work::new();
    work.at("1 09:00", &["log", "next", "write docs for API"]);
    work.at("1 09:00", &["log", "next", "write docs"]);
    work.at("1 09:00", &["log", "next", "tag the release"]);
    let other = work.world.home().join("other");
    fs::create_dir_all(&other).expect("a directory");
    let there = |arguments: &[&str]| {
        let run = work.world.command(arguments).within(&other);
        run.env("MX_NOW", clock("1 09:00")).shown()
    };
    there(&["log", "next", "tag the release"]);
    there(&["log", "next", "tag the release, later"]);
    let done = work.at("1 09:01", &["next", "done", "Write docs"]);
    assert!(done.contains("Done: write docs (shop)"), "{done}");
    let done = there(&["next", "done", "tag the"]);
    assert!(
        done.contains("means 2") && done.contains("(other, 2026-06-01)"),
        "{done}"
    );
    let done = work.at("1 09:01", &["next", "done", "tag the"]);
    assert!(done.contains("Done: tag the release (shop)"), "{done}");
    let id = work.json("1 09:02", &["next", "--project", "shop"])["items"][0]["id"].clone();
    let id = format!("[{}]", id.as_str().expect("an id"));
    let done = work.at("1 09:02", &["next", "done", &id]);
    assert!(done.contains("Done: write docs for API"), "{done}");
}

#[test]
fn a_decision_in_a_note_counts_once_wherever_its_tag_and_marks_are() {
    let work = Work::new();
    work.at("1 09:00", &["log", "start"]);
    for (minute, note) in [
        &["Chose sqlite #decision"][..],
        &["nested", "--tags", "decision/arch"],
        &["## Record\nStatus: accepted", "--tags", "decision"],
        &["**Keep** `code`", "--tags", "decision"],
        &["> quoted", "--tags", "decision"],
        &["same minute", "--tags", "decision"],
        &["undated", "--tags", "decision", "--no-timestamp"],
    ]
    .iter()
    .enumerate()
    {
        let time = format!("1 09:0{}", minute.min(4));
        work.at(&time, &[&["session-log"], *note, &ENTRY].concat());
    }
    let status = work.at("1 09:10", &["log", "status"]);
    assert!(status.contains("7 decisions"), "{status}");
    let decisions = work.json("1 09:10", &["decisions"]);
    assert_eq!(decisions["total"], 7, "{decisions:#}");
    let report = work.json("1 09:10", &["report", "--since", "today"]);
    assert_eq!(report["totals"][0]["decisions"], 7, "{report:#}");
    let ended = work.at("1 09:30", &["log", "end"]);
    assert!(ended.contains("7 decisions"), "{ended}");
}

#[test]
fn a_running_session_says_what_it_is_about() {
    let work = Work::new();
    work.at("1 09:00", &["log", "decision", "Use X"]);
    for command in [
        &["recent"][..],
        &["log", "list"],
        &["projects"],
        &["report"],
    ] {
        let shown = work.at("1 09:01", command);
        assert!(shown.contains("Use X"), "{command:?}: {shown}");
        assert!(!shown.contains("Directory:"), "{shown}");
    }
    work.at("1 09:02", &["log", "end", "--summary", "s"]);
    work.at("1 10:00", &["log", "next", "roll out"]);
    let shown = work.at("1 10:01", &["recent"]);
    assert!(shown.contains("Planned: roll out"), "{shown}");
    work.at("1 10:02", &["log", "end"]);
    let record = work.world.read("session_logs/shop/20260601-100000.md");
    assert!(
        record.contains("title: 'shop: Planned: roll out'"),
        "{record}"
    );
    assert_eq!(work.open("1 10:03"), ["roll out"]);
}

#[test]
fn a_note_of_a_session_is_found_once() {
    let work = Work::new();
    work.at("1 09:00", &["log", "start", "--goal", "animals"]);
    let note = ["session-log", "the giraffe is tall", "--tags", "decision"];
    work.at("1 09:01", &[&note[..], &ENTRY].concat());
    work.at("1 09:02", &["log", "end", "--summary", "done"]);
    let found = work.json("1 09:03", &["search", "giraffe"]);
    assert_eq!(found["total"], 1, "{found:#}");
    // A decision that says why is not only in a note.
    work.at(
        "1 10:00",
        &["log", "decision", "Use okapis", "--why", "see [[notes.md]]"],
    );
    let found = work.json("1 10:01", &["search", "okapis"]);
    assert_eq!(found["total"], 1, "{found:#}");
}

#[test]
fn a_step_that_is_ticked_in_an_editor_is_ticked_in_the_lists() {
    let work = Work::new();
    work.at("1 09:00", &["log", "next", "n1"]);
    work.at("1 09:10", &["log", "end", "--summary", "s"]);
    let recent = "session_logs/RECENT_WORK.md";
    assert!(work.world.read(recent).contains("n1"));
    for command in [
        &["next"][..],
        &["log", "list"],
        &["resume"],
        &["recent"],
        &["doctor"],
    ] {
        let path = "session_logs/shop/20260601-090000.md";
        work.change(path, "- [ ] n1", "- [x] n1");
        work.at("1 09:20", command);
        assert!(!work.world.read(recent).contains("Next: n1"), "{command:?}");
        work.change(path, "- [x] n1", "- [ ] n1");
        work.at("1 09:20", command);
        assert!(work.world.read(recent).contains("n1"), "{command:?}");
    }
    // What goes on does not matter to the lists.
    work.at("1 10:00", &["log", "start"]);
    let before = fs::metadata(work.world.kb().join(recent)).expect("a file");
    work.at("1 10:01", &["log", "event", "e"]);
    work.at("1 10:02", &["next"]);
    let after = fs::metadata(work.world.kb().join(recent)).expect("a file");
    assert_eq!(
        before.modified().expect("a time"),
        after.modified().expect("a time")
    );
}

#[test]
fn what_a_person_leaves_open_in_a_record_hides_none_of_its_tables() {
    for pasted in ["```\ncut off output", "<!-- a thought", "~~~ sh\nls"] {
        let work = Work::new();
        work.at("1 09:00", &["log", "start", "--goal", "g"]);
        work.at("1 09:00", &["log", "decision", "d1"]);
        work.at("1 09:00", &["log", "next", "n1"]);
        work.at("1 09:00", &["log", "blocker", "b1"]);
        let file = work.dir.join(".session_log.md");
        let text = fs::read_to_string(&file).expect("a record");
        let heading = "### Decisions Log";
        let text = text.replace(heading, &format!("Pasted:\n\n{pasted}\n\n{heading}"));
        fs::write(&file, text).expect("written");
        assert_eq!(work.open("1 09:01").len(), 2, "{pasted}");
        let status = work.at("1 09:01", &["log", "status"]);
        assert!(status.contains("1 decision,"), "{pasted}: {status}");
        work.at("1 09:02", &["log", "blocker", "--resolve", "fixed"]);
        work.at("1 09:03", &["log", "decision", "d2"]);
        work.at("1 10:00", &["log", "end", "--summary", "s"]);
        let record = work.world.read("session_logs/shop/20260601-090000.md");
        assert!(record.contains(pasted), "{record}");
        for heading in [heading, "### Blockers", "### Next Steps"] {
            assert_eq!(record.matches(heading).count(), 1, "{record}");
        }
        assert!(record.contains("| b1 | fixed |"), "{record}");
        assert_eq!(work.open("1 10:01"), ["n1"], "{pasted}");
    }
}

#[test]
fn steps_are_read_as_people_write_them() {
    let work = Work::new();
    work.at("1 09:00", &["log", "next", "n1"]);
    work.at("1 09:10", &["log", "end", "--summary", "s"]);
    let path = "session_logs/shop/20260601-090000.md";
    let by_hand = "- [ ] n1\n- [ ] first line\n  second line\n- [ ]\n- [-] given up\n-\t[ ] behind a tab\n\
                   #### Backend\n\n- [ ] below a heading\n";
    work.change(path, "- [ ] n1\n", by_hand);
    let open = [
        "n1",
        "first line second line",
        "behind a tab",
        "below a heading",
    ];
    assert_eq!(work.open("1 09:20"), open);
    work.at(
        "1 09:21",
        &["next", "done", "below a heading", "behind a tab"],
    );
    work.at("1 09:22", &["next", "done", "first line"]);
    let record = work.world.read(path);
    let ticked = by_hand
        .replace("[ ] first", "[x] first")
        .replace("[ ] behind", "[x] behind")
        .replace("[ ] below", "[x] below");
    assert!(record.contains(&ticked), "{record}");
}

#[test]
fn an_empty_session_is_not_the_last_one() {
    let work = Work::new();
    work.at("1 09:00", &["log", "decision", "d1"]);
    work.at("1 09:10", &["log", "end", "--summary", "real work"]);
    work.at("1 11:00", &["log", "start"]);
    work.at("1 11:01", &["log", "end"]);
    let resume = work.at("1 11:02", &["resume"]);
    assert!(resume.contains("Last session: 20260601-090000"), "{resume}");
}

#[test]
fn the_beginning_of_an_id_finds_what_is_running_too() {
    let work = Work::new();
    work.at("1 09:00", &["log", "start", "--goal", "g"]);
    let shown = work.at("1 09:01", &["log", "show", "20260601-09"]);
    assert!(shown.contains("**Goal:** g"), "{shown}");
    let shown = work.at("1 09:01", &["resume", "--session", "20260601-09"]);
    assert!(shown.contains("20260601-090000"), "{shown}");
    let shown = work.at("1 09:01", &["log", "show", "20260602"]);
    assert!(shown.contains("--- exit 3"), "{shown}");
}

#[test]
fn sessions_in_a_former_directory_are_told_by_every_list() {
    let work = Work::new();
    work.at("1 09:00", &["log", "next", "n1"]);
    work.at("1 09:10", &["log", "end", "--summary", "did x"]);
    work.world.write(".mx/config.yaml", "session_logs: logs\n");
    for command in [
        "next",
        "decisions",
        "projects",
        "recent",
        "resume",
        "report",
    ] {
        let shown = work.at("1 09:20", &[command]);
        assert!(
            shown.contains("session_logs/ holds sessions"),
            "{command}: {shown}"
        );
    }
    let shown = work.at("1 09:20", &["list"]);
    let lists = ["RECENT_WORK", "SESSION_INDEX"];
    assert!(!lists.iter().any(|list| shown.contains(list)), "{shown}");
}

#[test]
fn a_slip_in_the_settings_is_told_when_it_matters() {
    let work = Work::new();
    let set = |text: &str| work.world.write(".mx/config.yaml", text);
    set("default-entry: projects/{project}/sessions.md\n");
    let shown = work.at("1 09:00", &["session-log", "x"]);
    assert!(shown.contains("did you mean 'default_entry'"), "{shown}");
    set("default_entry: projects/{projet}/sessions.md\n");
    let shown = work.at("1 09:00", &["session-log", "x"]);
    assert!(
        shown.contains("the only thing that is filled in is {project}"),
        "{shown}"
    );
    set("");
    let context = work.dir.join(".kbcontext");
    fs::write(context, "default_entry: projects/{project}/sessions.md\n").expect("written");
    let shown = work.at("1 09:00", &["session-log", "x"]);
    assert!(shown.contains("it belongs into .mx/config.yaml"), "{shown}");
}

#[test]
fn a_span_that_ends_before_it_begins_is_refused() {
    let work = Work::new();
    work.at("1 09:00", &["session-log", "x", "-e", "notes.md"]);
    let span = ["--since", "2026-06-02", "--until", "2026-06-01"];
    for command in ["search", "list", "recent"] {
        let shown = work.at("1 09:00", &[&[command], &span[..]].concat());
        assert!(
            shown.contains("the span ends before it begins"),
            "{command}: {shown}"
        );
    }
    let same = ["list", "--since", "today", "--until", "today"];
    assert!(work.at("1 09:00", &same).contains("--- exit 0"));
}

#[test]
fn links_to_files_of_other_kinds_and_in_other_case_are_no_dead_ones() {
    let work = Work::new();
    work.world.write("img.png", "x");
    work.world.write("patterns/oauth2.md", "x");
    let note = |link: &str| {
        let arguments = ["session-log", "x", "-e", "notes.md", "--links", link];
        work.at("1 09:00", &arguments)
    };
    for link in ["img.png", "OAUTH2.md", "oauth2"] {
        let shown = note(link);
        assert!(!shown.contains("no such entry"), "{link}: {shown}");
    }
    for link in ["other.png", "../img.png"] {
        let shown = note(link);
        assert!(shown.contains("no such entry"), "{link}: {shown}");
    }
}

#[test]
fn a_project_that_gets_the_name_of_another_keeps_its_sessions_and_tells_of_other_directories() {
    let work = Work::new();
    let other = work.world.home().join("store");
    fs::create_dir_all(&other).expect("a directory");
    let elsewhere = work.world.home().join("second");
    fs::create_dir_all(&elsewhere).expect("a directory");
    fs::write(elsewhere.join(".kbcontext"), "project: shop\n").expect("written");
    let within = |directory: &PathBuf, time: &str, arguments: &[&str]| {
        let run = work.world.command(arguments).within(directory);
        run.env("MX_NOW", clock(time)).shown()
    };
    for (directory, time, name) in [
        (&work.dir, "1 09:00", "first"),
        (&other, "1 09:00", "second"),
        (&elsewhere, "1 11:00", "third"),
    ] {
        within(directory, time, &["log", "event", name]);
        within(directory, time, &["log", "end", "--summary", name]);
    }
    let shown = work.at("1 12:00", &["project", "rename", "shop", "store"]);
    assert!(
        shown.contains("second/.kbcontext still names 'shop'"),
        "{shown}"
    );
    let sessions = work.sessions("1 12:00");
    let ids: Vec<&str> = sessions.iter().map(|one| one.0.as_str()).collect();
    assert_eq!(
        ids,
        ["20260601-110000", "20260601-090000-2", "20260601-090000"]
    );
    let record = work.world.read("session_logs/store/20260601-090000-2.md");
    assert!(
        record.contains("session: 20260601-090000-2") && record.contains("first"),
        "{record}"
    );
    assert!(record.contains("project: store"), "{record}");
}
