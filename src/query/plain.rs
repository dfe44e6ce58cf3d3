//! Markdown as words: what a snippet shows of it.

/// What stands between cells and between items.
pub(super) const BETWEEN: &str = "·";

/// Returns a text without what only shapes it: comments, fences, rules, the signs of quotations,
/// headings, items and fields (`**Duration:**`), and tables but for what stands in their cells. One
/// line, in which items are separated as cells are.
pub(super) fn plain_words(markdown: &str) -> String {
    let text = without_comments(markdown);
    let mut lines = text.lines().peekable();
    let mut words = String::with_capacity(text.len());
    let mut in_code = false;
    while let Some(line) = lines.next() {
        let line = line.trim();
        in_code ^= is_code_border(line);
        if lines.peek().is_some_and(|next| is_table_rule(next)) && line.starts_with('|') {
            // The names of the columns.
            lines.next();
        } else if !is_table_rule(line) && !is_fence(line) {
            push_line(line, in_code, &mut words);
        }
    }
    words
}

fn push_line(line: &str, in_code: bool, words: &mut String) {
    if let Some(row) = line.strip_prefix('|') {
        let row = row.strip_suffix('|').unwrap_or(row);
        let cells = split_cells(row);
        let cells = cells.iter().map(|cell| cell.trim());
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        push_words(
            &filled
                .join(&format!(" {BETWEEN} "))
                .replace("<br>", " ")
                .replace("\\|", "|"),
            words,
        );
        return;
    }
    let line = line.trim_start_matches(['>', ' ']);
    if in_code {
        return push_words(line, words);
    }
    if is_rule(line) {
        return;
    }
    let item = strip_item(line);
    if item.is_some() && !words.is_empty() && !words.ends_with(':') {
        push_words(BETWEEN, words);
    }
    let line = item.unwrap_or_else(|| strip_heading(line));
    match metadata_field(line) {
        Some((name, value)) => {
            push_words(name, words);
            push_words(value, words);
        }
        None => push_words(line, words),
    }
}

/// Splits a row of a table at the bars that are no text.
fn split_cells(row: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut from = 0;
    for (at, _) in row.match_indices('|') {
        if !row[..at].ends_with('\\') {
            cells.push(&row[from..at]);
            from = at + 1;
        }
    }
    cells.push(&row[from..]);
    cells
}

/// Returns the text of an item of a list; `None` of what is none. A number says more than that one
/// begins.
fn strip_item(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '+'])?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}

fn strip_heading(line: &str) -> &str {
    let rest = line.trim_start_matches('#');
    let is_heading = line.len() - rest.len() <= 6 && rest.starts_with(' ');
    if is_heading { rest } else { line }
}

/// Returns whether a line is a rule, or underlines a heading.
fn is_rule(line: &str) -> bool {
    let is_of = |mark: char| line.chars().all(|c| c == mark || c == ' ');
    line.len() >= 3 && ['-', '*', '_', '='].into_iter().any(is_of)
}

/// Returns name and value of a field: `**Duration:** 2h`.
fn metadata_field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("**")?.split_once("**")?;
    name.ends_with(':').then_some((name, value))
}

fn push_words(text: &str, words: &mut String) {
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
}

fn is_table_rule(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('|')
        && line.contains("--")
        && line
            .bytes()
            .all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
}

fn is_fence(line: &str) -> bool {
    let rest = line.trim_start_matches(['`', '~']);
    line.len() - rest.len() >= 3 && !rest.contains(char::is_whitespace)
}

/// Returns whether code begins or ends with a line.
fn is_code_border(line: &str) -> bool {
    ['`', '~'].into_iter().any(|mark| {
        let rest = line.trim_start_matches(mark);
        line.len() - rest.len() >= 3 && !rest.contains(mark)
    })
}

/// Returns a text with its comments as text.
pub(super) fn uncover_comments(text: &str) -> String {
    text.replace("<!--", " ").replace("-->", " ")
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_shapes_a_text_is_left_out() {
        for (markdown, words) in [
            (
                "| File | Action | Notes |\n|------|:--|---|\n| src/a.rs | Created | <!-- observed --> |\n\
                 | b\\|c | Read | x<br>y |\n",
                "src/a.rs · Created b|c · Read · x y",
            ),
            (
                "**Duration:** 2h 15m\n**bold** stays",
                "Duration: 2h 15m **bold** stays",
            ),
            (
                "> Last session: done.\n> Next: more",
                "Last session: done. Next: more",
            ),
            ("Run\n\n```sh\ngcc -Wall\n```\n", "Run gcc -Wall"),
            ("a <!-- b\nc --> d <!-- open", "a d"),
            ("x | y\n", "x | y"),
            (
                "Steps:\n\n- build\n  * test it\n\n- [x] ship\n\nThen: rest - or play\n",
                "Steps: build · test it · [x] ship Then: rest - or play",
            ),
            ("+ a\n+ b\n1. c\n2. d\n", "a · b 1. c 2. d"),
            ("> - quoted\n> - twice", "quoted · twice"),
            (
                "a\n\n### Part #2\n\n#tag b\n\n---\n\nc\n***\nd",
                "a Part #2 #tag b c d",
            ),
            (
                "```diff\n- old\n+ new\n# why\n---\n```\n- after\n",
                "- old + new # why --- · after",
            ),
            ("```yaml title=x\n- a\n```\n- b", "```yaml title=x - a · b"),
            ("-Wall stays, -", "-Wall stays, -"),
            ("-", ""),
            ("", ""),
        ] {
            assert_eq!(plain_words(markdown), words, "{markdown}");
        }
    }
}
