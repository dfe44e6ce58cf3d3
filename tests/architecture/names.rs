//! The census of names. In the codebases that this one looks up to, about a third of the functions
//! have a name of one word, and nine of ten names of types are unique: what is found by searching
//! for its name is found at once.
//!
//! `cargo test --test architecture names -- --nocapture` prints it, with the lines and files of each
//! module.

use crate::source::Source;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// How many names there are, and of which kind.
pub struct Census {
    functions: Vec<String>,
    types: HashMap<String, usize>,
    /// Files and lines of each module.
    sizes: BTreeMap<String, (usize, usize)>,
}

/// Counts the names of everything but tests.
pub fn count_names(sources: &[Source]) -> Census {
    let code = || sources.iter().filter(|source| !source.is_test_file());
    let mut types = HashMap::new();
    for name in code().flat_map(|source| &source.types) {
        *types.entry(name.clone()).or_default() += 1;
    }
    let mut sizes: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for source in code() {
        // A module below `agents` may be that of one agent.
        let depth = if source.place.starts_with("agents/") {
            2
        } else {
            1
        };
        let module: Vec<&str> = source.place.split('/').take(depth).collect();
        let size = sizes.entry(module.join("/")).or_default();
        *size = (size.0 + 1, size.1 + source.lines);
    }
    Census {
        sizes,
        functions: code().flat_map(|source| source.functions.clone()).collect(),
        types,
    }
}

impl Census {
    /// Returns the share of functions whose name is one word.
    pub fn one_word_functions(&self) -> f64 {
        let one_word = self.functions.iter().filter(|name| !name.contains('_'));
        one_word.count() as f64 / self.functions.len() as f64
    }

    /// Returns the share of types whose name no other type has.
    pub fn unique_types(&self) -> f64 {
        let unique = self.types.values().filter(|count| **count == 1).count();
        unique as f64 / self.types.values().sum::<usize>() as f64
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (functions, types) = (self.functions.len(), self.types.values().sum::<usize>());
        let one_word = 100.0 * self.one_word_functions();
        let unique = 100.0 * self.unique_types();
        writeln!(
            f,
            "{functions} functions, {one_word:.1} % with a name of one word"
        )?;
        writeln!(f, "{types} types, {unique:.1} % with a name of their own")?;
        let mut repeated: Vec<_> = self.types.iter().filter(|(_, count)| **count > 1).collect();
        repeated.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (name, count) in repeated.iter().take(20) {
            write!(f, "{name} {count} times; ")?;
        }
        let files: usize = self.sizes.values().map(|(files, _)| files).sum();
        let lines: usize = self.sizes.values().map(|(_, lines)| lines).sum();
        writeln!(f, "\n{files} files, {lines} lines without tests")?;
        for (module, (files, lines)) in &self.sizes {
            writeln!(f, "{lines:>6} {files:>4} {module}")?;
        }
        Ok(())
    }
}

#[test]
fn tests_do_not_count() {
    let source = Source::parse(
        "a.rs",
        "fn read() {} fn read_file() {} struct A; #[cfg(test)] mod tests { struct A; fn a() {} }",
    );
    let census = count_names(&[source]);
    assert_eq!(census.functions.len(), 2);
    assert!((census.one_word_functions() - 0.5).abs() < f64::EPSILON);
    assert!((census.unique_types() - 1.0).abs() < f64::EPSILON);
}
