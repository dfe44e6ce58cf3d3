//! Homes to begin with.

use crate::common::World;
use crate::invariants::ACKNOWLEDGED;
use crate::lab::{Call, hook, mx};
use std::fs;

const ENTRY: &str = "projects/shop/sessions.md";

/// Nothing but a home and a project.
pub fn empty(world: &World) {
    put(world, "home/.profile", "export PRECIOUS=1\n");
    put(world, "shop/src/main.rs", "fn main() {}\n");
}

/// Notes, of which one is another person's, and an index.
pub fn notes(world: &World) {
    empty(world);
    world.write("patterns/oauth2.md", "# OAuth2\r\n\r\nRotate the token.\n");
    let [first, second, ..] = ACKNOWLEDGED;
    for word in [first, second] {
        mx(&["session-log", "-e", ENTRY, "-m", word]).ok(world);
    }
    acknowledge(world, 2);
    mx(&["search", first]).ok(world);
}

/// Notes, and a message that is longer than a page.
pub fn notes_and_message(world: &World) {
    notes(world);
    let lines = "a line of some length\n".repeat(600);
    put(world, "home/message", format!("addedx\n{lines}"));
}

/// Entries that the index does not know yet.
pub fn changed_notes(world: &World) {
    notes(world);
    for n in 0..8 {
        world.write(&format!("d{}/n{n}.md", n % 3), format!("# N{n}\n\nlamp\n"));
    }
    mx(&["search", "lamp"]).ok(world);
    world.write("d1/n1.md", "# N1\n\nlamp and chair\n");
    world.write("d1/new.md", "# New\n\nlamp\n");
    fs::remove_file(world.kb().join("d2/n2.md")).expect("removed");
}

/// Notes, and sessions that have ended.
pub fn sessions(world: &World) {
    notes(world);
    let [_, _, third, fourth] = ACKNOWLEDGED;
    for (word, now) in [(third, "2026-01-09"), (fourth, "2026-01-10")] {
        let at = |time: &str| format!("{now}T{time}:00Z");
        mx(&["log", "start"]).with("MX_NOW", &at("09:00")).ok(world);
        mx(&["log", "event", word])
            .with("MX_NOW", &at("09:20"))
            .ok(world);
        mx(&["log", "end"]).with("MX_NOW", &at("10:00")).ok(world);
    }
    acknowledge(world, 4);
}

/// Notes, where each project has an entry without asking for it.
pub fn default_entry(world: &World) {
    world.write(
        ".mx/config.yaml",
        "default_entry: projects/{project}/sessions.md\n",
    );
    notes(world);
}

/// Notes in a clone of a repository in which entries are merged, which does not know the driver yet.
pub fn clone_of_repository(world: &World) {
    notes(world);
    put(world, "kb/.git/HEAD", "ref: refs/heads/main\n");
    put(world, "kb/.git/config", "[core]\n\tbare = false\n");
    fs::create_dir_all(world.kb().join(".git/info")).expect("a directory");
    world.write(".gitattributes", "*.md merge=union\n");
    let _ = fs::remove_file(world.kb().join(".mx/merge-driver"));
}

/// A knowledge base that came with a repository.
pub fn cloned_kb(world: &World) {
    empty(world);
    put(world, "shop/.mx/config.yaml", "timezone: UTC\n");
    put(world, "shop/.git/HEAD", "ref: refs/heads/main\n");
    put(world, "shop/a.md", "# A\n\nlamp\n");
}

/// Three versions of an entry, as git hands them to a merge driver.
pub fn two_versions(world: &World) {
    notes(world);
    let note = |word: &str, minute: u32| format!("\n## 2026-01-11 10:{minute} UTC\n\n{word}\n");
    let base = format!("# A\n{}", note("base", 10));
    put(world, "home/base", &base);
    put(world, "home/ours", base.clone() + &note("ours", 20));
    put(world, "home/theirs", base + &note("theirs", 30));
}

/// Sessions of a project that a `.kbcontext` names, and a link to one.
pub fn project(world: &World) {
    put(world, "shop/.kbcontext", "project: shop\n");
    sessions(world);
    world.write("a.md", "# A\n\n[[session_logs/shop/20260109-090000]]\n");
}

