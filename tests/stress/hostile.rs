//! Files and arguments that mean harm.

use crate::common::World;
use crate::support::{found, index_is_right, json, mx, ok, run, sane, scale, succeeded, tree};
use std::fs;
#[cfg(unix)]
use std::path::Path;

const WORD: &str = "needleword";

/// Front matter at which a careless parser hangs, or runs out of memory or stack.
fn yaml_bombs() -> Vec<(&'static str, String)> {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, before) in ('b'..='z').zip('a'..='y') {
        laughs += &format!(
            "{name}: &{name} [{}]\n",
            vec![format!("*{before}"); 9].join(", ")
        );
    }
    let blocks: String = (0..3000)
        .map(|n| format!("{}k:\n", " ".repeat(n)))
        .collect();
    vec![
        ("laughs", format!("---\n{laughs}tags: *z\n---\n\n")),
        ("merge", format!("---\n{laughs}<<: *z\n---\n\n")),
        (
            "deep",
            format!("---\ntags: {}\n---\n\n", "[".repeat(100_000)),
        ),
        (
            "deep-map",
            format!("---\ntags: {}\n---\n\n", "{a: ".repeat(50_000)),
        ),
        ("deep-block", format!("---\n{blocks}---\n\n")),
        (
            "deep-sequence",
            format!("---\ntags: {}\n---\n\n", "- ".repeat(50_000)),
        ),
        ("cycle", "---\na: &a [*a]\ntags: *a\n---\n\n".to_owned()),
        (
            "huge",
            format!("---\ntitle: {}\n---\n\n", "x".repeat(2_000_000)),
        ),
        (
            "many",
            format!(
                "---\n{}---\n\n",
                (0..50_000)
                    .map(|n| format!("k{n}: v\n"))
                    .collect::<String>()
            ),
        ),
        (
            "tag",
            "---\ntitle: !!python/object/apply:os.system [ls]\n---\n\n".to_owned(),
        ),
        (
            "types",
            "---\ntitle: [1, {a: b}]\ntags: {a: b}\ncreated: [x]\n---\n\n".to_owned(),
        ),
        ("open", "---\ntitle: never closed\n\n".to_owned()),
        (
            "control",
            "---\ntitle: \"a\\0b\u{1b}[31m\"\n---\n\n".to_owned(),
        ),
    ]
}

/// Markdown at which a careless parser takes for ever.
fn deep_markdown() -> Vec<(&'static str, String)> {
    let nested_list: String = (0..400)
        .map(|n| format!("{}- x\n", "  ".repeat(n)))
        .collect();
    vec![
        ("quotes", format!("{}x\n", ">".repeat(50_000))),
        ("lists", nested_list),
        ("list-line", format!("{}x\n", "- ".repeat(20_000))),
        ("brackets", "[".repeat(50_000)),
        ("images", "![[".repeat(30_000)),
        ("links", "[a](".repeat(30_000)),
        ("wiki", "[[a|".repeat(30_000)),
        ("stars", "*a_ ".repeat(30_000)),
        (
            "backticks",
            (1..400).map(|n| format!("{} ", "`".repeat(n))).collect(),
        ),
        ("html", "<a <!-- <![CDATA[ <?".repeat(10_000)),
        ("entities", "&#0;&amp;&".repeat(20_000)),
        ("hashes", "#a ".repeat(50_000)),
        ("headings", "## 2026-01-11 10:30 UTC\n".repeat(20_000)),
        (
            "table",
            format!(
                "|{}\n|{}\n{}",
                "a|".repeat(500),
                "-|".repeat(500),
                "|x\n".repeat(5_000)
            ),
        ),
        (
            "references",
            (0..5_000).map(|n| format!("[{n}]: <x>\n[{n}]\n")).collect(),
        ),
    ]
}

const SCRIPTS: [&str; 10] = [
    "日本語のメモ",
    "العربية",
    "עברית",
    "ไทย",
    "हिन्दी",
    "emoji 🎉",
    "e\u{301}tude",
    "quo'te \"x\"",
    "$(touch pwned) `x`",
    "%41&;|",
];

/// Returns the names that the system allows.
fn names() -> impl Iterator<Item = &'static str> {
    let forbidden = |name: &&str| cfg!(windows) && name.contains(['"', '|']);
    SCRIPTS.into_iter().filter(move |name| !forbidden(name))
}

