//! Replacing a file as a whole: after a crash there is the old one or the new one.

use super::file;
use super::file_lock::{lock_in_turn, lock_within};
use super::locate::{self, FileTarget};
use super::open::{Access, open_file};
use super::ownership::{is_usable, mode_of_new_file};
use super::swap::{Attributes, write_beside};
use super::{Kb, layout};
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

/// How often a file that others keep replacing is tried.
const ATTEMPTS: usize = 100;

impl Kb {
    /// Puts the bytes into the file at `path`, which is made if it is missing, with the
    /// directories above it. A relative path begins at the root; one outside the KB is allowed,
    /// but not if it is a link.
    ///
    /// The bytes are in a temporary file in the same directory, and synced, before it takes the
    /// place of the old one. Permissions are kept. Appends wait meanwhile, and are not lost.
    ///
    /// # Errors
    ///
    /// As [`Kb::rewrite`].
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.rewrite(path, |_| Ok(Some(bytes.to_vec()))).map(|_| ())
    }

    /// Replaces a file by what `change` makes of its bytes (`None`: there is no file). The file is
    /// locked from reading to replacing, so that no append falls in between. If `change` returns
    /// `None`, or what is there already, nothing is written. Returns whether something was.
    ///
    /// `change` may be called again, should the file be replaced by another process meanwhile.
    ///
    /// # Errors
    ///
    /// Those of `change`; the file cannot be read, locked or written, or a link leads out of the KB or
    /// into a hidden part of it.
    pub fn rewrite(
        &self,
        path: &Path,
        change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
    ) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let target = self.target_anywhere(&self.root().join(path))?;
            let done = if target.exists {
                rewrite_existing(self, &target, &change)?
            } else {
                create(self, &target, &change)?
            };
            if let Some(written) = done {
                return Ok(written);
            }
        }
        Err(Error::busy(format!(
            "{} keeps being replaced",
            path.display()
        )))
    }

    /// Removes a file that holds these bytes, and no others. Returns whether it is gone now: `false`
    /// means that it was written to, and nothing was removed.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or removed.
    pub fn remove(&self, path: &Path, expected: &[u8]) -> Result<bool> {
        let target = self.target_anywhere(&self.root().join(path))?;
        let failed = |cause| Error::io("remove", &target.shown, cause);
        let mut file = match open_file(&target.real, Access::Read) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
            opened => opened.map_err(failed)?,
        };
        lock_within(&file, &target.shown, self.lock_timeout)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        if bytes != expected || !file::is_current(&file, &target.real).map_err(failed)? {
            return Ok(false);
        }
        fs::remove_file(&target.real).map_err(failed)?;
        self.sync_name(&target.real, &target.shown);
        Ok(true)
    }

    /// Moves a file to another place, in one step: at no moment is it at both, or at none. Returns
    /// `false` if something is there already.
    ///
    /// # Errors
    ///
    /// If it cannot be moved: then it is where it was.
    pub fn move_file(&self, from: &Path, to: &Path) -> Result<bool> {
        let source = self.target_anywhere(&self.root().join(from))?;
        let target = self.target_anywhere(&self.root().join(to))?;
        let failed = |cause| Error::io("move", &source.shown, cause);
        layout::make_dirs(parent_directory(&target))?;
        let mut file = tempfile::TempPath::try_from_path(&source.real).map_err(failed)?;
        // It is no temporary file, and stays where it is if it cannot be moved.
        file.disable_cleanup(true);
        match file.persist_noclobber(&target.real) {
            Ok(()) => {}
            Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
            Err(e) => return Err(failed(e.error)),
        }
        self.sync_name(&target.real, &target.shown);
        self.sync_name(&source.real, &source.shown);
        Ok(true)
    }

    /// Makes a name durable that was put into its directory, or taken out of it. That has happened
    /// whether or not the sync succeeds: to repeat the command would do it twice.
    pub(super) fn sync_name(&self, real: &Path, shown: &Path) {
        if let Err(error) = file::sync_dir(file::parent_of(real)) {
            self.warn(format!(
                "{} is as it should be, but a power cut may undo that: {error}",
                shown.display()
            ));
        }
    }

    /// Returns the mode of a new file, which the mask narrows.
    fn mode_of_new(&self, target: &FileTarget) -> u32 {
        if target.shown.starts_with(self.private_dir()) {
            mode_of_new_file(parent_directory(target))
        } else {
            0o666
        }
    }

    fn target_anywhere(&self, shown: &Path) -> Result<FileTarget> {
        let root = self.root();
        if let Ok(relative) = shown.strip_prefix(root) {
            self.create()?;
            let home = fs::canonicalize(root).map_err(|cause| Error::io("resolve", root, cause))?;
            return locate::resolve_target(home, root, relative);
        }
        if fs::symlink_metadata(shown).is_ok_and(|found| found.is_symlink()) {
            return Err(Error::failed(format!(
                "{} is a link outside the knowledge base, which is not followed",
                shown.display()
            )));
        }
        // No link as its last part, hence it lies where its directory does.
        let dir = shown.parent().unwrap_or(shown);
        let name = shown.strip_prefix(dir).unwrap_or(shown);
        let home = fs::canonicalize(dir).map_err(|cause| Error::io("resolve", dir, cause))?;
        locate::resolve_target(home, dir, name)
    }
}

