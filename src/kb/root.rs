//! Which directory is the knowledge base.

use super::locate;
use super::ownership::{belongs_to_user, is_shared_with_user};
use super::trust::TrustList;
use super::{Context, Environment, PRIVATE_DIR};
use crate::error::{Error, Hint, HintSpelling, Result};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the choice of the root comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootSource {
    /// The option `--kb`.
    Option,
    /// The variable `MEMEX_KB_ROOT`.
    Variable,
    /// `kb_root` of the `.kbcontext`.
    Context,
    /// The nearest directory above the current one that holds `.mx/`.
    Ancestor,
    /// No choice: `~/.memex/kb`.
    Default,
}

impl RootSource {
    /// Returns the words for the source: `--kb` or how the front door spells it,
    /// `MEMEX_KB_ROOT`, `.kbcontext (kb_root)`, `.mx`, or `default`.
    pub fn name(self, spelling: HintSpelling) -> String {
        let name = match self {
            RootSource::Option => return spelling.spell(Hint::flag("kb")),
            RootSource::Variable => "MEMEX_KB_ROOT",
            RootSource::Context => ".kbcontext (kb_root)",
            RootSource::Ancestor => ".mx",
            RootSource::Default => "default",
        };
        name.to_owned()
    }
}

/// A root, and why it is the one.
pub(super) struct FoundRoot {
    /// Absolute and as the user spelled it. It need not exist.
    pub(super) root: PathBuf,
    pub(super) source: RootSource,
    /// What was passed over on the way.
    pub(super) warnings: Vec<String>,
    /// The nearest root that was passed over.
    pub(super) ignored: Option<PathBuf>,
}

/// Finds the root.
pub(super) fn discover_root(
    env: &Environment,
    option: Option<&Path>,
    context: Option<&Context>,
) -> Result<FoundRoot> {
    let mut ignored = Vec::new();
    let (root, source) = named_root(env, option, context)?
        .or_else(|| Some((find_ancestor(env, &mut ignored)?, RootSource::Ancestor)))
        .map_or_else(|| default_root(env), Ok)?;
    check_root(env, &root, source)?;
    if let Some(context) = context.filter(|_| source == RootSource::Context) {
        check_not_in_git(context, &root)?;
    }
    Ok(FoundRoot {
        root,
        source,
        warnings: ignored
            .iter()
            .map(|root| warn_of_ignored(env, root))
            .collect(),
        ignored: ignored.into_iter().next(),
    })
}

/// Returns the root of the user's own KB.
pub(super) fn default_root(env: &Environment) -> Result<(PathBuf, RootSource)> {
    let root = env.default_root().ok_or_else(|| {
        Error::failed("no knowledge base: there is no home directory to look in").with_hint(
            Hint::from("name one with ")
                .then(Hint::option("kb", "DIR"))
                .then(" or MEMEX_KB_ROOT"),
        )
    })?;
    Ok((root, RootSource::Default))
}

fn named_root(
    env: &Environment,
    option: Option<&Path>,
    context: Option<&Context>,
) -> Result<Option<(PathBuf, RootSource)>> {
    if option.is_some_and(|dir| dir.as_os_str().is_empty()) {
        return Err(Error::usage(
            "the root of the knowledge base is an empty name",
        ));
    }
    let from = |dir: &Path, source| Some((env.absolute(dir), source));
    let in_context = || context.and_then(|context| context.kb_root.as_deref());
    Ok(option
        .and_then(|dir| from(dir, RootSource::Option))
        .or_else(|| from(env.kb_root.as_deref()?, RootSource::Variable))
        .or_else(|| from(in_context()?, RootSource::Context)))
}

/// Returns the nearest directory from the current one upwards that holds `.mx/`. One that belongs
/// to neither the user nor root is passed over with a warning, unless the user agreed to it.
fn find_ancestor(env: &Environment, ignored: &mut Vec<PathBuf>) -> Option<PathBuf> {
    for directory in env.cwd.ancestors() {
        let private = directory.join(PRIVATE_DIR);
        let Ok(found) = fs::symlink_metadata(&private) else {
            continue;
        };
        if !private.is_dir() {
            continue;
        }
        if belongs_to_user(&found) || TrustList::load(env).contains(directory) {
            return Some(directory.to_path_buf());
        }
        ignored.push(directory.to_path_buf());
    }
    None
}

/// Warns of a KB above that is not used, and says what to do if it is shared.
fn warn_of_ignored(env: &Environment, root: &Path) -> String {
    let private = root.join(PRIVATE_DIR);
    let shown = private.display();
    let warning = format!("{shown} is ignored: it belongs to another user");
    if !fs::metadata(&private).is_ok_and(|found| is_shared_with_user(&found)) {
        return warning;
    }
    let hint = Hint::from(format!("{warning}; if you share it: "));
    env.spelling
        .spell(hint.then(Hint::command("context trust")))
}

/// Returns whether what is captured without asking may go to the KB at `root`: the user named it
/// for this command, it is the user's own, or it is in the list.
pub(super) fn is_trusted(env: &Environment, root: &Path, source: RootSource) -> bool {
    match source {
        RootSource::Option | RootSource::Variable | RootSource::Default => true,
        // The user named the file that names the root.
        RootSource::Context if env.context.is_some() => true,
        RootSource::Context | RootSource::Ancestor => {
            env.default_root().is_some_and(|own| own == root) || TrustList::load(env).contains(root)
        }
    }
}

