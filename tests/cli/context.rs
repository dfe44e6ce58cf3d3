//! `mx context`

use crate::common::World;
use insta::assert_snapshot;

#[test]
fn a_context_is_written_once_and_then_holds() {
    let world = World::new();
    assert_snapshot!(world.mx(&["context", "init", "--project", "My App"]), @r"
    Wrote: [DIR]/shop/.kbcontext (project My App)
    Sessions go to: projects/my-app/sessions.md
    --- exit 0
    ");
    let shown = world.mx(&["context", "init"]);
    assert!(
        shown.contains("/.kbcontext exists already") && shown.ends_with("--- exit 1\n"),
        "{shown}"
    );
    assert_snapshot!(world.mx(&["context", "show"]), @r"
    file           [DIR]/shop/.kbcontext
    project        My App
    session entry  projects/my-app/sessions.md (from .kbcontext (primary))
    primary        projects/my-app
    paths          projects/my-app
    root           [DIR]/kb (MEMEX_KB_ROOT)
    --- exit 0
    ");
    assert_snapshot!(world.mx(&["context", "validate"]), @r"
    [DIR]/shop/.kbcontext: valid
    --- exit 0
    ");
    let shown = world.mx(&["session-log", "-m", "x"]);
    assert!(
        shown.starts_with("Logged to: projects/my-app/sessions.md (created)"),
        "{shown}"
    );
    let again = world.mx(&["session-log", "-m", "y"]);
    assert!(
        again.starts_with("Logged to: projects/my-app/sessions.md (appended)"),
        "{again}"
    );
}

#[test]
fn without_a_context_that_is_said() {
    let world = World::new();
    assert_snapshot!(world.mx(&["context", "show"]), @r"
    file           none: mx context init writes one
    project        shop
    session entry  none: session-log needs --entry here
    root           [DIR]/kb (MEMEX_KB_ROOT)
    --- exit 0
    ");
    let shown = world.mx(&["context", "validate"]);
    assert!(
        shown.contains("hint: mx context init writes one") && shown.ends_with("--- exit 3\n"),
        "{shown}"
    );
}

#[test]
fn a_broken_context_is_an_answer_with_its_place() {
    let world = World::new();
    world.context("project: a\ndefault_tags: 7\n");
    let shown = world.mx(&["context", "validate"]);
    assert!(shown.contains("error: [DIR]/shop/.kbcontext:2:"), "{shown}");
    assert!(
        shown.ends_with(".kbcontext: not valid\n--- exit 1\n"),
        "{shown}"
    );
    let output = world.command(&["context", "validate", "--json"]).output();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (&answer["valid"], output.status.code()),
        (&false.into(), Some(1))
    );
}

#[test]
fn an_unknown_key_is_a_warning_with_the_nearest_one() {
    let world = World::new();
    world.context("projct: a\nprimary: p\n");
    let shown = world.mx(&["session-log", "-m", "x"]);
    assert!(
        shown.contains("warning: [DIR]/shop/.kbcontext:1: unknown key 'projct'"),
        "{shown}"
    );
    assert!(
        shown.contains("'project'") && shown.ends_with("--- exit 0\n"),
        "{shown}"
    );
}
