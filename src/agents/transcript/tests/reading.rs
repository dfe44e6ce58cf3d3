//! What holds for the transcripts of all agents.

use super::*;

/// Every fixture of lines.
fn all_lines() -> Vec<AgentTranscript> {
    let files = discover_transcripts(&fixtures())
        .expect("readable")
        .files
        .into_iter();
    files
        .filter(|file| {
            file.file
                .path
                .extension()
                .is_some_and(|extension| extension == "jsonl")
        })
        .collect()
}

#[test]
fn read_in_two_parts_cut_anywhere_it_tells_the_same() {
    for file in all_lines() {
        let whole = fs::read(&file.file.path).expect("a fixture");
        let rewinds = whole.windows(11).any(|window| window == b"\"$rewindTo\"");
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory
            .path()
            .join(file.file.path.file_name().expect("a name"));
        let mut copy = file.clone();
        copy.file.path.clone_from(&path);
        fs::write(&path, &whole).expect("written");
        let (expected, at_once) = read_from(&copy, &Position::default());
        let ends = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        // Each byte in the middle of a line is as good as another: every 211th, and all borders.
        let mut cuts: Vec<usize> = ends.flat_map(|(at, _)| [at, at + 1, at + 2]).collect();
        cuts.extend((0..whole.len()).step_by(211));
        for cut in cuts {
            fs::write(&path, &whole[..cut.min(whole.len())]).expect("written");
            let (mut items, first) = read_from(&copy, &Position::default());
            let json = serde_json::to_string(&first.position).expect("JSON");
            let position: Position = serde_json::from_str(&json).expect("a position");
            assert_eq!(position, first.position);
            fs::write(&path, &whole).expect("written");
            let (rest, second) = read_from(&copy, &position);
            if second.restarted {
                assert!(rewinds, "{}", path.display());
                items.clear();
            }
            items.extend(rest);
            assert_eq!(items, expected, "{} cut at {cut}", path.display());
            assert_eq!(second.tail, at_once.tail);
            assert_eq!(second.session, at_once.session);
            assert_eq!(second.position, at_once.position);
            let mut counts = first.counts;
            counts.add(&second.counts);
            assert!(
                second.restarted || counts == at_once.counts,
                "{} cut at {cut}",
                path.display()
            );
        }
    }
}

#[test]
fn every_byte_of_a_small_file_can_be_its_end() {
    let place = fixtures().join("claude/-home-ada-lamp/0c8a9999-2222-4333-8444-555566667777.jsonl");
    let whole = fs::read(&place).expect("a fixture");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(place.file_name().expect("a name"));
    fs::write(&path, &whole).expect("written");
    let file = only(&path);
    let (expected, _) = read_from(&file, &Position::default());
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).expect("written");
        let (mut items, first) = read_from(&file, &Position::default());
        let ended = whole[..cut]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        assert_eq!(first.position.offset(), ended as u64);
        fs::write(&path, &whole).expect("written");
        items.extend(read_from(&file, &first.position).0);
        assert_eq!(items, expected, "cut at {cut}");
    }
}

#[test]
fn another_file_of_that_name_is_read_anew() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory
        .path()
        .join("0c8a1111-2222-4333-8444-555566667777.jsonl");
    let whole = fs::read_to_string(fixtures().join(CLAUDE)).expect("a fixture");
    fs::write(&path, &whole).expect("written");
    let file = only(&path);
    let (all, first) = read_from(&file, &Position::default());
    let shorter: String = whole
        .lines()
        .take(8)
        .map(|line| format!("{line}\n"))
        .collect();
    let other = whole.replacen("Make the lamp blink", "Make the lamp shine", 1);
    let end = whole.replacen("The door is done", "The door is shut", 1);
    for (text, anew) in [(shorter, true), (other, true), (end, true), (whole, false)] {
        fs::write(&path, &text).expect("written");
        let (items, outcome) = read_from(&file, &first.position);
        assert_eq!(outcome.restarted, anew);
        assert_eq!(items.is_empty(), !anew);
        assert!(items.len() <= all.len());
    }
}

