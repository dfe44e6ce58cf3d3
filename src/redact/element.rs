//! Elements of XML named like secrets: `<password>…</password>`.

use super::bytes::{NAME, byte_at, byte_before, ends_with_any, find_byte, start_of, starts_at};
use super::finding::{FindingRank, Findings};
use super::judge::{self, ValuePlace};
use super::name::{self, SecretName};
use super::value::{Literal, LiteralForm};

/// No secret in an element is longer.
const LONGEST: usize = 4096;

/// What text begins with that holds signs of XML.
const CDATA: &str = "<![CDATA[";

/// Looks at the `>` at `sign`. Returns where to go on.
pub(super) fn find_element_secret(bytes: &[u8], sign: usize, findings: &mut Findings) -> usize {
    let end = sign + 1 + usize::from(starts_at(bytes, sign + 1, CDATA)) * CDATA.len();
    let Some(name) = name_of_element(bytes, sign) else {
        return end;
    };
    let stop = find_byte(bytes, end, LONGEST, |byte| byte == b'<');
    let text = &bytes[end..stop];
    // The end of a cut text may be that of the element, unless a quote or the next word follows.
    let plain = |byte: &u8| !byte.is_ascii_whitespace() && !b"\"'`".contains(byte);
    let cut = stop == bytes.len() && text.trim_ascii().iter().all(plain);
    let text = text.strip_suffix(b"]]>").unwrap_or(text);
    let whole = byte_at(bytes, stop + 1) == b'/' || cut;
    let inner = text.trim_ascii();
    let from = end + (text.len() - text.trim_ascii_start().len());
    let literal = Literal {
        place: from..from + inner.len(),
        form: LiteralForm::Quoted,
    };
    if whole && judge::is_secret(bytes, name, &literal, ValuePlace::Plain) {
        findings.add(literal.place, name.kind, FindingRank::Place);
        return stop;
    }
    end
}

/// Returns what the element holds whose first tag ends with the `>` at `sign`: by its own name, by
/// an attribute (`<entry key="password">`), or by the element before it, as in property lists.
fn name_of_element(bytes: &[u8], sign: usize) -> Option<SecretName> {
    if matches!(byte_before(bytes, sign), b'"' | b'\'') {
        let end = sign - 1;
        let start = start_of(bytes, end, &NAME, 64);
        let label = start.checked_sub(2)?;
        let told = ends_with_any(bytes, label, &["key", "name", "id"]);
        let told = (told && bytes[label] == b'=').then(|| name::classify_name(&bytes[start..end]));
        return told.flatten().or_else(|| name_of_tag(bytes, sign));
    }
    let start = start_of(bytes, sign, &NAME, 64);
    if start == sign || !matches!(byte_before(bytes, start), b'<' | b':') {
        return None;
    }
    if &bytes[start..sign] == b"string" {
        let front = bytes[..start - 1]
            .trim_ascii_end()
            .strip_suffix(b"</key>")?;
        let name = start_of(front, front.len(), &NAME, 64);
        return name::classify_name(&front[name..]);
    }
    // `<property name="password"><value>…`
    let front = bytes[..start - 1].trim_ascii_end();
    if bytes[start..sign].eq_ignore_ascii_case(b"value") && front.ends_with(b">") {
        return name_of_element(front, front.len() - 1);
    }
    name::classify_name(&bytes[start..sign])
}

/// Returns what a tag with attributes is called that ends with the `>` at `sign`.
fn name_of_tag(bytes: &[u8], sign: usize) -> Option<SecretName> {
    let front = &bytes[sign.saturating_sub(200)..sign];
    let open = memchr::memrchr(b'<', front)?;
    let name = front[open + 1..]
        .split(|byte| byte.is_ascii_whitespace())
        .next()?;
    name::classify_name(name.rsplit(|byte| *byte == b':').next()?)
}
