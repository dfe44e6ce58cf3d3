//! What is left to do for the user.

use crate::agents::install::{Change, HookState, Scope, State};
use crate::error::Hint;
use crate::kb::Environment;

/// Returns what to do after an installation.
pub(super) fn after_install(
    environment: &Environment,
    states: &[HookState],
    changes: &[Change],
    scope: Scope,
) -> Vec<String> {
    let changed = !changes.is_empty();
    let runs = |state: &&HookState| !matches!(state.state, State::Absent | State::Broken(_));
    let steps = states.iter().filter(runs);
    let mut next: Vec<String> = steps
        .filter_map(|state| {
            let rewritten = changes.iter().any(|change| change.path == state.path);
            let step = match state.missing_trust(rewritten) {
                Some(trust) => format!("it skips hooks that you do not trust: {trust}"),
                None => state.next_step().filter(|_| changed)?,
            };
            Some(format!("{}: {step}", state.agent.title()))
        })
        .collect();
    next.extend(share(changes, scope));
    if changed {
        let hint = Hint::command("doctor").then(" shows whether the hooks have fired");
        next.push(environment.spelling.spell(hint));
    }
    next
}

/// Returns what to do after an installation of the MCP server.
pub(super) fn after_server(states: &[HookState], changes: &[Change], scope: Scope) -> Vec<String> {
    if changes.is_empty() {
        return Vec::new();
    }
    let step =
        |state: &HookState| Some(format!("{}: {}", state.agent.title(), state.server_step()?));
    let steps = states.iter().filter_map(step);
    steps.chain(share(changes, scope)).collect()
}

/// Returns what to do with files that everybody shares who works on the project.
fn share(changes: &[Change], scope: Scope) -> Option<String> {
    let shared = !changes.is_empty() && scope == Scope::Project;
    let what = "commit these files; everyone who works on the project needs mx on the PATH";
    shared.then(|| what.to_owned())
}

/// Returns the remarks after taking out everything, or the MCP server; `had_hooks` says whether hooks
/// were among it.
pub(super) fn after_uninstall(changes: &[Change], had_hooks: bool) -> Vec<String> {
    if changes.is_empty() {
        Vec::new()
    } else if !had_hooks {
        vec!["sessions that are open keep the server until they end".to_owned()]
    } else {
        vec![
            "sessions that are open may call the hooks until they end".to_owned(),
            "what was recorded stays in the knowledge base".to_owned(),
        ]
    }
}
