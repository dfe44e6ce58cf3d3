//! What is stated at the end of a session.

/// What was stated at the end of a session, or taken from git.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    /// What was done.
    pub summary: Option<String>,
    /// In what state the work is.
    pub state: Option<String>,
    /// What is next.
    pub next: Option<String>,
    /// Files that are changed but not committed.
    pub uncommitted: Vec<String>,
}

impl Ending {
    /// Returns whether nothing was stated.
    pub fn is_empty(&self) -> bool {
        *self == Ending::default()
    }
}
