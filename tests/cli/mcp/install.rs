//! `mx install --mcp`: the server in the configuration of agents.

use super::client::Client;
use crate::common::{Run, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Agents with the user's file, the project's file, and the key of the servers; none in TOML.
const AGENTS: [(&str, &str, &str, Option<&str>); 6] = [
    ("claude", ".claude.json", ".mcp.json", Some("mcpServers")),
    ("codex", ".codex/config.toml", ".codex/config.toml", None),
    (
        "gemini",
        ".gemini/settings.json",
        ".gemini/settings.json",
        Some("mcpServers"),
    ),
    (
        "cursor",
        ".cursor/mcp.json",
        ".cursor/mcp.json",
        Some("mcpServers"),
    ),
    (
        "copilot",
        ".copilot/mcp-config.json",
        ".github/mcp.json",
        Some("mcpServers"),
    ),
    (
        "opencode",
        ".config/opencode/opencode.json",
        "opencode.json",
        Some("mcp"),
    ),
];

/// Runs `mx` with nothing on the PATH but itself.
fn run<'a>(world: &'a World, arguments: &[&str]) -> Run<'a> {
    let program = assert_cmd::cargo::cargo_bin!("mx");
    let directory = program.parent().expect("a directory");
    world.command(arguments).env("PATH", directory)
}

fn mx(world: &World, arguments: &[&str]) -> String {
    run(world, arguments).shown()
}

fn write(directory: &Path, path: &str, text: &str) {
    let file = directory.join(path);
    fs::create_dir_all(file.parent().expect("a parent")).expect("directories");
    fs::write(file, text).expect("written");
}

/// Returns every file below a directory with its text, and every directory.
fn everything(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, String::new());
        } else {
            let text = fs::read_to_string(&path).expect("text");
            found.insert(path, text);
        }
    }
    found
}

/// Returns the program and the arguments with which an agent starts the server.
fn read_call(text: &str, key: Option<&str>) -> Vec<String> {
    let Some(key) = key else {
        let (_, text) = text.split_once("[mcp_servers.mx]\n").expect("our table");
        assert!(text.contains("env_vars = [\"MEMEX_KB_ROOT\""), "{text}");
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
            serde_json::from_str::<Value>(line.expect(name)).expect("JSON")
        };
        return strings(&[value("command"), value("args")]);
    };
    let settings: Value = serde_json::from_str(text).expect("JSON");
    let server = &settings[key]["mx"];
    strings(&[server["command"].clone(), server["args"].clone()])
}

