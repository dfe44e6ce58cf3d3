//! The events of the transcripts of each agent.

use super::*;

#[test]
fn claude() {
    let (lines, outcome) = told(&fixtures().join(CLAUDE));
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=Make the lamp blink",
        "tool name=Read",
        "file action=read path=/home/ada/lamp/src/lamp.rs",
        "tool name=Write",
        "file action=created path=/home/ada/lamp/src/blink.rs",
        "tool name=Edit",
        "file action=modified path=/home/ada/lamp/src/lamp.rs",
        "tool name=Bash",
        "command command=cargo test ok=false exit=101 error=error: test failed, to rerun pass `--lib`",
        "tool name=Bash",
        "command command=cargo test ok=true",
        "progress text=Mend the test",
        "tool name=Bash",
        "command command=git commit -qam \"Blink\" && git push ok=true",
        "commit hash=1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d subject=Blink",
        "progress text=Pushed main",
        "file action=created path=/home/ada/lamp/CHANGES.md",
        "tool name=AskUserQuestion",
        "decision decision=Which colour?: Green rationale=over: Red",
        "tool name=ExitPlanMode",
        "decision decision=Green light rationale=approved plan",
        "tool name=Skill: log",
        "failure tool=Bash subject=rm -rf build error=The user doesn't want to proceed with this tool use. The tool use was rejected. refused=true",
        "prompt text=/log update",
        "answer text=It blinks green now.",
        "compaction summary=This session is being continued from a previous conversation. The lamp blinks.",
        "command command=git status",
        "tool name=Bash",
        "command command=ls ok=true",
        "directory path=/home/ada/door",
        "prompt text=Now the door",
        "tool name=Edit",
        "file action=modified path=/home/ada/door/door.rs",
        "progress text=Pull request #7 opened https://example.org/p/7",
        "--",
        "answer text=The door is done",
    ];
    assert_lines(&lines, &expected);
    let session = &outcome.session;
    assert_eq!(session.id, "0c8a1111-2222-4333-8444-555566667777");
    assert_eq!(session.cwd.as_deref(), Some("/home/ada/lamp"));
    assert_eq!(session.branch.as_deref(), Some("main"));
    assert_eq!(session.title.as_deref(), Some("Blinking lamp"));
    assert_eq!(session.parent, None);
    assert_eq!(session.started, Some(1_772_442_001_000));
    assert_eq!(session.last, Some(1_772_442_044_000));
    let counts = &outcome.counts;
    assert_eq!(counts.unknown.get("aurora"), Some(&1));
    assert_eq!(counts.malformed, 0);
    let sum = counts.understood + counts.ignored + counts.unknown.values().sum::<u64>();
    assert_eq!(sum, counts.lines);
}

pub(super) fn assert_lines(lines: &[String], expected: &[&str]) {
    for (at, (line, wanted)) in lines.iter().zip(expected).enumerate() {
        assert_eq!(line, wanted, "line {at} of\n{}", lines.join("\n"));
    }
    assert_eq!(lines.len(), expected.len(), "{}", lines.join("\n"));
}

#[test]
fn copies_in_forked_and_resumed_sessions_are_told_once() {
    let place = fixtures().join("claude/-home-ada-lamp");
    let (items, _) = read_from(&only(&fixtures().join(CLAUDE)), &Position::default());
    let keys: Vec<EventKey> = items.iter().filter_map(|item| item.key).collect();
    let distinct: std::collections::BTreeSet<EventKey> = keys.iter().copied().collect();
    assert_eq!(distinct.len(), items.len(), "each has a key of its own");

    let fork = place.join("0c8a9999-2222-4333-8444-555566667777.jsonl");
    let (lines, outcome) = told(&fork);
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=And in red?",
        "answer text=Red it is.",
    ];
    assert_lines(&lines, &expected);
    let parent = Some("0c8a1111-2222-4333-8444-555566667777");
    assert_eq!(outcome.session.parent.as_deref(), parent);

    let resumed = only(&place.join("0c8aeeee-2222-4333-8444-555566667777.jsonl"));
    let (items, _) = read_from(&resumed, &Position::default());
    let new: Vec<String> = items
        .iter()
        .filter(|item| item.key.is_none_or(|key| !distinct.contains(&key)))
        .map(line)
        .collect();
    assert_lines(&new, &["prompt text=Go on"]);
}

