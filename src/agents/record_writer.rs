//! What an agent did, as rows of a record: a pure function of the events, in their order, so
//! that it does not matter in how many pieces, or when, they are applied.

use super::command_rows::{
    CommandOutcome, command_ran, drop_failures_of_file, name_subject, record_blocker,
    says_last_of_check,
};
use super::discover::directories_of_agents;
use super::event_text::shorten_line;
use super::{AgentEvent, EventKind};
use crate::kb::Environment;
use crate::model::{Event, FileAction, Session, Source, Timestamp, Zone};
use crate::session::paths;
use crate::session::recorder::{FileNews, Recorder};
use chrono::{NaiveDateTime, TimeDelta};
use std::path::{Path, PathBuf};

/// Longest text of an event, in characters.
const EVENT: usize = 300;

/// What the log says of a conversation that was, or is about to be, compacted.
const COMPACTED: &str = "Checkpoint: the conversation was compacted";

/// Where the events took place, and what their rows are.
pub(crate) struct RecordWriter<'a> {
    /// Home directory, for paths.
    pub(crate) environment: &'a Environment,
    /// The time zone of the KB.
    pub(crate) zone: Zone,
    /// Where the rows come from: seen by a hook, or read from a transcript.
    pub(crate) source: Source,
    /// Directories of the agents themselves, whose files are not of the work.
    pub(crate) own_directories: Vec<PathBuf>,
}

impl<'a> RecordWriter<'a> {
    pub(crate) fn new(environment: &'a Environment, zone: Zone, source: Source) -> Self {
        RecordWriter {
            environment,
            zone,
            source,
            own_directories: directories_of_agents(environment),
        }
    }

