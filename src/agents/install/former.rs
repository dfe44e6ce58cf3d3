//! What was in a container before ours came into it, and is in it again when ours is gone.
//!
//! The blanks and comments of a container that held nothing stay behind its opening bracket, and a
//! mark at the end of that line says that it was there: an invisible blank, which every
//! reader skips. So nothing has to be remembered beside the file.

use super::json::{JsonNode, JsonText};

/// The container was there, and nothing in it.
const WAS_THERE: char = ' ';

/// The same, and we added something to it that it does not hold: to the file the braces around all,
/// or to the hooks the version behind them.
const ADDED_TO: char = '\t';

/// What containers held before, each with its mark.
#[derive(Default)]
pub(super) struct FormerContents(Vec<FormerContent>);

struct FormerContent {
    path: Vec<String>,
    text: String,
    mark: char,
}

impl FormerContents {
    /// Takes them out of the containers at these paths, as far as they hold nothing, or are marked.
    /// A file without a value gets one. Nodes from before are not of this text any more.
    pub(super) fn lift_contents(json: &mut JsonText, paths: &[Vec<&str>]) -> Self {
        let mut former = FormerContents::default();
        for path in paths {
            if path.is_empty() && json.value().is_none() {
                json.add_root();
                former.add_content(path, String::new(), ADDED_TO);
                continue;
            }
            let Some(container) = find_container(json, path) else {
                continue;
            };
            let beginning = container.beginning();
            if container.is_hollow() {
                json.replace_beginning(&container, "");
                former.add_content(path, beginning, WAS_THERE);
            } else if let Some((text, mark, rest)) = split_mark(&beginning) {
                json.replace_beginning(&container, rest);
                former.add_content(path, text.to_owned(), mark);
            }
        }
        former
    }

    fn add_content(&mut self, path: &[&str], text: String, mark: char) {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        self.0.push(FormerContent { path, text, mark });
    }

    /// Returns whether the container was there before ours.
    pub(super) fn was_there(&self, path: &[&str]) -> bool {
        self.0.iter().any(|one| one.path == path)
    }

    /// Returns whether something was added to the container at this path that it does not hold.
    pub(super) fn is_added_to(&self, path: &[&str]) -> bool {
        let mut former = self.0.iter();
        former.any(|one| one.path == path && one.mark == ADDED_TO)
    }

    /// Notes that something was added to the container at this path, if it was there before ours.
    pub(super) fn note_added(&mut self, path: &[&str]) {
        let former = self.0.iter_mut().filter(|one| one.path == path);
        former.for_each(|one| one.mark = ADDED_TO);
    }

    /// Puts them back: alone where a container holds nothing, else with the mark.
    pub(super) fn put_back(self, json: &mut JsonText) {
        for FormerContent { path, text, mark } in self.0 {
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            let Some(container) = find_container(json, &path) else {
                continue;
            };
            let beginning = container.beginning();
            if !container.is_hollow() {
                json.replace_beginning(&container, &format!("{text}{mark}{beginning}"));
            } else if path.is_empty() && mark == ADDED_TO && beginning.trim().is_empty() {
                json.remove_root();
            } else {
                // What is there now was written by others.
                let comments = if beginning.trim().is_empty() {
                    ""
                } else {
                    &beginning
                };
                json.replace_beginning(&container, &format!("{text}{comments}"));
            }
        }
    }
}

fn find_container(json: &JsonText, path: &[&str]) -> Option<JsonNode> {
    let mut path = path.iter();
    path.try_fold(json.value()?, |node, key| node.get(key))
}

/// Splits what stands before the first item of a container: what was there, the mark behind it, and
/// the line break behind that.
fn split_mark(beginning: &str) -> Option<(&str, char, &str)> {
    let line = beginning.rfind('\n')?;
    let end = beginning[..line].strip_suffix('\r').map_or(line, str::len);
    let (before, rest) = beginning.split_at(end);
    let mark = before.chars().next_back()?;
    let text = before.strip_suffix([WAS_THERE, ADDED_TO])?;
    Some((text, mark, rest))
}
