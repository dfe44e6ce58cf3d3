//! Records that a person edits between two commands. Nothing that they wrote is lost, and neither
//! is what was logged.

use crate::repository::Repository;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

const RECORD: &str = ".session_log.md";

/// A running session with an event, a decision and a file in it.
struct Running {
    shop: Repository,
    id: Value,
}

impl Running {
    fn new() -> Self {
        let shop = Repository::plain();
        let id = shop.json(&["log", "start", "--goal", "Sell more"])["session"]["id"].clone();
        shop.json(&["log", "event", "first"]);
        shop.json(&["log", "decision", "Keep it", "--why", "simple"]);
        shop.json(&["log", "file", "src/a.rs", "--notes", "a note"]);
        Running { shop, id }
    }

    fn file(&self) -> PathBuf {
        self.shop.path(RECORD)
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes()).expect("UTF-8")
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.file()).expect("the record")
    }

    /// Replaces a part of the record.
    fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{from}\n{text}");
        self.set(text.replace(from, to));
    }

    /// Saves as editors do: a new file in the place of the old.
    fn set(&self, content: impl AsRef<[u8]>) {
        let new = self.shop.path(".session_log.md~");
        fs::write(&new, content).expect("a file");
        fs::rename(new, self.file()).expect("renamed");
    }

    /// Logs one of each, which must succeed.
    fn log(&self, name: &str) {
        self.shop.json(&["log", "event", &format!("event {name}")]);
        self.shop
            .json(&["log", "decision", &format!("decision {name}")]);
        self.shop.json(&["log", "file", &format!("{name}.rs")]);
        self.shop.json(&["log", "tool", name]);
    }

    fn session(&self) -> Value {
        self.shop.session(&self.id)
    }

    /// Everything logged is in what the session says, once.
    fn says(&self, names: &[&str]) {
        let session = self.session();
        let count = |table: &str, column: &str, text: &str| {
            let rows = session[table].as_array().expect("a table").iter();
            rows.filter(|row| row[column] == text).count()
        };
        for name in names {
            let found = [
                count("progress", "text", &format!("event {name}")),
                count("decisions", "decision", &format!("decision {name}")),
                count("files", "path", &format!("{name}.rs")),
                count("tools", "name", name),
            ];
            assert_eq!(found, [1; 4], "{name}: {session}");
        }
        let first = [
            count("progress", "text", "first"),
            count("decisions", "decision", "Keep it"),
            count("files", "path", "src/a.rs"),
        ];
        assert_eq!(first, [1; 3], "{session}");
    }

    /// Ends the session, and returns the entry.
    fn end(&self) -> String {
        let end = self.shop.json(&["log", "end"]);
        assert_eq!(end["session"], self.id, "{end}");
        assert!(!self.file().exists(), "it was moved");
        let list = self.shop.json(&["log", "list"]);
        assert_eq!(list["sessions"].as_array().map(Vec::len), Some(1), "{list}");
        assert_eq!(list["sessions"][0]["status"], "ended");
        self.shop
            .world()
            .read(end["path"].as_str().expect("a path"))
    }
}

/// Every line of the one text is in the other, in that order.
fn kept(lines: &str, text: &str) {
    let mut rest = text.lines();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        assert!(rest.any(|found| found == line), "lost: {line}\n{text}");
    }
}

#[test]
fn a_broken_table_is_kept_and_goes_on() {
    for broken in [
        "| 09:01 | first",
        "09:01 | first |",
        "| 09:01 | first | and more | cells |",
        "| first |",
        "| 09:01 | first |\n| 99:99 | no time |\n||\n|",
        "| 09:01 | first |\n\nA thought.\n\n| 09:05 | apart |",
    ] {
        let running = Running::new();
        let text = running.text();
        let row = text
            .lines()
            .find(|line| line.ends_with("| first |"))
            .expect("a row");
        running.edit(row, broken);
        running.log("later");
        kept(broken, &running.text());
        let session = running.session();
        let events = session["progress"].to_string();
        assert!(events.contains("event later"), "{broken}: {session}");
        running.shop.json(&["log", "update"]);
        let entry = running.end();
        kept(broken, &entry);
        assert_eq!(entry.matches("| event later |").count(), 1, "{entry}");
    }
}

#[test]
fn a_table_without_its_head_or_rule_loses_no_row() {
    for gone in [
        "| Time | Event |\n",
        "|------|-------|\n",
        "| Time | Event |\n|------|-------|\n",
    ] {
        let running = Running::new();
        running.edit(gone, "");
        running.log("later");
        assert!(running.text().contains("| first |"), "{}", running.text());
        let entry = running.end();
        assert_eq!(entry.matches("| first |").count(), 1, "{entry}");
        assert_eq!(entry.matches("| event later |").count(), 1, "{entry}");
    }
}

