//! A range of lines, as a user writes it.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::Deserialize;

/// Lines of a file, from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineRange {
    /// The first line.
    pub first: u64,
    /// The last line; `None`: to the end.
    pub last: Option<u64>,
}

impl LineRange {
    /// Parses `A-B`, `A-`, `-B` or `A`.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) for anything else, for line 0, and where the
    /// end comes before the beginning.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |why: &str| {
            Error::usage(format!("invalid lines '{}': {why}", text.escape_debug()))
                .with_hint("write lines as 10-20, 10-, -20 or 10")
        };
        let number = |part: &str| match part.trim().parse::<u64>() {
            Ok(0) => Err(bad("lines are counted from 1")),
            Ok(number) => Ok(number),
            Err(_) => Err(bad("not a number")),
        };
        let range = match text.trim().split_once('-') {
            None => {
                let line = number(text)?;
                LineRange {
                    first: line,
                    last: Some(line),
                }
            }
            Some((first, last)) if first.is_empty() && last.is_empty() => {
                return Err(bad("not a number"));
            }
            Some((first, last)) => LineRange {
                first: if first.is_empty() { 1 } else { number(first)? },
                last: if last.is_empty() {
                    None
                } else {
                    Some(number(last)?)
                },
            },
        };
        if range.last.is_some_and(|last| last < range.first) {
            return Err(bad("the end comes before the beginning"));
        }
        Ok(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms_are_understood() {
        for (text, first, last) in [
            ("3-5", 3, Some(5)),
            ("3-", 3, None),
            ("-5", 1, Some(5)),
            (" 3 ", 3, Some(3)),
            ("3 - 5", 3, Some(5)),
        ] {
            let range = LineRange::parse(text).expect(text);
            assert_eq!(range, LineRange { first, last }, "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "-",
            "0",
            "0-3",
            "5-3",
            "a-b",
            "1-2-3",
            "1,2",
            "99999999999999999999",
        ] {
            assert!(LineRange::parse(text).is_err(), "{text}");
        }
    }
}
