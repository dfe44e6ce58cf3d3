//! Transcripts of Gemini CLI: `tmp/PROJECT/chats/session-TIME-ID.jsonl`, or one document `.json`.
//!
//! The first line describes the session; then come messages `{id, timestamp, type, content,
//! toolCalls}`. A message that grew is written again as a whole under the same id; `$set` changes
//! the description of the session, and may hold messages; `$rewindTo` takes back a message and all
//! that follow. Messages that were taken back do not count, but what tools did until then was done.

use super::messages::{read_document_text, read_line, read_place};
use super::rewind::RewoundMessages;
use crate::agents::event_text::Clean;
use crate::agents::file_head::FileHead;
use crate::agents::homes::AgentHomes;
use crate::agents::profile::{TranscriptFiles, TranscriptForm, TranscriptFormat};
use crate::agents::transcript::{
    KeyedEvent, LineFormat, LineSource, Position, TranscriptFile, TranscriptReading, read_document,
    read_lines_from,
};
use std::io;
use std::path::PathBuf;

pub(super) static FORMAT: TranscriptFormat = TranscriptFormat {
    places,
    recognises,
    form: TranscriptForm::Other(read_transcript),
    files: TranscriptFiles {
        document_start: Some("session-"),
        ..TranscriptFiles::LINES
    },
    sub_sessions: None,
};

fn places(homes: &AgentHomes) -> Vec<PathBuf> {
    let home = homes.moved.get("GEMINI_CLI_HOME").unwrap_or(&homes.home);
    vec![home.join(".gemini").join("tmp")]
}

fn recognises(head: &FileHead<'_>) -> bool {
    if head.name.ends_with(".json") {
        // Others have the same fields, within their messages.
        let messages = head.text.find("\"messages\"");
        let session = head.text.find("\"sessionId\"");
        return session.is_some() && messages.is_some() && session < messages;
    }
    head.has_line(&|line| {
        let message = line.has_all(&["type", "id", "content", "timestamp"]);
        line.has_all(&["sessionId", "projectHash"])
            || line.has_all(&["$set"])
            || (message && !line.has_any(&["uuid", "sessionId"]))
    })
}

fn read_transcript(
    file: &TranscriptFile,
    from: &Position,
    clean: Clean<'_>,
    sink: &mut dyn FnMut(KeyedEvent),
) -> io::Result<TranscriptReading> {
    if file
        .path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return read_document(file, from, clean, sink, read_place, read_document_text);
    }
    let mut source = LineSource::open(&file.path)?;
    let mut from = source.is_same(from)?.then_some(from);
    let mut rewound = RewoundMessages::default();
    // What was taken back is known only further on, so that is looked for first.
    let offset = from.map_or(0, |from| from.offset);
    if RewoundMessages::are_in(&mut source.lines_at(offset)?)? {
        from = from.filter(|from| from.offset == 0);
        rewound = RewoundMessages::find(&mut source.lines_at(0)?)?;
    }
    let format = LineFormat {
        read_place,
        read_line: &|line, writer| read_line(line, &rewound, writer),
    };
    read_lines_from(&format, file, &mut source, from, clean, sink)
}
