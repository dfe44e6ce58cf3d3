//! From an entry's path to its file, never outside the KB.

use super::Kb;
use super::PRIVATE_DIR;
use super::open::is_absent;
use crate::error::{Error, Result};
use crate::model::EntryPath;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How often a path that others keep making and removing is looked at.
const ATTEMPTS: usize = 100;

/// Where an entry lies on disk.
#[derive(Debug)]
pub(super) struct FileTarget {
    /// The path by which the user knows it.
    pub(super) shown: PathBuf,
    /// The root of the KB, or what else the file may not leave, with all links resolved.
    pub(super) home: PathBuf,
    /// The same file with all links resolved.
    pub(super) real: PathBuf,
    /// Whether there is a file.
    pub(super) exists: bool,
}

impl Kb {
    /// Returns the absolute path of an entry's file, whether it exists or not.
    ///
    /// A user who can write into the KB can put a link on the way between this check and the use of
    /// the path; against them nothing inside the KB is safe anyhow.
    ///
    /// # Errors
    ///
    /// If a link on the way leads out of the KB or nowhere, or if there is something other than a
    /// regular file.
    pub fn locate(&self, path: &EntryPath) -> Result<PathBuf> {
        self.target(path).map(|target| target.shown)
    }

    /// Returns where an entry lies, links resolved; the same errors as [`Kb::locate`].
    pub(super) fn target(&self, path: &EntryPath) -> Result<FileTarget> {
        self.resolve_entry(path).map_err(|error| {
            // A request from elsewhere does not learn what a link leads to.
            if self.environment().is_served {
                Error::not_found(format!("no such entry: {path}"))
            } else {
                error
            }
        })
    }

    fn resolve_entry(&self, path: &EntryPath) -> Result<FileTarget> {
        let shown = self.root().join(path.as_str());
        let home = match fs::canonicalize(self.root()) {
            Ok(home) => home,
            Err(e) if is_absent(&e) => {
                let (home, real) = (self.root().to_path_buf(), shown.clone());
                return Ok(FileTarget {
                    shown,
                    home,
                    real,
                    exists: false,
                });
            }
            Err(cause) => return Err(Error::io("resolve", self.root(), cause)),
        };
        let target = resolve_target(home, shown)?;
        if target.real.starts_with(target.home.join(PRIVATE_DIR)) {
            let shown = target.shown.display();
            return Err(Error::failed(format!(
                "{shown} is a link into {PRIVATE_DIR}"
            )));
        }
        Ok(target)
    }
}

/// Resolves the links in `shown`, which may not lead out of `home`, a path without links.
pub(super) fn resolve_target(home: PathBuf, shown: PathBuf) -> Result<FileTarget> {
    let (real, exists) = match fs::canonicalize(&shown) {
        Ok(real) => {
            check_inside(&home, &shown, &real)?;
            check_regular(&shown, &real)?;
            (real, true)
        }
        Err(e) if is_absent(&e) => (resolve_missing(&home, &shown)?, false),
        Err(cause) => return Err(Error::io("resolve", &shown, cause)),
    };
    Ok(FileTarget {
        shown,
        home,
        real,
        exists,
    })
}

/// Resolves the part of a path that exists, and puts the rest behind it.
fn resolve_missing(home: &Path, shown: &Path) -> Result<PathBuf> {
    let mut missing = Vec::new();
    for dir in shown.ancestors() {
        match resolve_existing(dir)? {
            Some(real) => {
                check_inside(home, shown, &real)?;
                return Ok(missing
                    .iter()
                    .rev()
                    .fold(real, |path, name| path.join(name)));
            }
            None => missing.extend(dir.file_name()),
        }
    }
    Err(Error::io("resolve", shown, io::ErrorKind::NotFound.into()))
}

/// Resolves a path; `None` if there is nothing. What is there although it was not a moment ago was made
/// by another process meanwhile, unless it is a link.
fn resolve_existing(path: &Path) -> Result<Option<PathBuf>> {
    for _ in 0..ATTEMPTS {
        match fs::canonicalize(path) {
            Err(e) if is_absent(&e) => {}
            Err(e) => return Err(Error::io("resolve", path, e)),
            Ok(real) => return Ok(Some(real)),
        }
        match fs::symlink_metadata(path) {
            Err(_) => return Ok(None),
            Ok(found) if found.is_symlink() => {
                return Err(
                    Error::failed(format!("{} is a link to nowhere", path.display()))
                        .with_hint("remove the link, or make what it leads to"),
                );
            }
            Ok(_) => {}
        }
    }
    Err(Error::busy(format!(
        "{} keeps being made and removed",
        path.display()
    )))
}

