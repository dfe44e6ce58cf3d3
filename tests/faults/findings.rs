//! Single faults that were once answered wrongly, each at the calls that it is about.

use crate::common::World;
use crate::driver::chosen;
use crate::homes;
use crate::injector::{Fault, Struck, injector, strike};
use crate::lab::{Call, Lab, hook, mx};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

const ENTRY: &str = "projects/shop/sessions.md";

type Prepare = fn(&World);

/// A command in a prepared home, whose calls can be struck.
struct Target<'a> {
    lab: Lab,
    program: &'a Path,
    call: Call,
    input: PathBuf,
    /// How old the home is when the command is run.
    age: Duration,
}

impl<'a> Target<'a> {
    /// Returns one; `None`, with a word, where no faults can be injected.
    fn new(prepare: impl Fn(&World), call: Call) -> Option<Self> {
        let program = injector()?;
        let lab = Lab::new(prepare);
        let input = lab.beside("input");
        fs::write(&input, call.input(&lab.world).unwrap_or_default()).expect("an input");
        Some(Target {
            lab,
            program,
            call,
            input,
            age: Duration::ZERO,
        })
    }

    fn strike(&self, fault: Fault<'_>) -> Struck {
        self.lab.restore();
        std::thread::sleep(self.age);
        let command = self.call.run(&self.lab.world).into_command();
        strike(self.program, fault, &command, &self.input)
    }

