//! What a writer is about to append, so that a killed one leaves no half of it in an entry.
//!
//! A kill is noticed by the system between two pages of a write, so that a block which crosses
//! from one page of the file into the next can be cut there. Before writing such a block, its
//! writer puts it into `.mx/append/`, and takes it away afterwards. Who finds it there, with the
//! entry locked, takes back what is incomplete: its writer cannot have acknowledged it.
//!
//! Intents are not synced; they are about killed processes. After a power cut, the file system
//! decides what there is of a block that was never acknowledged.

use super::Kb;
use super::file;
use super::file_lock::{LockKind, try_lock_file};
use super::locate::{self, FileTarget, hidden_parts};
use super::open::{Access, open_file};
use super::private::{open_or_create_private, read_private};
use crate::model::half_hash;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Component, Path, PathBuf};

pub(super) const DIR: &str = "append";
/// The smallest page of the systems that this runs on.
const PAGE: u64 = 4096;

/// The place for the intent of one entry. Used with the entry locked.
pub(super) struct Intent<'a> {
    kb: &'a Kb,
    file: PathBuf,
    entry: String,
}

impl<'a> Intent<'a> {
    /// Returns the place for the entry at `real` in the KB at `home`, paths without links.
    pub(super) fn of(kb: &'a Kb, home: &Path, real: &Path) -> Self {
        let entry = relative_path(home, real).unwrap_or_default();
        let name = half_hash(blake3::hash(entry.as_bytes()));
        Intent {
            file: kb.private_dir().join(DIR).join(name),
            kb,
            entry,
        }
    }

    /// Declares what is about to be appended to an entry of the given length. Where the private
    /// directory cannot be written, the entry is written without.
    pub(super) fn declare(&self, length: u64, text: &[u8]) {
        let crosses = length / PAGE != (length + text.len() as u64).saturating_sub(1) / PAGE;
        if !crosses || self.entry.is_empty() {
            return;
        }
        let header = format!("{}\n{length}\n{}\n", self.entry, text.len());
        let record = [header.as_bytes(), text].concat();
        if self.write(&record).is_err() && self.kb.ensure_private_area(DIR).is_ok() {
            let _ = self.write(&record);
        }
    }

    fn write(&self, record: &[u8]) -> io::Result<()> {
        let mut file = open_or_create_private(&self.file, Access::Write)?;
        file.set_len(0)?;
        file.write_all(record)
    }

    /// Takes the intent away.
    pub(super) fn withdraw(&self) {
        let _ = fs::remove_file(&self.file);
    }

    /// Takes back from the entry what a killed writer left incomplete.
    pub(super) fn settle(&self, entry: &File) -> io::Result<()> {
        match read_private(&self.file) {
            Ok(bytes) => {
                if let Some(record) = Record::parse(&bytes) {
                    record.take_back(entry)?;
                }
                self.withdraw();
                Ok(())
            }
            // Whatever is wrong with the private directory is no reason to lose a note.
            Err(_) => Ok(()),
        }
    }
}

fn relative_path(home: &Path, real: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = real
        .strip_prefix(home)
        .ok()?
        .components()
        .map(|part| part.as_os_str().to_str())
        .collect();
    Some(parts?.join("/"))
}

/// What an intent says.
struct Record<'a> {
    entry: &'a str,
    length: u64,
    text: &'a [u8],
}

impl<'a> Record<'a> {
    /// Parses an intent. `None` if it is incomplete: its writer had not begun with the entry.
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
        let mut line = || std::str::from_utf8(parts.next()?).ok();
        let (entry, length, size) = (line()?, line()?, line()?);
        let (length, size): (u64, usize) = (length.parse().ok()?, size.parse().ok()?);
        let text = parts.next().filter(|text| text.len() == size)?;
        Some(Record {
            entry,
            length,
            text,
        })
    }

    /// Truncates the entry to its old length, if it ends with a part of the text and not all.
    fn take_back(&self, mut entry: &File) -> io::Result<()> {
        let length = entry.metadata()?.len();
        let Some(written) = length.checked_sub(self.length) else {
            return Ok(());
        };
        if written == 0 || written >= self.text.len() as u64 {
            return Ok(());
        }
        let mut part = Vec::new();
        entry.seek(SeekFrom::Start(self.length))?;
        entry.take(written).read_to_end(&mut part)?;
        if self.text.starts_with(&part) {
            entry.set_len(self.length)?;
            entry.sync_all()?;
        }
        Ok(())
    }
}

impl Kb {
    /// Takes back what killed writers left incomplete in any entry. To be called before entries
    /// are read; costs next to nothing when there is nothing to do. Entries that another process is
    /// writing at this moment are left to them.
    pub fn recover(&self) {
        let Ok(intents) = fs::read_dir(self.private_dir().join(DIR)) else {
            return;
        };
        for found in intents.flatten() {
            let _ = self.recover_one(&found.path());
        }
    }

