//! The values of front matter that are searched as text.

/// Keys whose values are searched in fields of their own.
const ELSEWHERE: [&str; 4] = ["title", "tags", "aliases", "description"];

/// Returns the values of a block of front matter, with its fences, under any other key, as they are
/// written; the keys below a key are values too. Empty if the text is no such block.
pub(super) fn other_values(block: &str) -> String {
    let block = block.trim_start_matches('\u{feff}');
    let mut values = String::new();
    let mut counts = true;
    let mut lines = block.lines().map(str::trim_end);
    if lines.next() != Some("---") {
        return values;
    }
    for line in lines.take_while(|line| !matches!(*line, "---" | "...")) {
        let value = match top_key(line) {
            Some((key, value)) => {
                counts = !ELSEWHERE.contains(&key);
                value
            }
            None => line,
        };
        if counts && !value.trim().is_empty() {
            values.push_str(value.trim());
            values.push('\n');
        }
    }
    values
}

/// Splits a line that begins with a key of the outermost level.
fn top_key(line: &str) -> Option<(&str, &str)> {
    let inside = line.starts_with([' ', '\t', '-', '#', '{', '[']);
    let (key, value) = line.split_once(':').filter(|_| !inside)?;
    Some((key.trim_matches(['"', '\'']), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_under_any_key_are_text_but_those_that_have_a_field() {
        let block = "---\ntitle: A\npermalink: payment\ntags:\n  - x\nmeta:\n  owner: Nadja\n\
                     list: [a, b]\n---\n";
        assert_eq!(other_values(block), "payment\nowner: Nadja\n[a, b]\n");
        assert_eq!(other_values("\u{feff}---\r\nk: v\r\n...\r\n"), "v\n");
        assert_eq!(other_values("---\n{a: b}\n---\n"), "{a: b}\n");
        assert_eq!(other_values("# Title\n"), "");
        assert_eq!(other_values(""), "");
    }
}
