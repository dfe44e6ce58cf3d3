//! Making a file longer in place, at a cost that does not depend on its size.
//!
//! Unlike an append to an entry, this is for files that can be written anew from others at any
//! time: a process killed in between leaves a part of the text, which its writer must notice.

use super::Kb;
use super::file;
use super::file_lock::lock_within;
use super::locate::FileTarget;
use super::open::{Access, has_other_names, open_file};
use super::walk::{FileState, state_of};
use crate::error::{Error, Result};
use crate::model::EntryPath;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

/// How a file is to grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth<'a> {
    /// The state in which it must be.
    pub(crate) from: FileState,
    /// What comes behind its end.
    pub(crate) tail: &'a [u8],
    /// Where bytes are to be put in the place of those there.
    pub(crate) at: u64,
    /// These bytes.
    pub(crate) patch: &'a [u8],
}

impl Kb {
    /// Makes a file longer, if it is still in the expected state. Returns its new state when all
    /// is on disk; `None` if it was in another state, and then nothing is written.
    ///
    /// # Errors
    ///
    /// Those of [`Kb::locate`] and of writing; after a failed write the file has its old length.
    pub(crate) fn grow(&self, path: &EntryPath, growth: Growth<'_>) -> Result<Option<FileState>> {
        let target = self.target(path)?;
        if !target.exists {
            return Ok(None);
        }
        let failed = |cause| Error::io("append to", &target.shown, cause);
        let file = match open_file(&target.real, Access::Write) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        lock_within(&file, &target.shown, self.lock_timeout())?;
        let found = file.metadata().map_err(failed)?;
        if has_other_names(&found)
            || state_of(&found) != growth.from
            || !file::is_current(&file, &target.real).map_err(failed)?
        {
            return Ok(None);
        }
        write_or_undo(&file, &target, growth)?;
        let state = state_of(&file.metadata().map_err(failed)?);
        let current = file::is_current(&file, &target.real).map_err(failed)?;
        Ok(current.then_some(state))
    }
}

fn write_or_undo(file: &File, target: &FileTarget, growth: Growth<'_>) -> Result<()> {
    write_growth(file, growth).map_err(|cause| {
        let _ = file.set_len(growth.from.size);
        Error::io("append to", &target.shown, cause)
    })
}

fn write_growth(mut file: &File, growth: Growth<'_>) -> io::Result<()> {
    file.seek(SeekFrom::Start(growth.from.size))?;
    file.write_all(growth.tail)?;
    file.seek(SeekFrom::Start(growth.at))?;
    file.write_all(growth.patch)?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::{TestKb, path};

    #[test]
    fn a_file_in_the_expected_state_grows_and_no_other() {
        let kb = TestKb::new();
        kb.write("a.md", "sum 1\nx\n");
        let state = |name: &str| {
            let file = std::fs::metadata(kb.root().join(name)).expect("a file");
            state_of(&file)
        };
        let growth = Growth {
            from: state("a.md"),
            tail: b"yz\n",
            at: 4,
            patch: b"2",
        };
        let grown = kb.grow(&path("a.md"), growth).expect("written");
        assert_eq!(kb.text("a.md"), "sum 2\nx\nyz\n");
        assert_eq!(grown, Some(state("a.md")));
        assert_eq!(kb.grow(&path("a.md"), growth).expect("refused"), None);
        assert_eq!(kb.grow(&path("b.md"), growth).expect("refused"), None);
        assert_eq!(kb.text("a.md"), "sum 2\nx\nyz\n");
    }
}