#[test]
fn a_fork_whose_parent_is_gone_tells_only_what_is_its_own() {
    let directory = tempfile::tempdir().expect("a directory");
    let name = "0c8a9999-2222-4333-8444-555566667777.jsonl";
    let from = fixtures().join("claude/-home-ada-lamp").join(name);
    fs::copy(from, directory.path().join(name)).expect("copied");
    let (lines, outcome) = told(directory.path());
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=And in red?",
        "answer text=Red it is.",
    ];
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.started, Some(1_772_442_100_000));
}

#[test]
fn a_sub_agent_counts_for_its_session_without_its_words() {
    let place = fixtures().join("claude/-home-ada-lamp/0c8a1111-2222-4333-8444-555566667777");
    let (lines, outcome) = told(&place);
    let expected = [
        "directory path=/home/ada/lamp",
        "tool name=Write",
        "file action=created path=/home/ada/lamp/notes.md",
    ];
    assert_lines(&lines, &expected);
    assert!(outcome.session.sub_agent);
    assert_eq!(outcome.session.id, "0c8a1111-2222-4333-8444-555566667777");
}

const CODEX: &str = "codex/rollout-2026-03-02T09-00-00-019cb000-0000-7000-8000-0000000000aa.jsonl";
const CODEX_TOLD: [&str; 25] = [
    "start cwd=/home/ada/lamp",
    "prompt text=Make it blink",
    "tool name=Bash",
    "command command=cat src/lamp.rs ok=true exit=0",
    "tool name=apply_patch",
    "file action=created path=src/blink.rs",
    "file action=renamed from=src/lamp.rs path=src/main.rs",
    "file action=deleted path=old.rs",
    "tool name=write_stdin",
    "tool name=Bash",
    "command command=cargo test ok=false exit=101 error=test blink ... FAILED",
    "tool name=Bash",
    "command command=git commit -am Blink ok=true exit=0",
    "commit hash=9f8e7d6 subject=Blink",
    "tool name=update_plan",
    "progress text=Write it",
    "tool name=apply_patch",
    "failure tool=apply_patch subject=nowhere.rs error=apply_patch verification failed: nowhere.rs does not exist",
    "tool name=Bash",
    "command command=ls ok=true exit=0",
    "answer text=It blinks, one test fails.",
    "prompt text=Mend the test",
    "compaction summary=The lamp blinks.",
    "--",
    "answer text=Mended.",
];

#[test]
fn codex() {
    let (lines, outcome) = told(&fixtures().join(CODEX));
    assert_lines(&lines, &CODEX_TOLD);
    assert_eq!(outcome.session.id, "019cb000-0000-7000-8000-0000000000aa");
    assert_eq!(outcome.session.branch.as_deref(), Some("blink"));
    let unknown: Vec<&str> = outcome.counts.unknown.keys().map(String::as_str).collect();
    assert_eq!(unknown, ["event_msg/glitter", "stardust"]);
}

#[test]
fn codex_compressed_and_forked() {
    let directory = tempfile::tempdir().expect("a directory");
    let plain = fs::read(fixtures().join(CODEX)).expect("a fixture");
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let (first, second) = plain.split_at(plain.len() / 2);
    let mut frames = ruzstd::encoding::compress_to_vec(first, level);
    frames.extend(ruzstd::encoding::compress_to_vec(second, level));
    let name = "rollout-2026-03-02T09-00-00-019cb000-0000-7000-8000-0000000000aa.jsonl.zst";
    let path = directory.path().join(name);
    fs::write(&path, &frames).expect("written");
    let (lines, outcome) = told(directory.path());
    assert_lines(&lines, &CODEX_TOLD);
    assert_eq!(outcome.session.id, "019cb000-0000-7000-8000-0000000000aa");
    let (again, outcome) = read_from(&only(directory.path()), &outcome.position);
    assert!(again.is_empty() && !outcome.restarted);
    // A torn one is read as far as it goes.
    fs::write(&path, &frames[..frames.len() - 9]).expect("written");
    read_from(&only(directory.path()), &Position::default());
    // Beside the plain one it is the same transcript.
    fs::write(path.with_extension(""), &plain).expect("written");
    assert_eq!(only(directory.path()).file.path, path.with_extension(""));

    let fork = "codex/rollout-2026-03-02T10-00-00-019cb000-9999-7000-8000-0000000000bb.jsonl";
    let (lines, outcome) = told(&fixtures().join(fork));
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=Try another way",
        "answer text=Done otherwise.",
    ];
    assert_lines(&lines, &expected);
    let parent = Some("019cb000-0000-7000-8000-0000000000aa");
    assert_eq!(outcome.session.parent.as_deref(), parent);
}

