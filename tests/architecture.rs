//! Holds the sources to the floor plan: a module names only those above it, and each dependency
//! has one home. Inside one crate the compiler does not see to that.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the top. A module may name those before it.
const FLOORS: [&str; 12] = [
    "error", "model", "redact", "markdown", "kb", "index", "query", "session", "agents", "ops",
    "render", "cli",
];

/// Dependencies that are a decision, and the only places that may name them.
const HOMES: [(&str, &[&str]); 11] = [
    ("redb", &["index/catalog"]),
    ("bincode", &["index/catalog"]),
    ("tantivy", &["index/fulltext", "query"]),
    ("pulldown_cmark", &["markdown"]),
    ("serde_saphyr", &["markdown"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("signal_hook", &["cli"]),
];

/// The one place that reads the environment and the clock.
const ENVIRONMENT: &str = "kb/environment.rs";

#[test]
fn the_sources_keep_to_the_floor_plan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources are found");
    let violations: Vec<String> = files
        .iter()
        // Tests in a file of their own see a module as those below it do.
        .filter(|file| !file.ends_with("tests.rs"))
        .flat_map(|file| {
            let source = fs::read_to_string(file).expect("a source file can be read");
            let place = file.strip_prefix(&root).expect("below the root");
            let place = place.to_string_lossy().replace('\\', "/");
            violations(&place, &source)
        })
        .collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
}

/// Returns what a file does that the floor plan forbids. `place` is its path below `src`.
fn violations(place: &str, source: &str) -> Vec<String> {
    let module = place
        .split('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".rs");
    let mut found = Vec::new();
    for path in paths(&tokens(source), &modules_of(place)) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        found.extend(module_violation(module, &names));
        found.extend(dependency_violation(place, &names));
        found.extend(outside_violation(place, &names));
    }
    if !matches!(module, "main" | "lib") && !FLOORS.contains(&module) {
        found.push(format!("module `{module}` is not in the floor plan"));
    }
    found.sort();
    found.dedup();
    found
        .into_iter()
        .map(|violation| format!("src/{place}: {violation}"))
        .collect()
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
    (!at_home).then(|| {
        format!(
            "`{name}` is named only under {} ({})",
            homes.join(", "),
            path.join("::")
        )
    })
}

/// Environment and clock.
fn outside_violation(place: &str, path: &[&str]) -> Option<String> {
    if place == ENVIRONMENT {
        return None;
    }
    let shown = path.join("::");
    if path.starts_with(&["std", "env"])
        && !(place == "main.rs" && path == ["std", "env", "args_os"])
    {
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

/// Returns the path of the module that a file holds.
fn modules_of(place: &str) -> Vec<String> {
    let names = place.trim_end_matches(".rs").split('/');
    names
        .filter(|name| !matches!(*name, "mod" | "lib" | "main"))
        .map(str::to_owned)
        .collect()
}

/// Splits Rust into identifiers, `::` and single characters, without comments and literals.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = comment(rest).or_else(|| literal(rest)) {
            length
        } else if first.is_alphabetic() || first == '_' {
            let name = |c: char| !(c.is_alphanumeric() || c == '_');
            let length = rest.find(name).unwrap_or(rest.len());
            // `r#name` is a name too.
            let raw = rest.starts_with("r#").then(|| rest[2..].find(name));
            match raw {
                Some(end) => {
                    let end = end.map_or(rest.len(), |end| end + 2);
                    tokens.push(rest[2..end].to_owned());
                    end
                }
                None => {
                    tokens.push(rest[..length].to_owned());
                    length
                }
            }
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Returns the length of a comment at the start.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    text.starts_with("/*").then_some(())?;
    let (mut depth, mut at) = (0usize, 0);
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        match rest {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return Some(at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    Some(text.len())
}

/// Returns the length of a string, character or lifetime at the start.
fn literal(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = text.strip_prefix(prefix);
        let quote = |rest: &str| rest.trim_start_matches('#').starts_with('"');
        let raw = prefix.ends_with('r');
        after.is_some_and(|rest| {
            if raw {
                quote(rest)
            } else {
                rest.starts_with('"')
            }
        })
    });
    if let Some(prefix) = prefix {
        let rest = &text[prefix.len()..];
        let length = if prefix.ends_with('r') {
            raw_string(rest)
        } else {
            string(rest)
        };
        return Some(prefix.len() + length);
    }
    let rest = text
        .strip_prefix("b'")
        .or_else(|| text.strip_prefix('\''))?;
    let before = text.len() - rest.len();
    let mut chars = rest.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        // The escaped character may itself be a quote.
        return Some(before + rest[2..].find('\'')? + 3);
    }
    match chars.next() {
        Some((at, '\'')) => Some(before + at + 1),
        _ => Some(before),
    }
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let hashes = text.len() - text.trim_start_matches('#').len();
    let end = format!("\"{}", "#".repeat(hashes));
    let start = hashes + 1;
    text[start..]
        .find(&end)
        .map_or(text.len(), |at| start + at + end.len())
}

/// Returns every path that is written, groups taken apart; those through `self` and `super` are
/// told from the root of the crate.
fn paths(tokens: &[String], module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut modules = module.to_vec();
    // The brace depths at which inline modules end.
    let (mut depth, mut ends) = (0usize, Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "mod" if tokens.get(at + 2).is_some_and(|token| token == "{") => {
                modules.push(tokens[at + 1].clone());
                ends.push(depth);
                depth += 1;
                at += 3;
                continue;
            }
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if ends.last() == Some(&depth) {
                    ends.pop();
                    modules.pop();
                }
            }
            token if is_name(token) || token == "::" => {
                let mut here = Vec::new();
                at = path(tokens, at, &[], &mut here).max(at + 1);
                found.extend(here.into_iter().map(|path| from_root(path, &modules)));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Keywords behind which a path may begin.
const KEYWORDS: [&str; 17] = [
    "as", "break", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut", "ref",
    "return", "type", "use", "where",
];

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_') && !KEYWORDS.contains(&token)
}

/// Reads a path at `at`, behind `prefix`. Returns where it ends.
fn path(
    tokens: &[String],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let token = |at: usize| tokens.get(at).map_or("", String::as_str);
    let mut path = prefix.to_vec();
    if token(at) == "::" {
        at += 1;
    }
    loop {
        if token(at) == "{" {
            at += 1;
            while !matches!(token(at), "}" | "") {
                let next = self::path(tokens, at, &path, found);
                at = if next == at { at + 1 } else { next };
            }
            return at + 1;
        }
        if !is_name(token(at)) {
            break;
        }
        path.push(token(at).to_owned());
        at += 1;
        if token(at) != "::" || !(is_name(token(at + 1)) || token(at + 1) == "{") {
            break;
        }
        at += 1;
    }
    found.push(path);
    at
}

/// Tells a path from the root of the crate, if it leads there through `self` and `super`.
fn from_root(path: Vec<String>, module: &[String]) -> Vec<String> {
    let ups = path
        .iter()
        .take_while(|name| *name == "super" || *name == "self");
    let (climbed, ups) = ups.fold((0, 0), |(climbed, ups), name| {
        (climbed + usize::from(name == "super"), ups + 1)
    });
    if ups == 0 || climbed > module.len() {
        return path;
    }
    let base = module[..module.len() - climbed].iter().cloned();
    let root = std::iter::once("crate".to_owned());
    root.chain(base).chain(path.into_iter().skip(ups)).collect()
}

fn count(place: &str, source: &str) -> usize {
    violations(place, source).len()
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
        "pub(crate) use crate::r#index::*;",
        "use super::super::index::Index;",
        "mod tests { use super::super::super::index::Index; }",
        "mod a { mod b {} }\nuse super::super::cli;",
        "fn f() { let c = '\"'; crate::cli::main(); let d = '\"'; }",
        "fn f<'a>(x: &'a str) { crate::cli::main(x, 'a') }",
        "macro_rules! m { () => { $crate::cli::main() } }",
        "use crate::nowhere::X;",
    ] {
        assert_eq!(count("kb/append.rs", source), 1, "{source}");
    }
}

#[test]
fn comments_strings_and_names_from_above_are_not() {
    for source in [
        "use crate::{error::Error, model::EntryPath};\nuse crate::kb::Kb;",
        "// use crate::index::Index;\n/* /* crate::cli */ crate::cli */ fn f() {}",
        "/// See [`crate::index::Index`].\nfn f() {}",
        "const A: &str = \"crate::index::Index \\\" crate::cli\";",
        "const A: &str = r#\"crate::index \" crate::cli\"#;",
        "const A: &[u8] = b\"crate::cli::main\"; const B: char = '\\'';",
        "use super::index::Index;",
        "mod tests { use super::super::settings; }",
        "fn f() { index::open(); self.index.query(); }",
    ] {
        assert_eq!(
            violations("kb/append.rs", source),
            Vec::<String>::new(),
            "{source}"
        );
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
        assert_eq!(count("markdown/tags.rs", source), 1, "{source}");
    }
    assert_eq!(
        count(
            "index/catalog/codec.rs",
            "use bincode::Decode; use redb::Table;"
        ),
        0
    );
    assert_eq!(count("index/catalogue.rs", "use redb::Table;"), 1);
    assert_eq!(count("query/terms.rs", "use tantivy::Term;"), 0);
    assert_eq!(
        count(
            "kb/environment.rs",
            "use std::env; fn f() { SystemTime::now(); }"
        ),
        0
    );
    assert_eq!(
        count(
            "main.rs",
            "fn main() { memex::cli::main(std::env::args_os()) }"
        ),
        0
    );
    assert_eq!(
        count(
            "main.rs",
            "fn main() { std::env::var(\"A\"); memex::ops::run() }"
        ),
        2
    );
    assert_eq!(count("util.rs", ""), 1);
}
