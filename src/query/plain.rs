//! Markdown as words: what a snippet shows of it.

/// Returns a text without what only shapes it: comments, fences, the signs of quotations and
/// fields (`**Duration:**`), and tables but for what stands in their cells. One line.
pub(super) fn plain_words(markdown: &str) -> String {
    let text = without_comments(markdown);
    let mut lines = text.lines().peekable();
    let mut words = String::with_capacity(text.len());
    while let Some(line) = lines.next() {
        let line = line.trim();
        if lines.peek().is_some_and(|next| is_table_rule(next)) && line.starts_with('|') {
            // The names of the columns.
            lines.next();
        } else if !is_table_rule(line) && !is_fence(line) {
            push_line(line, &mut words);
        }
    }
    words
}

fn push_line(line: &str, words: &mut String) {
    if let Some(row) = line.strip_prefix('|') {
        let row = row.strip_suffix('|').unwrap_or(row);
        let cells = split_cells(row);
        let cells = cells.iter().map(|cell| cell.trim());
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        push_words(
            &filled.join(" · ").replace("<br>", " ").replace("\\|", "|"),
            words,
        );
        return;
    }
    let line = line.trim_start_matches(['>', ' ']);
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
            ("", ""),
        ] {
            assert_eq!(plain_words(markdown), words, "{markdown}");
        }
    }
}
