//! Times in words: names of days and months, and amounts of time before now.

use super::absolute::parse_number;
use super::calendar::{Moment, Span};

impl Moment {
    /// Words, and amounts of time before now.
    pub fn relative(self, text: &str) -> Option<Span> {
        let spaced = spaced_words(text);
        let words: Vec<&str> = spaced.split_whitespace().collect();
        let words = match words.as_slice() {
            ["since" | "in" | "on" | "from" | "the", rest @ ..] if !rest.is_empty() => rest,
            words => words,
        };
        self.named_span(words).or_else(|| self.amount(words))
    }

    fn named_span(self, words: &[&str]) -> Option<Span> {
        let today = self.today();
        match words {
            ["now"] => Some(Span::instant(self.now)),
            ["today"] | ["this", "morning" | "afternoon" | "evening"] => self.days(today, 1),
            ["yesterday"] | ["last", "night"] => self.days(today.pred_opt()?, 1),
            ["day", "before", "yesterday"] => self.days(today.pred_opt()?.pred_opt()?, 1),
            ["tomorrow"] => self.days(today.succ_opt()?, 1),
            ["this", unit] => self.calendar_unit(unit, 0),
            ["last" | "past" | "previous", unit] => self
                .calendar_unit(unit, 1)
                .or_else(|| self.weekday(unit, today.pred_opt()?))
                .or_else(|| self.named_month(unit, None)),
            [word] => self
                .weekday(word, today)
                .or_else(|| self.named_month(word, None)),
            _ => self.named_date(words),
        }
    }

    /// `march 2026`, `march 5`, `5 march 2026`, `mar 5th, 2026`.
    fn named_date(self, words: &[&str]) -> Option<Span> {
        let year = |text: &str| parse_number(text, 4..=4).map(|year| year as i32);
        let day = |text: &str| {
            let digits = text.trim_end_matches([',', '.']);
            let digits = digits.trim_end_matches(|c: char| c.is_ascii_lowercase());
            parse_number(digits, 1..=2)
        };
        match words {
            [month, last] => match year(last) {
                Some(year) => self.named_month(month, Some(year)),
                None => day(last)
                    .and_then(|day| self.named_day(day, month, None))
                    .or_else(|| self.named_day(day(month)?, last, None)),
            },
            [first, second, last] => {
                let year = Some(year(last)?);
                day(second)
                    .and_then(|day| self.named_day(day, first, year))
                    .or_else(|| self.named_day(day(first)?, second.trim_end_matches(','), year))
            }
            _ => None,
        }
    }

    /// `7d`, `7 days`, `7 days ago`, `last 7 days`, `a week ago`, `three hours ago`.
    fn amount(self, words: &[&str]) -> Option<Span> {
        match words {
            [word] | [word, "ago"] => self.ago(word),
            [amount, unit] | [amount, unit, "ago"] | ["last" | "past", amount, unit] => {
                self.ago(&[&number_word(amount), *unit].concat())
            }
            _ => None,
        }
    }

    /// `7d`, `7days`: so long before now.
    fn ago(self, text: &str) -> Option<Span> {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let amount: u32 = text[..digits].parse().ok()?;
        let unit = &text[digits..];
        let time = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => self.seconds_ago(amount, 1),
            "m" | "min" | "mins" | "minute" | "minutes" => self.seconds_ago(amount, 60),
            "h" | "hr" | "hrs" | "hour" | "hours" => self.seconds_ago(amount, 3600),
            _ => self.calendar_ago(amount, unit),
        };
        time.map(Span::instant)
    }
}

/// Returns a text with words apart that people write together: `lastweek`, `last-week`.
fn spaced_words(text: &str) -> String {
    let mut spaced = text.to_owned();
    if !text.contains(|c: char| c.is_ascii_digit()) {
        spaced = spaced.replace(['-', '_'], " ");
    }
    for word in ["last", "this", "past"] {
        if let Some(rest) = spaced.strip_prefix(word)
            && rest.starts_with(|c: char| c.is_ascii_lowercase())
        {
            spaced = format!("{word} {rest}");
        }
    }
    spaced
}

/// Returns a small number in digits.
fn number_word(word: &str) -> String {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let number = match word {
        "a" | "an" => Some(1),
        _ => WORDS
            .iter()
            .position(|known| *known == word)
            .map(|at| at + 1),
    };
    number.map_or_else(|| word.to_owned(), |number| number.to_string())
}
