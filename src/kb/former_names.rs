//! What projects were called before they were renamed, so that addresses with the former name still
//! lead to them. It is noted for this machine alone; without the note they just are not found.

use super::Kb;
use super::private::{read_private, replace_private};
use crate::model::name_key;

/// Directory and file below the private directory.
const AREA: &str = "projects";
const FILE: &str = "renamed";
/// How many names are remembered.
const MOST: usize = 1_000;

impl Kb {
    /// Notes that a project has another name now. That it cannot be noted is no failure.
    pub(crate) fn note_new_name(&self, old: &str, new: &str) {
        let mut names = self.read_new_names();
        names.retain(|(known, _)| name_key(known) != name_key(old));
        names.push((old.to_owned(), new.to_owned()));
        let kept = names.split_off(names.len().saturating_sub(MOST));
        if let Ok(area) = self.ensure_private_area(AREA)
            && let Ok(text) = serde_json::to_vec(&kept)
        {
            let _ = replace_private(&area.join(FILE), &text);
        }
    }

    /// Returns what a project is called now that had another name. `None` if none had.
    pub(crate) fn find_new_name(&self, old: &str) -> Option<String> {
        let names = self.read_new_names();
        let next = |name: &String| {
            let renamed = names
                .iter()
                .find(|(known, _)| name_key(known) == name_key(name));
            renamed.map(|(_, new)| new.clone())
        };
        // It may have been renamed again, and back.
        let first = next(&old.to_owned());
        std::iter::successors(first, next).take(names.len()).last()
    }

    fn read_new_names(&self) -> Vec<(String, String)> {
        let file = self.private_dir().join(AREA).join(FILE);
        let names = read_private(&file).ok();
        let names = names.and_then(|text| serde_json::from_slice(&text).ok());
        names.unwrap_or_default()
    }
}
