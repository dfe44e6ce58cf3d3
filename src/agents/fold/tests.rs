use super::*;
use crate::agents::{AgentEvent, EventKind as Kind};
use crate::kb::SessionFile;
use crate::kb::tests::TestKb;
use crate::model::{FileAction, Session};
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
struct Told {
    kb: TestKb,
    header: Header,
    minutes: i64,
}

impl Told {
    fn new() -> Self {
        let kb = TestKb::new();
        let header = Header {
            agent: text("claude"),
            session: text("s-1"),
            cwd: kb.environment().cwd.display().to_string(),
            at: NOON,
            ..Header::default()
        };
        Told {
            kb,
            header,
            minutes: 0,
        }
    }

    /// In a process that is gone.
    fn gone() -> Self {
        let mut told = Told::new();
        told.header.pid = Some(1);
        told.header.pid_start = Some(text("never"));
        told
    }

    fn tell(&mut self, kinds: &[Kind]) -> &mut Self {
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

    /// Returns the only record, which has ended and taken leave of its journal.
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
    let mut told = Told::new();
    let last = kinds.len().saturating_sub(1);
    told.tell(kinds);
    told.minutes = last as i64;
    told.tell(&[end()]).fold().ended()
}

#[test]
fn what_is_told_in_pieces_is_what_is_told_at_once() {
    let expected = proper(&stream());
    let mut told = Told::new();
    for kind in stream() {
        told.tell(&[kind]).fold();
        assert_eq!(told.record().status, Status::Active);
    }
    told.minutes -= 1;
    assert_eq!(told.tell(&[end()]).fold().ended(), expected);
    assert_eq!(expected.blockers.len(), 1, "{:?}", expected.blockers);
    assert!(expected.prompt[0].starts_with("Last session (from the log): "));
    told.fold();
    assert_eq!(told.ended(), expected, "once more changes nothing");
}

#[test]
fn a_session_whose_process_is_gone_is_the_one_that_ended_but_for_the_reason() {
    for told_of in 1..=stream().len() {
        let kinds = &stream()[..told_of];
        let gone = match told_of {
            // Nothing but a start: that was no session.
            1 => {
                let mut told = Told::gone();
                assert_eq!(told.tell(kinds).fold().records(), Vec::<PathBuf>::new());
                continue;
            }
            _ => Told::gone().tell(kinds).fold().ended(),
        };
        let reason = gone.interrupted.clone().expect("a reason");
        assert!(reason.contains("process was gone"), "{reason}");
        let told = Session {
            interrupted: None,
            ..gone
        };
        assert_eq!(told, proper(kinds));
    }
}

#[test]
fn a_crash_between_any_two_steps_changes_nothing() {
    let expected = proper(&stream());
    let journal = |told: &Told, kb: &Kb, path: &Path| {
        let journal = Journal::open(path).expect("read").expect("a header");
        let bound = binding::bind_record(kb, &journal)
            .expect("bound")
            .expect("a record");
        assert!(!bound.joined, "{:?}", told.path());
        taking::take_in(kb, &bound, &journal, path).expect("taken in");
        bound
    };
    for steps in 0..4 {
        let mut told = Told::new();
        told.tell(&stream());
        told.minutes -= 1;
        told.tell(&[end()]);
        let path = told.path();
        let bound = journal(&told, &told.kb, &path);
        let aside = match steps {
            0 => path.clone(),
            _ => journal::put_aside(&path).expect("moved"),
        };
        if steps > 1 {
            let opened = Journal::open(&aside).expect("read").expect("a header");
            taking::take_rest(&told.kb, &bound, &opened, &aside).expect("taken in");
        }
        if steps > 2 {
            leaving::remove_journal(&told.kb, &aside).expect("removed");
            // The record has ended, and its note is there still.
            let session = told.record();
            assert_eq!(session.status, Status::Ended);
        }
        told.fold();
        assert_eq!(told.ended(), expected, "{steps}");
        // A later call goes on in the same record, from the beginning of a new journal.
        told.tell(&[start("resume"), prompt("And now?"), end()])
            .fold();
        let rows = told.ended().progress.len();
        assert_eq!(rows, expected.progress.len() + 2, "{steps}");
    }
}

#[test]
fn what_comes_while_a_journal_waits_aside_is_the_next_part() {
    let mut told = Told::new();
    told.tell(&stream()).fold();
    told.tell(&[end()]);
    journal::put_aside(&told.path()).expect("moved");
    told.tell(&[
        start("resume"),
        prompt("And now?"),
        prompt("And then?"),
        end(),
    ]);
    let session = told.fold().ended();
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
    let mut told = Told::new();
    told.tell(&[start("startup"), prompt("Do it"), end()])
        .fold();
    let ended = told.ended().ended;
    told.tell(&[Kind::Tool { name: text("Bash") }]).fold();
    let session = told.ended();
    assert_eq!((session.tools.len(), session.ended), (1, ended));
    told.tell(&[prompt("More")]).fold();
    let session = told.record();
    assert_eq!((session.status, session.ended), (Status::Active, None));
    assert!(session.prompt.is_empty());
    assert_eq!(running::all_running(&told.kb).expect("listed").len(), 1);
    told.tell(&[end()]).fold();
    assert!(told.ended().ended > ended);
}

#[test]
fn an_agent_that_had_answered_and_is_gone_has_ended() {
    let answer = || Kind::Answer {
        text: text("Done."),
    };
    let work = [start("startup"), prompt("Do it"), answer(), Kind::Idle];
    let interrupted = |kinds: &[Kind]| Told::gone().tell(kinds).fold().ended().interrupted;
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
    let mut told = Told::gone();
    told.tell(&[start("startup"), prompt("Do it")]).fold();
    assert!(told.ended().interrupted.is_some());
    told.tell(&[Kind::Tool { name: text("Bash") }]).fold();
    let session = told.ended();
    assert!(session.interrupted.is_some(), "gone again");
    assert_eq!(session.tools.len(), 1);
    assert_eq!(session.ended.expect("an end").seconds(), NOON / 1000 + 120);
}

#[test]
fn what_was_stated_at_the_end_outlives_the_end_of_the_agent() {
    use crate::session::finish::end_now;
    use crate::session::resume::Ending;
    let mut told = Told::new();
    told.tell(&[start("startup"), prompt("Do it")]).fold();
    let running = running::all_running(&told.kb).expect("listed").remove(0);
    let ending = Ending {
        summary: Some(text("Did it")),
        state: Some(text("All green")),
        next: Some(text("go on")),
        ..Ending::default()
    };
    let finished = end_now(&told.kb, &running, ending).expect("ended");
    let when = finished.session.ended;
    told.tell(&[Kind::Tool { name: text("Bash") }, end()])
        .fold();
    let session = told.ended();
    assert_eq!((session.ended, session.tools.len()), (when, 1));
    assert_eq!(
        session.prompt[..2],
        ["Last session: Did it.", "All green. Next: go on."]
    );
    told.tell(&[prompt("Thanks")]).fold();
    assert_eq!(told.record().status, Status::Active);
    told.tell(&[end()]).fold();
    assert_eq!(told.ended().prompt[..2], session.prompt[..2]);
}

#[test]
fn nothing_leaves_nothing_but_what_somebody_wrote() {
    let mut told = Told::new();
    told.tell(&[start("startup")]).fold();
    assert_eq!(told.record().status, Status::Active);
    told.tell(&[end()]).fold();
    assert_eq!(told.records(), Vec::<PathBuf>::new());
    assert!(
        !told
            .kb
            .root()
            .join("session_logs/SESSION_INDEX.md")
            .exists()
    );
    told.tell(&[start("startup")]).fold();
    let file = told.records().remove(0);
    let edited = format!("{}\nBy hand.\n", fs::read_to_string(&file).expect("a file"));
    fs::write(&file, &edited).expect("write");
    told.tell(&[end()]).fold();
    assert!(
        fs::read_to_string(&file)
            .expect("kept")
            .contains("By hand.")
    );
    told.ended();
}

#[test]
fn a_session_that_was_begun_by_hand_is_joined_and_left() {
    use crate::session::start::{Beginning, start as start_now};
    for steps in 0..4 {
        let mut told = Told::new();
        let beginning = Beginning {
            project: None,
            directories: Vec::new(),
            goal: None,
            beside: false,
            agent: None,
            place: SessionFile::Project,
            started: None,
            journal: None,
        };
        let started = start_now(&told.kb, &beginning).expect("started");
        let file = started.running.file;
        let read = |told: &Told| {
            let read = record::read_record(&told.kb, &file).expect("read");
            read.expect("a session")
        };
        told.tell(&stream()).fold();
        assert_eq!(
            told.records(),
            Vec::<PathBuf>::new(),
            "no record of its own"
        );
        let rows = read(&told).progress.len();
        assert!(rows > 3 && read(&told).agent.is_some());
        told.tell(&[end()]);
        // Killed between the steps.
        let path = told.path();
        if steps > 0 {
            let journal = Journal::open(&path).expect("read").expect("a header");
            let bound = binding::bind_record(&told.kb, &journal)
                .expect("bound")
                .expect("a record");
            assert!(bound.joined);
            taking::take_in(&told.kb, &bound, &journal, &path).expect("taken in");
            if steps > 1 {
                let aside = journal::put_aside(&path).expect("moved");
                if steps > 2 {
                    taking::take_rest(&told.kb, &bound, &journal, &aside).expect("taken in");
                }
            }
        }
        told.fold();
        let session = read(&told);
        assert_eq!(
            (session.status, session.agent, session.journal),
            (Status::Active, None, None)
        );
        assert_eq!(session.progress.len(), rows, "{steps}");
        let waiting = journal::waiting_journals(&journal_directory(&told.kb)).expect("listed");
        assert_eq!(waiting, [], "{steps}");
        // Another one may join it, and this one again.
        told.header.session = text("s-2");
        told.tell(&[prompt("Second")]).fold();
        assert_eq!(read(&told).progress.len(), rows + 1);
    }
}

#[test]
fn agents_in_one_directory_have_a_record_each() {
    let mut told = Told::new();
    told.tell(&[start("startup"), prompt("First")]);
    told.header.session = text("s-2");
    told.tell(&[start("startup"), prompt("Second")]);
    told.header.agent = text("codex");
    told.tell(&[start("startup"), prompt("Third")]).fold();
    let names: Vec<String> = told
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
    let mut told = Told::new();
    let context = told.kb.environment().cwd.join(".kbcontext");
    fs::write(&context, "project: [\n").expect("write");
    told.tell(&stream());
    let warnings = fold_all(&told.kb);
    assert!(warnings[0].contains(".kbcontext:"), "{warnings:?}");
    fs::remove_file(&context).expect("removed");
    told.fold();
    assert!(!told.record().progress.is_empty());
}

#[test]
fn a_journal_that_a_power_cut_gave_back_counts_no_tool_again() {
    let mut told = Told::new();
    told.tell(&stream()[..3]);
    let shorter = fs::read(told.path()).expect("a journal");
    told.tell(&stream()[3..]).fold();
    let expected = told.record();
    // What was not synced is gone, and no hook reports it again.
    fs::write(told.path(), &shorter).expect("written");
    told.fold();
    assert_eq!(told.record().tools, expected.tools);
    // Its removal was not synced: it is there again, as a whole.
    let mut told = Told::new();
    told.tell(&stream()).tell(&[end()]);
    let whole = fs::read(told.path()).expect("a journal");
    let expected = told.fold().ended();
    fs::write(told.path(), &whole).expect("written");
    assert_eq!(told.fold().ended(), expected);
}

#[test]
fn a_journal_stays_until_the_derived_files_are_written() {
    let mut told = Told::new();
    told.tell(&stream()).tell(&[end()]);
    let index = told.kb.root().join("session_logs/SESSION_INDEX.md");
    fs::create_dir_all(&index).expect("a directory in the way");
    let warnings = fold_all(&told.kb);
    assert!(warnings[0].contains("index of sessions"), "{warnings:?}");
    fs::remove_dir(&index).expect("removed");
    told.fold();
    assert!(index.is_file());
    let ended = told.ended();
    told.fold();
    assert_eq!(told.ended(), ended);
}

#[test]
fn the_note_of_a_session_follows_it_into_another_process() {
    let mut told = Told::gone();
    told.tell(&[start("startup"), prompt("First")]);
    told.header.pid = None;
    told.tell(&[prompt("No process is named")]);
    let me = Owner::find();
    told.header.pid = me.as_ref().map(|owner| owner.parts().0);
    told.header.pid_start = me.as_ref().map(|owner| owner.parts().1.to_owned());
    if me.is_none() {
        return;
    }
    told.tell(&[start("resume")]).fold();
    let running = running::all_running(&told.kb).expect("listed");
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
        let mut told = Told::new();
        if !commit_at(&told.kb, made) {
            return None;
        }
        told.tell(&[start("startup"), prompt("Go on"), command(ran), end()]);
        if of_another {
            let head = fs::read_to_string(told.kb.environment().cwd.join(".git/logs/HEAD"));
            let head = head.expect("a log");
            let hash = head.split(' ').nth(1).expect("a hash").to_owned();
            let header = Header {
                session: text("s-2"),
                ..told.header.clone()
            };
            let kind = Kind::Commit {
                hash,
                subject: String::new(),
            };
            let event = AgentEvent {
                at: made * 1000,
                kind,
            };
            let dir = journal_directory(&told.kb);
            journal::append_events(&dir, &header, &[event]).expect("appended");
        }
        told.fold();
        let records = told.records();
        let read = |path: &PathBuf| record::read_record(&told.kb, path).expect("read");
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
    let mut told = Told::new();
    told.tell(&[start("startup"), prompt("Do it"), end()])
        .fold();
    told.header.project = Some(text("acme"));
    told.tell(&[start("resume"), prompt("Go on"), end()]).fold();
    assert_eq!(told.ended().progress.len(), 3);
    assert!(!told.kb.root().join("session_logs/acme").exists());
}
