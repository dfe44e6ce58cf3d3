//! Values that only a blank, a comma, a bracket or a line of a table parts from their name:
//! `define('DB_PASSWORD', '…')`, `storePassword "…"`, `setPassword("…")`, `| password | … |`.

use super::bytes::{
    NAME, byte_at, byte_before, find_byte, lead_length, skip_blanks, start_of, starts_at,
};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::kind::URL_PASSWORD;
use super::likely::{self, Expectation};
use super::look;
use super::name::{self, NameStrength, SecretName};
use super::value::{self, Literal, LiteralForm};

/// Returns whether these two bytes behind a word may be the beginning of its value.
#[inline]
pub(super) fn may_follow(first: u8, second: u8) -> bool {
    let quote = (second == b'"') | (second == b'\'');
    let cell = (second == b' ') | (second == b'|') | (second == b'*');
    let behind_blank = (first == b' ') & (quote | cell);
    let behind_quote = ((first == b'"') | (first == b'\'')) & (second == b',');
    let sign = (first == b'(') | (first == b'*') | (first == b'`') | (first == b'\t');
    behind_blank | behind_quote | sign
}

/// Looks at what follows the word that ends at `end`, if it may be a name with a value.
pub(super) fn find_beside_name(bytes: &[u8], end: usize, findings: &mut Findings) {
    let quote = |at: usize| matches!(byte_at(bytes, at), b'"' | b'\'');
    match (byte_at(bytes, end), byte_at(bytes, end + 1)) {
        (b'"' | b'\'', b',') => find_quoted(bytes, end, skip_blanks(bytes, end + 2, 8), findings),
        (b'(', b'"' | b'\'') => find_quoted(bytes, end, end + 1, findings),
        (b'(', b'S') => find_quoted(
            bytes,
            end,
            end + 1 + usize::from(starts_at(bytes, end + 1, "Some(")) * 5,
            findings,
        ),
        (b' ', b'"' | b'\'') => find_quoted(bytes, end, end + 1, findings),
        (b' ', b' ' | b'|' | b'*') | (b'*' | b'`', b' ' | b'*') => find_cell(bytes, end, findings),
        (b'\t', _) if !quote(end + 1) => find_bare(bytes, end, end + 1, findings),
        _ => {}
    }
}

fn find_quoted(bytes: &[u8], end: usize, from: usize, findings: &mut Findings) {
    let Some(name) = name_at(bytes, end) else {
        return;
    };
    // `fill_in 'Password', with: '…'`, `config("DB_PASSWORD", default="…")`
    let from = from + lead_length(bytes, from, &["with: ", "default=", "default: "]);
    if let Some(literal) = value::read_quoted(bytes, from) {
        // What follows in a list of names is one: `["user", "password", "email2"]`.
        let value = &bytes[literal.place.clone()];
        if is_listed(bytes, end) && !likely::is_password(value, Expectation::Beside) {
            return;
        }
        add_telling(bytes, name, literal, findings);
    }
}

/// Returns whether another string stands before the one that ends at `end`, in the same list.
fn is_listed(bytes: &[u8], end: usize) -> bool {
    let quote = start_of(bytes, end, &NAME, 64);
    let front = bytes[..quote.saturating_sub(1)].trim_ascii_end();
    front.ends_with(b"\",") || front.ends_with(b"',")
}

fn find_bare(bytes: &[u8], end: usize, from: usize, findings: &mut Findings) {
    let Some(name) = name_at(bytes, end) else {
        return;
    };
    let place = value::bare_extent(bytes, from);
    let literal = Literal {
        place,
        form: LiteralForm::Bare,
    };
    add_telling(bytes, name, literal, findings);
}

/// Signs between a name and its value as they are escaped in URLs and XML, and what ends the value.
const ESCAPED: [(&str, &str); 4] = [
    ("%3D", "%26"),
    ("%3d", "%26"),
    ("%253D", "%2526"),
    ("&gt;", "&lt;/"),
];
/// Signs between a user and a password in a URL that is escaped, and what ends the password.
const LOGINS: [(&str, &str); 3] = [("%3A", "%40"), ("%3a", "%40"), ("%253A", "%2540")];

/// `password%3Dhunter22%26`, `&lt;password&gt;hunter22&lt;/password&gt;`, `%2F%2Fann%3Ahunter22%40`
pub(super) fn find_escaped(bytes: &[u8], end: usize, findings: &mut Findings) {
    let signs = || ESCAPED.iter().chain(&LOGINS);
    let Some((sign, close)) = signs().find(|(sign, _)| starts_at(bytes, end, sign)) else {
        return;
    };
    let from = end + sign.len();
    let outside = |byte: u8| byte.is_ascii_whitespace() || b"\"'<>".contains(&byte);
    let rest = &bytes[from..find_byte(bytes, from, 256, outside)];
    let closed = memchr::memmem::find(rest, close.as_bytes());
    let place = from..from + closed.unwrap_or(rest.len());
    let user = start_of(bytes, end, &NAME, 64);
    let login = byte_before(bytes, user) == b'%'
        && ["2F", "2f", "252F"]
            .iter()
            .any(|slash| starts_at(bytes, user, slash));
    if LOGINS.contains(&(*sign, *close)) {
        if login && closed.is_some() && !judge::is_stand_in(&bytes[place.clone()]) {
            findings.add(place, URL_PASSWORD, FindingRank::Place);
        }
    } else if let Some(name) = name_at(bytes, end) {
        let form = LiteralForm::Bare;
        add_telling(bytes, name, Literal { place, form }, findings);
    }
}

/// `| password | hunter22 |`, with blanks and emphasis around both.
fn find_cell(bytes: &[u8], end: usize, findings: &mut Findings) {
    let sign = skip_dressing(bytes, end);
    if byte_at(bytes, sign) == b'|' && byte_at(bytes, sign + 1) != b'|' {
        find_bare(bytes, end, skip_dressing(bytes, sign + 1), findings);
    }
}

/// Skips blanks, emphasis and backticks.
fn skip_dressing(bytes: &[u8], from: usize) -> usize {
    let dressing = |byte: &&u8| matches!(byte, b' ' | b'*' | b'`');
    let rest = &bytes[from.min(bytes.len())..];
    from + rest.iter().take(40).take_while(dressing).count()
}

/// Returns the name that ends at `end`, if it names a secret.
fn name_at(bytes: &[u8], end: usize) -> Option<SecretName> {
    let start = start_of(bytes, end, &NAME, 64);
    let name = name::classify_name(&bytes[start..end])?;
    // `"$password"`, `{password}`
    let code = matches!(byte_before(bytes, start), b'$' | b'{' | b'%' | b'@');
    (name.strength >= NameStrength::Likely && !code).then_some(name)
}

/// Hides a value that is no word: with nothing but its neighbour a word may be anything.
fn add_telling(bytes: &[u8], name: SecretName, literal: Literal, findings: &mut Findings) {
    let value = &bytes[literal.place.clone()];
    let telling = look::is_token_like(value) || likely::is_password(value, Expectation::Told);
    if telling && judge::is_secret(bytes, name, &literal, ValuePlace::Plain) {
        findings.add(literal.place, name.kind, FindingRank::Place);
    }
}