fn rewrite_existing(
    kb: &Kb,
    target: &FileTarget,
    change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
) -> Result<Option<bool>> {
    let failed = |cause| Error::io("replace", &target.shown, cause);
    let mut old = match open_file(&target.real, Access::Read) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    check_owner(kb, target, &old).map_err(failed)?;
    lock_within(&old, &target.shown, kb.lock_timeout())?;
    if !file::is_current(&old, &target.real).map_err(failed)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    old.read_to_end(&mut bytes).map_err(failed)?;
    let new = match change(Some(&bytes))? {
        Some(new) if new != bytes => new,
        _ => return Ok(Some(false)),
    };
    swap_files(kb, target, old, &new)?;
    Ok(Some(true))
}

/// Refuses a file outside the KB, such as the record of a session in a project, that another user put
/// there: who owns it chose who may read it.
fn check_owner(kb: &Kb, target: &FileTarget, file: &File) -> io::Result<()> {
    if target.shown.starts_with(kb.root()) || is_usable(&file.metadata()?) {
        return Ok(());
    }
    Err(io::Error::other("it belongs to another user"))
}

/// Puts a copy in the place of a locked file, so that its other names are not written to.
pub(super) fn replace_by_copy(kb: &Kb, target: &FileTarget, mut old: File) -> Result<()> {
    let failed = |cause| Error::io("replace", &target.shown, cause);
    let mut bytes = Vec::new();
    old.rewind().map_err(failed)?;
    old.read_to_end(&mut bytes).map_err(failed)?;
    swap_files(kb, target, old, &bytes)
}

/// Puts a new file in the place of the locked old one. Both stay locked until the directory is
/// synced: a process that appends to the new one then may report that it is on disk.
fn swap_files(kb: &Kb, target: &FileTarget, old: File, bytes: &[u8]) -> Result<()> {
    let failed = |cause| Error::io("replace", &target.shown, cause);
    let found = old.metadata().map_err(failed)?;
    if found.permissions().readonly() {
        let cause = io::Error::from(io::ErrorKind::PermissionDenied);
        return Err(failed(cause).with_hint("the file is read-only"));
    }
    let like_old = Attributes::Of(&old);
    let new = write_beside(&target.real, bytes, like_old, true).map_err(failed)?;
    lock_in_turn(new.as_file(), &target.shown)?;
    // Windows does not replace a file that is open.
    let old = (!cfg!(windows)).then_some(old);
    let new = new
        .persist(&target.real)
        .map_err(|error| failed(error.error))?;
    kb.sync_name(&target.real, &target.shown);
    drop((old, new));
    Ok(())
}

fn create(
    kb: &Kb,
    target: &FileTarget,
    change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
) -> Result<Option<bool>> {
    match change(None)? {
        Some(bytes) => Ok(create_new(kb, target, &bytes, kb.mode_of_new(target))?.then_some(true)),
        None => Ok(Some(false)),
    }
}

