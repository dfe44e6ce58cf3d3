//! Addresses of resources, and of directories.

use std::path::PathBuf;

/// Returns an address with everything escaped that is no letter, digit, or mark that may stand in
/// a path.
pub(super) fn escape_path(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Returns the text with escapes replaced by what they stand for; what is no escape stays.
pub(super) fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut unescaped = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let is_hex = |digits: &&str| digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let digits = digits.filter(is_hex);
        let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        unescaped.push(value.unwrap_or(*byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&unescaped).into_owned()
}

/// Returns the directory that an address names, if it is one of this machine's.
pub(super) fn read_directory(address: &str) -> Option<PathBuf> {
    let path = unescape(address.strip_prefix("file://")?);
    let path = path.strip_prefix("localhost").unwrap_or(&path);
    // `/C:/shop` on Windows.
    let drive = path
        .strip_prefix('/')
        .filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    let path = PathBuf::from(drive.filter(|_| cfg!(windows)).unwrap_or(path));
    path.is_absolute().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_escaped_reads_back() {
        for path in ["a/b-c.md", "ä ö/日本.md", "100%.md", "a?b#c.md", ""] {
            assert_eq!(unescape(&escape_path(path)), path);
        }
        for (text, read) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%2e%2E", ".."),
            ("%+1", "%+1"),
            ("%é1", "%é1"),
        ] {
            assert_eq!(unescape(text), read);
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_root_is_a_directory_of_this_machine() {
        let read = |address| read_directory(address);
        assert_eq!(
            read("file:///home/ann/my%20shop"),
            Some("/home/ann/my shop".into())
        );
        assert_eq!(read("file://localhost/a"), Some("/a".into()));
        assert_eq!(read("file://host/a"), None);
        assert_eq!(read("https://a.example/"), None);
        assert_eq!(read(""), None);
    }
}
