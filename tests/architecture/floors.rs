//! The floor plan: which module may name which, and where each dependency has its home.

use crate::source::Source;

/// The floors, from the top. A module may name those before it.
const FLOORS: [&str; 14] = [
    "error", "model", "redact", "markdown", "kb", "index", "query", "session", "agents", "ops",
    "render", "mcp", "serve", "cli",
];

/// Dependencies that are a decision, and the only places that may name them.
const HOMES: [(&str, &[&str]); 22] = [
    ("redb", &["index/catalog"]),
    ("bincode", &["index/catalog"]),
    ("tantivy", &["index/fulltext", "query"]),
    ("pulldown_cmark", &["markdown"]),
    ("serde_saphyr", &["markdown"]),
    ("rmcp", &["mcp"]),
    ("ammonia", &["markdown"]),
    ("axum", &["serve"]),
    ("getrandom", &["serve"]),
    ("hyper", &["serve"]),
    ("hyper_util", &["serve"]),
    ("maud", &["serve/pages"]),
    ("notify", &["serve"]),
    ("subtle", &["serve"]),
    ("tokio", &["serve", "mcp"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("signal_hook", &["cli"]),
    ("tracing_subscriber", &["cli"]),
];

/// The one place that reads the environment and the clock.
const ENVIRONMENT: &str = "kb/environment.rs";

/// Returns what a file does that the floor plan forbids.
pub fn find_violations(source: &Source) -> Vec<String> {
    let place = source.place.as_str();
    let module = place.split('/').next().unwrap_or_default();
    let module = module.trim_end_matches(".rs");
    let mut found = Vec::new();
    for path in &source.paths {
        let names: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        found.extend(module_violation(module, &names));
        found.extend(dependency_violation(place, &names));
        found.extend(outside_violation(place, &names));
    }
    if !matches!(module, "main" | "lib") && !FLOORS.contains(&module) {
        found.push(format!("module `{module}` is not in the floor plan"));
    }
    found.sort();
    found.dedup();
    let told = |violation| format!("src/{place}: {violation}");
    found.into_iter().map(told).collect()
}

fn module_violation(module: &str, path: &[&str]) -> Option<String> {
    let ["crate" | "memex", named, ..] = path else {
        return None;
    };
    let floor = |name: &str| FLOORS.iter().position(|floor| *floor == name);
    let allowed = match module {
        "main" => *named == "cli",
        "lib" => true,
        _ => match (floor(module), floor(named)) {
            (Some(from), Some(to)) => to <= from,
            // A macro or an item at the root of the crate: there are to be none.
            _ => false,
        },
    };
    (!allowed).then(|| format!("`{module}` may not name `{named}` ({})", path.join("::")))
}

fn dependency_violation(place: &str, path: &[&str]) -> Option<String> {
    let (name, homes) = HOMES.iter().find(|(name, _)| path.first() == Some(name))?;
    let at_home = homes.iter().any(|home| {
        place == *home
            || place
                .strip_prefix(home)
                .is_some_and(|rest| rest.starts_with('/'))
    });
    let (homes, path) = (homes.join(", "), path.join("::"));
    (!at_home).then(|| format!("`{name}` is named only under {homes} ({path})"))
}

/// Environment and clock.
fn outside_violation(place: &str, path: &[&str]) -> Option<String> {
    if place == ENVIRONMENT {
        return None;
    }
    let shown = path.join("::");
    let arguments = place == "main.rs" && path == ["std", "env", "args_os"];
    if path.starts_with(&["std", "env"]) && !arguments {
        return Some(format!(
            "the environment is read only in {ENVIRONMENT} ({shown})"
        ));
    }
    let clock = path.windows(2).any(|pair| {
        matches!(pair, ["SystemTime" | "Utc" | "Local", "now"])
            || (pair == ["Instant", "now"] && !place.starts_with("cli/"))
    });
    clock.then(|| format!("the clock is read only in {ENVIRONMENT} ({shown})"))
}

fn count_violations(place: &str, text: &str) -> usize {
    find_violations(&Source::parse(place, text)).len()
}

#[test]
fn a_name_from_below_is_found_however_it_is_written() {
    for source in [
        "use crate::index::Index;",
        "use crate::{error::Error, index::Index};",
        "use crate::{\n    error::{Error, Result},\n    query,\n};",
        "use crate :: index as other;",
        "fn f() { crate::index::Index::new(); }",
        "fn f() -> Vec<crate::ops::Request> { todo!() }",
        "fn f() { format!(\"{}\", crate::ops::name()); }",
        "pub(crate) use crate::r#index::*;",
        "use super::super::index::Index;",
        "mod tests { use super::super::super::index::Index; }",
        "mod a { mod b {} }\nuse super::super::cli;",
        "fn f<'a>(x: &'a str) { crate::cli::main(x, 'a') }",
        "macro_rules! m { () => { $crate::cli::main() } }",
        "use crate::nowhere::X;",
    ] {
        assert_eq!(count_violations("kb/append.rs", source), 1, "{source}");
    }
}

#[test]
fn comments_strings_and_names_from_above_are_not() {
    for source in [
        "use crate::{error::Error, model::EntryPath};\nuse crate::kb::Kb;",
        "// use crate::index::Index;\n/* /* crate::cli */ crate::cli */ fn f() {}",
        "/// See [`crate::index::Index`].\nfn f() {}",
        "const A: &str = \"crate::index::Index \\\" crate::cli\";",
        "use super::index::Index;",
        "mod tests { use super::super::settings; }",
        "fn f() { index::open(); self.index.query(); }",
    ] {
        let violations = find_violations(&Source::parse("kb/append.rs", source));
        assert_eq!(violations, Vec::<String>::new(), "{source}");
    }
}

#[test]
fn a_dependency_away_from_home_is_found() {
    for source in [
        "use tantivy::Index;",
        "use ::tantivy::Index;",
        "use {std::fs, redb::Database};",
        "fn f() { bincode::encode(); }",
        "#[derive(clap::Args)] struct A;",
        "use std::env;",
        "use std::{env, fs};",
        "fn f() { std::env::var(\"A\"); }",
        "fn f() { std::time::SystemTime::now(); }",
        "fn f() { Utc::now(); }",
        "fn f() { Instant::now(); }",
    ] {
        assert_eq!(count_violations("markdown/tags.rs", source), 1, "{source}");
    }
    for (place, source, expected) in [
        (
            "index/catalog/codec.rs",
            "use bincode::Decode; use redb::Table;",
            0,
        ),
        ("index/catalogue.rs", "use redb::Table;", 1),
        ("query/terms.rs", "use tantivy::Term;", 0),
        (
            "kb/environment.rs",
            "use std::env; fn f() { SystemTime::now(); }",
            0,
        ),
        (
            "main.rs",
            "fn main() { memex::cli::main(std::env::args_os()) }",
            0,
        ),
        (
            "main.rs",
            "fn main() { std::env::var(\"A\"); memex::ops::run() }",
            2,
        ),
        ("util.rs", "", 1),
    ] {
        assert_eq!(
            count_violations(place, source),
            expected,
            "{place}: {source}"
        );
    }
}
