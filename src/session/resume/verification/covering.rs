//! Whether one run of a check covers all that an earlier one did.

use super::wrappers::{is_duration, list_holds};

/// Options by which less is verified than without them.
const NARROWING: &str = "--lib --bins --bin --doc --tests --benches --examples --lf --last-failed \
    --onlyChanged --only-changed --changed --onlyFailures -short --short";

/// Options whose value says how, and not what, is verified.
const MANNER: &str = "--color --colour --reporter --maxfail --tb --watch --watchAll --ci --coverage \
    --cov --jobs --test-threads --workers --verbosity --format --profile --features --timeout";

/// Returns whether a command verifies all that another of the same name does: it names nothing
/// that the other does not name, too.
pub(super) fn covers_command(whole: &str, part: &str) -> bool {
    let part: Vec<&str> = part.split_whitespace().collect();
    let mut words = whole.split_whitespace().peekable();
    let mut narrowing = std::iter::from_fn(|| {
        let word = words.next()?;
        let is_value = !word.contains('=') && list_holds(MANNER, word);
        if is_value {
            words.next_if(|value| !value.starts_with('-'));
        }
        Some(word)
    });
    narrowing.all(|word| !narrows(word) || part.contains(&word))
}

fn narrows(word: &str) -> bool {
    let Some(option) = word.strip_prefix('-').map(|_| word) else {
        return !is_duration(word);
    };
    let named = option.split_once('=').map(|(name, _)| name);
    list_holds(NARROWING, option) || named.is_some_and(|name| !list_holds(MANNER, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_all_covers_a_run_of_a_part() {
        for (whole, part, covers) in [
            ("pytest", "pytest tests/a.py", true),
            ("pytest -x", "pytest tests/a.py -v", true),
            ("pytest", "pytest", true),
            ("pytest tests/a.py", "pytest tests/a.py -x", true),
            ("pytest tests/b.py", "pytest tests/a.py", false),
            ("pytest tests/a.py", "pytest", false),
            ("cargo test --package a", "cargo test --package b", false),
            ("cargo test --package=a", "cargo test --package=b", false),
            ("cargo test", "cargo test --package=b", true),
            ("cargo test --lib", "cargo test", false),
            ("cargo test -j 4 --color always", "cargo test", true),
            ("npm test --watchAll=false", "npm test", true),
        ] {
            assert_eq!(covers_command(whole, part), covers, "{whole} / {part}");
        }
    }
}
