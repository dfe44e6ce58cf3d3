//! Splits a query into lexemes: words, and what is quoted or filled into a field.

/// A piece of a query, before it has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme<'t> {
    /// All of it, as written, but for the sign.
    pub(super) raw: &'t str,
    /// What stands before it.
    pub(super) sign: Sign,
    /// The field's name.
    pub(super) field: Option<&'static str>,
    /// What stands behind the field, without quotes.
    pub(super) value: &'t str,
    /// The value was quoted.
    pub(super) quoted: bool,
}

/// What a sign before a lexeme says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    None,
    /// `-`: it must not be there.
    Minus,
    /// `+`: it must be there.
    Plus,
}

/// The fields there are; `tags:` is what those write who think of `--tags`.
const FIELDS: [&str; 7] = ["title", "tag", "tags", "project", "path", "since", "until"];

/// Returns the lexemes of a query, in order.
pub(super) fn split_lexemes(text: &str) -> impl Iterator<Item = Lexeme<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let (lexeme, length) = first_lexeme(rest)?;
        rest = &rest[length..];
        Some(lexeme)
    })
}

/// Returns the lexeme with which a text begins, and its length.
fn first_lexeme(text: &str) -> Option<(Lexeme<'_>, usize)> {
    text.chars().next()?;
    let (sign, body) = split_sign(text);
    let field = FIELDS.into_iter().find_map(|name| {
        let value = body.strip_prefix(name)?.strip_prefix(':')?;
        let given = !value.is_empty() && !value.starts_with(char::is_whitespace);
        given.then_some((name, value))
    });
    let value = field.map_or(body, |(_, value)| value);
    let quoted = split_quoted(value);
    let (value, rest) = quoted.unwrap_or_else(|| split_word(value));
    let end = text.len() - rest.len();
    let lexeme = Lexeme {
        raw: &text[text.len() - body.len()..end],
        sign,
        field: field.map(|(name, _)| name),
        value,
        quoted: quoted.is_some(),
    };
    Some((lexeme, end))
}

/// Splits off the sign with which a text begins. That of `--flag`, `-Wall`, `-9` or `- item` is
/// none.
fn split_sign(text: &str) -> (Sign, &str) {
    let follows = |rest: &&str| rest.starts_with(|c: char| !c.is_whitespace());
    let minus = text.strip_prefix('-').filter(follows);
    if let Some(rest) = minus.filter(|rest| !is_flag(rest)) {
        return (Sign::Minus, rest);
    }
    let plus = text.strip_prefix('+').filter(follows);
    match plus.filter(|rest| !rest.starts_with('+')) {
        Some(rest) => (Sign::Plus, rest),
        None => (Sign::None, text),
    }
}

/// Returns whether what stands behind a `-` is the flag of a command: it begins with another dash
/// or a digit, holds a capital, or is a single letter.
fn is_flag(text: &str) -> bool {
    let (word, _) = split_word(text);
    let is_letter = word.len() == 1 && word.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_option = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    let is_word = word.starts_with(char::is_alphanumeric) && !word.contains(':');
    is_letter || is_option || is_word && word.contains(char::is_uppercase)
}

/// Splits off what is quoted, if the text begins with a quote that is closed.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix(is_quote)?;
    let end = inside.find(is_quote)?;
    let (value, rest) = inside.split_at(end);
    Some((value, rest.strip_prefix(is_quote)?))
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at(end)
}

/// Straight double quotes, and those that word processors make of them.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„')
}
