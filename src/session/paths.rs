//! How a record names files: relative to the directories of the session.

use crate::kb::Environment;
use std::fs;
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;

/// Returns the name of a file in a record.
///
/// Relative to the first directory; in another directory of the session below that directory's
/// name; else absolute, the home directory as `~`. Separated by `/`, and in composed characters: one
/// file has one name, also where a link leads to it.
pub(crate) fn shown_path(env: &Environment, directories: &[PathBuf], path: &Path) -> String {
    let path = compose_characters(plain_path(path));
    let is_below = directories.iter().any(|dir| path.starts_with(dir));
    let linked = if is_below {
        None
    } else {
        find_linked(directories, &path)
    };
    let path = linked.unwrap_or(path);
    let below = |dir: &Path| {
        let rest = path.strip_prefix(dir).ok()?;
        (!rest.as_os_str().is_empty()).then(|| slash_path(rest))
    };
    let Some((first, others)) = directories.split_first() else {
        return env.shown(&path);
    };
    if let Some(rest) = below(first) {
        return rest;
    }
    let nearest = others
        .iter()
        .filter_map(|dir| Some((dir, below(dir)?)))
        .min_by_key(|(_, rest)| rest.len());
    match nearest {
        Some((dir, rest)) => format!("{}/{rest}", directory_name(dir, directories)),
        None => env.shown(&path),
    }
}

/// Returns the path below one of the directories by which a file is reached too, where links lead
/// into or out of them.
fn find_linked(directories: &[PathBuf], path: &Path) -> Option<PathBuf> {
    let mut above = path.ancestors().skip(1);
    let (parent, real) = above.find_map(|dir| Some((dir, fs::canonicalize(dir).ok()?)))?;
    let rest = path.strip_prefix(parent).ok()?;
    let real = real.join(rest);
    directories.iter().find_map(|dir| {
        let below = real.strip_prefix(fs::canonicalize(dir).ok()?).ok()?;
        Some(dir.join(below))
    })
}

/// Returns whether two directories are one, whatever links lead there, or the first lies in the
/// other.
pub(crate) fn is_within(path: &Path, directory: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    path.starts_with(directory)
        || real(path)
            .zip(real(directory))
            .is_some_and(|(path, directory)| path.starts_with(directory))
}

/// Returns a path with each character in its composed form, in which most systems and people write
/// them: some programs take them apart.
fn compose_characters(path: PathBuf) -> PathBuf {
    match path.to_str() {
        Some(text) if !text.is_ascii() => text.nfc().collect::<String>().into(),
        _ => path,
    }
}

/// Returns the file that a record names so, absolute: the reverse of [`shown_path`].
pub(crate) fn named_file(env: &Environment, directories: &[PathBuf], name: &str) -> PathBuf {
    let path = Path::new(name);
    let Some((first, others)) = directories.split_first() else {
        return env.absolute(path);
    };
    if name.starts_with('~') || path.is_absolute() {
        return env.absolute(path);
    }
    let below_first = first.join(path);
    let mut elsewhere = others.iter().filter_map(|dir| {
        let shown = directory_name(dir, directories);
        let rest = name.strip_prefix(&shown)?.strip_prefix('/')?;
        Some(dir.join(rest))
    });
    match elsewhere.next() {
        Some(other) if !below_first.exists() => other,
        _ => below_first,
    }
}

/// Returns the name under which the files of a directory are shown: as much of its end as
/// distinguishes it from the other directories.
fn directory_name(dir: &Path, directories: &[PathBuf]) -> String {
    let parts: Vec<String> = dir
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let end = |length: usize| parts[parts.len().saturating_sub(length)..].join("/");
    let others = || directories.iter().filter(|other| *other != dir);
    let shared = |name: &str| others().any(|other| other.ends_with(name));
    (1..=parts.len())
        .map(end)
        .find(|name| !shared(name))
        .unwrap_or_else(|| slash_path(dir))
}

/// Returns an absolute path without `.` and `..`, whether or not it exists.
pub(crate) fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn slash_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;

    #[cfg(unix)]
    #[test]
    fn files_are_named_from_the_directories_of_the_session() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.home = Some(PathBuf::from("/h"));
        let dirs: Vec<PathBuf> = ["/h/api", "/h/web", "/x/web"].map(PathBuf::from).into();
        for (path, name) in [
            ("/h/api/src/a.rs", "src/a.rs"),
            ("/h/api/src/../b.rs", "b.rs"),
            ("/h/web/c.ts", "h/web/c.ts"),
            ("/x/web/./c.ts", "x/web/c.ts"),
            ("/h/other", "~/other"),
            ("/etc/hosts", "/etc/hosts"),
            ("/h/apix/a", "~/apix/a"),
        ] {
            assert_eq!(shown_path(&env, &dirs, Path::new(path)), name);
        }
        let dirs = &dirs[..2];
        assert_eq!(shown_path(&env, dirs, Path::new("/h/web/c.ts")), "web/c.ts");
        for (name, path) in [
            ("src/a.rs", "/h/api/src/a.rs"),
            ("web/c.ts", "/h/web/c.ts"),
            ("~/x", "/h/x"),
            ("/etc/hosts", "/etc/hosts"),
        ] {
            assert_eq!(named_file(&env, dirs, name), Path::new(path));
        }
    }

    #[test]
    fn one_file_has_one_name_in_whatever_form() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::create_dir_all(real.join("src")).expect("a directory");
        let decomposed = real.join("Gro\u{308}\u{df}e.py");
        let shown = shown_path(&env, std::slice::from_ref(&real), &decomposed);
        assert_eq!(shown, "Gr\u{f6}\u{df}e.py");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&real, &link).expect("a link");
            let shown = |dir: &Path, path: &Path| shown_path(&env, &[dir.to_owned()], path);
            assert_eq!(shown(&link, &real.join("src/a.py")), "src/a.py");
            assert_eq!(shown(&real, &link.join("new/a.py")), "new/a.py");
            assert!(is_within(&real.join("src"), &link) && !is_within(&link, &real.join("src")));
        }
        assert!(!is_within(&link, &real.join("src")));
    }
}
