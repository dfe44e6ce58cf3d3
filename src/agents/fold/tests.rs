use super::*;
use crate::agents::{AgentEvent, EventKind as Kind};
use crate::kb::tests::TestKb;
use crate::model::{FileAction, Session};
use crate::session::tests::samples::bare_beginning;
use crate::session::{record, running};
use std::fs;
use std::path::PathBuf;

const NOON: i64 = 1_768_127_400_000;

fn text(text: &str) -> String {
    text.to_owned()
}

/// A session of an agent, one thing a minute, without its end.
fn stream() -> Vec<Kind> {
    let file = |path: &str, action| Kind::File {
        path: text(path),
        action,
        from: None,
    };
    let command = |command: &str, exit| Kind::Command {
        command: text(command),
        ok: None,
        exit: Some(exit),
        error: text(if exit == 0 { "" } else { "it | broke\nbadly" }),
    };
    vec![
        start("startup"),
        prompt("Fix the login | \u{1f980}"),
        Kind::Tool { name: text("Bash") },
        command("cargo test", 101),
        file("src/a.rs", FileAction::Created),
        file("src/a.rs", FileAction::Modified),
        Kind::Tool { name: text("Bash") },
        command("make", 2),
        Kind::Decision {
            decision: text("Use a queue"),
            rationale: text("over: a stack"),
        },
        command("cargo test", 0),
        Kind::Commit {
            hash: text("0123456789"),
            subject: text("Fix"),
        },
        file("src/a.rs", FileAction::Deleted),
        Kind::Answer {
            text: text("Done.\n\nMore."),
        },
    ]
}

fn start(reason: &str) -> Kind {
    Kind::Start {
        reason: text(reason),
        cwd: String::new(),
    }
}

fn prompt(asked: &str) -> Kind {
    Kind::Prompt { text: text(asked) }
}

fn end() -> Kind {
    Kind::End {
        reason: text("exit"),
    }
}

/// A KB, and the journal of one session of an agent.
struct Recording {
    kb: TestKb,
    header: Header,
    minutes: i64,
}

impl Recording {
    fn new() -> Self {
        let kb = TestKb::new();
        let header = Header {
            agent: text("claude"),
            session: text("s-1"),
            cwd: kb.environment().cwd.display().to_string(),
            at: NOON,
            ..Header::default()
        };
        Recording {
            kb,
            header,
            minutes: 0,
        }
    }

    /// In a process that is gone.
    fn gone() -> Self {
        let mut recording = Recording::new();
        recording.header.pid = Some(1);
        recording.header.pid_start = Some(text("never"));
        recording
    }

    fn add(&mut self, kinds: &[Kind]) -> &mut Self {
        for kind in kinds {
            let at = NOON + self.minutes * 60_000;
            let event = AgentEvent {
                at,
                kind: kind.clone(),
            };
            self.minutes += i64::from(!matches!(kind, Kind::End { .. }));
            journal::append_events(&journal_directory(&self.kb), &self.header, &[event])
                .expect("appended");
        }
        self
    }

    fn fold(&self) -> &Self {
        assert_eq!(fold_all(&self.kb), Vec::<String>::new());
        self
    }

    fn path(&self) -> PathBuf {
        let name = journal::file_name(&self.header.agent, &self.header.session);
        journal_directory(&self.kb).join(name)
    }

    fn records(&self) -> Vec<PathBuf> {
        let dir = self.kb.root().join("session_logs/cwd");
        let entries = fs::read_dir(dir).into_iter().flatten();
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
    }

    /// Returns the only record.
    fn record(&self) -> Session {
        let files = self.records();
        assert_eq!(files.len(), 1, "{files:?}");
        let read = record::read_record(&self.kb, &files[0]).expect("read");
        read.expect("a session")
    }

    /// Returns the only record, which has ended and is detached from its journal.
    fn ended(&self) -> Session {
        let mut session = self.record();
        assert_eq!(session.status, Status::Ended);
        assert_eq!(session.journal, None);
        // Another one in each test.
        assert_eq!(std::mem::take(&mut session.directories).len(), 1);
        let waiting = journal::waiting_journals(&journal_directory(&self.kb)).expect("listed");
        assert_eq!(waiting, [], "no journal is left");
        assert_eq!(running::all_running(&self.kb).expect("listed").len(), 0);
        session
    }
}

/// Returns the record of a session that was recorded so far, and then ended properly.
fn proper(kinds: &[Kind]) -> Session {
    let mut recording = Recording::new();
    let last = kinds.len().saturating_sub(1);
    recording.add(kinds);
    recording.minutes = last as i64;
    recording.add(&[end()]).fold().ended()
}

