//! From an entry's path to its file, never outside the KB, and never in a hidden part of it unless
//! the path names that: what no search looks into is neither read nor written through a link.

use super::Kb;
use super::open::is_absent;
use crate::error::{Error, Result};
use crate::model::EntryPath;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

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
        let relative = Path::new(path.as_str());
        match fs::canonicalize(self.root()) {
            Ok(home) => resolve_target(home, self.root(), relative),
            Err(e) if is_absent(&e) => {
                let shown = self.root().join(relative);
                Ok(FileTarget {
                    home: self.root().to_path_buf(),
                    real: shown.clone(),
                    shown,
                    exists: false,
                })
            }
            Err(cause) => Err(Error::io("resolve", self.root(), cause)),
        }
    }
}

/// Resolves the links in `relative`, a path below `base`, which is `home`, a directory without links.
/// They may lead neither out of it nor into a hidden part that the path does not name.
pub(super) fn resolve_target(home: PathBuf, base: &Path, relative: &Path) -> Result<FileTarget> {
    let shown = base.join(relative);
    let (real, exists) = match fs::canonicalize(&shown) {
        Ok(real) => (real, true),
        Err(e) if is_absent(&e) => (resolve_missing(&shown)?, false),
        // Such as one to itself.
        Err(e) if e.kind() != io::ErrorKind::PermissionDenied && shown.is_symlink() => {
            return Err(no_target(&shown));
        }
        Err(cause) => return Err(Error::io("resolve", &shown, cause)),
    };
    check_inside(&home, &shown, &real)?;
    check_visible(&home, base, relative, &real)?;
    if exists {
        check_regular(&shown, &real)?;
    }
    Ok(FileTarget {
        shown,
        home,
        real,
        exists,
    })
}

/// Returns the hidden parts of a path relative to the root: no search looks into them.
pub(super) fn hidden_parts(relative: &Path) -> impl Iterator<Item = &OsStr> {
    let hidden = |part| match part {
        Component::Normal(name) if name.as_encoded_bytes().starts_with(b".") => Some(name),
        _ => None,
    };
    relative.components().filter_map(hidden)
}

