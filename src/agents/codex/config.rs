//! What Codex's `config.toml` says about hooks. It is only read for that, and no fault in it is ours
//! to report: Codex does.

use crate::agents::install::installation::OwnEntry;
use crate::kb::read_text_or_nothing;
use std::path::{Path, PathBuf};
use toml_edit::{Document, Item, Table};

/// Most bytes of the settings that are read.
const MOST_SETTINGS: u64 = 16 << 20;

/// Returns the settings; empty ones if they cannot be read.
pub(super) fn read_config(path: &Path) -> CodexConfig {
    CodexConfig::parse(&read_text_or_nothing(path, MOST_SETTINGS))
}

/// Returns whether the user trusts hooks: those of a file, under whichever of its names.
pub(super) fn hooks_trusted(names: &[PathBuf; 2], entries: &[OwnEntry]) -> bool {
    let config = read_config(&names[0].with_file_name("config.toml"));
    let trusts = |entry: &OwnEntry| {
        let place = format!(
            "{}:{}:{}",
            snake_case(&entry.event),
            entry.group,
            entry.handler
        );
        let mut keys = names
            .iter()
            .map(|name| format!("{}:{place}", name.display()));
        keys.any(|key| config.trusts(&key))
    };
    entries.iter().all(trusts)
}

/// The settings of Codex.
pub(super) struct CodexConfig(Table);

impl CodexConfig {
    fn parse(text: &str) -> CodexConfig {
        let document = Document::parse(text.trim_start_matches('\u{feff}'));
        CodexConfig(document.map(Document::into_table).unwrap_or_default())
    }

    /// Returns whether `[features]` say `hooks = false`, by its name or by its older one.
    pub(super) fn hooks_off(&self) -> bool {
        let is_off = |name: &&str| {
            let value = self.0.get("features")?.get(name)?;
            Some(value.as_bool() == Some(false))
        };
        ["hooks", "codex_hooks"]
            .iter()
            .filter_map(|name| is_off(&name))
            .any(|off| off)
    }

    /// Returns whether a hook is trusted, and not switched off: by its file, its event in snake case,
    /// and the numbers of group and handler.
    fn trusts(&self, key: &str) -> bool {
        let state = self
            .0
            .get("hooks")
            .and_then(|hooks| hooks.get("state")?.get(key));
        let is_off = |state: &Item| state.get("enabled").and_then(Item::as_bool) == Some(false);
        state.is_some_and(|state| state.get("trusted_hash").is_some() && !is_off(state))
    }
}

fn snake_case(event: &str) -> String {
    let mut name = String::new();
    for c in event.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
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
            "\u{feff}features = { a = true, hooks = false }",
            "[features]\r\nhooks = false\r\n",
        ] {
            assert!(CodexConfig::parse(text).hooks_off(), "{text}");
        }
        for text in [
            "",
            "[features]\nhooks = true",
            "# features.hooks = false",
            "hooks = false",
            "[x]\n[[",
        ] {
            assert!(!CodexConfig::parse(text).hooks_off(), "{text}");
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
        assert!(config.trusts("/home/u/.codex/hooks.json:post_tool_use:0:0"));
        assert!(!config.trusts("/home/u/.codex/hooks.json:post_tool_use:1:0"));
        assert!(config.trusts("C:\\Users\\u\\.codex\\hooks.json:stop:1:0"));
        assert!(!config.trusts("C:\\u\\hooks.json:stop:0:0"));
    }
}
