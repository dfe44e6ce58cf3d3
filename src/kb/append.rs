//! Appending to an entry: nothing that was acknowledged is lost, and nothing is half there.
//!
//! - The file itself is locked, so that writers take turns, and then compared with what is at its
//!   path, since an editor may have replaced it meanwhile. It is compared again after writing.
//! - Block and blank line are one write to the end of the file, then synced. What is read is the
//!   last few kilobytes: the cost does not depend on the size of the entry.
//! - A write that fails is undone by truncating. This counts on `SIGXFSZ` being ignored or handled
//!   by the program, so that a limit on file sizes is an error and not the end of the process.
//! - A process killed within the write leaves an [intent](super::intent), and the next one undoes.
//! - A new entry gets its name when it is complete.

use super::environment::system_nanoseconds;
use super::file;
use super::file_end::{AppendOutcome, End};
use super::file_lock::lock_in_turn;
use super::intent::Intent;
use super::locate::FileTarget;
use super::open::{Access, Link, has_other_names, open_checked, open_file};
use super::{Kb, replace};
use crate::error::{Error, Result};
use crate::model::EntryPath;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

/// How often an entry that others keep replacing is tried.
const ATTEMPTS: usize = 100;

impl Kb {
    /// Appends `block` to an entry, or makes the entry with the text `new` where there is none, or
    /// an empty one. Root and directories are made as needed. When this returns, the text is on
    /// disk.
    ///
    /// Both texts have `\n` line endings; an entry with CRLF gets CRLF. Exactly one blank line is
    /// put before the block, and nothing before it is touched.
    ///
    /// # Errors
    ///
    /// Those of [`Kb::locate`]; [`Kind::Busy`](crate::error::Kind::Busy) if another process keeps
    /// the entry locked; else [`Kind::Failed`](crate::error::Kind::Failed), such as for a full
    /// disk, and the entry is as it was.
    pub fn append(&self, path: &EntryPath, new: &str, block: &str) -> Result<AppendOutcome> {
        self.create()?;
        for _ in 0..ATTEMPTS {
            let target = self.target(path)?;
            let done = if target.exists {
                extend_entry(self, &target, new, block)?
            } else {
                let created = replace::create_new(self, &target, new.as_bytes(), 0o666)?;
                created.then_some(AppendOutcome::Created)
            };
            if let Some(action) = done {
                return Ok(action);
            }
        }
        let path = self.root().join(path.as_str());
        Err(
            Error::busy(format!("{} keeps being replaced", path.display()))
                .with_hint("close the program that writes it, and try again"),
        )
    }
}

/// Appends to a file that exists. `None` if it did not stay the one at its path.
fn extend_entry(
    kb: &Kb,
    target: &FileTarget,
    new: &str,
    block: &str,
) -> Result<Option<AppendOutcome>> {
    let failed = |cause| Error::io("append to", &target.shown, cause);
    let (file, found) = match open_checked(&target.real, Access::Append, Link::Refuse) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    lock_in_turn(&file, &target.shown)?;
    let is_current = || file::is_current(&file, &target.real).map_err(failed);
    if !is_current()? {
        return Ok(None);
    }
    if has_other_names(&found) {
        // What is written here is for this name alone.
        replace::replace_by_copy(kb, target, file)?;
        return Ok(None);
    }
    let intent = Intent::of(kb, &target.home, &target.real);
    intent.settle(&file).map_err(failed)?;
    let end = End::read(&file).map_err(failed)?;
    let (action, text) = end.text(new, block);
    intent.declare(end.length, text.as_bytes());
    let written = write_or_undo(&file, target, end.length, text.as_bytes());
    match &written {
        // Half of it may stand at the end: the next writer is to know.
        Err(Unwritten { undone: false, .. }) => {}
        _ => intent.withdraw(),
    }
    written.map_err(|unwritten| unwritten.error)?;
    // It is written: where that cannot be looked at, to say that it failed would have it repeated.
    let current = is_current().unwrap_or(true);
    let kept = current || holds_text(target, text.trim_start().as_bytes());
    if kept && !file::is_name_durable(&found, &target.real, system_nanoseconds()) {
        kb.sync_name(&target.real, &target.shown);
    }
    Ok(kept.then_some(action))
}

