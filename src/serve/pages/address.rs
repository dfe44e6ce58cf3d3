//! Addresses of pages. They name what they lead to, so that they stay valid.

/// Returns the address of an entry's page.
pub(super) fn entry_address(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(encode_text).collect();
    format!("/entry/{}", parts.join("/"))
}

/// Returns the address of a line of an entry. The line chooses the part of a long entry.
pub(super) fn line_address(path: &str, line: u32) -> String {
    format!("{}?line={line}#L{line}", entry_address(path))
}

/// Returns the address of a session's page.
pub(super) fn session_address(project: &str, id: &str) -> String {
    let id = encode_text(id);
    format!("/session/{id}{}", query_of(&[("project", project)]))
}

/// Returns the address of a project's page. The name is no part of the path, where `..` means
/// something.
pub(super) fn project_address(name: &str) -> String {
    format!("/project{}", query_of(&[("name", name)]))
}

/// Returns the address of a search.
pub(super) fn search_address(parameters: &[(&str, &str)]) -> String {
    format!("/search{}", query_of(parameters))
}

/// Returns parameters as the query of an address, with its question mark; those without a value are
/// left out.
pub(super) fn query_of(parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{}={}", encode_text(name), encode_text(value)))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

/// Encodes a text for a part of a path, or of a query (RFC 3986, section 2).
pub(super) fn encode_text(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded() {
        assert_eq!(entry_address("a b/ü?.md"), "/entry/a%20b/%C3%BC%3F.md");
        assert_eq!(project_address("../x"), "/project?name=..%2Fx");
        assert_eq!(
            session_address("", "20260111-104500"),
            "/session/20260111-104500"
        );
        assert_eq!(
            search_address(&[("q", "a&b"), ("tag", "")]),
            "/search?q=a%26b"
        );
    }
}
