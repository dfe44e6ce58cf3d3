//! How the command line spells hints.

use crate::error::{Hint, HintArgument};

/// Returns a hint as it is to be typed.
pub(super) fn spell_hint(hint: &Hint) -> String {
    match hint {
        Hint::Text(text) => text.clone(),
        Hint::Option(argument) => spell_argument(argument),
        Hint::Line(parts) => parts.iter().map(spell_hint).collect(),
        Hint::Command {
            operation,
            arguments,
        } => {
            let arguments = arguments
                .iter()
                .map(|one| format!(" {}", spell_argument(one)));
            format!("mx {operation}{}", arguments.collect::<String>())
        }
    }
}

fn spell_argument(argument: &HintArgument) -> String {
    let name = argument.name.map(|name| format!("--{name}"));
    let value = argument.value.as_deref().map(quote_argument);
    let parts: Vec<String> = name.into_iter().chain(value).collect();
    parts.join(" ")
}

/// Puts quotes around what a shell would take apart.
fn quote_argument(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,=@+".contains(c);
    if value.chars().all(plain) && !value.is_empty() {
        value.to_owned()
    } else {
        let escape = |c: char| {
            Some('\\')
                .filter(|_| "\"\\$`".contains(c))
                .into_iter()
                .chain([c])
        };
        format!("\"{}\"", value.chars().flat_map(escape).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_can_be_typed() {
        let hint = Hint::from("write: ").then(Hint::command("get").with("a b.md"));
        let hint = hint
            .with_option("lines", "3-")
            .then(" or ")
            .then(Hint::flag("new"));
        assert_eq!(
            spell_hint(&hint),
            "write: mx get \"a b.md\" --lines 3- or --new"
        );
        let hostile = spell_hint(&Hint::command("get").with("$(rm)`\"x"));
        assert_eq!(hostile, r#"mx get "\$(rm)\`\"x""#);
    }
}