    fn recover_one(&self, path: &Path) -> io::Result<()> {
        let bytes = read_private(path)?;
        let Some(record) = Record::parse(&bytes) else {
            // Perhaps being written just now: left to the next writer of its entry.
            return Ok(());
        };
        let Some(target) = self.target_of_intent(record.entry) else {
            return fs::remove_file(path);
        };
        let entry = open_file(&target.real, Access::Append)?;
        // Locked: its writer is alive and at work.
        let free = try_lock_file(&entry, LockKind::Exclusive)?;
        if free && file::is_current(&entry, &target.real)? {
            Intent::of(self, &target.home, &target.real).settle(&entry)?;
        }
        Ok(())
    }

    /// Returns the entry that an intent names, resolved as every entry is. `None` if there is none
    /// in this KB: it was removed, or the intent made up.
    fn target_of_intent(&self, entry: &str) -> Option<FileTarget> {
        let relative = Path::new(entry);
        let is_normal = |part| matches!(part, Component::Normal(_));
        if !relative.components().all(is_normal) || hidden_parts(relative).next().is_some() {
            return None;
        }
        let home = fs::canonicalize(self.root()).ok()?;
        let target = locate::resolve_target(home.clone(), &home, relative).ok()?;
        // A writer names the entry by its path without links.
        (target.exists && target.real == target.shown).then_some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::{TestKb, path};

    fn killed(old: &str, text: &str, written: usize) -> TestKb {
        let kb = TestKb::new();
        kb.write("p/a.md", format!("{old}{}", &text[..written]));
        let target = kb.target(&path("p/a.md")).expect("a file");
        Intent::of(&kb, &target.home, &target.real).declare(old.len() as u64, text.as_bytes());
        assert_eq!(intents(&kb), 1);
        kb
    }

    fn intents(kb: &Kb) -> usize {
        fs::read_dir(kb.private_dir().join(DIR)).map_or(0, Iterator::count)
    }

    #[test]
    fn half_a_block_is_taken_back_by_readers_and_writers() {
        let text = format!("\n## x\n\n{}\n", "y".repeat(9000));
        let cut = 4096 - 4;
        let kb = killed("old\n", &text, cut);
        kb.recover();
        assert_eq!((kb.text("p/a.md").as_str(), intents(&kb)), ("old\n", 0));

        let kb = killed("old\n", &text, cut);
        kb.append(&path("p/a.md"), "new", "B\n").expect("appended");
        assert_eq!(
            (kb.text("p/a.md").as_str(), intents(&kb)),
            ("old\n\nB\n", 0)
        );
    }

    #[test]
    fn what_is_complete_or_was_edited_stays() {
        let text = format!("\n## x\n\n{}\n", "y".repeat(9000));
        let kb = killed("old\n", &text, text.len());
        kb.recover();
        assert_eq!(
            (kb.text("p/a.md"), intents(&kb)),
            (format!("old\n{text}"), 0)
        );

        let kb = killed("old\n", &text, 0);
        kb.write("p/a.md", "old\nand edited\n");
        kb.recover();
        assert_eq!(
            (kb.text("p/a.md").as_str(), intents(&kb)),
            ("old\nand edited\n", 0)
        );

        let kb = killed("old\n", &text, 0);
        kb.write("p/a.md", "o");
        kb.recover();
        assert_eq!((kb.text("p/a.md").as_str(), intents(&kb)), ("o", 0));
    }

    #[test]
    fn a_living_writer_is_left_alone() {
        let text = "y".repeat(9000);
        let kb = killed("old\n", &text, 4092);
        let file = kb.root().join("p/a.md");
        let writer = open_file(&file, Access::Append).expect("opened");
        writer.lock().expect("locked");
        kb.recover();
        assert_eq!((kb.text("p/a.md").len(), intents(&kb)), (4096, 1));
    }

    #[test]
    fn nonsense_does_no_harm() {
        let kb = TestKb::new();
        kb.recover();
        kb.write(".mx/append/a", "");
        kb.write(".mx/append/b", "../x.md\n0\n3\nabc");
        kb.write(".mx/append/c", "gone.md\n0\n3\nabc");
        kb.write(".mx/append/d", [0xff, b'\n']);
        kb.write(".git/config", "ab");
        kb.write(".mx/append/e", ".git/config\n0\n3\nabc");
        kb.recover();
        assert_eq!(kb.text(".git/config"), "ab");
        assert_eq!(intents(&kb), 2, "the incomplete are left");
    }

    #[test]
    fn small_blocks_and_finished_ones_leave_nothing() {
        let kb = TestKb::new();
        kb.write("a.md", "old\n");
        kb.append(&path("a.md"), "new", "B\n").expect("appended");
        assert!(!kb.private_dir().exists());
        kb.append(&path("a.md"), "new", &"B".repeat(9000))
            .expect("appended");
        assert_eq!(intents(&kb), 0);
    }
}
