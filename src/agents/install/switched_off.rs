//! Whether an agent has been told to run no hooks, or not ours.

use super::agent::{Agent, Places, Scope};
use super::apply::read;
use super::codex_config::CodexConfig;
use super::json::{Node, Strictness, parse};
use std::fs;
use std::path::Path;

/// Returns why an agent runs no hooks, or not ours, if so.
pub(super) fn disabled(places: &Places<'_>, agent: Agent, command: &str) -> Option<String> {
    let user = Places {
        scope: Scope::User,
        ..places.clone()
    };
    let project = Places {
        scope: Scope::Project,
        ..places.clone()
    };
    match agent {
        Agent::Claude => {
            let local = project.directory(agent).join("settings.local.json");
            let files = [user.hooks(agent), project.hooks(agent), local];
            files.into_iter().find_map(|path| {
                let off = setting(&path, |root, text| {
                    is_set(root.get("disableAllHooks"), text, "true")
                });
                off.then(|| format!("`disableAllHooks` is set in {}", path.display()))
            })
        }
        Agent::Codex => {
            let mut files = [&user, &project]
                .map(|places| places.directory(agent).join("config.toml"))
                .into_iter();
            files.find_map(|path| {
                let text = fs::read_to_string(&path).ok()?;
                let off = CodexConfig::parse(&text).hooks_off;
                off.then(|| format!("`features.hooks` is false in {}", path.display()))
            })
        }
        Agent::Gemini => {
            let files = [user.hooks(agent), project.hooks(agent)];
            files.into_iter().find_map(|path| {
                let off = setting(&path, |root, text| gemini_is_off(root, text, command));
                off.then(|| format!("hooks are switched off in {}", path.display()))
            })
        }
        Agent::Cursor | Agent::Copilot | Agent::Opencode => None,
    }
}

/// Hooks can be switched off by name or command, or all at once; the place of both has moved.
fn gemini_is_off(root: &Node, text: &str, command: &str) -> bool {
    let mut places = ["hooksConfig", "hooks"]
        .into_iter()
        .filter_map(|key| root.get(key));
    places.any(|place| {
        let names = place
            .get("disabled")
            .and_then(Node::elements)
            .unwrap_or_default();
        let named = names
            .iter()
            .filter_map(Node::text)
            .any(|name| name == "mx" || name.starts_with(&format!("{command} hook")));
        named || is_set(place.get("enabled"), text, "false")
    })
}

fn is_set(node: Option<&Node>, text: &str, value: &str) -> bool {
    node.is_some_and(|node| text[node.span.clone()] == *value)
}

fn setting(path: &Path, test: impl Fn(&Node, &str) -> bool) -> bool {
    let Ok(Some(text)) = read(path) else {
        return false;
    };
    let root = parse(&text, Strictness::Comments).ok().flatten();
    root.is_some_and(|root| test(&root, &text))
}
