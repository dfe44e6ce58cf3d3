//! Directories of all kinds.

use super::*;

#[test]
fn a_directory_within_a_repository() {
    let work = Work::new().at("dir");
    let since = work.begin();
    work.write("new", "1");
    work.write("../outside", "1");
    assert_eq!(work.files(&since), ["Created new"]);
    assert_eq!(work.uncommitted(&work.see(&since)), ["new"]);
    work.git(&["add", "-A", ".."]);
    work.git(&["commit", "-q", "-m", "both"]);
    work.write("../outside", "2");
    work.git(&["commit", "-q", "-a", "-m", "outside"]);
    work.rename("c", "sub/c");
    work.rename("../a", "a");
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["both"]);
    assert_eq!(
        work.told(&seen),
        ["Created a", "Created new", "Renamed sub/c <- c"]
    );
}

#[test]
fn a_directory_whose_name_looks_like_a_pattern() {
    let work = Work::new();
    work.write("[ab]/x", "1");
    work.commit("odd");
    let work = work.at("[ab]");
    let since = work.begin();
    work.write("x", "2");
    work.write("../a", "2");
    assert_eq!(work.files(&since), ["Modified x"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_directory_within_a_repository() {
    let work = Work::new();
    let link = work.path("../link");
    std::os::unix::fs::symlink(work.path("dir"), &link).expect("link");
    let work = work.at("../link");
    let since = work.begin();
    work.write("c", "2");
    work.rename("../b", "b");
    assert_eq!(work.files(&since), ["Created b", "Modified c"]);
}

#[test]
fn a_further_working_tree() {
    let work = Work::new();
    work.git(&["worktree", "add", "-q", "-b", "feature", "../feature"]);
    let main = work.begin();
    let work = work.at("../feature");
    let since = work.begin();
    work.write("x", "1");
    work.commit("on feature");
    work.write("y", "1");
    let seen = work.see(&since);
    assert_eq!(subjects(&seen), ["on feature"]);
    assert_eq!(seen.branch.as_deref(), Some("feature"));
    assert_eq!(work.files(&since), ["Created x", "Created y"]);
    let work = work.at("../work");
    assert_eq!(work.files(&main), NONE);
    assert_eq!(subjects(&work.see(&main)), NONE);
}

#[test]
fn a_submodule_is_one_file_and_a_nested_repository_none() {
    let work = Work::new();
    let library = Work::new();
    let url = library.dir.to_string_lossy().into_owned();
    work.git(&["submodule", "--quiet", "add", &url, "module"]);
    work.commit("with a submodule");
    let since = work.begin();
    assert_eq!(work.files(&since), NONE);
    work.write("module/new", "1");
    assert_eq!(work.files(&since), ["Modified module"]);
    // Changed before the start, and not since.
    let dirty = work.begin();
    assert_eq!(work.files(&dirty), NONE);
    let module = work.at("module");
    let inside = module.begin();
    module.commit("in the submodule");
    assert_eq!(subjects(&module.see(&inside)), ["in the submodule"]);
    assert_eq!(module.files(&inside), ["Created new"]);
    let work = module.at("..");
    let work = Work {
        dir: fs::canonicalize(&work.dir).expect("a directory"),
        ..work
    };
    assert_eq!(work.files(&dirty), ["Modified module"]);
    work.commit("module moved");
    assert_eq!(work.files(&since), ["Modified module"]);

    let since = work.begin();
    work.git(&["init", "-q", "nested"]);
    work.write("nested/x", "1");
    assert_eq!(work.files(&since), NONE);
}

#[test]
fn a_repository_made_since() {
    let work = Work::plain();
    work.write("before", "1");
    work.age("before", 100);
    let since = work.begin();
    work.git(&["init", "-q", "-b", "main"]);
    work.write("new", "1");
    let created = if has_birth_times(&work) {
        "Created new"
    } else {
        "Modified new"
    };
    assert_eq!(work.files(&since), [created]);
    work.commit("first");
    assert_eq!(work.files(&since), [created]);
    assert_eq!(subjects(&work.see(&since)), ["first"]);
}

fn has_birth_times(work: &Work) -> bool {
    fs::metadata(&work.dir).is_ok_and(|data| data.created().is_ok())
}

#[test]
fn a_shallow_clone() {
    let origin = Work::new();
    origin.write("x", "1");
    origin.commit("second");
    let url = format!("file://{}", origin.dir.display());
    origin.git(&["clone", "-q", "--depth=1", &url, "../clone"]);
    let work = origin.at("../clone");
    let since = work.begin();
    work.write("y", "1");
    work.commit("ours");
    assert_eq!(subjects(&work.see(&since)), ["ours"]);
    assert_eq!(work.files(&since), ["Created y"]);
}

#[test]
fn a_bare_repository() {
    let work = Work::new();
    work.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let work = work.at("../bare.git");
    let since = work.begin();
    let seen = work.see(&since);
    assert_eq!(work.told(&seen), NONE);
    assert!(seen.notes[0].contains("bare"), "{:?}", seen.notes);
}

#[test]
fn a_directory_that_is_gone() {
    let work = Work::plain();
    let since = work.begin();
    fs::remove_dir(&work.dir).expect("remove");
    let seen = work.see(&since);
    assert!(seen.files.is_empty());
    assert!(
        seen.notes[0].contains("not a directory"),
        "{:?}",
        seen.notes
    );
    let again = work.begin();
    assert!(work.see(&again).files.is_empty());
}

#[test]
fn without_git_the_times_of_files_count() {
    let work = Work::plain();
    for name in ["old", "changed", "sub/old"] {
        work.write(name, "1");
        work.age(name, 100);
    }
    let since = work.begin();
    for name in [
        "changed",
        "sub/new",
        "target/x",
        "node_modules/x/y",
        ".hidden/x",
        ".dot",
        ".session_log.md",
        "kb/session_logs/x.md",
    ] {
        work.write(name, "2");
    }
    fs::create_dir_all(work.path("nested/.git")).expect("mkdir");
    work.write("nested/x", "1");
    let seen = work.see(&since);
    assert_eq!(seen.evidence, Evidence::FileTimes);
    assert_eq!(seen.notes, [""; 0]);
    let created = if has_birth_times(&work) {
        "Created"
    } else {
        "Modified"
    };
    let told = ["Modified changed".to_owned(), format!("{created} sub/new")];
    assert_eq!(work.told(&seen), told);
    assert!(
        seen.files
            .iter()
            .all(|file| file.file_time && file.time.is_some())
    );
    // The directory itself may be hidden, or have a name that is left out.
    work.write("target/y", "1");
    let work = work.at("target");
    assert_eq!(work.told(&work.see(&since)).len(), 2);
}

#[cfg(unix)]
#[test]
fn without_git_links_are_not_followed() {
    let work = Work::plain();
    work.write("../outside/x", "1");
    let since = work.begin();
    std::os::unix::fs::symlink("../outside", work.path("link")).expect("link");
    std::os::unix::fs::symlink(".", work.path("circle")).expect("link");
    work.write("../outside/y", "1");
    assert_eq!(work.told(&work.see(&since)), NONE);
}

#[test]
fn a_directory_that_git_ignores() {
    let work = Work::new();
    work.write(".gitignore", "/scratch/\n");
    work.write("scratch/x", "1");
    work.age("scratch/x", 100);
    work.commit("ignoring");
    let work = work.at("scratch");
    let since = work.begin();
    work.write("x", "2");
    let seen = work.see(&since);
    assert_eq!(seen.evidence, Evidence::FileTimes);
    assert_eq!(work.told(&seen), ["Modified x"]);
    assert!(seen.notes[0].contains("ignores"), "{:?}", seen.notes);
}

#[test]
fn a_repository_made_closer_to_the_directory() {
    let work = Work::new();
    work.write("inner/before", "1");
    work.age("inner/before", 100);
    let work = work.at("inner");
    let since = work.begin();
    work.git(&["init", "-q", "-b", "main"]);
    work.commit("everything");
    work.write("new", "1");
    let created = if has_birth_times(&work) {
        "Created new"
    } else {
        "Modified new"
    };
    assert_eq!(work.files(&since), [created]);
    assert_eq!(subjects(&work.see(&since)), ["everything"]);
}
