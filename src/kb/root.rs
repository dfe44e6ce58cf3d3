//! Which directory is the knowledge base.

use super::{Context, Environment};
use crate::error::{Error, Hint, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the directory below the root that belongs to this program.
pub(super) const PRIVATE_DIR: &str = ".mx";

/// Who said where the root is.
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
    /// Nobody: `~/.memex/kb`.
    Default,
}

impl RootSource {
    /// Returns the words in which the source is told: `--kb`, `MEMEX_KB_ROOT`, `.kbcontext
    /// (kb_root)`, `.mx`, or `default`.
    pub fn name(self) -> &'static str {
        match self {
            RootSource::Option => "--kb",
            RootSource::Variable => "MEMEX_KB_ROOT",
            RootSource::Context => ".kbcontext (kb_root)",
            RootSource::Ancestor => ".mx",
            RootSource::Default => "default",
        }
    }
}

/// Returns the root, absolute and as the user spelled it, and who said so. It need not exist.
pub(super) fn discover(
    env: &Environment,
    option: Option<&Path>,
    context: Option<&Context>,
) -> Result<(PathBuf, RootSource)> {
    let (root, source) = named(env, option, context)?
        .or_else(|| ancestor(&env.cwd).map(|root| (root, RootSource::Ancestor)))
        .or_else(|| {
            let home = env.home.as_ref()?;
            Some((home.join(".memex").join("kb"), RootSource::Default))
        })
        .ok_or_else(|| {
            Error::failed("no knowledge base: there is no home directory to look in").with_hint(
                Hint::from("name one with ")
                    .then(Hint::option("kb", "DIR"))
                    .then(" or MEMEX_KB_ROOT"),
            )
        })?;
    check(&root, source)?;
    Ok((root, source))
}

fn named(
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

fn ancestor(cwd: &Path) -> Option<PathBuf> {
    cwd.ancestors()
        .find(|dir| dir.join(PRIVATE_DIR).is_dir())
        .map(Path::to_path_buf)
}

fn check(root: &Path, source: RootSource) -> Result<()> {
    match fs::metadata(root) {
        Ok(found) if !found.is_dir() => Err(Error::usage(format!(
            "the knowledge base {} is not a directory",
            root.display()
        ))
        .with_hint(format!("it was chosen by: {}", source.name()))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;
    use crate::kb::test_support::environment;

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
        let found =
            |env: &Environment, option, context| discover(env, option, context).expect("a root");
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
            (env.cwd.join("../notes"), RootSource::Context)
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
    fn the_nearest_ancestor_wins_and_a_file_named_mx_is_none() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.cwd = dir.path().join("a/b/c");
        fs::create_dir_all(&env.cwd).expect("mkdir");
        fs::create_dir(dir.path().join(".mx")).expect("mkdir");
        fs::create_dir(dir.path().join("a/.mx")).expect("mkdir");
        fs::write(dir.path().join("a/b/.mx"), "").expect("write");
        let (root, _) = discover(&env, None, None).expect("a root");
        assert_eq!(root, dir.path().join("a"));
    }

    #[test]
    fn a_root_that_is_a_file_is_wrong_usage() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        let file = dir.path().join("file");
        fs::write(&file, "").expect("write");
        let error = discover(&env, Some(&file), None).expect_err("a file");
        assert_eq!(error.kind(), Kind::Usage);
        env.kb_root = Some(file);
        assert!(discover(&env, None, None).is_err());
        assert!(discover(&env, Some(Path::new("")), None).is_err());
    }

    #[test]
    fn without_a_home_somebody_must_name_the_root() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        env.home = None;
        let error = discover(&env, None, None).expect_err("no home");
        assert!(error.hints()[0].to_string().contains("kb DIR"));
    }
}
