//! Whether the value behind a name is a secret, or a placeholder, a type or code.

use super::bytes::{ALNUM, byte, skip_blanks};
use super::entropy;
use super::marker::PASSWORD;
use super::name::{Force, Name};
use super::value::{Form, Literal};

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `name=value`, without a blank between.
    Tight,
    /// `name = value`.
    Spaced,
    /// `name: value`.
    Colon,
    /// A flag, a header, an element: what follows is a value and no code.
    Plain,
}

/// Tells whether the literal behind a name is to be hidden.
pub(super) fn hides(bytes: &[u8], name: Name, literal: &Literal, place: Place) -> bool {
    let value = &bytes[literal.place.clone()];
    if value.is_empty() || is_placeholder(value) || is_between_strings(value) {
        return false;
    }
    let force = match (name.force, name.shouted) {
        (Force::Faint, true) => Force::Likely,
        (force, _) => force,
    };
    let env = name.shouted && name.force >= Force::Likely;
    match literal.form {
        Form::Quoted => hides_quoted(value, name, force, env && place != Place::Spaced),
        Form::Bare => {
            let code = is_code(value) && !(env && place == Place::Tight && !value.contains(&b'('));
            !code && hides_bare(bytes, name, literal, force, env, place)
        }
    }
}

/// Tells whether this is what stands between two strings of a program: the quote behind the name
/// closed one, as in `ask("Password: ", "x")`.
fn is_between_strings(value: &[u8]) -> bool {
    let solid = value.iter().any(u8::is_ascii_alphanumeric) || !value.is_ascii();
    value[0].is_ascii_whitespace() || (!solid && value.len() < 6)
}

fn hides_quoted(value: &[u8], name: Name, force: Force, env: bool) -> bool {
    match force {
        Force::Firm => !is_label(value) && !is_path(value),
        Force::Likely if env => {
            value.len() >= 6 && !is_label(value) && !is_path(value) && !is_number(value)
        }
        Force::Likely => is_telling(value) || (name.kind == PASSWORD && is_simple_password(value)),
        Force::Faint => is_random(value),
        Force::Phrase => is_phrase(value),
    }
}

/// Twelve words are usual; a cut phrase has fewer.
fn is_phrase(value: &[u8]) -> bool {
    let words = value
        .split(|byte| byte.is_ascii_whitespace())
        .filter(|word| word.len() > 2);
    words.count() >= 6
        && value
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_whitespace())
}

fn hides_bare(
    bytes: &[u8],
    name: Name,
    literal: &Literal,
    force: Force,
    env: bool,
    place: Place,
) -> bool {
    let value = &bytes[literal.place.clone()];
    match force {
        Force::Firm if is_path(value) || is_type(value) => false,
        Force::Firm if is_identifier(value) => hides_word(bytes, literal, env, place),
        Force::Firm => value.len() >= 4 || (env && place == Place::Tight),
        Force::Likely if env && place == Place::Tight => {
            value.len() >= 6 && !is_path(value) && !is_number(value)
        }
        Force::Likely => {
            let argument = matches!(byte(bytes, literal.place.end), b',' | b')');
            let short = name.kind == PASSWORD || (place == Place::Tight && !argument);
            is_telling(value) || (short && is_simple_password(value))
        }
        Force::Faint => is_random(value),
        Force::Phrase => false,
    }
}

/// Tells whether a bare word without digits is a password, and not a variable or a sentence.
fn hides_word(bytes: &[u8], literal: &Literal, env: bool, place: Place) -> bool {
    let value = &bytes[literal.place.clone()];
    let end = literal.place.end;
    let next = byte(bytes, skip_blanks(bytes, end, 64));
    let last = matches!(next, 0 | b'\n' | b'\r' | b'#' | b'"' | b'\'' | b'`' | b'\\');
    // Variables are named for what they hold, and have more than one word.
    let plain = value.iter().all(u8::is_ascii_lowercase);
    let code = !plain && is_about_secrets(value) || value.contains(&b'_') && !env;
    match place {
        Place::Plain => !is_about_secrets(value),
        _ if env && place != Place::Spaced => last || place == Place::Tight,
        Place::Tight => {
            let argument = matches!(byte(bytes, end), b',' | b')');
            let closed = byte(bytes, end) == b';' && !ALNUM.has(byte(bytes, end + 1));
            !code && !argument && !closed
        }
        Place::Colon => !code && last && !value[0].is_ascii_uppercase() && byte(bytes, end) != b',',
        Place::Spaced => false,
    }
}

/// What a value has that a likely name makes a secret.
fn is_telling(value: &[u8]) -> bool {
    let hex = entropy::is_hex(value) && value.len() >= 16 && entropy::is_no_word(value);
    let call = value.contains(&b'(');
    (hex || entropy::is_token_like(value)) && !call && !is_path(value) && !is_number(value)
}