fn check_root(env: &Environment, root: &Path, source: RootSource) -> Result<()> {
    match fs::metadata(root) {
        Ok(found) if !found.is_dir() => Err(Error::usage(format!(
            "the knowledge base {} is not a directory",
            root.display()
        ))
        .with_hint(format!("it was chosen by: {}", source.name(env.spelling)))),
        Err(_) if root.is_symlink() => Err(Error::failed(format!(
            "the knowledge base {} is a link to nowhere",
            root.display()
        ))
        .with_hint("make what the link leads to available, or choose another")),
        _ => Ok(()),
    }
}

/// Refuses a root among what git keeps for itself: a context may have come with the repository.
fn check_not_in_git(context: &Context, root: &Path) -> Result<()> {
    let Ok(real) = locate::resolve_missing(root) else {
        return Ok(());
    };
    let above = context
        .path
        .parent()
        .and_then(|dir| fs::canonicalize(dir).ok());
    let count = |path: &Path| {
        let is_git = |part: &&OsStr| part.eq_ignore_ascii_case(".git");
        path.iter().filter(is_git).count()
    };
    if count(&real) <= above.map_or(0, |above| count(&above)) {
        return Ok(());
    }
    let (file, real) = (context.path.display(), real.display());
    let message = format!("{file}: kb_root leads to {real}, which is git's own");
    Err(Error::usage(message).with_hint("name a directory there that git does not use"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::kb::tests::environment;

    fn context(env: &Environment, text: &str) -> Context {
        let path = env.cwd.join(".kbcontext");
        fs::write(&path, text).expect("write");
        Context::load(env, &path).expect("good context").context
    }

    #[test]
    fn the_first_in_order_wins() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        let home = env.home.clone().expect("a home");
        let found = |env: &Environment, option, context| {
            let found = discover_root(env, option, context).expect("a root");
            (found.root, found.source)
        };
        assert_eq!(
            found(&env, None, None),
            (home.join(".memex/kb"), RootSource::Default)
        );

        fs::create_dir_all(dir.path().join(".mx")).expect("mkdir");
        assert_eq!(
            found(&env, None, None),
            (dir.path().to_path_buf(), RootSource::Ancestor)
        );

        let context = context(&env, "kb_root: ../notes\n");
        let (root, source) = found(&env, None, Some(&context));
        assert_eq!(
            (root, source),
            (dir.path().join("notes"), RootSource::Context)
        );

        env.kb_root = Some(dir.path().join("var"));
        let (root, source) = found(&env, None, Some(&context));
        assert_eq!(
            (root, source),
            (dir.path().join("var"), RootSource::Variable)
        );

        let (root, source) = found(&env, Some(Path::new("opt")), Some(&context));
        assert_eq!((root, source), (env.cwd.join("opt"), RootSource::Option));
    }

    #[test]
    fn a_context_names_no_root_among_what_git_keeps_for_itself() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let env = environment(dir.path());
        fs::create_dir_all(env.cwd.join(".git/refs")).expect("mkdir");
        fs::create_dir_all(env.cwd.join(".notes")).expect("mkdir");
        let found = |text: &str| {
            let context = context(&env, text);
            discover_root(&env, None, Some(&context)).map(|found| found.root)
        };
        for good in [".notes", ".notes/new", "new/kb", "."] {
            assert!(found(&format!("kb_root: {good}\n")).is_ok(), "{good}");
        }
        #[cfg(unix)]
        for (to, link) in [(".git", "linked"), (".notes", "visible")] {
            std::os::unix::fs::symlink(to, env.cwd.join(link)).expect("link");
        }
        let linked: &[&str] = if cfg!(unix) {
            &["linked", "linked/new/kb"]
        } else {
            &[]
        };
        for bad in [".git", ".git/refs", ".git/new/kb"].iter().chain(linked) {
            let error = found(&format!("kb_root: {bad}\n")).expect_err(bad);
            assert!(error.message().contains("git's own"), "{error}");
            assert_eq!(error.kind(), Kind::Usage);
        }
        let named = discover_root(&env, Some(Path::new(".git")), None);
        assert!(named.is_ok(), "the user named it");
        if cfg!(unix) {
            assert!(found("kb_root: visible\n").is_ok());
        }
    }

    #[test]
    fn the_nearest_ancestor_wins_and_a_file_named_mx_is_none() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.cwd = dir.path().join("a/b/c");
        fs::create_dir_all(&env.cwd).expect("mkdir");
        fs::create_dir(dir.path().join(".mx")).expect("mkdir");
        fs::create_dir(dir.path().join("a/.mx")).expect("mkdir");
        fs::write(dir.path().join("a/b/.mx"), "").expect("write");
        let found = discover_root(&env, None, None).expect("a root");
        assert_eq!(found.root, dir.path().join("a"));
    }

    #[test]
    fn a_root_that_is_a_file_is_wrong_usage() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        let file = dir.path().join("file");
        fs::write(&file, "").expect("write");
        let error = discover_root(&env, Some(&file), None)
            .map(drop)
            .expect_err("a file");
        assert_eq!(error.kind(), Kind::Usage);
        env.kb_root = Some(file);
        assert!(discover_root(&env, None, None).is_err());
        assert!(discover_root(&env, Some(Path::new("")), None).is_err());
    }

    #[test]
    fn without_a_home_somebody_must_name_the_root() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.home = None;
        let error = discover_root(&env, None, None)
            .map(drop)
            .expect_err("no home");
        assert!(error.hints()[0].to_string().contains("kb DIR"));
    }
}