/// A step that is open, in a session that has ended.
pub fn open_step(world: &World) {
    sessions(world);
    mx(&["log", "start"]).ok(world);
    mx(&["log", "next", "a table"]).ok(world);
    mx(&["log", "end", "--summary", "A chair"]).ok(world);
}

/// What killed processes and older versions left behind.
pub fn damaged(world: &World) {
    sessions(world);
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(600);
    let left = [
        "kb/projects/.tmpAbC123dEf456",
        "kb/.mx/append/0123456789abcdef",
        "kb/.mx/index/7/catalog.redb",
        "kb/.mx/index/1/fulltext/0123.idx",
    ];
    for path in left {
        put(world, path, "half");
        let file = fs::File::options()
            .write(true)
            .open(world.root().join(path));
        let set = file.expect("a file").set_modified(long_ago);
        set.expect("a time");
    }
    world.write(".mx/.gitignore", "config.yaml\n");
    use std::os::unix::fs::PermissionsExt;
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(world.kb().join(".mx/sessions"), open.clone()).expect("permissions");
    fs::set_permissions(world.kb().join(".mx"), open).expect("permissions");
}

/// Sessions, and no index.
pub fn unindexed(world: &World) {
    sessions(world);
    fs::remove_dir_all(world.kb().join(".mx/index")).expect("removed");
}

/// A session in progress, kept in the project.
pub fn running(world: &World) {
    notes(world);
    let [_, _, third, fourth] = ACKNOWLEDGED;
    mx(&["log", "start", "--goal", "A lamp"]).ok(world);
    mx(&["log", "event", third]).ok(world);
    mx(&["log", "decision", fourth, "--why", "simpler"]).ok(world);
    put(world, "shop/src/lamp.rs", "fn lamp() {}\n");
    acknowledge(world, 4);
}

/// A session in progress, kept in the knowledge base.
pub fn running_in_kb(world: &World) {
    world.write(".mx/config.yaml", "session_file: kb\n");
    running(world);
}

/// Work that no session holds.
pub fn work(world: &World) {
    sessions(world);
    put(world, "shop/src/chair.rs", "fn chair() {}\n");
}

/// What hooks noted of a session that goes on.
pub fn live_journal(world: &World) {
    sessions(world);
    tell(world, "s-1", false);
}

/// What hooks noted of a session that has ended.
pub fn ended_journal(world: &World) {
    sessions(world);
    tell(world, "s-1", true);
}

/// What hooks noted of two sessions.
pub fn two_journals(world: &World) {
    ended_journal(world);
    tell(world, "s-2", true);
}

