//! Answers that fit what a model can read.

/// The smallest budget, in characters: less has no room for what is left out, and how to
/// get it.
pub(super) const LEAST: usize = 2_000;

/// The largest budget, in characters.
pub(super) const MOST: usize = 200_000;

/// Characters of the budget of `resume` for one of its text: it is there twice, as text and as data,
/// and the lists have as much.
pub(super) const RESUME_PER_CHARACTER: usize = 4;

/// Returns the budget that holds: what was asked for, within bounds.
pub(super) fn choose_budget(asked: Option<usize>, usual: usize) -> usize {
    asked.unwrap_or(usual).clamp(LEAST, MOST)
}

/// Returns what to do about an answer of a tool that did not fit a budget.
pub(super) fn advise_budget(tool: &str, budget: usize, otherwise: &str) -> String {
    if budget < MOST {
        format!("call {tool} with a larger budget")
    } else {
        otherwise.to_owned()
    }
}

/// How a text begins, and what is left of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CutText<'a> {
    pub(super) kept: &'a str,
    /// Lines that are kept; the last may be cut.
    pub(super) lines: usize,
    /// Lines that are left out, the rest of one that was cut included.
    pub(super) lines_left: usize,
    /// Characters that are left out.
    pub(super) left: usize,
}

impl CutText<'_> {
    /// Returns whether the end of the last line is missing.
    pub(super) fn is_within_line(&self) -> bool {
        self.left > 0 && !self.kept.ends_with('\n')
    }
}

/// Returns how a text begins, in at most `budget` characters: whole lines, unless those would leave
/// most of the budget to a long line behind them.
pub(super) fn cut_text(text: &str, budget: usize) -> CutText<'_> {
    let Some((end, _)) = text.char_indices().nth(budget) else {
        return CutText {
            kept: text,
            lines: text.lines().count(),
            lines_left: 0,
            left: 0,
        };
    };
    let whole = text[..end].rfind('\n').map_or(0, |at| at + 1);
    let end = if whole < end / 2 { end } else { whole };
    let (kept, rest) = text.split_at(end);
    CutText {
        kept,
        lines: kept.lines().count(),
        lines_left: rest.lines().count(),
        left: rest.chars().count(),
    }
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
        let cut = |kept, lines, lines_left, left| CutText {
            kept,
            lines,
            lines_left,
            left,
        };
        assert_eq!(cut_text("a\nb\n", 9), cut("a\nb\n", 2, 0, 0));
        assert_eq!(cut_text("a\nbb\nc\n", 4), cut("a\n", 1, 2, 5));
        assert_eq!(cut_text("äöü", 2), cut("äö", 1, 1, 1));
        assert_eq!(cut_text("a\nbbbbbb\nc\n", 6), cut("a\nbbbb", 2, 2, 5));
        assert_eq!(cut_text("", 2), cut("", 0, 0, 0));
        assert!(cut_text("äöü", 2).is_within_line());
        assert!(!cut_text("a\nb", 2).is_within_line());
        assert!(!cut_text("a", 2).is_within_line());
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
