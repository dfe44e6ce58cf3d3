//! One call of an agent's hook: what it says goes into the journal, and at the start of a session
//! the agent is told where the work stands.
//!
//! Nothing here fails, waits for a lock or opens the index. What cannot be noted is counted, where
//! there is a place for it, and `mx doctor` tells.

use super::dialect::{self, Agent, AgentVariables, Call, HookEvent};
use super::journal::{self, Header};
use super::redact::Redactor;
use super::{Happening, fold};
use crate::error::Result;
use crate::kb::{Environment, Kb};
use crate::session::owner::Owner;
use serde_json::Value;
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

/// Takes in one call. Returns what the hook is to print, which the agent understands; mostly
/// nothing.
///
/// `context` makes what the agent is to know at the start of a session.
pub(crate) fn call(
    env: &Environment,
    calling: &Calling<'_>,
    input: &[u8],
    context: &dyn Fn(&Kb) -> Result<String>,
) -> String {
    let Ok(json) = serde_json::from_slice::<Value>(input) else {
        lost(
            env,
            None,
            "a hook was called with something that is not JSON",
        );
        return String::new();
    };
    let named = calling.agent.and_then(Agent::from_name);
    let agent = dialect::detect(named, &variables(env), &json);
    let redactor = Redactor::plain();
    let clean = |text: &str, most: usize| redactor.clean_and_cut(text, most);
    let call = dialect::read(agent, calling.event, &json, &clean);
    let there = Environment {
        cwd: call.cwd.clone().unwrap_or_else(|| env.cwd.clone()),
        ..env.clone()
    };
    let kb = match Kb::open(&there, calling.root) {
        Ok(kb) => kb,
        Err(error) => {
            lost(
                env,
                None,
                &format!("the knowledge base cannot be opened: {error}"),
            );
            return String::new();
        }
    };
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
    match call.event == HookEvent::Start && call.injects {
        true => tell(&kb, agent, &call, context),
        false => String::new(),
    }
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
    let env = kb.environment();
    let at = env.now_milliseconds();
    // To look for the owner takes other processes on some systems: once is enough.
    let owner = Owner::find_cheaply(call.event == HookEvent::Start);
    let session = call.session.as_deref();
    let own = variables(env);
    let header = Header {
        agent: agent.name().to_owned(),
        session: session
            .or(own.session(agent))
            .unwrap_or("unnamed")
            .to_owned(),
        cwd: clean(
            &kb.environment().cwd.to_string_lossy(),
            dialect::limit::PATH,
        ),
        at,
        pid: owner.as_ref().map(|owner| owner.parts().0),
        pid_start: owner.as_ref().map(|owner| owner.parts().1.to_owned()),
        ..Header::default()
    };
    let happenings: Vec<Happening> = call
        .happenings
        .iter()
        .map(|kind| Happening {
            at,
            kind: kind.clone(),
        })
        .collect();
    kb.create()?;
    kb.ensure_private_dir()?;
    journal::append(&fold::directory(kb), &header, &happenings).map(|_| ())
}

/// Tells the agent where the work stands. What its last session noted belongs to that.
fn tell(kb: &Kb, agent: Agent, call: &Call, context: &dyn Fn(&Kb) -> Result<String>) -> String {
    fold::fold_finished(kb);
    match context(kb) {
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
        .chain([env.temp.join("memex")])
        .collect()
}