/// A session that has ended and goes on.
pub fn resumed_journal(world: &World) {
    ended_journal(world);
    mx(&["log", "list"]).ok(world);
    hook("s-1", "start", "").ok(world);
    hook("s-1", "prompt", r#""text":"And a shade""#).ok(world);
    hook("s-1", "end", "").ok(world);
}

/// A session that was begun by hand, and that an agent has joined.
pub fn joined_journal(world: &World) {
    running(world);
    tell(world, "s-1", true);
}

fn tell(world: &World, session: &str, ended: bool) {
    hook(session, "start", "").ok(world);
    hook(session, "prompt", r#""text":"Make a lamp""#).ok(world);
    hook(
        session,
        "file",
        r#""path":"src/lamp.rs","action":"created""#,
    )
    .ok(world);
    hook(
        session,
        "command",
        r#""command":"cargo test","exit_code":1"#,
    )
    .ok(world);
    if ended {
        hook(session, "end", "").ok(world);
    }
}

/// Transcripts of Claude Code: two sessions, and one that goes on with the first.
pub fn transcripts(world: &World) {
    sessions(world);
    let told = |session: &str, from: &str, hour: u32, words: &[&str]| -> String {
        let line = |(n, word): (usize, &&str)| {
            format!(
                "{{\"type\":\"user\",\"uuid\":\"{from}-{n}\",\"sessionId\":\"{session}\",\"cwd\":{:?},\
                 \"timestamp\":\"2026-01-08T{hour:02}:{n:02}:00.000Z\",\
                 \"message\":{{\"role\":\"user\",\"content\":\"{word}\"}}}}\n",
                world.work().display()
            )
        };
        words.iter().enumerate().map(line).collect()
    };
    let dir = "home/.claude/projects/shop";
    let first = ["A lamp", "A shade"];
    put(
        world,
        &format!("{dir}/s1.jsonl"),
        told("s1", "s1", 9, &first),
    );
    let other = told("s2", "s2", 11, &["A table"]);
    put(world, &format!("{dir}/s2.jsonl"), other);
    let fork = told("s3", "s1", 9, &first) + &told("s3", "s3", 13, &["A bulb"]);
    put(world, &format!("{dir}/s3.jsonl"), fork);
}

/// A session with hooks, whose transcript holds more: the outcome of a command.
pub fn live_transcript(world: &World) {
    sessions(world);
    let item = |payload: &str| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:29:00Z\",\"type\":\"response_item\",\"payload\":{{{payload}}}}}\n"
        )
    };
    let call = item(
        "\"type\":\"function_call\",\"name\":\"shell\",\"call_id\":\"c1\",\
         \"arguments\":\"{\\\"cmd\\\":\\\"make addedx\\\"}\"",
    );
    let output = item(
        "\"type\":\"function_call_output\",\"call_id\":\"c1\",\
         \"output\":\"Exit code: 1\\nOutput:\\n\"",
    );
    put(world, "home/.codex/rollout.jsonl", call + &output);
    for (event, fields) in [
        ("SessionStart", r#","source":"startup""#),
        ("UserPromptSubmit", r#","prompt":"A lamp""#),
    ] {
        hook_of_codex(event, fields).ok(world);
    }
}

/// Returns a call of a hook of Codex, which names its transcript.
pub fn hook_of_codex(event: &str, fields: &str) -> Call {
    mx(&["hook", "--agent", "codex"]).reading(&format!(
        r#"{{"hook_event_name":"{event}","session_id":"s1","cwd":"SHOP","transcript_path":"HOME/.codex/rollout.jsonl"{fields}}}"#
    ))
}

/// Transcripts that went on since they were imported.
pub fn grown_transcripts(world: &World) {
    transcripts(world);
    mx(&["import", "claude"]).ok(world);
    for name in ["s1", "s2"] {
        let path = format!("home/.claude/projects/shop/{name}.jsonl");
        let text = fs::read_to_string(world.root().join(&path)).expect("a transcript");
        let more = text
            .lines()
            .last()
            .expect("a line")
            .replace("T09:", "T10:")
            .replace("T11:", "T12:");
        let more = more.replace("-0\"", "-7\"").replace("-1\"", "-8\"");
        let more = more
            .replace("A shade", "A cable")
            .replace("A table", "A cable");
        put(world, &path, text + &more + "\n");
    }
}

/// Agents with settings of their own.
pub fn agents(world: &World) {
    empty(world);
    let settings = "{\n  // mine\n  \"model\": \"opus\",\n  \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]}]}\n}\n";
    put(world, "home/.claude/settings.json", settings);
    put(world, "home/.codex/config.toml", "model = \"o5\" # mine\n");
    fs::create_dir_all(world.home().join(".gemini")).expect("a directory");
}

/// Agents that have hooks of ours.
pub fn installed(world: &World) {
    agents(world);
    mx(&["install", "all"]).ok(world);
}

/// A directory of Markdown in git.
pub fn repository(world: &World) {
    empty(world);
    fs::create_dir_all(world.kb().join(".git")).expect("a directory");
    world.write("a.md", "# A\n");
    world.write(".gitattributes", "*.png binary\n");
}

fn put(world: &World, path: &str, content: impl AsRef<[u8]>) {
    let file = world.root().join(path);
    fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
    fs::write(file, content).expect("a file");
}

/// Notes how many of the words were acknowledged.
fn acknowledge(world: &World, count: usize) {
    put(world, "home/acknowledged", ACKNOWLEDGED[..count].join("\n"));
}
