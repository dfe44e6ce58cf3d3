//! Knowledge bases and directories that came from elsewhere, or belong to another user: they are
//! data, and decide nothing.
#![cfg(unix)]

use crate::common::World;
use crate::support::{mx, run, scale, tree};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What may lie in a private directory, and what takes its place in a hostile one.
const PRIVATE_PATHS: [&str; 19] = [
    "",
    "config.yaml",
    ".gitignore",
    "append",
    "import",
    "import/keys",
    "index",
    "index/CURRENT",
    "index/gate.lock",
    "index/writer.lock",
    "index/1",
    "index/1/catalog.redb",
    "index/1/fulltext",
    "index/1/fulltext/meta.json",
    "index/1/fulltext/.tantivy-writer.lock",
    "journal",
    "journal/lock",
    "journal/claude.fired",
    "journal/hook-losses",
];

/// Commands that read or write what is private.
const COMMANDS: [&[&str]; 12] = [
    &["search", "word"],
    &["index"],
    &["index", "--rebuild"],
    &["list"],
    &["info"],
    &["log", "start", "--goal", "aim"],
    &["log", "event", "step"],
    &["log", "end", "--state", "done"],
    &["log", "list"],
    &["resume"],
    &["doctor"],
    &["session-log", "-e", "n.md", "-m", "note"],
];

/// A directory of the user with files that no command has any business with, and a clone.
struct Stage {
    world: World,
    clone: PathBuf,
    precious: PathBuf,
}

impl Stage {
    fn new() -> Self {
        let world = World::new();
        let clone = world.home().join("clone");
        fs::create_dir_all(clone.join(".mx")).expect("mkdir");
        fs::write(clone.join("r.md"), "# Read me\n\nword\n").expect("write");
        let precious = world.home().join("precious");
        fs::create_dir(&precious).expect("mkdir");
        fs::write(precious.join("file"), "precious\n").expect("write");
        fs::write(precious.join("empty"), "").expect("write");
        Stage {
            world,
            clone,
            precious,
        }
    }

    /// Puts a private directory that was in use into the clone, as a repository could hold it.
    fn with_used_private_directory() -> Self {
        let stage = Stage::new();
        for arguments in &COMMANDS[..8] {
            stage.mx_named(arguments);
        }
        let event = hook_event(&stage.clone, "UserPromptSubmit");
        let run_hook = stage.world.command(&["hook"]).within(&stage.clone);
        run_hook
            .env("MEMEX_KB_ROOT", &stage.clone)
            .input(event)
            .output();
        stage
    }

    /// Runs `mx` in the clone, which is found from there.
    fn mx_inside(&self, arguments: &[&str]) -> String {
        let command = self.world.command(arguments).within(&self.clone);
        shown(
            run(command.without("MEMEX_KB_ROOT").into_command()),
            arguments,
        )
    }

    /// Runs `mx` with the clone named as the knowledge base.
    fn mx_named(&self, arguments: &[&str]) -> String {
        let command = self.world.command(arguments).within(&self.clone);
        shown(
            run(command.env("MEMEX_KB_ROOT", &self.clone).into_command()),
            arguments,
        )
    }

    fn hook(&self, named: bool, event: &str) {
        let command = self.world.command(&["hook"]).within(&self.clone);
        let command = if named {
            command.env("MEMEX_KB_ROOT", &self.clone)
        } else {
            command.without("MEMEX_KB_ROOT")
        };
        let output = command.input(hook_event(&self.clone, event)).output();
        assert!(output.status.success());
    }
}

fn shown(output: std::process::Output, arguments: &[&str]) -> String {
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains("panicked"), "{arguments:?}: {text}");
    assert!(output.status.code().is_some(), "{arguments:?} was killed");
    text
}

fn hook_event(directory: &Path, event: &str) -> String {
    serde_json::json!({
        "hook_event_name": event, "session_id": "s", "cwd": directory, "prompt": "secret plan",
    })
    .to_string()
}

