//! Times that a question mentions: "what did I do yesterday", "the outage in March".

use super::calendar::{Moment, Span, month_number};
use crate::model::{Timestamp, Zone};

/// The most words that name a time.
const WORDS: usize = 4;

/// A time that a question mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// When.
    pub span: Span,
    /// The words that say so, folded to lower case.
    pub words: Vec<String>,
}

/// Returns the first time that a question mentions, seen from `now` in the given zone. Only what
/// can hardly mean anything else counts: a weekday behind "on", a month behind "in" or before a
/// year; nothing in quotes, and nothing behind a colon.
pub fn find_mention(question: &str, now: Timestamp, zone: Zone) -> Option<Mention> {
    let moment = Moment::new(now, zone);
    let question = question.to_lowercase();
    let words = plain_words(&question);
    (0..words.len()).find_map(|from| {
        let most = WORDS.min(words.len() - from);
        (1..=most).rev().find_map(|count| {
            let mentioned = &words[from..from + count];
            let span = moment.mentioned_span(mentioned)?;
            Some(Mention {
                span,
                words: mentioned.iter().map(|word| (*word).to_owned()).collect(),
            })
        })
    })
}

impl Moment {
    fn mentioned_span(self, words: &[&str]) -> Option<Span> {
        let is_unit = |word: &str| {
            let units = ["minute", "hour", "day", "week", "month", "year"];
            units.iter().any(|unit| word.trim_end_matches('s') == *unit)
        };
        let is_clear = match words {
            ["today" | "yesterday"]
            | ["this", "morning" | "week" | "month" | "year"]
            | ["last", "night"]
            | ["day", "before", "yesterday"] => true,
            ["last" | "previous", word] => is_unit(word) || is_weekday(word) || is_month(word),
            ["last" | "past", _, unit] | [_, unit, "ago"] => is_unit(unit),
            ["on", word] => is_weekday(word),
            ["in" | "since" | "during", month] | ["in", month, _] | [month, _] => {
                is_month(month)
                    && words
                        .last()
                        .is_some_and(|last| *last == *month || is_year(last))
            }
            _ => false,
        };
        let words = match words {
            ["during", rest @ ..] => rest,
            words => words,
        };
        let relative = is_clear.then(|| self.relative(&words.join(" ")))??;
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

fn is_weekday(word: &str) -> bool {
    word.len() >= 6 && word.parse::<chrono::Weekday>().is_ok()
}

fn is_month(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_lowercase()) && month_number(word).is_some()
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
        words.extend(pieces.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())));
    }
    words.retain(|word| !word.is_empty());
    words
}
