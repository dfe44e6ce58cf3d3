//! Looking into configuration files for the settings that switch hooks off.

use super::apply::read_settings;
use super::json::{JsonNode, JsonText, Strictness};
use std::path::Path;

/// Returns whether a settings file passes a test; one that cannot be read does not.
pub(crate) fn test_setting(path: &Path, test: impl Fn(&JsonNode) -> bool) -> bool {
    let Ok(Some(text)) = read_settings(path) else {
        return false;
    };
    let json = JsonText::parse(&text, Strictness::Comments).ok();
    json.and_then(|json| json.value())
        .is_some_and(|root| test(&root))
}

/// Returns whether a member is written as this literal.
pub(crate) fn is_set(node: &JsonNode, key: &str, literal: &str) -> bool {
    node.get(key).is_some_and(|value| value.is_literal(literal))
}
