//! Every answer holds every write that was reported done before it was asked for.

use crate::client::Served;
use crate::client::common::World;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

fn finds(served: &Served, word: &str) -> bool {
    let query = word.replace(' ', "+");
    let answer = served.get(&format!("/api/v1/search?query={query}&limit=50"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    answer["total"] != 0
}

#[test]
fn readers_never_miss_a_note_that_was_acknowledged() {
    const WRITERS: usize = 8;
    const NOTES: usize = 6;
    let served = Served::new(World::with(&[("a.md", "# A\n")]));
    finds(&served, "nothing");
    let missed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (served, missed) = (&served, &missed);
            scope.spawn(move || {
                for note in 0..NOTES {
                    let word = format!("word{writer}x{note}");
                    // Some share an entry, some make directories.
                    let entry = match note % 3 {
                        0 => "shared.md".to_owned(),
                        1 => format!("w{writer}/own.md"),
                        _ => format!("w{writer}/{note}/deep/new.md"),
                    };
                    let said = served.world.mx(&["note", "-m", &word, "-e", &entry]);
                    assert!(said.contains("exit 0"), "{said}");
                    if !finds(served, &word) {
                        missed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(missed.into_inner(), 0);
}

#[test]
fn whatever_is_done_to_files_is_seen() {
    let served = Served::new(World::with(&[
        ("a/one.md", "# One\n\naardvark\n"),
        ("b.md", "# B\n\nbuffalo\n"),
    ]));
    let kb = served.world.kb();
    // Twice, so that the second answer is from what was kept.
    assert!(
        finds(&served, "aardvark") && finds(&served, "aardvark") && !finds(&served, "crocodile")
    );
    fs::write(kb.join("a/one.md"), "# One\n\ncrocodile\n").expect("written");
    assert!(finds(&served, "crocodile") && !finds(&served, "aardvark"));
    // Of the same length, at once.
    fs::write(kb.join("a/one.md"), "# One\n\ndromedary\n").expect("written");
    assert!(finds(&served, "dromedary") && !finds(&served, "crocodile"));
    fs::rename(kb.join("a"), kb.join("moved")).expect("moved");
    assert!(finds(&served, "path:moved/*"));
    fs::write(kb.join("moved/one.md"), "# One\n\nelephant\n").expect("written");
    assert!(finds(&served, "elephant") && !finds(&served, "dromedary"));
    fs::create_dir_all(kb.join("x/y/z")).expect("made");
    fs::write(kb.join("x/y/z/deep.md"), "# Deep\n\nflamingo\n").expect("written");
    assert!(finds(&served, "flamingo"));
    fs::write(kb.join("x/y/z/deep.md"), "# Deep\n\ngorillas\n").expect("written");
    assert!(finds(&served, "gorillas") && !finds(&served, "flamingo"));
    fs::remove_dir_all(kb.join("x")).expect("removed");
    assert!(!finds(&served, "gorillas"));
    fs::create_dir_all(kb.join("x/y")).expect("made again");
    fs::write(kb.join("x/y/new.md"), "# New\n\nhedgehog\n").expect("written");
    assert!(finds(&served, "hedgehog"));
    fs::write(served.world.root().join("far.md"), "# Far\n\njellyfish\n").expect("written");
    fs::rename(served.world.root().join("far.md"), kb.join("near.md")).expect("moved in");
    assert!(finds(&served, "jellyfish"));
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_seen_to_change() {
    use std::os::unix::fs::symlink;
    let served = Served::new(World::with(&[("real/one.md", "# One\n\naardvark\n")]));
    let kb = served.world.kb();
    symlink("real/one.md", kb.join("link.md")).expect("a link");
    symlink("later/two.md", kb.join("real/later.md")).expect("a link to nowhere");
    fs::create_dir_all(kb.join("other")).expect("made");
    symlink("../real/later", kb.join("other/later")).expect("a link to nowhere");
    assert!(finds(&served, "path:link.md") && finds(&served, "aardvark"));
    fs::write(kb.join("real/one.md"), "# One\n\nbuffalo\n").expect("written");
    assert!(finds(&served, "path:link.md buffalo"));
    fs::create_dir_all(kb.join("real/later")).expect("made");
    fs::write(kb.join("real/later/two.md"), "# Two\n\ncrocodile\n").expect("written");
    assert!(finds(&served, "path:real/later.md"));
    assert!(finds(&served, "path:other/later/two.md"));
    let (there, aside) = (kb.join("real/later"), kb.join("real/.later"));
    fs::rename(&there, &aside).expect("moved away");
    assert!(!finds(&served, "crocodile"));
    fs::rename(&aside, &there).expect("moved back");
    assert!(finds(&served, "path:real/later.md") && finds(&served, "path:other/later/two.md"));
}

#[test]
fn what_is_written_by_another_name_of_a_file_is_seen() {
    let served = Served::new(World::with(&[("b/mine.md", "# Mine\n\naardvark\n")]));
    let (kb, outside) = (served.world.kb(), served.world.root().join("outside.txt"));
    fs::write(&outside, "# One\n\nbuffalo\n").expect("written");
    fs::create_dir_all(kb.join("a")).expect("made");
    fs::hard_link(&outside, kb.join("a/linked.md")).expect("linked");
    assert!(finds(&served, "buffalo"));
    for (word, before) in [("crocodile", "buffalo"), ("dromedary", "crocodile")] {
        fs::write(&outside, format!("# One\n\n{word}\n")).expect("written");
        assert!(finds(&served, word) && !finds(&served, before), "{word}");
    }
    // Both names are in it, the second one is new.
    fs::create_dir_all(kb.join("c")).expect("made");
    fs::hard_link(kb.join("b/mine.md"), kb.join("c/same.md")).expect("linked");
    assert!(finds(&served, "path:c/same.md aardvark"));
    fs::write(kb.join("c/same.md"), "# Mine\n\nelephant\n").expect("written");
    assert!(finds(&served, "path:b/mine.md elephant") && !finds(&served, "aardvark"));
}

#[test]
fn another_knowledge_base_in_its_place_is_seen() {
    let served = Served::new(World::with(&[("one.md", "# One\n\naardvark\n")]));
    let (kb, aside) = (served.world.kb(), served.world.root().join("aside"));
    assert!(finds(&served, "aardvark") && finds(&served, "aardvark"));
    fs::rename(&kb, &aside).expect("moved");
    served.world.write("two.md", "# Two\n\nbuffalo\n");
    assert!(finds(&served, "buffalo") && !finds(&served, "aardvark"));
    served.world.write("three.md", "# Three\n\ncrocodile\n");
    assert!(finds(&served, "crocodile"));
}

#[test]
fn other_processes_may_read_and_rebuild_meanwhile() {
    let served = Served::new(World::with(&[("a.md", "# A\n\naardvark\n")]));
    assert!(finds(&served, "aardvark"));
    for round in 0..6 {
        let word = format!("word{round}");
        served.world.mx(&["note", "-m", &word, "-e", "log.md"]);
        match round % 3 {
            0 => served.world.mx(&["search", &word]),
            1 => served.world.mx(&["index", "--rebuild"]),
            _ => String::new(),
        };
        assert!(finds(&served, &word), "{word}");
        fs::write(
            served.world.kb().join("a.md"),
            format!("# A\n\nedit{round}\n"),
        )
        .expect("written");
        assert!(finds(&served, &format!("edit{round}")));
    }
}

#[test]
fn the_same_question_is_answered_anew_when_what_answers_it_has_changed() {
    let served = Served::new(World::with(&[("a.md", "# A\n\naardvark first\n")]));
    let ask = || {
        let answer = served.get("/api/v1/search?query=aardvark&limit=50");
        let mut answer = answer.json();
        let again = served.get("/api/v1/search?query=aardvark&limit=50").json();
        assert_eq!(answer, again, "nothing has changed");
        (
            answer["total"].as_u64(),
            answer["results"].take().to_string(),
        )
    };
    assert_eq!(ask().0, Some(1));
    for count in 2..12 {
        let entry = format!("log{count}.md");
        served
            .world
            .mx(&["note", "-m", "an aardvark", "-e", &entry]);
        assert_eq!(ask().0, Some(count));
    }
    // Of the same length, at once.
    fs::write(served.world.kb().join("a.md"), "# A\n\naardvark other\n").expect("written");
    let (_, results) = ask();
    assert!(results.contains("aardvark other") && !results.contains("first"));
    served
        .world
        .write(".mx/config.yaml", "exclude:\n  - log*\n");
    assert_eq!(ask().0, Some(1), "settings count");
}

#[test]
fn a_session_in_progress_is_seen_whatever_was_asked_before() {
    let served = Served::new(World::with(&[("a.md", "# A\n\naardvark\n")]));
    let titles = || {
        let found = served.get("/api/v1/search?query=lamps").json();
        let listed = served.get("/api/v1/list").json();
        let count = |list: &serde_json::Value| list.as_array().map_or(0, Vec::len);
        (count(&found["results"]), count(&listed["entries"]))
    };
    assert_eq!((titles(), titles()), ((0, 1), (0, 1)));
    served
        .world
        .mx(&["log", "start", "--goal", "Sell lamps", "--project", "lamps"]);
    assert_eq!((titles(), titles()), ((1, 2), (1, 2)));
    served.world.mx(&["log", "event", "Bought chairs"]);
    let chairs = || served.get("/api/v1/search?query=chairs").json()["total"].clone();
    assert_eq!((chairs(), chairs()), (1.into(), 1.into()));
    served.world.mx(&["log", "event", "Sold chairs"]);
    let snippet = served.get("/api/v1/search?query=chairs&content=true");
    assert!(snippet.text().contains("Sold chairs"), "{}", snippet.text());
    served.world.mx(&["log", "end"]);
    assert!(finds(&served, "chairs"));
}