/// What a hostile repository puts in the place of a private file.
fn replace_by(stage: &Stage, path: &str, kind: &str) {
    let private = stage.clone.join(".mx");
    let place = if path.is_empty() {
        private
    } else {
        private.join(path)
    };
    remove(&place);
    fs::create_dir_all(place.parent().expect("a parent")).expect("mkdir");
    let made = match kind {
        "file" => symlink(stage.precious.join("file"), &place),
        "empty" => symlink(stage.precious.join("empty"), &place),
        "directory" => symlink(&stage.precious, &place),
        "missing" => symlink(stage.precious.join("missing"), &place),
        _ => {
            let status = Command::new("mkfifo").arg(&place).status().expect("mkfifo");
            assert!(status.success());
            Ok(())
        }
    };
    made.expect("made");
}

#[test]
fn nothing_private_is_followed_out_of_a_clone_or_waited_for() {
    const KINDS: [&str; 5] = ["file", "empty", "directory", "missing", "fifo"];
    let stage = Stage::with_used_private_directory();
    let used = stage.world.home().join("used");
    copy_tree(&stage.clone.join(".mx"), &used);
    for (at, path) in PRIVATE_PATHS.iter().enumerate() {
        // Two of the five by default, other ones for each path.
        let some = [KINDS[at % 5], KINDS[(at + 2) % 5]];
        let kinds = if scale() > 1 { &KINDS[..] } else { &some };
        for kind in kinds {
            remove(&stage.clone.join(".mx"));
            copy_tree(&used, &stage.clone.join(".mx"));
            replace_by(&stage, path, kind);
            try_everything(&stage, &format!("{path} {kind}"));
        }
    }
}

/// Runs what reads and writes private files: nothing precious changes.
fn try_everything(stage: &Stage, what: &str) {
    let before = tree(&stage.precious);
    for named in [false, true] {
        for event in ["UserPromptSubmit", "Dream", "SessionEnd"] {
            stage.hook(named, event);
        }
        // Together they open all that there is to open.
        for arguments in [COMMANDS[0], COMMANDS[5], COMMANDS[7], COMMANDS[10]] {
            let run_it = if named {
                Stage::mx_named
            } else {
                Stage::mx_inside
            };
            run_it(stage, arguments);
            assert_eq!(before, tree(&stage.precious), "{what} {arguments:?}");
        }
    }
}

fn copy_tree(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").arg(from).arg(to).status();
    assert!(status.expect("cp").success());
}

fn remove(path: &Path) {
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()) {
        fs::remove_dir_all(path).expect("removed");
    } else {
        let _ = fs::remove_file(path);
    }
}

#[test]
fn a_private_directory_that_is_a_link_is_refused_with_a_warning() {
    for path in ["", "index", "journal", "sessions", "append", "import"] {
        let stage = Stage::new();
        replace_by(&stage, path, "directory");
        for run_it in [Stage::mx_inside, Stage::mx_named] {
            let said = run_it(&stage, &["search", "word"]);
            assert!(said.contains("r.md"), "{path}: {said}");
            assert!(said.contains("is a link: nothing in"), "{path}: {said}");
        }
        let cache = stage.world.home().join(".cache/memex");
        assert!(cache.read_dir().is_ok_and(|mut all| all.next().is_some()));
    }
}

