//! One call of an agent's hook: what it reports goes into the journal, and at the start of a
//! session the agent gets a summary of where the work stands.
//!
//! Nothing here fails, waits for a lock or opens the index. What cannot be noted is counted, where
//! there is a place for it, and `mx doctor` reports it.

use super::agent::{Agent, detect_agent, detect_by_environment};
use super::background_commands::follow_background;
use super::event_text::{Clean, limit};
use super::homes::AgentHomes;
use super::hooks::{HookCall, HookEvent, read_call, read_place, render_context};
use super::install::holds_own_hooks;
use super::journal::{self, Header};
use super::json::bounded;
use super::missing_events::{MissingEvents, skip_earlier};
use super::parent_sessions::find_root_session;
use super::{AgentEvent, EventKind, fold};
use crate::error::Result;
use crate::kb::{Environment, Kb, read_file_of_user};
use crate::model::AgentSession;
use crate::session::owner::Owner;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a hook was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct HookArguments<'a> {
    /// The agent, as it was named on the command line.
    pub(crate) agent: Option<&'a str>,
    /// The event, where the agent says it on the command line only.
    pub(crate) event: Option<&'a str>,
    /// Root of the KB, if it was named.
    pub(crate) root: Option<&'a Path>,
}

/// Makes what an agent is to know, of its own session too if that is given.
pub(crate) type Context<'a> = &'a dyn Fn(&Kb, &AgentSession, bool) -> Result<String>;

/// Takes in one call. Returns what the hook is to print, which the agent understands; mostly
/// nothing.
///
/// `context` makes what the agent is to know at the start of a session, and where its conversation
/// was compacted, what that session has come to.
pub(crate) fn take_hook_call(
    env: &Environment,
    arguments: &HookArguments<'_>,
    input: &mut dyn Read,
    context: Context<'_>,
) -> String {
    let json = match bounded::read_value(input) {
        Ok(json) => json,
        Err(failure) => {
            record_loss(env, None, &format!("a hook was called with {failure}"));
            return String::new();
        }
    };
    let agent = find_caller(env, arguments, &json);
    let foreign = find_foreign_caller(env, agent);
    if foreign.is_some_and(|caller| has_own_hooks(env, caller, &json)) {
        return String::new();
    }
    let agent = foreign.unwrap_or(agent);
    let Some(kb) = open_any_kb(env, arguments, &json) else {
        return String::new();
    };
    let redactor = kb.config().redactor.clone();
    let clean = |text: &str, most: usize| redactor.clean_and_cut(text, most);
    let reader = agent.profile().read_hook;
    let call = read_call(reader, arguments.event, &json, &clean);
    drop(json);
    if let Some(unknown) = &call.unknown {
        record_loss(
            env,
            Some(&kb),
            &format!("not understood: {unknown} of {agent}"),
        );
    }
    if call.event == HookEvent::Start {
        // Before this session begins, or goes on: what it reported until now belongs to the
        // summary.
        fold::fold_before_start(&kb, &own_session(&kb, agent, &call));
    }
    let kb = note_call(kb, agent, &call, &clean);
    if call.event == HookEvent::Start && call.injects && foreign.is_none() {
        answer_start(&kb, agent, &call, context)
    } else {
        String::new()
    }
}

/// Notes a mistake by which nothing is lost: the events of the hook are noted, perhaps elsewhere.
pub(crate) fn record_mistake(env: &Environment, reason: &str) {
    record_loss(env, None, &format!("{}{reason}", journal::KEPT));
}

/// Counts a call of which nothing more is known.
pub(crate) fn record_lost_call(env: &Environment, reason: &str) {
    record_loss(env, None, reason);
}

/// Returns who calls. A name that is not known is as good as none, but counted.
fn find_caller(env: &Environment, arguments: &HookArguments<'_>, json: &Value) -> Agent {
    let named = arguments.agent.and_then(Agent::from_name);
    if let (Some(_), None) = (arguments.agent, named) {
        record_loss(
            env,
            None,
            "a hook was called with the name of an unknown agent",
        );
    }
    detect_agent(named, env, json)
}

/// Returns the agent that calls the hooks of another.
fn find_foreign_caller(env: &Environment, agent: Agent) -> Option<Agent> {
    let is_own = !agent.profile().has_shared_hooks || agent.session_id(env).is_some();
    detect_by_environment(env).filter(|caller| !is_own && *caller != agent)
}

/// Most bytes of an agent's settings that are looked at for hooks of ours.
const MOST_SETTINGS: u64 = 16 << 20;

