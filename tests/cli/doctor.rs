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
    // As in a clone that never wrote the lists: what changed since is not known.
    std::fs::remove_file(world.kb().join(".mx/sessions/looked-at.json")).expect("a file");
    let shown = world.mx(&["doctor"]);
    for part in [
        "warning: session_logs/SESSION_INDEX.md: is not what the sessions say",
        "mx doctor --fix writes it anew, as mx log index does",
        "--- exit 1",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    world.json(&["log", "index"]);
    assert!(world.mx(&["doctor"]).contains("all is well"));
}

/// Makes a file as a process left it that was killed long ago.
fn leave(world: &World, path: &str, text: &str) {
    let file = world.root().join(path);
    std::fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
    std::fs::write(&file, text).expect("a file");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(600);
    let opened = std::fs::File::options().write(true).open(file);
    let set = opened.expect("a file").set_modified(long_ago);
    set.expect("a time");
}

#[test]
fn what_can_be_mended_is_named_and_mended() {
    let world = World::with(&[("a.md", "# A\n\n[[nowhere]]\n")]);
    world.json(&["log", "start", "--goal", "A lamp"]);
    world.json(&["log", "end", "--summary", "Done"]);
    world.json(&["search", "lamp"]);
    for left in [
        "kb/.tmpAbC123dEf456",
        "kb/.mx/append/0123456789abcdef",
        "kb/.mx/index/7/catalog.redb",
        "kb/.mx/index/1/fulltext/0123.idx",
        "home/.claude/.tmpd0D0d0d0D0d0",
    ] {
        leave(&world, left, "half");
    }
    world.write(".mx/.gitignore", "config.yaml\n");
    std::fs::remove_file(world.kb().join("session_logs/RECENT_WORK.md")).expect("removed");
    let named = world.mx(&["doctor"]);
    let fixed = world.mx(&["doctor", "--fix"]);
    for (path, message) in [
        (".tmpAbC123dEf456", "a temporary file was left behind"),
        (
            ".mx/append/0123456789abcdef",
            "a killed process was going to append something",
        ),
        (
            ".mx/index/7",
            "a part of the index that is not in force was left behind",
        ),
        (
            ".mx/index/1/fulltext/0123.idx",
            "a part of the index that is not in force",
        ),
        (
            "home/.claude/.tmpd0D0d0d0D0d0",
            "a temporary file of an installation was left behind",
        ),
        (
            ".mx/.gitignore",
            "git does not leave out what is private in .mx/",
        ),
        (
            "session_logs/RECENT_WORK.md",
            "is not what the sessions say",
        ),
    ] {
        let line = format!("{path}: {message}");
        assert!(named.contains(&line), "{line}: {named}");
        assert!(named.contains("mx doctor --fix"), "{named}");
        let line = fixed.lines().find(|shown| shown.contains(&line));
        assert!(
            line.is_some_and(|line| line.starts_with("fixed: ")),
            "{path}: {fixed}"
        );
    }
    assert!(
        fixed.contains("warning: a.md:3: link to 'nowhere' leads nowhere"),
        "{fixed}"
    );
    assert!(
        fixed.ends_with("2 entries, 1 finding\n--- exit 1\n"),
        "{fixed}"
    );
    world.write("a.md", "# A\n");
    assert_snapshot!(world.mx(&["doctor", "--fix"]), @r"
    claude: no hooks (mx install claude)
    [DIR]/kb: 2 entries, all is well
    --- exit 0
    ");
    let ignored = world.read(".mx/.gitignore");
    assert!(
        ignored.starts_with("*\n") && ignored.ends_with("config.yaml\n"),
        "{ignored}"
    );
    assert_eq!(
        world.json(&["index", "--check"])["differences"],
        serde_json::json!([])
    );
}

#[test]
fn a_temporary_file_that_may_be_in_use_is_left_alone() {
    let world = World::with(&[(".tmpAbC123dEf456", "half")]);
    let fixed = world.mx(&["doctor", "--fix"]);
    assert!(
        fixed.contains("unless a program is writing just now"),
        "{fixed}"
    );
    assert_eq!(world.read(".tmpAbC123dEf456"), "half");
}

#[cfg(unix)]
#[test]
fn private_files_that_others_can_read_are_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::with(&[("a.md", "# A\n")]);
    world.json(&["search", "a"]);
    let set = |path: &str| {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(world.kb().join(path), open).expect("permissions");
    };
    set(".mx");
    set(".mx/index");
    let named = world.mx(&["doctor"]);
    assert!(
        named.contains(".mx/index: other users of this machine can look into it"),
        "{named}"
    );
    assert!(world.mx(&["doctor", "--fix"]).contains("fixed: "));
    let mode = std::fs::metadata(world.kb().join(".mx/index"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(world.mx(&["doctor"]).contains("all is well"));
}

#[test]
fn a_private_directory_that_is_not_used_is_named() {
    let world = World::with(&[("a.md", "# A\n"), (".mx/index", "no directory")]);
    let named = world.mx(&["doctor"]);
    let told = "warning: [DIR]/kb/.mx/index is not a directory: nothing in [DIR]/kb/.mx is used";
    assert!(named.contains(told), "{named}");
    assert!(named.ends_with("--- exit 1\n"), "{named}");
}

#[test]
fn a_record_on_its_way_is_brought_to_its_place() {
    let world = World::new();
    world.json(&["log", "start", "--goal", "A lamp"]);
    let record = world.work().join(".session_log.md");
    let text = std::fs::read_to_string(&record).expect("a record");
    let ended = text.replace("status: active", "status: ended");
    std::fs::write(&record, ended).expect("written");
    let named = world.mx(&["doctor"]);
    assert!(
        named.contains("has ended, and is not in the knowledge base yet"),
        "{named}"
    );
    assert!(world.mx(&["doctor", "--fix"]).contains("all is well"));
    assert!(!record.exists());
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