/// Makes a new file with the bytes, complete and synced before it has its name. The mask narrows
/// the mode. Returns `false` if there is a file now.
pub(super) fn create_new(kb: &Kb, target: &FileTarget, bytes: &[u8], mode: u32) -> Result<bool> {
    let failed = |cause| Error::io("create", &target.shown, cause);
    layout::make_dirs(parent_directory(target))?;
    let mode = Attributes::Mode(mode);
    let temporary = write_beside(&target.real, bytes, mode, true).map_err(failed)?;
    // Held until the directory is synced: a process that appends then may report that it is on
    // disk.
    lock_in_turn(temporary.as_file(), &target.shown)?;
    let file = match temporary.persist_noclobber(&target.real) {
        Ok(file) => file,
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(e) if file::is_unsupported(&e.error) => return create_empty(target).map(|()| false),
        Err(e) => return Err(failed(e.error)),
    };
    kb.sync_name(&target.real, &target.shown);
    drop(file);
    Ok(true)
}

/// Makes a new file anywhere, complete and synced before it has its name. Returns `false` if there
/// is something of that name already, a link included.
///
/// # Errors
///
/// If it cannot be written: then there is no file.
pub(crate) fn create_file(path: &Path, bytes: &[u8]) -> Result<bool> {
    let failed = |cause| Error::io("create", path, cause);
    if fs::symlink_metadata(path).is_ok() {
        return Ok(false);
    }
    let mode = Attributes::Mode(0o666);
    let temporary = write_beside(path, bytes, mode, true).map_err(failed)?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) if file::is_unsupported(&e.error) => {
            let placed = e.file.persist(path);
            placed.map_err(|e| failed(e.error)).map(|_| true)
        }
        Err(e) => Err(failed(e.error)),
    }
}

/// Replaces a file anywhere that exists, whole or not at all. What it has beside its text is kept.
///
/// # Errors
///
/// If it cannot be written: then it is as it was.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let failed = |cause| Error::io("write", path, cause);
    let old = open_file(path, Access::Read).map_err(failed)?;
    let like_old = Attributes::Of(&old);
    let new = write_beside(path, bytes, like_old, true).map_err(failed)?;
    // Windows does not replace a file that is open.
    drop(old);
    new.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Makes an empty file, which then is filled like any that exists.
fn create_empty(target: &FileTarget) -> Result<()> {
    let failed = |cause| Error::io("create", &target.shown, cause);
    match File::create_new(&target.real) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(failed(cause)),
        Ok(_) => file::sync_dir(parent_directory(target)),
    }
}