/// Returns whether an agent has hooks of ours by itself, which report the same.
fn has_own_hooks(env: &Environment, agent: Agent, json: &Value) -> bool {
    let Some(installation) = agent.profile().installation else {
        return false;
    };
    let homes = AgentHomes::from_environment(env).unwrap_or_default();
    let place = read_place(json).unwrap_or_else(|| env.cwd.clone());
    let project = |directory: &Path| {
        let directory = directory.join(installation.project_directory);
        directory.join(installation.hooks_file)
    };
    let user = (installation.user_directory)(&homes).join(installation.hooks_file);
    let mut files = place.ancestors().map(project).chain([user]);
    // What another user put above would keep events away.
    let is_ours = |path: PathBuf| {
        let text = read_file_of_user(&path, MOST_SETTINGS).unwrap_or_default();
        holds_own_hooks(installation, &String::from_utf8_lossy(&text))
    };
    files.any(is_ours)
}

/// Opens the KB from where the agent works, and where there can be none, the user's own. `None` if that
/// is not possible: that is counted.
fn open_any_kb(env: &Environment, arguments: &HookArguments<'_>, json: &Value) -> Option<Kb> {
    let place = read_place(json).filter(|place| place.is_absolute());
    let there = Environment {
        cwd: place.unwrap_or_else(|| env.cwd.clone()),
        ..env.clone()
    };
    match Kb::open_for_capture(&there, arguments.root) {
        Ok(kb) => {
            kb.warnings()
                .iter()
                .for_each(|reason| record_mistake(env, reason));
            Some(kb)
        }
        Err(error) => {
            let reason = format!("the knowledge base cannot be opened: {}", error.message());
            record_loss(env, None, &reason);
            None
        }
    }
}

/// Notes what a call says, in the KB or, if that takes nothing, in the user's own; else it is counted
/// as lost. Returns the KB that it is noted in.
fn note_call(kb: Kb, agent: Agent, call: &HookCall, clean: Clean<'_>) -> Kb {
    let Err(error) = append_events(&kb, agent, call, clean) else {
        return kb;
    };
    // What a knowledge base has of a session already does not go on in another one.
    let takes_nothing = !fold::journal_directory(&kb).is_dir();
    let noted = takes_nothing.then(|| append_to_own(&kb, agent, call, clean));
    match noted.flatten() {
        Some(own) => {
            record_mistake(kb.environment(), error.message());
            own
        }
        None => {
            record_loss(kb.environment(), Some(&kb), error.message());
            kb
        }
    }
}

/// Appends what cannot be noted in a KB to the user's own, if that is another one. Returns it.
fn append_to_own(kb: &Kb, agent: Agent, call: &HookCall, clean: Clean<'_>) -> Option<Kb> {
    let own = Kb::open_own_for_capture(kb.environment()).ok()?;
    if own.root() == kb.root() {
        return None;
    }
    append_events(&own, agent, call, clean).ok()?;
    Some(own)
}

/// Makes the KB and its private directory before the first thing is put there, which is noted as made
/// here then.
fn ensure_private_place(kb: &Kb) -> Result<()> {
    if !fold::journal_directory(kb).is_dir() {
        kb.create()?;
        kb.ensure_private_dir()?;
    }
    Ok(())
}

fn append_events(kb: &Kb, agent: Agent, call: &HookCall, clean: Clean<'_>) -> Result<()> {
    let dir = fold::journal_directory(kb);
    let session = session_of(kb, agent, call);
    let transcript = call.transcript.as_deref();
    let missing = match call.event {
        HookEvent::Stop | HookEvent::End => {
            MissingEvents::read(&dir, agent, &session, transcript, clean)
        }
        _ => MissingEvents::default(),
    };
    if call.events.is_empty() && missing.events.is_empty() && call.background.is_empty() {
        return Ok(());
    }
    ensure_private_place(kb)?;
    let followed = follow_background(&dir, agent, &session, &call.background, clean);
    let (ended, unfollowed) = match followed {
        Ok(ended) => (ended, Ok(())),
        Err(error) => (Vec::new(), Err(error)),
    };
    let events = timed_events(kb.environment(), call, &missing.events, ended, clean);
    if events.is_empty() {
        return unfollowed;
    }
    let header = make_header(kb, agent, session.clone(), call, clean);
    let before = journal::append_call(&dir, &header, call.tool_call, &events)?;
    missing.keep_place(&dir, agent, &session);
    if let Some(transcript) = transcript.filter(|_| before == 0 && starts_as(call, "resume")) {
        skip_earlier(&dir, agent, &session, transcript);
    }
    unfollowed
}

/// Whether a session begins or goes on, for that reason.
fn starts_as(call: &HookCall, why: &str) -> bool {
    call.events.iter().any(|kind| match kind {
        EventKind::Start { reason, .. } => reason == why,
        _ => false,
    })
}

