//! `mx doctor`

use crate::common::World;
use crate::stage::Stage;
use insta::assert_snapshot;
use serde_json::{Value, json};

#[test]
fn a_healthy_place_is_one_line() {
    let world = World::with(&[
        ("a.md", "# A\n\n[[b]] [[B]] [[b.md]] [c](c/d.md)\n"),
        ("b.md", "# B\n"),
        ("c/d.md", "[up](../a.md)\n"),
    ]);
    assert_snapshot!(world.mx(&["doctor"]), @r"
    [DIR]/kb: 3 entries, all is well
    --- exit 0
    ");
}

#[test]
fn every_finding_has_its_place_and_what_to_do() {
    let world = World::with(&[
        ("broken.md", "---\ntitle: [\n---\n\n# Broken\n"),
        ("links.md", "# Links\n\n[[nowhere]]\n\n[x](gone.md)\n"),
        (".tmpAbC123dEf456", ""),
    ]);
    std::fs::create_dir_all(world.kb().join("directory.md")).expect("a directory");
    let shown = world.mx(&["doctor"]);
    for part in [
        "warning: broken.md:",
        "front matter: ",
        "warning: links.md:3: link to 'nowhere' leads nowhere\n",
        "warning: links.md:5: link to 'gone.md' leads nowhere\n",
        "warning: .tmpAbC123dEf456: a temporary file was left behind\n",
        "hint: correct the link",
        "[DIR]/kb: 2 entries, 4 findings\n--- exit 1\n",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn broken_settings_are_a_finding_too() {
    let world = World::with(&[(".mx/config.yaml", "timezone: Nowhere\n")]);
    let shown = world.mx(&["doctor"]);
    assert!(
        shown.contains("error: [DIR]/kb/.mx/config.yaml:1:11: unknown time zone"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
}

#[test]
fn a_place_that_does_not_exist_yet_is_no_failure() {
    let shown = World::new().mx(&["doctor"]);
    assert!(
        shown.contains("there is no knowledge base at [DIR]/kb yet"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 0\n"), "{shown}");
}

#[test]
fn derived_files_that_fell_behind_are_named() {
    let world = World::new();
    for arguments in [&["log", "start"][..], &["log", "event", "A row"]] {
        world.json(arguments);
    }
    assert!(world.mx(&["doctor"]).contains("all is well"));
    let ended = world.json(&["log", "end", "--summary", "Done so"]);
    assert!(world.mx(&["doctor"]).contains("all is well"));
    let path = ended["path"].as_str().expect("an entry");
    world.write(path, world.read(path).replace("Done so", "Done otherwise"));
    let shown = world.mx(&["doctor"]);
    for part in [
        "warning: session_logs/SESSION_INDEX.md: is not what the sessions say",
        "mx log index",
        "--- exit 1",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    world.json(&["log", "index"]);
    assert!(world.mx(&["doctor"]).contains("all is well"));
}

#[test]
fn what_an_agent_has_stopped_telling_is_named() {
    let stage = Stage::new();
    let tell = |session: usize, event: &str, rest: Value| {
        let mut call = rest;
        call["hook_event_name"] = event.into();
        call["session_id"] = format!("s-{session}").into();
        call["cwd"] = stage.dir.to_string_lossy().into();
        stage.tell("codex", session, &call);
    };
    for session in 0..10 {
        tell(session, "UserPromptSubmit", json!({"prompt": "Mend it"}));
        let command = json!({"command": "cargo test"});
        tell(
            session,
            "PostToolUse",
            json!({"tool_name": "Bash", "tool_input": command, "tool_response": "?"}),
        );
        tell(session, "SessionEnd", json!({"reason": "other"}));
    }
    let said = stage.mx(30, None, &["doctor"]);
    let silent = "the last 10 sessions of Codex CLI had no command outcome";
    assert!(said.contains(silent), "{said}");
    assert!(!said.contains("had no prompt"), "{said}");
}
