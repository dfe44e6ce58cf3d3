//! `mx next`, `mx decisions`, and what becomes of what is logged outside of a session.

use crate::common::World;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A project in the home directory, and a clock that can be set.
struct Project {
    world: World,
    dir: PathBuf,
}

const MONDAY: &str = "2026-01-12T09:00:00Z";
const TUESDAY: &str = "2026-01-13T09:00:00Z";

impl Project {
    fn new() -> Self {
        let world = World::new();
        let dir = world.home().join("shop");
        fs::create_dir_all(&dir).expect("a project");
        Project { world, dir }
    }

    fn at(&self, time: &str, arguments: &[&str]) -> String {
        let run = self.world.command(arguments).within(&self.dir);
        run.env("MX_NOW", time).shown()
    }

    fn json(&self, time: &str, arguments: &[&str]) -> Value {
        let run = self.world.command(arguments).within(&self.dir);
        let output = run.arg("--json").env("MX_NOW", time).output();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    fn resume(&self, time: &str) -> Vec<String> {
        let resume = self.json(time, &["resume", "--project", "shop"]);
        let text = resume["text"].as_str().expect("a text");
        text.lines().map(str::to_owned).collect()
    }

    fn record(&self) -> String {
        fs::read_to_string(self.dir.join(".session_log.md")).expect("a session is running")
    }
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("items").iter();
    items
        .map(|item| item["text"].as_str().expect("a text"))
        .collect()
}

#[test]
fn steps_stay_open_over_sessions_until_they_are_done() {
    let project = Project::new();
    project.at(MONDAY, &["log", "start"]);
    project.at(MONDAY, &["log", "next", "roll out to production"]);
    let end = [
        "log",
        "end",
        "--summary",
        "Fixed the 502s",
        "--next",
        "write the migration",
    ];
    project.at(MONDAY, &end);
    let record = project.world.read("session_logs/shop/20260112-090000.md");
    let list = "### Next Steps\n\n- [ ] roll out to production\n- [ ] write the migration\n";
    assert!(record.contains(list), "{record}");
    project.at(TUESDAY, &["log", "start", "--goal", "Thumbnails"]);
    project.at(TUESDAY, &["log", "blocker", "disk is full"]);
    project.at(TUESDAY, &["log", "end", "--summary", "Thumbnails work"]);
    let open = project.json(TUESDAY, &["next"]);
    let expected = [
        "disk is full",
        "roll out to production",
        "write the migration",
    ];
    assert_eq!(texts(&open), expected);
    let resume = project.resume(TUESDAY);
    let lines: Vec<&str> = resume.iter().skip(2).map(String::as_str).collect();
    let origin = "- Next, noted 2026-01-12 (Fixed the 502s): roll out to production [";
    assert!(lines[0].starts_with(origin), "{lines:?}");
    assert!(lines[1].starts_with("- Next, noted 2026-01-12: write the migration ["));
    assert_eq!(lines[2], "- Open blocker since 2026-01-13: disk is full");
    let id = open["items"][1]["id"].as_str().expect("an id");
    let done = project.at(TUESDAY, &["next", "done", id]);
    assert!(
        done.starts_with("Done: roll out to production (shop)\n"),
        "{done}"
    );
    project.at(TUESDAY, &["next", "done", "disk"]);
    assert_eq!(
        texts(&project.json(TUESDAY, &["next"])),
        ["write the migration"]
    );
    let record = project.world.read("session_logs/shop/20260112-090000.md");
    assert!(
        record.contains("- [x] roll out to production\n"),
        "{record}"
    );
    let none = project.at(TUESDAY, &["next", "--until", "2026-01-01"]);
    let says_so = none.contains("nothing that is open passes the filters");
    assert!(says_so && !none.contains("Nothing is open"), "{none}");
    // In any editor.
    let edited = record.replace("- [ ] write", "- [x] write");
    project
        .world
        .write("session_logs/shop/20260112-090000.md", edited);
    let nothing = project.at(TUESDAY, &["next"]);
    assert!(nothing.starts_with("Nothing is open."), "{nothing}");
    assert_eq!(texts(&project.json(TUESDAY, &["next", "--all"])).len(), 3);
    let again = project.at(TUESDAY, &["next", "done", id]);
    assert!(
        again.contains("nothing open is called") && again.ends_with("exit 3\n"),
        "{again}"
    );
}

#[test]
fn what_was_done_by_mistake_is_open_again() {
    let project = Project::new();
    project.at(MONDAY, &["log", "next", "write the migration"]);
    project.at(MONDAY, &["log", "blocker", "disk is full"]);
    project.at(MONDAY, &["log", "blocker", "no account"]);
    project.at(MONDAY, &["log", "end", "--summary", "Fixed the 502s"]);
    let path = "session_logs/shop/20260112-090000.md";
    let before = project.world.read(path);
    project.at(TUESDAY, &["next", "done", "migration", "disk"]);
    assert_ne!(project.world.read(path), before);
    let undone = project.at(TUESDAY, &["next", "undo", "migration", "disk"]);
    let said = "Open again: write the migration (shop)\nOpen again: disk is full (shop)\n";
    assert!(undone.starts_with(said), "{undone}");
    assert_eq!(
        project.world.read(path),
        before,
        "as if nothing had been done"
    );
    assert_eq!(texts(&project.json(TUESDAY, &["next"])).len(), 3);
    let again = project.at(TUESDAY, &["next", "undo", "migration"]);
    assert!(
        again.contains("nothing done is called") && again.ends_with("exit 3\n"),
        "{again}"
    );
    // A resolution that was stated is not thrown away.
    project.at(
        TUESDAY,
        &["log", "blocker", "no account", "--resolve", "Ann made one"],
    );
    let told = project.world.read(path);
    let refused = project.at(TUESDAY, &["next", "undo", "no account"]);
    assert!(
        refused.contains("Ann made one") && refused.ends_with("exit 2\n"),
        "{refused}"
    );
    assert_eq!(project.world.read(path), told);
}

#[test]
fn what_a_prompt_said_to_be_next_is_open_and_can_be_done() {
    let project = Project::new();
    let old = "---\ntitle: shop\nsession: 20260101-090000\nproject: shop\nstatus: ended\n\
               started: '2026-01-01T09:00:00Z'\nended: '2026-01-01T10:00:00Z'\n---\n\n\
               ## Session: 20260101-090000\n\n### Resume Prompt\n\n> Last session: Did it.\n\
               > Green. Next: go on.\n";
    project
        .world
        .write("session_logs/shop/20260101-090000.md", old);
    assert_eq!(texts(&project.json(MONDAY, &["next"])), ["go on."]);
    project.at(MONDAY, &["next", "done", "go on"]);
    assert_eq!(texts(&project.json(MONDAY, &["next"])), Vec::<&str>::new());
    let record = project.world.read("session_logs/shop/20260101-090000.md");
    assert!(record.contains("- [x] go on.\n"), "{record}");
}

#[test]
fn a_row_without_a_session_begins_one() {
    let project = Project::new();
    let said = project.at(MONDAY, &["log", "decision", "Use redb", "--why", "simple"]);
    assert!(
        said.starts_with("Logged decision to session 20260112-090000\n"),
        "{said}"
    );
    assert!(said.contains("note: no session was running: began 20260112-090000 (shop)"));
    assert!(project.record().contains("| Use redb | simple |"));
    let again = project.at(MONDAY, &["log", "event", "more"]);
    assert!(!again.contains("note:"), "{again}");
    let input = "`quoted` \"text\"\nof two lines\n";
    let run = project
        .world
        .command(&["log", "event", "-"])
        .within(&project.dir);
    run.env("MX_NOW", MONDAY).input(input).shown();
    let record = project.record();
    assert!(
        record.contains("| `quoted` \"text\"<br>of two lines |"),
        "{record}"
    );
}

#[test]
fn what_is_said_shortly_after_an_end_completes_the_session() {
    let project = Project::new();
    project.at("2026-01-12T08:00:00Z", &["log", "start"]);
    fs::write(project.dir.join("a.txt"), "x").expect("a file");
    project.at(MONDAY, &["log", "end"]);
    let late = [
        "log",
        "end",
        "--summary",
        "Did the limiter",
        "--next",
        "docs",
    ];
    let said = project.at("2026-01-12T09:09:00Z", &late);
    let path = "session_logs/shop/20260112-080000.md";
    assert!(said.starts_with(&format!("Session 20260112-080000 completed: {path} (1h 0m")));
    let amended = project.at(TUESDAY, &["log", "amend", "--state", "all green"]);
    assert!(amended.contains("> all green. Next: docs."), "{amended}");
    let record = project.world.read(path);
    for text in [
        "title: 'shop: Did the limiter'\n",
        "> Last session: Did the limiter.\n> all green. Next: docs.\n",
        "- [ ] docs\n",
        "ended: '2026-01-12T09:00:00Z'",
    ] {
        assert!(record.contains(text), "{text}: {record}");
    }
    let list = project.json(TUESDAY, &["log", "list"]);
    assert_eq!(list["sessions"].as_array().map(Vec::len), Some(1));
    let nothing = project.at(TUESDAY, &["log", "amend"]);
    assert!(nothing.ends_with("exit 2\n"), "{nothing}");
}

#[test]
fn the_one_open_blocker_of_an_earlier_session_is_resolved() {
    let project = Project::new();
    let none = project.at(MONDAY, &["log", "blocker", "--resolve", "frozen clock"]);
    assert!(none.contains("error: no blocker is open\n"), "{none}");
    let record = project.dir.join(".session_log.md");
    assert!(!record.exists(), "no session for nothing");
    project.at(MONDAY, &["log", "blocker", "Refresh test fails at random"]);
    project.at(MONDAY, &["log", "end"]);
    let said = project.at(TUESDAY, &["log", "blocker", "--resolve", "frozen clock"]);
    assert!(
        said.starts_with("Resolved blocker in session 20260112-090000"),
        "{said}"
    );
    let resolved = project.world.read("session_logs/shop/20260112-090000.md");
    assert!(resolved.contains("| Refresh test fails at random | frozen clock |"));
    assert!(!record.exists(), "no session for it");
    // In a session of its own, too.
    project.at(MONDAY, &["log", "blocker", "Disk is full"]);
    project.at(MONDAY, &["log", "end"]);
    project.at(TUESDAY, &["log", "start"]);
    project.at(
        TUESDAY,
        &["log", "blocker", "disk", "--resolve", "bought one"],
    );
    assert_eq!(texts(&project.json(TUESDAY, &["next"])), Vec::<&str>::new());
}

#[test]
fn what_runs_comes_first_among_what_answers_as_well() {
    let project = Project::new();
    let event = "looked at the zebra once in a long sentence about something else";
    project.at(MONDAY, &["log", "start", "--goal", "write docs"]);
    project.at(MONDAY, &["log", "event", event]);
    let world = &project.world;
    let write = |name: &str, text: &str| {
        fs::write(world.kb().join(name), text).expect("written");
    };
    write("guide.md", "# Zebra guide\n\nZebra stripes. The zebra.\n");
    for number in 0..4 {
        write(&format!("note{number}.md"), "# Note\n\nzebra here\n");
    }
    let found = |arguments: &[&str]| {
        let found = project.json(MONDAY, arguments);
        let results = found["results"].as_array().expect("results").iter();
        let results = results.map(|result| {
            let path = result["path"].as_str().expect("a path");
            (path.to_owned(), result["running"] == true)
        });
        results.collect::<Vec<_>>()
    };
    let guide = ("guide.md".to_owned(), false);
    assert_eq!(found(&["search", "zebra stripes guide"])[0], guide);
    let one = found(&["search", "-n", "1", "zebra stripes guide"]);
    assert_eq!(one, [guide]);
    for limit in ["1", "3", "10"] {
        let found = found(&["search", "-n", limit, "zebra sentence"]);
        assert!(found[0].1, "{found:?}");
    }
}

#[test]
fn what_runs_is_found_at_once() {
    let project = Project::new();
    project.at(MONDAY, &["log", "end", "--summary", "Set up the shop"]);
    project.at(
        TUESDAY,
        &["log", "start", "--goal", "Password reset limiter"],
    );
    let decision = "Key reset limiter by email hash, not by IP";
    project.at(
        TUESDAY,
        &["log", "decision", decision, "--why", "offices share one IP"],
    );
    let elsewhere = |arguments: &[&str]| {
        let run = project.world.command(arguments).arg("--json");
        let output = run.env("MX_NOW", TUESDAY).output();
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    let path = "session_logs/shop/20260113-090000.md";
    let found = elsewhere(&["search", "email hash"]);
    assert_eq!(found["results"][0]["path"], path, "{found}");
    assert_eq!(found["results"][0]["running"], true);
    assert_eq!(found["results"][0]["title"], "shop: Password reset limiter");
    let recent = elsewhere(&["recent"]);
    assert_eq!(recent["items"][0]["path"], path, "{recent}");
    assert_eq!(recent["items"][0]["running"], true);
    let list = elsewhere(&["log", "list"]);
    assert_eq!(list["sessions"][0]["id"], "20260113-090000", "{list}");
    assert_eq!(list["sessions"][0]["status"], "active");
    assert_eq!(list["sessions"].as_array().map(Vec::len), Some(2));
    let shown = elsewhere(&["log", "show", "20260113-090000"]);
    assert_eq!(shown["session"]["decisions"][0]["decision"], decision);
    let got = elsewhere(&["get", path]);
    assert!(
        got["content"]
            .as_str()
            .is_some_and(|text| text.contains(decision))
    );
    let entries = elsewhere(&["list"]);
    let entries = entries["entries"].as_array().expect("entries").iter();
    assert!(entries.clone().any(|entry| entry["path"] == path));
    for arguments in [
        &["resume", "--project", "shop"][..],
        &["resume", "--session", "20260113-090000"],
    ] {
        let resume = elsewhere(arguments);
        let text = resume["text"].as_str().expect("a text");
        let first = text.lines().next().expect("a line");
        assert!(first.contains("Running session: 20260113-090000"), "{text}");
        assert!(text.contains(decision), "{text}");
    }
    let prime = project.json(TUESDAY, &["prime"]);
    assert!(
        prime["text"]
            .as_str()
            .is_some_and(|text| text.contains(decision))
    );
    let decisions = elsewhere(&["decisions"]);
    assert_eq!(decisions["decisions"][0]["decision"], decision);
}

#[test]
fn decisions_of_sessions_and_notes_are_listed_together() {
    let project = Project::new();
    project.at(MONDAY, &["log", "decision", "Use redb", "--why", "simple"]);
    project.at(MONDAY, &["log", "end"]);
    let entry = "projects/shop/sessions.md";
    let note = [
        "session-log",
        "-e",
        entry,
        "--tags",
        "decision",
        "-m",
        "Token bucket",
    ];
    project.at(TUESDAY, &note);
    let found = project.json(TUESDAY, &["decisions"]);
    let texts: Vec<&Value> = found["decisions"]
        .as_array()
        .expect("decisions")
        .iter()
        .map(|row| &row["decision"])
        .collect();
    assert_eq!(texts, ["Token bucket", "Use redb"]);
    let since = project.json(TUESDAY, &["decisions", "--since", "2026-01-13"]);
    assert_eq!(since["total"], 1, "{since}");
    let other = project.json(TUESDAY, &["decisions", "--project", "other"]);
    assert_eq!(other["total"], 0);
}

#[test]
fn a_forgotten_session_ends_at_its_last_activity() {
    let project = Project::new();
    project.at(
        "2026-01-12T13:00:00Z",
        &["log", "start", "--goal", "Flaky test"],
    );
    project.at(
        "2026-01-12T17:05:00Z",
        &["log", "decision", "Freeze the clock"],
    );
    let said = project.at(TUESDAY, &["log", "start", "--goal", "Password reset"]);
    assert!(
        said.starts_with("Session 20260113-090000 (shop) started"),
        "{said}"
    );
    let note = "note: ended a forgotten session at its last activity, 2026-01-12 17:05 UTC";
    assert!(said.contains(note), "{said}");
    let record = project.world.read("session_logs/shop/20260112-130000.md");
    assert!(record.contains("**Duration:** 4h 5m\n"), "{record}");
    assert!(project.record().contains("**Goal:** Password reset\n"));
    // Ended by hand a day later, it is as long as the work was.
    let end = project.at("2026-01-14T09:00:00Z", &["log", "end"]);
    assert!(!end.contains("24h"), "{end}");
    assert!(
        project
            .world
            .read("session_logs/shop/20260113-090000.md")
            .contains("0m")
    );
}

#[test]
fn the_goal_of_a_second_start_is_not_lost() {
    let project = Project::new();
    project.at(MONDAY, &["log", "start"]);
    project.at(MONDAY, &["log", "start", "--goal", "First"]);
    assert!(project.record().contains("**Goal:** First\n"));
    project.at(MONDAY, &["log", "start", "--goal", "Second"]);
    assert!(project.record().contains("| 09:00 | New goal: Second |"));
}

#[test]
fn a_note_of_a_running_session_is_linked_in_it() {
    let project = Project::new();
    project.at(MONDAY, &["log", "start"]);
    let entry = "projects/shop/sessions.md";
    let note = [
        "session-log",
        "-e",
        entry,
        "--tags",
        "decision",
        "-m",
        "Token bucket\n\nMore.",
    ];
    project.at("2026-01-12T09:30:00Z", &note);
    let record = project.record();
    let link = "[[projects/shop/sessions.md#2026-01-12 09:30 UTC]]";
    assert!(
        record.contains(&format!("### Notes\n\n- {link} Token bucket\n")),
        "{record}"
    );
    assert!(
        record.contains(&format!("| Token bucket | {link} |")),
        "{record}"
    );
    let end = project.at("2026-01-12T10:00:00Z", &["log", "end"]);
    assert!(end.contains("(1h 0m, 0 files, 1 decision)"), "{end}");
    let recent = project.world.read("session_logs/RECENT_WORK.md");
    assert!(
        recent.contains("## 2026-01-12 09:00 · shop · 1h 0m"),
        "{recent}"
    );
    assert!(recent.contains("\n- Noted: Token bucket\n"), "{recent}");
    assert_eq!(project.json(TUESDAY, &["decisions"])["total"], 1);
}
