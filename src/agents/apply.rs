//! What an agent did, as rows of a record: a pure function of the happenings, in their order, so
//! that it does not matter in how many pieces, or when, they are applied.

use super::{Happening, HappeningKind};
use crate::kb::Environment;
use crate::model::{FileAction, Session, Source, Timestamp, Zone};
use crate::session::paths;
use crate::session::recorder::{FileNews, Recorder};
use crate::session::resume::verification;
use std::path::{Path, PathBuf};

/// Longest text of an event, in characters.
const EVENT: usize = 300;

/// Longest text that names a command or what a tool was used on, in characters.
const SUBJECT: usize = 120;

/// What the log says of a conversation that was, or is about to be, compacted.
const COMPACTED: &str = "Checkpoint: the conversation was compacted";

/// Where the happenings took place, and what their rows are.
pub(crate) struct Scene<'a> {
    /// Home directory, for paths.
    pub(crate) environment: &'a Environment,
    /// The time zone of the KB.
    pub(crate) zone: Zone,
    /// Where the rows come from: seen by a hook, or read from a transcript.
    pub(crate) source: Source,
}

impl Scene<'_> {
    /// Adds one thing that happened to the record.
    pub(crate) fn apply(&self, record: &mut Recorder<'_>, happening: &Happening) {
        use HappeningKind as Kind;
        let time = self.time(happening).datetime().naive_local();
        let source = self.source;
        let event = |record: &mut Recorder<'_>, text: &str| {
            let text = short(text, EVENT);
            if !text.is_empty() && !record.has_event_at(time, &text) {
                record.add_event(time, &text, source);
            }
        };
        match &happening.kind {
            Kind::Start { reason, cwd } => {
                self.add_directory(record.session_mut(), cwd);
                if matches!(reason.as_str(), "resume" | "fork") {
                    event(record, "Went on with an earlier conversation");
                }
            }
            Kind::Directory { path } => self.add_directory(record.session_mut(), path),
            Kind::Prompt { text } => {
                let text = short(text, EVENT);
                let goal = &mut record.session_mut().goal;
                if goal.is_none() && !text.is_empty() && !is_command(&text) {
                    *goal = Some(text.clone());
                }
                event(record, &format!("Asked: {text}"));
            }
            Kind::Answer { text } => event(record, &first_paragraph(text)),
            Kind::Progress { text } => {
                let text = short(text, EVENT);
                // Agents tell all steps that are done whenever one is.
                if !record.has_event(&text) {
                    event(record, &text);
                }
            }
            Kind::Compaction { summary } => {
                let last = record.session().progress.last();
                let announced = last.is_some_and(|last| last.text == COMPACTED);
                match (announced, summary.is_empty()) {
                    (true, true) => {}
                    (false, true) => event(record, COMPACTED),
                    (_, false) => {
                        if announced {
                            record.remove_last_event();
                        }
                        event(record, &format!("Checkpoint: {summary}"));
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
                let outcome = Outcome {
                    ok: *ok,
                    exit: *exit,
                    error,
                };
                if let Some(text) = command_ran(record, command, &outcome, source) {
                    event(record, &text);
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
                blocked(record, &what, how, error, source);
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
                    event(record, &text);
                }
            }
            Kind::Decision {
                decision,
                rationale,
            } => {
                // A question has its sign already.
                let decision = decision.replacen("?: ", "? ", 1);
                record.add_decision(&short(&decision, EVENT), &short(rationale, EVENT), source);
            }
            Kind::Blocker {
                blocker,
                resolution,
            } => {
                let blocker = short(blocker, EVENT);
                match short(resolution, EVENT).as_str() {
                    "" => record.add_blocker(&blocker, source),
                    // Named in full: it is found, or added.
                    how => drop(record.resolve_blocker(Some(&blocker), how, source)),
                }
            }
            Kind::End { .. } | Kind::Unknown => {}
        }
    }

    /// Returns when it happened, in the time zone of the KB.
    pub(crate) fn time(&self, happening: &Happening) -> Timestamp {
        Timestamp::from_seconds(happening.at.div_euclid(1000)).in_zone(self.zone)
    }

    fn directories(&self, session: &Session) -> Vec<PathBuf> {
        let absolute = |dir: &String| self.environment.absolute(Path::new(dir));
        session.directories.iter().map(absolute).collect()
    }

    /// Names a tool and what it was used on, paths as everywhere in the record.
    fn used_on(&self, session: &Session, tool: &str, subject: &str) -> String {
        let path = Path::new(subject);
        let shown = if path.is_absolute() {
            paths::shown(self.environment, &self.directories(session), path)
        } else {
            subject.to_owned()
        };
        short(&format!("{tool} {shown}"), SUBJECT)
    }

    /// Adds a directory, unless it lies in one that is there.
    fn add_directory(&self, session: &mut Session, path: &str) {
        let path = paths::plain(Path::new(path));
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
        let shown = |path: &str| {
            let base = directories.first().map_or(Path::new(""), PathBuf::as_path);
            paths::shown(self.environment, &directories, &base.join(path))
        };
        let notes = from.map(|from| format!("from {}", shown(from)));
        record.set_file(FileNews {
            path: &shown(path),
            action: Some(action),
            notes: notes.as_deref().unwrap_or_default(),
            source: self.source,
        });
    }
}

