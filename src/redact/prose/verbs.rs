//! What stands between a word for a password and the password.

use super::super::bytes::{byte_at, byte_before, starts_at, starts_in_any_case};

/// How a sentence gives a password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// `password is X`
    Said,
    /// `das Passwort lautet X`: whatever follows is one.
    Quoted,
    /// `password to X`
    Changed,
    /// `password X`
    Beside,
    /// `password (X)`
    Bracketed,
    /// `login USER password X`, `username NAME password 7 X`
    Field,
}

/// Verbs and signs between a word for a password and the password.
const VERBS: &[(&str, Telling)] = &[
    ("is: ", Telling::Said),
    ("is not ", Telling::Said),
    ("might be ", Telling::Said),
    ("may be ", Telling::Said),
    ("could be ", Telling::Said),
    ("equals ", Telling::Said),
    ("sera ", Telling::Said),
    ("sarà ", Telling::Said),
    ("será ", Telling::Said),
    ("este ", Telling::Said),
    ("là ", Telling::Said),
    ("είναι ", Telling::Said),
    ("היא ", Telling::Said),
    ("هي ", Telling::Said),
    ("to: ", Telling::Changed),
    ("from ", Telling::Changed),
    ("is ", Telling::Said),
    ("was changed to ", Telling::Changed),
    ("has been changed to ", Telling::Changed),
    ("was set to ", Telling::Changed),
    ("changed to ", Telling::Changed),
    ("set to ", Telling::Changed),
    ("geändert auf ", Telling::Changed),
    ("geändert in ", Telling::Changed),
    ("wurde auf ", Telling::Changed),
    ("was ", Telling::Said),
    ("will be ", Telling::Said),
    ("should be ", Telling::Said),
    ("would be ", Telling::Said),
    ("are ", Telling::Said),
    ("= ", Telling::Said),
    (": ", Telling::Said),
    ("-> ", Telling::Said),
    ("=> ", Telling::Said),
    ("→ ", Telling::Said),
    ("— ", Telling::Said),
    ("– ", Telling::Said),
    ("to ", Telling::Changed),
    ("with ", Telling::Changed),
    ("enter ", Telling::Changed),
    ("type ", Telling::Changed),
    ("typed ", Telling::Changed),
    ("use ", Telling::Changed),
    ("auf ", Telling::Changed),
    ("en ", Telling::Changed),
    ("à ", Telling::Changed),
    ("lautet ", Telling::Quoted),
    ("lautet: ", Telling::Quoted),
    ("lautete ", Telling::Quoted),
    ("heißt ", Telling::Said),
    ("heisst ", Telling::Said),
    ("ist ", Telling::Said),
    ("ist: ", Telling::Said),
    ("war ", Telling::Said),
    ("est : ", Telling::Said),
    ("est ", Telling::Said),
    ("est: ", Telling::Said),
    ("était ", Telling::Said),
    ("es ", Telling::Said),
    ("es: ", Telling::Said),
    ("era ", Telling::Said),
    ("è ", Telling::Said),
    ("é ", Telling::Said),
    ("är ", Telling::Said),
    ("er ", Telling::Said),
    ("je ", Telling::Said),
    ("brzmi ", Telling::Quoted),
    ("luidt ", Telling::Quoted),
];

/// Verbs that are other words in other languages: the word for a password before them shows which.
pub(super) const NATIVE_VERBS: &[(&str, &str)] = &[
    ("salasana", "on "),
    ("hasło", "to "),
    ("contraseña", "a "),
    ("contrasena", "a "),
    ("parol", "- "),
    ("пароль", "это "),
];

/// Words between a verb and the password.
pub(super) const FILLERS: &[&str] = &[
    "now ",
    "jetzt ",
    "nun ",
    "wieder ",
    "ahora ",
    "maintenant ",
    "still ",
];

/// So far a verb is looked for: `the password for the staging server is …`.
const NEAR: usize = 64;

/// Returns the place behind the first verb from `from` on, if no sentence ends before it.
pub(super) fn verb_behind(bytes: &[u8], from: usize) -> Option<(usize, Telling)> {
    let mut at = from;
    while at < from + NEAR && at < bytes.len() {
        let found = VERBS.iter().find(|(verb, _)| {
            starts_in_any_case(bytes, at, verb) && (at == from || *verb != "from ")
        });
        if let Some((verb, telling)) = found {
            return Some((at + verb.len(), *telling));
        }
        let word =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./@'".contains(byte) || *byte >= 0x80;
        at += bytes[at..].iter().take_while(|byte| word(byte)).count();
        // A colon directly behind a word: `password for the server: X`.
        if at > from && starts_at(bytes, at, ": ") {
            return Some((at + 2, Telling::Said));
        }
        if byte_at(bytes, at) != b' ' || matches!(byte_before(bytes, at), b'.' | b'!' | b'?') {
            return None;
        }
        at += 1;
    }
    None
}
