//! Whether a block between two `---` lines was meant for front matter, also where it is no YAML.

/// Returns whether the first line with content is a key: `key:`, not indented.
pub(super) fn begins_with_key(yaml: &str) -> bool {
    let content = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let first = yaml.lines().map(str::trim_end).find(content);
    first.is_some_and(|line| !line.starts_with([' ', '\t']) && is_key_line(line))
}

/// Returns whether any line is a key, or the first begins a mapping in braces. Prose between two
/// rules is none.
pub(super) fn holds_keys(yaml: &str) -> bool {
    let mut lines = yaml.lines().map(str::trim);
    yaml.trim_start().starts_with('{') || lines.any(is_key_line)
}

/// The longest key that is one of more than one word, in words.
const MOST_WORDS: usize = 3;

/// Returns whether a line begins with a key: a word or a few, then a colon with a blank or nothing
/// behind it; behind a single word the blank may be missing.
fn is_key_line(line: &str) -> bool {
    let Some((key, value)) = line.split_once(':') else {
        return false;
    };
    let key = key.trim_end();
    let words = key.split_whitespace().count();
    let is_prose = |c: char| matches!(c, ',' | ';' | '!' | '?' | '(' | ')' | '|' | '`' | '#');
    let is_item = key.starts_with(['-', '*', '+', '>', '<', '[']);
    if words == 0 || words > MOST_WORDS || is_item || key.contains(is_prose) || key.contains(". ") {
        return false;
    }
    let is_separate = value.is_empty() || value.starts_with([' ', '\t']);
    let is_word = words == 1 && key.starts_with(char::is_alphabetic);
    is_separate || (is_word && !value.starts_with(['/', ':', '\\']))
}
