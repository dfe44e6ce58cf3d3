//! A repository, and git to be asked about it.

use super::place::Place;
use super::runner::Runner;
use std::collections::HashSet;

/// A repository, and git to be asked about it: how it looks in `repository`, what was committed in
/// `history`.
pub(super) struct Asked<'a> {
    pub git: Runner<'a>,
    pub place: &'a Place,
    /// Commits that are left out, by the first seven characters of their hashes.
    pub recorded: &'a HashSet<String>,
}
