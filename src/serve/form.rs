//! Names and values as a query and a form have them.

use percent_encoding::percent_decode_str;

/// Reads `a=1&b=2`. `None` if something is no UTF-8, or holds a NUL, which no text has.
pub(super) fn read_pairs(text: &str) -> Option<Vec<(String, String)>> {
    let parts = text.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decode_plus(name)?, decode_plus(value)?))
    });
    pairs.collect()
}

fn decode_plus(text: &str) -> Option<String> {
    decode_percent(&text.replace('+', " "))
}

/// Replaces `%41` by `A`; a `%` that two digits do not follow stands for itself. `None` if that is no
/// UTF-8, or holds a NUL.
pub(super) fn decode_percent(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    (!decoded.contains('\0')).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_once() {
        let pairs = read_pairs("q=a+b%2Bc&&tags=%2541&x&%E2%82%AC=100%&y=%g1").expect("UTF-8");
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (&**a, &**b)).collect();
        let known = [
            ("q", "a b+c"),
            ("tags", "%41"),
            ("x", ""),
            ("€", "100%"),
            ("y", "%g1"),
        ];
        assert_eq!(pairs, known);
        assert_eq!(read_pairs("a=%FF"), None);
        assert_eq!(read_pairs("a=%00"), None);
    }
}
