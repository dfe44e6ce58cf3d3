//! The files of a patch in the form of Codex: `*** Update File: src/a.rs`.

use super::sink::Sink;
use super::wire::Fields as _;
use crate::model::FileAction;
use serde_json::Value;

/// Puts the files that a patch changes into the sink.
pub(super) fn read(input: &Value, sink: &mut Sink<'_>) {
    let mut updated = None;
    for line in text(input).lines() {
        let Some(marker) = line.strip_prefix("*** ") else {
            continue;
        };
        if let (Some(to), Some(from)) = (marker.strip_prefix("Move to:"), updated) {
            sink.file_from(to.trim(), FileAction::Renamed, from);
            updated = None;
            continue;
        }
        finish(&mut updated, sink);
        if let Some(path) = marker.strip_prefix("Add File:") {
            sink.file(path.trim(), FileAction::Created);
        } else if let Some(path) = marker.strip_prefix("Delete File:") {
            sink.file(path.trim(), FileAction::Deleted);
        } else if let Some(path) = marker.strip_prefix("Update File:") {
            updated = Some(path.trim());
        }
    }
    finish(&mut updated, sink);
}

/// Returns the files of a patch, those with a new path by both.
pub(super) fn paths(input: &Value) -> impl Iterator<Item = &str> {
    let markers = ["Add File:", "Delete File:", "Update File:", "Move to:"];
    let file = move |line: &'_ str| -> Option<usize> {
        let marker = line.strip_prefix("*** ")?;
        let marker = markers.iter().find(|name| marker.starts_with(**name))?;
        Some("*** ".len() + marker.len())
    };
    let files = text(input).lines();
    files.filter_map(move |line| file(line).map(|at| line[at..].trim()))
}

fn finish(updated: &mut Option<&str>, sink: &mut Sink<'_>) {
    if let Some(path) = updated.take() {
        sink.file(path, FileAction::Modified);
    }
}

/// Returns the text of the patch: the input itself, or one of its fields, or an argument.
fn text(input: &Value) -> &str {
    let names = [
        "command",
        "patch",
        "patchText",
        "patch_text",
        "input",
        "diff",
    ];
    let argument = || {
        let arguments = input.items(&["command"]).iter();
        let mut texts = arguments.filter_map(Value::as_str);
        texts.find(|text| text.contains("*** "))
    };
    let text = input.as_str().or_else(|| input.text(&names));
    text.or_else(argument).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn files(input: &Value) -> Vec<String> {
        let clean = |text: &str, _: usize| text.to_owned();
        let mut sink = Sink::new(&clean, false);
        read(input, &mut sink);
        let (found, _) = sink.end();
        let json = found
            .iter()
            .map(|kind| serde_json::to_value(kind).expect("JSON"));
        json.map(|file| {
            let from = file["from"].as_str().unwrap_or_default();
            let text = |name: &str| file[name].as_str().expect("text").to_owned();
            format!("{} {} {from}", text("action"), text("path"))
        })
        .collect()
    }

    #[test]
    fn files_are_the_marked_lines_and_nothing_within_their_contents() {
        let patch = "*** Begin Patch\r\n*** Add File: a b.rs\r\n+*** Delete File: no.rs\n\
            *** Update File: old.rs\n*** Move to: new.rs\n@@\n-x\n+y\n\
            *** Update File: c.rs\n@@\n *** Add File: no.rs\n*** Delete File: d.rs\n*** End Patch";
        let expected = [
            "created a b.rs ",
            "renamed new.rs old.rs",
            "modified c.rs ",
            "deleted d.rs ",
        ];
        for input in [
            json!(patch),
            json!({ "command": patch }),
            json!({ "patchText": patch }),
            json!({ "command": ["apply_patch", patch] }),
            json!({ "command": format!("apply_patch <<'EOF'\n{patch}\nEOF\n") }),
        ] {
            assert_eq!(files(&input), expected);
        }
        assert!(files(&json!({"command": 1})).is_empty());
        assert_eq!(
            files(&json!("*** Update File: torn.rs")),
            ["modified torn.rs "]
        );
    }
}
