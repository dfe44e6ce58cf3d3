use super::*;
use crate::agents::{AgentEvent, EventKind};
use crate::model::FileAction;
use std::fs;
use std::path::Path;

fn header() -> Header {
    Header {
        agent: "claude".to_owned(),
        session: "s-1".to_owned(),
        cwd: "/w".to_owned(),
        at: 1,
        pid: Some(7),
        ..Header::default()
    }
}

fn event(at: i64, text: &str) -> AgentEvent {
    let text = text.to_owned();
    AgentEvent {
        at,
        kind: EventKind::Progress { text },
    }
}

fn path(dir: &Path) -> std::path::PathBuf {
    dir.join("claude-s-1.jsonl")
}

#[test]
fn what_two_hooks_tell_of_one_call_is_read_once_even_from_between_them() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let dir = dir.path();
    let append = |call, at| {
        append_call(dir, &header(), call, &[event(at, "a")]).expect("appended");
    };
    append(Some(1), 10);
    let path = path(dir);
    let place = read_journal(&path, 0).expect("read").end;
    append(Some(1), 12);
    append(Some(2), 13);
    append(None, 14);
    append(None, 15);
    // Long after that it is another call, whatever its id.
    append(Some(1), 90_000);
    let times = |from| {
        let read = read_journal(&path, from).expect("read");
        let times = read.events.iter().map(|event| event.at);
        times.collect::<Vec<_>>()
    };
    assert_eq!(times(0), [10, 13, 14, 15, 90_000]);
    assert_eq!(times(place), [13, 14, 15, 90_000]);
}

#[test]
fn what_is_appended_reads_back_with_its_header() {
    let home = tempfile::tempdir().expect("temporary directory");
    let dir = home.path().join(".mx/journal");
    assert_eq!(list_journals(&dir).expect("none"), []);
    let first = [event(1, "a\nb\u{2028}\0\u{1f980}")];
    assert_eq!(append_events(&dir, &header(), &first).expect("made"), 0);
    let read_once = read_journal(&path(&dir), 0).expect("read");
    assert_eq!(read_once.events, first);
    let expected = Header { v: 1, ..header() };
    assert_eq!(read_once.header, Some(expected.clone()));
    let second = [event(2, "b"), event(3, "c")];
    append_events(&dir, &header(), &second).expect("appended");
    let next = read_journal(&path(&dir), read_once.end).expect("read");
    assert_eq!(next.events, second);
    assert_eq!(next.header, None, "the header is not written each time");
    assert_eq!(next.end, fs::metadata(path(&dir)).expect("a file").len());
    let prompt = EventKind::Prompt {
        text: "x".to_owned(),
    };
    append_events(
        &dir,
        &header(),
        &[AgentEvent {
            at: 4,
            kind: prompt,
        }],
    )
    .expect("appended");
    assert_eq!(
        read_journal(&path(&dir), next.end).expect("read").header,
        Some(expected)
    );
    let listed = list_journals(&dir).expect("listed");
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].session, "s-1");
    assert_eq!(listed[0].agent.map(|agent| agent.name()), Some("claude"));
}

#[test]
fn an_append_of_nothing_to_a_journal_writes_nothing() {
    let home = tempfile::tempdir().expect("temporary directory");
    append_events(home.path(), &header(), &[]).expect("made");
    let length = fs::metadata(path(home.path())).expect("a file").len();
    append_events(home.path(), &header(), &[]).expect("nothing");
    assert_eq!(
        fs::metadata(path(home.path())).expect("a file").len(),
        length
    );
}

#[test]
fn every_prefix_of_a_journal_reads_as_a_prefix_of_what_happened() {
    let home = tempfile::tempdir().expect("temporary directory");
    let dir = home.path();
    let all: Vec<AgentEvent> = (0..5).map(|n| event(n, "wörk\n\u{1f980}")).collect();
    append_events(dir, &header(), &all[..2]).expect("appended");
    append_events(dir, &header(), &all[2..]).expect("appended");
    let text = fs::read(path(dir)).expect("a file");
    let cut = dir.join("cut.jsonl");
    for length in 0..=text.len() {
        fs::write(&cut, &text[..length]).expect("write");
        let part = read_journal(&cut, 0).expect("read");
        assert_eq!(part.events, all[..part.events.len()], "{length}");
        assert_eq!(part.bad, 0, "a torn last line waits: {length}");
        assert!(part.end <= length as u64);
        // The rest comes when it is there.
        fs::write(&cut, &text).expect("write");
        let rest = read_journal(&cut, part.end).expect("read");
        assert!(!rest.restarted);
        assert_eq!([part.events, rest.events].concat(), all, "{length}");
        // A writer that finds the torn line goes on behind it.
        fs::write(path(dir), &text[..length]).expect("write");
        let more = event(9, "more");
        append_events(dir, &header(), std::slice::from_ref(&more)).expect("appended");
        let whole = read_journal(&path(dir), part.end).expect("read");
        assert_eq!(whole.events.last(), Some(&more), "{length}");
        assert!(whole.bad <= 1);
        let header = read_journal(&path(dir), 0).expect("read").header;
        // A torn header is written again with the next start or prompt.
        assert!(header.is_some() || (1..120).contains(&length), "{length}");
    }
}

