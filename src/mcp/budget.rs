//! Answers that fit what a model can read.

/// The least that anybody gets, in characters.
const LEAST: usize = 500;

/// The most that anybody gets, in characters.
const MOST: usize = 200_000;

/// Returns the budget that holds: what was asked for, within bounds.
pub(super) fn choose_budget(asked: Option<usize>, usual: usize) -> usize {
    asked.unwrap_or(usual).clamp(LEAST, MOST)
}

/// Returns how a text begins, in at most `budget` characters: whole lines, but for a first line
/// that is longer than that; and how many lines are in it, and how many are not.
pub(super) fn cut_text(text: &str, budget: usize) -> (&str, usize, usize) {
    let Some((end, _)) = text.char_indices().nth(budget) else {
        return (text, text.lines().count(), 0);
    };
    let end = text[..end].rfind('\n').map_or(end, |at| at + 1);
    let (kept, rest) = text.split_at(end);
    (kept, kept.lines().count(), rest.lines().count())
}

/// Returns one line of at most that many characters.
pub(super) fn cut_line(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_lines_where_there_are_any() {
        assert_eq!(cut_text("a\nb\n", 9), ("a\nb\n", 2, 0));
        assert_eq!(cut_text("a\nbb\nc\n", 4), ("a\n", 1, 2));
        assert_eq!(cut_text("äöü", 2), ("äö", 1, 1));
        assert_eq!(cut_text("", 2), ("", 0, 0));
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(cut_line("a\n  b", 9), "a b");
        assert_eq!(cut_line("äöü", 2), "äö…");
    }

    #[test]
    fn no_budget_is_senseless() {
        assert_eq!(choose_budget(None, 4000), 4000);
        assert_eq!(choose_budget(Some(0), 4000), LEAST);
        assert_eq!(choose_budget(Some(usize::MAX), 4000), MOST);
    }
}
