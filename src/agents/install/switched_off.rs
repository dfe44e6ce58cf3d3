//! Looking into configuration files for the settings that switch hooks off.

use super::apply::read;
use super::json::{Node, Strictness, parse};
use std::path::Path;

/// Returns whether a node is written as this value.
pub(crate) fn is_set(node: Option<&Node>, text: &str, value: &str) -> bool {
    node.is_some_and(|node| text[node.span.clone()] == *value)
}

/// Returns whether a settings file passes a test; one that cannot be read does not.
pub(crate) fn test_setting(path: &Path, test: impl Fn(&Node, &str) -> bool) -> bool {
    let Ok(Some(text)) = read(path) else {
        return false;
    };
    let root = parse(&text, Strictness::Comments).ok().flatten();
    root.is_some_and(|root| test(&root, &text))
}