    /// Adds one thing that happened to the record.
    pub(crate) fn apply(&self, record: &mut Recorder<'_>, event: &AgentEvent) {
        use EventKind as Kind;
        let time = self.time(event).datetime().naive_local();
        let source = self.source;
        let add_row = |record: &mut Recorder<'_>, text: &str| {
            let text = shorten_line(text, EVENT);
            if !text.is_empty() && !record.has_event_at(time, &text) {
                record.add_event(time, &text, source);
            }
        };
        match &event.kind {
            Kind::Start { reason, cwd } => {
                self.add_directory(record.session_mut(), cwd);
                if matches!(reason.as_str(), "resume" | "fork") {
                    add_row(record, "Went on with an earlier conversation");
                }
                if reason == "compact" && !ends_with_compaction(record.session()) {
                    add_row(record, COMPACTED);
                }
            }
            Kind::Directory { path } => self.add_directory(record.session_mut(), path),
            Kind::Prompt { text } => {
                let text = shorten_line(text, EVENT);
                let goal = &mut record.session_mut().goal;
                if goal.is_none() && !text.is_empty() && !is_command(&text) {
                    *goal = Some(text.clone());
                }
                add_row(record, &format!("Asked: {text}"));
            }
            Kind::Answer { text } => add_row(record, &answer_row(text)),
            Kind::Progress { text } => {
                let text = shorten_line(text, EVENT);
                // Agents tell all steps that are done whenever one is.
                if !record.has_event(&text) {
                    add_row(record, &text);
                }
            }
            Kind::Compaction { summary } => {
                let last = record.session().progress.last();
                let announced = last.is_some_and(|last| last.text == COMPACTED);
                match (announced, summary.is_empty()) {
                    (true, true) => {}
                    // It was told with its summary already.
                    (false, true) if ends_with_compaction(record.session()) => {}
                    (false, true) => add_row(record, COMPACTED),
                    (_, false) => {
                        if announced {
                            record.remove_last_event();
                        }
                        add_row(record, &format!("Checkpoint: {summary}"));
                    }
                }
            }
            Kind::Tool { name } => record.count_tool(name, 1, source),
            Kind::File { path, action, from } => {
                self.file(record, path, *action, from.as_deref());
            }
            Kind::Command {
                command,
                ok,
                exit,
                error,
            } => {
                let outcome = CommandOutcome {
                    ok: *ok,
                    exit: *exit,
                    error,
                };
                if let Some(text) = command_ran(record, command, &outcome, source) {
                    let text = shorten_line(&text, EVENT);
                    remove_unknown_outcome(record, &text, time);
                    if !says_last_of_check(record.session(), &text, time) {
                        record.add_event(time, &text, source);
                    }
                }
            }
            // That something was not found is an answer.
            Kind::Failure {
                tool,
                refused: false,
                ..
            } if only_reads(tool) => {}
            Kind::Failure {
                tool,
                subject,
                error,
                refused,
            } => {
                let what = self.used_on(record.session(), tool, subject);
                let how = if *refused { "was refused" } else { "failed" };
                record_blocker(record, &what, how, error, source);
            }
            Kind::Success { tool, subject } => {
                record.drop_failure(&self.used_on(record.session(), tool, subject));
            }
            Kind::Commit { hash, subject } => {
                let hash: String = hash.chars().take(7).collect();
                if !record.has_commit(&hash) {
                    let text = if subject.is_empty() {
                        format!("Committed {hash}")
                    } else {
                        format!("Committed {hash}: {subject}")
                    };
                    add_row(record, &text);
                }
            }
            Kind::Decision {
                decision,
                rationale,
            } => {
                // A question has its sign already.
                let decision = decision.replacen("?: ", "? ", 1);
                record.add_decision(
                    &shorten_line(&decision, EVENT),
                    &shorten_line(rationale, EVENT),
                    source,
                );
            }
            Kind::Blocker {
                blocker,
                resolution,
            } => {
                let blocker = shorten_line(blocker, EVENT);
                match shorten_line(resolution, EVENT).as_str() {
                    "" => record.add_blocker(&blocker, source),
                    // Named in full: it is found, or added.
                    how => drop(record.resolve_blocker(Some(&blocker), how, source)),
                }
            }
            Kind::Idle | Kind::End { .. } | Kind::Unknown => {}
        }
    }

    /// Returns when it happened, in the time zone of the KB.
    pub(crate) fn time(&self, event: &AgentEvent) -> Timestamp {
        Timestamp::from_seconds(event.at.div_euclid(1000)).in_zone(self.zone)
    }

    fn directories(&self, session: &Session) -> Vec<PathBuf> {
        let absolute = |dir: &String| self.environment.absolute(Path::new(dir));
        session.directories.iter().map(absolute).collect()
    }

    /// Names a tool and what it was used on, paths as everywhere in the record.
    fn used_on(&self, session: &Session, tool: &str, subject: &str) -> String {
        let path = Path::new(subject);
        let shown = if path.is_absolute() {
            paths::shown_path(self.environment, &self.directories(session), path)
        } else {
            subject.to_owned()
        };
        name_subject(&format!("{tool} {shown}"))
    }

    /// Whether a file is the agent's own (a plan, a skill, a transcript), and not of the work.
    fn is_of_agent(&self, directories: &[PathBuf], path: &Path) -> bool {
        let path = paths::plain_path(path);
        self.own_directories.iter().any(|own| {
            let works_there = directories.iter().any(|dir| dir.starts_with(own));
            path.starts_with(own) && !works_there
        })
    }

    /// Adds a directory, unless it lies in one that is there.
    fn add_directory(&self, session: &mut Session, path: &str) {
        let path = paths::plain_path(Path::new(path));
        let known = self
            .directories(session)
            .iter()
            .any(|dir| path.starts_with(dir));
        if path.is_absolute() && !known {
            session.directories.push(self.environment.shown(&path));
        }
    }

    fn file(&self, record: &mut Recorder<'_>, path: &str, action: FileAction, from: Option<&str>) {
        let directories = self.directories(record.session());
        let base = directories.first().map_or(Path::new(""), PathBuf::as_path);
        if self.is_of_agent(&directories, &base.join(path)) {
            return;
        }
        let shown =
            |path: &str| paths::shown_path(self.environment, &directories, &base.join(path));
        if action != FileAction::Read {
            drop_failures_of_file(record, &shown(path));
        }
        let notes = from.map(|from| format!("from {}", shown(from)));
        record.set_file(FileNews {
            path: &shown(path),
            action: Some(action),
            notes: notes.as_deref().unwrap_or_default(),
            source: self.source,
        });
    }
}

/// How far apart the same may be told by a hook and by a transcript.
const SAME: TimeDelta = TimeDelta::minutes(2);

/// Returns whether two rows tell the same, if their texts do.
pub(crate) fn is_about_then(row: &Event, time: NaiveDateTime) -> bool {
    (row.time - time).abs() <= SAME
}

