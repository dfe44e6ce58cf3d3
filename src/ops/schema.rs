//! The JSON Schemas of everything that other programs read or write.

use super::*;
use crate::error::{Error, Hint};
use crate::kb::{ConfigFile, ContextFile};
use crate::markdown::FrontMatterFile;
#[cfg(feature = "service")]
use ruzstd::decoding::StreamingDecoder;
use schemars::JsonSchema;
use schemars::Schema;
use schemars::generate::SchemaSettings;
#[cfg(feature = "service")]
use std::io::Read;

/// A failure, as JSON on standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorReport {
    /// The failure.
    pub error: ErrorShape,
}

/// What happened and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ErrorShape {
    /// `failed` (exit code 1), `usage` (2), `not_found` (3) or `busy` (4).
    pub kind: String,
    /// What happened, one line.
    pub message: String,
    /// What to do about it, one line each.
    pub hints: Vec<String>,
}

impl ErrorReport {
    /// Describes a failure, with its hints as the front door spells them.
    pub fn new(error: &Error, spell: fn(&Hint) -> String) -> Self {
        ErrorReport {
            error: ErrorShape {
                kind: error.kind().name().to_owned(),
                message: error.message().to_owned(),
                hints: error.hints().iter().map(spell).collect(),
            },
        }
    }

    /// Returns it as JSON in one line. There is always one, or a failure would look like none.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|cause| {
            let message = serde_json::Value::from(cause.to_string());
            format!(r#"{{"error":{{"kind":"failed","message":{message},"hints":[]}}}}"#)
        })
    }
}

/// Reads a description that is linked in compressed.
#[cfg(feature = "service")]
pub(crate) fn read_compressed(compressed: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let read = StreamingDecoder::new(compressed).map(|mut reader| reader.read_to_end(&mut text));
    debug_assert!(matches!(read, Ok(Ok(_))), "the build compressed it");
    text
}

/// Returns every schema with the name of its file in `schema/`, without `.json`.
pub fn command_schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("session-log", written_schema::<SessionLogResponse>()),
        ("search", written_schema::<SearchResponse>()),
        ("get", written_schema::<GetResponse>()),
        ("get-metadata", written_schema::<GetMetadataResponse>()),
        ("list", written_schema::<ListResponse>()),
        ("tags", written_schema::<TagsResponse>()),
        ("recent", written_schema::<RecentResponse>()),
        ("projects", written_schema::<ProjectsResponse>()),
        ("report", written_schema::<ReportResponse>()),
        ("activity", written_schema::<ActivityResponse>()),
        ("links", written_schema::<LinksResponse>()),
        (
            "project-overview",
            written_schema::<ProjectOverviewResponse>(),
        ),
        ("log-start", written_schema::<LogStartResponse>()),
        ("log-row", written_schema::<LogRowResponse>()),
        ("log-update", written_schema::<LogUpdateResponse>()),
        ("log-end", written_schema::<LogEndResponse>()),
        ("log-status", written_schema::<LogStatusResponse>()),
        ("log-list", written_schema::<LogListResponse>()),
        ("log-show", written_schema::<LogShowResponse>()),
        ("log-index", written_schema::<LogIndexResponse>()),
        ("next", written_schema::<NextResponse>()),
        ("next-done", written_schema::<NextDoneResponse>()),
        ("next-undo", written_schema::<NextUndoResponse>()),
        ("decisions", written_schema::<DecisionsResponse>()),
        ("resume", written_schema::<ResumeResponse>()),
        ("prime", written_schema::<PrimeResponse>()),
        ("import", written_schema::<ImportResponse>()),
        ("info", written_schema::<InfoResponse>()),
        ("index", written_schema::<IndexResponse>()),
        ("index-check", written_schema::<IndexCheckResponse>()),
        ("init", written_schema::<InitResponse>()),
        ("context-show", written_schema::<ContextShowResponse>()),
        ("context-init", written_schema::<ContextInitResponse>()),
        (
            "context-validate",
            written_schema::<ContextValidateResponse>(),
        ),
        ("context-trust", written_schema::<ContextTrustResponse>()),
        ("project-rename", written_schema::<ProjectRenameResponse>()),
        ("doctor", written_schema::<DoctorResponse>()),
        ("install", written_schema::<InstallResponse>()),
        ("uninstall", written_schema::<InstallResponse>()),
        ("error", written_schema::<ErrorReport>()),
        ("front-matter", read_schema::<FrontMatterFile>()),
        ("kbcontext", read_schema::<ContextFile>()),
        ("config", read_schema::<ConfigFile>()),
    ]
}

/// Returns the schema of what this program writes.
fn written_schema<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// Returns the schema of what this program reads.
fn read_schema<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}
