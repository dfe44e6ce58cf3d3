//! What can be asked for, in one table: the path, and the request that it stands for.

use super::body::explain_json;
use crate::error::{Error, Result};
use crate::ops::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// An operation that changes nothing.
pub(super) struct Read {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    /// Turns the query into the request.
    pub(super) request: fn(Value) -> Result<Request>,
}

/// An operation that writes.
pub(super) struct Write {
    /// Path below `/api/v1`, and name of the operation.
    pub(super) name: &'static str,
    /// Turns the body into the request.
    pub(super) request: fn(Value) -> Result<Request>,
}

/// What [`GetRequest`] is in a query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GetParameters {
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
pub(super) struct LinksParameters {
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
pub(super) struct NoParameters {}

/// Reads a request from JSON.
fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(explain_json)
}

/// Reads a request whose filters lie in a field of their own, where a query has them beside the
/// others.
fn read_filtered<T: DeserializeOwned>(mut value: Value) -> Result<T> {
    let mut filters = Map::new();
    if let Value::Object(fields) = &mut value {
        for name in FILTERS {
            filters.extend(fields.remove_entry(name));
        }
        fields.insert("filters".to_owned(), filters.into());
    }
    read(value)
}

/// The fields of [`Filters`].
const FILTERS: [&str; 5] = ["paths", "project", "since", "tags", "until"];

/// What can be read.
pub(super) static READS: [Read; 21] = [
    Read {
        name: "search",
        request: |value| Ok(Request::Search(read_filtered(value)?)),
    },
    Read {
        name: "get",
        request: |value| read::<GetParameters>(value)?.into_request(),
    },
    Read {
        name: "list",
        request: |value| Ok(Request::List(read_filtered(value)?)),
    },
    Read {
        name: "tags",
        request: |value| Ok(Request::Tags(read_filtered(value)?)),
    },
    Read {
        name: "recent",
        request: |value| Ok(Request::Recent(read_filtered(value)?)),
    },
    Read {
        name: "projects",
        request: |value| read(value).map(Request::Projects),
    },
    Read {
        name: "report",
        request: |value| read(value).map(Request::Report),
    },
    Read {
        name: "activity",
        request: |value| Ok(Request::Activity(read_filtered(value)?)),
    },
    Read {
        name: "links",
        request: |value| read::<LinksParameters>(value)?.into_request(),
    },
    Read {
        name: "project",
        request: |value| Ok(Request::ProjectOverview(read(value)?)),
    },
    Read {
        name: "next",
        request: |value| Ok(Request::Next(read(value)?)),
    },
    Read {
        name: "decisions",
        request: |value| Ok(Request::Decisions(read(value)?)),
    },
    Read {
        name: "resume",
        request: |value| Ok(Request::Resume(read(value)?)),
    },
    Read {
        name: "prime",
        request: |value| Ok(Request::Prime(read(value)?)),
    },
    Read {
        name: "log/status",
        request: |_| Ok(Request::Log(LogRequest::Status {})),
    },
    Read {
        name: "log/list",
        request: |value| Ok(Request::Log(LogRequest::List(read(value)?))),
    },
    Read {
        name: "log/show",
        request: |value| Ok(Request::Log(LogRequest::Show(read(value)?))),
    },
    Read {
        name: "info",
        request: |_| Ok(Request::Info),
    },
    Read {
        name: "context",
        request: |_| Ok(Request::ContextShow),
    },
    Read {
        name: "doctor",
        request: |_| Ok(Request::Doctor(DoctorRequest::default())),
    },
    Read {
        name: "index/check",
        request: |_| {
            let mode = IndexMode::Check;
            Ok(Request::Index(IndexRequest { mode }))
        },
    },
];

/// What can be written.
pub(super) static WRITES: [Write; 4] = [
    Write {
        name: "note",
        request: |value| Ok(Request::SessionLog(read(value)?)),
    },
    Write {
        name: "log",
        request: |value| Ok(Request::Log(read(value)?)),
    },
    Write {
        name: "next/done",
        request: |value| Ok(Request::NextDone(read(value)?)),
    },
    Write {
        name: "next/undo",
        request: |value| Ok(Request::NextUndo(read(value)?)),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::schema_for;

    #[test]
    fn all_filters_are_known() {
        let schema = schema_for!(Filters);
        let fields = schema.get("properties").and_then(Value::as_object);
        let names: Vec<&String> = fields.expect("fields").keys().collect();
        assert_eq!(names, FILTERS);
    }
}
