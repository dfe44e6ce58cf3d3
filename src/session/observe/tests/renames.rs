//! Renamed files, however git comes to know.

use super::*;

#[test]
fn staged_committed_and_chained() {
    let work = Work::new();
    let since = work.begin();
    work.git(&["mv", "a", "a2"]);
    assert_eq!(work.files(&since), ["Renamed a2 <- a"]);
    work.commit("second");
    assert_eq!(work.files(&since), ["Renamed a2 <- a"]);
    work.git(&["mv", "a2", "a3"]);
    work.commit("third");
    assert_eq!(work.files(&since), ["Renamed a3 <- a"]);
    work.rename("a3", "dir/a4");
    assert_eq!(work.files(&since), ["Renamed dir/a4 <- a"]);
    work.write("dir/a4", "content of a\nand more\n");
    work.git(&["add", "-A"]);
    assert_eq!(work.files(&since), ["Renamed dir/a4 <- a"]);
    work.git(&["mv", "dir/a4", "a"]);
    assert_eq!(work.files(&since), ["Modified a"]);
}

#[test]
fn unstaged() {
    let work = Work::new();
    let since = work.begin();
    work.rename("a", "new dir/a");
    work.rename(
        "b",
        "b \"2\""
            .replace('"', if cfg!(windows) { "'" } else { "\"" })
            .as_str(),
    );
    work.write("other", "something else\n");
    let told = work.files(&since);
    let expected = [
        "Renamed b 2 <- b",
        "Renamed new dir/a <- a",
        "Created other",
    ];
    let told: Vec<String> = told
        .iter()
        .map(|line| line.replace(['"', '\''], ""))
        .collect();
    assert_eq!(told, expected);
}

#[test]
fn renamed_and_changed() {
    let work = Work::new();
    let text: String = (0..50).map(|line| format!("line {line}\n")).collect();
    work.write("long", &text);
    work.commit("long");
    let since = work.begin();
    work.git(&["mv", "long", "longer"]);
    work.write("longer", &(text.clone() + "more\n"));
    work.git(&["add", "-A"]);
    assert_eq!(work.files(&since), ["Renamed longer <- long"]);
    work.write("longer", &(text + "even more\n"));
    assert_eq!(work.files(&since), ["Renamed longer <- long"]);
    work.commit("second");
    assert_eq!(work.files(&since), ["Renamed longer <- long"]);
}

#[test]
fn deleted_in_one_commit_and_made_in_another() {
    let work = Work::new();
    let since = work.begin();
    work.rename("a", "../a");
    work.commit("away");
    assert_eq!(work.files(&since), ["Deleted a"]);
    work.rename("../a", "back");
    assert_eq!(work.files(&since), ["Renamed back <- a"]);
    work.commit("back");
    assert_eq!(work.files(&since), ["Renamed back <- a"]);
}

#[test]
fn files_that_were_changed_before_the_start() {
    let work = Work::new();
    work.write("untracked", "not known to git\n");
    work.write("a", "changed before\n");
    let since = work.begin();
    work.rename("untracked", "dir/untracked");
    work.git(&["mv", "a", "a2"]);
    let expected = ["Renamed a2 <- a", "Renamed dir/untracked <- untracked"];
    assert_eq!(work.files(&since), expected);
}

#[test]
fn a_file_that_was_made_since_is_created_under_its_last_name() {
    let work = Work::new();
    let since = work.begin();
    work.write("new", "1\n");
    work.commit("second");
    work.git(&["mv", "new", "newer"]);
    work.commit("third");
    assert_eq!(work.files(&since), ["Created newer"]);
}

#[test]
fn empty_files_are_not_mistaken_for_each_other() {
    let work = Work::new();
    work.write("x/__init__.py", "");
    work.commit("empty");
    let since = work.begin();
    work.remove("x/__init__.py");
    work.write("flag", "");
    assert_eq!(
        work.files(&since),
        ["Created flag", "Deleted x/__init__.py"]
    );
}

#[cfg(unix)]
#[test]
fn a_link_is_not_what_it_leads_to() {
    let work = Work::new();
    let since = work.begin();
    work.remove("a");
    work.write("../outside", "content of a\n");
    std::os::unix::fs::symlink("../outside", work.path("link")).expect("link");
    assert_eq!(work.files(&since), ["Deleted a", "Created link"]);
}
