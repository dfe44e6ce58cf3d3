//! Sessions of opencode, as it kept them before it had a database: one JSON file for the session
//! (`storage/session/PROJECT/ses_ID.json`), for each message (`storage/message/SESSION`) and for
//! each part of a message (`storage/part/MESSAGE`). Their names are in the order of time.

use super::super::tools;
use super::super::wire::{self, Raw};
use super::calls::{Answered, Call};
use super::position::Position;
use super::reading::{Filters, Reading, name};
use super::scribe::{LOOK, Scribe, hash, limit};
use super::state::State;
use super::{Heard, Item, Outcome, TranscriptFile};
use crate::model::FileAction;
use serde::Deserialize;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Larger files are not read.
const LARGEST: u64 = super::lines::LONGEST as u64;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Session<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow, rename = "parentID")]
    parent: Raw<'a>,
    #[serde(borrow)]
    directory: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    time: Raw<'a>,
    #[serde(borrow)]
    revert: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Time<'a> {
    #[serde(borrow)]
    created: Raw<'a>,
    #[serde(borrow)]
    completed: Raw<'a>,
    #[serde(borrow)]
    start: Raw<'a>,
    #[serde(borrow)]
    end: Raw<'a>,
    #[serde(borrow, rename = "messageID")]
    message: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Message<'a> {
    #[serde(borrow)]
    role: Raw<'a>,
    #[serde(borrow)]
    time: Raw<'a>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    finish: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    text: Raw<'a>,
    #[serde(borrow)]
    synthetic: Raw<'a>,
    #[serde(borrow)]
    ignored: Raw<'a>,
    #[serde(borrow)]
    tool: Raw<'a>,
    #[serde(borrow, rename = "callID")]
    call: Raw<'a>,
    #[serde(borrow)]
    state: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Tool<'a> {
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    input: Raw<'a>,
    #[serde(borrow)]
    output: Raw<'a>,
    #[serde(borrow)]
    error: Raw<'a>,
    #[serde(borrow)]
    metadata: Raw<'a>,
    #[serde(borrow)]
    time: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(borrow)]
    exit: Raw<'a>,
    #[serde(borrow)]
    exists: Raw<'a>,
    #[serde(borrow)]
    answers: Raw<'a>,
}

/// Reads what is new of a session.
pub(super) fn read(
    file: &TranscriptFile,
    from: &Position,
    filters: Filters<'_>,
    sink: &mut dyn FnMut(Item),
) -> io::Result<Outcome> {
    let text = content(&file.path)?;
    let Ok(session) = serde_json::from_str::<Session<'_>>(&text) else {
        // Being written, perhaps.
        let mut reading = Reading::begin(file, from.state.clone(), filters, sink);
        reading.count(Heard::Malformed);
        let outcome = reading.end(filters);
        let position = from.clone();
        return Ok(Outcome {
            position,
            ..outcome
        });
    };
    let id = wire::text(session.id).unwrap_or_else(|| name(file.path.file_stem()));
    let same = from.offset == 0 || from.beginning == hash(&[&id]);
    let state = if same {
        from.state.clone()
    } else {
        State::default()
    };
    let mut reading = Reading::begin(file, state, filters, sink);
    about(&session, &id, &mut reading.scribe);
    let storage = file
        .path
        .ancestors()
        .nth(3)
        .map(Path::to_path_buf)
        .unwrap_or_default();
    let revert = wire::object::<Time<'_>>(session.revert).unwrap_or_default();
    let mut walk = Walk {
        storage,
        reverted: wire::text(revert.message).map(|id| id.into_owned()),
        last: if same {
            from.file.clone()
        } else {
            String::new()
        },
    };
    let read = walk.messages(&id, &mut reading)?;
    let last = walk.last;
    let mut outcome = reading.end(filters);
    outcome.anew = !same;
    outcome.position.file = last;
    outcome.position.beginning = hash(&[&id]);
    // It has no bytes of its own; this tells that something was read.
    outcome.position.offset =
        if same { from.offset } else { 0 } + read.max(u64::from(from.offset == 0));
    Ok(outcome)
}

fn about(session: &Session<'_>, id: &str, scribe: &mut Scribe<'_>) {
    let parent = wire::text(session.parent).filter(|parent| !parent.is_empty());
    let title = wire::text(session.title).filter(|title| !title.trim().is_empty());
    let title = title.map(|title| scribe.clean(title.trim(), limit::LINE));
    let known = &mut scribe.state.session;
    known.sub_agent = parent.is_some();
    known.id = parent.map_or_else(|| id.to_owned(), |parent| parent.into_owned());
    known.title = title;
    let time = wire::object::<Time<'_>>(session.time).unwrap_or_default();
    scribe.line(wire::time(time.created), Some(hash(&["opencode", id])));
    scribe.begin("", wire::text(session.directory).as_deref());
}

/// Goes through the files of a session.
struct Walk {
    storage: PathBuf,
    /// The first message that was taken back.
    reverted: Option<String>,
    /// The last message and part that were read: `MESSAGE/PART`.
    last: String,
}

