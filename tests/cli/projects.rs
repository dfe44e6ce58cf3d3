//! `mx projects`, `mx report` and `mx recent`: several projects over several days.

use crate::common::World;
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;

/// Two projects, three days: sessions that ended, one that goes on, notes, decisions, open steps.
struct Week {
    world: World,
}

impl Week {
    fn new() -> Self {
        let week = Week {
            world: World::new(),
        };
        for project in ["shop", "ledger"] {
            fs::create_dir_all(week.world.home().join(project)).expect("a project");
        }
        week.at(
            "shop",
            "2026-01-05T09:00:00Z",
            &["log", "start", "--goal", "Checkout"],
        );
        week.at(
            "shop",
            "2026-01-05T09:10:00Z",
            &["log", "decision", "Redis for carts", "--why", "fast"],
        );
        week.at(
            "shop",
            "2026-01-05T09:20:00Z",
            &["log", "file", "src/cart.rs", "--action", "created"],
        );
        let end = [
            "log",
            "end",
            "--summary",
            "Checkout works",
            "--next",
            "roll out",
        ];
        week.at("shop", "2026-01-05T11:15:00Z", &end);
        let note = ["session-log", "-e", "projects/ledger/sessions.md"];
        let with = |more: &[&'static str]| [&note[..], more].concat();
        week.at(
            "ledger",
            "2026-01-06T08:00:00Z",
            &with(&["-m", "# Totals\n\nRound half even"]),
        );
        let decided = with(&["-m", "Keep cents as integers", "--tags", "decision"]);
        week.at("ledger", "2026-01-06T08:30:00Z", &decided);
        week.at(
            "shop",
            "2026-01-07T10:00:00Z",
            &["log", "start", "--goal", "Thumbnails"],
        );
        week.at(
            "shop",
            "2026-01-07T10:05:00Z",
            &["log", "blocker", "disk is full"],
        );
        week
    }

    fn at(&self, project: &str, time: &str, arguments: &[&str]) -> String {
        let run = self.world.command(arguments);
        run.within(self.world.home().join(project))
            .env("MX_NOW", time)
            .shown()
    }

    fn now(&self, arguments: &[&str]) -> String {
        self.at("ledger", "2026-01-07T12:00:00Z", arguments)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let run = self.world.command(arguments).arg("--json");
        let run = run.within(self.world.home().join("ledger"));
        let output = run.env("MX_NOW", "2026-01-07T12:00:00Z").output();
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

#[test]
fn projects_say_where_they_stand() {
    let week = Week::new();
    assert_snapshot!(week.now(&["projects"]), @r"
    shop  1 session, 1 running, 1 open step, 1 open blocker
        2026-01-07, Wednesday 10:05: Thumbnails
    ledger  2 notes
        2026-01-06, Tuesday 08:30: Keep cents as integers
    --- exit 0
    ");
    let shop = &week.json(&["projects"])["projects"][0];
    assert_eq!(
        (&shop["sessions"], &shop["running"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        (&shop["open_steps"], &shop["open_blockers"]),
        (&1.into(), &1.into())
    );
    let none = week.now(&["projects", "--since", "2026-01-08"]);
    assert!(none.contains("no projects"), "{none}");
    let names = |arguments: &[&str]| {
        let listed = week.json(arguments)["projects"].clone();
        let listed = listed.as_array().expect("a list").clone();
        let names = listed
            .iter()
            .map(|one| one["project"].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        names(&["projects", "--until", "2026-01-06"]),
        ["shop", "ledger"]
    );
    assert_eq!(names(&["projects", "--until", "2026-01-05"]), ["shop"]);
    assert_eq!(names(&["projects", "--since", "2026-01-07"]), ["shop"]);
    let path = ["projects", "--path", "session_logs/shop/20260105*"];
    assert_eq!(names(&path), ["shop"]);
    assert!(names(&[&path[..], &["--since", "2026-01-07"]].concat()).is_empty());
    let one = week.now(&["projects", "-n", "1"]);
    assert!(one.contains("showing 1 of 2 projects"), "{one}");
}

#[test]
fn recent_work_up_to_a_day_holds_the_sessions_that_had_begun() {
    let week = Week::new();
    let now = week.now(&["recent", "--until", "2026-01-07"]);
    assert!(
        now.contains("Thumbnails") && !now.contains("showing"),
        "{now}"
    );
    let before = week.now(&["recent", "--until", "2026-01-06"]);
    assert!(
        !before.contains("Thumbnails") && !before.contains("showing"),
        "{before}"
    );
}

#[test]
fn recent_work_is_told_by_day_and_project() {
    let week = Week::new();
    assert_snapshot!(week.now(&["recent"]), @r"
    Running
      shop
        2026-01-07 10:00  Thumbnails
               session_logs/shop/20260107-100000.md:14
    2026-01-06, Tuesday
      ledger
        08:30  Keep cents as integers  #decision
               projects/ledger/sessions.md:19
        08:00  Totals Round half even
               projects/ledger/sessions.md:13
    2026-01-05, Monday
      shop
        09:00  Checkout works. (2h 15m)
               session_logs/shop/20260105-090000.md:15
    --- exit 0
    ");
    let since = week.now(&["recent", "--since", "2026-01-06", "--tags", "decision"]);
    assert!(
        since.contains("Keep cents") && !since.contains("Round half"),
        "{since}"
    );
    // What runs is shown whenever it began.
    let today = week.now(&["recent", "--since", "2026-01-07T11:00:00Z"]);
    assert!(today.starts_with("Running\n  shop\n"), "{today}");
}

#[test]
fn a_busy_project_hides_no_other() {
    let week = Week::new();
    for minute in 10..40 {
        let time = format!("2026-01-07T09:{minute}:00Z");
        let message = format!("note {minute}");
        week.at(
            "ledger",
            &time,
            &[
                "session-log",
                "-e",
                "projects/ledger/busy.md",
                "-m",
                &message,
            ],
        );
    }
    let recent = week.now(&["recent"]);
    assert!(
        recent.contains("note 39") && recent.contains("(25 more)"),
        "{recent}"
    );
    assert!(
        !recent.contains("note 20") && recent.contains("Checkout works"),
        "{recent}"
    );
    assert!(recent.contains("showing 9 of 34; more with -n"), "{recent}");
    let all = week.json(&["recent", "-n", "100"]);
    assert_eq!(all["items"].as_array().map(Vec::len), Some(34));
    assert_eq!(all["total"], 34);
    let of_one = week.json(&["recent", "--project", "ledger"]);
    assert_eq!(of_one["items"].as_array().map(Vec::len), Some(20));
}

#[test]
fn a_report_is_a_page_of_a_span_of_time() {
    let week = Week::new();
    assert_snapshot!(week.now(&["report", "--since", "monday"]), @r"
    # Report 2026-01-05 to 2026-01-07

    - shop: 2 sessions (2h 15m), 1 decision, 1 file changed
    - ledger: 2 notes, 1 decision

    ## 2026-01-05, Monday

    ### shop

    - 09:00 Checkout works. (2h 15m) [[session_logs/shop/20260105-090000.md]]
      - Files: src/cart.rs
    - Decided: Redis for carts (fast)

    ## 2026-01-06, Tuesday

    ### ledger

    - Decided: Keep cents as integers
    - 08:00 Totals Round half even [[projects/ledger/sessions.md]]

    ## 2026-01-07, Wednesday

    ### shop

    - 10:00 Thumbnails (running) [[session_logs/shop/20260107-100000.md]]
      - Blocked: disk is full

    ## Open

    - shop: blocked: disk is full (since 2026-01-07) [73d1]
    - shop: roll out (since 2026-01-05) [fb28]
    --- exit 0
    ");
    let of_day = week.json(&["report", "--since", "2026-01-06", "--until", "2026-01-06"]);
    assert_eq!(of_day["days"].as_array().map(Vec::len), Some(1), "{of_day}");
    assert_eq!(
        of_day["days"][0]["projects"][0]["notes"][0]["text"],
        "Totals Round half even"
    );
    assert_eq!(of_day["totals"][0]["decisions"], 1);
    let of_one = week.now(&["report", "--project", "shop"]);
    assert!(
        of_one.contains("roll out") && !of_one.contains("cents"),
        "{of_one}"
    );
    let nothing = week.now(&["report", "--since", "2025-01-01", "--until", "2025-01-02"]);
    assert!(nothing.contains("Nothing was recorded."), "{nothing}");
    let wrong = week.now(&["report", "--since", "today", "--until", "yesterday"]);
    assert!(wrong.contains("ends before it begins"), "{wrong}");
    let typo = week.now(&["report", "--project", "shopp"]);
    assert!(typo.contains("there is 'shop'"), "{typo}");
}

#[test]
fn a_long_report_says_what_it_leaves_out() {
    let mut text = String::from("---\nproject: shop\n---\n\n# Log\n");
    for day in 1..=20 {
        for minute in 0..9 {
            text += &format!("\n## 2025-12-{day:02} 09:0{minute} UTC\n\nstep {day} {minute}\n");
        }
    }
    let world = World::with(&[("log.md", &text)]);
    let shown = world.mx(&["report", "--since", "2025-12-01"]);
    assert!(shown.contains("- shop: 180 notes\n"), "{shown}");
    assert!(
        shown.contains("Of 20 days with work the last 14 are shown."),
        "{shown}"
    );
    assert!(
        shown.contains("step 7 7") && shown.contains("- and 1 more note\n"),
        "{shown}"
    );
    assert!(
        !shown.contains("step 6 0") && !shown.contains("step 7 8"),
        "{shown}"
    );
    assert!(
        shown.contains("mx report --until 2025-12-06 shows them"),
        "{shown}"
    );
}

#[test]
fn a_decision_is_told_once() {
    let week = Week::new();
    let message = "# Database\n\nPostgres it is\n\n## Why\n\nTransactions\n\n## Risks\n\nNone";
    let note = [
        "session-log",
        "-e",
        "d.md",
        "-m",
        message,
        "--tags",
        "decision",
    ];
    week.at("ledger", "2026-01-07T11:00:00Z", &note);
    week.world.write(
        "adr/1.md",
        "---\ntitle: Use gRPC\ntags: [decision]\nproject: shop\ncreated: 2026-01-02\n---\n\n# Use gRPC\n\n## Context\n\na\n\n## Decision\n\nb\n",
    );
    let found = week.json(&["decisions"]);
    let decisions = found["decisions"].as_array().expect("decisions");
    let texts: Vec<&str> = decisions
        .iter()
        .filter_map(|one| one["decision"].as_str())
        .collect();
    let expected = [
        "Database Postgres it is",
        "Keep cents as integers",
        "Redis for carts",
        "Use gRPC",
    ];
    let begins = |(text, start): (&&str, &&str)| text.starts_with(*start);
    assert!(
        texts.len() == 4 && texts.iter().zip(&expected).all(begins),
        "{texts:?}"
    );
}

#[test]
fn names_of_projects_are_the_same_in_every_normal_form() {
    let world = World::new();
    let (composed, decomposed) = ("Caf\u{e9}", "Cafe\u{301}");
    // As an earlier version named the directory.
    world.write(
        "session_logs/cafe/20260105-090000.md",
        format!(
            "---\ntitle: Beans sorted\nsession: 20260105-090000\nproject: {decomposed}\nstatus: ended\nstarted: '2026-01-05T09:00:00Z'\nended: '2026-01-05T10:00:00Z'\n---\n\n## Session: 20260105-090000\n\n### Resume Prompt\n\n> Last session: Beans sorted\n"
        ),
    );
    for name in [composed, decomposed] {
        let list = world.mx(&["log", "list", "--project", name]);
        assert!(list.contains("Beans sorted"), "{list}");
        let resume = world.mx(&["resume", "--project", name]);
        assert!(resume.contains("Beans sorted"), "{resume}");
        let search = world.mx(&["search", "beans", "--project", name]);
        assert!(
            search.contains("20260105") && !search.contains("no project"),
            "{search}"
        );
    }
    let projects = world.json(&["projects"]);
    assert_eq!(projects["total"], 1, "{projects}");
    let renamed = world.mx(&["project", "rename", composed, "bar"]);
    assert!(renamed.contains("bar now (1 entry)"), "{renamed}");
    assert!(
        world
            .mx(&["log", "list", "--project", "bar"])
            .contains("Beans sorted")
    );
}
