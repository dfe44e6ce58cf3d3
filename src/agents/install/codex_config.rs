//! What Codex's `config.toml` says about hooks. It is only read for that, line by line and
//! leniently: two facts are wanted of it, and no fault in it is ours to report.

/// The settings of hooks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CodexConfig {
    /// `[features] hooks = false`.
    pub(crate) hooks_off: bool,
    trusted: Vec<String>,
    switched_off: Vec<String>,
}

impl CodexConfig {
    /// Reads the file.
    pub(crate) fn parse(text: &str) -> CodexConfig {
        let mut config = CodexConfig::default();
        let mut table = Vec::new();
        for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
            if let Some(header) = line.strip_prefix('[') {
                let header = header.strip_prefix('[').unwrap_or(header);
                table =
                    split_keys(&header[..find_outside_quotes(header, ']').unwrap_or(header.len())]);
            } else {
                config.read_pair(&table, line);
            }
        }
        config
    }

    /// Returns whether the user trusts a hook: by the file that holds it, its event in snake case,
    /// and the numbers of group and handler.
    pub(crate) fn trusts(&self, file: &str, event: &str, group: usize, handler: usize) -> bool {
        let key = format!("{file}:{event}:{group}:{handler}");
        self.trusted.contains(&key) && !self.switched_off.contains(&key)
    }

    fn read_pair(&mut self, table: &[String], pair: &str) {
        let Some(equals) = find_outside_quotes(pair, '=') else {
            return;
        };
        let mut path = table.to_vec();
        path.extend(split_keys(&pair[..equals]));
        let value = pair[equals + 1..].trim();
        if let Some(inner) = value.strip_prefix('{') {
            let mut rest = &inner[..find_outside_quotes(inner, '}').unwrap_or(inner.len())];
            while let Some(comma) = find_outside_quotes(rest, ',') {
                self.read_pair(&path, &rest[..comma]);
                rest = &rest[comma + 1..];
            }
            return self.read_pair(&path, rest);
        }
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let off = value.starts_with("false");
        match path[..] {
            ["features", "hooks" | "codex_hooks"] => self.hooks_off = off,
            ["hooks", "state", hook, "trusted_hash"] => self.trusted.push(hook.to_owned()),
            ["hooks", "state", hook, "enabled"] if off => self.switched_off.push(hook.to_owned()),
            _ => {}
        }
    }
}

/// Finds a character outside quotes and comments.
pub(super) fn find_outside_quotes(text: &str, wanted: char) -> Option<usize> {
    let (mut quote, mut escaped) = (None, false);
    for (at, c) in text.char_indices() {
        match quote {
            _ if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == wanted => return Some(at),
            None if c == '#' => return None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
    }
    None
}

/// Splits a dotted key.
pub(super) fn split_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(dot) = find_outside_quotes(rest, '.') {
        keys.push(unquote_key(&rest[..dot]));
        rest = &rest[dot + 1..];
    }
    keys.push(unquote_key(rest));
    keys
}

fn unquote_key(key: &str) -> String {
    let key = key.trim();
    let within = |quote| key.strip_prefix(quote)?.strip_suffix(quote);
    match (within('\''), within('"')) {
        (Some(literal), _) => literal.to_owned(),
        // The escapes of a path are those of JSON.
        (_, Some(escaped)) => serde_json::from_str(key).unwrap_or_else(|_| escaped.to_owned()),
        _ => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hooks_are_off_however_it_is_written() {
        for text in [
            "[features]\nhooks = false\n",
            "[ features ] # here\n  codex_hooks=false # off\n",
            "features.hooks = false",
            "features = { a = true, hooks = false }",
            "[features]\r\nhooks = false\r\n",
        ] {
            assert!(CodexConfig::parse(text).hooks_off, "{text}");
        }
        for text in [
            "",
            "[features]\nhooks = true",
            "# features.hooks = false",
            "hooks = false",
            "[x]\n[[",
        ] {
            assert!(!CodexConfig::parse(text).hooks_off, "{text}");
        }
    }

    #[test]
    fn trust_is_by_file_event_and_place() {
        let text = r#"
model = "x"
[hooks.state."/home/u/.codex/hooks.json:post_tool_use:0:0"]
enabled = true
trusted_hash = "sha256:aa"
[hooks.state.'C:\Users\u\.codex\hooks.json:stop:1:0']
trusted_hash = "sha256:bb"
[hooks.state]
"C:\\u\\hooks.json:stop:0:0" = { enabled = false, trusted_hash = "sha256:cc" }
"#;
        let config = CodexConfig::parse(text);
        assert!(config.trusts("/home/u/.codex/hooks.json", "post_tool_use", 0, 0));
        assert!(!config.trusts("/home/u/.codex/hooks.json", "post_tool_use", 1, 0));
        assert!(config.trusts("C:\\Users\\u\\.codex\\hooks.json", "stop", 1, 0));
        assert!(!config.trusts("C:\\u\\hooks.json", "stop", 0, 0));
    }
}
