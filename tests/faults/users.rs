//! Several users of one machine, where we may become another one.

use crate::common::{Run, World};
use crate::injector::run_with;
use crate::support::{sane, succeeded};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Users and a group that do not exist.
const VICTIM: u32 = 61_001;
const OTHER: u32 = 61_002;
const GROUP: u32 = 61_003;

/// A world that other users may enter, with a program that they may run.
struct Town {
    world: World,
    program: PathBuf,
}

impl Town {
    /// Returns one; `None`, with a word, where we may not become another user.
    fn new() -> Option<Self> {
        let world = World::new();
        let program = world.root().join("mx");
        fs::copy(assert_cmd::cargo::cargo_bin!("mx"), &program).expect("a program");
        for path in [world.root().to_owned(), program.clone()] {
            fs::set_permissions(path, Permissions::from_mode(0o755)).expect("permissions");
        }
        for path in [world.home(), world.work(), world.temp()] {
            if chown(path, Some(VICTIM), Some(VICTIM)).is_err() {
                eprintln!("left out: only root may become another user");
                return None;
            }
        }
        Some(Town { world, program })
    }

    /// Makes a file or, ending with `/`, a directory of the other user.
    fn plant(&self, path: &str, text: &str, mode: u32) -> PathBuf {
        let file = self.world.root().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(&file).expect("a directory");
        } else {
            fs::write(&file, text).expect("a file");
        }
        fs::set_permissions(&file, Permissions::from_mode(mode)).expect("permissions");
        chown(&file, Some(OTHER), Some(OTHER)).expect("given away");
        file
    }

    /// Runs `mx` as a user, below the mask, in a directory, with the root found from there.
    fn run_as(&self, user: u32, mask: &str, directory: &Path, run: Run<'_>) -> Output {
        let mx = run
            .without("MEMEX_KB_ROOT")
            .within(directory)
            .into_command();
        self.start_as(user, mask, mx)
    }

    /// Runs a hook with what an agent sends it.
    fn hook_as(&self, user: u32, directory: &Path, run: Run<'_>, payload: &str) -> Output {
        let input = self.world.root().join("input");
        fs::write(&input, payload).expect("an input");
        let mx = run
            .without("MEMEX_KB_ROOT")
            .within(directory)
            .into_command();
        let mut hook = Command::new(&self.program);
        hook.args(mx.get_args()).env_clear().current_dir(directory);
        hook.envs(
            mx.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        hook.uid(user).gid(GROUP);
        run_with(hook, &input)
    }

    fn start_as(&self, user: u32, mask: &str, mx: Command) -> Output {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("umask {mask}; exec \"$0\" \"$@\""));
        shell.arg(&self.program).args(mx.get_args()).env_clear();
        shell.envs(
            mx.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        shell.current_dir(mx.get_current_dir().expect("a directory"));
        shell.uid(user).gid(GROUP);
        sane(crate::support::run(shell), &["mx"])
    }
}

/// Returns all text below a directory.
fn text_below(directory: &Path) -> String {
    let tree = crate::support::tree(directory);
    tree.iter()
        .map(|(path, bytes)| format!("{path}\n{}\n", String::from_utf8_lossy(bytes)))
        .collect()
}

/// A directory above that everybody may write to, as `/tmp` is, and the victim's work below it.
fn shared(town: &Town) -> PathBuf {
    town.plant("public/", "", 0o777);
    let work = town.world.root().join("public/work");
    fs::create_dir(&work).expect("a directory");
    chown(&work, Some(VICTIM), Some(VICTIM)).expect("given away");
    work
}

