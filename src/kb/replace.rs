//! Replacing a file as a whole: after a crash there is the old one or the new one.

use super::attributes::keep_attributes;
use super::file::{self, Access};
use super::locate::{self, Target};
use super::{Kb, layout};
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

/// How often a file that others keep replacing is tried.
const ATTEMPTS: usize = 100;

impl Kb {
    /// Puts the bytes into the file at `path`, which is made if it is missing, with the
    /// directories above it. A relative path begins at the root; one outside the KB is allowed,
    /// but not if it is a link.
    ///
    /// The bytes are in a temporary file in the same directory, and synced, before it takes the
    /// place of the old one. Permissions are kept. Appends wait meanwhile, and are not lost.
    pub fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        self.rewrite(path, |_| Ok(Some(bytes.to_vec()))).map(|_| ())
    }

    /// Replaces a file by what `change` makes of its bytes (`None`: there is no file). The file is
    /// locked from reading to replacing, so that no append falls in between. If `change` returns
    /// `None`, or what is there already, nothing is written. Returns whether something was.
    ///
    /// `change` may be called again, should the file be replaced by somebody else meanwhile.
    pub fn rewrite(
        &self,
        path: &Path,
        change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
    ) -> Result<bool> {
        for _ in 0..ATTEMPTS {
            let target = self.target_anywhere(&self.root().join(path))?;
            let done = if target.exists {
                rewrite_existing(&target, self.lock_timeout, &change)?
            } else {
                create(&target, &change)?
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
    /// means that somebody wrote to it, and nothing was removed.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or removed.
    pub fn remove(&self, path: &Path, expected: &[u8]) -> Result<bool> {
        let target = self.target_anywhere(&self.root().join(path))?;
        let failed = |cause| Error::io("remove", &target.shown, cause);
        let mut file = match file::open(&target.real, Access::Read) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
            opened => opened.map_err(failed)?,
        };
        file::lock_within(&file, &target.shown, self.lock_timeout)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        if bytes != expected || !file::is_current(&file, &target.real).map_err(failed)? {
            return Ok(false);
        }
        fs::remove_file(&target.real).map_err(failed)?;
        file::sync_dir(parent(&target))?;
        Ok(true)
    }

    fn target_anywhere(&self, shown: &Path) -> Result<Target> {
        if shown.starts_with(self.root()) {
            let root = self.root();
            layout::make_dirs(root)?;
            let home = fs::canonicalize(root).map_err(|cause| Error::io("resolve", root, cause))?;
            return locate::resolve(home, shown.to_path_buf());
        }
        if fs::symlink_metadata(shown).is_ok_and(|found| found.is_symlink()) {
            return Err(Error::failed(format!(
                "{} is a link outside the knowledge base, which is not followed",
                shown.display()
            )));
        }
        // No link as its last part, hence it lies where its directory does.
        let dir = shown.parent().unwrap_or(shown);
        let dir = fs::canonicalize(dir).map_err(|cause| Error::io("resolve", dir, cause))?;
        locate::resolve(dir, shown.to_path_buf())
    }
}

fn rewrite_existing(
    target: &Target,
    lock_timeout: Duration,
    change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
) -> Result<Option<bool>> {
    let failed = |cause| Error::io("replace", &target.shown, cause);
    let mut old = match file::open(&target.real, Access::Read) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    file::lock_within(&old, &target.shown, lock_timeout)?;
    if !file::is_current(&old, &target.real).map_err(failed)? {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    old.read_to_end(&mut bytes).map_err(failed)?;
    let new = match change(Some(&bytes))? {
        Some(new) if new != bytes => new,
        _ => return Ok(Some(false)),
    };
    swap(target, old, &new)?;
    Ok(Some(true))
}

/// Puts a new file in the place of the locked old one. Both stay locked until the directory is
/// synced: whoever appends to the new one then may say that it is on disk.
fn swap(target: &Target, old: File, bytes: &[u8]) -> Result<()> {
    let failed = |cause| Error::io("replace", &target.shown, cause);
    let found = old.metadata().map_err(failed)?;
    if found.permissions().readonly() {
        let cause = io::Error::from(io::ErrorKind::PermissionDenied);
        return Err(failed(cause).with_hint("the file is read-only"));
    }
    let dir = parent(target);
    let new = file::temporary(dir, false).map_err(failed)?;
    file::lock(new.as_file(), &target.shown)?;
    new.as_file().write_all(bytes).map_err(failed)?;
    new.as_file()
        .set_permissions(found.permissions())
        .map_err(failed)?;
    keep_attributes(new.as_file(), &old);
    new.as_file().sync_all().map_err(failed)?;
    // Windows does not replace a file that is open.
    let old = (!cfg!(windows)).then_some(old);
    let new = new
        .persist(&target.real)
        .map_err(|error| failed(error.error))?;
    file::sync_dir(dir)?;
    drop((old, new));
    Ok(())
}

fn create(
    target: &Target,
    change: impl Fn(Option<&[u8]>) -> Result<Option<Vec<u8>>>,
) -> Result<Option<bool>> {
    match change(None)? {
        Some(bytes) => Ok(create_new(target, &bytes)?.then_some(true)),
        None => Ok(Some(false)),
    }
}

/// Makes a new file with the bytes, complete and synced before it has its name. Returns `false`
/// if there is a file now.
pub(super) fn create_new(target: &Target, bytes: &[u8]) -> Result<bool> {
    let failed = |cause| Error::io("create", &target.shown, cause);
    let dir = parent(target);
    layout::make_dirs(dir)?;
    let temporary = file::temporary(dir, true).map_err(failed)?;
    // Held until the directory is synced: whoever appends then may say that it is on disk.
    file::lock(temporary.as_file(), &target.shown)?;
    temporary.as_file().write_all(bytes).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    let file = match temporary.persist_noclobber(&target.real) {
        Ok(file) => file,
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(e) if lacks_links(&e.error) => return create_empty(target).map(|()| false),
        Err(e) => return Err(failed(e.error)),
    };
    file::sync_dir(dir)?;
    drop(file);
    Ok(true)
}

/// Some file systems can neither rename without replacing nor make hard links.
fn lacks_links(cause: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(cause.kind(), InvalidInput | PermissionDenied | Unsupported)
}

/// Makes an empty file, which then is filled like any that exists.
fn create_empty(target: &Target) -> Result<()> {
    let failed = |cause| Error::io("create", &target.shown, cause);
    match File::create_new(&target.real) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(failed(cause)),
        Ok(_) => file::sync_dir(parent(target)),
    }
}

fn parent(target: &Target) -> &Path {
    target.real.parent().unwrap_or(&target.real)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::test_support::{TestKb, path};

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
