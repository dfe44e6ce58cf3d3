//! The schemas in `schema/`: generated from the Rust types, and true of what `mx` prints.

use crate::common::World;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema")
}

/// Returns every file of `schema/` that is generated, and its content.
fn generated() -> Vec<(String, String)> {
    let schemas = memex::ops::command_schemas();
    let mut files: Vec<(String, String)> = schemas
        .iter()
        .map(|(name, schema)| {
            let text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
            (format!("{name}.json"), text + "\n")
        })
        .collect();
    let mut list = String::from(README);
    for (name, schema) in &schemas {
        let described = schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let described = described.replace('\n', " ");
        let sentence = described.split_inclusive(". ").next().unwrap_or_default();
        writeln!(
            list,
            "| [{name}.json]({name}.json) | {} | {} |",
            source_of(name),
            sentence.trim_end()
        )
        .expect("memory can be written");
    }
    files.push(("README.md".to_owned(), list));
    files
}

const README: &str = "\
# Schemas

JSON Schemas (draft 2020-12) of everything that other programs read or write. They are generated
from the Rust types: change those, then run `UPDATE_SCHEMA=1 cargo test --test cli schema`. A test
fails while they differ, and others hold real answers of `mx` to them.

A reader of an answer should ignore fields that it does not know: some may be added. What the
index stores is private to it, and described in [index.md](index.md). [openapi.json](openapi.json)
describes the same answers over HTTP (`UPDATE_SCHEMA=1 cargo test --test serve document`),
[mcp.json](mcp.json) what the tools of `mx mcp` take and answer. What entries look like is in
[formats.md](formats.md).

| schema | of | describes |
|---|---|---|
";

fn source_of(name: &str) -> String {
    match name {
        "error" => "standard error under `--json`".to_owned(),
        "front-matter" => "front matter of an entry".to_owned(),
        "kbcontext" => "`.kbcontext`".to_owned(),
        "config" => "`.mx/config.yaml`".to_owned(),
        "get-metadata" => "`mx get --metadata --json`".to_owned(),
        "index-check" => "`mx index --check --json`".to_owned(),
        "log-row" => {
            "`mx log event --json`, and of `decision`, `file`, `blocker`, `tool`".to_owned()
        }
        "activity" | "links" => format!("`/api/v1/{name}`"),
        "project-overview" => "`/api/v1/project`".to_owned(),
        name => {
            let below = |group: &str| {
                Some(format!(
                    "{group} {}",
                    name.strip_prefix(group)?.strip_prefix('-')?
                ))
            };
            let command = ["context", "log", "next", "project"]
                .into_iter()
                .find_map(below)
                .unwrap_or_else(|| name.to_owned());
            format!("`mx {command} --json`")
        }
    }
}

#[test]
fn the_files_are_what_the_types_say() {
    let update = std::env::var_os("UPDATE_SCHEMA").is_some();
    for (name, text) in generated() {
        let path = directory().join(&name);
        if update {
            fs::write(&path, text).expect("a schema can be written");
            continue;
        }
        let found = fs::read_to_string(&path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            found == text,
            "schema/{name} differs: run UPDATE_SCHEMA=1 cargo test --test cli schema"
        );
    }
}

/// Asserts that an instance is what a schema describes.
fn assert_valid(name: &str, instance: &Value) {
    let text = fs::read_to_string(directory().join(format!("{name}.json"))).expect("a schema");
    let schema = serde_json::from_str(&text).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema is valid");
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{name}: {instance}\n{}",
        errors.join("\n")
    );
}

#[test]
fn real_answers_are_what_the_schemas_describe() {
    let world = World::new();
    let log = [
        "session-log",
        "-m",
        "Fixed auth",
        "--tags",
        "a",
        "-e",
        "projects/p/sessions.md",
    ];
    assert_valid("session-log", &world.json(&log));
    world.write("broken.md", "---\ntitle: [\n---\n\n[[nowhere]]\n");
    for (name, arguments) in [
        ("search", &["search", "auth"][..]),
        ("search", &["search", "auth", "--content"]),
        ("search", &["search", "nothing at all"]),
        ("get", &["get", "projects/p/sessions.md"]),
        (
            "get-metadata",
            &["get", "projects/p/sessions.md", "--metadata"],
        ),
        ("list", &["list"]),
        ("tags", &["tags"]),
        ("recent", &["recent"]),
        ("projects", &["projects"]),
        ("report", &["report"]),
        ("log-start", &["log", "start", "--goal", "x"]),
        ("log-start", &["log", "start"]),
        ("log-row", &["log", "event", "x"]),
        ("log-row", &["log", "blocker", "x"]),
        ("log-update", &["log", "update"]),
        ("log-status", &["log", "status"]),
        ("log-show", &["log", "show"]),
        ("log-end", &["log", "end"]),
        ("log-end", &["log", "end"]),
        ("log-list", &["log", "list"]),
        ("log-index", &["log", "index"]),
        ("resume", &["resume"]),
        ("resume", &["resume", "--budget", "0"]),
        ("prime", &["prime"]),
        ("import", &["import"]),
        ("info", &["info"]),
        ("index", &["index"]),
        ("index-check", &["index", "--check"]),
        ("init", &["init"]),
        ("context-show", &["context", "show"]),
        ("context-init", &["context", "init"]),
        ("context-validate", &["context", "validate"]),
        ("project-rename", &["project", "rename", "shop", "store"]),
        ("doctor", &["doctor"]),
        ("install", &["install"]),
        ("install", &["install", "codex", "--dry-run"]),
        ("install", &["install", "claude", "opencode"]),
        ("doctor", &["doctor"]),
        ("uninstall", &["uninstall"]),
    ] {
        assert_valid(name, &world.json_answer(arguments));
    }
}

#[test]
fn real_failures_are_what_the_schema_describes() {
    let world = World::new();
    for arguments in [
        &["session-log", "-m", "x"][..],
        &["get", "nowhere.md"],
        &["search"],
        &["nonsense"],
        &["get"],
        &[],
    ] {
        let output = world.command(arguments).arg("--json").output();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{arguments:?}"
        );
        let error = serde_json::from_slice(&output.stderr).expect("one line of JSON");
        assert_valid("error", &error);
    }
}

#[test]
fn the_examples_of_the_formats_are_what_the_schemas_describe() {
    let front = serde_json::json!({
        "title": "MyProject Sessions",
        "tags": ["myproject", "sessions"],
        "created": "2026-01-11T10:30:00Z",
        "aliases": "One",
        "something": {"else": 1}
    });
    assert_valid("front-matter", &front);
    let context = serde_json::json!({
        "project": "myapp",
        "primary": "projects/myapp",
        "session_entry": "projects/myapp/sessions.md",
        "paths": ["projects/myapp", "tooling/*"],
        "default_tags": ["myapp"],
        "kb_root": "../notes"
    });
    assert_valid("kbcontext", &context);
    let config = serde_json::json!({
        "timezone": "Europe/Berlin",
        "session_logs": "session_logs",
        "session_index_cap": 200,
        "session_file": "project",
        "exclude": ["drafts/*"],
        "recent_sessions": 20,
        "recent_lines": 100,
        "recent_bytes": 12000,
        "default_entry": "projects/{project}/sessions.md"
    });
    assert_valid("config", &config);
}
