//! What to do next, as data: each front door spells it for those who use it.

use std::fmt;

/// What to do next, one line. Commands and options are named, and not spelled: a command line says
/// `mx get a.md --lines 3-` for what another front door calls otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Words.
    Text(String),
    /// An operation to ask for.
    Command {
        /// Its name, such as `context init`.
        operation: &'static str,
        /// What to give to it.
        arguments: Vec<HintArgument>,
    },
    /// Something to add to the request that was made.
    Option(HintArgument),
    /// Several in a row.
    Line(Vec<Hint>),
}

/// What is given to an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintArgument {
    /// Name of the option; `None`: what the operation is about.
    pub name: Option<&'static str>,
    /// Its value; `None`: the option says it all.
    pub value: Option<String>,
}

impl Hint {
    /// Names an operation.
    pub fn command(operation: &'static str) -> Self {
        Hint::Command {
            operation,
            arguments: Vec::new(),
        }
    }

    /// Names an option and its value.
    pub fn option(name: &'static str, value: impl Into<String>) -> Self {
        Hint::Option(HintArgument {
            name: Some(name),
            value: Some(value.into()),
        })
    }

    /// Names an option that has no value.
    pub fn flag(name: &'static str) -> Self {
        Hint::Option(HintArgument {
            name: Some(name),
            value: None,
        })
    }

    /// Gives a value to the operation that was named last.
    #[must_use]
    pub fn with(self, value: impl Into<String>) -> Self {
        self.add(HintArgument {
            name: None,
            value: Some(value.into()),
        })
    }

    /// Gives an option to the operation that was named last.
    #[must_use]
    pub fn with_option(self, name: &'static str, value: impl Into<String>) -> Self {
        self.add(HintArgument {
            name: Some(name),
            value: Some(value.into()),
        })
    }

    /// Gives an option without a value to the operation that was named last.
    #[must_use]
    pub fn with_flag(self, name: &'static str) -> Self {
        self.add(HintArgument {
            name: Some(name),
            value: None,
        })
    }

    /// Goes on with another hint, in the same line.
    #[must_use]
    pub fn then(self, next: impl Into<Hint>) -> Self {
        let mut parts = match self {
            Hint::Line(parts) => parts,
            first => vec![first],
        };
        parts.push(next.into());
        Hint::Line(parts)
    }

    fn add(mut self, argument: HintArgument) -> Self {
        let last = match &mut self {
            Hint::Line(parts) => parts.last_mut(),
            hint => Some(hint),
        };
        if let Some(Hint::Command { arguments, .. }) = last {
            arguments.push(argument);
        }
        self
    }
}

/// How a front door spells what to do next.
#[derive(Debug, Clone, Copy)]
pub struct HintSpelling {
    spell: fn(&Hint) -> String,
    offers: fn(&Hint) -> bool,
}

impl HintSpelling {
    /// Makes one of what a front door does with a hint.
    pub fn new(spell: fn(&Hint) -> String) -> Self {
        HintSpelling {
            spell,
            offers: |_| true,
        }
    }

    /// Sets which hints those can follow who use the front door; all, unless set.
    #[must_use]
    pub fn with_offers(self, offers: fn(&Hint) -> bool) -> Self {
        HintSpelling { offers, ..self }
    }

    /// Returns a hint as those read it who use the front door.
    pub fn spell(self, hint: impl Into<Hint>) -> String {
        (self.spell)(&hint.into())
    }

    /// Returns whether those can follow a hint who use the front door.
    pub fn offers(self, hint: &Hint) -> bool {
        (self.offers)(hint)
    }
}

impl Default for HintSpelling {
    /// The names of operations and options, as they are.
    fn default() -> Self {
        HintSpelling::new(Hint::to_string)
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Hint::Text(text.to_owned())
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Hint::Text(text)
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hint::Text(text) => f.write_str(text),
            Hint::Option(argument) => argument.fmt(f),
            Hint::Line(parts) => parts.iter().try_for_each(|part| part.fmt(f)),
            Hint::Command {
                operation,
                arguments,
            } => {
                f.write_str(operation)?;
                arguments.iter().try_for_each(|one| write!(f, " {one}"))
            }
        }
    }
}

impl fmt::Display for HintArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.name, self.value.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_built_in_the_order_in_which_it_is_read() {
        let hint = Hint::from("write: ").then(Hint::command("get").with("a.md"));
        let hint = hint.with_option("lines", "3-").then(", or all of it");
        assert_eq!(hint.to_string(), "write: get a.md lines 3-, or all of it");
        assert_eq!(Hint::option("entry", "a.md").to_string(), "entry a.md");
        assert_eq!(Hint::flag("new").to_string(), "new");
    }
}
