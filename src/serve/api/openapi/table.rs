//! What can be asked for, as the OpenAPI document describes it: beside the table of
//! [operations](super::super::operations), so that only tests link in what describes them.

use super::parameters::{ParameterDescription, describe_parameters};
use crate::ops::*;
use crate::serve::api::operations::{GetParameters, LinksParameters, NoParameters};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// What there is to say about an operation that changes nothing.
pub(super) struct ReadDescription {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    pub(super) parameters: fn() -> Vec<ParameterDescription>,
    /// Names the schemas of the answer.
    pub(super) answers: &'static [Describe],
}

/// What there is to say about an operation that writes.
pub(super) struct WriteDescription {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    pub(super) summary: &'static str,
    /// Names the schema of the body.
    pub(super) body: Describe,
    /// Names the schemas of the answer.
    pub(super) answers: &'static [Describe],
}

/// Adds the schema of a type to a document, and returns a reference to it.
pub(super) type Describe = fn(&mut SchemaGenerator) -> Schema;

fn describe<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What can be read.
pub(super) static READS: [ReadDescription; 21] = [
    ReadDescription {
        name: "search",
        summary: "Finds sections by their words, tags, project, path and time",
        parameters: describe_parameters::<SearchRequest>,
        answers: &[describe::<SearchResponse>],
    },
    ReadDescription {
        name: "get",
        summary: "Reads one entry, or part of it",
        parameters: describe_parameters::<GetParameters>,
        answers: &[describe::<GetResponse>, describe::<GetMetadataResponse>],
    },
    ReadDescription {
        name: "list",
        summary: "Lists entries",
        parameters: describe_parameters::<ListRequest>,
        answers: &[describe::<ListResponse>],
    },
    ReadDescription {
        name: "tags",
        summary: "Counts the entries of each tag",
        parameters: describe_parameters::<TagsRequest>,
        answers: &[describe::<TagsResponse>],
    },
    ReadDescription {
        name: "recent",
        summary: "Lists what was done last, in all projects",
        parameters: describe_parameters::<RecentRequest>,
        answers: &[describe::<RecentResponse>],
    },
    ReadDescription {
        name: "projects",
        summary: "Lists projects, and where each stands",
        parameters: describe_parameters::<ProjectsRequest>,
        answers: &[describe::<ProjectsResponse>],
    },
    ReadDescription {
        name: "report",
        summary: "Tells what was done in a span of time",
        parameters: describe_parameters::<ReportRequest>,
        answers: &[describe::<ReportResponse>],
    },
    ReadDescription {
        name: "activity",
        summary: "Counts the sessions and notes of each day",
        parameters: describe_parameters::<ActivityRequest>,
        answers: &[describe::<ActivityResponse>],
    },
    ReadDescription {
        name: "links",
        summary: "Lists the links of an entry, and those that lead to it",
        parameters: describe_parameters::<LinksParameters>,
        answers: &[describe::<LinksResponse>],
    },
    ReadDescription {
        name: "project",
        summary: "Describes the work on a project",
        parameters: describe_parameters::<ProjectOverviewRequest>,
        answers: &[describe::<ProjectOverviewResponse>],
    },
    ReadDescription {
        name: "next",
        summary: "Lists the steps and blockers that are open",
        parameters: describe_parameters::<NextRequest>,
        answers: &[describe::<NextResponse>],
    },
    ReadDescription {
        name: "decisions",
        summary: "Lists what was decided",
        parameters: describe_parameters::<DecisionsRequest>,
        answers: &[describe::<DecisionsResponse>],
    },
    ReadDescription {
        name: "resume",
        summary: "Composes what the next session is to know",
        parameters: describe_parameters::<ResumeRequest>,
        answers: &[describe::<ResumeResponse>],
    },
    ReadDescription {
        name: "prime",
        summary: "Composes what an agent should know at the start",
        parameters: describe_parameters::<PrimeRequest>,
        answers: &[describe::<PrimeResponse>],
    },
    ReadDescription {
        name: "log/status",
        summary: "Tells which sessions are running",
        parameters: describe_parameters::<NoParameters>,
        answers: &[describe::<LogStatusResponse>],
    },
    ReadDescription {
        name: "log/list",
        summary: "Lists sessions, newest first",
        parameters: describe_parameters::<LogListRequest>,
        answers: &[describe::<LogListResponse>],
    },
    ReadDescription {
        name: "log/show",
        summary: "Shows one session in full",
        parameters: describe_parameters::<LogShowRequest>,
        answers: &[describe::<LogShowResponse>],
    },
    ReadDescription {
        name: "info",
        summary: "Describes the knowledge base and its index",
        parameters: describe_parameters::<NoParameters>,
        answers: &[describe::<InfoResponse>],
    },
    ReadDescription {
        name: "context",
        summary: "Tells which context holds in the directory of the server",
        parameters: describe_parameters::<NoParameters>,
        answers: &[describe::<ContextShowResponse>],
    },
    ReadDescription {
        name: "doctor",
        summary: "Looks for everything that is not as it should be",
        parameters: describe_parameters::<NoParameters>,
        answers: &[describe::<DoctorResponse>],
    },
    ReadDescription {
        name: "index/check",
        summary: "Compares the index with the Markdown",
        parameters: describe_parameters::<NoParameters>,
        answers: &[describe::<IndexCheckResponse>],
    },
];

/// What can be written.
pub(super) static WRITES: [WriteDescription; 4] = [
    WriteDescription {
        name: "note",
        summary: "Writes a note into a session entry",
        body: describe::<SessionLogRequest>,
        answers: &[describe::<SessionLogResponse>],
    },
    WriteDescription {
        name: "log",
        summary: "Keeps the record of a session",
        body: describe::<LogRequest>,
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
    WriteDescription {
        name: "next/done",
        summary: "Marks steps as done, and blockers as resolved",
        body: describe::<NextDoneRequest>,
        answers: &[describe::<NextDoneResponse>],
    },
    WriteDescription {
        name: "next/undo",
        summary: "Takes back that steps are done, and blockers resolved",
        body: describe::<NextUndoRequest>,
        answers: &[describe::<NextUndoResponse>],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::api::operations;

    #[test]
    fn each_operation_is_described() {
        let described = READS.each_ref().map(|read| read.name);
        assert_eq!(
            described,
            operations::READS.each_ref().map(|read| read.name)
        );
        let described = WRITES.each_ref().map(|write| write.name);
        assert_eq!(
            described,
            operations::WRITES.each_ref().map(|write| write.name)
        );
    }
}