#[test]
fn what_is_told_in_pieces_is_what_is_told_at_once() {
    let expected = proper(&stream());
    let mut recording = Recording::new();
    for kind in stream() {
        recording.add(&[kind]).fold();
        assert_eq!(recording.record().status, Status::Active);
    }
    recording.minutes -= 1;
    assert_eq!(recording.add(&[end()]).fold().ended(), expected);
    assert_eq!(expected.blockers.len(), 1, "{:?}", expected.blockers);
    assert!(expected.prompt[0].starts_with("Last session (from the log): "));
    recording.fold();
    assert_eq!(recording.ended(), expected, "once more changes nothing");
}

#[test]
fn a_session_whose_process_is_gone_is_the_one_that_ended_but_for_the_reason() {
    for told_of in 1..=stream().len() {
        let kinds = &stream()[..told_of];
        let gone = match told_of {
            // Nothing but a start: that was no session.
            1 => {
                let mut recording = Recording::gone();
                assert_eq!(recording.add(kinds).fold().records(), Vec::<PathBuf>::new());
                continue;
            }
            _ => Recording::gone().add(kinds).fold().ended(),
        };
        let reason = gone.interrupted.clone().expect("a reason");
        assert!(reason.contains("process was gone"), "{reason}");
        let recording = Session {
            interrupted: None,
            ..gone
        };
        assert_eq!(recording, proper(kinds));
    }
}

#[test]
fn a_crash_between_any_two_steps_changes_nothing() {
    let expected = proper(&stream());
    let journal = |recording: &Recording, kb: &Kb, path: &Path| {
        let journal = Journal::open(path).expect("read").expect("a header");
        let attached = attach::attach_record(kb, &journal)
            .expect("attached")
            .expect("a record");
        assert!(!attached.joined, "{:?}", recording.path());
        taking::take_in(kb, &attached, &journal, path).expect("taken in");
        attached
    };
    for steps in 0..4 {
        let mut recording = Recording::new();
        recording.add(&stream());
        recording.minutes -= 1;
        recording.add(&[end()]);
        let path = recording.path();
        let attached = journal(&recording, &recording.kb, &path);
        let aside = match steps {
            0 => path.clone(),
            _ => journal::put_aside(&path).expect("moved"),
        };
        if steps > 1 {
            let opened = Journal::open(&aside).expect("read").expect("a header");
            taking::take_rest(&recording.kb, &attached, &opened, &aside).expect("taken in");
        }
        if steps > 2 {
            detach::remove_journal(&recording.kb, &aside).expect("removed");
            // The record has ended, and its note is there still.
            let session = recording.record();
            assert_eq!(session.status, Status::Ended);
        }
        recording.fold();
        assert_eq!(recording.ended(), expected, "{steps}");
        // A later call goes on in the same record, from the beginning of a new journal.
        recording
            .add(&[start("resume"), prompt("And now?"), end()])
            .fold();
        let rows = recording.ended().progress.len();
        assert_eq!(rows, expected.progress.len() + 2, "{steps}");
    }
}

#[test]
fn what_comes_while_a_journal_waits_aside_is_the_next_part() {
    let mut recording = Recording::new();
    recording.add(&stream()).fold();
    recording.add(&[end()]);
    journal::put_aside(&recording.path()).expect("moved");
    recording.add(&[
        start("resume"),
        prompt("And now?"),
        prompt("And then?"),
        end(),
    ]);
    let session = recording.fold().ended();
    let texts: Vec<&str> = session
        .progress
        .iter()
        .map(|row| row.text.as_str())
        .collect();
    for asked in ["Asked: And now?", "Asked: And then?"] {
        assert_eq!(texts.iter().filter(|text| **text == asked).count(), 1);
    }
    assert_eq!(session.progress.len(), proper(&stream()).progress.len() + 3);
}

#[test]
fn what_is_late_does_not_open_a_session_again_and_a_prompt_does() {
    let mut recording = Recording::new();
    recording
        .add(&[start("startup"), prompt("Do it"), end()])
        .fold();
    let ended = recording.ended().ended;
    recording.add(&[Kind::Tool { name: text("Bash") }]).fold();
    let session = recording.ended();
    assert_eq!((session.tools.len(), session.ended), (1, ended));
    recording.add(&[prompt("More")]).fold();
    let session = recording.record();
    assert_eq!((session.status, session.ended), (Status::Active, None));
    assert!(session.prompt.is_empty());
    assert_eq!(
        running::all_running(&recording.kb).expect("listed").len(),
        1
    );
    recording.add(&[end()]).fold();
    assert!(recording.ended().ended > ended);
}

