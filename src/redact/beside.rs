//! Values that only a blank, a comma, a bracket or a line of a table parts from their name:
//! `define('DB_PASSWORD', '…')`, `storePassword "…"`, `setPassword("…")`, `| password | … |`.

use super::bytes::{NAME, byte_at, byte_before, skip_blanks, start_of, starts_at};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::likely::{self, Expectation};
use super::look;
use super::name::{self, NameStrength, SecretName};
use super::value::{self, Literal, LiteralForm};

/// Tells whether these two bytes behind a word may be the beginning of its value.
#[inline]
pub(super) fn may_follow(first: u8, second: u8) -> bool {
    let quote = (second == b'"') | (second == b'\'');
    let cell = (second == b' ') | (second == b'|') | (second == b'*');
    let behind_blank = (first == b' ') & (quote | cell);
    let behind_quote = ((first == b'"') | (first == b'\'')) & (second == b',');
    let sign = (first == b'(') | (first == b'*') | (first == b'`') | (first == b'\t');
    let listed = (first == b',') & (second == b' ');
    behind_blank | behind_quote | sign | listed
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
        (b',', b' ') if quote(end + 2) => find_quoted(bytes, end, end + 2, findings),
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
    if let Some(literal) = value::read_quoted(bytes, from) {
        add_telling(bytes, name, literal, findings);
    }
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
