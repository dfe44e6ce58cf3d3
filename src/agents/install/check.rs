//! Whether a file is as settings are.

use super::json::{JsonFault, JsonNode};

/// Why a settings file is left alone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not JSON.
    Broken(JsonFault),
    /// It is, but not as settings are.
    Unexpected(String),
}

impl From<JsonFault> for Refusal {
    fn from(fault: JsonFault) -> Self {
        Refusal::Broken(fault)
    }
}

/// Refuses what is not as settings are. With a key twice, agents differ in which one counts.
pub(super) fn check_settings(root: &JsonNode) -> Result<(), Refusal> {
    let Some(members) = root.members() else {
        return Err(unexpected_value("the file", "an object", root));
    };
    let mut hooks = members.into_iter().filter(|(key, _)| key == "hooks");
    let Some((_, found)) = hooks.next() else {
        return Ok(());
    };
    if hooks.next().is_some() {
        return Err(found_twice("hooks"));
    }
    let Some(events) = found.members() else {
        return Err(unexpected_value("hooks", "an object", &found));
    };
    refuse_repeated_keys("hooks", &found)?;
    for (event, list) in events {
        for group in list.elements().unwrap_or_default() {
            refuse_repeated_keys(&format!("hooks.{event}"), &group)?;
        }
    }
    Ok(())
}

/// Refuses a file that is no object, or has this key twice, or one that is twice in what it holds.
pub(super) fn check_object(root: &JsonNode, key: &str) -> Result<(), Refusal> {
    let Some(members) = root.members() else {
        return Err(unexpected_value("the file", "an object", root));
    };
    let found: Vec<JsonNode> = members
        .into_iter()
        .filter_map(|(name, value)| (name == key).then_some(value))
        .collect();
    match found.as_slice() {
        [_, _, ..] => Err(found_twice(key)),
        [found] => refuse_repeated_keys(key, found),
        [] => Ok(()),
    }
}

fn refuse_repeated_keys(place: &str, node: &JsonNode) -> Result<(), Refusal> {
    let members = node.members().unwrap_or_default();
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(found_twice(&format!("{place}.{}", pair[0]))),
        None => Ok(()),
    }
}

fn found_twice(place: &str) -> Refusal {
    Refusal::Unexpected(format!("`{place}` is there twice"))
}

pub(super) fn unexpected_value(place: &str, wanted: &str, found: &JsonNode) -> Refusal {
    let found = found.describe();
    Refusal::Unexpected(format!("`{place}` is {found} where {wanted} is expected"))
}