#[test]
fn an_intent_leads_nowhere_but_to_entries() {
    let stage = Stage::new();
    let text = format!("\n## x\n\n{}\n", "y".repeat(9000));
    let half = &text[..4000];
    symlink(&stage.precious, stage.clone.join("d")).expect("link");
    fs::write(stage.precious.join("victim"), half).expect("write");
    symlink(stage.precious.join("victim"), stage.clone.join("l.md")).expect("link");
    let append = stage.clone.join(".mx/append");
    fs::create_dir_all(&append).expect("mkdir");
    for entry in ["d/victim", "l.md", "../precious/victim", "/etc/hostname"] {
        let intent = format!("{entry}\n0\n{}\n{text}", text.len());
        for run_it in [Stage::mx_inside, Stage::mx_named] {
            fs::write(append.join("intent"), &intent).expect("write");
            run_it(&stage, &["search", "word"]);
            let victim = fs::read_to_string(stage.precious.join("victim")).expect("a file");
            assert_eq!(victim, half, "{entry}");
        }
    }
}

#[test]
fn an_index_that_came_with_a_clone_is_not_believed() {
    let stage = Stage::with_used_private_directory();
    stage.mx_named(&["index"]);
    let copy = stage.world.home().join("copy");
    let status = Command::new("cp")
        .arg("-r")
        .arg(&stage.clone)
        .arg(&copy)
        .status();
    assert!(status.expect("cp").success());
    let current = |root: &Path| fs::read_to_string(root.join(".mx/index/CURRENT")).expect("a file");
    let before = current(&copy);
    let search = stage.world.command(&["search", "word"]);
    let said = shown(
        run(search.env("MEMEX_KB_ROOT", &copy).into_command()),
        &["search"],
    );
    assert!(said.contains("r.md"), "{said}");
    assert_eq!(before, current(&copy), "it is not even touched");
    assert!(said.contains("context trust"), "{said}");
    // After the user agreed, it is put aside, and built anew.
    let trust = ["--kb", copy.to_str().expect("text"), "context", "trust"];
    let trusted = run(stage.world.command(&trust).into_command());
    assert!(trusted.status.success(), "{trusted:?}");
    let search = stage.world.command(&["search", "word"]);
    let said = shown(
        run(search.env("MEMEX_KB_ROOT", &copy).into_command()),
        &["search"],
    );
    assert!(said.contains("r.md"), "{said}");
    assert_ne!(before, current(&copy), "it was built anew");
}

/// Runs as another user; `false` where that cannot be tried.
fn can_be_two_users() -> bool {
    let is_root = Command::new("id").arg("-u").output();
    let is_root = is_root.is_ok_and(|output| output.stdout == b"0\n");
    let can_switch = Command::new("setpriv").arg("--version").output().is_ok();
    if !is_root || !can_switch {
        eprintln!("left out: only root can be two users, and with setpriv");
    }
    is_root && can_switch
}

/// Makes a command run as another user.
fn as_user(command: Command, user: u32, group: u32) -> Command {
    let mut other = Command::new("setpriv");
    other.args([
        format!("--reuid={user}"),
        format!("--regid={user}"),
        format!("--groups={user},{group}"),
    ]);
    other.arg(command.get_program()).args(command.get_args());
    other.env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            other.env(name, value);
        }
    }
    if let Some(directory) = command.get_current_dir() {
        other.current_dir(directory);
    }
    other
}

fn give(path: &Path, user: u32, group: u32) {
    let owner = format!("{user}:{group}");
    let status = Command::new("chown")
        .args(["-hR", &owner])
        .arg(path)
        .status();
    assert!(status.expect("chown").success());
}