fn check_inside(home: &Path, shown: &Path, real: &Path) -> Result<()> {
    if real.starts_with(home) {
        return Ok(());
    }
    let shown = shown.display();
    let message = format!("{shown} leads out of the knowledge base by a link");
    Err(Error::failed(message))
}

fn check_regular(shown: &Path, real: &Path) -> Result<()> {
    let found = fs::metadata(real).map_err(|cause| Error::io("look at", shown, cause))?;
    let kind = if found.is_file() {
        return Ok(());
    } else if found.is_dir() {
        "is a directory"
    } else {
        "is not a regular file"
    };
    Err(Error::failed(format!("{} {kind}", shown.display())))
}

#[cfg(test)]
mod tests {
    use crate::kb::tests::{TestKb, path};
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn what_is_there_and_what_is_not() {
        let kb = TestKb::new();
        kb.write("a/b.md", "x");
        assert_eq!(
            kb.locate(&path("a/b.md")).expect("a file"),
            kb.root().join("a/b.md")
        );
        let missing = kb.target(&path("a/new/c.md")).expect("may be made");
        assert!(!missing.exists);
        assert!(missing.real.ends_with("a/new/c.md"));
        fs::create_dir(kb.root().join("dir.md")).expect("mkdir");
        let error = kb.locate(&path("dir.md")).expect_err("a directory");
        assert!(
            error.message().ends_with("dir.md is a directory"),
            "{error}"
        );
        let kb = TestKb::missing();
        assert!(!kb.target(&path("a.md")).expect("may be made").exists);
    }

    /// Of many that make a directory at once, those who did not find it a moment ago do now.
    #[test]
    fn a_directory_that_somebody_else_makes_meanwhile_is_no_link() {
        let kb = TestKb::new();
        let dir = kb.root().join("a");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    fs::create_dir(&dir).expect("mkdir");
                    fs::remove_dir(&dir).expect("rmdir");
                }
            });
            let found = (0..20_000).try_for_each(|_| kb.locate(&path("a/b/c.md")).map(drop));
            done.store(true, Ordering::Relaxed);
            found.expect("it may be made");
        });
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_only() {
        use std::os::unix::fs::symlink;
        let kb = TestKb::new();
        kb.write("a/b.md", "x");
        let outside = tempfile::tempdir().expect("temporary directory");
        fs::write(outside.path().join("o.md"), "secret").expect("write");
        let at = |name: &str| kb.root().join(name);
        symlink("a/b.md", at("in.md")).expect("link");
        symlink("a", at("dir")).expect("link");
        symlink(outside.path().join("o.md"), at("out.md")).expect("link");
        symlink(outside.path(), at("outdir")).expect("link");
        symlink("nowhere.md", at("dangling.md")).expect("link");
        symlink("nowhere", at("danglingdir")).expect("link");
        symlink("loop.md", at("loop.md")).expect("link");
        fs::create_dir(at(".mx")).expect("mkdir");
        fs::write(at(".mx/config.yaml"), "").expect("write");
        symlink(".mx/config.yaml", at("private.md")).expect("link");

        let real = |name: &str| kb.target(&path(name)).expect("inside").real;
        assert_eq!(real("in.md"), real("a/b.md"));
        assert_eq!(real("dir/b.md"), real("a/b.md"));
        assert!(real("dir/new/c.md").ends_with("a/new/c.md"));
        for (name, reason) in [
            ("out.md", "leads out"),
            ("outdir/o.md", "leads out"),
            ("outdir/new/n.md", "leads out"),
            ("dangling.md", "link to nowhere"),
            ("danglingdir/a.md", "link to nowhere"),
            ("loop.md", "cannot resolve"),
            ("private.md", "link into .mx"),
        ] {
            let error = kb.locate(&path(name)).expect_err(name);
            assert!(error.message().contains(reason), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_root_itself_may_be_a_link() {
        let kb = TestKb::new();
        kb.write("a.md", "x");
        let dir = tempfile::tempdir().expect("temporary directory");
        let link = dir.path().join("kb");
        std::os::unix::fs::symlink(kb.root(), &link).expect("link");
        let kb = kb.reopened(&link);
        assert_eq!(kb.locate(&path("a.md")).expect("inside"), link.join("a.md"));
    }
}
