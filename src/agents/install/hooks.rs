//! Which hooks an agent gets, and the program that they run.

use super::installation::{AgentVersion, HookProgram, Installation, WantedHook};
use super::{Scope, Target};
use crate::agents::Agent;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The versions of agents, each of its own.
pub type AgentVersions = BTreeMap<Agent, AgentVersion>;

/// Asks the agents for their versions whose hooks depend on that. `find_program` returns where a
/// program is.
pub fn find_versions(
    agents: &[Agent],
    find_program: &dyn Fn(&str) -> Option<PathBuf>,
) -> AgentVersions {
    let version = |agent: &Agent| {
        let find_version = agent.profile().installation?.find_version?;
        let program = agent
            .programs()
            .iter()
            .find_map(|name| find_program(name))?;
        Some((*agent, find_version(&program)?))
    };
    agents.iter().filter_map(version).collect()
}

/// Returns the hooks that an agent gets from a target, when they run `command`.
pub(super) fn wanted_hooks(target: &Target, agent: Agent, command: &str) -> Vec<WantedHook> {
    let call = format!("{} hook --agent {}", quote_program(command), agent.name());
    let program = HookProgram {
        call: &call,
        shared: target.scope == Scope::Project,
        windows: target.windows,
        agent_version: target.versions.get(&agent).copied(),
    };
    let installation = agent.profile().installation;
    let format = installation.and_then(Installation::hooks_format);
    format.map_or_else(Vec::new, |format| (format.hooks)(&program))
}

/// Returns the program as a word of a shell. A path of Windows is written with slashes, which
/// every shell there takes, whereas some take a backslash away.
fn quote_program(command: &str) -> String {
    let windows = command.as_bytes().get(1) == Some(&b':') || command.starts_with("\\\\");
    let command = if windows {
        command.replace('\\', "/")
    } else {
        command.to_owned()
    };
    let plain = |c: char| c.is_alphanumeric() || "/._-+:~".contains(c);
    // Within double quotes a shell of Unix replaces these, within single ones nothing.
    let replaced = |c: char| "$`\"\\".contains(c);
    if command.chars().all(plain) {
        command
    } else if windows || !command.contains(replaced) || command.contains('\'') {
        format!("\"{command}\"")
    } else {
        format!("'{command}'")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_one_word_of_every_shell() {
        for (command, word) in [
            ("mx", "mx"),
            ("/usr/local/bin/mx", "/usr/local/bin/mx"),
            ("/opt/my tools/mx", "\"/opt/my tools/mx\""),
            ("/opt/it's/mx", "\"/opt/it's/mx\""),
            ("/opt/$a b/mx", "'/opt/$a b/mx'"),
            ("C:\\tools\\mx.exe", "C:/tools/mx.exe"),
            ("C:\\Program Files\\mx.exe", "\"C:/Program Files/mx.exe\""),
        ] {
            assert_eq!(quote_program(command), word);
        }
    }
}