#[test]
fn what_others_own_above_decides_nothing() {
    if !can_be_two_users() {
        return;
    }
    let world = World::new();
    let shared = world.home().join("shared");
    let work = shared.join("work");
    fs::create_dir_all(&work).expect("mkdir");
    let foreign = shared.join(".kbcontext");
    let root = world.home().join("foreign");
    fs::create_dir(&root).expect("mkdir");
    fs::write(
        &foreign,
        format!("kb_root: {}\nsession_entry: stolen.md\n", root.display()),
    )
    .expect("write");
    give(&foreign, 4001, 4001);
    give(&root, 4001, 4001);
    let mx = |arguments: &[&str]| {
        let command = world
            .command(arguments)
            .without("MEMEX_KB_ROOT")
            .within(&work);
        shown(run(command.into_command()), arguments)
    };
    let said = mx(&["session-log", "-m", "private", "-e", "mine.md"]);
    assert!(said.contains(".kbcontext is ignored"), "{said}");
    assert!(world.home().join(".memex/kb/mine.md").exists());
    fs::create_dir_all(shared.join(".mx/index")).expect("mkdir");
    give(&shared.join(".mx"), 4001, 4001);
    let said = mx(&["search", "private"]);
    assert!(said.contains(".mx is ignored"), "{said}");
    assert!(said.contains("mine.md"), "{said}");
    let event = hook_event(&work, "UserPromptSubmit");
    let hook = world
        .command(&["hook"])
        .without("MEMEX_KB_ROOT")
        .within(&work);
    assert!(hook.input(event).output().status.success());
    assert!(world.home().join(".memex/kb/.mx/journal").exists());
    assert!(tree(&root).len() == 1, "nothing was written there");
    let said = mx(&["--kb", "own", "session-log", "-m", "x", "-e", "a.md"]);
    assert!(!said.contains("ignored"), "{said}");
}

#[test]
fn what_cannot_be_read_above_stops_nothing() {
    if !can_be_two_users() {
        return;
    }
    let world = World::new();
    let work = world.work();
    fs::write(work.join(".kbcontext"), "project: x\n").expect("write");
    for directory in [
        world.home(),
        work.clone(),
        world.kb().parent().expect("a parent").into(),
    ] {
        give(&directory, 4001, 4001);
    }
    let unreadable = work.join(".kbcontext");
    fs::set_permissions(&unreadable, fs::Permissions::from_mode(0o000)).expect("chmod");
    let mx = |arguments: &[&str]| {
        let command = world
            .command(arguments)
            .without("MEMEX_KB_ROOT")
            .into_command();
        let output = run(as_user(command, 4001, 4001));
        (output.status.code(), shown(output, arguments))
    };
    let (code, said) = mx(&["session-log", "-e", "a.md", "-m", "x"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains(".kbcontext is ignored: Permission denied"),
        "{said}"
    );
    let (code, said) = mx(&["--kb", "own", "session-log", "-e", "a.md", "-m", "x"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains("ignored"), "{said}");
}

#[test]
fn two_users_of_one_knowledge_base_share_its_index() {
    if !can_be_two_users() {
        return;
    }
    let world = World::with(&[("a.md", "# A\n\nword\n")]);
    let (first, second, group) = (4001, 4002, 4003);
    give(&world.kb(), first, group);
    fs::set_permissions(world.kb(), fs::Permissions::from_mode(0o2775)).expect("chmod");
    for directory in [world.home(), world.work(), world.temp()] {
        fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).expect("chmod");
    }
    open_to_all(world.kb().parent().expect("a parent"));
    let search = |user: u32, home: &str| {
        let home = world.home().join(home);
        fs::create_dir_all(&home).expect("mkdir");
        give(&home, user, user);
        let mx = world
            .command(&["search", "word"])
            .env("HOME", home)
            .into_command();
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 002; exec \"$0\" \"$@\""]);
        shell.arg(mx.get_program()).args(mx.get_args()).env_clear();
        for (name, value) in mx.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        shell.current_dir(world.work());
        let said = shown(run(as_user(shell, user, group)), &["search"]);
        assert!(said.contains("a.md") && !said.contains("warning"), "{said}");
    };
    for round in 0..3 {
        search(first, "first");
        fs::write(world.kb().join("b.md"), format!("word {round}\n")).expect("write");
        search(second, "second");
        fs::write(world.kb().join("c.md"), format!("word {round}\n")).expect("write");
    }
    let current = fs::read_to_string(world.kb().join(".mx/index/CURRENT")).expect("a file");
    assert!(current.starts_with("1 "), "built once: {current}");
}

fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("chmod");
}

