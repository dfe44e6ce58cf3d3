//! Which project the current directory belongs to.

use super::git;
use super::{CONTEXT_FILE, Context, Environment};

/// The name of what belongs to no project.
pub const UNKNOWN_PROJECT: &str = "Unknown";

/// Returns the name of the project: that of the context, else of the directory of the context
/// where there is no repository, or only above it; else of the repository in the git remote's URL, else of the root directory in git (of the first working tree, if there are
/// several), else of the current directory, else [`UNKNOWN_PROJECT`].
///
/// Reads a few small files of git and never runs it. The name is one line without control
/// characters, and no part of a URL but its last component gets into it.
pub fn detect_project(env: &Environment, context: Option<&Context>) -> String {
    let named = || context.and_then(|context| one_line(context.project.as_deref()?));
    let directory = |path: &std::path::Path| one_line(&path.file_name()?.to_string_lossy());
    let in_git = || {
        let repository = git::Repository::find(&env.cwd)?;
        repository
            .remote_name()
            .and_then(|name| one_line(&name))
            .or_else(|| directory(&repository.main_directory()))
    };
    // A context lower down than the root of the repository is that of a part of it.
    let own_directory = || {
        let dir = context?.path.parent()?;
        let is_own = context?.path.file_name()? == CONTEXT_FILE && env.cwd.starts_with(dir);
        let repository = git::Repository::find(&env.cwd);
        let is_part = repository.is_none_or(|found| found.is_above(dir));
        directory(dir).filter(|_| is_own && is_part)
    };
    named()
        .or_else(own_directory)
        .or_else(in_git)
        .or_else(|| directory(&env.cwd))
        .unwrap_or_else(|| UNKNOWN_PROJECT.to_owned())
}

/// Returns the text on one line, without control characters. `None` if nothing is left.
fn one_line(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::environment;
    use std::fs;
    use std::path::Path;

    const ORIGIN: &str = "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@h:o/named.git\n";

    fn repository(dir: &Path, config: &str) {
        fs::create_dir_all(dir.join(".git")).expect("mkdir");
        fs::write(dir.join(".git/HEAD"), "ref: refs/heads/main\n").expect("write");
        fs::write(dir.join(".git/config"), config).expect("write");
    }

    fn at(cwd: &Path) -> String {
        fs::create_dir_all(cwd).expect("mkdir");
        let mut env = environment(cwd);
        env.cwd = cwd.to_path_buf();
        detect_project(&env, None)
    }

    #[test]
    fn remote_then_root_then_directory() {
        let dir = tempfile::tempdir().expect("temporary directory");
        assert_eq!(at(&dir.path().join("plain dir/sub")), "sub");
        repository(&dir.path().join("local"), "[core]\n\tbare = false\n");
        assert_eq!(at(&dir.path().join("local/src/deep")), "local");
        repository(&dir.path().join("cloned"), ORIGIN);
        assert_eq!(at(&dir.path().join("cloned/src")), "named");
        // Nested: the innermost repository counts, and an empty `.git` is none.
        repository(&dir.path().join("cloned/vendor/inner"), "");
        assert_eq!(at(&dir.path().join("cloned/vendor/inner/x")), "inner");
        fs::create_dir_all(dir.path().join("cloned/odd/.git")).expect("mkdir");
        assert_eq!(at(&dir.path().join("cloned/odd")), "named");
    }

    #[test]
    fn worktrees_and_submodules_are_followed() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let main = dir.path().join("main");
        repository(&main, ORIGIN);
        let private = main.join(".git/worktrees/feature");
        fs::create_dir_all(&private).expect("mkdir");
        fs::write(private.join("HEAD"), "ref: refs/heads/feature\n").expect("write");
        fs::write(private.join("commondir"), "../..\n").expect("write");
        let worktree = dir.path().join("feature");
        fs::create_dir_all(&worktree).expect("mkdir");
        fs::write(
            worktree.join(".git"),
            format!("gitdir: {}\n", private.display()),
        )
        .expect("write");
        assert_eq!(at(&worktree.join("src")), "named");

        let module = main.join(".git/modules/sub");
        fs::create_dir_all(&module).expect("mkdir");
        fs::write(module.join("HEAD"), "ref: refs/heads/main\n").expect("write");
        fs::write(
            module.join("config"),
            "[remote \"up\"]\nurl = ../sub-repo.git\n",
        )
        .expect("write");
        fs::create_dir_all(main.join("sub")).expect("mkdir");
        fs::write(main.join("sub/.git"), "gitdir: ../.git/modules/sub\n").expect("write");
        assert_eq!(at(&main.join("sub")), "sub-repo");

        // Without a remote, all working trees go by the name of the first.
        fs::write(main.join(".git/config"), "[core]\n").expect("write");
        assert_eq!(at(&worktree.join("src")), "main");
        assert_eq!(at(&main), "main");
        fs::write(main.join(".git/config"), ORIGIN).expect("write");

        // A link that leads nowhere: the repository around it counts.
        fs::create_dir_all(main.join("gone")).expect("mkdir");
        fs::write(main.join("gone/.git"), "gitdir: ../nowhere\n").expect("write");
        assert_eq!(at(&main.join("gone")), "named");
    }

    #[test]
    fn working_trees_of_a_bare_repository_go_by_its_name() {
        let dir = tempfile::tempdir().expect("temporary directory");
        for (bare, name) in [("api.git", "api"), ("api/.bare", "api"), ("plain", "plain")] {
            let private = dir.path().join(bare).join("worktrees/w");
            fs::create_dir_all(&private).expect("mkdir");
            fs::write(private.join("HEAD"), "ref: refs/heads/w\n").expect("write");
            fs::write(private.join("commondir"), "../..\n").expect("write");
            let worktree = dir.path().join("work").join(name);
            fs::create_dir_all(&worktree).expect("mkdir");
            let link = format!("gitdir: {}\n", private.display());
            fs::write(worktree.join(".git"), link).expect("write");
            assert_eq!(at(&worktree), name, "{bare}");
        }
    }

    #[test]
    fn the_context_comes_first_and_a_root_is_unknown() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let mut env = environment(dir.path());
        let path = env.cwd.join(".kbcontext");
        fs::write(&path, "project: \"My\\n App\"\n").expect("write");
        let context = Context::load(&env, &path).expect("good context").context;
        assert_eq!(detect_project(&env, Some(&context)), "My App");
        if cfg!(unix) && !Path::new("/.git").exists() {
            env.cwd = "/".into();
            assert_eq!(detect_project(&env, None), UNKNOWN_PROJECT);
        }
    }
}
