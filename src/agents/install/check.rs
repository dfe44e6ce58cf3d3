//! Whether a file is as settings are.

use super::json::{Fault, Kind, Node};

/// Why a settings file is left alone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not JSON.
    Broken(Fault),
    /// It is, but not as settings are.
    Unexpected(String),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal::Broken(fault)
    }
}

/// Refuses what is not as settings are. With a key twice, agents differ in which one counts.
pub(super) fn check(root: &Node) -> Result<(), Refusal> {
    let Some(members) = root.members() else {
        return Err(unexpected("the file", "an object", root));
    };
    let hooks: Vec<_> = members
        .iter()
        .filter(|member| member.key == "hooks")
        .collect();
    if hooks.len() > 1 {
        return Err(twice("hooks"));
    }
    let Some(hooks) = hooks.first().map(|member| &member.value) else {
        return Ok(());
    };
    let Some(events) = hooks.members() else {
        return Err(unexpected("hooks", "an object", hooks));
    };
    unique("hooks", hooks)?;
    for event in events {
        for group in event.value.elements().unwrap_or_default() {
            unique(&format!("hooks.{}", event.key), group)?;
        }
    }
    Ok(())
}

fn unique(place: &str, node: &Node) -> Result<(), Refusal> {
    let Kind::Object(members) = &node.kind else {
        return Ok(());
    };
    let mut keys: Vec<&str> = members.iter().map(|member| member.key.as_str()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(twice(&format!("{place}.{}", pair[0]))),
        None => Ok(()),
    }
}

fn twice(place: &str) -> Refusal {
    Refusal::Unexpected(format!("`{place}` is there twice"))
}

pub(super) fn unexpected(place: &str, wanted: &str, found: &Node) -> Refusal {
    let found = found.name();
    Refusal::Unexpected(format!("`{place}` is {found} where {wanted} is expected"))
}
