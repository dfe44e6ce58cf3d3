//! A knowledge base that came from elsewhere: what lies below its `.mx/` is followed nowhere,
//! waited for never, and believed in nothing.

use crate::common::{Run, World};
use crate::driver::chosen;
use crate::injector::run_with;
use crate::lab::{Call, hook, mx};
use crate::support::{sane, tree};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// What a clone may ship, below `.mx/`; `.` is `.mx` itself.
const SHIPPED: &[&str] = &[
    ".",
    ".gitignore",
    "append",
    "import",
    "import/keys",
    "import/lock",
    "index",
    "index/1",
    "index/CURRENT",
    "index/gate.lock",
    "index/writer.lock",
    "journal",
    "journal/done",
    "journal/generic.fired",
    "journal/hook-losses",
    "journal/lock",
    "sessions",
    "sessions/derived.json",
    "sessions/derived.lock",
    "sessions/start.lock",
];

/// What it is instead of a file or directory.
#[derive(Debug, Clone, Copy)]
enum Trap {
    LinkToFile,
    OtherName,
    LinkToDirectory,
    LinkToNothing,
    LinkToItself,
    Fifo,
}

const TRAPS: [Trap; 6] = [
    Trap::LinkToFile,
    Trap::OtherName,
    Trap::LinkToDirectory,
    Trap::LinkToNothing,
    Trap::LinkToItself,
    Trap::Fifo,
];

fn commands() -> Vec<Call> {
    let transcripts = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/transcripts/codex"
    );
    vec![
        mx(&["search", "lamp"]),
        hook("s-1", "start", ""),
        hook("s-1", "prompt", r#""text":"Make a lamp""#),
        hook("s-1", "nonsense", ""),
        hook("s-1", "end", ""),
        mx(&["log", "list"]),
        mx(&["session-log", "-e", "n.md", "-m", "a note"]),
        mx(&["log", "start", "--new"]),
        mx(&["log", "event", "A row"]),
        mx(&["log", "end"]),
        mx(&["import", "codex", transcripts]),
        mx(&["resume"]),
        mx(&["index", "--rebuild"]),
        mx(&["doctor"]),
        mx(&["info"]),
    ]
}

/// Makes a clone with a trap in it, and the files of the user beside it. Returns the clone.
fn make(world: &World, shipped: &str, trap: Trap) -> PathBuf {
    let clone = world.work();
    let private = clone.join(".mx");
    fs::write(clone.join("R.md"), "# R\n\nlamp\n").expect("a file");
    let outside = world.root().join("outside");
    fs::create_dir_all(outside.join("directory")).expect("a directory");
    fs::write(outside.join("file"), "export PRECIOUS=1\n").expect("a file");
    fs::write(outside.join("directory/file"), "precious\n").expect("a file");
    let place = match shipped {
        "." => private,
        name => private.join(name),
    };
    fs::create_dir_all(place.parent().expect("a parent")).expect("directories");
    let link = |target: &Path| symlink(target, &place).expect("a link");
    match trap {
        Trap::LinkToFile => link(&outside.join("file")),
        Trap::OtherName => fs::hard_link(outside.join("file"), &place).expect("a name"),
        Trap::LinkToDirectory => link(&outside.join("directory")),
        Trap::LinkToNothing => link(&outside.join("nothing")),
        Trap::LinkToItself => link(&place),
        Trap::Fifo => {
            let made = std::process::Command::new("mkfifo").arg(&place).status();
            assert!(made.is_ok_and(|made| made.success()), "mkfifo");
        }
    }
    clone
}

/// Runs a command in the clone, which is found there, or is named.
fn run_in<'a>(run: Run<'a>, clone: &Path, named: bool) -> Run<'a> {
    let run = run.within(clone);
    match named {
        true => run.env("MEMEX_KB_ROOT", clone),
        false => run.without("MEMEX_KB_ROOT"),
    }
}

#[test]
fn nothing_below_the_private_directory_of_a_clone_is_followed_or_waited_for() {
    let all = SHIPPED
        .iter()
        .flat_map(|shipped| TRAPS.map(|trap| (*shipped, trap)));
    // Where the user names the clone, more is believed of it than where it is only found.
    let all = all.flat_map(|(shipped, trap)| [(shipped, trap, false), (shipped, trap, true)]);
    let mut count = 0;
    for (shipped, trap, named) in chosen(all.collect(), 16) {
        let world = World::new();
        let clone = make(&world, shipped, trap);
        let before = tree(&world.root().join("outside"));
        for call in commands() {
            let shown = format!("{shipped} {trap:?}, named: {named}: {}", call.shown());
            let run = run_in(call.run(&world), &clone, named);
            let input = world.root().join("input");
            fs::write(&input, call.input(&world).unwrap_or_default()).expect("an input");
            sane(run_with(run.into_command(), &input), &[&shown]);
            let after = tree(&world.root().join("outside"));
            assert!(before == after, "{shown}: the user's files have changed");
            count += 1;
        }
    }
    eprintln!("clones: {count} commands");
}

/// A note of what was about to be appended, made up to cut off a file that the clone links to.
#[test]
fn an_unfinished_append_of_somebody_else_is_not_undone() {
    let world = World::new();
    let clone = make(&world, "append/x", Trap::LinkToNothing);
    let outside = world.root().join("outside");
    symlink(&outside, clone.join("d")).expect("a link");
    let text = fs::read_to_string(outside.join("file")).expect("a file") + "and more\n";
    let name = blake3::hash(b"d/file").to_hex();
    let append = format!("d/file\n0\n{}\n{text}", text.len());
    fs::write(clone.join(".mx/append").join(&name[..32]), append).expect("a file");
    let before = tree(&outside);
    for (arguments, named) in [
        (&["search", "lamp"][..], false),
        (&["session-log", "-e", "R.md", "-m", "x"], false),
        (&["search", "lamp"], true),
        (&["session-log", "-e", "R.md", "-m", "x"], true),
    ] {
        let run = run_in(mx(arguments).run(&world), &clone, named);
        sane(run.output(), arguments);
        assert!(tree(&outside) == before, "{arguments:?}, named: {named}");
    }
}
