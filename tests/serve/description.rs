//! The OpenAPI document: generated, committed, and true of what the server answers.

use crate::client::Served;
use crate::client::common::World;
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn the_document_is_what_the_types_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/openapi.json");
    let text = serde_json::to_string_pretty(&memex::serve::describe_api()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let found = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let how = "schema/openapi.json differs: run UPDATE_SCHEMA=1 cargo test --test serve document";
    assert!(found == text, "{how}");
}

#[test]
fn answers_are_what_the_document_describes() {
    let world = World::with(&[(
        "projects/shop/a.md",
        "# A\n\n## 2026-01-02 10:00 UTC\n\nDone #x.\n",
    )]);
    world.mx(&["log", "start", "--goal", "x"]);
    world.mx(&["log", "next", "go on"]);
    let served = Served::new(world);
    let document = served.get("/api/v1/openapi.json").json();
    assert_eq!(document, memex::serve::describe_api());
    for (name, query) in [
        ("search", "?query=done&content=true"),
        ("get", "?path=projects/shop/a.md"),
        ("get", "?path=projects/shop/a.md&metadata=true"),
        ("list", ""),
        ("tags", ""),
        ("recent", ""),
        ("projects", ""),
        ("report", "?since=2026-01-01"),
        ("next", "?all=true"),
        ("decisions", ""),
        ("resume", ""),
        ("prime", ""),
        ("log/status", ""),
        ("log/list", ""),
        ("log/show", ""),
        ("info", ""),
        ("context", ""),
        ("doctor", ""),
        ("index/check", ""),
        ("search", ""),
        ("get", "?path=nowhere"),
    ] {
        let answer = served.get(&format!("/api/v1/{name}{query}"));
        let pointer = format!(
            "/paths/~1{}/get/responses/{}",
            name.replace('/', "~1"),
            answer.status
        );
        let described = document.pointer(&pointer).expect("the status is described");
        let mut schema = described["content"]["application/json"]["schema"].clone();
        schema["components"] = document["components"].clone();
        assert_valid(&schema, &answer.json(), name);
    }
}

fn assert_valid(schema: &Value, instance: &Value, name: &str) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
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
fn the_description_of_a_parameter_is_complete_in_itself() {
    let document = memex::serve::describe_api();
    let parameters = &document["paths"]["/search"]["get"]["parameters"];
    let find = |name: &str| {
        let all = parameters.as_array().expect("a list").iter();
        all.clone()
            .find(|one| one["name"] == name)
            .expect(name)
            .clone()
    };
    assert_eq!(find("tags")["schema"]["type"], "array");
    assert_eq!(find("project")["schema"]["type"], "string");
    assert_eq!(find("limit")["schema"]["default"], 10);
    assert!(find("sort").to_string().contains("relevance"));
    assert!(!parameters.to_string().contains("$ref"));
    assert_eq!(
        document["paths"]["/note"]["post"]["security"],
        json!([{"token": []}])
    );
}