#[test]
fn sections_in_another_order_and_others_between_them_stay() {
    let running = Running::new();
    let text = running.text();
    let (head, sections) = text.split_once("### Progress Log").expect("a section");
    let mut sections: Vec<&str> = sections.split("\n### ").collect();
    sections.reverse();
    let (last, others) = sections.split_last().expect("one");
    let others: Vec<String> = others
        .iter()
        .map(|one| format!("### {}\n", one.trim_end()))
        .collect();
    let mine = "### My own\n\n- a point\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n";
    let edited = format!(
        "{head}Some words.\n\n{}\n{mine}### Progress Log{last}\n\nThe end.\n",
        others.join("\n")
    );
    running.set(&edited);
    running.says(&[]);
    running.log("later");
    kept(&edited, &running.text());
    running.says(&["later"]);
    let entry = running.end();
    running.says(&["later"]);
    for part in ["Some words.", mine.trim_end(), "The end.\n"] {
        assert!(entry.contains(part), "{part}\n{entry}");
    }
    let place = |part: &str| entry.find(part).expect("there");
    assert!(place("### Files Tracker") < place("### My own"));
    assert!(place("### My own") < place("### Progress Log"));
}

#[test]
fn line_endings_stay_as_they_are() {
    let running = Running::new();
    running.set(running.text().replace('\n', "\r\n"));
    running.log("later");
    let text = running.text();
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "{text:?}"
    );
    running.says(&["later"]);
    let entry = running.end();
    assert_eq!(
        entry.matches('\n').count(),
        entry.matches("\r\n").count(),
        "{entry:?}"
    );
    running.says(&["later"]);
}

#[test]
fn a_byte_order_mark_and_a_missing_last_line_break_stay() {
    let running = Running::new();
    let text = format!("\u{feff}{}", running.text().trim_end());
    running.set(text);
    running.log("later");
    assert!(running.text().starts_with("\u{feff}---\n"));
    running.says(&["later"]);
    running.end();
    running.says(&["later"]);
}

#[test]
fn broken_front_matter_stays_and_the_session_goes_on() {
    for (from, to) in [
        ("project: shop\n", "project: [shop\n"),
        ("title: ", "title: \"un\tclosed\nx: - y: "),
        ("---\n\n## Session", "\n\n## Session"),
        ("status: active", "status: [active"),
    ] {
        let running = Running::new();
        running.edit(from, to);
        running.log("later");
        assert!(running.text().contains(to), "{}", running.text());
        running.says(&["later"]);
        let entry = running.end();
        assert!(entry.contains(to), "{entry}");
        running.says(&["later"]);
        assert!(entry.contains("**Duration:** "), "{entry}");
        // It is not found running again.
        let status = running.shop.json(&["log", "status"]);
        assert_eq!(status["running"], serde_json::json!([]), "{to}: {status}");
        assert_eq!(running.shop.json(&["log", "start"])["action"], "started");
    }
}

#[test]
fn what_is_taken_from_the_head_is_known_all_the_same() {
    for (from, to) in [
        ("session: 2026", "was: 2026"),
        ("## Session: ", "## What I did on "),
        ("project: shop\n", ""),
        ("status: active\n", ""),
        ("started: ", "begun: "),
    ] {
        let running = Running::new();
        running.edit(from, to);
        running.log("later");
        running.says(&["later"]);
        let entry = running.end();
        running.says(&["later"]);
        assert!(entry.contains("ended: '2026"), "{entry}");
        let path = running.shop.json(&["log", "list"])["sessions"][0]["path"].clone();
        assert!(
            path.as_str()
                .is_some_and(|path| path.starts_with("session_logs/shop/")),
            "{path}"
        );
    }
    // Both names are gone, and the front matter altogether.
    let running = Running::new();
    let text = running.text();
    let body = text.split_once("### Progress").expect("a section").1;
    running.set(format!("### Progress{body}"));
    running.log("later");
    running.says(&["later"]);
    running.end();
    running.says(&["later"]);
}