/// Whether a prompt is a command to the agent, such as `/clear`: it says nothing of the goal.
fn is_command(text: &str) -> bool {
    let name = text.strip_prefix('/').unwrap_or_default();
    let word = name.split(' ').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
    !word.is_empty() && word.chars().all(plain)
}

/// How a command went.
struct Outcome<'a> {
    ok: Option<bool>,
    exit: Option<i32>,
    error: &'a str,
}

/// Takes in that a command was run. Returns what the log is to say of it: tests, builds and the
/// like are verification; the others say something only by failing.
fn command_ran(
    record: &mut Recorder<'_>,
    command: &str,
    outcome: &Outcome<'_>,
    source: Source,
) -> Option<String> {
    let ok = outcome.ok.or(outcome.exit.map(|exit| exit == 0));
    let what = format!("`{}`", short(command, SUBJECT));
    match ok {
        Some(true) => record.drop_failure(&what),
        Some(false) if !only_asks(command) => {
            blocked(record, &what, "failed", outcome.error, source);
        }
        _ => {}
    }
    verification::event_text(command, ok)
}

/// Whether the command looks for something: that it found nothing is an answer, not a failure.
fn only_asks(command: &str) -> bool {
    const ASKING: [&str; 14] = [
        "[", "cat", "cmp", "command", "diff", "find", "grep", "head", "ls", "rg", "stat", "test",
        "type", "which",
    ];
    let mut words = command.split_whitespace();
    match words.next() {
        Some("git") => matches!(
            words.next(),
            Some("diff" | "grep" | "log" | "show" | "status")
        ),
        Some(program) => ASKING.contains(&program),
        None => true,
    }
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

/// Adds what is in the way, once for each thing that fails.
fn blocked(record: &mut Recorder<'_>, what: &str, how: &str, error: &str, source: Source) {
    if record.has_failure(what) {
        return;
    }
    let text = match short(error, SUBJECT).as_str() {
        "" => format!("{what} {how}"),
        error => format!("{what} {how}: {error}"),
    };
    record.add_blocker(&text, source);
}

/// Returns the text on one line, cut behind a number of characters.
fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some(_) => {
            let end = line.char_indices().nth(most - 1).map_or(0, |(at, _)| at);
            format!("{}…", &line[..end])
        }
        None => line,
    }
}