#[test]
fn what_is_the_users_own_is_for_the_user_alone() {
    let world = World::new();
    let mx = |arguments: &[&str]| mx_at_home(&world, arguments);
    mx(&["session-log", "-e", "a.md", "-m", "private"]);
    let event = hook_event(&world.work(), "UserPromptSubmit");
    let hook = world.command(&["hook"]).without("MEMEX_KB_ROOT");
    assert!(hook.input(event).output().status.success());
    mx(&["search", "private"]);
    let mode = |path: PathBuf| {
        let found = fs::symlink_metadata(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        found.permissions().mode() & 0o777
    };
    let own = world.home().join(".memex");
    for directory in ["", "kb", "kb/.mx", "kb/.mx/journal", "kb/.mx/index"] {
        assert_eq!(mode(own.join(directory)), 0o700, "{directory}");
    }
    let journals = fs::read_dir(own.join("kb/.mx/journal")).expect("a directory");
    for journal in journals {
        assert_eq!(mode(journal.expect("an entry").path()), 0o600);
    }
}

fn mx_at_home(world: &World, arguments: &[&str]) -> String {
    let command = world.command(arguments).without("MEMEX_KB_ROOT");
    shown(run(command.into_command()), arguments)
}

#[test]
fn a_clone_takes_what_hooks_capture_only_once_the_user_agreed() {
    let stage = Stage::new();
    let own = stage.world.home().join(".memex/kb/.mx/journal");
    let there = stage.clone.join(".mx/journal");
    stage.hook(false, "UserPromptSubmit");
    assert!(own.exists() && !there.exists());
    for command in [&["context", "show"][..], &["doctor"]] {
        let said = stage.mx_inside(command);
        assert!(said.contains("mx context trust"), "{said}");
    }
    let said = stage.mx_inside(&["context", "trust"]);
    assert!(said.starts_with("Trusted: "), "{said}");
    let said = stage.mx_inside(&["context", "trust", "--list"]);
    assert!(said.contains("clone"), "{said}");
    stage.hook(false, "UserPromptSubmit");
    assert!(there.exists());
    fs::remove_dir_all(&there).expect("removed");
    let said = stage.mx_inside(&["context", "trust", "--revoke"]);
    assert!(said.starts_with("Not trusted any more: "), "{said}");
    stage.hook(false, "UserPromptSubmit");
    assert!(!there.exists());
    stage.hook(true, "UserPromptSubmit");
    assert!(there.exists(), "the user named it");
}

/// Links that a repository can hold, and that lead into what it cannot: git's own files, and what else
/// is hidden in the clone.
const LINKS: [(&str, &str); 10] = [
    ("../.git/config", "notes/sessions.md"),
    (".git/hooks/post-commit", "h.md"),
    (".git/hooks", "hooks"),
    (".git", "session_logs"),
    (".priv", "logs"),
    ("../.priv/list.md", "lists/RECENT_WORK.md"),
    (".git/config", ".session_log.md"),
    (".priv/list.md", ".session_log-2.md"),
    (".git/config", ".gitattributes"),
    (".git/refs", "root"),
];

/// Puts links into the clone, and into its hidden parts what is worth a look.
fn link_into_hidden_parts(clone: &Path) {
    for directory in [".git/hooks", ".git/refs", ".priv", "notes", "lists"] {
        fs::create_dir_all(clone.join(directory)).expect("mkdir");
    }
    for (path, text) in [
        (".git/HEAD", "ref: refs/heads/main\n"),
        (".git/config", "[core]\n\tbare = false\n"),
        (".git/hooks/post-commit", "#!/bin/sh\n"),
        (".priv/list.md", "# Mine\n"),
    ] {
        fs::write(clone.join(path), text).expect("write");
    }
    for (to, link) in LINKS {
        symlink(to, clone.join(link)).expect("link");
    }
}

#[test]
fn the_links_of_a_clone_lead_into_nothing_hidden_there() {
    let stage = Stage::new();
    link_into_hidden_parts(&stage.clone);
    let hidden = || {
        let mut found = tree(&stage.clone.join(".git"));
        // Records of sessions are listed there, so that git leaves them out.
        found.retain(|(path, _)| !path.contains("/.git/info"));
        (found, tree(&stage.clone.join(".priv")))
    };
    let before = hidden();
    for (root, logs) in [
        (".", "session_logs"),
        (".", "logs"),
        (".", "lists"),
        ("root", "lists"),
    ] {
        let settings = format!("session_logs: {logs}\n");
        fs::write(stage.clone.join(".mx/config.yaml"), settings).expect("write");
        let context = format!("primary: notes\nkb_root: {root}\nproject: app\n");
        fs::write(stage.clone.join(".kbcontext"), context).expect("write");
        for run_it in [Stage::mx_inside, Stage::mx_named] {
            note_and_work(&stage, run_it);
            assert_eq!(hidden(), before, "{root} {logs}");
        }
    }
    // Nor does what the user makes of the clone, but for the merge driver in the configuration.
    stage.mx_inside(&["init", "."]);
    let config = fs::read_to_string(stage.clone.join(".git/config")).expect("a file");
    assert!(!config.contains("merge=union"), "{config}");
}

/// Runs what writes entries and records, by links too, and reads them.
fn note_and_work(stage: &Stage, run_it: fn(&Stage, &[&str]) -> String) {
    let linked = [
        "h.md",
        "hooks/new.md",
        "hooks/new/new.md",
        "session_logs/x.md",
    ];
    for entry in linked {
        run_it(stage, &["session-log", "-e", entry, "-m", "note by victim"]);
        let got = run_it(stage, &["get", entry]);
        assert!(!got.contains("#!/bin/sh"), "{got}");
    }
    let commands: [&[&str]; 8] = [
        &["session-log", "-m", "note by victim"],
        &["log", "start", "--goal", "aim"],
        &["log", "event", "step"],
        &["log", "end", "--state", "done"],
        &["log", "index"],
        &["project", "rename", "app", "other"],
        &["doctor", "--fix"],
        &["search", "victim"],
    ];
    for arguments in commands {
        let said = run_it(stage, arguments);
        assert!(!said.contains("bare = false"), "{said}");
    }
    for event in ["SessionStart", "UserPromptSubmit", "SessionEnd"] {
        stage.hook(true, event);
    }
    run_it(stage, &["log", "list"]);
}

#[test]
fn a_context_that_came_with_a_repository_redirects_no_prompt() {
    let stage = Stage::new();
    fs::remove_dir_all(stage.clone.join(".mx")).expect("removed");
    fs::write(stage.clone.join(".kbcontext"), "kb_root: .\nproject: app\n").expect("write");
    let before = tree(&stage.clone);
    for event in ["SessionStart", "UserPromptSubmit", "SessionEnd"] {
        stage.hook(false, event);
    }
    stage.mx_inside(&["search", "word"]);
    assert_eq!(tree(&stage.clone), before, "nothing is written there");
    let listed = mx_at_home(&stage.world, &["log", "list"]);
    assert!(listed.contains("secret plan"), "{listed}");
}

#[test]
fn what_the_user_made_is_trusted_without_asking() {
    let world = World::new();
    mx(&world, &["init"]);
    let hook = world
        .command(&["hook"])
        .without("MEMEX_KB_ROOT")
        .within(world.kb());
    let event = hook_event(&world.kb(), "UserPromptSubmit");
    assert!(hook.input(event).output().status.success());
    assert!(world.kb().join(".mx/journal").exists());
}

#[test]
fn a_directory_that_cannot_be_read_keeps_what_is_indexed_and_is_told() {
    if !can_be_two_users() {
        return;
    }
    let world = World::with(&[
        ("a.md", "# A\n\nword\n"),
        ("d/b.md", "# B\n\nword\n"),
        ("d/e/c.md", "# C\n\nword\n"),
    ]);
    let outer = world.kb().parent().expect("a parent").to_owned();
    give(&outer, 4001, 4001);
    let search = || {
        let command = world.command(&["search", "word", "--terse"]).into_command();
        shown(run(as_user(command, 4001, 4001)), &["search"])
    };
    let all = ["a.md", "d/b.md", "d/e/c.md"];
    let names = |said: &str| all.map(|name| said.contains(name));
    assert_eq!(names(&search()), [true; 3]);
    let set = |directory: &str, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(world.kb().join(directory), mode).expect("chmod");
    };
    for (directory, mode) in [
        ("d", 0o000),
        ("d", 0o100),
        ("d", 0o400),
        ("d/e", 0o000),
        ("", 0o300),
    ] {
        set(directory, mode);
        for _ in 0..2 {
            let said = search();
            assert_eq!(names(&said), [true; 3], "{directory} {mode:o}: {said}");
            assert!(
                said.contains("cannot read the directory"),
                "{directory} {mode:o}: {said}"
            );
        }
        set(directory, 0o755);
        let said = search();
        assert_eq!(names(&said), [true; 3], "{said}");
        assert!(!said.contains("cannot read"), "{said}");
    }
    fs::remove_file(world.kb().join("d/b.md")).expect("removed");
    assert_eq!(names(&search()), [true, false, true]);
}

