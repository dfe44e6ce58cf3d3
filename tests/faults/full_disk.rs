//! Disks that are really full: a small file system where we may mount one, and a limit on the size
//! of files anywhere.

use crate::common::World;
use crate::homes;
use crate::injector::run_with;
use crate::invariants::{check_acknowledged, count, next_command};
use crate::lab::{Call, hook, mx};
use crate::support::sane;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A small file system in memory, until dropped.
struct Mount(PathBuf);

impl Mount {
    /// Mounts one; `None`, with a word, where that is not allowed.
    fn new(place: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(place);
        let done = mount.output().is_ok_and(|output| output.status.success());
        if !done {
            eprintln!("left out: no file system can be mounted here");
        }
        done.then(|| Mount(place.to_owned()))
    }

    /// Leaves so many KiB of it free.
    fn fill(&self, free: u64) -> PathBuf {
        use std::io::Write;
        let filler = self.0.join("filler");
        let mut file = fs::File::create(&filler).expect("a file");
        while file.write_all(&[0; 4096]).is_ok() {}
        let length = file.metadata().expect("a file").len();
        file.set_len(length.saturating_sub(free * 1024))
            .expect("cut");
        filler
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A knowledge base that is begun on the full disk.
fn second_init() -> Call {
    mx(&["--kb", "HOME/second", "init"])
}

/// What is tried, each with the word that it adds.
fn commands(round: u64) -> Vec<(Call, Option<String>)> {
    let word = |name: &str| format!("{name}{round}x");
    let (note, large, event) = (word("note"), word("large"), word("event"));
    let long = format!("{large}\n{}", "a line of some length\n".repeat(2000));
    let adds = |call: Call, word: String| (call, Some(word));
    vec![
        adds(mx(&["session-log", "-e", "p/s.md", "-m", &note]), note),
        adds(mx(&["session-log", "-e", "p/s.md", "-m", &long]), large),
        (mx(&["search", "ackfirst"]), None),
        (mx(&["log", "start", "--goal", "A lamp"]), None),
        adds(mx(&["log", "event", &event]), event),
        (mx(&["log", "update"]), None),
        (hook("s-9", "prompt", r#""text":"Asked""#), None),
        (mx(&["log", "list"]), None),
        (mx(&["log", "end"]), None),
        (mx(&["import", "claude"]), None),
        (mx(&["index", "--rebuild"]), None),
        (mx(&["install", "all"]), None),
        (mx(&["context", "init"]), None),
        (mx(&["init"]), None),
        (second_init(), None),
    ]
}

/// Runs all commands while there is no room; what they acknowledge is there afterwards, and what
/// failed is not.
fn run_all(world: &World, round: u64, around: &dyn Fn(Command) -> Command, give_room: &dyn Fn()) {
    let mut words = Vec::new();
    let outside = tempfile::tempdir().expect("a temporary directory");
    for (call, word) in commands(round) {
        let input = outside.path().join("input");
        fs::write(&input, call.input(world).unwrap_or_default()).expect("an input");
        let output = run_with(around(call.run(world).into_command()), &input);
        check_outcome(&call.shown(), &sane(output, &[&call.shown()]))
            .map(|done| words.extend(word.map(|word| (word, done))))
            .expect("a known failure");
    }
    give_room();
    next_command(world).expect("the next command works");
    check_acknowledged(world).expect("what was acknowledged is there");
    for (word, done) in words {
        assert_eq!(count(world, &word), usize::from(done), "{word}");
    }
    second_init().ok(world);
    for kb in [world.kb(), world.home().join("second")] {
        let ignored = fs::read_to_string(kb.join(".mx/.gitignore"));
        assert_eq!(ignored.expect("a file"), "*\n!.gitignore\n!config.yaml\n");
    }
}

/// Returns whether a command succeeded. One that fails says that there is no room.
fn check_outcome(call: &str, output: &Output) -> Result<bool, String> {
    let said = String::from_utf8_lossy(&output.stderr);
    let full = ["No space left", "File too large"];
    match output.status.code() {
        Some(0) => Ok(true),
        Some(1) if full.iter().any(|why| said.contains(why)) => Ok(false),
        // What would have begun the session has failed.
        Some(3) if said.contains("no session is running") => Ok(false),
        code => Err(format!("{call}: {code:?}: {said}")),
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_told_as_one() {
    let place = tempfile::tempdir().expect("a temporary directory");
    let Some(mount) = Mount::new(place.path()) else {
        return;
    };
    for free in [0, 4, 12, 40, 100, 300] {
        let world = World::within(place.path());
        homes::transcripts(&world);
        let filler = mount.fill(free);
        let give_room = || fs::remove_file(&filler).expect("removed");
        run_all(&world, free, &|command| command, &give_room);
    }
}

#[test]
fn a_limit_on_the_size_of_files_loses_nothing_either() {
    for blocks in [0, 2, 8, 64, 500] {
        let world = World::new();
        homes::transcripts(&world);
        let around = |command: Command| {
            let mut shell = Command::new("sh");
            let limit = format!("ulimit -f {blocks} || exit 99; exec \"$0\" \"$@\"");
            shell.arg("-c").arg(limit);
            shell.arg(command.get_program()).args(command.get_args());
            shell.env_clear().current_dir(world.work());
            let set = command.get_envs();
            shell.envs(set.filter_map(|(name, value)| Some((name, value?))));
            shell
        };
        run_all(&world, blocks, &around, &|| {});
    }
}