/// Returns what an answer begins with: the rest is detail.
fn first_paragraph(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find("\n\n").unwrap_or(text.len());
    short(text[..end].trim_start_matches(['#', ' ', '*']), EVENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::test_support::environment;
    use crate::session::tests::samples::running_session;
    use proptest::prelude::*;

    fn play(kinds: &[HappeningKind]) -> Session {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut environment = environment(dir.path());
        environment.home = Some(PathBuf::from("/h"));
        let scene = Scene {
            environment: &environment,
            zone: Zone::UTC,
            source: Source::Observed,
        };
        let mut record = running_session();
        record.directories = vec!["~/api".to_owned()];
        for (minute, kind) in kinds.iter().enumerate() {
            let at = record.started.seconds() * 1000 + minute as i64 * 60_000;
            let kind = kind.clone();
            scene.apply(&mut Recorder::new(&mut record), &Happening { at, kind });
        }
        record
    }

    fn command(command: &str, exit: i32) -> HappeningKind {
        HappeningKind::Command {
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
        let record = play(&[command("grep x y", 1), command("ls", 0)]);
        assert!(record.blockers.is_empty() && record.progress.is_empty());
    }

    #[test]
    fn a_refusal_stands_until_the_same_is_done() {
        let failure = HappeningKind::Failure {
            tool: "Write".to_owned(),
            subject: "/etc/hosts".to_owned(),
            error: String::new(),
            refused: true,
        };
        let record = play(std::slice::from_ref(&failure));
        assert_eq!(record.blockers[0].blocker, "Write /etc/hosts was refused");
        let success = HappeningKind::Success {
            tool: "Write".to_owned(),
            subject: "/etc/hosts".to_owned(),
        };
        assert!(play(&[failure, success]).blockers.is_empty());
    }

    #[test]
    fn files_are_named_from_the_directories_and_the_first_prompt_is_the_goal() {
        let file = |path: &str, action| HappeningKind::File {
            path: path.to_owned(),
            action,
            from: None,
        };
        let record = play(&[
            HappeningKind::Prompt {
                text: "Fix the login".to_owned(),
            },
            file("/h/api/src/a.rs", FileAction::Read),
            file("/h/api/src/a.rs", FileAction::Modified),
            file("b.rs", FileAction::Created),
            HappeningKind::Directory {
                path: "/h/web".to_owned(),
            },
            file("/h/web/c.ts", FileAction::Created),
            HappeningKind::Prompt {
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
        let failure = HappeningKind::Failure {
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
        let success = HappeningKind::Success { tool, subject };
        assert!(play(&[failure, success]).blockers.is_empty());
    }

    #[test]
    fn a_compaction_is_one_event_and_a_command_is_no_goal() {
        let compaction = |summary: &str| HappeningKind::Compaction {
            summary: summary.to_owned(),
        };
        let prompt = |text: &str| HappeningKind::Prompt {
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
        let commit = HappeningKind::Commit {
            hash: "0123456789".to_owned(),
            subject: "Add login".to_owned(),
        };
        let step = HappeningKind::Progress {
            text: "Task done".to_owned(),
        };
        let record = play(&[commit.clone(), step.clone(), commit, step]);
        assert_eq!(
            events(&record),
            ["Committed 0123456: Add login", "Task done"]
        );
    }

    fn any_kind() -> impl Strategy<Value = HappeningKind> {
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
            text().prop_map(|text| HappeningKind::Prompt { text }),
            text().prop_map(|text| HappeningKind::Answer { text }),
            text().prop_map(|text| HappeningKind::Progress { text }),
            text().prop_map(|summary| HappeningKind::Compaction { summary }),
            text().prop_map(|name| HappeningKind::Tool { name }),
            (path.clone(), action).prop_map(|(path, action)| HappeningKind::File {
                path: path.to_owned(),
                action,
                from: None,
            }),
            path.clone().prop_map(|path| HappeningKind::Directory {
                path: path.to_owned()
            }),
            (text(), any::<Option<bool>>(), text()).prop_map(|(command, ok, error)| {
                HappeningKind::Command {
                    command,
                    ok,
                    exit: None,
                    error,
                }
            }),
            (path.clone(), text(), any::<bool>()).prop_map(|(subject, error, refused)| {
                HappeningKind::Failure {
                    tool: "Edit".to_owned(),
                    subject: subject.to_owned(),
                    error,
                    refused,
                }
            }),
            path.prop_map(|subject| HappeningKind::Success {
                tool: "Edit".to_owned(),
                subject: subject.to_owned(),
            }),
            (text(), text()).prop_map(|(decision, rationale)| HappeningKind::Decision {
                decision,
                rationale,
            }),
            (text(), text()).prop_map(|(blocker, resolution)| HappeningKind::Blocker {
                blocker,
                resolution,
            }),
            ("[0-9a-f]{7,40}", text())
                .prop_map(|(hash, subject)| HappeningKind::Commit { hash, subject }),
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
            let scene = Scene {
                environment: &environment,
                zone: Zone::UTC,
                source: Source::Observed,
            };
            let mut whole = running_session();
            whole.directories = vec!["~/api".to_owned()];
            let mut pieces = whole.clone();
            let started = whole.started.seconds();
            let mut recorder = Recorder::new(&mut whole);
            for (kind, minute) in kinds {
                let at = started * 1000 + minute * 60_000;
                let happening = Happening { at, kind };
                scene.apply(&mut recorder, &happening);
                scene.apply(&mut Recorder::new(&mut pieces), &happening);
                let text = crate::markdown::session::render(&pieces);
                let read = crate::markdown::session::parse(&text, Zone::UTC, None);
                pieces = read.session.expect("a session");
            }
            prop_assert_eq!(whole, pieces);
        }
    }
}
