//! Calls of programs that are given a password: `connect("host", "user", "SECRET")`.

use super::super::bytes::{byte_at, lead_length, line_before, skip_blanks};
use super::super::finding::Findings;
use super::super::kind::PASSWORD;
use super::super::likely::{self, Expectation};
use super::super::placeholder::contains_word;
use super::super::value::{self, Literal};
use super::{add_behind_sign, add_secret};

/// No call is read further.
const LONGEST: usize = 240;

/// Returns what a call is given whose bracket stands at `end`: the texts among its arguments.
fn read_arguments(bytes: &[u8], end: usize) -> Vec<Option<Literal>> {
    let mut given = Vec::new();
    if byte_at(bytes, end) != b'(' {
        return given;
    }
    let mut at = end;
    while at < end + LONGEST {
        let from = skip_blanks(bytes, at + 1, 16);
        let from = from + lead_length(bytes, from, &["Some("]);
        let quoted = value::read_quoted(bytes, from);
        at = match &quoted {
            Some(quoted) => value::end_of_quoted(bytes, quoted),
            None => {
                let rest = &bytes[from.min(bytes.len())..bytes.len().min(from + 100)];
                let ending = |byte: &u8| matches!(byte, b',' | b')' | b'\n');
                from + rest.iter().position(ending).unwrap_or(rest.len())
            }
        };
        given.push(quoted);
        if byte_at(bytes, at) != b',' {
            break;
        }
    }
    given
}

/// Hides the last text of a call whose name says that it is a password:
/// `NetworkCredential("user", "SECRET")`.
pub(in super::super) fn find_called_pair(bytes: &[u8], end: usize, findings: &mut Findings) {
    let given = read_arguments(bytes, end);
    if given.len() >= 2
        && let Some(Some(quoted)) = given.into_iter().next_back()
    {
        add_secret(bytes, quoted.place, PASSWORD, findings);
    }
}

/// Hides what looks like a password behind the first argument of a call: `login("user", "SECRET")`.
pub(in super::super) fn find_call(bytes: &[u8], end: usize, findings: &mut Findings) {
    for quoted in read_arguments(bytes, end).into_iter().skip(1).flatten() {
        add_likely(bytes, quoted, Expectation::Beside, findings);
    }
}

/// `make_password("SECRET")`
pub(in super::super) fn find_only_argument(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(Some(quoted)) = read_arguments(bytes, end).into_iter().next() {
        add_likely(bytes, quoted, Expectation::Given, findings);
    }
}

/// Hides what is typed into a field, or compared, in a line that speaks of a password:
/// `find("password").send_keys("SECRET")`.
pub(in super::super) fn find_typed(bytes: &[u8], end: usize, findings: &mut Findings) {
    if byte_at(bytes, end) != b'(' {
        return;
    }
    let line = line_before(bytes, end, 160);
    if ["passw", "pwd", "secret"]
        .iter()
        .any(|word| contains_word(line, word))
    {
        // `fill("#password", "SECRET")`
        if let Some(Some(quoted)) = read_arguments(bytes, end).into_iter().next_back()
            && !matches!(byte_at(bytes, quoted.place.start), b'#' | b'.' | b'[')
        {
            add_likely(bytes, quoted, Expectation::Given, findings);
        }
    }
}

/// `btoa("user:SECRET")`
pub(in super::super) fn find_encoded_pair(bytes: &[u8], end: usize, findings: &mut Findings) {
    if let Some(Some(quoted)) = read_arguments(bytes, end).into_iter().next() {
        add_behind_sign(bytes, quoted.place, b':', findings);
    }
}

fn add_likely(bytes: &[u8], quoted: Literal, place: Expectation, findings: &mut Findings) {
    if likely::is_password(&bytes[quoted.place.clone()], place) {
        add_secret(bytes, quoted.place, PASSWORD, findings);
    }
}