#[test]
fn an_agent_that_had_answered_and_is_gone_has_ended() {
    let answer = || Kind::Answer {
        text: text("Done."),
    };
    let work = [start("startup"), prompt("Do it"), answer(), Kind::Idle];
    let interrupted = |kinds: &[Kind]| Recording::gone().add(kinds).fold().ended().interrupted;
    assert_eq!(interrupted(&work), None);
    // It was gone on with, and nothing was asked.
    let resumed = [&work[..], &[start("resume")]].concat();
    assert_eq!(interrupted(&resumed), None);
    let asked = [&work[..], &[prompt("And now?")]].concat();
    assert!(interrupted(&asked).is_some());
    let at_work = [&work[..], &[Kind::Tool { name: text("Bash") }]].concat();
    assert!(interrupted(&at_work).is_some());
}

#[test]
fn a_process_that_only_seemed_to_be_gone_goes_on() {
    let mut recording = Recording::gone();
    recording.add(&[start("startup"), prompt("Do it")]).fold();
    assert!(recording.ended().interrupted.is_some());
    recording.add(&[Kind::Tool { name: text("Bash") }]).fold();
    let session = recording.ended();
    assert!(session.interrupted.is_some(), "gone again");
    assert_eq!(session.tools.len(), 1);
    assert_eq!(session.ended.expect("an end").seconds(), NOON / 1000 + 120);
}

#[test]
fn what_was_stated_at_the_end_outlives_the_end_of_the_agent() {
    use crate::session::finish::end_now;
    use crate::session::resume::Ending;
    let mut recording = Recording::new();
    recording.add(&[start("startup"), prompt("Do it")]).fold();
    let running = running::all_running(&recording.kb)
        .expect("listed")
        .remove(0);
    let ending = Ending {
        summary: Some(text("Did it")),
        state: Some(text("All green")),
        next: Some(text("go on")),
        ..Ending::default()
    };
    let finished = end_now(&recording.kb, &running, ending).expect("ended");
    let when = finished.session.ended;
    recording
        .add(&[Kind::Tool { name: text("Bash") }, end()])
        .fold();
    let session = recording.ended();
    assert_eq!((session.ended, session.tools.len()), (when, 1));
    assert_eq!(
        session.prompt[..2],
        ["Last session: Did it.", "All green. Next: go on."]
    );
    recording.add(&[prompt("Thanks")]).fold();
    assert_eq!(recording.record().status, Status::Active);
    recording.add(&[end()]).fold();
    assert_eq!(recording.ended().prompt[..2], session.prompt[..2]);
}

#[test]
fn nothing_leaves_nothing_but_what_somebody_wrote() {
    let mut recording = Recording::new();
    recording.add(&[start("startup")]).fold();
    assert_eq!(recording.record().status, Status::Active);
    recording.add(&[end()]).fold();
    assert_eq!(recording.records(), Vec::<PathBuf>::new());
    assert!(
        !recording
            .kb
            .root()
            .join("session_logs/SESSION_INDEX.md")
            .exists()
    );
    recording.add(&[start("startup")]).fold();
    let file = recording.records().remove(0);
    let edited = format!("{}\nBy hand.\n", fs::read_to_string(&file).expect("a file"));
    fs::write(&file, &edited).expect("write");
    recording.add(&[end()]).fold();
    assert!(
        fs::read_to_string(&file)
            .expect("kept")
            .contains("By hand.")
    );
    recording.ended();
}

