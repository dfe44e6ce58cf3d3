//! Whether a text holds a date, in whatever form people write one.

use crate::model::MONTHS;

/// Returns whether a text holds a date: numbers such as `2026-01-11`, `11.01.2026` or `20260111`, a
/// month such as `2026-01`, a week such as `2026-W03`, or a month by its name beside a number.
pub(super) fn holds_date(text: &str) -> bool {
    has_numeric_date(text) || has_named_month(text)
}

fn has_numeric_date(text: &str) -> bool {
    let mut before = None;
    text.char_indices().any(|(at, c)| {
        let begins = c.is_ascii_digit() && !before.is_some_and(|b: char| b.is_ascii_digit());
        before = Some(c);
        begins && begins_with_date(&text[at..])
    })
}

fn begins_with_date(text: &str) -> bool {
    let (first, behind) = split_number(text);
    let parts = NumberParts::read(behind);
    match first.len() {
        8 => is_compact_date(first),
        4 if is_year(first) => parts.is_month_behind_year() || is_week(behind),
        1 | 2 => parts.is_year_behind_day(first),
        _ => false,
    }
}

/// What stands behind the first number: a mark and a number, perhaps the same again.
struct NumberParts<'t> {
    mark: char,
    second: &'t str,
    third: &'t str,
    ends: bool,
}

impl<'t> NumberParts<'t> {
    fn read(text: &'t str) -> Self {
        let is_mark = |c: &char| matches!(c, '-' | '/' | '.' | '_' | '年');
        let mark = text.chars().next().filter(is_mark).unwrap_or('\0');
        let (second, behind) = split_number(&text[mark_length(mark)..]);
        let again = behind.strip_prefix(mark).unwrap_or_default();
        let (third, end) = split_number(again);
        let end = if third.is_empty() { behind } else { end };
        let goes_on = |c: char| c.is_alphanumeric() && c != 'T' && c != '月' && c != '日';
        NumberParts {
            mark,
            second,
            third,
            ends: !end.starts_with(goes_on),
        }
    }

    fn is_month_behind_year(&self) -> bool {
        if self.mark == '年' {
            return true;
        }
        let whole = is_day(self.third) && self.ends;
        let alone = self.third.is_empty() && self.second.len() == 2 && self.mark == '-';
        is_month(self.second) && (whole || (alone && self.ends))
    }

    fn is_year_behind_day(&self, first: &str) -> bool {
        let day_and_month =
            (is_day(first) && is_month(self.second)) || (is_month(first) && is_day(self.second));
        let short = self.mark == '/' && self.third.len() == 2;
        day_and_month && (is_year(self.third) || short) && self.ends
    }
}

fn mark_length(mark: char) -> usize {
    if mark == '\0' { 0 } else { mark.len_utf8() }
}

fn split_number(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

fn is_week(text: &str) -> bool {
    let week = text.strip_prefix("-W").or_else(|| text.strip_prefix("W"));
    week.is_some_and(|week| split_number(week).0.len() == 2)
}

fn is_compact_date(digits: &str) -> bool {
    is_year(&digits[..4]) && is_month(&digits[4..6]) && is_day(&digits[6..])
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && in_range(text, 1900, 2199)
}

fn is_month(text: &str) -> bool {
    text.len() <= 2 && in_range(text, 1, 12)
}

fn is_day(text: &str) -> bool {
    text.len() <= 2 && in_range(text, 1, 31)
}

fn in_range(text: &str, first: u32, last: u32) -> bool {
    text.parse().is_ok_and(|n: u32| (first..=last).contains(&n))
}

/// Months cut short, and in German, in lower case.
const OTHER_MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "januar",
    "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "okt", "dez",
];

fn has_named_month(text: &str) -> bool {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_month = |word: &str| MONTHS.contains(&word) || OTHER_MONTHS.contains(&word);
    words.windows(2).any(|pair| {
        (is_month(&pair[0]) && is_day_or_year(&pair[1]))
            || (is_month(&pair[1]) && is_day_or_year(&pair[0]))
    })
}

fn is_day_or_year(word: &str) -> bool {
    let (number, suffix) = split_number(word);
    let is_suffix = matches!(suffix, "" | "st" | "nd" | "rd" | "th");
    is_suffix && (is_day(number) || (is_year(number) && suffix.is_empty()))
}
