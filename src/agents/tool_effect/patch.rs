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

/// Returns what a patch does that is applied through the shell: `apply_patch <<'EOF' …`, also
/// behind `cd PLACE &&`. `None` for any other command.
pub(super) fn read_patch_command(command: &str, place: &str) -> Option<Vec<Effect>> {
    let command = command.trim_start();
    let (place, call) = match command.strip_prefix("cd ") {
        Some(rest) => {
            let (directory, call) = rest.split_once("&&")?;
            let directory = directory.trim().trim_matches(['"', '\'']);
            (path_below(place, directory), call.trim_start())
        }
        None => (place.to_owned(), command),
    };
    let is_patch = call.starts_with("apply_patch") && call.contains("*** Begin Patch");
    is_patch.then(|| read_patch(call, &place))
}

fn path_below(place: &str, path: &str) -> String {
    let path = path.trim();
    let absolute = path.starts_with(['/', '\\', '~']) || path.as_bytes().get(1) == Some(&b':');
    if place.is_empty() || absolute {
        return path.to_owned();
    }
    format!("{}/{path}", place.trim_end_matches('/'))
}