/// Lines of a rollout: the payloads of events that are items which are completed.
fn rollout_of_items(items: &[&str]) -> String {
    let meta = r#"{"timestamp":"2026-03-02T09:00:00Z","type":"session_meta","payload":{"id":"x","cwd":"/srv/lamp"}}"#;
    let item = |item: &&str| {
        format!(
            r#"{{"timestamp":"2026-03-02T09:00:01Z","type":"event_msg","payload":{{"type":"item_completed","item":{item}}}}}"#
        )
    };
    let items: Vec<String> = items.iter().map(item).collect();
    format!("{meta}\n{}\n", items.join("\n"))
}

#[test]
fn codex_tells_by_items_what_is_done() {
    let directory = tempfile::tempdir().expect("a directory");
    let items = [
        r#"{"type":"UserMessage","id":"1","content":[{"type":"Text","text":"Make it blink"}]}"#,
        r#"{"type":"CommandExecution","id":"2","command":"cargo test","status":"failed","stdout":"boom"}"#,
        r#"{"type":"CommandExecution","id":"3","command":["/bin/sh","-c","git commit -m x"],"exit_code":0,"aggregated_output":"[main abc1234] Blink"}"#,
        r#"{"type":"FileChange","id":"4","status":"completed","changes":[{"path":"/srv/lamp/a.rs","kind":"add"},{"path":"/srv/lamp/b.rs","kind":{"type":"update","move_path":"/srv/lamp/c.rs"}}]}"#,
        r#"{"type":"FileChange","id":"5","status":"failed","changes":{"/srv/lamp/d.rs":{"type":"update"}},"stdout":"does not apply"}"#,
        r#"{"type":"McpToolCall","id":"6","server":"docs","tool":"find","arguments":{},"status":"completed"}"#,
        r#"{"type":"Reasoning","id":"7"}"#,
        r#"{"type":"FileChange","id":"4","status":"completed","changes":{}}"#,
        r#"{"type":"AgentMessage","id":"8","content":[{"type":"Text","text":"It blinks."}]}"#,
    ];
    let path = directory.path().join("rollout.jsonl");
    fs::write(&path, rollout_of_items(&items)).expect("written");
    let (lines, outcome) = told(&path);
    let expected = [
        "start cwd=/srv/lamp",
        "prompt text=Make it blink",
        "tool name=Bash",
        // Without a status the outcome is unknown.
        "command command=cargo test",
        "tool name=Bash",
        "command command=git commit -m x ok=true exit=0",
        "commit hash=abc1234 subject=Blink",
        "tool name=apply_patch",
        "file action=created path=/srv/lamp/a.rs",
        "file action=renamed from=/srv/lamp/b.rs path=/srv/lamp/c.rs",
        "tool name=apply_patch",
        "failure tool=apply_patch subject=/srv/lamp/d.rs error=does not apply",
        "tool name=mcp__docs__find",
        "--",
        "answer text=It blinks.",
    ];
    assert_lines(&lines, &expected);
    assert!(outcome.counts.unknown.is_empty());
}

const GEMINI: &str = "gemini/lamp/chats/session-2026-03-02T09-00-5f3c1111.jsonl";

#[test]
fn gemini() {
    let (lines, outcome) = told(&fixtures().join(GEMINI));
    let tools = [
        "tool name=write_file",
        "file action=created path=/home/ada/lamp/blink.js",
        "tool name=run_shell_command",
        "command command=npm test ok=false exit=1 error=1 failing",
        "tool name=replace",
        "failure tool=replace subject=/home/ada/lamp/lamp.js error=could not find the string",
        "tool name=replace",
        "file action=modified path=/home/ada/lamp/lamp.js",
        "success tool=replace subject=/home/ada/lamp/lamp.js",
    ];
    let mut expected = vec![
        "start cwd=/home/ada/lamp",
        "prompt text=Blink with @lamp.js",
    ];
    expected.extend(tools);
    expected.extend(["prompt text=The right turn", "--", "answer text=It blinks."]);
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.id, "5f3c1111-2222-4333-8444-555566667777");
    assert_eq!(outcome.session.title.as_deref(), Some("A blinking lamp"));
    assert_eq!(outcome.session.project.as_deref(), Some("lamp"));
    assert_eq!(outcome.counts.unknown.get("(none)"), Some(&1));

    let older = fixtures().join("gemini/lamp/chats/session-2026-03-01T09-00-6f3c1111.json");
    let (lines, outcome) = told(&older);
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.id, "6f3c1111-2222-4333-8444-555566667777");
    assert_eq!(outcome.session.title.as_deref(), Some("The same, older"));
    let (again, outcome) = read_from(&only(&older), &outcome.position);
    assert!(again.is_empty() && !outcome.restarted);
}