    /// Strikes the calls whose description is meant, or some of them, in a fresh home each time, and
    /// hands out the results. At least one must be.
    fn strike_each(
        &self,
        (classes, mode): (&str, &str),
        is_meant: impl Fn(&str) -> bool,
        check: impl Fn(&World, Struck),
    ) {
        let listed = self.strike(Fault {
            classes,
            mode: "none",
            n: 0,
        });
        let numbered = listed.calls.iter().filter_map(|line| line.split_once(' '));
        let meant = numbered.filter(|(number, text)| *number != "total" && is_meant(text));
        let numbers: Vec<usize> = meant
            .filter_map(|(number, _)| number.parse().ok())
            .collect();
        assert!(!numbers.is_empty(), "{:?}", listed.calls);
        for n in chosen(numbers, 6) {
            check(&self.lab.world, self.strike(Fault { classes, mode, n }));
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A note stands whether or not the name of its entry could be synced: reported as failed, it would
/// be repeated, and be there twice.
#[test]
fn what_stands_is_acknowledged_although_its_directory_cannot_be_synced() {
    let note = mx(&["session-log", "-e", "new/e.md", "-m", "addedx"]);
    let calls = [
        (homes::notes as Prepare, note),
        (homes::running, mx(&["log", "event", "addedx"])),
    ];
    for (prepare, call) in calls {
        let Some(target) = Target::new(prepare, call) else {
            return;
        };
        let places = ["kb/new", "shop"];
        let is_directory =
            |text: &str| text.starts_with("sync ") && places.iter().any(|at| text.ends_with(at));
        target.strike_each(("w", "EIO"), is_directory, |world, struck| {
            let said = said(&struck.output);
            assert!(struck.output.status.success(), "{said}");
            assert!(said.contains("a power cut may undo that"), "{said}");
            assert_eq!(crate::invariants::count(world, "addedx"), 1, "{said}");
        });
    }
}

/// Whether a directory can be written is tried, and a process that is killed meanwhile leaves
/// nothing there.
#[test]
fn a_killed_doctor_leaves_nothing_in_the_knowledge_base() {
    let Some(target) = Target::new(homes::notes, mx(&["doctor"])) else {
        return;
    };
    let of_trial = |text: &str| text.ends_with("/kb") || text.contains("/kb/.tmp");
    target.strike_each(("w", "kill"), of_trial, |world, struck| {
        let names = fs::read_dir(world.kb()).expect("a directory");
        let names = names.map(|entry| entry.expect("an entry").file_name());
        let left: Vec<_> = names
            .filter(|name| name.to_string_lossy().starts_with(".tmp"))
            .collect();
        assert!(left.is_empty(), "{}: {left:?}", struck.first_call());
    });
}

/// What the doctor cannot look at is reported, and not taken for what is well.
#[test]
fn a_doctor_that_cannot_look_at_private_files_says_so() {
    // A copied home is open to others, as the mask has it.
    let Some(target) = Target::new(homes::notes, mx(&["doctor"])) else {
        return;
    };
    target.lab.restore();
    let usual = target.call.run(&target.lab.world).output().status.code();
    let listed = |text: &str| text.starts_with("list ") && text.ends_with("/kb/.mx");
    target.strike_each(("r", "EIO"), listed, |_, struck| {
        let call = struck.first_call();
        assert_eq!(struck.output.status.code(), usual, "{call}");
    });
}

/// Returns whether a new index was in force before the fault.
fn is_in_force(struck: &Struck) -> bool {
    let before = struck
        .calls
        .iter()
        .take_while(|call| !call.starts_with('!'));
    let mut renamed = before.filter(|call| call.contains(" rename "));
    renamed.any(|call| call.ends_with("/CURRENT"))
}

/// On a full disk, the index is not called damaged: to build it anew would not help.
#[test]
fn a_full_disk_is_no_damage_of_the_index() {
    let Some(target) = Target::new(homes::notes, mx(&["index", "--rebuild"])) else {
        return;
    };
    let in_full_text = |text: &str| text.starts_with("write ") && text.contains("/fulltext/");
    target.strike_each(("w", "from:ENOSPC"), in_full_text, |world, struck| {
        let said = said(&struck.output);
        if is_in_force(&struck) {
            // What comes behind that only saves time, and takes away what was there before.
            assert!(struck.output.status.success(), "{said}");
            mx(&["index", "--check"]).ok(world);
            return;
        }
        assert_eq!(struck.output.status.code(), Some(1), "{said}");
        assert!(said.contains("No space left"), "{said}");
        assert!(said.contains(".mx/index"), "{said}");
        assert!(
            !said.contains("damaged") && !said.contains("panicked"),
            "{said}"
        );
        mx(&["search", "ackfirst"]).ok(world);
    });
}

/// Where a disk fails for a moment, it is named, with the file. The index is as it was, which is not
/// damaged.
#[test]
fn a_failing_disk_is_no_damage_of_the_index_either() {
    let Some(target) = Target::new(homes::changed_notes, mx(&["index", "--rebuild"])) else {
        return;
    };
    let of_index = |text: &str| text.contains("/.mx/index/2/");
    target.strike_each(("w", "EIO"), of_index, |world, struck| {
        let said = said(&struck.output);
        if !struck.output.status.success() {
            assert!(said.contains("Input/output error"), "{said}");
            assert!(said.contains(".mx/index"), "{said}");
        }
        assert!(
            !said.contains("damaged") && !said.contains("panicked"),
            "{said}"
        );
        mx(&["search", "ackfirst"]).ok(world);
    });
}

/// Where no thread can be had, one does all. Only an index cannot be made; answers are the same without.
#[test]
fn a_command_works_without_any_other_thread() {
    let search = mx(&["search", "chair"]);
    let calls = [
        (homes::changed_notes as Prepare, search.clone()),
        (homes::notes, mx(&["search", "ackfirst"])),
        (homes::unindexed, mx(&["search", "ackfirst"])),
        (homes::running, mx(&["log", "event", "addedx"])),
        (homes::running, mx(&["log", "end"])),
        (homes::ended_journal, mx(&["log", "list"])),
        (homes::transcripts, mx(&["import", "claude"])),
        (
            homes::live_journal,
            hook("s-1", "prompt", r#""text":"addedx""#),
        ),
    ];
    for (prepare, call) in calls {
        let shown = call.shown();
        let Some(target) = Target::new(prepare, call.clone()) else {
            return;
        };
        let expected = call.run(&target.lab.world).output();
        for mode in ["EAGAIN", "from:EAGAIN"] {
            for n in 1..=5 {
                let struck = target.strike(Fault {
                    classes: "t",
                    mode,
                    n,
                });
                let said = said(&struck.output);
                assert!(
                    struck.output.status.success(),
                    "{shown}, {mode} {n}: {said}"
                );
                let answers = [&struck.output, &expected].map(|output| &output.stdout);
                if shown.contains("search") {
                    assert_eq!(answers[0], answers[1], "{shown}, {mode} {n}");
                }
            }
        }
    }
    let Some(target) = Target::new(homes::changed_notes, mx(&["index"])) else {
        return;
    };
    let struck = target.strike(Fault {
        classes: "t",
        mode: "from:EAGAIN",
        n: 1,
    });
    let said = said(&struck.output);
    assert_eq!(struck.output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot start a thread"), "{said}");
    assert!(!said.contains("damaged"), "{said}");
    search.ok(&target.lab.world);
}

/// Where a file system has no locks, there is one writer, and everything works.
#[test]
fn a_file_system_without_locks_is_worked_on() {
    let calls = [
        mx(&["search", "ackfirst"]),
        mx(&["index", "--rebuild"]),
        mx(&["session-log", "-e", ENTRY, "-m", "addedx"]),
        mx(&["log", "event", "addedx"]),
        mx(&["log", "end"]),
        hook("s-1", "prompt", r#""text":"addedx""#),
    ];
    for call in calls {
        let shown = call.shown();
        let Some(target) = Target::new(homes::running, call) else {
            return;
        };
        for mode in ["from:ENOTSUP", "from:ENOLCK"] {
            let struck = target.strike(Fault {
                classes: "l",
                mode,
                n: 1,
            });
            assert!(struck.is_struck(), "{shown} takes no lock");
            let said = said(&struck.output);
            assert!(struck.output.status.success(), "{shown} {mode}: {said}");
            assert!(!said.contains("warning"), "{shown} {mode}: {said}");
        }
        target.strike_each(
            ("l", "EINTR"),
            |_| true,
            |_, struck| {
                let said = said(&struck.output);
                assert!(struck.output.status.success(), "{shown}: {said}");
            },
        );
    }
}

/// If half a note can neither be finished nor taken back, the next command takes it back.
#[test]
fn half_a_note_that_could_not_be_undone_is_taken_back_later() {
    let call = mx(&["session-log", "-e", ENTRY, "-f", "HOME/message"]);
    let Some(target) = Target::new(homes::notes_and_message, call) else {
        return;
    };
    target.lab.restore();
    let before = target.lab.world.read(ENTRY);
    let to_entry = |text: &str| text.starts_with("write ") && text.ends_with(ENTRY);
    // Where only contents cannot be written, the notes of what was begun could be removed.
    for (classes, mode) in [
        ("w", "shortfrom:EIO"),
        ("w", "shortfrom:EROFS"),
        ("c", "shortfrom:EIO"),
    ] {
        target.strike_each((classes, mode), to_entry, |world, struck| {
            let said = said(&struck.output);
            assert_eq!(struck.output.status.code(), Some(1), "{said}");
            assert!(world.read(ENTRY).len() > before.len(), "half is there");
            mx(&["search", "ackfirst"]).ok(world);
            assert_eq!(world.read(ENTRY), before);
        });
    }
}

/// An entry that cannot be read for a moment is not one that is missing: no second record is made
/// of a session that has one, and lists that miss it are made anew.
#[test]
fn an_entry_that_cannot_be_read_for_a_moment_is_not_missing() {
    let calls = [
        (homes::resumed_journal as Prepare, mx(&["log", "list"])),
        (homes::grown_transcripts, mx(&["import", "claude"])),
    ];
    for (prepare, call) in calls {
        let Some(target) = Target::new(prepare, call.clone()) else {
            return;
        };
        target.lab.restore();
        call.ok(&target.lab.world);
        mx(&["log", "index"]).ok(&target.lab.world);
        let expected = target.lab.snapshot();
        let of_entry = |text: &str| text.contains("/session_logs/") && text.ends_with(".md");
        for (classes, mode) in [("r", "EACCES"), ("r", "EIO")] {
            target.strike_each((classes, mode), of_entry, |world, _| {
                for _ in 0..2 {
                    call.ok(world);
                }
                let differs = target.lab.snapshot() != expected;
                assert!(!differs, "{mode}: {:?}", call.shown());
            });
        }
    }
}

/// A directory that is new, and cannot be looked at for a moment, is looked at again.
#[test]
fn a_new_directory_that_cannot_be_looked_at_for_a_moment_is_not_missing() {
    let prepare = |world: &World| {
        homes::notes(world);
        world.write("fresh/deep/n.md", "# N\n\nlamp\n");
    };
    let Some(mut target) = Target::new(prepare, mx(&["search", "lamp"])) else {
        return;
    };
    // The names in a directory that has just changed are read again anyhow.
    target.age = Duration::from_millis(2_100);
    let of_directory = |text: &str| text.ends_with("fresh") || text.ends_with("fresh/deep");
    for (classes, mode) in [("s", "EIO"), ("r", "EACCES")] {
        target.strike_each((classes, mode), of_directory, |world, struck| {
            let found = world.json(&["search", "lamp"]);
            assert_eq!(found["total"], 1, "{mode}: {}", struck.first_call());
        });
    }
}

/// Nor is the session before it the last one: it is not completed in its place.
#[test]
fn the_last_session_is_not_another_one_because_it_cannot_be_read() {
    let call = mx(&["log", "amend", "--next", "a table"]);
    let Some(target) = Target::new(homes::sessions, call) else {
        return;
    };
    let first = "session_logs/shop/20260109-090000.md";
    target.lab.restore();
    let before = target.lab.world.read(first);
    let of_last = |text: &str| text.ends_with("/shop/20260110-090000.md");
    for mode in ["EIO", "EACCES"] {
        target.strike_each(("r", mode), of_last, |world, struck| {
            assert_eq!(world.read(first), before, "{}", said(&struck.output));
        });
    }
}

/// Settings may hold keys: what a killed installation leaves of them is as private as they were.
#[test]
fn what_a_killed_installation_leaves_is_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let prepare = |world: &World| {
        homes::agents(world);
        let settings = world.home().join(".claude/settings.json");
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(settings, private).expect("permissions");
    };
    let Some(target) = Target::new(prepare, mx(&["install", "claude"])) else {
        return;
    };
    let in_between = |text: &str| {
        let (call, path) = text.split_once(' ').unwrap_or_default();
        matches!(call, "write" | "mode" | "sync") && path.contains("/.claude/.mx-")
    };
    target.strike_each(("w", "kill"), in_between, |world, _| {
        let left = fs::read_dir(world.home().join(".claude")).expect("a directory");
        let left = left.map(|file| file.expect("a file"));
        let left: Vec<_> = left
            .filter(|file| file.file_name().to_string_lossy().starts_with(".mx-"))
            .collect();
        assert_eq!(left.len(), 1);
        let mode = left[0].metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    });
}

/// Nothing waits for a FIFO where losses are counted, wherever that is.
#[test]
fn a_fifo_in_the_place_of_counted_losses_is_not_waited_for() {
    use std::os::unix::fs::MetadataExt;
    let world = World::new();
    homes::notes(&world);
    let user = fs::metadata(world.home()).expect("a home").uid();
    let places = [
        world.kb().join(".mx/journal"),
        world.home().join(".cache/memex"),
        world.temp().join("memex"),
        world.temp().join(format!("memex-{user}")),
    ];
    for place in places {
        fs::create_dir_all(&place).expect("a directory");
        let made = Command::new("mkfifo")
            .arg(place.join("hook-losses"))
            .status();
        assert!(made.is_ok_and(|made| made.success()), "mkfifo");
    }
    let run = |call: &Call| crate::support::run(call.run(&world).into_command());
    let nonsense = mx(&["hook", "--agent", "generic"]);
    assert!(run(&nonsense).status.success());
    let doctor = String::from_utf8_lossy(&run(&mx(&["doctor"])).stdout).into_owned();
    assert_eq!(
        doctor.matches("it is not a regular file").count(),
        3,
        "{doctor}"
    );
}
