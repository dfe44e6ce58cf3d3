//! Values that only stand for one: `<token>`, `$TOKEN`, `xxxx`, `changeme`, types.

use super::bytes::is_any_of;

/// Words of types, states and documentation that stand where a value would.
const WORDS: &[&str] = &[
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
    "sha1",
    "sha256",
    "sha384",
    "sha512",
    "hs256",
    "rs256",
    "es256",
    "base64",
    "oauth2",
    "argon2",
    "argon2id",
    "pbkdf2",
    "public",
    "private",
    "fuzz",
    "passwort",
    "kennwort",
    "contraseña",
    "motdepasse",
    "mot_de_passe",
    "senha",
    "wachtwoord",
    "kata_sandi",
    "geheim",
    "пароль",
    "obligatorio",
    "obligatoria",
    "requis",
    "requise",
    "obligatoire",
    "erforderlich",
    "obbligatoria",
    "verplicht",
    "必填",
    "必須",
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

/// Returns whether a value only stands for one. `changeme` counts as such: nothing is lost with it.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let begins = |lead: &&str| value.starts_with(lead.as_bytes());
    if contains_word(value, "{{") || REFERENCES.iter().any(begins) && !is_dressed_up(value) {
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
    if is_any_of(value, WORDS) {
        return true;
    }
    // `^PASS^`, `uid:gid:…`
    let caret = value.len() > 2 && value[0] == b'^' && value.ends_with(b"^");
    if caret || value.starts_with(b"uid:") {
        return true;
    }
    let percent = value.len() > 2 && value[0] == b'%' && value.ends_with(b"%");
    let bracketed = value[0] == b'[' && !value.iter().any(u8::is_ascii_digit);
    let letters = !value.iter().any(u8::is_ascii_digit);
    percent || bracketed || (letters && HINTS.iter().any(|hint| contains_word(value, hint)))
}

/// A secret may begin like a reference: `$ecr3t!`, `{a9`. A reference has a name.
fn is_dressed_up(value: &[u8]) -> bool {
    match value[0] {
        b'$' => {
            let rest = &value[1..];
            let name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:>-[]\"'$".contains(byte);
            let word = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_');
            // `${…}`, `$(…)`, `$self->{…}`, `$Config::Config{…}`
            let behind = &rest[word.count()..];
            let called = [&b"{"[..], b"(", b"->", b"::", b"["]
                .iter()
                .any(|sign| behind.starts_with(sign));
            // `$2b$12$…`, `$6$…` are hashes of passwords.
            !called
                && (!rest.iter().all(name)
                    || rest.first().is_some_and(u8::is_ascii_digit) && rest.len() > 2)
        }
        b'{' => !value.starts_with(b"{{") && (!value.ends_with(b"}") || value.contains(&b'"')),
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

/// Returns whether a word stands in a value, in any case.
pub(super) fn contains_word(value: &[u8], word: &str) -> bool {
    value
        .windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}
