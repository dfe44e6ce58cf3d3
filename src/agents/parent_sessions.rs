//! Which session a sub-agent works for that has a session of its own (Copilot): kept beside the
//! journals while the session goes on, for a sub-agent may have sub-agents that name only it.

use super::journal::{self, read_small_file, write_small_file};
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the session at the root of a sub-agent's, and notes it. `dir` is the directory of the
/// journals.
pub(crate) fn find_root_session(dir: &Path, agent: &str, session: &str, parent: &str) -> String {
    let root = read_parent(dir, agent, parent).unwrap_or_else(|| parent.to_owned());
    let path = parent_path(dir, agent, session);
    if read_parent(dir, agent, session).as_ref() != Some(&root) && root != session {
        // Where it cannot be noted, sub-agents of this one are sessions of their own.
        write_small_file(&path, root.as_bytes());
    }
    root
}

/// Forgets the sub-agents of a session.
pub(crate) fn forget_sub_agents(dir: &Path, agent: &str, session: &str) {
    let begins = format!("{agent}-");
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let of_agent = entry.file_name().to_string_lossy().starts_with(&begins);
        let is_parent = path
            .extension()
            .is_some_and(|extension| extension == "parent");
        if of_agent && is_parent && read_name(&path).as_deref() == Some(session) {
            let _ = fs::remove_file(path);
        }
    }
}

fn read_parent(dir: &Path, agent: &str, session: &str) -> Option<String> {
    read_name(&parent_path(dir, agent, session))
}

fn read_name(path: &Path) -> Option<String> {
    String::from_utf8(read_small_file(path)?).ok()
}

fn parent_path(dir: &Path, agent: &str, session: &str) -> PathBuf {
    let name = journal::file_name(agent, session);
    dir.join(name).with_extension("parent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sub_agent_of_a_sub_agent_works_for_the_session_at_the_root() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let find = |session, parent| find_root_session(dir.path(), "copilot", session, parent);
        assert_eq!(find("a", "root"), "root");
        assert_eq!(find("b", "a"), "root");
        assert_eq!(find("c", "b"), "root");
        assert_eq!(find("x", "other"), "other");
        forget_sub_agents(dir.path(), "copilot", "root");
        assert_eq!(read_parent(dir.path(), "copilot", "b"), None);
        assert_eq!(find("y", "x"), "other");
    }
}