/// Takes out the row of a check whose outcome was not known and is now: `Ran cargo test` for
/// `cargo test: passed`; that of about the same time, else the first.
pub(crate) fn remove_unknown_outcome(record: &mut Recorder<'_>, text: &str, time: NaiveDateTime) {
    let ends = [": passed", ": failed"];
    let check = ends.iter().find_map(|end| text.strip_suffix(end));
    let ran = check.map(|check| format!("Ran {check}"));
    if let Some(ran) = ran.filter(|ran| record.has_event(ran)) {
        let is_then = |row: &Event| row.text == ran && is_about_then(row, time);
        if record.session().progress.iter().any(is_then) {
            record.remove_event(is_then);
        } else {
            record.remove_event(|row| row.text == ran);
        }
    }
}

/// Whether the last that a record says is that the conversation was compacted.
fn ends_with_compaction(session: &Session) -> bool {
    let last = session.progress.last();
    last.is_some_and(|row| row.text.starts_with("Checkpoint: "))
}

/// Whether a prompt is a command to the agent, such as `/clear`, or `$log start` in Codex, or one for
/// its shell, such as `!ls`: it says nothing of the goal.
fn is_command(text: &str) -> bool {
    if text.starts_with('!') {
        return true;
    }
    let skill = text
        .strip_prefix('$')
        .filter(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let name = text.strip_prefix('/').or(skill).unwrap_or_default();
    let word = name.split(' ').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
    !word.is_empty() && word.chars().all(plain)
}

/// Whether a tool looks for something and changes nothing.
fn only_reads(tool: &str) -> bool {
    const READING: [&str; 12] = [
        "fetch",
        "find",
        "glob",
        "grep",
        "list",
        "ls",
        "read",
        "search",
        "view",
        "webfetch",
        "web_fetch",
        "websearch",
    ];
    let tool = tool.to_lowercase();
    READING.contains(&tool.as_str()) || tool.starts_with("read_") || tool.contains("search")
}

/// Returns the row of an answer, which is what it begins with: the rest is detail.
fn answer_row(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find("\n\n").unwrap_or(text.len());
    shorten_line(text[..end].trim_start_matches(['#', ' ', '*']), EVENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;
    use crate::session::tests::samples::running_session;
    use proptest::prelude::*;

    fn play(kinds: &[EventKind]) -> Session {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut environment = environment(dir.path());
        environment.home = Some(PathBuf::from("/h"));
        let writer = RecordWriter::new(&environment, Zone::UTC, Source::Observed);
        let mut record = running_session();
        record.directories = vec!["~/api".to_owned()];
        for (minute, kind) in kinds.iter().enumerate() {
            let at = record.started.seconds() * 1000 + minute as i64 * 60_000;
            let kind = kind.clone();
            writer.apply(&mut Recorder::new(&mut record), &AgentEvent { at, kind });
        }
        record
    }

    fn command(command: &str, exit: i32) -> EventKind {
        EventKind::Command {
            command: command.to_owned(),
            ok: None,
            exit: Some(exit),
            error: if exit == 0 { "" } else { "it broke\nbadly" }.to_owned(),
        }
    }

    fn events(record: &Session) -> Vec<&str> {
        record
            .progress
            .iter()
            .map(|event| event.text.as_str())
            .collect()
    }

    #[test]
    fn tests_are_verification_and_what_fails_is_in_the_way_until_it_succeeds() {
        let record = play(&[command("cargo test", 101), command("make deploy", 2)]);
        assert_eq!(events(&record)[0], "cargo test: failed");
        assert_eq!(record.blockers.len(), 2);
        assert_eq!(
            record.blockers[1].blocker,
            "`make deploy` failed: it broke badly"
        );
        let record = play(&[
            command("cargo test", 101),
            command("cargo test", 101),
            command("cargo test", 0),
        ]);
        assert!(record.blockers.is_empty(), "{:?}", record.blockers);
        assert_eq!(record.progress.len(), 3);
        let asked = [
            "grep x y",
            "cd /w && rg -n 'x y' | head",
            "test -f a; ls b",
            "false",
        ];
        let record = play(&asked.map(|asked| command(asked, 1)));
        assert!(record.blockers.is_empty() && record.progress.is_empty());
        let record = play(&[command("ls && make deploy", 1)]);
        assert_eq!(record.blockers.len(), 1);
    }

    #[test]
    fn a_session_that_goes_on_compacted_was_compacted() {
        let start = EventKind::Start {
            reason: "compact".to_owned(),
            cwd: String::new(),
        };
        let compaction = |summary: &str| EventKind::Compaction {
            summary: summary.to_owned(),
        };
        assert_eq!(events(&play(std::slice::from_ref(&start))), [COMPACTED]);
        let told = play(&[compaction("Half done"), start.clone()]);
        assert_eq!(events(&told), ["Checkpoint: Half done"]);
        let told = play(&[start, compaction("Half done")]);
        assert_eq!(events(&told), ["Checkpoint: Half done"]);
    }

    #[test]
    fn a_refusal_stands_until_the_same_is_done() {
        let failure = EventKind::Failure {
            tool: "Write".to_owned(),
            subject: "/etc/hosts".to_owned(),
            error: String::new(),
            refused: true,
        };
        let record = play(std::slice::from_ref(&failure));
        assert_eq!(record.blockers[0].blocker, "Write /etc/hosts was refused");
        let success = EventKind::Success {
            tool: "Write".to_owned(),
            subject: "/etc/hosts".to_owned(),
        };
        assert!(play(&[failure, success]).blockers.is_empty());
    }

    #[test]
    fn files_are_named_from_the_directories_and_the_first_prompt_is_the_goal() {
        let file = |path: &str, action| EventKind::File {
            path: path.to_owned(),
            action,
            from: None,
        };
        let record = play(&[
            EventKind::Prompt {
                text: "Fix the login".to_owned(),
            },
            file("/h/api/src/a.rs", FileAction::Read),
            file("/h/api/src/a.rs", FileAction::Modified),
            file("b.rs", FileAction::Created),
            EventKind::Directory {
                path: "/h/web".to_owned(),
            },
            file("/h/web/c.ts", FileAction::Created),
            EventKind::Prompt {
                text: "And now?".to_owned(),
            },
        ]);
        assert_eq!(record.goal.as_deref(), Some("Fix the login"));
        let paths: Vec<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, ["src/a.rs", "b.rs", "web/c.ts"]);
        assert_eq!(record.files[0].action, FileAction::Modified);
        assert_eq!(events(&record), ["Asked: Fix the login", "Asked: And now?"]);
        assert_eq!(record.directories, ["~/api", "~/web"]);
    }

    #[test]
    fn a_failure_names_its_file_as_the_files_are_named() {
        let (tool, subject) = ("Edit".to_owned(), "/h/api/src/a.rs".to_owned());
        let failure = EventKind::Failure {
            tool: tool.clone(),
            subject: subject.clone(),
            error: "not found".to_owned(),
            refused: false,
        };
        let record = play(std::slice::from_ref(&failure));
        assert_eq!(
            record.blockers[0].blocker,
            "Edit src/a.rs failed: not found"
        );
        let success = EventKind::Success { tool, subject };
        assert!(play(&[failure, success]).blockers.is_empty());
    }

    #[test]
    fn a_compaction_is_one_event_and_a_command_is_no_goal() {
        let compaction = |summary: &str| EventKind::Compaction {
            summary: summary.to_owned(),
        };
        let prompt = |text: &str| EventKind::Prompt {
            text: text.to_owned(),
        };
        let record = play(&[
            prompt("/log start"),
            prompt("/usr/bin is full"),
            compaction(""),
            compaction(""),
            compaction(""),
            compaction("Half done"),
        ]);
        assert_eq!(
            events(&record),
            [
                "Asked: /log start",
                "Asked: /usr/bin is full",
                "Checkpoint: Half done"
            ]
        );
        assert_eq!(record.goal.as_deref(), Some("/usr/bin is full"));
    }

    #[test]
    fn commits_and_steps_are_told_once() {
        let commit = EventKind::Commit {
            hash: "0123456789".to_owned(),
            subject: "Add login".to_owned(),
        };
        let step = EventKind::Progress {
            text: "Task done".to_owned(),
        };
        let record = play(&[commit.clone(), step.clone(), commit, step]);
        assert_eq!(
            events(&record),
            ["Committed 0123456: Add login", "Task done"]
        );
    }

    #[test]
    fn an_outcome_that_is_told_later_takes_the_place_of_what_was_not_known() {
        let ran = |ok| EventKind::Command {
            command: "cargo test".to_owned(),
            ok,
            exit: None,
            error: String::new(),
        };
        let record = play(&[ran(None), ran(Some(false)), ran(Some(true))]);
        assert_eq!(
            events(&record),
            ["cargo test: failed", "cargo test: passed"]
        );
        assert!(record.blockers.is_empty());
    }

    #[test]
    fn the_agents_own_files_are_not_of_the_work() {
        let file = |path: &str| EventKind::File {
            path: path.to_owned(),
            action: FileAction::Created,
            from: None,
        };
        let record = play(&[
            file("/h/.claude/plans/a.md"),
            file("/h/api/.claude/settings.json"),
            file("/h/.codex/skills/log/SKILL.md"),
        ]);
        let paths: Vec<&str> = record.files.iter().map(|row| row.path.as_str()).collect();
        assert_eq!(paths, [".claude/settings.json"]);
    }

    #[test]
    fn a_skill_that_is_called_is_no_goal() {
        let prompt = |text: &str| EventKind::Prompt {
            text: text.to_owned(),
        };
        let record = play(&[prompt("$log start a new task"), prompt("$HOME is full")]);
        assert_eq!(record.goal.as_deref(), Some("$HOME is full"));
    }

    fn any_kind() -> impl Strategy<Value = EventKind> {
        let text = || prop_oneof![any::<String>(), Just("cargo test".to_owned()), ".{0,6}"];
        let path = prop::sample::select(vec![
            "/h/api/a",
            "b",
            "/h/web/c",
            "/",
            "../x|y",
            "\u{1f980}",
        ]);
        let action = prop::sample::select(FileAction::ALL.to_vec());
        prop_oneof![
            text().prop_map(|text| EventKind::Prompt { text }),
            text().prop_map(|text| EventKind::Answer { text }),
            text().prop_map(|text| EventKind::Progress { text }),
            text().prop_map(|summary| EventKind::Compaction { summary }),
            text().prop_map(|name| EventKind::Tool { name }),
            (path.clone(), action).prop_map(|(path, action)| EventKind::File {
                path: path.to_owned(),
                action,
                from: None,
            }),
            path.clone().prop_map(|path| EventKind::Directory {
                path: path.to_owned()
            }),
            (text(), any::<Option<bool>>(), text()).prop_map(|(command, ok, error)| {
                EventKind::Command {
                    command,
                    ok,
                    exit: None,
                    error,
                }
            }),
            (path.clone(), text(), any::<bool>()).prop_map(|(subject, error, refused)| {
                EventKind::Failure {
                    tool: "Edit".to_owned(),
                    subject: subject.to_owned(),
                    error,
                    refused,
                }
            }),
            path.prop_map(|subject| EventKind::Success {
                tool: "Edit".to_owned(),
                subject: subject.to_owned(),
            }),
            (text(), text()).prop_map(|(decision, rationale)| EventKind::Decision {
                decision,
                rationale,
            }),
            (text(), text()).prop_map(|(blocker, resolution)| EventKind::Blocker {
                blocker,
                resolution,
            }),
            ("[0-9a-f]{7,40}", text())
                .prop_map(|(hash, subject)| EventKind::Commit { hash, subject }),
        ]
    }

    proptest! {
        /// Between any two of them the record may have been written, and read again.
        #[test]
        fn it_does_not_matter_in_how_many_pieces_it_is_applied(
            kinds in prop::collection::vec((any_kind(), 0_i64..200), 0..12),
        ) {
            let dir = tempfile::tempdir().expect("temporary directory");
            let mut environment = environment(dir.path());
            environment.home = Some(PathBuf::from("/h"));
            let writer = RecordWriter::new(&environment, Zone::UTC, Source::Observed);
            let mut whole = running_session();
            whole.directories = vec!["~/api".to_owned()];
            let mut pieces = whole.clone();
            let started = whole.started.seconds();
            let mut recorder = Recorder::new(&mut whole);
            for (kind, minute) in kinds {
                let at = started * 1000 + minute * 60_000;
                let event = AgentEvent { at, kind };
                writer.apply(&mut recorder, &event);
                writer.apply(&mut Recorder::new(&mut pieces), &event);
                let text = crate::markdown::session::render_record(&pieces);
                let read = crate::markdown::session::parse_record(&text, Zone::UTC, None);
                pieces = read.session.expect("a session");
            }
            prop_assert_eq!(whole, pieces);
        }
    }
}
