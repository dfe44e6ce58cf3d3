//! Paths whose characters are composed in another way than on disk.

use super::Kb;
use crate::model::{EntryPath, normalize_name};
use std::fs;

impl Kb {
    /// Returns the path as it is spelled on disk: where there is nothing at a path, each part of it
    /// is that name in its directory which is the same in the normal form NFC.
    pub fn spelled_path(&self, path: EntryPath) -> EntryPath {
        if path.as_str().is_ascii() || self.root().join(path.as_str()).exists() {
            return path;
        }
        let mut directory = self.root().to_path_buf();
        let mut spelled: Vec<String> = Vec::new();
        for part in path.as_str().split('/') {
            let name = find_name(&directory, part).unwrap_or_else(|| part.to_owned());
            directory.push(&name);
            spelled.push(name);
        }
        EntryPath::parse(&spelled.join("/")).unwrap_or(path)
    }
}

fn find_name(directory: &std::path::Path, part: &str) -> Option<String> {
    if part.is_ascii() || directory.join(part).exists() {
        return None;
    }
    let wanted = normalize_name(part);
    let names = fs::read_dir(directory).ok()?.flatten();
    let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
    names.find(|name| normalize_name(name) == wanted)
}

#[cfg(test)]
mod tests {
    use crate::kb::tests::{TestKb, path};

    #[test]
    fn a_path_is_found_however_it_is_composed() {
        let kb = TestKb::new();
        kb.write("Gro\u{308}\u{df}e/cafe\u{301}.md", "x");
        let spelled = kb.spelled_path(path("Gr\u{f6}\u{df}e/caf\u{e9}.md"));
        if !kb.root().join("Gr\u{f6}\u{df}e").exists() {
            assert_eq!(spelled, path("Gro\u{308}\u{df}e/cafe\u{301}.md"));
        }
        let new = path("Gr\u{f6}\u{df}e/neu\u{e9}.md");
        assert!(kb.spelled_path(new).as_str().ends_with("neu\u{e9}.md"));
    }
}
