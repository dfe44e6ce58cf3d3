//! The markers that stand where a secret was: `[redacted:KIND]`.

use super::kind::KINDS;
use super::provider::PROVIDERS;
use std::ops::Range;

const OPEN: &str = "[redacted:";

/// Appends the marker of a kind.
pub(super) fn push_marker(text: &mut String, kind: &str) {
    text.push_str(OPEN);
    text.push_str(kind);
    text.push(']');
}

/// Returns where the markers of a text stand. Only a kind that there is makes a marker: a secret
/// between the brackets does not.
pub(super) fn find_markers(text: &str) -> Vec<Range<usize>> {
    memchr::memmem::find_iter(text.as_bytes(), OPEN)
        .filter_map(|start| {
            let rest = &text[start + OPEN.len()..];
            let kind = rest.get(..rest.bytes().take(40).position(|byte| byte == b']')?)?;
            is_kind(kind).then_some(start..start + OPEN.len() + kind.len() + 1)
        })
        .collect()
}

fn is_kind(name: &str) -> bool {
    KINDS.contains(&name) || PROVIDERS.iter().any(|provider| provider.kind == name)
}
