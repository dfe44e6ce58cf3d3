//! How a record names files: relative to the directories of the session.

use crate::kb::Environment;
use std::path::{Component, Path, PathBuf};

/// Returns the name of a file in a record.
///
/// Relative to the first directory; in another directory of the session below that directory's
/// name; else absolute, the home directory as `~`. Separated by `/`.
pub(crate) fn shown_path(env: &Environment, directories: &[PathBuf], path: &Path) -> String {
    let path = plain_path(path);
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

/// Returns the name under which the files of a directory are shown: as much of its end as tells it
/// from the other directories.
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
    }
}
