//! What is left to do for the user.

use crate::agents::Agent;
use crate::agents::install::{Change, HookState, Scope, State};

/// Returns what to do after an installation.
pub(super) fn after_install(states: &[HookState], changes: &[Change], scope: Scope) -> Vec<String> {
    let changed = !changes.is_empty();
    let runs = |state: &&HookState| !matches!(state.state, State::Absent | State::Broken(_));
    let steps = states.iter().filter(runs);
    let mut next: Vec<String> = steps
        .filter_map(|state| {
            let step = step(state, scope, changed)?;
            Some(format!("{}: {step}", state.agent.title()))
        })
        .collect();
    if changed && scope == Scope::Project {
        next.push(
            "commit these files; whoever works on the project needs mx on the PATH".to_owned(),
        );
    }
    if changed {
        next.push("mx doctor tells whether the hooks have fired".to_owned());
    }
    next
}

fn step(state: &HookState, scope: Scope, changed: bool) -> Option<&'static str> {
    let project = scope == Scope::Project;
    match state.agent {
        Agent::Codex if state.trusted != Some(true) && project => Some(
            "it skips hooks that you do not trust: trust the project, then start codex, enter \
             /hooks and trust mx",
        ),
        Agent::Codex if state.trusted != Some(true) => {
            Some("it skips hooks that you do not trust: start codex, enter /hooks and trust mx")
        }
        _ if !changed => None,
        Agent::Claude if project => {
            Some("accept its question whether you trust the project; /hooks shows the hooks")
        }
        Agent::Claude => Some("new sessions record themselves; /hooks shows the hooks"),
        Agent::Gemini if project => Some("restart it, and trust the hooks of the project"),
        Agent::Codex | Agent::Copilot => Some("new sessions record themselves"),
        Agent::Gemini | Agent::Cursor | Agent::Opencode | Agent::Generic => Some("restart it"),
    }
}

/// Returns what is to be said after taking everything out.
pub(super) fn after_uninstall(changes: &[Change]) -> Vec<String> {
    if changes.is_empty() {
        Vec::new()
    } else {
        vec![
            "sessions that are open may call the hooks until they end".to_owned(),
            "what was recorded stays in the knowledge base".to_owned(),
        ]
    }
}
