//! Elements of XML named like secrets: `<password>…</password>`.

use super::bytes::{before, byte, start_of};
use super::finding::{Findings, Rank};
use super::judge::{self, Place};
use super::name;
use super::value::{Form, Literal};

/// No secret in an element is longer.
const LONGEST: usize = 4096;

/// Looks at the `>` at `sign`. Returns where to go on.
pub(super) fn find(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    let end = sign + 1;
    if !before(bytes, sign).is_ascii_alphanumeric() {
        return end;
    }
    let start = start_of(bytes, sign, &super::bytes::NAME, 64);
    if before(bytes, start) != b'<' && before(bytes, start) != b':' {
        return end;
    }
    let Some(name) = name::classify(&bytes[start..sign]) else {
        return end;
    };
    let rest = &bytes[end..bytes.len().min(end + LONGEST)];
    let length = rest
        .iter()
        .position(|byte| *byte == b'<')
        .unwrap_or(rest.len());
    let whole = byte(bytes, end + length + 1) == b'/' || (end + length == bytes.len());
    let text = &rest[..length];
    let inner = text.trim_ascii();
    let from = end + (text.len() - text.trim_ascii_start().len());
    let literal = Literal {
        place: from..from + inner.len(),
        form: Form::Quoted,
    };
    if whole && judge::hides(bytes, name, &literal, Place::Plain) {
        findings.add(literal.place, name.kind, Rank::Place);
        return end + length;
    }
    end
}