#[test]
fn whoever_owns_a_directory_above_decides_nothing() {
    // The path, the text and the permissions of each.
    type Planted<'a> = &'a [(&'a str, &'a str, u32)];
    let evil: [(&str, Planted<'_>); 4] = [
        (
            "context",
            &[
                ("public/evil/", "", 0o777),
                (
                    "public/.kbcontext",
                    "kb_root: evil\nsession_entry: stolen.md\n",
                    0o644,
                ),
            ],
        ),
        (
            "unreadable context",
            &[("public/.kbcontext", "kb_root: evil\n", 0o600)],
        ),
        ("private directory", &[("public/.mx/", "", 0o777)]),
        (
            "unreadable private directory",
            &[("public/.mx/", "", 0o700)],
        ),
    ];
    for (name, planted) in evil {
        let Some(town) = Town::new() else {
            return;
        };
        let work = shared(&town);
        for (path, text, mode) in planted {
            town.plant(path, text, *mode);
        }
        let arguments = ["session-log", "-e", "own.md", "-m", "privateword"];
        let run = town.world.command(&arguments);
        succeeded(town.run_as(VICTIM, "022", &work, run), &[name]);
        let payload = format!(
            r#"{{"event":"prompt","session":"s","cwd":{:?},"text":"promptword"}}"#,
            work.display().to_string()
        );
        let run = town.world.command(&["hook", "--agent", "generic"]);
        succeeded(town.hook_as(VICTIM, &work, run, &payload), &[name]);
        let public = text_below(&town.world.root().join("public"));
        for word in ["privateword", "promptword"] {
            assert!(!public.contains(word), "{name}: {word}: {public}");
        }
        let own = text_below(&town.world.home().join(".memex"));
        assert!(own.contains("privateword"), "{name}: {own}");
        assert!(own.contains("promptword"), "{name}: {own}");
    }
}

#[test]
fn two_users_of_one_knowledge_base_share_its_index() {
    let Some(town) = Town::new() else {
        return;
    };
    let kb = town.world.root().join("common");
    fs::create_dir(&kb).expect("a directory");
    chown(&kb, None, Some(GROUP)).expect("given away");
    fs::set_permissions(&kb, Permissions::from_mode(0o2775)).expect("permissions");
    let run = |user: u32, arguments: &[&str]| {
        let mut all = vec!["--kb", kb.to_str().expect("UTF-8")];
        all.extend(arguments);
        let work = town.world.root();
        let output = town.run_as(user, "002", work, town.world.command(&all));
        succeeded(output, arguments)
    };
    run(VICTIM, &["session-log", "-e", "a.md", "-m", "one"]);
    run(VICTIM, &["search", "one"]);
    let generation = || fs::read_to_string(kb.join(".mx/index/CURRENT")).expect("a file");
    let first = generation();
    for (n, user) in [OTHER, VICTIM, OTHER, VICTIM].into_iter().enumerate() {
        let word = format!("word{n}x");
        run(user, &["session-log", "-e", "a.md", "-m", &word]);
        assert!(run(user, &["search", &word, "--terse"]).contains("a.md"));
        run(user, &["log", "start", "--project", &word]);
        run(user, &["log", "end", "--summary", &word]);
    }
    assert_eq!(generation(), first, "nobody had to build it anew");
    let shared = |name: &str| {
        let mode = fs::metadata(kb.join(name)).expect("there").mode();
        assert_eq!(mode & 0o060, 0o060, "{name}: {mode:o}");
    };
    shared(".mx/index/CURRENT");
    shared(".mx/sessions/derived.json");
}

#[test]
fn what_a_user_keeps_is_for_the_user_alone() {
    let Some(town) = Town::new() else {
        return;
    };
    let work = town.world.work();
    for arguments in [
        &["session-log", "-e", "a.md", "-m", "one"][..],
        &["search", "one"],
    ] {
        let run = town.world.command(arguments);
        succeeded(town.run_as(VICTIM, "022", &work, run), arguments);
    }
    let home = town.world.home();
    for name in [".memex", ".memex/kb/.mx"] {
        let mode = fs::metadata(home.join(name)).expect("there").mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}

#[test]
fn nothing_in_a_shared_temporary_directory_is_believed_or_waited_for() {
    for trap in ["fifo", "link"] {
        let Some(town) = Town::new() else {
            return;
        };
        let precious = town.world.home().join("precious");
        fs::write(&precious, "mine\n").expect("a file");
        chown(&precious, Some(VICTIM), Some(VICTIM)).expect("given away");
        fs::set_permissions(town.world.temp(), Permissions::from_mode(0o1777))
            .expect("permissions");
        for directory in ["memex".to_owned(), format!("memex-{VICTIM}")] {
            let place = town.world.temp().join(directory);
            fs::create_dir(&place).expect("a directory");
            chown(&place, Some(OTHER), Some(OTHER)).expect("given away");
            let losses = place.join("hook-losses");
            if trap == "fifo" {
                let made = Command::new("mkfifo").arg(&losses).status();
                assert!(made.is_ok_and(|made| made.success()), "mkfifo");
            } else {
                symlink(&precious, &losses).expect("a link");
            }
        }
        // Nothing can be noted in the knowledge base, nor among caches, so that losses go elsewhere.
        for place in [town.world.kb(), town.world.home().join(".cache")] {
            fs::write(place, "").expect("a file in the way");
        }
        for arguments in [&["hook", "--agent", "generic"][..], &["doctor"]] {
            let mx = town.world.command(arguments).into_command();
            town.start_as(VICTIM, "022", mx);
        }
        assert_eq!(fs::read_to_string(&precious).expect("a file"), "mine\n");
    }
}

/// A record that the user may not read, as after a wrong `chmod`, holds up the session that it may
/// belong to, and no other.
#[test]
fn a_record_that_may_not_be_read_holds_up_no_other_session() {
    let Some(town) = Town::new() else {
        return;
    };
    let work = town.world.work();
    let told = |now: &str, session: &str, event: &str, fields: &str| {
        let payload = format!(
            r#"{{"hook_event_name":"{event}","session_id":"{session}","cwd":{:?}{fields}}}"#,
            work.display().to_string()
        );
        let hook = town.world.command(&["hook", "--agent", "claude"]);
        let run = hook.env("MX_NOW", format!("2026-01-11T{now}:00Z"));
        succeeded(town.hook_as(VICTIM, &work, run, &payload), &[event]);
    };
    let work_on = |now: &str, session: &str, source: &str, word: &str| {
        let source = format!(r#","source":"{source}""#);
        told(now, session, "SessionStart", &source);
        told(
            now,
            session,
            "UserPromptSubmit",
            &format!(r#","prompt":"{word}""#),
        );
        told(now, session, "SessionEnd", r#","reason":"other""#);
    };
    let list = || {
        let run = town.world.command(&["log", "list"]);
        let run = run.env("MX_NOW", "2026-01-11T12:00:00Z");
        let output = town.run_as(VICTIM, "022", &work, run);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    };
    work_on("10:00", "s-1", "startup", "firstword");
    assert_eq!(list(), "");
    let logs = town.world.home().join(".memex/kb/session_logs");
    let entry = |name: &str| {
        let below = crate::support::tree(&logs);
        let found = below.into_iter().find(|(path, _)| path.ends_with(name));
        let (path, text) = found.unwrap_or_default();
        (path, String::from_utf8_lossy(&text).into_owned())
    };
    let (first, _) = entry("20260111-100000.md");
    fs::set_permissions(&first, Permissions::from_mode(0o000)).expect("permissions");
    work_on("10:30", "s-2", "startup", "secondword");
    work_on("10:40", "s-1", "resume", "thirdword");
    work_on("10:50", "s-3", "startup", "fourthword");
    for _ in 0..2 {
        let said = list();
        assert_eq!(said.matches("warning: ").count(), 1, "{said}");
        assert!(said.contains(&first), "it is named: {said}");
        for (name, word) in [("103000", "secondword"), ("105000", "fourthword")] {
            let (_, text) = entry(&format!("20260111-{name}.md"));
            assert!(text.contains(word), "{name}: {said}");
        }
    }
    fs::set_permissions(&first, Permissions::from_mode(0o600)).expect("permissions");
    assert_eq!(list(), "");
    let (_, text) = entry("20260111-100000.md");
    assert!(
        text.contains("firstword") && text.contains("thirdword"),
        "{text}"
    );
    assert_eq!(
        entry("20260111-104000.md").0,
        "",
        "one record of each session"
    );
}

/// The record of a session as another user could leave it in a directory above.
const FOREIGN_RECORD: &str = "---\nsession: 20260111-100000\nproject: evil\nstatus: active\n\
    started: 2026-01-11T10:00:00Z\n---\n\n## Session: 20260111-100000\n\n### Decisions Log\n\n\
    | Decision | Rationale |\n|---|---|\n| evilword | policy |\n";

#[test]
fn a_record_of_another_user_above_is_passed_over() {
    for mode in [0o644, 0o666] {
        let Some(town) = Town::new() else {
            return;
        };
        let work = shared(&town);
        let record = town.plant("public/.session_log.md", FOREIGN_RECORD, mode);
        let mut warned = false;
        for arguments in [
            &["log", "start"][..],
            &["log", "event", "privateword"],
            &["log", "status"],
            &["decisions"],
            &["search", "evilword", "--terse"],
            &["prime"],
            &["resume"],
            &["doctor"],
            &["log", "end"],
        ] {
            let output = town.run_as(VICTIM, "022", &work, town.world.command(arguments));
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            warned |= said.contains("belongs to another user");
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(!shown.contains("evilword"), "{arguments:?}: {shown}");
            if arguments[0] == "log" {
                succeeded(output, arguments);
            }
        }
        assert!(warned, "a word about it");
        let text = fs::read_to_string(record).expect("a file");
        assert_eq!(text, FOREIGN_RECORD, "{mode:o}");
        let own = text_below(&town.world.home().join(".memex"));
        assert!(own.contains("privateword"), "{own}");
        assert!(!own.contains("evil"), "{own}");
    }
}

/// What others put above: a repository, which would name the project and the place of the record, and
/// hooks, which would keep events away.
#[test]
fn a_repository_and_hooks_of_another_user_above_decide_nothing() {
    let Some(town) = Town::new() else {
        return;
    };
    let work = shared(&town);
    for (path, text) in [
        ("public/.git/", ""),
        ("public/.git/HEAD", "ref: refs/heads/main\n"),
        (
            "public/.git/config",
            "[remote \"origin\"]\nurl = h:o/evil\n",
        ),
        ("public/.cursor/", ""),
        ("public/.cursor/hooks.json", "mx hook --agent cursor"),
    ] {
        let mode = if path.ends_with('/') { 0o777 } else { 0o666 };
        town.plant(path, text, mode);
    }
    let run = town.world.command(&["log", "start"]);
    succeeded(town.run_as(VICTIM, "022", &work, run), &["start"]);
    assert!(work.join(".session_log.md").exists());
    let own = fs::read_to_string(work.join(".session_log.md")).expect("a record");
    assert!(!own.contains("evil"), "{own}");
}

#[test]
fn who_is_told_of_a_shared_knowledge_base_can_agree_to_it() {
    let Some(town) = Town::new() else {
        return;
    };
    let kb = town.world.root().join("common");
    fs::create_dir(&kb).expect("a directory");
    chown(&kb, Some(VICTIM), Some(GROUP)).expect("given away");
    fs::set_permissions(&kb, Permissions::from_mode(0o2775)).expect("permissions");
    let home = town.plant("home2/", "", 0o700);
    let run = |user: u32, arguments: &[&str]| {
        let mut mx = town.world.command(arguments);
        if user == OTHER {
            mx = mx.env("HOME", &home);
        }
        let output = town.run_as(user, "002", &kb, mx);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        succeeded(output, arguments) + &said
    };
    run(VICTIM, &["init"]);
    run(VICTIM, &["session-log", "-e", "a.md", "-m", "oneword"]);
    let said = run(OTHER, &["session-log", "-e", "b.md", "-m", "x"]);
    assert!(said.contains("context trust"), "{said}");
    let said = run(OTHER, &["context", "trust"]);
    assert!(said.contains(kb.to_str().expect("UTF-8")), "{said}");
    assert!(run(OTHER, &["search", "oneword", "--terse"]).contains("a.md"));
    assert!(
        kb.join(".mx/index/CURRENT").exists(),
        "nothing was put aside"
    );
}
