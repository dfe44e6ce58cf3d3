//! How hooks are installed for opencode: as a plugin.

use crate::agents::homes::AgentHomes;
use crate::agents::install::installation::{
    HooksForm, Installation, NextSteps, ServerForm, ServerSettings,
};
use crate::agents::install::json::{Json, Strictness};
use std::path::{Path, PathBuf};

pub(super) static INSTALLATION: Installation = Installation {
    user_directory,
    project_directory: ".opencode",
    hooks_file: "plugins/mx.ts",
    own_skills: false,
    hooks: HooksForm::Plugin(include_str!("plugin.ts")),
    server: ServerSettings {
        user_file: |homes| find_config(&user_directory(homes)),
        project_file: find_config,
        form: ServerForm::Json {
            strictness: Strictness::Comments,
            servers: "mcp",
            entry: |command| {
                let call = vec![Json::text(command), Json::text("mcp")];
                Json::Object(vec![
                    ("type", Json::text("local")),
                    ("command", Json::Array(call)),
                    ("enabled", Json::Bool(true)),
                ])
            },
        },
        step: "restart it; opencode mcp list shows the server",
    },
    trust: None,
    steps: NextSteps {
        user: "restart it, and sessions record themselves",
        project: "restart it",
        skill: "/log",
    },
    find_switch: None,
    find_version: None,
};

fn user_directory(homes: &AgentHomes) -> PathBuf {
    let moved = homes.moved.get("OPENCODE_CONFIG_DIR").cloned();
    moved.unwrap_or_else(|| {
        homes
            .directory("XDG_CONFIG_HOME", ".config")
            .join("opencode")
    })
}

/// Returns the configuration in a directory, under whichever of its names it is there.
fn find_config(directory: &Path) -> PathBuf {
    let names = ["opencode.jsonc", "opencode.json"];
    let mut files = names.iter().map(|name| directory.join(name));
    files
        .find(|file| file.is_file())
        .unwrap_or_else(|| directory.join("opencode.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes comments, strings and templates away; in none of them is a bracket out of place.
    #[test]
    fn the_plugin_is_balanced() {
        let HooksForm::Plugin(text) = INSTALLATION.hooks else {
            panic!("no plugin");
        };
        let text = text.replace("{{command}}", "\"mx\"");
        let mut open = Vec::new();
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            let length = match c {
                '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                '"' => {
                    let mut escaped = false;
                    let end = rest[1..].find(|c: char| {
                        let end = c == '"' && !escaped;
                        escaped = c == '\\' && !escaped;
                        end
                    });
                    end.expect("the string ends") + 2
                }
                '\'' | '`' => panic!("only one kind of quotes: {rest}"),
                _ => c.len_utf8(),
            };
            match c {
                '(' | '[' | '{' => open.push(c),
                ')' => assert_eq!(open.pop(), Some('('), "{rest}"),
                ']' => assert_eq!(open.pop(), Some('['), "{rest}"),
                '}' => assert_eq!(open.pop(), Some('{'), "{rest}"),
                _ => {}
            }
            rest = &rest[length..];
        }
        assert!(open.is_empty());
        // Each exported function would be taken for a plugin.
        assert_eq!(text.matches("export ").count(), 1);
    }
}
