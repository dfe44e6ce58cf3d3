//! Splits a query into lexemes: words, and what is quoted or filled into a field.

/// A piece of a query, before it has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme<'t> {
    /// All of it, as written, but for the `-`.
    pub(super) raw: &'t str,
    /// A `-` stands before it.
    pub(super) negated: bool,
    /// The field's name.
    pub(super) field: Option<&'static str>,
    /// What stands behind the field, without quotes.
    pub(super) value: &'t str,
    /// The value was quoted.
    pub(super) quoted: bool,
}

/// The fields there are; `tags:` is what those write who think of `--tags`.
const FIELDS: [&str; 7] = ["title", "tag", "tags", "project", "path", "since", "until"];

/// Returns the lexemes of a query, in order.
pub(super) fn lexemes(text: &str) -> impl Iterator<Item = Lexeme<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (lexeme, length) = first(rest)?;
        rest = &rest[length..];
        Some(lexeme)
    })
}

/// Returns the lexeme with which a text begins, and its length.
fn first(text: &str) -> Option<(Lexeme<'_>, usize)> {
    text.chars().next()?;
    let negated = text.strip_prefix('-').filter(|rest| excludes(rest));
    let body = negated.unwrap_or(text);
    let field = FIELDS.into_iter().find_map(|name| {
        let value = body.strip_prefix(name)?.strip_prefix(':')?;
        let given = !value.is_empty() && !value.starts_with(char::is_whitespace);
        given.then_some((name, value))
    });
    let value = field.map_or(body, |(_, value)| value);
    let quoted = quoted(value);
    let (value, rest) = quoted.unwrap_or_else(|| word(value));
    let end = text.len() - rest.len();
    let lexeme = Lexeme {
        raw: &text[text.len() - body.len()..end],
        negated: negated.is_some(),
        field: field.map(|(name, _)| name),
        value,
        quoted: quoted.is_some(),
    };
    Some((lexeme, end))
}

/// Returns whether a `-` before this text excludes it; in `--flag` and `- item` it does not.
fn excludes(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|c| c != '-' && !c.is_whitespace())
}

/// Splits off what is quoted, if the text begins with a quote that is closed.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix(is_quote)?;
    let end = inside.find(is_quote)?;
    let (value, rest) = inside.split_at(end);
    Some((value, rest.strip_prefix(is_quote)?))
}

fn word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// Straight double quotes, and those that word processors make of them.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}
