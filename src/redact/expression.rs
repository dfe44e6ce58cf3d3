//! Values that are code: calls, fields, references.

use super::bytes::{WORD, end_of, find_byte};

/// Returns whether a bare value is an expression: a call, a field, an element, a reference.
pub(super) fn is_code(value: &[u8]) -> bool {
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
    let head = end_of(rest, 0, &WORD);
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

/// Returns whether names without digits are joined as in code: `user.password`, `Config::TOKEN`,
/// `$this->token`, `process.env.X!`.
fn is_chain(value: &[u8]) -> bool {
    let joint = [&b"?."[..], b"::", b"->", b"!.", b"."];
    let mut rest = value;
    loop {
        let name = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        let head = find_byte(rest, 0, usize::MAX, |byte| !name(byte));
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