fn hostile() -> World {
    let world = World::new();
    world.write("good.md", format!("# Good\n\n{WORD} unscathed\n"));
    for (name, text) in yaml_bombs() {
        world.write(
            &format!("yaml/{name}.md"),
            format!("{text}# Y\n\n{WORD} yaml{}\n", name.replace('-', "")),
        );
    }
    for (name, text) in deep_markdown() {
        let after = "\n\n```\n```\n\n# Deep\n\n";
        world.write(
            &format!("deep/{name}.md"),
            format!("{WORD} deep{}\n\n{text}{after}", name.replace('-', "")),
        );
    }
    let sentence = "The quick brown fox jumps over the lazy dog near the river bank.\n\n";
    world.write(
        "large.md",
        format!(
            "# Large {WORD}\n\n{}",
            sentence.repeat(40_000_000 * scale().min(3) / sentence.len())
        ),
    );
    world.write(
        "one-line.md",
        format!(
            "{WORD} {}",
            "lorem ipsum ".repeat(5_000_000 * scale().min(10) / 12)
        ),
    );
    world.write(
        "one-word.md",
        format!("# {WORD}\n\n{}", "x".repeat(1_000_000)),
    );
    world.write(
        "invalid.md",
        b"# Invalid\n\nneedleword \xff\xfe\xc3\x28 after\n",
    );
    world.write("utf16.md", b"\xff\xfe#\0 \0A\0\n\0");
    world.write(
        "nul.md",
        format!("# Nul\n\n{WORD} a\0b \u{1b}[31mred\u{7}\u{9b}2J\n"),
    );
    world.write(
        "crlf.md",
        format!("---\r\ntitle: Crlf\r\n---\r\n\r\n## Part\r\n\r\n{WORD} crlfword\r\n"),
    );
    world.write(
        "bom.md",
        format!("\u{feff}---\ntitle: Bomtitle\n---\n\n{WORD}\n"),
    );
    world.write("cr.md", format!("# Cr\r\r{WORD}\r"));
    world.write("empty.md", "");
    world.write("x.md/inner.md", format!("# Inner\n\n{WORD} innerword\n"));
    world.write(".hidden/h.md", "hiddenword");
    for name in names() {
        world.write(
            &format!("{name}.md"),
            format!("# {name}\n\n{WORD} scriptword\n"),
        );
    }
    let outside = world.home().join("outside");
    fs::create_dir_all(&outside).expect("a directory");
    fs::write(outside.join("secret.md"), "# Secret\n\nsecretword\n").expect("a file");
    #[cfg(unix)]
    special(&world, &outside);
    world
}

#[cfg(unix)]
fn special(world: &World, outside: &Path) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let kb = world.kb();
    let link = |to: &Path, name: &str| symlink(to, kb.join(name)).expect("a link");
    link(&outside.join("secret.md"), "out.md");
    link(outside, "outdir");
    link(Path::new("."), "loop");
    link(Path::new("../.."), "deep/up");
    link(Path::new("cycle2.md"), "cycle1.md");
    link(Path::new("cycle1.md"), "cycle2.md");
    link(Path::new("nowhere"), "dangling.md");
    link(Path::new("/dev/zero"), "zero.md");
    link(Path::new("good.md"), "alias.md");
    fs::create_dir_all(kb.join("m/n")).expect("directories");
    link(Path::new("../n"), "m/n/a");
    link(Path::new("n"), "m/b");
    let mut fifo = std::process::Command::new("mkfifo");
    assert!(
        fifo.arg(kb.join("fifo.md"))
            .status()
            .expect("mkfifo")
            .success()
    );
    drop(std::os::unix::net::UnixListener::bind(kb.join("socket.md")).expect("a socket"));
    world.write("control\u{1b}[31m.md", "# Control\n");
    world.write("line\nbreak.md", "# Break\n");
    world.write("unreadable.md", "# Unreadable\n");
    let none = fs::Permissions::from_mode(0o000);
    fs::set_permissions(kb.join("unreadable.md"), none).expect("mode");
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"latin\xe9.md");
        fs::write(kb.join(name), "# Latin\n").expect("a file");
    }
}

