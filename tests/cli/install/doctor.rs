//! What `mx doctor` says of hooks.

use super::*;

#[test]
fn the_doctor_tells_what_is_wrong_with_hooks() {
    let world = World::new();
    world.write("a.md", "# A\n");
    for agent in ["claude", "codex", "gemini", "cursor"] {
        mx(&world, &["install", agent]);
    }
    let home = world.home();
    let settings = read(&home, file("claude")).replacen("{", "{\"disableAllHooks\": true,", 1);
    write(&home, file("claude"), &settings);
    fs::remove_dir_all(home.join(".claude/skills/log")).expect("removed");
    write(&home, file("gemini"), "{\"hooks\": ");
    let mut cursor: Value = serde_json::from_str(&read(&home, file("cursor"))).expect("JSON");
    let hooks = cursor["hooks"].as_object_mut().expect("hooks");
    hooks.remove("stop");
    hooks["sessionStart"][0]["command"] = "/old/place/mx hook --agent cursor".into();
    write(&home, file("cursor"), &cursor.to_string());
    fs::create_dir(home.join(".copilot")).expect("made");
    assert_snapshot!(mx(&world, &["doctor"]), @r#"
    warning: [DIR]/home/.gemini/settings.json is not understood: line 1, column 11: expected value after colon in object property
    hint: Gemini CLI may not read it either; mend the file

    warning: ~/.codex/hooks.json: Codex CLI skips the hooks: you have not trusted them
    hint: start codex and choose "Trust all and continue"; headless: codex exec --dangerously-bypass-hook-trust

    warning: ~/.claude/settings.json: Claude Code does not run the hooks: `disableAllHooks` is set in [DIR]/home/.claude/settings.json
    hint: switch them on again, or take them out: mx uninstall claude

    warning: ~/.claude/settings.json: Claude Code has no skill log
    hint: write them anew: mx install claude

    warning: ~/.cursor/hooks.json: Cursor has no hook for stop
    warning: ~/.cursor/hooks.json: the hooks of Cursor run /old/place/mx, which is not there
    hint: write them anew: mx install cursor

    claude: hooks in ~/.claude/settings.json, switched off, no skill, have not fired yet
    codex: hooks in ~/.codex/hooks.json, not trusted, have not fired yet
    gemini: ~/.gemini/settings.json is not understood
    cursor: hooks in ~/.cursor/hooks.json, some missing, have not fired yet
    copilot: no hooks (mx install copilot)
    [DIR]/kb: 1 entry, 6 findings
    --- exit 1
    "#);
}

#[test]
fn trusted_hooks_of_codex_are_known() {
    let world = World::new();
    mx(&world, &["install", "codex"]);
    let hooks = fs::canonicalize(world.home().join(file("codex"))).expect("a file");
    let events = [
        "session_start",
        "user_prompt_submit",
        "post_tool_use",
        "pre_compact",
        "post_compact",
        "stop",
        "session_end",
    ];
    let trust: String = events
        .iter()
        .map(|event| {
            format!(
                "[hooks.state.'{}:{event}:0:0']\ntrusted_hash = \"sha256:aa\"\n",
                hooks.display()
            )
        })
        .collect();
    write(&world.home(), ".codex/config.toml", &trust);
    let doctor = json(&world, &["doctor"]);
    assert_eq!(doctor["agents"][0]["trusted"], true);
    assert_eq!(
        doctor["findings"].as_array().map(Vec::len),
        Some(1),
        "{doctor}"
    );
    let again = mx(&world, &["install", "codex"]);
    assert!(!again.contains("Next:"), "{again}");
}

#[test]
fn the_doctor_tells_what_hooks_lost() {
    let world = World::with(&[("a.md", "# A\n")]);
    for input in ["not json", "{\"a\"", ""] {
        let output = run(&world, &["hook", "--agent", "claude"])
            .input(input)
            .output();
        assert!(
            output.status.success() && output.stdout.is_empty(),
            "{output:?}"
        );
    }
    // One that is in order makes the directory.
    let valid = r#"{"event":"start","session":"s","cwd":"/"}"#;
    let hook = run(&world, &["hook", "--agent", "generic"]).input(valid);
    assert!(hook.output().status.success());
    let journals = world.kb().join(".mx/journal");
    fs::remove_file(journals.join("generic-s.jsonl")).expect("removed");
    let journal = journals.join("claude-torn.jsonl");
    fs::write(&journal, "{\"v\":1,\"agent\":\"clau\n{\"x\":\n").expect("written");
    assert_snapshot!(mx(&world, &["doctor"]), @r"
    warning: [DIR]/kb/.mx/journal/claude-torn.jsonl: cannot be put into a record
    hint: it does not say whose session it is: look into it, and remove it

    warning: [DIR]/kb/.mx/journal/claude-torn.jsonl: 2 lines cannot be read
    hint: torn by a full disk or a killed process: what the lines held is lost, the others are recorded

    warning: ~/.cache/memex/hook-losses: a hook was called with something that is not JSON (3 times, last 2026-01-11T10:30:00Z)
    hint: what the agent sent is not in the record, all else is; a newer mx may know it. To forget these lines, delete the file

    [DIR]/kb: 1 entry, 3 findings
    --- exit 1
    ");
}

#[test]
fn the_doctor_tells_which_records_cannot_be_read() {
    let world = World::with(&[("a.md", "# A\n")]);
    run(&world, &["log", "start", "--goal", "Limit the logins"]).output();
    let record = world.work().join(".session_log.md");
    let text = fs::read_to_string(&record).expect("a record");
    let text = text.replace("status: active", "status: asleep");
    fs::write(&record, text).expect("written");
    write(
        &world.kb(),
        "session_logs/shop/20260110-090000.md",
        "Nothing of a session.\n",
    );
    assert_snapshot!(mx(&world, &["doctor"]), @r"
    warning: session_logs/SESSION_INDEX_ARCHIVE.md: is not what the sessions say
    warning: session_logs/SESSION_INDEX.md: is not what the sessions say
    warning: session_logs/RECENT_WORK.md: is not what the sessions say
    hint: it is made from the records of sessions: mx doctor --fix writes it anew, as mx log index does

    warning: session_logs/shop/20260110-090000.md: is not understood as a session
    hint: the lists of sessions show its name only; correct the front matter and the heading

    warning: [DIR]/shop/.session_log.md:8: front matter: status is not active or ended: 'asleep'
    hint: what is not understood stays as it is and does not count; correct the line

    [DIR]/kb: 2 entries, 5 findings
    --- exit 1
    ");
    fs::write(&record, b"\xff\xfe").expect("written");
    let shown = mx(&world, &["doctor"]);
    assert!(
        shown.contains("error: [DIR]/shop/.session_log.md: is not UTF-8"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
}
