//! What was installed, and what there is.

use super::{Palette, Style, clean, get};
use crate::error::{Hint, HintSpelling};
use crate::ops::{AgentHooks, HooksState, InstallAction, InstallResponse, SkillFound};
use std::io::{self, Write};

/// Width of the longest name of an agent.
const NAME: usize = 8;

pub(super) fn render_install(
    response: &InstallResponse,
    style: Style,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    if response.action == InstallAction::List {
        return render_hook_list(response, style.spelling, palette, out);
    }
    if response.changes.is_empty() {
        render_nothing_installed(response, out)?;
    } else if response.dry_run {
        let mut diffs = response
            .changes
            .iter()
            .filter_map(|change| change.diff.as_deref());
        return diffs.try_for_each(|diff| get::render_entry_content(diff, style, out));
    } else {
        let done = match response.action {
            InstallAction::Uninstall => "Uninstalled:",
            _ => "Installed:",
        };
        writeln!(out, "{done}")?;
        for change in &response.changes {
            let (action, at) = (&change.action, palette.path);
            let path = clean::clean_line(&change.path);
            writeln!(out, "  {action:<7} {at}{path}{at:#} ({})", change.what)?;
        }
    }
    if !response.next.is_empty() {
        writeln!(out, "Next:")?;
        for step in &response.next {
            writeln!(out, "  - {}", clean::clean_line(step))?;
        }
    }
    Ok(())
}

fn render_nothing_installed(response: &InstallResponse, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = response.agents.iter().map(|agent| &*agent.agent).collect();
    let names = names.join(", ");
    match response.action {
        InstallAction::Uninstall => writeln!(out, "Nothing to do: nothing is installed ({names})"),
        _ => writeln!(out, "Nothing to do: all is installed ({names})"),
    }
}

fn render_hook_list(
    response: &InstallResponse,
    spelling: HintSpelling,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_here = |agent: &&AgentHooks| agent.found || agent.has_hooks() || agent.mcp;
    let here: Vec<&AgentHooks> = response.agents.iter().filter(is_here).collect();
    let others: Vec<&str> = response
        .agents
        .iter()
        .filter(|agent| !is_here(agent))
        .map(|agent| &*agent.agent)
        .collect();
    if here.is_empty() {
        writeln!(out, "No agent was found on this machine")?
    } else {
        writeln!(out, "Agents on this machine:")?
    }
    for agent in &here {
        let title = palette.title;
        writeln!(
            out,
            "  {title}{:<NAME$}{title:#}  {}",
            agent.agent,
            hook_state(agent)
        )?;
    }
    if !others.is_empty() && !here.is_empty() {
        writeln!(out, "Others: {}", others.join(", "))?;
    }
    let is_missing = |agent: &&&AgentHooks| {
        if response.mcp {
            !agent.mcp
        } else {
            agent.hooks != HooksState::Installed
        }
    };
    let missing = here.iter().find(is_missing);
    let example = missing.or(here.first()).copied();
    let example = example.or(response.agents.first());
    let example = example.map_or("all", |agent| &agent.agent);
    let install = |agent: &str| {
        let hint = Hint::command("install").with(agent);
        let options = [
            ("project", response.scope == "project"),
            ("mcp", response.mcp),
        ];
        let given = options.into_iter().filter(|(_, is_given)| *is_given);
        spelling.spell(given.fold(hint, |hint, option| hint.with_flag(option.0)))
    };
    let (one, all) = (install(example), install("all"));
    if here.is_empty() {
        writeln!(out, "Name the one that you are going to use: {one}")
    } else {
        writeln!(out, "Install: {one}, or {all}")
    }
}

/// Returns how the hooks of an agent are, in a few words.
pub(super) fn hook_state(agent: &AgentHooks) -> String {
    let path = clean::clean_line(&agent.path);
    let server = if agent.mcp { ", MCP server" } else { "" };
    let mut text = match agent.hooks {
        HooksState::Absent => return format!("no hooks{server}"),
        HooksState::Broken => return format!("{path} is not understood"),
        HooksState::Installed => format!("hooks in {path}"),
        HooksState::Partial => format!("hooks in {path}, some missing"),
        HooksState::Outdated => format!("hooks in {path}, of another version"),
        HooksState::Disabled => format!("hooks in {path}, switched off"),
    };
    if agent.trusted == Some(false) {
        text += ", not trusted";
    }
    text += match agent.skill {
        SkillFound::Absent => ", no skill",
        SkillFound::Outdated => ", skill of another version",
        SkillFound::Foreign => ", skill edited",
        SkillFound::Installed => "",
    };
    text + server
}

/// Returns the remarks on the answer.
pub(super) fn install_remarks(response: &InstallResponse) -> Vec<String> {
    if response.dry_run && !response.changes.is_empty() {
        vec!["nothing was written: this is what would change".to_owned()]
    } else {
        Vec::new()
    }
}