#[test]
fn every_text_is_redacted() {
    for file in discover_transcripts(&fixtures()).expect("readable").files {
        if file.agent == Agent::Opencode || file.file.path.extension().is_none_or(|e| e != "jsonl")
        {
            continue;
        }
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory
            .path()
            .join(file.file.path.file_name().expect("a name"));
        let text = fs::read_to_string(&file.file.path).expect("a fixture");
        // In every message, action, answer and name.
        let planted = [
            "lamp", "blink", "Blink", "door", "test", "Green", "main", "red", "Done",
        ]
        .iter()
        .fold(text, |text, word| text.replace(word, "hunter2"));
        fs::write(&path, planted).expect("written");
        let mut copy = file;
        copy.file.path = path;
        let (items, outcome) = read_from(&copy, &Position::default());
        let all = format!(
            "{items:?} {outcome:?} {}",
            serde_json::to_string(&outcome.position).expect("JSON")
        );
        assert!(all.contains("***"));
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[test]
fn odd_lines_are_counted_and_the_others_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a.jsonl");
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    let prompt = |text: &str| {
        format!(
            r#"{{"type":"user","uuid":"{text}","sessionId":"s","timestamp":"2026-03-02T09:00:00Z","message":{{"role":"user","content":"{text}"}}}}"#
        )
    };
    bytes.extend(prompt("one").bytes());
    bytes.extend(b"\r\n\n  \nnot JSON\n\0\0\n[1]\n{\"type\":{}}\n{\"type\":\"user\"}\n");
    bytes.extend(prompt("cut \\ud83d off").bytes());
    bytes.extend(b"\n");
    bytes.extend(prompt("bad \u{7f} ").replace('\u{7f}', "X").bytes());
    bytes.extend(b"\n{\"type\":\"user\",\"uuid\":\"big\",\"message\":{\"content\":\"");
    bytes.extend(std::iter::repeat_n(b'x', LONGEST_LINE + (1 << 20)));
    bytes.extend(b"\"}}\n");
    let latin = prompt("caf#").into_bytes();
    bytes.extend(
        latin
            .iter()
            .map(|byte| if *byte == b'#' { 0xe9 } else { *byte }),
    );
    bytes.push(b'\n');
    fs::write(&path, &bytes).expect("written");
    let (items, outcome) = read_from(&only(&path), &Position::default());
    let prompts: Vec<String> = items
        .iter()
        .map(line)
        .filter(|l| l.starts_with("prompt"))
        .collect();
    assert_eq!(prompts.len(), 4, "{prompts:?}");
    assert_eq!(outcome.counts.malformed, 5, "{:?}", outcome.counts);
    assert_eq!(outcome.position.offset(), bytes.len() as u64);
}

#[test]
fn places_are_the_documented_ones() {
    let homes = AgentHomes {
        home: PathBuf::from("/home/ada"),
        moved: [("CODEX_HOME".to_owned(), PathBuf::from("/codex"))].into(),
    };
    let places = |agent| default_places(agent, &homes);
    assert_eq!(
        places(Agent::Claude),
        [Path::new("/home/ada/.claude/projects")]
    );
    let codex = [
        Path::new("/codex/sessions"),
        Path::new("/codex/archived_sessions"),
    ];
    assert_eq!(places(Agent::Codex), codex);
    for agent in Agent::with_transcripts() {
        assert!(!places(agent).is_empty());
    }
    let nowhere = discover_transcripts(Path::new("/nowhere/at/all")).expect("nothing there");
    assert_eq!(nowhere, FoundTranscripts::default());
}

#[test]
fn every_fixture_is_known_by_its_content_alone() {
    for file in discover_transcripts(&fixtures()).expect("readable").files {
        let bytes = fs::read(&file.file.path).expect("a fixture");
        let name = if file.file.path.extension().is_some_and(|e| e == "json") {
            &file.file.path
        } else {
            Path::new("x.jsonl")
        };
        assert_eq!(
            recognise_transcript(name, &bytes),
            Some(file.agent),
            "{}",
            file.file.path.display()
        );
    }
    for other in [
        "",
        "{}",
        "[1]",
        "hello",
        "{\"display\":\"x\",\"project\":\"/p\"}\n",
    ] {
        assert_eq!(
            recognise_transcript(Path::new("history.jsonl"), other.as_bytes()),
            None
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0usize..6) {
        check(&bytes, kind);
    }

    #[test]
    fn no_damage_makes_it_panic(
        at in 0usize..30_000,
        with in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'"'), Just(b'\\'), Just(b'{'), Just(b'['), Just(b'\n'), Just(b'0'),
        ], 0..12),
        less in 0usize..40,
        which in 0usize..7,
    ) {
        let files = all_lines();
        let file = &files[which % files.len()];
        let mut bytes = fs::read(&file.file.path).expect("a fixture");
        let at = at % bytes.len();
        let end = (at + less).min(bytes.len());
        bytes.splice(at..end, with);
        let kind = Agent::ALL.iter().position(|agent| *agent == file.agent);
        check(&bytes, kind.expect("a kind"));
    }
}

fn check(bytes: &[u8], kind: usize) {
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["a.jsonl", "session-a.json", "rollout-a.jsonl.zst"] {
        let path = directory.path().join(name);
        fs::write(&path, bytes).expect("written");
        let file = TranscriptFile {
            path,
            size: bytes.len() as u64,
            modified: 1,
            created: None,
        };
        let agent = Agent::ALL[kind];
        let file = AgentTranscript { agent, file };
        let (_, outcome) = read_from(&file, &Position::default());
        let counts = outcome.counts;
        let unknown: u64 = counts.unknown.values().sum();
        assert_eq!(
            counts.lines,
            counts.understood + counts.ignored + counts.malformed + unknown
        );
        discover_transcripts(directory.path()).expect("readable");
    }
}
