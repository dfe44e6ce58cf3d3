//! One call of an agent's hook: what it says goes into the journal, and at the start of a session
//! the agent is told where the work stands.
//!
//! Nothing here fails, waits for a lock or opens the index. What cannot be noted is counted, where
//! there is a place for it, and `mx doctor` tells.

use super::dialect::{self, Agent, AgentVariables, Call, HookEvent};
use super::journal::{self, Header};
use super::{Happening, HappeningKind, fold, input};
use crate::error::Result;
use crate::kb::{Environment, Kb};
use crate::model::AgentSession;
use crate::session::owner::Owner;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a hook was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calling<'a> {
    /// The agent, as it was named on the command line.
    pub(crate) agent: Option<&'a str>,
    /// The event, where the agent says it on the command line only.
    pub(crate) event: Option<&'a str>,
    /// Root of the KB, if it was named.
    pub(crate) root: Option<&'a Path>,
}

/// Makes what an agent is to know, of its own session too if that is given.
pub(crate) type Context<'a> = &'a dyn Fn(&Kb, Option<&AgentSession>) -> Result<String>;

/// Takes in one call. Returns what the hook is to print, which the agent understands; mostly
/// nothing.
///
/// `context` makes what the agent is to know at the start of a session, and where its conversation
/// was compacted, what that session has come to.
pub(crate) fn call(
    env: &Environment,
    calling: &Calling<'_>,
    input: &mut dyn Read,
    context: Context<'_>,
) -> String {
    let json = match input::read(input) {
        Ok(json) => json,
        Err(failure) => {
            lost(env, None, &format!("a hook was called with {failure}"));
            return String::new();
        }
    };
    let agent = agent(env, calling, &json);
    let kb = match open(env, calling, &json) {
        Ok(kb) => kb,
        Err(error) => {
            let reason = format!("the knowledge base cannot be opened: {}", error.message());
            lost(env, None, &reason);
            return String::new();
        }
    };
    let redactor = kb.config().redactor.clone();
    let clean = |text: &str, most: usize| redactor.clean_and_cut(text, most);
    let call = dialect::read(agent, calling.event, &json, &clean);
    drop(json);
    if let Some(unknown) = &call.unknown {
        lost(
            env,
            Some(&kb),
            &format!("not understood: {unknown} of {agent}"),
        );
    }
    if let Err(error) = note(&kb, agent, &call, &clean) {
        lost(env, Some(&kb), error.message());
    }
    if call.event == HookEvent::Start && call.injects {
        tell(&kb, agent, &call, context)
    } else {
        String::new()
    }
}

/// Counts a call of which nothing more is known.
pub(crate) fn lost_call(env: &Environment, reason: &str) {
    lost(env, None, reason);
}

/// Returns who calls. A name that is not known is as good as none, but counted.
fn agent(env: &Environment, calling: &Calling<'_>, json: &Value) -> Agent {
    let named = calling.agent.and_then(Agent::from_name);
    if let (Some(_), None) = (calling.agent, named) {
        lost(
            env,
            None,
            "a hook was called with --agent and an unknown name",
        );
    }
    dialect::detect(named, &variables(env), json)
}

/// Opens the KB from where the agent works.
fn open(env: &Environment, calling: &Calling<'_>, json: &Value) -> Result<Kb> {
    let place = dialect::place(json).filter(|place| place.is_absolute());
    let there = Environment {
        cwd: place.unwrap_or_else(|| env.cwd.clone()),
        ..env.clone()
    };
    Kb::open_for_capture(&there, calling.root)
}

/// Returns the variables by which agents are told apart.
pub(crate) fn variables(env: &Environment) -> AgentVariables {
    let value = |name| env.variable(name).map(str::to_owned);
    AgentVariables {
        cursor_version: value("CURSOR_VERSION"),
        gemini_session_id: value("GEMINI_SESSION_ID"),
        gemini_cwd: value("GEMINI_CWD"),
        copilot_cli: value("COPILOT_CLI"),
        copilot_agent_session_id: value("COPILOT_AGENT_SESSION_ID"),
        claude_code_session_id: value("CLAUDE_CODE_SESSION_ID"),
    }
}