#[test]
fn junk_is_counted_and_skipped_and_newer_kinds_too() {
    let home = tempfile::tempdir().expect("temporary directory");
    let file = home.path().join("x.jsonl");
    let good = serde_json::to_string(&event(1, "a")).expect("JSON");
    let mut text = Vec::new();
    text.extend_from_slice(b"\xff\xfe\n{}\n\0\0\0\n[1]\nnull\n\r\n  \n");
    text.extend_from_slice(b"{\"at\":1,\"kind\":\"dream\"}\n");
    text.extend_from_slice(b"{\"at\":1,\"kind\":\"file\"}\n");
    text.extend_from_slice(&vec![b'x'; 3 * MAX_LINE]);
    text.extend_from_slice(format!("\n{good}\r\n{good}").as_bytes());
    fs::write(&file, &text).expect("write");
    let found = read_journal(&file, 0).expect("read");
    assert_eq!(found.events, [event(1, "a")]);
    assert_eq!((found.bad, found.unknown), (7, 1));
    assert_eq!(found.end, (text.len() - good.len()) as u64);
}

#[test]
fn a_journal_that_became_shorter_or_another_is_read_anew() {
    let home = tempfile::tempdir().expect("temporary directory");
    append_events(home.path(), &header(), &[event(1, "a")]).expect("appended");
    let end = read_journal(&path(home.path()), 0).expect("read").end;
    for from in [end - 1, end + 1, u64::MAX / 2] {
        let anew = read_journal(&path(home.path()), from).expect("read");
        assert!(anew.restarted);
        assert_eq!(anew.events.len(), 1);
    }
    let error = read_journal(&home.path().join("none.jsonl"), 0).expect_err("missing");
    assert_eq!(error.kind(), crate::error::Kind::NotFound);
}

#[test]
fn a_line_that_is_too_long_is_an_error_and_the_others_are_kept() {
    let home = tempfile::tempdir().expect("temporary directory");
    let long = event(1, &"x".repeat(MAX_LINE));
    let fine = event(2, "fine");
    append_events(home.path(), &header(), &[long, fine.clone()]).expect_err("too long");
    let found = read_journal(&path(home.path()), 0).expect("read");
    assert_eq!((found.events, found.bad), (vec![fine], 0));
}

#[test]
fn ids_make_names_that_every_file_system_takes_and_tells_apart() {
    assert_eq!(
        file_name("claude", "0b63c29e-11a5"),
        "claude-0b63c29e-11a5.jsonl"
    );
    let long = "a".repeat(65);
    let odd = [
        "", "..", "a/b", "a\\b", "A", "ü", "a b", "con.", "a\0", &long,
    ];
    let mut names: Vec<String> = odd.iter().map(|id| file_name("claude", id)).collect();
    for name in &names {
        assert!(name.starts_with("claude-b3.") && name.len() < 60, "{name}");
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), odd.len());
    assert!(file_name("../x", "s").starts_with("b3."));
}

#[test]
fn many_writers_lose_and_mix_nothing() {
    let home = tempfile::tempdir().expect("temporary directory");
    let (writers, events) = (64, 50);
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let dir = home.path();
            scope.spawn(move || {
                for n in 0..events {
                    // A reader may look at any moment, and a length may be any.
                    let text = format!("{writer} {n} {}", "x".repeat((writer * 37 + n) % 2000));
                    let pair = [event(writer as i64, &text), event(-1, "beside")];
                    append_events(dir, &header(), &pair).expect("appended");
                }
            });
        }
    });
    let found = read_journal(&path(home.path()), 0).expect("read");
    assert_eq!((found.bad, found.unknown), (0, 0));
    assert_eq!(found.events.len(), writers * events * 2);
    let mut next = vec![0; writers];
    for pair in found.events.chunks(2) {
        let EventKind::Progress { text } = &pair[0].kind else {
            panic!("progress");
        };
        let mut words = text.split(' ');
        let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
        let (writer, n) = (number().expect("writer"), number().expect("number"));
        assert_eq!(next[writer], n, "in order");
        next[writer] += 1;
        assert_eq!(
            pair[1],
            event(-1, "beside"),
            "what is written together stays together"
        );
    }
}

#[test]
fn beside_what_is_not_a_regular_file_is_written() {
    let home = tempfile::tempdir().expect("temporary directory");
    fs::create_dir(path(home.path())).expect("mkdir");
    append_events(home.path(), &header(), &[event(1, "a")]).expect("written beside");
    let journals = list_journals(home.path()).expect("listed");
    assert!(
        matches!(&journals[..], [one] if one.path != path(home.path())),
        "{journals:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_a_fifo_does_not_hang() {
    let home = tempfile::tempdir().expect("temporary directory");
    let other = home.path().join("other");
    fs::write(&other, "").expect("write");
    std::os::unix::fs::symlink(&other, path(home.path())).expect("link");
    append_events(home.path(), &header(), &[event(1, "a")]).expect("written beside a link");
    assert_eq!(fs::read(&other).expect("a file"), b"");
    fs::remove_file(path(home.path())).expect("removed");
    let made = std::process::Command::new("mkfifo")
        .arg(path(home.path()))
        .status();
    if made.is_ok_and(|status| status.success()) {
        append_events(home.path(), &header(), &[event(1, "a")]).expect("written beside a FIFO");
    }
}

#[test]
fn actions_survive_the_journal() {
    let home = tempfile::tempdir().expect("temporary directory");
    let all: Vec<AgentEvent> = FileAction::ALL
        .into_iter()
        .map(|action| AgentEvent {
            at: 0,
            kind: EventKind::File {
                path: "a".to_owned(),
                action,
                from: Some("b".to_owned()),
            },
        })
        .collect();
    append_events(home.path(), &header(), &all).expect("appended");
    assert_eq!(
        read_journal(&path(home.path()), 0).expect("read").events,
        all
    );
}