#[test]
fn geminis_messages_in_a_set_are_read_like_lines() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("session-x.jsonl");
    let line = |id: &str, kind: &str, content: &str| {
        format!(
            r#"{{"id":"{id}","timestamp":"2026-03-02T09:00:0{id}Z","type":"{kind}","content":"{content}"}}"#
        )
    };
    let first = r#"{"sessionId":"s","projectHash":"p","startTime":"2026-03-02T09:00:00Z"}"#;
    let set = format!(
        r#"{{"$set":{{"messages":[{},{}]}}}}"#,
        line("1", "user", "Add a switch"),
        line("2", "gemini", "Adding"),
    );
    let later = line("2", "gemini", "Added the switch.");
    let again = line("1", "user", "Add a switch");
    fs::write(&path, [first, &set, &later, &again, ""].join("\n")).expect("written");
    let (lines, _) = told(&path);
    let expected = [
        "start cwd=",
        "prompt text=Add a switch",
        "--",
        "answer text=Added the switch.",
    ];
    assert_lines(&lines, &expected);
    // A message that was taken back later does not count, wherever it stands.
    let rewind = r#"{"$rewindTo":"1"}"#;
    fs::write(&path, [first, &set, rewind, ""].join("\n")).expect("written");
    assert_lines(&told(&path).0, &["start cwd="]);
}

#[test]
fn an_export_of_opencode_is_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("that.json");
    let export = r#"{ "info": {"id": "ses_1", "directory": "/home/ada/lamp", "time": {"created": 1772442000000}},
      "messages": [
        {"info": {"id": "msg_1", "role": "user", "time": {"created": 1772442000000}},
         "parts": [{"id": "prt_1", "type": "text", "text": "\"Make it blink\""}]},
        {"info": {"id": "msg_2", "role": "assistant", "finish": "stop", "time": {"created": 1772442001000}},
         "parts": [
           {"id": "prt_2", "type": "tool", "tool": "write", "callID": "c1", "state": {"status": "completed",
            "input": {"filePath": "/home/ada/lamp/a.go"}, "metadata": {"exists": false}}},
           {"id": "prt_3", "type": "text", "text": "It blinks."}]}]}"#;
    fs::write(&path, export).expect("written");
    let (lines, outcome) = told(&path);
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=Make it blink",
        "tool name=write",
        "file action=created path=/home/ada/lamp/a.go",
        "answer text=It blinks.",
    ];
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.id, "ses_1");
    let (again, outcome) = read_from(&only(&path), &outcome.position);
    assert!(again.is_empty() && !outcome.restarted);
}

#[test]
fn what_gemini_takes_back_later_is_told_anew_without_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("session-x.jsonl");
    let whole = fs::read_to_string(fixtures().join(GEMINI)).expect("a fixture");
    let (before, _) = whole.split_once("{\"$rewindTo\"").expect("a rewind");
    fs::write(&path, before).expect("written");
    let (items, first) = read_from(&only(&path), &Position::default());
    assert!(
        items
            .iter()
            .any(|item| line(item) == "prompt text=A wrong turn")
    );
    fs::write(&path, &whole).expect("written");
    let (items, second) = read_from(&only(&path), &first.position);
    assert!(second.restarted);
    assert!(
        !items
            .iter()
            .any(|item| line(item) == "prompt text=A wrong turn")
    );
    assert!(
        items
            .iter()
            .any(|item| line(item) == "prompt text=The right turn")
    );
}

#[test]
fn cursor() {
    let (lines, outcome) = told(&fixtures().join("cursor"));
    let expected = [
        "start cwd=",
        "prompt text=Make it blink",
        "tool name=Read",
        "file action=read path=/home/ada/lamp/lamp.ts",
        "tool name=Read",
        "file action=read path=/home/ada/.cursor/projects/home-ada-lamp/agent-tools/1.txt",
        "tool name=Write",
        "file action=created path=/home/ada/lamp/blink.ts",
        "tool name=Write",
        "file action=modified path=/home/ada/lamp/lamp.ts",
        "tool name=StrReplace",
        "file action=modified path=/home/ada/lamp/lamp.ts",
        "tool name=Shell",
        "command command=npm test",
        "tool name=Delete",
        "file action=deleted path=/home/ada/lamp/old.ts",
        "tool name=TodoWrite",
        "progress text=Blink",
        "--",
        "answer text=It blinks.",
    ];
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.id, "7a7a1111-2222-4333-8444-555566667777");
    assert_eq!(outcome.session.project.as_deref(), Some("home-ada-lamp"));
    assert!(outcome.session.started.is_some_and(|at| at > 0));
    assert_eq!(outcome.counts.unknown.get("oracle"), Some(&1));
}

