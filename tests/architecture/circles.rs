//! Files that import each other in a circle, re-exports followed to where an item is defined.
//!
//! A module and what lies below it may name each other: they are one thing, in parts.

use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Returns the circles, each with the files in it and what ties them.
pub fn find_circles(sources: &[Source]) -> Vec<String> {
    let code: Vec<&Source> = sources.iter().filter(|s| !s.is_test_file()).collect();
    let imports = imports_of(&code);
    let reach: Vec<BTreeSet<usize>> = (0..code.len())
        .map(|from| reachable(&imports, from))
        .collect();
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for from in 0..code.len() {
        let circle: Vec<usize> = (0..code.len())
            .filter(|to| reach[from].contains(to) && reach[*to].contains(&from))
            .collect();
        if circle.len() > 1 && told.insert(circle.clone()) {
            circles.push(describe_circle(&code, &imports, &circle));
        }
    }
    circles
}

type Imports = BTreeMap<usize, BTreeMap<usize, String>>;

/// Returns for each file those that it names, with one of the names.
fn imports_of(code: &[&Source]) -> Imports {
    let files: HashMap<&[String], usize> = code
        .iter()
        .enumerate()
        .filter(|(_, source)| source.place != "main.rs")
        .map(|(at, source)| (source.module.as_slice(), at))
        .collect();
    let resolver = Resolver { code, files };
    let mut imports = Imports::new();
    for (at, source) in code.iter().enumerate() {
        for path in source.paths.iter().filter(|path| !path.in_test) {
            let Some(to) = resolver.file_of(&path.segments, &path.module, 0) else {
                continue;
            };
            let related = code[to].module.starts_with(&source.module)
                || source.module.starts_with(&code[to].module);
            if !related {
                let name = path.segments.join("::");
                imports.entry(at).or_default().entry(to).or_insert(name);
            }
        }
    }
    imports
}

struct Resolver<'a> {
    code: &'a [&'a Source],
    files: HashMap<&'a [String], usize>,
}

impl Resolver<'_> {
    /// Returns the file that defines what a path names, if it is of this crate.
    fn file_of(&self, path: &[String], module: &[String], depth: usize) -> Option<usize> {
        let first = path.first()?;
        if depth > 8 {
            return None;
        }
        if first == "crate" || first == "memex" {
            return self.follow(Vec::new(), &path[1..], depth);
        }
        // A module below, or what `use` bound.
        let mut child = module.to_vec();
        child.push(first.clone());
        if path.len() > 1 && self.files.contains_key(child.as_slice()) {
            return self.follow(module.to_vec(), path, depth);
        }
        let bound = self.bound(module, first)?;
        let target: Vec<String> = bound.iter().chain(&path[1..]).cloned().collect();
        self.file_of(&target, module, depth + 1)
    }

    fn follow(&self, mut module: Vec<String>, path: &[String], depth: usize) -> Option<usize> {
        for (at, name) in path.iter().enumerate() {
            module.push(name.clone());
            if self.files.contains_key(module.as_slice()) {
                continue;
            }
            module.pop();
            if let Some(bound) = self.bound(&module, name) {
                let target: Vec<String> = bound.iter().chain(&path[at + 1..]).cloned().collect();
                if let Some(file) = self.file_of(&target, &module, depth + 1) {
                    return Some(file);
                }
            }
            break;
        }
        self.files.get(module.as_slice()).copied()
    }

    fn bound(&self, module: &[String], name: &str) -> Option<&Vec<String>> {
        let file = (0..=module.len())
            .rev()
            .find_map(|length| self.files.get(&module[..length]))?;
        self.code[*file].bindings.get(module)?.get(name)
    }
}

fn reachable(imports: &Imports, from: usize) -> BTreeSet<usize> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        for to in imports.get(&at).into_iter().flatten().map(|(to, _)| *to) {
            if seen.insert(to) {
                open.push(to);
            }
        }
    }
    seen
}

fn describe_circle(code: &[&Source], imports: &Imports, circle: &[usize]) -> String {
    let mut lines = vec![format!("a circle of {} files:", circle.len())];
    for from in circle {
        for (to, name) in imports.get(from).into_iter().flatten() {
            if circle.contains(to) {
                let (from, to) = (&code[*from].place, &code[*to].place);
                lines.push(format!("  src/{from} names {name} of src/{to}"));
            }
        }
    }
    lines.join("\n")
}

fn parsed(files: &[(&str, &str)]) -> Vec<Source> {
    let parse = |(place, text): &(&str, &str)| Source::parse(place, text);
    files.iter().map(parse).collect()
}

#[test]
fn a_circle_through_a_re_export_is_found() {
    let circles = find_circles(&parsed(&[
        ("lib.rs", "pub mod a;"),
        ("a/mod.rs", "mod left; mod right; pub use left::Left;"),
        (
            "a/left.rs",
            "use super::right; pub struct Left(right::Right);",
        ),
        (
            "a/right.rs",
            "pub struct Right; fn f(left: &super::Left) {}",
        ),
    ]));
    assert_eq!(circles.len(), 1, "{circles:?}");
    assert!(circles[0].contains("src/a/right.rs names crate::a::Left of src/a/left.rs"));
}

#[test]
fn parent_and_child_and_tests_are_no_circle() {
    let circles = find_circles(&parsed(&[
        ("lib.rs", "pub mod a;"),
        ("a/mod.rs", "mod left; mod right; pub struct A(left::Left);"),
        (
            "a/left.rs",
            "pub struct Left; fn f(a: &super::A, r: super::right::Right) {}",
        ),
        (
            "a/right.rs",
            "pub struct Right; #[cfg(test)] mod tests { use super::super::left::Left; }",
        ),
    ]));
    assert_eq!(circles, Vec::<String>::new());
}
