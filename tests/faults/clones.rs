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
use std::process::Command;
use std::time::{Duration, Instant};

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
    "projects",
    "projects/renamed",
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
    if named {
        run.env("MEMEX_KB_ROOT", clone)
    } else {
        run.without("MEMEX_KB_ROOT")
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

/// Makes a FIFO.
fn make_fifo(path: &Path) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
    let _ = fs::remove_file(path);
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|made| made.success()), "mkfifo");
}

/// Runs git in the working directory.
fn git(world: &World, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]);
    git.args(arguments)
        .current_dir(world.work())
        .env("HOME", world.home());
    let output = git.output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

const SESSION: [&[&str]; 8] = [
    &["log", "start"],
    &["log", "event", "A row"],
    &["log", "update"],
    &["session-log", "-e", "n.md", "-m", "a note"],
    &["log", "status"],
    &["doctor"],
    &["doctor", "--fix"],
    &["log", "end"],
];

#[test]
fn nothing_that_git_or_a_session_reads_in_a_project_is_waited_for() {
    for trap in [
        ".session_log.md",
        ".gitattributes",
        ".gitignore",
        ".git/config",
        ".git/info/exclude",
        ".git/HEAD",
        ".git/logs/HEAD",
        ".git/packed-refs",
        ".mx/.gitignore",
    ] {
        for named in [false, true] {
            let world = World::new();
            git(&world, &["init", "-q"]);
            fs::create_dir_all(world.work().join(".mx")).expect("a directory");
            make_fifo(&world.work().join(trap));
            for arguments in SESSION {
                let run = mx(arguments).run(&world).within(world.work());
                let run = if named {
                    run.env("MEMEX_KB_ROOT", world.work())
                } else {
                    run.without("MEMEX_KB_ROOT")
                };
                let began = Instant::now();
                let output = run.output();
                assert!(
                    began.elapsed() < Duration::from_secs(8),
                    "{trap}: {arguments:?}"
                );
                sane(output, &[trap]);
            }
        }
    }
}

#[test]
fn what_a_merge_is_given_is_read_only_from_files() {
    let world = World::new();
    for name in ["base", "ours", "theirs"] {
        fs::write(world.work().join(name), "# x\n").expect("a file");
    }
    make_fifo(&world.work().join("base"));
    let merge = ["merge-driver", "base", "ours", "theirs", "p.md"];
    let began = Instant::now();
    assert!(!mx(&merge).run(&world).output().status.success());
    fs::remove_file(world.work().join("base")).expect("removed");
    symlink("/dev/zero", world.work().join("base")).expect("a link");
    assert!(!mx(&merge).run(&world).output().status.success());
    assert!(began.elapsed() < Duration::from_secs(8));
}

#[test]
fn the_list_of_what_a_clone_ignores_is_written_to_through_no_link() {
    for (link, to) in [
        (".git/info/exclude", "outside/file"),
        (".git/info/exclude", "outside/nothing"),
        (".git/info", "outside/directory"),
    ] {
        let world = World::new();
        let outside = world.root().join("outside");
        fs::create_dir_all(outside.join("directory")).expect("a directory");
        fs::write(outside.join("file"), "export PRECIOUS=1\n").expect("a file");
        git(&world, &["init", "-q"]);
        let place = world.work().join(link);
        let _ = fs::remove_dir_all(&place).or_else(|_| fs::remove_file(&place));
        symlink(world.root().join(to), &place).expect("a link");
        let before = tree(&outside);
        for arguments in [&["log", "start"][..], &["init"], &["log", "end"]] {
            let run = mx(arguments).run(&world).without("MEMEX_KB_ROOT");
            sane(run.within(world.work()).output(), &[link]);
            assert!(tree(&outside) == before, "{link} -> {to}: {arguments:?}");
        }
    }
}

#[test]
fn no_filter_that_a_repository_names_is_run() {
    let world = World::new();
    git(&world, &["init", "-q"]);
    fs::write(world.work().join("a.txt"), "hi\n").expect("a file");
    fs::write(world.work().join(".gitattributes"), "*.txt filter=evil\n").expect("a file");
    git(&world, &["add", "-A"]);
    git(&world, &["commit", "-q", "-m", "x"]);
    let trace = world.root().join("filter-was-run");
    let filter = format!("touch '{}'; cat", trace.display());
    git(&world, &["config", "filter.evil.clean", &filter]);
    for arguments in SESSION {
        let file = fs::File::options()
            .write(true)
            .open(world.work().join("a.txt"));
        let earlier = std::time::SystemTime::now() - Duration::from_secs(600);
        file.expect("a file").set_modified(earlier).expect("a time");
        sane(mx(arguments).run(&world).output(), arguments);
        assert!(!trace.exists(), "{arguments:?}");
    }
    git(&world, &["status"]);
    assert!(trace.exists(), "git itself runs it");
}

/// What came with an archive below `.mx/`: neither naming the root nor agreeing to it makes it ours.
#[test]
fn what_came_with_a_knowledge_base_is_not_ours_for_being_named_or_agreed_to() {
    for trusted in [false, true] {
        let world = World::new();
        let clone = world.work();
        fs::write(clone.join("R.md"), "# R\n\nlamp\n").expect("a file");
        let journal = clone.join(".mx/journal/claude-evil.jsonl");
        fs::create_dir_all(journal.parent().expect("a parent")).expect("directories");
        let header = format!(
            r#"{{"v":1,"agent":"claude","session":"evil","cwd":{:?},"at":1768000000000}}"#,
            clone.display().to_string()
        );
        let event = r#"{"at":1768000000000,"kind":"prompt","text":"evilprompt"}"#;
        let end = r#"{"at":1768000001000,"kind":"end","reason":"other"}"#;
        fs::write(&journal, format!("\n{header}\n{event}\n{end}\n")).expect("a file");
        fs::create_dir_all(clone.join(".mx/serve")).expect("a directory");
        fs::write(clone.join(".mx/serve/token"), "a".repeat(64)).expect("a file");
        if trusted {
            let trust = mx(&["context", "trust"])
                .run(&world)
                .without("MEMEX_KB_ROOT");
            let output = sane(trust.output(), &["trust"]);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("came-with-1"), "{said}");
            assert!(!clone.join(".mx/serve/token").exists());
        }
        for arguments in [&["log", "list"][..], &["search", "evilprompt", "--terse"]] {
            let run = mx(arguments).run(&world).env("MEMEX_KB_ROOT", &clone);
            let output = sane(run.output(), arguments);
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!shown.contains("evil"), "{trusted}: {shown}");
        }
        let run = mx(&["search", "lamp", "--terse"]).run(&world);
        let output = sane(run.env("MEMEX_KB_ROOT", &clone).output(), &["search"]);
        assert!(String::from_utf8_lossy(&output.stdout).contains("R.md"));
        assert_eq!(clone.join(".mx/index/CURRENT").exists(), trusted);
    }
}
