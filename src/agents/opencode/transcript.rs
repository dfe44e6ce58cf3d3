//! Sessions of opencode: as it kept them before it had a database, one JSON file for the session
//! (`storage/session/PROJECT/ses_ID.json`), for each message (`storage/message/SESSION`) and for
//! each part of a message (`storage/part/MESSAGE`), their names in the order of time; or as
//! `opencode export` writes them. The database itself is not read: the export is the form that
//! opencode means for others.

use super::export::read_export_text;
use super::storage::{no_place, read_storage};
use super::sub_sessions::{export_session, find_sub_sessions};
use crate::agents::event_text::Clean;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::profile::{SubSessions, TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::transcript::{
    KeyedEvent, Position, TranscriptFile, TranscriptReading, file_name_text, read_document,
};
use std::io;
use std::path::{Path, PathBuf};

pub(super) static FORMAT: TranscriptFormat = TranscriptFormat {
    places,
    recognises,
    form: TranscriptForm::Other(read_transcript),
    files: TranscriptFiles {
        document_start: Some("ses_"),
        find_unreadable,
        holds_parts,
    },
    sub_sessions: Some(SubSessions {
        find: find_sub_sessions,
        export: export_session,
        command: |id| format!("opencode export {id}"),
    }),
};

fn find_unreadable(name: &str) -> Option<&'static str> {
    (name.starts_with("opencode") && name.ends_with(".db")).then_some(
        "opencode's database cannot be read; import what `opencode export SESSION > FILE` writes",
    )
}

fn holds_parts(directory: &Path) -> bool {
    let above = directory.parent().and_then(Path::file_name);
    let below_storage = above.is_some_and(|above| above == "storage");
    below_storage && (directory.ends_with("message") || directory.ends_with("part"))
}

fn places(homes: &AgentHomes) -> Vec<PathBuf> {
    vec![
        homes
            .directory("XDG_DATA_HOME", ".local/share")
            .join("opencode"),
    ]
}

fn recognises(head: &FileHead<'_>) -> bool {
    is_of_storage(head.name) || is_export(head)
}

fn is_of_storage(name: &str) -> bool {
    name.starts_with("ses_") && name.ends_with(".json")
}

/// Lines have no field of this name at their beginning.
fn is_export(head: &FileHead<'_>) -> bool {
    let first = head.text.trim_start_matches(['{', ' ', '\n', '\r', '\t']);
    first.starts_with("\"info\"") && head.text.contains("\"id\"")
}

fn read_transcript(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    let name = file_name_text(file.path.file_name());
    let below_storage = || {
        file.path
            .ancestors()
            .any(|above| above.ends_with("storage"))
    };
    if is_of_storage(&name) && below_storage() {
        read_storage(file, from, clean, sink)
    } else {
        read_document(file, from, clean, sink, no_place, read_export_text)
    }
}