#[test]
fn a_root_that_is_a_link_to_nowhere_is_an_error() {
    let world = World::new();
    symlink("missing", world.kb()).expect("link");
    let output = mx(&world, &["search", "word"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(shown(output, &["search"]).contains("link to nowhere"));
}

#[test]
fn where_no_thread_can_be_had_one_does_all() {
    if !can_be_two_users() {
        return;
    }
    let world = World::with(&[("a.md", "# A\n\nword\n")]);
    let outer = world.kb().parent().expect("a parent").to_owned();
    give(&outer, 4005, 4005);
    let limited = |limit: &str, arguments: &[&str]| {
        let mx = world.command(arguments).into_command();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -u {limit}; exec \"$0\" \"$@\"")]);
        shell.arg(mx.get_program()).args(mx.get_args()).env_clear();
        for (name, value) in mx.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        shell.current_dir(world.work());
        shown(run(as_user(shell, 4005, 4005)), arguments)
    };
    let said = limited("unlimited", &["search", "word"]);
    assert!(said.contains("a.md"), "{said}");
    for arguments in [
        &["search", "word"][..],
        &["log", "start", "--goal", "aim"],
        &["log", "event", "x"],
        &["log", "end"],
        &["log", "list"],
        &["resume"],
        &["doctor"],
    ] {
        let said = limited("1", arguments);
        assert!(!said.contains("internal error"), "{arguments:?}: {said}");
    }
    let said = limited("1", &["search", "word"]);
    assert!(said.contains("a.md"), "{said}");
}

#[test]
fn a_gitignore_that_was_cut_short_is_made_whole_and_others_are_told() {
    let world = World::new();
    mx(&world, &["init"]);
    let ignore = world.kb().join(".mx/.gitignore");
    let whole = fs::read_to_string(&ignore).expect("a file");
    for part in ["", "*", "*\n!.gitig"] {
        fs::write(&ignore, part).expect("write");
        mx(&world, &["index"]);
        assert_eq!(
            fs::read_to_string(&ignore).expect("a file"),
            whole,
            "{part:?}"
        );
    }
    fs::write(
        &ignore,
        "!index\n# a comment of somebody, longer than what belongs here\n",
    )
    .expect("write");
    let said = shown(mx(&world, &["doctor"]), &["doctor"]);
    assert!(
        said.contains("does not leave out what is private"),
        "{said}"
    );
}