fn parent_directory(target: &FileTarget) -> &Path {
    file::parent_of(&target.real)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::{TestKb, path};

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir)
            .expect("a directory")
            .map(|found| {
                found
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_moves_in_one_step_and_over_no_other() {
        let kb = TestKb::new();
        kb.write("a.md", "a\n");
        let [from, to] = [Path::new("a.md"), Path::new("below/b.md")];
        assert!(kb.move_file(from, to).expect("moved"));
        assert!(!kb.root().join(from).exists());
        assert_eq!(kb.text("below/b.md"), "a\n");
        kb.write("a.md", "other\n");
        assert!(!kb.move_file(from, to).expect("not moved"));
        assert_eq!(kb.text("a.md"), "other\n");
        assert_eq!(kb.text("below/b.md"), "a\n");
        assert!(
            kb.move_file(Path::new("missing.md"), Path::new("c.md"))
                .is_err()
        );
        kb.write("file", "no directory");
        assert!(kb.move_file(from, Path::new("file/c.md")).is_err());
        assert_eq!(kb.text("a.md"), "other\n");
    }

    #[test]
    fn makes_directories_and_leaves_nothing_behind() {
        let kb = TestKb::missing();
        kb.replace(Path::new("a/b/c.md"), b"one").expect("created");
        kb.replace(Path::new("a/b/c.md"), b"two").expect("replaced");
        assert_eq!(kb.text("a/b/c.md"), "two");
        assert_eq!(names(&kb.root().join("a/b")), ["c.md"]);
    }

    #[test]
    fn nothing_to_change_writes_nothing() {
        let kb = TestKb::new();
        kb.write("a.md", "x");
        assert!(
            !kb.rewrite(Path::new("a.md"), |_| Ok(None))
                .expect("unchanged")
        );
        assert!(
            !kb.rewrite(Path::new("b.md"), |_| Ok(None))
                .expect("unchanged")
        );
        let same = |old: Option<&[u8]>| Ok(old.map(<[u8]>::to_vec));
        assert!(!kb.rewrite(Path::new("a.md"), same).expect("unchanged"));
        assert_eq!(names(kb.root()), ["a.md"]);
    }

    #[test]
    fn no_append_is_lost_between_reading_and_replacing() {
        let kb = TestKb::new();
        kb.write("a.md", "start\n");
        let entry = path("a.md");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..40 {
                    kb.append(&entry, "", &format!("block {n}\n"))
                        .expect("appended");
                }
            });
            for n in 0..40 {
                let mark = format!("mark {n}\n");
                let add =
                    |old: Option<&[u8]>| Ok(Some([old.unwrap_or(b""), mark.as_bytes()].concat()));
                kb.rewrite(Path::new("a.md"), add).expect("rewritten");
            }
        });
        let text = kb.text("a.md");
        for n in 0..40 {
            assert_eq!(text.matches(&format!("block {n}\n")).count(), 1, "{text}");
            assert_eq!(text.matches(&format!("mark {n}\n")).count(), 1, "{text}");
        }
    }

    #[test]
    fn only_what_is_as_expected_is_removed() {
        let kb = TestKb::new();
        kb.write("a.md", "edited");
        let file = Path::new("a.md");
        assert!(!kb.remove(file, b"old").expect("left alone"));
        assert_eq!(kb.text("a.md"), "edited");
        for _ in 0..2 {
            assert!(kb.remove(file, b"edited").expect("gone"));
        }
        assert!(names(kb.root()).is_empty());
    }

    #[test]
    fn an_error_in_the_change_leaves_the_file_alone() {
        let kb = TestKb::new();
        kb.write("a.md", "x");
        let refuse = |_: Option<&[u8]>| Err(Error::failed("no"));
        assert!(kb.rewrite(Path::new("a.md"), refuse).is_err());
        assert_eq!(kb.text("a.md"), "x");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_links_followed_inside_only() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let kb = TestKb::new();
        kb.write("a.md", "x");
        let file = kb.root().join("a.md");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("chmod");
        symlink("a.md", kb.root().join("in.md")).expect("link");
        kb.replace(Path::new("in.md"), b"y").expect("replaced");
        assert_eq!(kb.text("a.md"), "y");
        assert_eq!(
            fs::metadata(&file).expect("a file").permissions().mode() & 0o777,
            0o640
        );
        assert!(
            fs::symlink_metadata(kb.root().join("in.md"))
                .expect("a link")
                .is_symlink()
        );

        let outside = tempfile::tempdir().expect("temporary directory");
        let victim = outside.path().join("v");
        fs::write(&victim, "v").expect("write");
        symlink(&victim, kb.root().join("out.md")).expect("link");
        assert!(kb.replace(Path::new("out.md"), b"y").is_err());
        symlink(&victim, outside.path().join("link")).expect("link");
        assert!(kb.replace(&outside.path().join("link"), b"y").is_err());
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "v");
        kb.replace(&victim, b"w").expect("a plain file outside");
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "w");
    }

    #[cfg(unix)]
    #[test]
    fn another_name_of_a_file_keeps_what_it_holds() {
        let kb = TestKb::new();
        let outside = tempfile::tempdir().expect("temporary directory");
        let victim = outside.path().join("v");
        fs::write(&victim, "old\n").expect("write");
        for name in ["a.md", "b.md", "c.md"] {
            fs::hard_link(&victim, kb.root().join(name)).expect("linked");
        }
        kb.append(&path("a.md"), "", "block\n").expect("appended");
        kb.replace(Path::new("b.md"), b"new\n").expect("replaced");
        let change = |old: Option<&[u8]>| Ok(Some([old.unwrap_or(b""), b"more\n"].concat()));
        kb.rewrite(Path::new("c.md"), change).expect("rewritten");
        assert_eq!(kb.text("a.md"), "old\n\nblock\n");
        assert_eq!(kb.text("b.md"), "new\n");
        assert_eq!(kb.text("c.md"), "old\nmore\n");
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "old\n");
    }

    #[test]
    fn a_read_only_file_is_not_replaced() {
        let kb = TestKb::new();
        kb.write("a.md", "x");
        let file = kb.root().join("a.md");
        let mut permissions = fs::metadata(&file).expect("a file").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).expect("chmod");
        let error = kb.replace(Path::new("a.md"), b"y").expect_err("read-only");
        assert!(error.message().contains("a.md"), "{error}");
        assert_eq!(kb.text("a.md"), "x");
    }
}
