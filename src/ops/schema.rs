//! The JSON Schemas of everything that other programs read or write.

use super::*;
use crate::error::{Error, Hint};
use crate::kb::{ConfigFile, ContextFile};
use crate::markdown::FrontMatterFile;
use schemars::JsonSchema;
use schemars::Schema;
use schemars::generate::SchemaSettings;

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
}

/// Returns every schema with the name of its file in `schema/`, without `.json`.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("session-log", written::<SessionLogResponse>()),
        ("search", written::<SearchResponse>()),
        ("get", written::<GetResponse>()),
        ("get-metadata", written::<GetMetadataResponse>()),
        ("list", written::<ListResponse>()),
        ("tags", written::<TagsResponse>()),
        ("recent", written::<RecentResponse>()),
        ("activity", written::<ActivityResponse>()),
        ("links", written::<LinksResponse>()),
        ("project-overview", written::<ProjectOverviewResponse>()),
        ("log-start", written::<LogStartResponse>()),
        ("log-row", written::<LogRowResponse>()),
        ("log-update", written::<LogUpdateResponse>()),
        ("log-end", written::<LogEndResponse>()),
        ("log-status", written::<LogStatusResponse>()),
        ("log-list", written::<LogListResponse>()),
        ("log-show", written::<LogShowResponse>()),
        ("log-index", written::<LogIndexResponse>()),
        ("next", written::<NextResponse>()),
        ("next-done", written::<NextDoneResponse>()),
        ("decisions", written::<DecisionsResponse>()),
        ("resume", written::<ResumeResponse>()),
        ("prime", written::<PrimeResponse>()),
        ("import", written::<ImportResponse>()),
        ("info", written::<InfoResponse>()),
        ("index", written::<IndexResponse>()),
        ("index-check", written::<IndexCheckResponse>()),
        ("init", written::<InitResponse>()),
        ("context-show", written::<ContextShowResponse>()),
        ("context-init", written::<ContextInitResponse>()),
        ("context-validate", written::<ContextValidateResponse>()),
        ("context-trust", written::<ContextTrustResponse>()),
        ("project-rename", written::<ProjectRenameResponse>()),
        ("doctor", written::<DoctorResponse>()),
        ("install", written::<InstallResponse>()),
        ("uninstall", written::<InstallResponse>()),
        ("error", written::<ErrorReport>()),
        ("front-matter", read::<FrontMatterFile>()),
        ("kbcontext", read::<ContextFile>()),
        ("config", read::<ConfigFile>()),
    ]
}

/// Returns the schema of what this program writes.
fn written<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// Returns the schema of what this program reads.
fn read<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}