#[test]
fn copilot() {
    let (lines, outcome) = told(&fixtures().join("copilot"));
    let expected = [
        "start cwd=/home/ada/lamp",
        "prompt text=Make it blink",
        "tool name=create",
        "file action=created path=/home/ada/lamp/blink.py",
        "tool name=bash",
        "command command=pytest ok=false exit=1 error=1 failed",
        "tool name=edit",
        "file action=modified path=/home/ada/lamp/lamp.py",
        "failure tool=bash subject=rm x error=The user rejected this tool call: rejected by the user refused=true",
        "tool name=Skill: log",
        "compaction summary=Blinking lamp",
        "file action=modified path=/home/ada/lamp/other.py",
        "answer text=It blinks.",
        "end reason=routine",
    ];
    assert_lines(&lines, &expected);
    assert_eq!(outcome.session.id, "8b8b1111-2222-4333-8444-555566667777");
    assert_eq!(outcome.counts.unknown.get("moon.rise"), Some(&1));
}

const OPENCODE_TOLD: [&str; 9] = [
    "start cwd=/home/ada/lamp",
    "prompt text=Make it blink",
    "tool name=write",
    "file action=created path=/home/ada/lamp/blink.go",
    "tool name=bash",
    "command command=go test ok=false exit=1 error=FAIL",
    "tool name=edit",
    "failure tool=edit subject=/home/ada/lamp/lamp.go error=oldString not found",
    "answer text=It blinks.",
];

#[test]
fn opencode() {
    let (lines, outcome) = told(&fixtures().join("opencode"));
    assert_lines(&lines, &OPENCODE_TOLD);
    assert_eq!(outcome.session.title.as_deref(), Some("Blinking lamp"));
    assert_eq!(outcome.counts.unknown.get("comet"), Some(&1));
    let (again, outcome) = read_from(&only(&fixtures().join("opencode")), &outcome.position);
    assert!(again.is_empty() && !outcome.restarted);
}

#[test]
fn opencode_goes_on_where_it_ended_and_waits_for_what_is_not_finished() {
    let directory = tempfile::tempdir().expect("a directory");
    let from = fixtures().join("opencode");
    let files: Vec<PathBuf> = walkdir::WalkDir::new(&from)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.is_file())
        .collect();
    let name = |path: &Path| {
        path.file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    // The session first, then each message, its parts, and the message again, complete.
    let mut files: Vec<(PathBuf, bool)> = files.into_iter().map(|path| (path, false)).collect();
    let messages = files
        .iter()
        .filter(|(path, _)| name(path).starts_with("msg"));
    let again: Vec<_> = messages.map(|(path, _)| (path.clone(), true)).collect();
    files.extend(again);
    files.sort_by_key(|(path, again)| {
        let above = name(path.parent().expect("a parent"));
        let message = if above.starts_with("msg") {
            above
        } else {
            name(path)
        };
        let part = name(path).starts_with("prt");
        (
            !name(path).starts_with("ses"),
            message,
            *again,
            part,
            name(path),
        )
    });
    let mut position = Position::default();
    let mut lines = Vec::new();
    for (file, again) in files {
        let to = directory
            .path()
            .join(file.strip_prefix(&from).expect("below"));
        fs::create_dir_all(to.parent().expect("a parent")).expect("made");
        let text = fs::read_to_string(&file).expect("a fixture");
        let running = ["\"completed\"", "\"error\""];
        let unfinished = running
            .iter()
            .fold(text.clone(), |text, word| text.replace(word, "\"running\""));
        let begun = name(&file).starts_with("msg") && !again;
        let complete = if begun { &unfinished } else { &text };
        for text in [&text[..text.len() / 2], &unfinished, complete] {
            fs::write(&to, text).expect("written");
            let (items, outcome) = read_from(&only(directory.path()), &position);
            lines.extend(items.iter().map(line));
            position = outcome.position;
        }
    }
    assert_lines(&lines, &OPENCODE_TOLD);
}

#[test]
fn a_database_is_named_as_unsupported() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("opencode.db"), b"SQLite format 3\0").expect("written");
    let found = discover_transcripts(directory.path()).expect("readable");
    assert!(found.files.is_empty());
    assert_eq!(found.unsupported.len(), 1);
}
