//! What can be asked for, in one table: path, what goes in, what comes out.

use super::body::explain_json;
use super::parameters::{Parameter, list_parameters};
use crate::error::{Error, Result};
use crate::ops::*;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::LazyLock;

/// An operation that changes nothing.
pub(super) struct Read {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) parameters: Vec<Parameter>,
    /// Turns the query into the request.
    pub(super) request: fn(Value) -> Result<Request>,
    /// Names the schemas of the answer.
    pub(super) answers: &'static [Describe],
}

/// An operation that writes.
pub(super) struct Write {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    /// Names the schema of the body.
    pub(super) body: Describe,
    /// Turns the body into the request.
    pub(super) request: fn(Value) -> Result<Request>,
    /// Names the schemas of the answer.
    pub(super) answers: &'static [Describe],
}

/// Adds the schema of a type to a document, and returns a reference to it.
pub(super) type Describe = fn(&mut SchemaGenerator) -> Schema;

fn describe<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What [`GetRequest`] is in a query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct GetParameters {
    /// Path of the entry; `.md` may be missing. Either this or the title.
    path: Option<String>,
    /// Title of the entry, or how it begins.
    title: Option<String>,
    /// Only the section with this heading, and those below it.
    section: Option<String>,
    /// Only so many dated sections, the last ones.
    last: Option<usize>,
    /// Only some lines: `A-B`, `A-`, `-B` or `A`.
    lines: Option<String>,
    /// Whether to return what is known of the entry, without its text.
    metadata: bool,
}

/// What [`LinksRequest`] is in a query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct LinksParameters {
    /// Path of the entry; `.md` may be missing. Either this or the title.
    path: Option<String>,
    /// Title of the entry, or how it begins.
    title: Option<String>,
}

impl LinksParameters {
    fn into_request(self) -> Result<Request> {
        let entry = name_entry(self.path, self.title)?;
        Ok(Request::Links(LinksRequest { entry }))
    }
}

fn name_entry(path: Option<String>, title: Option<String>) -> Result<EntryName> {
    match (path, title) {
        (Some(path), None) => Ok(EntryName::Path(path)),
        (None, Some(title)) => Ok(EntryName::Title(title)),
        _ => Err(Error::usage("an entry is named by its path or its title")),
    }
}

impl GetParameters {
    fn into_request(self) -> Result<Request> {
        let entry = name_entry(self.path, self.title)?;
        let lines = self.lines.as_deref().map(LineRange::parse).transpose()?;
        let parts = [
            self.section.map(Part::Section),
            self.last.map(Part::Last),
            lines.map(Part::Lines),
            self.metadata.then_some(Part::Metadata),
        ];
        let mut parts = parts.into_iter().flatten();
        let part = parts.next().unwrap_or_default();
        if parts.next().is_some() {
            let message = "only one of section, last, lines and metadata can be wanted";
            return Err(Error::usage(message));
        }
        Ok(Request::Get(GetRequest {
            entry,
            part,
            raw: false,
        }))
    }
}

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct NoParameters {}

/// Reads a request from JSON.
fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(explain_json)
}

