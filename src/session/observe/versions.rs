//! What git knows of the past of one file.

use super::runner::{Git, Runner};
use std::path::Path;

/// Most commits that are looked at.
const COMMITS: usize = 50;

/// Returns the texts that the file at `path`, below `dir`, had in commits of any branch, those left
/// behind by a rebase included; each once. Empty where git gives no answer.
pub(crate) fn past_versions(dir: &Path, path: &str) -> Vec<String> {
    let git = Git::default();
    let runner = Runner::new(&git, dir);
    let most = format!("--max-count={COMMITS}");
    let log = ["log", "--all", "--reflog", "--full-history", "--format=%H"];
    let log = [&log[..], &[&most, "--", path]].concat();
    let commits = runner.run(&log, Vec::new()).unwrap_or_default();
    let mut versions: Vec<String> = Vec::new();
    for commit in String::from_utf8_lossy(&commits).lines() {
        let object = format!("{commit}:./{path}");
        let Ok(bytes) = runner.run(&["cat-file", "blob", &object], Vec::new()) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if !versions.contains(&text) {
            versions.push(text);
        }
    }
    versions
}
