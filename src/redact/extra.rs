//! Patterns of the configuration.

use super::finding::{FindingRank, Findings};
use super::kind::PATTERN;
use regex::{Regex, RegexBuilder};

/// A compiled pattern may take this many bytes.
const LARGEST: usize = 1 << 20;

/// Compiles a pattern of the setting `redact`.
///
/// # Errors
///
/// If it is no regular expression, or a huge one: the reason.
pub fn compile_pattern(pattern: &str) -> Result<Regex, String> {
    let compiled = RegexBuilder::new(pattern).size_limit(LARGEST).build();
    compiled.map_err(|cause| {
        let shown = cause.to_string();
        let reason = shown.lines().last().unwrap_or_default();
        reason.trim_start_matches("error: ").to_owned()
    })
}

/// Finds what a pattern matches: its groups, if it has any that took part, else the whole.
pub(super) fn find_pattern(pattern: &Regex, text: &str, findings: &mut Findings) {
    if pattern.captures_len() == 1 {
        for found in pattern.find_iter(text) {
            findings.add(found.range(), PATTERN, FindingRank::Pattern);
        }
        return;
    }
    for groups in pattern.captures_iter(text) {
        let mut any = false;
        for group in groups.iter().skip(1).flatten() {
            any = true;
            findings.add(group.range(), PATTERN, FindingRank::Pattern);
        }
        if let (false, Some(whole)) = (any, groups.get(0)) {
            findings.add(whole.range(), PATTERN, FindingRank::Pattern);
        }
    }
}