#[test]
fn what_is_not_utf_8_is_not_touched_and_the_error_says_where() {
    let running = Running::new();
    let mut bytes = running.bytes();
    bytes.extend(b"\nCaf\xe9\n");
    running.set(&bytes);
    for arguments in [
        &["log", "event", "x"][..],
        &["log", "update"],
        &["log", "end"],
    ] {
        let said = running.shop.command(arguments).shown();
        assert!(said.contains(".session_log.md is not UTF-8"), "{said}");
        assert!(said.contains("hint: save it as UTF-8"), "{said}");
        assert!(said.ends_with("--- exit 1\n"), "{said}");
        assert!(running.bytes() == bytes, "{arguments:?}");
    }
    let status = running.shop.json(&["log", "status"]);
    assert_eq!(status["running"][0]["id"], running.id);
    let mut mended = running.bytes();
    mended.truncate(mended.len() - 2);
    mended.extend("é\n".as_bytes());
    running.set(mended);
    running.log("later");
    assert!(running.end().contains("Café\n"));
    running.says(&["later"]);
}

#[test]
fn a_deleted_record_is_no_session_any_more() {
    let running = Running::new();
    fs::remove_file(running.file()).expect("removed");
    let said = running.shop.command(&["log", "update"]).shown();
    assert!(said.contains("error: no session is running here"), "{said}");
    assert!(said.ends_with("--- exit 3\n"), "{said}");
    let status = running.shop.json(&["log", "status"]);
    assert_eq!(status["running"], serde_json::json!([]));
    let started = running.shop.json(&["log", "start"]);
    assert_eq!(started["action"], "started");
    running.shop.json(&["log", "event", "anew"]);
    running.shop.json(&["log", "end"]);
    let list = running.shop.json(&["log", "list"]);
    assert_eq!(list["sessions"].as_array().map(Vec::len), Some(1), "{list}");
}

#[test]
fn a_record_that_is_none_is_kept_and_told() {
    for content in ["", "My notes of today.\n"] {
        let running = Running::new();
        running.set(content);
        for arguments in [
            &["log", "event", "x"][..],
            &["log", "status"],
            &["log", "end"],
        ] {
            let said = running.shop.command(arguments).shown();
            assert!(said.contains("projects/shop/.session_log.md"), "{said}");
            assert!(said.contains("is not the record of a session"), "{said}");
            assert_eq!(running.text(), content);
        }
        let started = running.shop.command(&["log", "start"]).shown();
        assert!(
            started.contains("is not the record of a session"),
            "{started}"
        );
        assert!(started.contains(".session_log-2.md"), "{started}");
        running.shop.json(&["log", "event", "beside it"]);
        running.shop.json(&["log", "end"]);
        assert_eq!(running.text(), content);
    }
}

#[test]
fn rows_that_a_person_wrote_count_like_others() {
    let running = Running::new();
    let text = running.text();
    let row = text
        .lines()
        .find(|line| line.ends_with("| first |"))
        .expect("a row");
    running.edit(row, &format!("{row}\n| 09:30 | by hand, a \\| b |"));
    running.edit(
        "| Keep it | simple |",
        "| Keep it | simple |\n| Mine | because |",
    );
    running.edit(
        "| src/a.rs | Modified | a note |",
        "| src/a.rs | Created | my note |\n| b.rs | deleted | |",
    );
    running.log("later");
    running.says(&["later"]);
    let session = running.session();
    assert_eq!(session["progress"][1]["text"], "by hand, a | b");
    assert_eq!(session["decisions"][1]["rationale"], "because");
    assert_eq!(session["files"][0]["notes"], "my note");
    assert_eq!(session["files"][1]["action"], "deleted");
    let end = running.end();
    assert!(
        end.contains("> Decisions: Keep it; Mine; decision later"),
        "{end}"
    );
}

#[test]
fn a_finished_entry_may_be_edited_too() {
    let running = Running::new();
    running.log("later");
    running.end();
    let list = running.shop.json(&["log", "list"]);
    let path = list["sessions"][0]["path"]
        .as_str()
        .expect("a path")
        .to_owned();
    let edited = running.shop.world().read(&path) + "\nAn afterthought.\n";
    let edited = edited.replace("| Keep it |", "| Keep all of it |");
    running.shop.world().write(&path, &edited);
    running.shop.json(&["log", "index"]);
    let again = running.shop.json(&["log", "end"]);
    assert_eq!(again["session"], Value::Null);
    running.shop.json(&["log", "start"]);
    running.shop.json(&["log", "end"]);
    assert_eq!(running.shop.world().read(&path), edited);
    assert_eq!(
        running.session()["decisions"][0]["decision"],
        "Keep all of it"
    );
    let recent = running.shop.world().read("session_logs/RECENT_WORK.md");
    assert!(recent.contains("Keep all of it"), "{recent}");
}