fn note(kb: &Kb, agent: Agent, call: &Call, clean: dialect::Clean<'_>) -> Result<()> {
    if call.happenings.is_empty() {
        return Ok(());
    }
    let at = kb.environment().now_milliseconds();
    let happenings: Vec<Happening> = call
        .happenings
        .iter()
        .map(|kind| Happening {
            at,
            kind: kind.clone(),
        })
        .collect();
    let dir = fold::directory(kb);
    if !dir.is_dir() {
        kb.create()?;
        kb.ensure_private_dir()?;
    }
    let header = header(kb, agent, call, clean);
    journal::append(&dir, &header, &happenings).map(|_| ())
}

/// Returns what the journal says of itself. What takes time to find out is found out where it is
/// written down.
fn header(kb: &Kb, agent: Agent, call: &Call, clean: dialect::Clean<'_>) -> Header {
    let env = kb.environment();
    let header = Header {
        agent: agent.name().to_owned(),
        session: session(env, agent, call),
        cwd: clean(&env.cwd.to_string_lossy(), dialect::limit::PATH),
        at: env.now_milliseconds(),
        ..Header::default()
    };
    let is_start = call.event == HookEvent::Start;
    let journal = fold::directory(kb).join(journal::file_name(&header.agent, &header.session));
    if !is_start && call.event != HookEvent::Prompt && journal.exists() {
        return header;
    }
    // To look for the owner takes other processes on some systems: once is enough.
    let owner = Owner::find_cheaply(is_start);
    Header {
        project: Some(clean(&kb.project(), dialect::limit::NAME)),
        pid: owner.as_ref().map(|owner| owner.parts().0),
        pid_start: owner.as_ref().map(|owner| owner.parts().1.to_owned()),
        ..header
    }
}

/// Returns by what the session is known.
fn session(env: &Environment, agent: Agent, call: &Call) -> String {
    let own = variables(env);
    let session = call.session.as_deref().or(own.session(agent));
    session.map_or_else(|| unnamed(env), str::to_owned)
}

/// Returns by what a session is known that has no id: its directory and its process.
fn unnamed(env: &Environment) -> String {
    let owner = Owner::find_cheaply(false);
    let (pid, began) = owner.as_ref().map_or((0, ""), Owner::parts);
    let place = format!("{pid}\0{began}\0{}", env.cwd.display());
    format!("unnamed-{}", &blake3::hash(place.as_bytes()).to_hex()[..16])
}

/// Tells the agent where the work stands. What its last session noted belongs to that.
fn tell(kb: &Kb, agent: Agent, call: &Call, context: Context<'_>) -> String {
    fold::fold_finished(kb);
    let compacted = |kind: &HappeningKind| match kind {
        HappeningKind::Start { reason, .. } => reason == "compact",
        _ => false,
    };
    let own = call.happenings.iter().any(compacted).then(|| AgentSession {
        name: agent.name().to_owned(),
        id: session(kb.environment(), agent, call),
    });
    if let Some(own) = &own {
        fold::fold_own(kb, own);
    }
    match context(kb, own.as_ref()) {
        Ok(context) => dialect::answer(agent, call.event, &context),
        Err(error) => {
            lost(kb.environment(), Some(kb), error.message());
            String::new()
        }
    }
}

/// Counts what was lost, in the first place that takes it.
fn lost(env: &Environment, kb: Option<&Kb>, reason: &str) {
    let at = env.now_milliseconds();
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
        .map(fold::directory);
    let cache = env.cache.as_ref().map(|cache| cache.join("memex"));
    own.into_iter()
        .chain(cache)
        .chain([env.private_temp()])
        .collect()
}
