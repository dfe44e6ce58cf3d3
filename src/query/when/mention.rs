//! Times that a question mentions: "what did I do yesterday", "the outage in March".

use super::calendar::{Moment, Span, month_number};
use crate::model::{Timestamp, Zone};

/// The most words that name a time: `on the 10th of March 2021`.
const WORDS: usize = 6;

/// A time that a question mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// When.
    pub span: Span,
    /// The words that say so, folded to lower case.
    pub words: Vec<String>,
    /// Whether it is a date in numbers, which stands in texts and headings as it is.
    pub is_date: bool,
}

/// Returns the first time that a question mentions, seen from `now` in the given zone. Only what
/// can hardly mean anything else counts: a weekday behind "on", a month behind "in" or before a
/// year, a day of a month; nothing in quotes, and nothing behind a colon. A date in numbers is no
/// question by itself.
pub fn find_mention(question: &str, now: Timestamp, zone: Zone) -> Option<Mention> {
    let moment = Moment::new(now, zone);
    let question = question.to_lowercase();
    let words = plain_words(&question);
    (0..words.len()).find_map(|from| {
        let most = WORDS.min(words.len() - from);
        (1..=most).rev().find_map(|count| {
            let mentioned = &words[from..from + count];
            let dated = moment.dated_span(mentioned).filter(|_| count < words.len());
            let span = dated.or_else(|| moment.mentioned_span(mentioned))?;
            Some(Mention {
                span,
                words: mentioned.iter().map(|word| (*word).to_owned()).collect(),
                is_date: dated.is_some(),
            })
        })
    })
}

impl Moment {
    /// Returns the time of a date in numbers: `2021-03-10`, `since 2021-03`.
    fn dated_span(self, words: &[&str]) -> Option<Span> {
        let (date, since) = match words {
            [date] => (date, false),
            [preposition @ ("on" | "in" | "since" | "from" | "of"), date] => {
                (date, *preposition == "since")
            }
            _ => return None,
        };
        let signs = date.matches(['-', '/', '.']).count();
        let is_date = date.len() >= 7 && (signs == 2 || signs == 1 && date.contains('-'));
        let span = self.absolute(date).filter(|_| is_date)?;
        let last = if since { self.now } else { span.last };
        Some(Span { last, ..span })
    }

    fn mentioned_span(self, words: &[&str]) -> Option<Span> {
        let is_clear = is_clear_time(words);
        let since = words.first() == Some(&"since");
        let words = match words {
            ["in" | "on" | "since" | "during" | "from", rest @ ..] => rest,
            words => words,
        };
        let plain = words.iter().filter(|word| !matches!(**word, "the" | "of"));
        let plain: Vec<&str> = plain.copied().collect();
        let relative = is_clear.then(|| match words {
            [year] if is_year(year) => self.absolute(year),
            _ => self.relative(&plain.join(" ")),
        })??;
        let relative = Span {
            last: if since { self.now } else { relative.last },
            ..relative
        };
        // "three days ago" is that day, and what was "in the last three days" goes on till now.
        Some(match words {
            ["last" | "past", _, _] => Span {
                first: relative.first,
                last: self.now,
            },
            [_, unit, "ago"] if !matches!(*unit, "minute" | "minutes" | "hour" | "hours") => {
                let day = relative.first.in_zone(self.zone).datetime().date_naive();
                self.days(day, 1)?
            }
            _ => relative,
        })
    }
}

/// Returns whether words can hardly mean anything but a time.
fn is_clear_time(words: &[&str]) -> bool {
    let is_unit = |word: &str| {
        let units = ["minute", "hour", "day", "week", "month", "year"];
        units.iter().any(|unit| word.trim_end_matches('s') == *unit)
    };
    match words {
        ["today" | "yesterday"]
        | ["this", "morning" | "week" | "month" | "year"]
        | ["last", "night"]
        | ["day", "before", "yesterday"] => true,
        ["last" | "previous", word] => is_unit(word) || is_weekday(word) || is_month(word),
        ["last" | "past", _, unit] | [_, unit, "ago"] => is_unit(unit),
        ["on", word] => is_weekday(word),
        ["in" | "since" | "during", year] if is_year(year) => true,
        ["in" | "since" | "during", month] | ["in", month, _] | [month, _] if is_month(month) => {
            let year = words.last().is_some_and(|last| is_year(last));
            year || words.last() == Some(month) || is_day(words)
        }
        _ => is_day(words),
    }
}

fn is_weekday(word: &str) -> bool {
    word.len() >= 6 && word.parse::<chrono::Weekday>().is_ok()
}

fn is_month(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_lowercase()) && month_number(word).is_some()
}

/// Returns whether words name a day of a month: `10 march 2021`, `march 10th`. A short name, or one
/// that is another word too, needs a year, or a preposition before it.
fn is_day(words: &[&str]) -> bool {
    let (preposition, words) = match words {
        ["on" | "since" | "from", rest @ ..] => (true, rest),
        words => (false, words),
    };
    let words = words.iter().filter(|word| !matches!(**word, "the" | "of"));
    let words: Vec<&str> = words.copied().collect();
    let is_number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let day = digits.parse().is_ok_and(|day: u8| (1..=31).contains(&day));
        day && matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th")
    };
    let (dated, year) = match words.as_slice() {
        [first, second] => ([*first, *second], false),
        [first, second, year] if is_year(year) => ([*first, *second], true),
        _ => return false,
    };
    dated.iter().any(|month| {
        let other = dated.iter().any(|day| day != month && is_number(day));
        let is_plain = month.len() > 3 && !matches!(*month, "march");
        is_month(month) && other && (preposition || year || is_plain)
    })
}

fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with("19") || word.starts_with("20"))
        && word.parse::<u16>().is_ok()
}

/// Returns the words that stand neither in quotes nor behind a colon.
fn plain_words(text: &str) -> Vec<&str> {
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
    let mut outside = text.split(is_quote).step_by(2);
    let mut words = Vec::new();
    for piece in &mut outside {
        let pieces = piece.split_whitespace().filter(|word| !word.contains(':'));
        let pieces = pieces.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
        words.extend(pieces.map(|word| {
            let owner = word.strip_suffix("'s");
            owner
                .or_else(|| word.strip_suffix('s')?.strip_suffix('\u{2019}'))
                .unwrap_or(word)
        }));
    }
    words.retain(|word| !word.is_empty());
    words
}
