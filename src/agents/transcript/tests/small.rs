//! Small transcripts, each for one thing.

use super::agents::assert_lines;
use super::*;

/// The events of a transcript that is written into a place below a directory of its own.
fn told_of(place: &str, text: &str) -> (Vec<String>, TranscriptReading) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(place);
    fs::create_dir_all(path.parent().expect("a parent")).expect("made");
    fs::write(&path, text).expect("written");
    told(directory.path())
}

const ROLLOUT: &str = "rollout-2026-11-27T10-00-00-0c8a1111-2222-4333-8444-555566667777.jsonl";

/// Lines of a rollout, each of a type and with a payload.
fn rollout(lines: &[(&str, &str)]) -> String {
    let line = |(kind, payload): &(&str, &str)| {
        format!(
            "{{\"timestamp\":\"2026-11-27T10:00:00.000Z\",\"type\":\"{kind}\",\"payload\":{{{payload}}}}}\n"
        )
    };
    lines.iter().map(line).collect()
}

const META: (&str, &str) = (
    "session_meta",
    r#""id":"0c8a1111-2222-4333-8444-555566667777","cwd":"/shop","cli_version":"0.171.0""#,
);

#[test]
fn an_image_is_no_prompt_and_what_stands_behind_it_is_one() {
    let told = r#""type":"message","role":"user","content":[{"type":"input_text","text":"<image name=[Image #1]>"},{"type":"input_image","image_url":"data:x"},{"type":"input_text","text":"</image>"},{"type":"input_text","text":"Fix this layout"}]"#;
    let item = r#""type":"item_completed","item":{"type":"UserMessage","id":"u1","content":[{"type":"text","text":"Fix this layout"}]}"#;
    let text = rollout(&[META, ("response_item", told), ("event_msg", item)]);
    let (lines, _) = told_of(ROLLOUT, &text);
    assert_lines(&lines, &["start cwd=/shop", "prompt text=Fix this layout"]);
}

#[test]
fn a_relative_path_is_told_from_where_the_agent_works_now() {
    let call = r#""type":"custom_tool_call","name":"apply_patch","call_id":"c1","input":"*** Begin Patch\n*** Add File: a.ts\n+x\n*** End Patch""#;
    let output = r#""type":"custom_tool_call_output","call_id":"c1","output":"Exit code: 0\nOutput:\nSuccess""#;
    let text = rollout(&[
        META,
        ("turn_context", r#""turn_id":"t","cwd":"/shop/web""#),
        ("response_item", call),
        ("response_item", output),
    ]);
    let (lines, _) = told_of(ROLLOUT, &text);
    let file = "file action=created path=/shop/web/a.ts".to_owned();
    assert!(lines.contains(&file), "{lines:?}");
}

/// Lines of a session of Copilot: a file is deleted, a command run.
fn copilot_lines() -> Vec<String> {
    let line = |id: usize, kind: &str, data: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"data\":{{{data}}},\"id\":\"e{id}\",\"timestamp\":\"2026-11-27T10:00:0{id}.000Z\",\"parentId\":null}}\n"
        )
    };
    let patch = r#""toolCallId":"1","toolName":"apply_patch","arguments":"*** Begin Patch\n*** Delete File: old.ts\n*** Add File: new.ts\n+x\n*** End Patch""#;
    vec![
        line(
            1,
            "session.start",
            r#""sessionId":"0c8a1111-2222-4333-8444-555566667777","context":{"cwd":"/shop"}"#,
        ),
        line(2, "tool.execution_start", patch),
        line(
            3,
            "tool.execution_complete",
            r#""toolCallId":"1","success":true,"result":{"content":"ok"}"#,
        ),
        line(
            4,
            "session.shutdown",
            r#""shutdownType":"routine","codeChanges":{"filesModified":["/shop/old.ts","/shop/new.ts"]}"#,
        ),
    ]
}

#[test]
fn copilots_list_of_files_does_not_bring_back_what_was_deleted() {
    let (lines, _) = told_of("s/events.jsonl", &copilot_lines().concat());
    let files = lines.iter().filter(|line| line.starts_with("file "));
    let files: Vec<&str> = files.map(String::as_str).collect();
    let expected = [
        "file action=deleted path=old.ts",
        "file action=created path=new.ts",
        "file action=modified path=/shop/new.ts",
    ];
    assert_eq!(files, expected);
}

#[test]
fn a_call_that_copilot_wrote_twice_is_one() {
    let twice: String = copilot_lines().iter().map(|line| line.repeat(2)).collect();
    let (lines, _) = told_of("s/events.jsonl", &twice);
    let calls = lines.iter().filter(|line| line.starts_with("tool "));
    assert_eq!(calls.count(), 1, "{lines:?}");
}

#[test]
fn a_last_line_without_its_end_is_told_if_it_is_whole_and_read_again_later() {
    let path = fixtures().join(CLAUDE);
    let whole = fs::read_to_string(&path).expect("a fixture");
    let first = whole.lines().take(3).map(|line| format!("{line}\n"));
    let first: String = first.collect();
    let name = Path::new(CLAUDE)
        .file_name()
        .expect("a name")
        .to_string_lossy();
    let (expected, _) = told_of(&name, &first);
    let (lines, outcome) = told_of(&name, first.trim_end());
    let plain = |lines: &[String]| {
        let told = lines.iter().filter(|line| *line != "--");
        told.cloned().collect::<Vec<_>>()
    };
    assert_eq!(plain(&lines), plain(&expected));
    let before = first.trim_end().rfind('\n').expect("lines") + 1;
    assert_eq!(outcome.position.offset(), before as u64);
    let torn = &first.trim_end()[..first.len() - 20];
    assert_eq!(told_of(&name, torn).1.position.offset(), before as u64);
}