#[test]
fn a_session_that_was_begun_by_hand_is_joined_and_left() {
    use crate::session::start::start as start_now;
    for steps in 0..4 {
        let mut recording = Recording::new();
        let started = start_now(&recording.kb, &bare_beginning()).expect("started");
        let file = started.running.file;
        let read = |recording: &Recording| {
            let read = record::read_record(&recording.kb, &file).expect("read");
            read.expect("a session")
        };
        recording.add(&stream()).fold();
        assert_eq!(
            recording.records(),
            Vec::<PathBuf>::new(),
            "no record of its own"
        );
        let rows = read(&recording).progress.len();
        assert!(rows > 3 && read(&recording).agent.is_some());
        recording.add(&[end()]);
        // Killed between the steps.
        let path = recording.path();
        if steps > 0 {
            let journal = Journal::open(&path).expect("read").expect("a header");
            let attached = attach::attach_record(&recording.kb, &journal)
                .expect("attached")
                .expect("a record");
            assert!(attached.joined);
            taking::take_in(&recording.kb, &attached, &journal, &path).expect("taken in");
            if steps > 1 {
                let aside = journal::put_aside(&path).expect("moved");
                if steps > 2 {
                    taking::take_rest(&recording.kb, &attached, &journal, &aside)
                        .expect("taken in");
                }
            }
        }
        recording.fold();
        let session = read(&recording);
        assert_eq!(
            (session.status, session.agent, session.journal),
            (Status::Active, None, None)
        );
        assert_eq!(session.progress.len(), rows, "{steps}");
        let waiting = journal::waiting_journals(&journal_directory(&recording.kb)).expect("listed");
        assert_eq!(waiting, [], "{steps}");
        // Another one may join it, and this one again.
        recording.header.session = text("s-2");
        recording.add(&[prompt("Second")]).fold();
        assert_eq!(read(&recording).progress.len(), rows + 1);
    }
}

/// The hooks of an agent join the session that it began over a connection, and leave it its agent's.
#[cfg(unix)]
#[test]
fn a_session_that_an_agent_began_over_a_connection_stays_its_own() {
    use crate::model::ClientConnection;
    use crate::session::start::start as start_now;
    let mut recording = Recording::new();
    let mut environment = recording.kb.environment().clone();
    environment.connection = Some(ClientConnection {
        number: 0,
        agent: Some(text("claude")),
        open: vec![0],
    });
    // So that it has an owner also where nothing but shells is above this process.
    environment.is_served = true;
    let asked = Kb::open(&environment, Some(recording.kb.root())).expect("a KB");
    let running = start_now(&asked, &bare_beginning())
        .expect("started")
        .running;
    let owner = running.note.expect("a note").owner.expect("an owner");
    recording.header.pid = Some(owner.parts().0);
    recording.header.pid_start = Some(owner.parts().1.to_owned());
    let read = |recording: &Recording| {
        let read = record::read_record(&recording.kb, &running.file).expect("read");
        read.expect("a session")
    };
    let named = |session: &Session| session.agent_name().map(str::to_owned);
    assert_eq!(named(&read(&recording)), Some(text("claude")));
    recording.add(&stream()).fold();
    let session = read(&recording);
    assert!(session.agent.is_some() && session.client.is_none());
    recording.add(&[end()]).fold();
    let session = read(&recording);
    assert_eq!(
        (session.agent, session.client),
        (None, Some(text("claude")))
    );
}

