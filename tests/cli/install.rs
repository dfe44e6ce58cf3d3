//! `mx install`, `mx uninstall`, and what `mx doctor` says of hooks

mod command_lines;
mod doctor;

use crate::common::{Run, World};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const AGENTS: [&str; 6] = ["claude", "codex", "gemini", "cursor", "copilot", "opencode"];

/// Runs `mx` with nothing on the PATH but itself: which agents this machine has is no matter.
fn run<'a>(world: &'a World, arguments: &[&str]) -> Run<'a> {
    let program = assert_cmd::cargo::cargo_bin!("mx");
    let directory = program.parent().expect("a directory");
    world.command(arguments).env("PATH", directory)
}

fn mx(world: &World, arguments: &[&str]) -> String {
    run(world, arguments).shown()
}

fn json(world: &World, arguments: &[&str]) -> Value {
    let output = run(world, arguments).arg("--json").output();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

/// Returns where the hooks of an agent are, below the home directory.
fn file(agent: &str) -> &'static str {
    match agent {
        "claude" => ".claude/settings.json",
        "codex" => ".codex/hooks.json",
        "gemini" => ".gemini/settings.json",
        "cursor" => ".cursor/hooks.json",
        "copilot" => ".copilot/hooks/mx.json",
        _ => ".config/opencode/plugins/mx.ts",
    }
}

fn write(directory: &Path, path: &str, text: &str) {
    let file = directory.join(path);
    fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
    fs::write(file, text).expect("written");
}

fn read(directory: &Path, path: &str) -> String {
    fs::read_to_string(directory.join(path)).expect(path)
}

/// Returns every file below a directory with its content, and every directory.
fn everything(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path.clone());
                found.insert(path, Vec::new());
            } else {
                found.insert(path.clone(), fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// A configuration as a user has it, with hooks of theirs and a formatting of their own.
const FOREIGN: &str = "{
    // mine
    \"model\": \"opus\",
    \"hooks\": {
        \"Stop\": [ { \"hooks\": [ { \"type\": \"command\", \"command\": \"say done\" } ] } ], // keep
        \"PostToolUse\": [
            { \"matcher\": \"Edit\", \"hooks\": [{\"type\": \"command\", \"command\": \"fmt\"}] }
        ]
    },
    \"permissions\": {\"allow\": [\"Bash(ls:*)\"]}
}
";