#[test]
fn one_bad_file_never_stops_the_rest_and_the_doctor_lists_it() {
    let world = hostile();
    let start = std::time::Instant::now();
    let all = found(&world, &["\"unscathed\"", "-n", "50"]);
    assert!(all.contains(&"good.md".to_owned()), "{all:?}");
    eprintln!("first search: {:?}", start.elapsed());
    let mut failures = Vec::new();
    let mut expect = |query: &str, path: &str| {
        let all = found(&world, &[query, "-n", "100"]);
        if !all.iter().any(|found| found == path) {
            failures.push(format!("'{query}' does not find {path}: {all:?}"));
        }
    };
    for (name, _) in yaml_bombs() {
        expect(
            &format!("yaml{}", name.replace('-', "")),
            &format!("yaml/{name}.md"),
        );
    }
    for (name, _) in deep_markdown() {
        expect(
            &format!("deep{}", name.replace('-', "")),
            &format!("deep/{name}.md"),
        );
    }
    for path in [
        "large.md",
        "one-line.md",
        "one-word.md",
        "invalid.md",
        "nul.md",
        "crlf.md",
        "bom.md",
        "cr.md",
        "x.md/inner.md",
    ] {
        expect(WORD, path);
    }
    expect("crlfword", "crlf.md");
    expect("bomtitle", "bom.md");
    expect("innerword", "x.md/inner.md");
    for name in names() {
        expect("scriptword", &format!("{name}.md"));
    }
    for secret in ["secretword", "hiddenword"] {
        let all = json(&world, &["search", &format!("\"{secret}\"")]);
        if all["step"] == "all" && all["total"] != 0 {
            failures.push(format!("{secret} is found: {all}"));
        }
    }
    // With findings, the exit code is 1.
    let doctor = mx(&world, &["doctor", "--json"]).stdout;
    let doctor: serde_json::Value = serde_json::from_slice(&doctor).expect("JSON");
    let findings = doctor["findings"].as_array().expect("findings");
    let listed: Vec<&str> = findings.iter().filter_map(|f| f["path"].as_str()).collect();
    let mut bad: Vec<String> = Vec::new();
    for name in [
        "laughs",
        "merge",
        "deep",
        "deep-map",
        "deep-block",
        "deep-sequence",
        "cycle",
        "huge",
        "many",
        "types",
        "open",
    ] {
        bad.push(format!("yaml/{name}.md"));
    }
    bad.extend(["utf16.md", "large.md", "invalid.md"].map(str::to_owned));
    if cfg!(unix) {
        bad.extend(
            [
                "out.md",
                "outdir",
                "cycle1.md",
                "cycle2.md",
                "dangling.md",
                "zero.md",
                "fifo.md",
                "socket.md",
            ]
            .map(str::to_owned),
        );
        bad.extend(["control\u{1b}[31m.md", "line\nbreak.md"].map(str::to_owned));
        if fs::read(world.kb().join("unreadable.md")).is_err() {
            bad.push("unreadable.md".to_owned());
        }
    }
    if cfg!(target_os = "linux") {
        bad.push("latin\u{fffd}.md".to_owned());
    }
    for path in &bad {
        if !listed.contains(&path.as_str()) {
            failures.push(format!("the doctor does not list {path:?}"));
        }
    }
    let text = String::from_utf8_lossy(&mx(&world, &["doctor"]).stdout).into_owned();
    for path in &bad {
        let shown = path.replace('\u{1b}', "␛").replace('\n', " ");
        if listed.contains(&path.as_str()) && !text.contains(&shown) {
            failures.push(format!("the doctor does not print {path:?}"));
        }
    }
    for output in [
        text,
        ok(&world, &["search", WORD, "-n", "100"]),
        ok(&world, &["list"]),
    ] {
        let odd = output
            .chars()
            .find(|c| c.is_control() && *c != '\n' && *c != '\t');
        if let Some(odd) = odd {
            failures.push(format!("a control character is printed: {odd:?}"));
        }
    }
    assert!(
        failures.is_empty(),
        "\n{}\ndoctor lists {listed:?}",
        failures.join("\n")
    );
    index_is_right(&world);
}

