//! Sessions of opencode as `opencode export SESSION` writes them: one document
//! `{info, messages: [{info, parts}]}`. It is replaced as a whole, and then read anew.

use super::parts::{
    OpencodeMessage, OpencodePart, OpencodeSession, OpencodeTime, read_part, read_session,
};
use crate::agents::json::raw_field::{
    decode_lossily, raw_object, read_list, read_object, read_text, read_time,
};
use crate::agents::transcript::{
    LineOutcome, TranscriptFile, TranscriptScan, hash_texts, read_whole_document,
};
use std::io;

raw_object! {
    OpencodeExport: info, messages,
}

raw_object! {
    ExportedMessage: info, parts,
}

/// Reads the text of an export.
pub(super) fn read_export_text(text: &str, scan: &mut TranscriptScan<'_>) {
    match serde_json::from_str::<OpencodeExport<'_>>(text) {
        Ok(export) => read_messages(&export, scan),
        Err(_) => scan.count(LineOutcome::Malformed),
    }
}

/// Gives each part of each message of a document to `look`.
pub(super) fn read_export_parts(
    file: &TranscriptFile,
    look: &mut dyn FnMut(&OpencodePart<'_>),
) -> io::Result<()> {
    let bytes = read_whole_document(file)?;
    let text = decode_lossily(&bytes);
    let export = serde_json::from_str::<OpencodeExport<'_>>(&text)?;
    for message in read_list(export.messages) {
        let message = read_object::<ExportedMessage<'_>>(Some(message)).unwrap_or_default();
        for part in read_list(message.parts) {
            look(&read_object::<OpencodePart<'_>>(Some(part)).unwrap_or_default());
        }
    }
    Ok(())
}

fn read_messages(export: &OpencodeExport<'_>, scan: &mut TranscriptScan<'_>) {
    let session = read_object::<OpencodeSession<'_>>(export.info).unwrap_or_default();
    let id = read_text(session.id).unwrap_or_default();
    read_session(&session, &id, &mut scan.writer);
    let revert = read_object::<OpencodeTime<'_>>(session.revert).unwrap_or_default();
    let reverted = read_text(revert.message);
    for message in read_list(export.messages) {
        let message = read_object::<ExportedMessage<'_>>(Some(message)).unwrap_or_default();
        let about = read_object::<OpencodeMessage<'_>>(message.info).unwrap_or_default();
        let id = read_text(about.id).unwrap_or_default();
        let gone = reverted.as_deref().is_some_and(|first| &*id >= first);
        let time = read_object::<OpencodeTime<'_>>(about.time).unwrap_or_default();
        for part in read_list(message.parts) {
            let part = read_object::<OpencodePart<'_>>(Some(part)).unwrap_or_default();
            let key = hash_texts(&["opencode", &read_text(part.id).unwrap_or_default()]);
            scan.writer.begin_line(read_time(time.created), Some(key));
            let outcome = read_part(&part, &about, true, gone, key, &mut scan.writer);
            scan.count(outcome.unwrap_or(LineOutcome::Ignored));
        }
        if read_text(about.finish).is_some_and(|finish| finish == "stop") {
            scan.writer.confirm_answer();
        }
    }
}