#[test]
fn agents_in_one_directory_have_a_record_each() {
    let mut recording = Recording::new();
    recording.add(&[start("startup"), prompt("First")]);
    recording.header.session = text("s-2");
    recording.add(&[start("startup"), prompt("Second")]);
    recording.header.agent = text("codex");
    recording.add(&[start("startup"), prompt("Third")]).fold();
    let names: Vec<String> = recording
        .records()
        .iter()
        .map(|file| {
            file.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let first = "20260111-103000";
    let expected = ["-2", "-3", ""].map(|number| format!("{first}{number}.md"));
    assert_eq!(names, expected);
}

#[test]
fn a_broken_context_delays_and_loses_nothing() {
    let mut recording = Recording::new();
    let context = recording.kb.environment().cwd.join(".kbcontext");
    fs::write(&context, "project: [\n").expect("write");
    recording.add(&stream());
    let warnings = fold_all(&recording.kb);
    assert!(warnings[0].contains(".kbcontext:"), "{warnings:?}");
    fs::remove_file(&context).expect("removed");
    recording.fold();
    assert!(!recording.record().progress.is_empty());
}

#[test]
fn a_journal_that_a_power_cut_gave_back_counts_no_tool_again() {
    let mut recording = Recording::new();
    recording.add(&stream()[..3]);
    let shorter = fs::read(recording.path()).expect("a journal");
    recording.add(&stream()[3..]).fold();
    let expected = recording.record();
    // What was not synced is gone, and no hook reports it again.
    fs::write(recording.path(), &shorter).expect("written");
    recording.fold();
    assert_eq!(recording.record().tools, expected.tools);
    // Its removal was not synced: it is there again, as a whole.
    let mut recording = Recording::new();
    recording.add(&stream()).add(&[end()]);
    let whole = fs::read(recording.path()).expect("a journal");
    let expected = recording.fold().ended();
    fs::write(recording.path(), &whole).expect("written");
    assert_eq!(recording.fold().ended(), expected);
}

#[test]
fn a_journal_stays_until_the_derived_files_are_written() {
    let mut recording = Recording::new();
    recording.add(&stream()).add(&[end()]);
    let index = recording.kb.root().join("session_logs/SESSION_INDEX.md");
    fs::create_dir_all(&index).expect("a directory in the way");
    let warnings = fold_all(&recording.kb);
    assert!(warnings[0].contains("index of sessions"), "{warnings:?}");
    fs::remove_dir(&index).expect("removed");
    recording.fold();
    assert!(index.is_file());
    let ended = recording.ended();
    recording.fold();
    assert_eq!(recording.ended(), ended);
}

#[test]
fn the_note_of_a_session_follows_it_into_another_process() {
    let mut recording = Recording::gone();
    recording.add(&[start("startup"), prompt("First")]);
    recording.header.pid = None;
    recording.add(&[prompt("No process is named")]);
    let me = Owner::find();
    recording.header.pid = me.as_ref().map(|owner| owner.parts().0);
    recording.header.pid_start = me.as_ref().map(|owner| owner.parts().1.to_owned());
    if me.is_none() {
        return;
    }
    recording.add(&[start("resume")]).fold();
    let running = running::all_running(&recording.kb).expect("listed");
    assert_eq!(running[0].note.as_ref().expect("a note").owner, me);
    assert!(!running[0].is_abandoned());
}

/// Makes a repository where the session takes place, with a commit of that time; `false` without
/// git.
fn commit_at(kb: &TestKb, seconds: i64) -> bool {
    let cwd = &kb.environment().cwd;
    let time = format!("@{seconds} +0000");
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.current_dir(cwd).args(arguments).env("HOME", cwd);
        git.envs([("GIT_AUTHOR_DATE", &time), ("GIT_COMMITTER_DATE", &time)]);
        git.output().is_ok_and(|output| output.status.success())
    };
    let begun = git(&["init", "-q"]);
    fs::write(cwd.join("a.py"), "1\n").expect("written");
    let name = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
    let commit = [&name[..], &["commit", "-q", "-m", "Change a"]].concat();
    begun && git(&["add", "a.py"]) && git(&commit)
}

#[test]
fn a_commit_is_of_the_session_that_may_have_made_it_and_of_no_other() {
    let command = |command: &str| Kind::Command {
        command: text(command),
        ok: Some(true),
        exit: None,
        error: String::new(),
    };
    // Between what was asked and the command.
    let made = NOON / 1000 + 90;
    let commits = |ran: &str, of_another: bool| {
        let mut recording = Recording::new();
        if !commit_at(&recording.kb, made) {
            return None;
        }
        recording.add(&[start("startup"), prompt("Go on"), command(ran), end()]);
        if of_another {
            let head = fs::read_to_string(recording.kb.environment().cwd.join(".git/logs/HEAD"));
            let head = head.expect("a log");
            let hash = head.split(' ').nth(1).expect("a hash").to_owned();
            let header = Header {
                session: text("s-2"),
                ..recording.header.clone()
            };
            let kind = Kind::Commit {
                hash,
                subject: String::new(),
            };
            let event = AgentEvent {
                at: made * 1000,
                kind,
            };
            let dir = journal_directory(&recording.kb);
            journal::append_events(&dir, &header, &[event]).expect("appended");
        }
        recording.fold();
        let records = recording.records();
        let read = |path: &PathBuf| record::read_record(&recording.kb, path).expect("read");
        let mut sessions = records.iter().filter_map(read);
        let own = |session: &Session| {
            let agent = session.agent.as_ref();
            agent.is_some_and(|agent| agent.id == "s-1")
        };
        let session = sessions.find(own).expect("a session");
        let rows = session.progress.iter();
        Some(rows.filter(|row| row.text.starts_with("Committed")).count())
    };
    for (ran, of_another, expected) in [
        ("cat a.py", false, 0),
        ("git commit -qam 'Change a'", false, 1),
        ("./release.sh", false, 1),
        ("./release.sh", true, 0),
    ] {
        if let Some(count) = commits(ran, of_another) {
            assert_eq!(count, expected, "{ran} {of_another}");
        }
    }
}

#[test]
fn a_session_goes_on_in_its_record_when_its_project_got_another_name() {
    let mut recording = Recording::new();
    recording
        .add(&[start("startup"), prompt("Do it"), end()])
        .fold();
    recording.header.project = Some(text("acme"));
    recording
        .add(&[start("resume"), prompt("Go on"), end()])
        .fold();
    assert_eq!(recording.ended().progress.len(), 3);
    assert!(!recording.kb.root().join("session_logs/acme").exists());
}