#[test]
fn no_path_leads_out_of_the_knowledge_base() {
    let world = World::with(&[
        ("good.md", "# Good\n"),
        ("x.md/inner.md", "# Inner\n"),
        (".mx/secret.md", "private\n"),
    ]);
    let outside = world.home().join("outside");
    fs::create_dir_all(&outside).expect("a directory");
    fs::write(outside.join("secret.md"), "secretword\n").expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(&outside, world.kb().join("outdir")).expect("a link");
        symlink(outside.join("secret.md"), world.kb().join("out.md")).expect("a link");
        symlink(outside.join("new.md"), world.kb().join("dangling.md")).expect("a link");
        symlink("loop2.md", world.kb().join("loop.md")).expect("a link");
        symlink("loop.md", world.kb().join("loop2.md")).expect("a link");
        let mut fifo = std::process::Command::new("mkfifo");
        assert!(
            fifo.arg(world.kb().join("fifo.md"))
                .status()
                .expect("mkfifo")
                .success()
        );
    }
    let before = tree(&world.home().join(".."));
    let absolute = outside.join("secret.md").display().to_string();
    let long = format!("{}.md", "n".repeat(300));
    let deep = format!("{}x.md", "d/".repeat(3000));
    let mut paths = vec![
        "../outside.md",
        "../home/outside/secret.md",
        "a/../../x.md",
        "a/..",
        "..",
        ".",
        "",
        " ",
        "/",
        "/etc/x.md",
        &absolute,
        ".mx/secret.md",
        ".mx/new.md",
        "./.mx/new.md",
        ".MX/../.mx/new.md",
        "a\u{1b}[31m.md",
        "a\nb.md",
        "a\tb.md",
        "a\u{7f}.md",
        "a/",
        "x.md",
        &long,
        &deep,
    ];
    if cfg!(unix) {
        paths.extend([
            "outdir/secret.md",
            "outdir/new.md",
            "out.md",
            "dangling.md",
            "loop.md",
            "fifo.md",
        ]);
    } else {
        paths.extend([
            "C:\\x.md",
            "\\\\server\\x.md",
            "a\\..\\..\\x.md",
            "CON.md",
            "a:b.md",
        ]);
    }
    for path in paths {
        for arguments in [
            &["session-log", "-m", "intruder", "--entry", path][..],
            &["session-log", "-m", "intruder", "--json", "--entry", path],
            &["get", "--", path],
            &["get", "--last", "1", "--", path],
        ] {
            let output = mx(&world, arguments);
            let shown: String = path.chars().take(40).collect();
            let (out, err) = (
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr),
            );
            assert!(
                !output.status.success(),
                "{shown:?} {arguments:?}: {out}{err}"
            );
            assert!(
                !err.contains('\u{1b}') && !out.contains("secretword") && !out.contains("private"),
                "{shown:?}: {out}{err}"
            );
        }
    }
    let after = tree(&world.home().join(".."));
    let changed: Vec<_> = after
        .iter()
        .filter(|file| {
            !before.contains(file)
                && !file.0.contains("/.mx/index")
                && !file.0.ends_with("/.mx/.gitignore")
                // The user's own list of what was made here.
                && !["", "/made", "/made.lock"]
                    .iter()
                    .any(|own| file.0.ends_with(&format!("/home/.memex{own}")))
        })
        .map(|(path, _)| path)
        .collect();
    assert!(changed.is_empty(), "written: {changed:?}");
    // Nor does a context, or a filter.
    world.context("primary: ../../outside\n");
    assert!(
        !mx(&world, &["session-log", "-m", "intruder"])
            .status
            .success()
    );
    mx(&world, &["search", "secretword", "--path", "../**"]);
    let bytes = run_with_bytes(&world);
    assert!(!bytes.status.success());
}

/// Runs `session-log` with arguments that are not UTF-8.
fn run_with_bytes(world: &World) -> std::process::Output {
    #[cfg(unix)]
    let odd: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(b"caf\xe9.md".to_vec());
    #[cfg(not(unix))]
    let odd = std::ffi::OsString::from("../x.md");
    let run_it = world
        .command(&["session-log", "-m", "m", "--entry"])
        .arg(odd);
    sane(run(run_it.into_command()), &["bytes"])
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_no_escape_sequence_from_a_file() {
    let version = std::process::Command::new("script")
        .arg("--version")
        .output();
    if version.is_err() {
        eprintln!("skipped: there is no 'script' to make a terminal");
        return;
    }
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{8}\r";
    let world = World::new();
    world.write("evil.md", format!("---\ntitle: \"T \\e]0;owned\\a\"\ntags: [ok]\n---\n\n# Head {evil} x\n\nword {evil} after\n\n## Part {evil}\n\n## 2026-01-11 10:30 UTC {evil}\n\n#tag{evil} [[gone{evil}]]\n"));
    let mx_path = assert_cmd::cargo::cargo_bin!("mx").display().to_string();
    for arguments in [
        "get evil.md",
        "get evil.md --section Part",
        "get evil.md --last 1",
        "get evil.md --lines 1-4",
        "get evil.md --metadata",
        "search word",
        "search word --content",
        "search word --terse",
        "list",
        "tags",
        "recent",
        "doctor",
        "info",
    ] {
        let plain = world.command(&[]).into_command();
        let mut command = std::process::Command::new("script");
        command.args(["-qec", &format!("{mx_path} {arguments}"), "/dev/null"]);
        command
            .env_clear()
            .current_dir(world.work())
            .env("TERM", "xterm");
        command.envs(
            plain
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let out = succeeded(run(command), &[arguments]);
        for sign in ["\u{1b}]", "\u{1b}[2J", "\u{9b}", "\u{7}", "\u{8}"] {
            assert!(!out.contains(sign), "{arguments}: {sign:?} in {out:?}");
        }
        assert!(!out.is_empty(), "{arguments}");
    }
}
