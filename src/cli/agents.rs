//! The names of agents in help texts, from the one table of them.

use crate::agents::Agent;

/// Returns a help text that begins with the names of the agents that `mx hook` understands.
pub(super) fn help_with_callers(rest: &str) -> String {
    help_with(Agent::ALL.iter().copied(), rest)
}

/// Returns a help text that begins with the names of the agents that keep transcripts.
pub(super) fn help_with_transcripts(rest: &str) -> String {
    help_with(Agent::with_transcripts(), rest)
}

/// Returns a help text that begins with the names of the agents whose hooks can be installed.
pub(super) fn help_with_hooks(rest: &str) -> String {
    let all = Agent::ALL.iter().copied();
    help_with(
        all.filter(|agent| agent.profile().installation.is_some()),
        rest,
    )
}

fn help_with(agents: impl Iterator<Item = Agent>, rest: &str) -> String {
    let names: Vec<&str> = agents.map(Agent::name).collect();
    format!("{}{rest}", names.join(", "))
}
