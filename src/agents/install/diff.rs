//! A change as a unified diff, to look at before it is made.

use super::Change;
use similar::TextDiff;

/// Returns what a change does to its file, in the format of `diff -u`.
pub fn diff_change(change: &Change) -> String {
    let (before, after) = (change.before.as_deref(), change.after.as_deref());
    let name = |text: Option<&str>| match text {
        Some(_) => change.path.display().to_string(),
        None => "/dev/null".to_owned(),
    };
    let diff = TextDiff::from_lines(before.unwrap_or_default(), after.unwrap_or_default());
    let mut unified = diff.unified_diff();
    unified
        .context_radius(3)
        .header(&name(before), &name(after))
        .to_string()
}