#[test]
fn an_installation_says_what_it_did_and_what_is_next() {
    let world = World::new();
    assert_snapshot!(mx(&world, &["install", "claude", "codex"]), @r#"
    Installed:
      made    ~/.claude/settings.json (hooks for claude)
      made    ~/.claude/skills/log/SKILL.md (skill log)
      made    ~/.codex/hooks.json (hooks for codex)
      made    ~/.agents/skills/log/SKILL.md (skill log)
    Next:
      - Claude Code: new sessions record themselves; /hooks shows the hooks; /log start begins one by hand
      - Codex CLI: it skips hooks that you do not trust: start codex and choose "Trust all and continue"; headless: codex exec --dangerously-bypass-hook-trust
      - mx doctor shows whether the hooks have fired
    --- exit 0
    "#);
    assert_snapshot!(mx(&world, &["install", "claude", "codex"]), @r#"
    Nothing to do: all is installed (claude, codex)
    Next:
      - Codex CLI: it skips hooks that you do not trust: start codex and choose "Trust all and continue"; headless: codex exec --dangerously-bypass-hook-trust
    --- exit 0
    "#);
    assert_snapshot!(mx(&world, &["uninstall"]), @r"
    Uninstalled:
      removed ~/.claude/settings.json (hooks for claude)
      removed ~/.claude/skills/log/SKILL.md (skill log)
      removed ~/.codex/hooks.json (hooks for codex)
      removed ~/.agents/skills/log/SKILL.md (skill log)
    Next:
      - sessions that are open may call the hooks until they end
      - what was recorded stays in the knowledge base
    --- exit 0
    ");
    assert_snapshot!(mx(&world, &["uninstall"]), @r"
    Nothing to do: nothing is installed (claude, codex, gemini, cursor, copilot, opencode)
    --- exit 0
    ");
}

#[test]
fn without_a_name_it_tells_which_agents_there_are() {
    let world = World::new();
    assert_snapshot!(mx(&world, &["install"]), @r"
    No agent was found on this machine
    Name the one that you are going to use: mx install claude
    --- exit 0
    ");
    fs::create_dir(world.home().join(".codex")).expect("made");
    write(&world.home(), ".gemini/settings.json", "{");
    mx(&world, &["install", "claude"]);
    assert_snapshot!(mx(&world, &["install"]), @r"
    Agents on this machine:
      claude    hooks in ~/.claude/settings.json
      codex     no hooks
      gemini    ~/.gemini/settings.json is not understood
    Others: cursor, copilot, opencode
    Install: mx install codex, or mx install all
    --- exit 0
    ");
}

#[test]
fn all_are_those_on_this_machine() {
    let world = World::new();
    assert_snapshot!(mx(&world, &["install", "all"]), @r"
    --- stderr
    error: no agent was found on this machine
    hint: name the one that you are going to use: mx install claude
    --- exit 3
    ");
    fs::create_dir(world.home().join(".codex")).expect("made");
    fs::create_dir(world.home().join(".gemini")).expect("made");
    let done = json(&world, &["install", "all"]);
    let names: Vec<&str> = done["agents"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|agent| agent["agent"].as_str())
        .collect();
    assert_eq!(names, ["codex", "gemini"]);
    assert!(!world.home().join(".claude").exists());
}

#[test]
fn every_agent_is_installed_once_and_taken_out_without_a_trace() {
    for agent in AGENTS {
        let world = World::new();
        let before = everything(&world.home());
        let done = json(&world, &["install", agent]);
        assert_eq!(done["agents"][0]["hooks"], "installed", "{agent}");
        assert_eq!(done["agents"][0]["skill"], "installed", "{agent}");
        let installed = everything(&world.home());
        assert!(installed.contains_key(&world.home().join(file(agent))));
        let again = mx(&world, &["install", agent]);
        assert!(again.starts_with("Nothing to do"), "{again}");
        assert_eq!(everything(&world.home()), installed, "{agent}");
        mx(&world, &["uninstall", agent]);
        assert_eq!(everything(&world.home()), before, "{agent}");
    }
}

#[test]
fn foreign_hooks_comments_and_formatting_stay() {
    let world = World::new();
    for agent in ["claude", "gemini"] {
        write(&world.home(), file(agent), FOREIGN);
    }
    mx(&world, &["install", "claude", "gemini"]);
    for agent in ["claude", "gemini"] {
        let text = read(&world.home(), file(agent));
        let mut rest = text.as_str();
        for part in [
            "// mine",
            "\"model\": \"opus\",",
            "{ \"hooks\": [ { \"type\": \"command\", \"command\": \"say done\" } ] }",
            "// keep",
            "{ \"matcher\": \"Edit\", \"hooks\": [{\"type\": \"command\", \"command\": \"fmt\"}] }",
            "\"permissions\": {\"allow\": [\"Bash(ls:*)\"]}",
        ] {
            let at = rest.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
            rest = &rest[at + part.len()..];
        }
        assert!(text.contains(&format!("mx hook --agent {agent}")), "{text}");
    }
    mx(&world, &["uninstall"]);
    for agent in ["claude", "gemini"] {
        assert_eq!(read(&world.home(), file(agent)), FOREIGN);
    }
}

#[test]
fn a_dry_run_shows_the_diff_and_writes_nothing() {
    let world = World::new();
    write(
        &world.home(),
        ".cursor/hooks.json",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"stop\": [{ \"command\": \"say done\" }]\n  }\n}\n",
    );
    let before = everything(&world.home());
    let shown = mx(&world, &["install", "cursor", "--dry-run"]);
    let (diff, _) = shown.split_once("--- /dev/null").expect("new files");
    assert_snapshot!(diff, @r#"
    --- [DIR]/home/.cursor/hooks.json
    +++ [DIR]/home/.cursor/hooks.json
    @@ -1,6 +1,48 @@
     {
       "version": 1,
       "hooks": {
    -    "stop": [{ "command": "say done" }]
    +    "stop": [{ "command": "say done" }, {"command": "mx hook --agent cursor 2>/dev/null || true", "timeout": 5}],
    +    "sessionStart": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "beforeSubmitPrompt": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "postToolUse": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "postToolUseFailure": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "afterAgentResponse": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "preCompact": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ],
    +    "sessionEnd": [
    +      {
    +        "command": "mx hook --agent cursor 2>/dev/null || true",
    +        "timeout": 5
    +      }
    +    ]
       }
     }
    "#);
    assert!(
        shown.contains("note: nothing was written: this is what would change\n--- exit 0\n"),
        "{shown}"
    );
    assert_eq!(everything(&world.home()), before);
    mx(&world, &["install", "cursor"]);
    let installed = everything(&world.home());
    let shown = mx(&world, &["uninstall", "--dry-run"]);
    assert!(shown.contains("-    \"sessionStart\": ["), "{shown}");
    assert_eq!(everything(&world.home()), installed);
}

#[test]
fn what_is_not_understood_is_refused_and_nothing_is_written() {
    let world = World::new();
    for broken in [
        "{\"hooks\": {\"Stop\": [}}",
        "[]",
        "{\"hooks\": []}",
        "{\"hooks\": {}, \"hooks\": {}}",
        "not json",
    ] {
        write(&world.home(), ".gemini/settings.json", broken);
        let before = everything(&world.home());
        for command in ["install", "uninstall"] {
            let arguments = [command, "claude", "gemini", "codex"];
            let shown = mx(&world, &arguments);
            assert!(shown.contains("settings.json is not understood"), "{shown}");
            assert!(shown.contains("nothing has been written"), "{shown}");
            assert!(shown.ends_with("--- exit 1\n"), "{shown}");
            assert_eq!(everything(&world.home()), before);
        }
    }
    write(&world.home(), ".codex/hooks.json", "{} // why not");
    assert!(mx(&world, &["install", "codex"]).ends_with("--- exit 1\n"));
    fs::write(world.home().join(".codex/hooks.json"), b"{\"a\": \"\xff\"}").expect("written");
    let shown = mx(&world, &["install", "codex"]);
    assert!(shown.contains("is not UTF-8"), "{shown}");
    assert_snapshot!(mx(&world, &["install", "gemini"]), @r"
    --- stderr
    error: [DIR]/home/.gemini/settings.json is not understood: line 1, column 1: unexpected word
    hint: mend the file and try again; nothing has been written
    --- exit 1
    ");
}

#[test]
fn an_edited_skill_is_left_alone_unless_it_is_forced() {
    let world = World::new();
    mx(&world, &["install", "claude"]);
    let skill = ".claude/skills/log/SKILL.md";
    let edited = read(&world.home(), skill) + "My own rule.\n";
    write(&world.home(), skill, &edited);
    for command in ["install", "uninstall"] {
        let shown = mx(&world, &[command, "claude"]);
        assert!(
            shown.contains("SKILL.md has been edited and is left as it is"),
            "{shown}"
        );
        assert!(shown.ends_with("--- exit 0\n"), "{shown}");
        assert_eq!(read(&world.home(), skill), edited);
    }
    mx(&world, &["uninstall", "claude", "--force"]);
    assert!(!world.home().join(".claude").exists());
}

#[test]
fn names_are_read_as_people_write_them() {
    let world = World::new();
    let done = json(&world, &["install", "Claude-Code,gemini-cli", "claude"]);
    assert_eq!(done["agents"].as_array().map(Vec::len), Some(2));
    assert_snapshot!(mx(&world, &["install", "emacs"]), @r"
    --- stderr
    error: no agent 'emacs' is known
    hint: use claude, codex, gemini, cursor, copilot, opencode, or all
    --- exit 2
    ");
    assert!(mx(&world, &["uninstall", ","]).ends_with("--- exit 2\n"));
}

#[test]
fn without_a_home_it_says_so() {
    let world = World::new();
    let missing = world.home().join("nowhere");
    let shown = run(&world, &["install", "claude"])
        .env("HOME", &missing)
        .env("USERPROFILE", &missing)
        .shown();
    assert_snapshot!(shown, @r"
    --- stderr
    error: the home directory [DIR]/home/nowhere does not exist
    hint: make it, or set HOME to yours
    --- exit 1
    ");
    assert!(!missing.exists());
}

#[cfg(unix)]
#[test]
fn a_home_that_is_read_only_is_told_and_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    write(&world.home(), ".claude/settings.json", FOREIGN);
    let settings = world.home().join(".claude/settings.json");
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o444)).expect("set");
    let before = everything(&world.home());
    let shown = mx(&world, &["install", "codex", "claude"]);
    assert!(
        shown.contains("cannot write [DIR]/home/.claude/settings.json"),
        "{shown}"
    );
    assert!(shown.ends_with("--- exit 1\n"), "{shown}");
    assert_eq!(everything(&world.home()), before);
}

#[test]
fn a_broken_knowledge_base_is_no_hindrance() {
    let world = World::with(&[(".mx/config.yaml", "timezone: Nowhere\n")]);
    let shown = mx(&world, &["install", "claude"]);
    assert!(shown.starts_with("Installed:"), "{shown}");
    assert!(mx(&world, &["uninstall"]).starts_with("Uninstalled:"));
}

#[test]
fn a_project_has_its_own_configuration() {
    let world = World::new();
    fs::create_dir_all(world.work().join(".git/refs")).expect("made");
    write(&world.work(), ".git/HEAD", "ref: refs/heads/main\n");
    let below = world.work().join("src");
    fs::create_dir(&below).expect("made");
    let before = everything(&world.work());
    let shown = run(&world, &["install", "claude", "copilot", "--project"])
        .within(&below)
        .shown();
    assert_snapshot!(shown, @r"
    Installed:
      made    [DIR]/shop/.claude/settings.json (hooks for claude)
      made    [DIR]/shop/.claude/skills/log/SKILL.md (skill log)
      made    [DIR]/shop/.github/hooks/mx.json (hooks for copilot)
      made    [DIR]/shop/.agents/skills/log/SKILL.md (skill log)
    Next:
      - Claude Code: accept its question whether you trust the project; /hooks shows the hooks; /log start begins one by hand
      - Copilot CLI: new sessions record themselves; /log start begins one by hand
      - commit these files; everyone who works on the project needs mx on the PATH
      - mx doctor shows whether the hooks have fired
    --- exit 0
    ");
    assert!(
        read(&world.work(), ".claude/settings.json")
            .contains("\"mx hook --agent claude 2>${mx_none-/dev/null}; exit 0\"")
    );
    assert!(everything(&world.home()).is_empty());
    let doctor = mx(&world, &["doctor"]);
    assert!(
        doctor.contains("claude: hooks in [DIR]/shop/.claude/settings.json"),
        "{doctor}"
    );
    mx(&world, &["install", "claude"]);
    let doctor = mx(&world, &["doctor"]);
    assert!(doctor.contains("each event may be noted twice"), "{doctor}");
    mx(&world, &["uninstall", "--project"]);
    assert_eq!(everything(&world.work()), before);
    let home = run(&world, &["install", "claude", "--project"]).within(world.home());
    let shown = home.shown();
    assert!(
        shown.contains("is your home directory, not a project"),
        "{shown}"
    );
}

#[test]
fn moved_configuration_is_found() {
    let world = World::new();
    let moved = world.home().join("elsewhere");
    for (agent, variable, path) in [
        ("claude", "CLAUDE_CONFIG_DIR", "settings.json"),
        ("codex", "CODEX_HOME", "hooks.json"),
        ("gemini", "GEMINI_CLI_HOME", ".gemini/settings.json"),
        ("copilot", "COPILOT_HOME", "hooks/mx.json"),
        ("opencode", "OPENCODE_CONFIG_DIR", "plugins/mx.ts"),
    ] {
        let place = moved.join(agent);
        let shown = run(&world, &["install", agent])
            .env(variable, &place)
            .shown();
        assert!(place.join(path).is_file(), "{agent}: {shown}");
        let doctor = run(&world, &["doctor"]).env(variable, &place).shown();
        assert!(
            doctor.contains(&format!("{agent}: hooks in ~/elsewhere/")),
            "{doctor}"
        );
    }
}

#[cfg(unix)]
#[test]
fn an_old_claude_gets_hooks_that_it_knows() {
    let world = World::new();
    let bin = world.home().join("bin");
    fs::create_dir(&bin).expect("made");
    // Written by another process: a file that is open for writing cannot be run.
    let script = "printf '#!/bin/sh\\necho \"2.0.14 (Claude Code)\"\\n' >\"$1\" && chmod +x \"$1\"";
    let written = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(bin.join("claude"))
        .status();
    assert!(written.expect("sh").success());
    let program = assert_cmd::cargo::cargo_bin!("mx");
    let path =
        std::env::join_paths([program.parent().expect("a directory"), &bin]).expect("a path");
    let listed = run(&world, &["install"]).env("PATH", &path).shown();
    assert!(listed.contains("  claude    no hooks\n"), "{listed}");
    run(&world, &["install", "claude"])
        .env("PATH", &path)
        .shown();
    let text = read(&world.home(), ".claude/settings.json");
    assert!(
        text.contains("\"PreCompact\"") && !text.contains("\"PostCompact\""),
        "{text}"
    );
    let doctor = mx(&world, &["doctor"]);
    assert!(
        doctor.contains("claude: hooks in ~/.claude/settings.json, have not"),
        "{doctor}"
    );
}
