//! What is written must be found again.

use super::Kb;
use super::walk::{DERIVED_FILES, is_derived};
use crate::error::{Error, Result};
use crate::model::{EntryPath, name_key};

impl Kb {
    /// Refuses to write where nothing would be found: into files that are derived from others, and
    /// into what the settings exclude.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage), with the reason.
    pub fn check_is_searched(&self, path: &EntryPath) -> Result<()> {
        let (config, text) = (self.config(), path.as_str());
        let name = text.rsplit('/').next().unwrap_or(text);
        // On some systems a name means the same file in any case.
        let is_list = DERIVED_FILES
            .iter()
            .any(|list| list.eq_ignore_ascii_case(name));
        let in_logs = name_key(path.directory()) == name_key(&config.session_logs);
        if in_logs && (is_list || is_derived(name)) {
            return Err(Error::usage(format!(
                "{path} is made from the sessions, and nothing can be added to it"
            ))
            .with_hint("name another entry, such as projects/NAME/sessions.md"));
        }
        if text.starts_with(['~', '$']) {
            return Err(
                Error::usage(format!("'{path}' is not replaced by a directory here"))
                    .with_hint("give a path relative to the knowledge base"),
            );
        }
        let ends = text
            .match_indices('/')
            .map(|(at, _)| at)
            .chain([text.len()]);
        let mut above = ends.map(|end| &text[..end]);
        let excluding = above.find_map(|above| config.exclude.iter().find(|g| g.matches(above)));
        match excluding {
            Some(glob) => Err(Error::usage(format!(
                "{path} is excluded from searches by '{}'",
                glob.as_str()
            ))
            .with_hint("name another entry, or change exclude in .mx/config.yaml")),
            None => Ok(()),
        }
    }
}