/// Tells whether a value is letters with a number: a password, where one may stand.
fn is_simple_password(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.len() >= 6 && (1..value.len()).contains(&digits) && ALNUM.has_all(value)
}

fn is_random(value: &[u8]) -> bool {
    value.len() >= 20
        && value.len() <= 4096
        && entropy::is_random(value)
        && !entropy::is_hex(value)
        && !is_path(value)
        && !value.contains(&b'(')
        && !["sha1-", "sha256-", "sha384-", "sha512-", "SHA256:", "AAAA"]
            .iter()
            .any(|lead| value.starts_with(lead.as_bytes()))
}

fn is_number(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_digit() || b".,_:-+%".contains(byte))
}

/// Tells whether a value is a type with its width: `uint256`, `bytes32`.
fn is_type(value: &[u8]) -> bool {
    let digits = value
        .iter()
        .position(u8::is_ascii_digit)
        .unwrap_or(value.len());
    let (word, width) = value.split_at(digits);
    let known = [
        "int", "uint", "bytes", "float", "i", "u", "f", "utf", "utf-", "varchar", "string",
    ];
    width.len() <= 3
        && width.iter().all(u8::is_ascii_digit)
        && known
            .iter()
            .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// Tells whether a value is letters and `_` only.
fn is_identifier(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
}

/// Tells whether a value is a path: it begins like one, and what is between its slashes are names.
fn is_path(value: &[u8]) -> bool {
    let rooted = ["/", "./", "../", "~/", ".\\", "..\\"];
    let drive = value.len() > 2
        && value[0].is_ascii_alphabetic()
        && value[1] == b':'
        && matches!(value[2], b'\\' | b'/');
    (drive || rooted.iter().any(|root| value.starts_with(root.as_bytes())))
        && value
            .split(|byte| matches!(byte, b'/' | b'\\'))
            .all(|part| {
                !entropy::is_random(part)
                    && part
                        .iter()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"._-~: $".contains(byte))
            })
        && value
            .iter()
            .filter(|byte| matches!(byte, b'/' | b'\\'))
            .count()
            >= 2
}

/// Words of messages and labels: a quoted sentence with one is text about a password.
const PROSE: [&str; 21] = [
    "your", "the", "is", "must", "be", "enter", "please", "at", "least", "cannot", "required",
    "invalid", "forgot", "reset", "confirm", "password", "token", "key", "secret", "wrong",
    "should",
];

/// Tells whether a quoted value is a sentence.
fn is_label(value: &[u8]) -> bool {
    let mut words = value
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    value.contains(&b' ')
        && words.any(|word| {
            PROSE
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        })
}

/// Words of types, states and documentation that stand where a value would.
const WORDS: [&str; 66] = [
    "string",
    "str",
    "text",
    "varchar",
    "char",
    "bool",
    "boolean",
    "int",
    "integer",
    "number",
    "any",
    "object",
    "bytes",
    "byte",
    "array",
    "list",
    "map",
    "none",
    "null",
    "nil",
    "undefined",
    "void",
    "never",
    "unknown",
    "required",
    "optional",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "default",
    "hidden",
    "redacted",
    "removed",
    "masked",
    "empty",
    "secret",
    "password",
    "passwd",
    "pass",
    "pwd",
    "token",
    "key",
    "apikey",
    "changeme",
    "changeit",
    "change-me",
    "change_me",
    "example",
    "sample",
    "placeholder",
    "dummy",
    "todo",
    "tbd",
    "foo",
    "bar",
    "baz",
    "secretstr",
    "secretstring",
    "securestring",
    "option",
    "prompt",
    "self",
    "u64",
];

/// Parts of a value without digits that make it a placeholder.
const HINTS: [&str; 12] = [
    "your",
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "dummy",
    "insert",
    "replace",
    "redacted",
    "xxxx",
    "goes-here",
];

/// Beginnings of references: values that stand elsewhere.
const REFERENCES: [&str; 29] = [
    "@{{",
    "@$",
    "$",
    "%(",
    "%s",
    "%d",
    "%v",
    "%{",
    "{{",
    "{",
    "<",
    "#{",
    "!Ref",
    "!Sub",
    "!vault",
    "!secret",
    "!env",
    "@Value",
    "ENC[",
    "arn:",
    "op://",
    "vault:",
    "env:",
    "http://",
    "https://",
    "secretref:",
    "required|",
    "nullable|",
    "sometimes|",
];

