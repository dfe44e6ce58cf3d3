//! The format of `apply_patch`: which files a patch changes.

use super::{Effect, IntendedAction};

/// Returns what a patch does to files. Relative paths are below `place`, if that is given.
pub(super) fn read_patch(patch: &str, place: &str) -> Vec<Effect> {
    let mut effects: Vec<Effect> = Vec::new();
    for line in patch.lines() {
        let Some(marker) = line.strip_prefix("*** ") else {
            continue;
        };
        let file = |action, path: &str| Effect::File {
            path: path_below(place, path),
            action,
            from: None,
        };
        if let Some(path) = marker.strip_prefix("Add File:") {
            effects.push(file(IntendedAction::Create, path));
        } else if let Some(path) = marker.strip_prefix("Update File:") {
            effects.push(file(IntendedAction::Modify, path));
        } else if let Some(path) = marker.strip_prefix("Delete File:") {
            effects.push(file(IntendedAction::Delete, path));
        } else if let Some(to) = marker.strip_prefix("Move to:")
            && let Some(Effect::File { path, action, from }) = effects.last_mut()
        {
            *from = Some(std::mem::replace(path, path_below(place, to)));
            *action = IntendedAction::Rename;
        }
    }
    effects
}

/// Returns what a patch does that is applied through the shell, and what else the line runs:
/// `apply_patch <<'EOF' …`, also behind `cd PLACE &&`, or `set -e;`. `None` for any other command.
pub(super) fn read_patch_command(
    command: &str,
    place: &str,
) -> Option<(Vec<Effect>, Option<String>)> {
    let (before, call) = split_patch_call(command)?;
    let directory = before
        .split(['&', ';', '\n'])
        .find_map(|part| part.trim().strip_prefix("cd "));
    let directory = directory
        .unwrap_or_default()
        .trim()
        .trim_matches(['"', '\'']);
    let place = if directory.is_empty() {
        place.to_owned()
    } else {
        path_below(place, directory)
    };
    let (start, rest) = call.split_once("*** Begin Patch")?;
    let (patch, end) = rest.split_once("*** End Patch").unwrap_or((rest, ""));
    let rest = read_command_beside(start, end);
    Some((read_patch(patch, &place), rest))
}

/// Splits a line at `apply_patch`, before which stand only commands that set up the shell.
fn split_patch_call(command: &str) -> Option<(&str, &str)> {
    let at = ["apply_patch", "applypatch"]
        .iter()
        .filter_map(|name| command.find(name))
        .min()?;
    let (before, call) = command.split_at(at);
    let sets_up = |part: &str| {
        let part = part.trim();
        part.is_empty()
            || ["cd ", "set ", "export "]
                .iter()
                .any(|start| part.starts_with(start))
    };
    before
        .split(['&', ';', '\n'])
        .all(sets_up)
        .then_some((before, call))
}

/// Returns what a line runs beside the patch: behind `&&` in the line that begins the document, or
/// below the document.
fn read_command_beside(start: &str, end: &str) -> Option<String> {
    let first = start.lines().next().unwrap_or_default();
    if let Some((_, command)) = first.split_once("&&") {
        return Some(command.trim().to_owned());
    }
    // The line that ends the document, or the quotation mark.
    let mark = first.split_once("<<").and_then(|(_, mark)| {
        let mark = mark
            .trim_start_matches(['-', ' '])
            .split_whitespace()
            .next()?;
        Some(mark.trim_matches(['"', '\'']))
    });
    let below = end.trim_start_matches(['"', '\'', '\n', '\r', ' ']);
    let below = below.strip_prefix(mark.unwrap_or_default())?;
    let below = below
        .trim_start_matches(['"', '\'', ';', '&', ' ', '\n', '\r'])
        .trim();
    (!below.is_empty()).then(|| below.to_owned())
}

fn path_below(place: &str, path: &str) -> String {
    let path = path.trim();
    let absolute = path.starts_with(['/', '\\', '~']) || path.as_bytes().get(1) == Some(&b':');
    if place.is_empty() || absolute {
        return path.to_owned();
    }
    format!("{}/{path}", place.trim_end_matches('/'))
}
