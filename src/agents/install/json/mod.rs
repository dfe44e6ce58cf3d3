//! JSON that people keep by hand, edited as text: every byte that is not ours stays.
//!
//! [`parse`] reads a text into [`Node`]s that know where they lie in it; [`insert`] and
//! [`remove`] change the text itself. Taking out again what was put in gives back the former
//! text, byte for byte: see [`edit`] for how an emptied container tells what it had been.

pub(super) mod edit;
mod parse;
#[cfg(test)]
mod properties;
mod style;
mod trivia;
mod write;

pub(crate) use edit::{Emptied, Item, insert, remove, replace};
pub(crate) use parse::{Fault, Strictness, parse};
pub(crate) use style::Style;
pub(crate) use write::{Json, pretty};

use std::ops::Range;

/// A value of a text, with the bytes that it takes there.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    Object(Vec<Member>),
    Array(Vec<Node>),
    Text(String),
    /// A number, `true`, `false` or `null`.
    Other,
}

/// One `"key": value` of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    /// From the key to the end of the value.
    pub(crate) span: Range<usize>,
    pub(crate) value: Node,
}

impl Node {
    /// Returns the members, if it is an object.
    pub(crate) fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the elements, if it is an array.
    pub(crate) fn elements(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// Returns the string, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a member, if it is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let found = self.members()?.iter().find(|member| member.key == key);
        found.map(|member| &member.value)
    }

    /// Returns what it is, in a word for an error message.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Object(_) => "an object",
            Kind::Array(_) => "a list",
            Kind::Text(_) => "a string",
            Kind::Other => "a number, true, false or null",
        }
    }

    /// Returns where its items lie: members or elements.
    fn items(&self) -> Vec<Range<usize>> {
        match &self.kind {
            Kind::Object(members) => members.iter().map(|member| member.span.clone()).collect(),
            Kind::Array(elements) => elements.iter().map(|node| node.span.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns whether it says the same as `wanted`; the order of members does not count.
    pub(crate) fn says(&self, text: &str, wanted: &Json) -> bool {
        match (&self.kind, wanted) {
            (Kind::Object(have), Json::Object(want)) => {
                have.len() == want.len()
                    && want.iter().all(|(key, value)| {
                        self.get(key).is_some_and(|have| have.says(text, value))
                    })
            }
            (Kind::Array(have), Json::Array(want)) => {
                have.len() == want.len()
                    && have
                        .iter()
                        .zip(want)
                        .all(|(have, want)| have.says(text, want))
            }
            (Kind::Text(have), Json::Text(want)) => have == want,
            (Kind::Other, Json::Number(want)) => {
                text[self.span.clone()].parse::<f64>() == Ok(f64::from(*want))
            }
            (Kind::Other, Json::Bool(want)) => text[self.span.clone()] == *want.to_string(),
            _ => false,
        }
    }
}