impl Walk {
    /// Reads messages. Returns how many files were read.
    fn messages(&mut self, session: &str, reading: &mut Reading<'_>) -> io::Result<u64> {
        let mut read = 0;
        let messages = listed(&self.storage.join("message").join(session))?;
        let (begun, part) = self.last.split_once('/').unwrap_or(("", ""));
        let (begun, mut part) = (begun.to_owned(), part.to_owned());
        let last = messages.last().cloned();
        for id in messages {
            if id < begun {
                continue;
            }
            if id != begun {
                part = String::new();
            }
            let path = self
                .storage
                .join("message")
                .join(session)
                .join(format!("{id}.json"));
            let text = content(&path).unwrap_or_default();
            let Ok(message) = serde_json::from_str::<Message<'_>>(&text) else {
                if last.as_ref() == Some(&id) {
                    // Being written, perhaps.
                    break;
                }
                reading.count(Heard::Malformed);
                continue;
            };
            let done = last.as_ref() != Some(&id) || completed(&message);
            let (files, whole) = self.parts(&id, &part, &message, done, reading)?;
            read += files;
            if !whole {
                break;
            }
        }
        Ok(read)
    }

    /// Reads the parts of a message that come after one. Returns how many, and whether all.
    fn parts(
        &mut self,
        message: &str,
        after: &str,
        about: &Message<'_>,
        done: bool,
        reading: &mut Reading<'_>,
    ) -> io::Result<(u64, bool)> {
        let directory = self.storage.join("part").join(message);
        let reverted = self
            .reverted
            .as_deref()
            .is_some_and(|first| message >= first);
        let mut read = 0;
        for id in listed(&directory)?
            .into_iter()
            .filter(|id| id.as_str() > after)
        {
            let text = content(&directory.join(format!("{id}.json"))).unwrap_or_default();
            let time = wire::object::<Time<'_>>(about.time).unwrap_or_default();
            let heard = match serde_json::from_str::<Part<'_>>(&text) {
                Ok(part) => {
                    let key = hash(&["opencode", &id]);
                    reading.scribe.line(wire::time(time.created), Some(key));
                    one(&part, about, done, reverted, key, &mut reading.scribe)
                }
                // Being written, perhaps.
                Err(_) if !done => None,
                Err(_) => Some(Heard::Malformed),
            };
            let Some(heard) = heard else {
                return Ok((read, false));
            };
            reading.count(heard);
            read += 1;
            self.last = format!("{message}/{id}");
        }
        if done && wire::text(about.finish).is_some_and(|finish| finish == "stop") {
            reading.scribe.answered();
        }
        if self.last.split('/').next() != Some(message) {
            self.last = format!("{message}/");
        }
        Ok((read, done))
    }
}

fn completed(message: &Message<'_>) -> bool {
    let time = wire::object::<Time<'_>>(message.time).unwrap_or_default();
    wire::text(message.role).is_some_and(|role| role == "assistant") && time.completed.is_some()
}

/// Reads a part; `None` if it is not finished.
fn one(
    part: &Part<'_>,
    message: &Message<'_>,
    done: bool,
    reverted: bool,
    key: u64,
    scribe: &mut Scribe<'_>,
) -> Option<Heard> {
    let user = wire::text(message.role).is_some_and(|role| role == "user");
    let side = scribe.state.session.sub_agent;
    let kind = wire::text(part.kind).unwrap_or_default();
    let heard = match kind.as_ref() {
        "text" => {
            if !user && !done {
                return None;
            }
            let text = wire::head(part.text, LOOK).unwrap_or_default();
            let made = wire::is_true(part.synthetic) || wire::is_true(part.ignored);
            if wire::is_true(message.summary) {
                scribe.compacted(&text);
            } else if made || side || reverted {
                return Some(Heard::Ignored);
            } else if !user {
                scribe.says(key, &text);
            } else if !scribe.prompt(&text) {
                return Some(Heard::Ignored);
            }
            Heard::Understood
        }
        "tool" => tool(part, done, key, side, scribe)?,
        "step-start" | "step-finish" | "reasoning" | "file" | "patch" | "snapshot" | "agent"
        | "subtask" | "compaction" | "retry" => Heard::Ignored,
        unknown => Heard::Unknown(unknown.to_owned()),
    };
    Some(heard)
}

fn tool(
    part: &Part<'_>,
    done: bool,
    key: u64,
    side: bool,
    scribe: &mut Scribe<'_>,
) -> Option<Heard> {
    let state: Tool<'_> = wire::object(part.state).unwrap_or_default();
    let ok = match wire::text(state.status).unwrap_or_default().as_ref() {
        "completed" => Some(true),
        "error" => Some(false),
        _ if done => return Some(Heard::Ignored),
        _ => return None,
    };
    let time: Time<'_> = wire::object(state.time).unwrap_or_default();
    scribe.line(wire::time(time.end.or(time.start)), Some(key));
    let id = wire::text(part.call).unwrap_or_default();
    let used = tools::tool_use(&wire::text(part.tool).unwrap_or_default(), state.input);
    scribe.uses(Call {
        id: &id,
        message: key,
        side,
        used,
    });
    let metadata: Metadata<'_> = wire::object(state.metadata).unwrap_or_default();
    let output = wire::head(state.error.or(state.output), LOOK).unwrap_or_default();
    let mut answered = Answered {
        ok,
        ..Answered::of(ok, &output)
    };
    if let Some(exit) = wire::exit(metadata.exit) {
        (answered.ok, answered.exit) = (Some(exit == 0), Some(exit));
    }
    answered.written = match wire::flag(metadata.exists) {
        Some(true) => Some(FileAction::Modified),
        Some(false) => Some(FileAction::Created),
        None => None,
    };
    let answers = wire::list(metadata.answers).into_iter();
    let labels = answers.map(|raw| (String::new(), wire::texts(Some(raw)).join(", ")));
    answered.answers = labels.collect();
    scribe.result(&id, answered);
    Some(Heard::Understood)
}

/// Returns the names, without `.json`, of the files in a directory, in order; none if it is not
/// there.
fn listed(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        if let Some(name) = name.to_string_lossy().strip_suffix(".json") {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn content(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    fs::File::open(path)?
        .take(LARGEST)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