fn strings(values: &[Value]) -> Vec<String> {
    let texts = values.iter().flat_map(|value| match value {
        Value::Array(texts) => texts.clone(),
        Value::Null => Vec::new(),
        text => vec![text.clone()],
    });
    texts
        .map(|text| text.as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn each_agent_is_told_of_the_server_and_nothing_is_left_of_it() {
    let world = World::new();
    let empty = everything(&world.home());
    for (agent, file, _, key) in AGENTS {
        let said = mx(&world, &["install", agent, "--mcp"]);
        let line = format!("made    ~/{file} (MCP server for {agent})");
        assert!(said.contains(&line) && said.contains("Next:\n"), "{said}");
        let text = fs::read_to_string(world.home().join(file)).expect(file);
        assert_eq!(read_call(&text, key), ["mx", "mcp"], "{agent}: {text}");
        assert!(!text.contains("hook"), "{agent}: {text}");
        let again = mx(&world, &["install", agent, "--mcp"]);
        assert!(
            again.starts_with("Nothing to do: all is installed"),
            "{again}"
        );
        let listed = mx(&world, &["install"]);
        assert!(
            listed.contains(&format!("{agent:<8}  no hooks, MCP server")),
            "{listed}"
        );
        // Without the option everything is taken out.
        let option: &[&str] = if agent == "gemini" { &[] } else { &["--mcp"] };
        let gone = mx(&world, &[&["uninstall", agent], option].concat());
        assert!(gone.contains(&format!("removed ~/{file}")), "{gone}");
        assert_eq!(everything(&world.home()), empty, "{agent}");
    }
}

#[test]
fn the_installed_server_answers() {
    let world = World::new();
    mx(&world, &["install", "claude", "--mcp"]);
    let text = fs::read_to_string(world.home().join(".claude.json")).expect("settings");
    let call = read_call(&text, Some("mcpServers"));
    let arguments: Vec<&str> = call[1..].iter().map(String::as_str).collect();
    let mut client = Client::run(run(&world, &arguments));
    client.initialize("claude-code", "2025-11-25");
    assert_eq!(client.data("resume", json!({}))["project"], "shop");
}

#[test]
fn what_others_wrote_stays_as_it_was() {
    let world = World::new();
    let settings = |key: &str| {
        vec![
            String::new(),
            "{}".to_owned(),
            "{}\n".to_owned(),
            "{\n}\n".to_owned(),
            format!("{{\"{key}\":{{}}}}"),
            format!("{{\n  \"x\": 1,\n  \"{key}\": {{}}\n}}\n"),
            "{\"a\": [1, {\"b\": null}]}".to_owned(),
            format!(
                "{{\n\t\"{key}\": {{\n\t\t\"other\": {{\"command\": \"o\", \"args\": []}}\n\t}},\n\t\"x\": 1\n}}\n"
            ),
            format!(
                "{{\r\n  \"{key}\": {{\"other\": {{\"url\": \"https://a.example\"}}}}\r\n}}\r\n"
            ),
        ]
    };
    let toml = || {
        vec![
            String::new(),
            "model = \"x\"\n".to_owned(),
            "model = \"x\"".to_owned(),
            "# mine\n[mcp_servers.other]\ncommand = \"o\" # it\n\n[features]\nhooks = true\n"
                .to_owned(),
        ]
    };
    for (agent, file, _, key) in AGENTS {
        for text in key.map_or_else(toml, settings) {
            write(&world.home(), file, &text);
            mx(&world, &["install", agent, "--mcp"]);
            let with = fs::read_to_string(world.home().join(file)).expect(file);
            assert_eq!(read_call(&with, key), ["mx", "mcp"], "{agent}: {with}");
            mx(&world, &["uninstall", agent, "--mcp"]);
            let left = fs::read_to_string(world.home().join(file)).ok();
            assert_eq!(left.as_ref(), Some(&text), "{agent}: {with}");
        }
    }
}

#[test]
fn what_is_no_toml_is_refused_and_left_alone() {
    let world = World::new();
    let text = "model = \"x\"\nbad = [\n";
    write(&world.home(), ".codex/config.toml", text);
    let said = mx(&world, &["install", "codex", "--mcp"]);
    assert!(
        said.contains("config.toml is not understood: line 2, column 8: "),
        "{said}"
    );
    assert!(said.contains("mend the file and try again"), "{said}");
    assert!(said.ends_with("exit 1\n"), "{said}");
    let left = fs::read_to_string(world.home().join(".codex/config.toml"));
    assert_eq!(left.expect("the file"), text);
    let said = mx(&world, &["uninstall", "codex", "--mcp"]);
    assert!(said.contains("Nothing to do"), "{said}");
}

/// Copilot reads JSON alone.
#[test]
fn a_comment_is_called_one_where_there_may_be_none() {
    let world = World::new();
    for text in [
        "{\n  \"a\": 1, // mine\n  \"b\": 2\n}\n",
        "{\n  \"a\": 1 // mine\n}\n",
        "{\n  // mine\n}\n",
    ] {
        write(&world.home(), ".copilot/mcp-config.json", text);
        let said = mx(&world, &["install", "copilot", "--mcp"]);
        assert!(
            said.contains("line 2, column ") && said.contains(": comment"),
            "{said}"
        );
    }
}

#[test]
fn hooks_and_server_may_share_a_file() {
    let world = World::new();
    let text = "{\n  // mine\n  \"theme\": \"dark\"\n}\n";
    let file = world.home().join(".gemini/settings.json");
    write(&world.home(), ".gemini/settings.json", text);
    mx(&world, &["install", "gemini"]);
    let hooks = fs::read_to_string(&file).expect("settings");
    mx(&world, &["install", "gemini", "--mcp"]);
    let both = fs::read_to_string(&file).expect("settings");
    assert!(
        both.contains("mx hook") && both.contains("mcpServers"),
        "{both}"
    );
    mx(&world, &["uninstall", "gemini", "--mcp"]);
    assert_eq!(fs::read_to_string(&file).expect("settings"), hooks);
    mx(&world, &["install", "gemini", "--mcp"]);
    let said = mx(&world, &["uninstall", "gemini"]);
    assert!(
        said.contains("(hooks for gemini, MCP server for gemini)"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&file).expect("settings"), text);
}

#[test]
fn another_server_of_that_name_is_left_alone() {
    let world = World::new();
    for (agent, file, _, key) in AGENTS {
        let text = match key {
            Some(key) => format!(
                "{{\"{key}\": {{\"mx\": {{\"command\": \"mailx\", \"args\": [\"mcp\"]}}}}}}\n"
            ),
            None => "[mcp_servers.mx]\ncommand = \"mailx\"\nargs = [\"mcp\"]\n".to_owned(),
        };
        write(&world.home(), file, &text);
        let said = mx(&world, &["install", agent, "--mcp"]);
        assert!(
            said.contains("is another server") && said.ends_with("exit 1\n"),
            "{said}"
        );
        let said = mx(&world, &["uninstall", agent, "--mcp"]);
        assert!(said.contains("Nothing to do"), "{said}");
        assert_eq!(
            fs::read_to_string(world.home().join(file)).expect(file),
            text
        );
        fs::remove_file(world.home().join(file)).expect("removed");
    }
    write(&world.home(), ".claude.json", "{\"mcpServers\": []}");
    let said = mx(&world, &["install", "claude", "--mcp"]);
    assert!(
        said.contains("`mcpServers` is a list where an object is expected"),
        "{said}"
    );
}

#[test]
fn what_somebody_added_to_the_server_stays_and_a_new_program_replaces_the_old_one() {
    let world = World::new();
    let own = "{\"mcpServers\": {\"mx\": {\"command\": \"mx\", \"args\": [\"mcp\", \"--kb\", \"/notes\"], \"env\": {}}}}\n";
    write(&world.home(), ".claude.json", own);
    let said = mx(&world, &["install", "claude", "--mcp"]);
    assert!(said.contains("Nothing to do"), "{said}");
    write(
        &world.home(),
        ".claude.json",
        &own.replace("\"mx\",", "\"/old/mx\","),
    );
    mx(&world, &["install", "claude", "--mcp"]);
    let text = fs::read_to_string(world.home().join(".claude.json")).expect("settings");
    assert_eq!(read_call(&text, Some("mcpServers")), ["mx", "mcp"]);
}

#[test]
fn a_project_has_a_server_of_its_own_and_a_dry_run_writes_nothing() {
    let world = World::new();
    fs::create_dir(world.work().join(".git")).expect("a repository");
    let before = everything(&world.work());
    let diff = mx(
        &world,
        &["install", "claude", "--mcp", "--project", "--dry-run"],
    );
    assert!(diff.contains("+    \"mx\": {"), "{diff}");
    assert_eq!(everything(&world.work()), before);
    for (agent, _, file, key) in AGENTS {
        let said = mx(&world, &["install", agent, "--mcp", "--project"]);
        assert!(said.contains("commit these files"), "{said}");
        let text = fs::read_to_string(world.work().join(file)).expect(file);
        assert_eq!(read_call(&text, key), ["mx", "mcp"], "{agent}");
    }
    assert!(everything(&world.home()).is_empty());
    mx(&world, &["uninstall", "--project"]);
    assert_eq!(everything(&world.work()), before);
}

#[test]
fn the_files_of_opencode_have_two_names() {
    let world = World::new();
    let file = ".config/opencode/opencode.jsonc";
    write(
        &world.home(),
        file,
        "{\n  // mine\n  \"model\": \"x\",\n}\n",
    );
    mx(&world, &["install", "opencode", "--mcp"]);
    let text = fs::read_to_string(world.home().join(file)).expect(file);
    assert!(
        text.contains("\"mcp\": {") && text.contains("// mine"),
        "{text}"
    );
    assert!(!world.home().join(".config/opencode/opencode.json").exists());
}

#[test]
fn a_hint_keeps_what_was_asked_for() {
    let world = World::new();
    let listed = mx(&world, &["install", "--mcp"]);
    assert!(listed.contains("mx install claude --mcp\n"), "{listed}");
    let refused = mx(&world, &["install", "all", "--mcp"]);
    assert!(refused.contains("mx install claude --mcp\n"), "{refused}");
    mx(&world, &["install", "claude", "--mcp"]);
    let listed = mx(&world, &["install", "--mcp"]);
    assert!(
        listed.contains("mx install claude --mcp, or mx install all --mcp\n"),
        "{listed}"
    );
}

#[test]
fn who_chose_the_server_misses_no_hooks_and_keeps_none() {
    let world = World::new();
    for (agent, ..) in AGENTS {
        mx(&world, &["install", agent, "--mcp"]);
    }
    let health = mx(&world, &["doctor"]);
    for (agent, ..) in AGENTS {
        let line = health
            .lines()
            .find(|line| line.starts_with(&format!("{agent}: ")));
        let line = line.unwrap_or_else(|| panic!("{agent}: {health}"));
        assert!(line.ends_with("no hooks, MCP server"), "{line}");
        let gone = mx(&world, &["uninstall", agent]);
        assert!(gone.contains("keep the server until they end"), "{gone}");
        assert!(!gone.contains("call the hooks"), "{gone}");
    }
}