/// Returns what can be read.
pub(super) fn reads() -> &'static [Read] {
    static READS: LazyLock<Vec<Read>> = LazyLock::new(list_reads);
    &READS
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn list_reads() -> Vec<Read> {
    vec![
        Read {
            name: "search",
            summary: "Finds sections by their words, tags, project, path and time",
            parameters: list_parameters::<SearchRequest>(),
            request: |value| Ok(Request::Search(read(value)?)),
            answers: &[describe::<SearchResponse>],
        },
        Read {
            name: "get",
            summary: "Reads one entry, or part of it",
            parameters: list_parameters::<GetParameters>(),
            request: |value| read::<GetParameters>(value)?.into_request(),
            answers: &[describe::<GetResponse>, describe::<GetMetadataResponse>],
        },
        Read {
            name: "list",
            summary: "Lists entries",
            parameters: list_parameters::<ListRequest>(),
            request: |value| Ok(Request::List(read(value)?)),
            answers: &[describe::<ListResponse>],
        },
        Read {
            name: "tags",
            summary: "Counts the entries of each tag",
            parameters: list_parameters::<TagsRequest>(),
            request: |value| Ok(Request::Tags(read(value)?)),
            answers: &[describe::<TagsResponse>],
        },
        Read {
            name: "recent",
            summary: "Lists what was done last, in all projects",
            parameters: list_parameters::<RecentRequest>(),
            request: |value| Ok(Request::Recent(read(value)?)),
            answers: &[describe::<RecentResponse>],
        },
        Read {
            name: "projects",
            summary: "Lists projects, and where each stands",
            parameters: list_parameters::<ProjectsRequest>(),
            request: |value| read(value).map(Request::Projects),
            answers: &[describe::<ProjectsResponse>],
        },
        Read {
            name: "report",
            summary: "Tells what was done in a span of time",
            parameters: list_parameters::<ReportRequest>(),
            request: |value| read(value).map(Request::Report),
            answers: &[describe::<ReportResponse>],
        },
        Read {
            name: "activity",
            summary: "Counts the sessions and notes of each day",
            parameters: list_parameters::<ActivityRequest>(),
            request: |value| Ok(Request::Activity(read(value)?)),
            answers: &[describe::<ActivityResponse>],
        },
        Read {
            name: "links",
            summary: "Lists the links of an entry, and those that lead to it",
            parameters: list_parameters::<LinksParameters>(),
            request: |value| read::<LinksParameters>(value)?.into_request(),
            answers: &[describe::<LinksResponse>],
        },
        Read {
            name: "project",
            summary: "Describes the work on a project",
            parameters: list_parameters::<ProjectOverviewRequest>(),
            request: |value| Ok(Request::ProjectOverview(read(value)?)),
            answers: &[describe::<ProjectOverviewResponse>],
        },
        Read {
            name: "next",
            summary: "Lists the steps and blockers that are open",
            parameters: list_parameters::<NextRequest>(),
            request: |value| Ok(Request::Next(read(value)?)),
            answers: &[describe::<NextResponse>],
        },
        Read {
            name: "decisions",
            summary: "Lists what was decided",
            parameters: list_parameters::<DecisionsRequest>(),
            request: |value| Ok(Request::Decisions(read(value)?)),
            answers: &[describe::<DecisionsResponse>],
        },
        Read {
            name: "resume",
            summary: "Composes what the next session is to know",
            parameters: list_parameters::<ResumeRequest>(),
            request: |value| Ok(Request::Resume(read(value)?)),
            answers: &[describe::<ResumeResponse>],
        },
        Read {
            name: "prime",
            summary: "Composes what an agent should know at the start",
            parameters: list_parameters::<PrimeRequest>(),
            request: |value| Ok(Request::Prime(read(value)?)),
            answers: &[describe::<PrimeResponse>],
        },
        Read {
            name: "log/status",
            summary: "Tells which sessions are running",
            parameters: list_parameters::<NoParameters>(),
            request: |_| Ok(Request::Log(LogRequest::Status)),
            answers: &[describe::<LogStatusResponse>],
        },
        Read {
            name: "log/list",
            summary: "Lists sessions, newest first",
            parameters: list_parameters::<LogListRequest>(),
            request: |value| Ok(Request::Log(LogRequest::List(read(value)?))),
            answers: &[describe::<LogListResponse>],
        },
        Read {
            name: "log/show",
            summary: "Shows one session in full",
            parameters: list_parameters::<LogShowRequest>(),
            request: |value| Ok(Request::Log(LogRequest::Show(read(value)?))),
            answers: &[describe::<LogShowResponse>],
        },
        Read {
            name: "info",
            summary: "Describes the knowledge base and its index",
            parameters: list_parameters::<NoParameters>(),
            request: |_| Ok(Request::Info),
            answers: &[describe::<InfoResponse>],
        },
        Read {
            name: "context",
            summary: "Tells which context holds in the directory of the server",
            parameters: list_parameters::<NoParameters>(),
            request: |_| Ok(Request::ContextShow),
            answers: &[describe::<ContextShowResponse>],
        },
        Read {
            name: "doctor",
            summary: "Looks for everything that is not as it should be",
            parameters: list_parameters::<NoParameters>(),
            request: |_| Ok(Request::Doctor(DoctorRequest::default())),
            answers: &[describe::<DoctorResponse>],
        },
        Read {
            name: "index/check",
            summary: "Compares the index with the Markdown",
            parameters: list_parameters::<NoParameters>(),
            request: |_| {
                let mode = IndexMode::Check;
                Ok(Request::Index(IndexRequest { mode }))
            },
            answers: &[describe::<IndexCheckResponse>],
        },
    ]
}

/// What can be written.
pub(super) static WRITES: [Write; 4] = [
    Write {
        name: "note",
        summary: "Writes a note into a session entry",
        body: describe::<SessionLogRequest>,
        request: |value| Ok(Request::SessionLog(read(value)?)),
        answers: &[describe::<SessionLogResponse>],
    },
    Write {
        name: "log",
        summary: "Keeps the record of a session",
        body: describe::<LogRequest>,
        request: |value| Ok(Request::Log(read(value)?)),
        answers: &[
            describe::<LogStartResponse>,
            describe::<LogRowResponse>,
            describe::<LogUpdateResponse>,
            describe::<LogEndResponse>,
            describe::<LogStatusResponse>,
            describe::<LogListResponse>,
            describe::<LogShowResponse>,
            describe::<LogIndexResponse>,
        ],
    },
    Write {
        name: "next/done",
        summary: "Marks steps as done, and blockers as resolved",
        body: describe::<NextDoneRequest>,
        request: |value| Ok(Request::NextDone(read(value)?)),
        answers: &[describe::<NextDoneResponse>],
    },
    Write {
        name: "next/undo",
        summary: "Takes back that steps are done, and blockers resolved",
        body: describe::<NextUndoRequest>,
        request: |value| Ok(Request::NextUndo(read(value)?)),
        answers: &[describe::<NextUndoResponse>],
    },
];