/// Returns the events of a call, behind what only the transcript holds. Of two answers that of the
/// transcript counts.
/// `ended` holds the outcomes of commands in the background.
fn timed_events(
    env: &Environment,
    call: &HookCall,
    missing: &[AgentEvent],
    ended: Vec<EventKind>,
    clean: Clean<'_>,
) -> Vec<AgentEvent> {
    let at = env.now_milliseconds();
    let is_answer = |kind: &EventKind| matches!(kind, EventKind::Answer { .. });
    let answered = missing.iter().any(|event| is_answer(&event.kind));
    let told = call
        .events
        .iter()
        .filter(|kind| !(answered && is_answer(kind)));
    let directory = call.cwd.as_deref().map(Path::to_string_lossy);
    let directory = clean(&directory.unwrap_or_default(), limit::PATH);
    let told = told.cloned().chain(ended).map(|kind| AgentEvent {
        at,
        kind: kind.with_paths_below(&directory),
    });
    missing.iter().cloned().chain(told).collect()
}

/// Returns what the journal says of itself. What takes time to find out is found out where it is
/// written down.
fn make_header(
    kb: &Kb,
    agent: Agent,
    session: String,
    call: &HookCall,
    clean: Clean<'_>,
) -> Header {
    let env = kb.environment();
    let header = Header {
        agent: agent.name().to_owned(),
        session,
        cwd: clean(&env.cwd.to_string_lossy(), limit::PATH),
        at: env.now_milliseconds(),
        ..Header::default()
    };
    let is_start = call.event == HookEvent::Start;
    let journal =
        fold::journal_directory(kb).join(journal::file_name(&header.agent, &header.session));
    if !is_start && call.event != HookEvent::Prompt && journal.exists() {
        return header;
    }
    // To look for the owner takes other processes on some systems: once is enough.
    let owner = Owner::find_cheaply(is_start);
    let transcript = call.transcript.as_ref();
    Header {
        transcript: transcript.map(|path| clean(&path.to_string_lossy(), limit::PATH)),
        project: Some(clean(&kb.project(), limit::NAME)),
        pid: owner.as_ref().map(|owner| owner.parts().0),
        pid_start: owner.as_ref().map(|owner| owner.parts().1.to_owned()),
        ..header
    }
}

fn own_session(kb: &Kb, agent: Agent, call: &HookCall) -> AgentSession {
    AgentSession {
        name: agent.name().to_owned(),
        id: session_of(kb, agent, call),
    }
}

/// Returns by what the session is known.
fn session_of(kb: &Kb, agent: Agent, call: &HookCall) -> String {
    let env = kb.environment();
    let session = call.session.as_deref().or(agent.session_id(env));
    let session = session.map_or_else(|| name_unnamed_session(env), str::to_owned);
    match &call.parent {
        Some(parent) => {
            // Where it cannot be made, nothing is noted there.
            let _ = ensure_private_place(kb);
            find_root_session(&fold::journal_directory(kb), agent.name(), &session, parent)
        }
        None => session,
    }
}

/// Returns by what a session is known that has no id: its directory and its process.
fn name_unnamed_session(env: &Environment) -> String {
    let owner = Owner::find_cheaply(false);
    let (pid, began) = owner.as_ref().map_or((0, ""), Owner::parts);
    let place = format!("{pid}\0{began}\0{}", env.cwd.display());
    let hash = crate::model::short_hash(blake3::hash(place.as_bytes()));
    format!("unnamed-{hash}")
}

/// Returns the summary of where the work stands. What its last session noted belongs to that.
fn answer_start(kb: &Kb, agent: Agent, call: &HookCall, context: Context<'_>) -> String {
    let compacted = starts_as(call, "compact");
    let own = own_session(kb, agent, call);
    if compacted {
        fold::fold_own(kb, &own);
    }
    match context(kb, &own, compacted) {
        Ok(context) => render_context(agent.profile().context_form, call.event, &context),
        Err(error) => {
            record_loss(kb.environment(), Some(kb), error.message());
            String::new()
        }
    }
}

/// Counts what was lost, in the first place that takes it.
fn record_loss(env: &Environment, kb: Option<&Kb>, reason: &str) {
    let at = env.now_milliseconds();
    let existing = kb.filter(|kb| kb.private_dir().is_dir());
    let _ = existing.map(ensure_private_place);
    for dir in loss_places(env, kb) {
        if journal::record_loss(&dir, at, reason) {
            return;
        }
    }
}

/// Returns where losses are counted: the journal's directory, else that of caches.
pub(crate) fn loss_places(env: &Environment, kb: Option<&Kb>) -> Vec<PathBuf> {
    let own = kb
        .filter(|kb| kb.private_dir().is_dir())
        .map(fold::journal_directory);
    let cache = env.cache.as_ref().map(|cache| cache.join("memex"));
    own.into_iter()
        .chain(cache)
        .chain([env.private_temp()])
        .collect()
}