/// Resolves the part of a path that exists, and puts the rest behind it.
pub(super) fn resolve_missing(shown: &Path) -> Result<PathBuf> {
    let mut missing = Vec::new();
    for dir in shown.ancestors() {
        match resolve_existing(dir)? {
            Some(real) => {
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
            Ok(found) if found.is_symlink() => return Err(no_target(path)),
            Ok(_) => {}
        }
    }
    Err(Error::busy(format!(
        "{} keeps being made and removed",
        path.display()
    )))
}

fn no_target(link: &Path) -> Error {
    Error::failed(format!("{} is a link to nowhere", link.display()))
        .with_hint("remove the link, or make what it leads to")
}

fn check_inside(home: &Path, shown: &Path, real: &Path) -> Result<()> {
    if real.starts_with(home) {
        return Ok(());
    }
    let shown = shown.display();
    let message = format!("{shown} leads out of the knowledge base by a link");
    Err(Error::failed(message))
}

/// Refuses what links lead into a hidden part that the path does not name.
fn check_visible(home: &Path, base: &Path, relative: &Path, real: &Path) -> Result<()> {
    if names_hidden_parts_of(home, relative, real) {
        return Ok(());
    }
    let mut links = leading_paths(relative).filter_map(|part| {
        let link = base.join(part);
        let real = fs::canonicalize(&link).ok()?;
        let is_it = link.is_symlink() && !names_hidden_parts_of(home, part, &real);
        is_it.then_some((link, real))
    });
    let shown = base.join(relative);
    let (link, real) = links.next().unwrap_or((shown.clone(), real.to_path_buf()));
    let place = real.strip_prefix(home).unwrap_or(&real).display();
    let what = if link == shown {
        format!("{} is a link", shown.display())
    } else {
        format!("{}: {} is a link", shown.display(), link.display())
    };
    let message = format!("{what} to {place}, a hidden part, which is never searched");
    let hint = "name what is not hidden, or remove the link, or let it lead elsewhere";
    Err(Error::usage(message).with_hint(hint))
}

/// Returns whether a path that leads to `real` names all hidden parts below `home` that it leads
/// through. On some systems a name means the same file in any case.
fn names_hidden_parts_of(home: &Path, relative: &Path, real: &Path) -> bool {
    let mut named = hidden_parts(relative);
    let inside = real.strip_prefix(home).unwrap_or(real);
    hidden_parts(inside).all(|part| named.any(|name| name.eq_ignore_ascii_case(part)))
}

/// Returns the first part of a path, the first two, and so on to all of it.
fn leading_paths(path: &Path) -> impl Iterator<Item = &Path> {
    let mut paths: Vec<&Path> = path.ancestors().collect();
    paths.reverse();
    paths.into_iter()
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
    use crate::error::Kind;
    use crate::kb::tests::{TestKb, path};
    use std::fs;
    use std::path::Path;
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
            ("loop.md", "link to nowhere"),
        ] {
            let error = kb.locate(&path(name)).expect_err(name);
            assert!(error.message().contains(reason), "{error}");
        }
    }

    /// What no search looks into is neither read nor written, however many links lead there.
    #[cfg(unix)]
    #[test]
    fn links_lead_into_nothing_hidden() {
        use std::os::unix::fs::symlink;
        let kb = TestKb::new();
        let hidden = [".mx/config.yaml", ".git/config", "a/.priv/x.md"];
        for name in hidden {
            kb.write(name, "");
        }
        let at = |name: &str| kb.root().join(name);
        for (to, link) in [
            (".mx/config.yaml", "private.md"),
            (".git/config", "git.md"),
            (".git", "dir"),
            ("dir", "dir2"),
            ("dir2/config", "a/../long.md"),
            (".priv", "a/open"),
            (".", "a/.priv/same"),
        ] {
            symlink(to, at(link)).expect("link");
        }
        for (name, link, place) in [
            ("private.md", "private.md", ".mx/config.yaml"),
            ("git.md", "git.md", ".git/config"),
            ("dir/new.md", "dir", ".git"),
            ("dir/new/x.md", "dir", ".git"),
            ("dir2/new.md", "dir2", ".git"),
            ("long.md", "long.md", ".git/config"),
            ("a/open/x.md", "a/open", "a/.priv"),
            ("a/open/same/x.md", "a/open", "a/.priv"),
        ] {
            let error = kb.locate(&path(name)).expect_err(name);
            let said = format!("{} is a link to {place}, a hidden part", at(link).display());
            assert!(error.message().contains(&said), "{error}");
            assert_eq!(error.kind(), Kind::Usage, "as for a name that is hidden");
            let entry = path(name);
            assert!(kb.append(&entry, "new", "B\n").is_err(), "{name}");
            assert!(kb.read(&entry).is_err(), "{name}");
            let file = Path::new(name);
            assert!(kb.replace(file, b"new").is_err(), "{name}");
            assert!(kb.remove(file, b"").is_err(), "{name}");
            kb.write("from.md", "moved");
            assert!(kb.move_file(Path::new("from.md"), file).is_err(), "{name}");
            assert!(kb.move_file(file, Path::new("to.md")).is_err(), "{name}");
        }
        for name in hidden {
            assert_eq!(kb.text(name), "", "{name}");
        }
        assert!(!at(".git/new.md").exists() && !at(".git/new").exists());
    }

    /// This program names hidden files of its own, and of git.
    #[cfg(unix)]
    #[test]
    fn a_hidden_part_that_is_named_is_where_it_is_named() {
        use std::os::unix::fs::symlink;
        let kb = TestKb::new();
        kb.write("src/notes/a.md", "");
        kb.write("attributes", "");
        kb.write(".git/config", "");
        let at = |name: &str| kb.root().join(name);
        symlink("src/notes", at("work")).expect("link");
        kb.replace(Path::new("work/.session_log.md"), b"x")
            .expect("written");
        assert_eq!(kb.text("src/notes/.session_log.md"), "x");
        symlink("attributes", at(".gitattributes")).expect("link");
        kb.replace(Path::new(".gitattributes"), b"y")
            .expect("written");
        assert_eq!(kb.text("attributes"), "y");
        symlink("../.git/config", at("src/.gitattributes")).expect("link");
        let refused = kb.replace(Path::new("src/.gitattributes"), b"y");
        refused.expect_err("another hidden part");
        assert_eq!(kb.text(".git/config"), "");
    }

    #[cfg(unix)]
    #[test]
    fn the_root_may_lie_below_what_is_hidden() {
        let kb = TestKb::new();
        let root = kb.root().join(".memex/kb");
        kb.write(".memex/kb/a.md", "x");
        std::os::unix::fs::symlink("a.md", root.join("b.md")).expect("link");
        let kb = kb.reopened(&root);
        assert_eq!(kb.read(&path("b.md")).expect("inside"), b"x");
        kb.append(&path("b.md"), "new", "B\n").expect("inside");
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