/// Tells whether a value only stands for one. `changeme` counts as such: nothing is lost with it.
fn is_placeholder(value: &[u8]) -> bool {
    let begins = |lead: &&str| value.starts_with(lead.as_bytes());
    if contains(value, "{{") || REFERENCES.iter().any(begins) && !is_dressed_up(value) {
        return true;
    }
    let mask = |byte: &u8| b"xX*.-_?#".contains(byte);
    if value.iter().all(mask)
        || value.iter().all(|byte| !byte.is_ascii() && *byte != 0) && is_mask(value)
    {
        return true;
    }
    if value.len() > 64 {
        return false;
    }
    if WORDS
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
    {
        return true;
    }
    let percent = value.len() > 2 && value[0] == b'%' && value.ends_with(b"%");
    let bracketed = value[0] == b'[' && !value.iter().any(u8::is_ascii_digit);
    let letters = !value.iter().any(u8::is_ascii_digit);
    percent || bracketed || (letters && HINTS.iter().any(|hint| contains(value, hint)))
}

/// A secret may begin like a reference: `$ecr3t!`, `{a9`. A reference has a name.
fn is_dressed_up(value: &[u8]) -> bool {
    match value[0] {
        b'$' => {
            let rest = &value[1..];
            let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:>-[]\"'".contains(byte);
            let called = matches!(rest.first(), Some(b'{' | b'('));
            // `$2b$12$…`, `$6$…` are hashes of passwords.
            !called
                && (!rest.iter().all(name)
                    || rest.first().is_some_and(u8::is_ascii_digit) && rest.len() > 2)
        }
        b'{' => !value.starts_with(b"{{") && !value.ends_with(b"}"),
        b'<' => !value.contains(&b'>') && value.len() > 1 && value.iter().any(u8::is_ascii_digit),
        _ => false,
    }
}

/// Dots and stars that hide a value: `••••`, `…`.
fn is_mask(value: &[u8]) -> bool {
    let text = String::from_utf8_lossy(value);
    text.chars()
        .all(|sign| matches!(sign, '•' | '●' | '…' | '∗' | '＊' | '█' | '·'))
}

/// Tells whether a word speaks of secrets, users or inputs, as variables do.
fn is_about_secrets(value: &[u8]) -> bool {
    let words = [
        "pass", "pwd", "secret", "token", "key", "input", "value", "arg", "param", "config", "env",
        "user", "hash", "string", "cred", "data", "field", "ref", "type", "option", "request",
        "form", "self",
    ];
    words.iter().any(|word| contains(value, word)) || value == b"pw"
}

/// Tells whether a bare value is an expression: a call, a field, an element, a reference.
fn is_code(value: &[u8]) -> bool {
    let rest = match value[0] {
        b'&' | b'*' | b'@' | b'!' => &value[1..],
        b'(' | b'[' | b'|' | b'>' | b'+' | b'=' | b'~' if value.len() < 4 => return true,
        b'(' | b'[' => return true,
        _ => value,
    };
    if rest.is_empty() {
        return true;
    }
    let sigil = rest.len() < value.len();
    let name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let head = rest
        .iter()
        .position(|byte| !name(byte))
        .unwrap_or(rest.len());
    let named = head > 0 && !rest[0].is_ascii_digit();
    let plain = rest
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || b"_:.'<>".contains(byte));
    match rest.get(head..).and_then(|tail| tail.first()) {
        None => sigil && plain,
        Some(b'\'') => sigil,
        Some(b'(' | b'[') => named,
        Some(b'{') => named && sigil,
        Some(b'.' | b':' | b'-' | b'?' | b'!') => named && is_chain(rest),
        _ => sigil && plain,
    }
}

/// Tells whether names without digits are joined as in code: `user.password`, `Config::TOKEN`,
/// `$this->token`, `process.env.X!`.
fn is_chain(value: &[u8]) -> bool {
    let joint = [&b"?."[..], b"::", b"->", b"!.", b"."];
    let mut rest = value;
    loop {
        let head = rest
            .iter()
            .position(|byte| !(byte.is_ascii_alphabetic() || *byte == b'_'))
            .unwrap_or(rest.len());
        if head == 0 {
            return false;
        }
        rest = &rest[head..];
        if matches!(rest, [] | b"!" | b"?") || matches!(rest[0], b'(' | b'[') {
            return true;
        }
        match joint.iter().find_map(|joint| rest.strip_prefix(*joint)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
}

fn contains(value: &[u8], word: &str) -> bool {
    value
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Tells whether a value in a URL or a header only stands for one.
pub(super) fn is_stand_in(value: &[u8]) -> bool {
    value.is_empty() || is_placeholder(value)
}

/// Tells whether a bare value is an expression of a program rather than a value.
pub(super) fn is_expression(value: &[u8]) -> bool {
    !value.is_empty() && is_code(value)
}