/// Why a block was not appended.
struct Unwritten {
    error: Error,
    /// Whether the entry is as it was.
    undone: bool,
}

/// Writes text to the end of a file that is `length` bytes long, or nothing at all.
fn write_or_undo(
    file: &File,
    target: &FileTarget,
    length: u64,
    text: &[u8],
) -> Result<(), Unwritten> {
    let mut written = 0;
    let outcome = write_counted(file, text, &mut written).and_then(|()| file.sync_data());
    outcome.map_err(|cause| {
        let path = target.shown.display();
        let undoing = undo_write(file, length, written);
        let state = match &undoing {
            Ok(()) => "the entry is as it was".to_owned(),
            Err(why) => format!("a part of the text stays at its end: {why}"),
        };
        let message = format!("cannot append to {path}: {cause}; {state}");
        Unwritten {
            error: Error::failed(message).with_source(cause),
            undone: undoing.is_ok(),
        }
    })
}

/// Writes everything, in one write unless the system takes less.
fn write_counted(mut file: &File, text: &[u8], written: &mut u64) -> io::Result<()> {
    file.seek(SeekFrom::End(0))?;
    let mut rest = text;
    while !rest.is_empty() {
        match file.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => {
                *written += n as u64;
                rest = &rest[n..];
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Takes back what was written, unless a program that takes no locks has written behind it.
fn undo_write(file: &File, length: u64, written: u64) -> io::Result<()> {
    if written == 0 {
        return Ok(());
    }
    if file.metadata()?.len() != length + written {
        return Err(io::Error::other("another program has written behind it"));
    }
    file.set_len(length)?;
    file.sync_all()
}

/// Returns whether the file that took the place of the one written to ends with the text: an
/// editor that replaced the file may have read it first.
fn holds_text(target: &FileTarget, text: &[u8]) -> bool {
    let ends_with = || -> io::Result<bool> {
        let mut file = open_file(&target.real, Access::Read)?;
        let start = file.metadata()?.len().saturating_sub(text.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        Ok(tail == text)
    };
    ends_with().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::{TestKb, path};
    use std::fs;

    #[test]
    fn a_new_entry_is_made_with_its_directories() {
        let kb = TestKb::missing();
        let entry = path("projects/demo/sessions.md");
        assert_eq!(
            kb.append(&entry, "new\n", "block\n").expect("made"),
            AppendOutcome::Created
        );
        assert_eq!(
            kb.append(&entry, "new\n", "block\n").expect("there"),
            AppendOutcome::Appended
        );
        assert_eq!(kb.text("projects/demo/sessions.md"), "new\n\nblock\n");
        let dir = fs::read_dir(kb.root().join("projects/demo")).expect("a directory");
        assert_eq!(dir.count(), 1, "nothing temporary is left");
    }

    #[test]
    fn utf_16_is_refused_and_untouched() {
        let kb = TestKb::new();
        let old = b"\xff\xfea\0\n\0";
        kb.write("a.md", old);
        let error = kb.append(&path("a.md"), "new", "B\n").expect_err("UTF-16");
        assert!(error.message().contains("UTF-16"), "{error}");
        assert_eq!(kb.read(&path("a.md")).expect("read"), old);
    }

    #[test]
    fn many_writers_lose_nothing_and_keep_their_order() {
        let kb = TestKb::missing();
        let entry = path("p/sessions.md");
        let long = "x".repeat(5000);
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let (kb, entry, long) = (&kb, &entry, &long);
                scope.spawn(move || {
                    for n in 0..25 {
                        let block = format!("## w{writer} n{n}\n\n{long}\n");
                        kb.append(entry, &block, &block).expect("appended");
                    }
                });
            }
        });
        let text = kb.text("p/sessions.md");
        for writer in 0..8 {
            let mut at = 0;
            for n in 0..25 {
                let block = format!("## w{writer} n{n}\n\n{long}\n");
                assert_eq!(text.matches(&block).count(), 1);
                let found = text.find(&block).expect("there");
                assert!(n == 0 || found > at, "in order");
                at = found;
            }
        }
        assert!(!text.contains("\n\n\n"));
    }

    #[test]
    fn a_file_replaced_while_waiting_gets_the_block() {
        let kb = TestKb::new();
        kb.write("a.md", "old\n");
        let file = kb.root().join("a.md");
        let holder = open_file(&file, Access::Append).expect("opened");
        holder.lock().expect("locked");
        std::thread::scope(|scope| {
            let entry = path("a.md");
            let waiting = scope.spawn({
                let kb = &kb;
                move || kb.append(&entry, "new", "B\n")
            });
            std::thread::sleep(std::time::Duration::from_millis(50));
            fs::write(kb.root().join("other"), "edited\n").expect("write");
            fs::rename(kb.root().join("other"), &file).expect("renamed");
            drop(holder);
            assert_eq!(
                waiting.join().expect("no panic").expect("appended"),
                AppendOutcome::Appended
            );
        });
        assert_eq!(kb.text("a.md"), "edited\n\nB\n");
    }

    #[test]
    fn a_file_deleted_while_waiting_is_made_again() {
        let kb = TestKb::new();
        kb.write("a.md", "old\n");
        let file = kb.root().join("a.md");
        let holder = open_file(&file, Access::Append).expect("opened");
        holder.lock().expect("locked");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| kb.append(&path("a.md"), "new", "B\n"));
            std::thread::sleep(std::time::Duration::from_millis(50));
            fs::remove_file(&file).expect("removed");
            drop(holder);
            assert_eq!(
                waiting.join().expect("no panic").expect("made"),
                AppendOutcome::Created
            );
        });
        assert_eq!(kb.text("a.md"), "new");
    }

    #[test]
    fn what_was_written_is_taken_back_unless_others_wrote_behind_it() {
        let kb = TestKb::new();
        kb.write("a.md", "old\nhalf");
        let file = open_file(&kb.root().join("a.md"), Access::Append).expect("opened");
        assert!(undo_write(&file, 4, 3).is_err());
        assert_eq!(kb.text("a.md"), "old\nhalf");
        undo_write(&file, 4, 4).expect("undone");
        assert_eq!(kb.text("a.md"), "old\n");
        undo_write(&file, 99, 0).expect("nothing to undo");
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_kb_are_not_followed() {
        use std::os::unix::fs::symlink;
        let kb = TestKb::new();
        let outside = tempfile::tempdir().expect("temporary directory");
        let victim = outside.path().join("v.md");
        fs::write(&victim, "v").expect("write");
        symlink(&victim, kb.root().join("out.md")).expect("link");
        symlink(outside.path(), kb.root().join("dir")).expect("link");
        symlink("missing.md", kb.root().join("dangling.md")).expect("link");
        kb.write("real.md", "r\n");
        symlink("real.md", kb.root().join("in.md")).expect("link");
        for name in [
            "out.md",
            "dir/v.md",
            "dir/n.md",
            "dir/sub/n.md",
            "dangling.md",
        ] {
            assert!(kb.append(&path(name), "new", "B\n").is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "v");
        assert_eq!(
            fs::read_dir(outside.path()).expect("a directory").count(),
            1
        );
        kb.append(&path("in.md"), "new", "B\n").expect("inside");
        assert_eq!(kb.text("real.md"), "r\n\nB\n");
    }

    #[test]
    fn a_directory_or_a_file_in_the_way_is_an_error() {
        let kb = TestKb::new();
        fs::create_dir(kb.root().join("d.md")).expect("mkdir");
        kb.write("f.md", "");
        for name in ["d.md", "f.md/a.md"] {
            let error = kb.append(&path(name), "new", "B\n").expect_err(name);
            assert!(error.message().contains(&name[..4]), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_an_error_and_a_new_one_obeys_the_mask() {
        use std::os::unix::fs::PermissionsExt;
        let kb = TestKb::new();
        kb.append(&path("a.md"), "new", "B\n").expect("made");
        let file = kb.root().join("a.md");
        let mode = |path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        fs::write(kb.root().join("plain"), "").expect("write");
        assert_eq!(mode(file.clone()), mode(kb.root().join("plain")));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("chmod");
        if !rustix::process::geteuid().is_root() {
            let error = kb
                .append(&path("a.md"), "new", "B\n")
                .expect_err("read-only");
            assert!(error.message().contains("a.md"), "{error}");
        }
    }
}
