//! Texts of records made fit for one line of a prompt.

use crate::model::visible_form;

/// Returns the text on one line: white space collapsed, what a terminal would act on visible, and
/// so are characters that hide or turn text.
pub fn single_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(4096));
    for c in text.chars() {
        if !c.is_whitespace() {
            line.push(visible_char(c));
        } else if !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Returns the character, or what is shown in its place: the invisible tags too, in which whole
/// sentences can be hidden from everybody but a model, are U+FFFD.
pub(super) fn visible_char(c: char) -> char {
    match c {
        '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        c => visible_form(c).unwrap_or(c),
    }
}

/// Returns the text on one line and without HTML comments, in which it could hide something, or
/// pass for a marker of this program.
pub(super) fn plain_text(text: &str) -> String {
    let line = single_line(text);
    if line.contains("--") {
        line.replace("<!--", "&lt;!--").replace("-->", "--&gt;")
    } else {
        line
    }
}

/// Returns the number of characters (Unicode scalar values).
pub(super) fn text_length(text: &str) -> usize {
    text.chars().count()
}

/// Returns the text, or if it is longer than `limit` characters its beginning, cut behind a
/// sentence, else behind a word, with `…` at the end. `text` is on one line.
pub(super) fn shorten_text(text: &str, limit: usize) -> String {
    // Two characters are kept for the blank and the ellipsis.
    let Some((end, _)) = text.char_indices().nth(limit) else {
        return text.to_owned();
    };
    let room = text[..end]
        .char_indices()
        .nth_back(1)
        .map_or(0, |(at, _)| at);
    let (head, half) = (&text[..room], room / 2);
    let sentence = head
        .match_indices(' ')
        .map(|(at, _)| at)
        .rfind(|at| *at >= half && ends_sentence(&head[..*at]));
    if let Some(at) = sentence {
        return format!("{} …", &head[..at]);
    }
    let word = head.rfind(' ').filter(|at| *at >= half);
    let cut = word.unwrap_or_else(|| whole_characters(text, room));
    format!("{}…", text[..cut].trim_end_matches([',', ';', ':', ' ']))
}

/// Returns the last place at or before `at` that tears no character from its accents or an emoji
/// from its parts.
fn whole_characters(text: &str, mut at: usize) -> usize {
    let joins = |c: char| {
        matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
            || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
    };
    // Bounded: a text may be nothing but accents.
    for _ in 0..16 {
        let torn = text[at..].starts_with(joins) || text[..at].ends_with('\u{200d}');
        match text[..at].char_indices().next_back() {
            Some((before, _)) if torn => at = before,
            _ => break,
        }
    }
    at
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches([')', ']', '"', '\'', '`', '”', '’', '»', '*', '_']);
    text.ends_with([
        '.', '!', '?', '…', '。', '！', '？', '．', '｡', '؟', '۔', '।',
    ])
}

/// Returns the text with a full stop, if it ends in no punctuation.
pub(super) fn first_sentence(text: &str) -> String {
    if text.is_empty() || ends_sentence(text) || text.ends_with([':', ';', ',', '：', '；', '，'])
    {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// Returns the text without a full stop at its end, to stand in a list. One that is a word by
/// itself, such as a directory, stays.
pub(super) fn without_stop(text: &str) -> &str {
    match text.strip_suffix('.') {
        Some(rest) if !rest.ends_with(['.', ' ', '/']) => rest,
        _ => text,
    }
}

/// Returns the items in one line of at most `limit` characters; those that do not fit are
/// counted: `a, b, and 12 more`. The first item is always there.
pub(super) fn join_within(items: &[String], separator: &str, limit: usize) -> String {
    let more = |left: usize| format!("{separator}and {left} more");
    let mut line = String::new();
    let mut used = 0;
    for (at, item) in items.iter().enumerate() {
        let left = items.len() - at - 1;
        let tail = if left == 0 {
            0
        } else {
            text_length(&more(left))
        };
        let added = text_length(item) + if at == 0 { 0 } else { separator.len() };
        if at > 0 && used + added + tail > limit {
            line.push_str(&more(left + 1));
            return line;
        }
        if at > 0 {
            line.push_str(separator);
        }
        line.push_str(item);
        used += added;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_one_line_that_hides_nothing() {
        assert_eq!(single_line(" a\r\n\tb\u{2028}c \u{85} d "), "a b c d");
        assert_eq!(
            single_line("\u{1b}[31m\0\u{202e}\u{e0041}"),
            "␛[31m␀\u{fffd}\u{fffd}"
        );
        assert_eq!(single_line(" \n "), "");
        assert_eq!(
            plain_text("a <!-- mx:recall --> b"),
            "a &lt;!-- mx:recall --&gt; b"
        );
        assert_eq!(plain_text("<!--->"), "&lt;!---&gt;");
    }

    #[test]
    fn a_long_text_is_cut_behind_a_sentence_else_a_word_else_a_character() {
        assert_eq!(shorten_text("short", 5), "short");
        assert_eq!(
            shorten_text("It is done. And then more", 20),
            "It is done. …"
        );
        assert_eq!(
            shorten_text("one two three, four five", 18),
            "one two three…"
        );
        assert_eq!(shorten_text("日本語日本語", 4), "日本…");
        assert_eq!(shorten_text("abcde\u{301}f", 6), "abcd…");
        for limit in 2..40 {
            let text = "Words. In a row! With 👩‍👩‍👧 and e\u{301}\u{301}. ".repeat(3);
            let short = shorten_text(text.trim(), limit);
            assert!(text_length(&short) <= limit, "{limit}: {short}");
        }
    }

    #[test]
    fn a_full_stop_is_added_only_where_there_is_no_punctuation() {
        for (text, with) in [
            ("Done", "Done."),
            ("Done.", "Done."),
            ("Done!", "Done!"),
            ("(Done.)", "(Done.)"),
            ("Done (mostly)", "Done (mostly)."),
            ("完了。", "完了。"),
            ("and so on…", "and so on…"),
            ("", ""),
        ] {
            assert_eq!(first_sentence(text), with);
        }
        assert_eq!(without_stop("a."), "a");
        assert_eq!(without_stop("a..."), "a...");
        assert_eq!(without_stop("unittest -t ."), "unittest -t .");
    }

    #[test]
    fn a_long_list_is_cut_between_items_and_counts_the_rest() {
        let items: Vec<String> = (0..30).map(|n| format!("item {n}")).collect();
        let line = join_within(&items, ", ", 60);
        assert_eq!(
            line,
            "item 0, item 1, item 2, item 3, item 4, item 5, and 24 more"
        );
        assert_eq!(join_within(&items[..2], "; ", 60), "item 0; item 1");
        assert_eq!(join_within(&items[..1], "; ", 0), "item 0");
        assert_eq!(join_within(&[], "; ", 60), "");
    }
}
