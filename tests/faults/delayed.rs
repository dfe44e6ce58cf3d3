//! Locks that are long in coming: another process does all that it can while one waits.

use crate::common::World;
use crate::driver::chosen;
use crate::homes;
use crate::injector::{Fault, injector, under};
use crate::lab::mx;
use crate::support::{found, json, ok, wait};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const ENTRY: &str = "projects/shop/sessions.md";

/// How long another process is given while a search is held: it may have to wait for the search.
const OTHER_TIMEOUT: Duration = Duration::from_millis(400);

/// A search is held at each of its calls in turn, while another process commits the note that it
/// looks for; once the index is being written when it begins, and once it is not.
#[test]
fn a_search_finds_what_was_acknowledged_before_it_however_long_it_waits() {
    let Some(program) = injector() else {
        return;
    };
    let calls = |(classes, count)| (1..=count).map(move |n| (classes, n));
    // As many as a search makes, or a few more.
    let all = [("l", 8), ("r", 120)].into_iter().flat_map(calls);
    let all = all.flat_map(|(classes, n)| [(classes, n, true), (classes, n, false)]);
    let mut held = 0;
    for (classes, n, writing) in chosen(all.collect(), 16) {
        let mode = "";
        let fault = Fault { classes, mode, n };
        held += usize::from(find_own_note(program, fault, writing));
    }
    eprintln!("delayed: {held} cases");
    assert!(held > 0, "no search was held");
}

/// Returns whether the search came to the call.
fn find_own_note(program: &Path, fault: Fault<'_>, writing: bool) -> bool {
    let world = World::new();
    homes::notes(&world);
    mx(&["session-log", "-e", ENTRY, "-m", "uniqueword"]).ok(&world);
    let lock = fs::File::options()
        .write(true)
        .open(world.kb().join(".mx/index/writer.lock"))
        .expect("a lock");
    if writing {
        lock.lock().expect("locked");
    }
    let (pause, trace) = (world.root().join("pause"), world.root().join("trace"));
    let mode = format!("pause:{}", pause.display());
    let fault = Fault {
        mode: &mode,
        ..fault
    };
    let arguments = ["search", "uniqueword", "--json"];
    let search = world.command(&arguments).into_command();
    let mut held = Held::begin(under(program, fault, &search, &trace));
    let is_held = held.wait_until(|| pause.exists());
    drop(lock);
    if is_held {
        let other = world.command(&["search", "ackfirst", "--json"]);
        let mut other = Held::begin(other.into_command());
        // It waits for the search if that holds a lock, and then commits when it goes on.
        let begun = Instant::now();
        other.wait_until(|| begun.elapsed() > OTHER_TIMEOUT);
        fs::remove_file(&pause).expect("removed");
        assert!(other.end().status.success());
    }
    let output = held.end();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("an answer");
    assert_eq!(
        (&answer["total"], &answer["stale"]),
        (&1.into(), &false.into()),
        "{fault:?}, while the index is being written: {writing}"
    );
    is_held
}

/// A command that is running.
struct Held {
    child: Child,
    command: Command,
}

impl Held {
    fn begin(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().expect("mx runs");
        Held { child, command }
    }

    /// Waits until something is so, or the command has ended. Returns `false` if that came first.
    fn wait_until(&mut self, is_so: impl Fn() -> bool) -> bool {
        loop {
            if is_so() {
                return true;
            }
            if self.child.try_wait().expect("a child").is_some() {
                return false;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Waits for its end. What it says fits into a pipe.
    fn end(mut self) -> Output {
        wait(&mut self.child, &self.command);
        self.child.wait_with_output().expect("mx ends")
    }
}

/// Many agents, each looking for what it has just noted.
#[test]
fn each_of_many_processes_finds_its_own_last_note() {
    let world = World::new();
    ok(&world, &["session-log", "-e", ENTRY, "-m", "the first"]);
    let rounds = 6 * crate::support::scale();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let world = &world;
            scope.spawn(move || {
                for n in 0..rounds {
                    let word = format!("token{writer}of{n}x");
                    let entry = format!("p{}/s.md", writer % 2);
                    ok(world, &["session-log", "-e", &entry, "-m", &word]);
                    assert_eq!(found(world, &[&word]), [entry], "{word}");
                }
            });
        }
    });
    assert_eq!(
        json(&world, &["index", "--check"])["differences"],
        serde_json::json!([])
    );
}
