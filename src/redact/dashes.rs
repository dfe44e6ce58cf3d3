//! What dashes begin: private keys, and flags of commands with a secret behind them.

use super::bytes::{NAME, byte_at, byte_before, end_within, find_byte, line_before, skip_blanks};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::kind::{PASSWORD, SECRET};
use super::value::{self, Literal, LiteralForm};
use super::{assignment, command, name, pem};

/// Looks at the dashes that begin at `start`. Returns where to go on.
pub(super) fn find_behind_dashes(bytes: &[u8], start: usize, findings: &mut Findings) -> usize {
    let end = pem::behind_dashes(bytes, start);
    let first = matches!(
        byte_before(bytes, start),
        0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'(' | b'`'
    );
    match end - start {
        1 if first && !command::find_behind_short_flag(bytes, end, findings) => {
            find_behind_long_flag(bytes, end, findings);
        }
        // `password <- "…"`
        1 if byte_before(bytes, start) == b'<' && byte_at(bytes, end) == b' ' => {
            return assignment::judge_named(bytes, start - 1, end, ValuePlace::Spaced, findings);
        }
        2 if first => find_behind_long_flag(bytes, end, findings),
        4.. => return pem::find_private_key(bytes, start, end, findings),
        _ => {}
    }
    end
}

/// Flags that are not named like a secret, and take one where a word stands in their line.
const FLAGS: &[(&str, &str)] = &[
    ("body", "secret set"),
    ("value", "secret set"),
    ("value", "SecureString"),
    ("value", "secret:create"),
    ("b", "secret set"),
    ("secret-string", "secretsmanager"),
    ("plaintext", "hash-password"),
    ("oauth2-bearer", "curl"),
    ("vault-pass", "ansible"),
    ("pin", "pkcs11-tool"),
    ("pin", "softhsm2"),
    ("so-pin", "softhsm2"),
];

/// Flags that take a user, a colon, and a secret.
const PAIRS: &[&str] = &[
    "auth",
    "uri",
    "user",
    "proxy-user",
    "creds",
    "src-creds",
    "dest-creds",
    "credentials",
    "credential",
    "cert",
];

/// `--password hunter2`, `-storepass hunter2`, `"--password", "hunter2"`. What `=` joins is an
/// assignment.
fn find_behind_long_flag(bytes: &[u8], start: usize, findings: &mut Findings) {
    let end = end_within(bytes, start, &NAME, 64);
    let flag = &bytes[start..end];
    let Some(literal) = read_argument(bytes, end) else {
        return;
    };
    let is = |known: &&str| flag == known.as_bytes();
    let told = |(known, word): &&(&str, &str)| {
        let line = || {
            let rest = find_byte(bytes, end, 256, |byte| byte == b'\n');
            &bytes[start - line_before(bytes, start, 256).len()..rest]
        };
        is(known) && memchr::memmem::find(line(), word.as_bytes()).is_some()
    };
    if PAIRS.iter().any(is) {
        find_pair(bytes, literal, findings);
    } else if FLAGS.iter().any(|rule| told(&rule)) {
        let value = &bytes[literal.place.clone()];
        if value.len() >= 3 && !judge::is_stand_in(value) {
            findings.add(literal.place, SECRET, FindingRank::Place);
        }
    } else if byte_at(bytes, end) == b'=' {
        // An assignment.
    } else if flag == b"cookie" {
        command::add_cookies(bytes, literal.place, findings);
    } else if let Some(name) = name::classify_name(flag)
        && judge::is_secret(bytes, name, &literal, ValuePlace::Plain)
    {
        findings.add(literal.place, name.kind, FindingRank::Place);
    }
}

/// Returns what follows a flag that ends at `end`.
fn read_argument(bytes: &[u8], end: usize) -> Option<Literal> {
    let mut from = skip_blanks(bytes, end, 16);
    if byte_at(bytes, end) == b'=' {
        return Some(value::read_literal(bytes, end + 1));
    }
    if from == end {
        // An element of an array: skips the quote, the comma, and the quote of the next.
        let between = |byte: u8| b"\\\"', ".contains(&byte);
        while between(byte_at(bytes, from)) && from < end + 12 {
            from += 1;
        }
        let quotes = bytes[end..from]
            .iter()
            .filter(|byte| matches!(byte, b'"' | b'\''));
        if quotes.count() < 2 {
            return None;
        }
        let ends = |byte| matches!(byte, b'"' | b'\'' | b'\\' | b'\n');
        return Some(Literal {
            place: from..find_byte(bytes, from, usize::MAX, ends),
            form: LiteralForm::Bare,
        });
    }
    let flag = byte_at(bytes, from) == b'-';
    (!flag).then(|| value::read_literal(bytes, from))
}

/// Hides the secret of `user:SECRET`.
fn find_pair(bytes: &[u8], literal: Literal, findings: &mut Findings) {
    let value = &bytes[literal.place.clone()];
    let Some(at) = value.iter().position(|byte| *byte == b':') else {
        return;
    };
    let secret = &value[at + 1..];
    // The numbers of a user and a group are none.
    let numbers = value
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b':');
    let path = secret.starts_with(b"/") || secret.starts_with(b"\\");
    if !numbers && !path && !judge::is_stand_in(secret) && !judge::is_stand_in(value) {
        let place = literal.place.start + at + 1..literal.place.end;
        findings.add(place, PASSWORD, FindingRank::Place);
    }
}
