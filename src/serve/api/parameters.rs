//! The query of a request, read as the OpenAPI document says: what a field is called, and whether it
//! is a number or a list.

use crate::error::{Error, Result};
use crate::ops::nearest_names;
use serde_json::{Map, Value};

/// The largest number that a query may hold.
pub(super) const MOST: u64 = u32::MAX as u64;

/// One name that a query may hold.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    name: String,
    kind: ParameterKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ParameterKind {
    Text,
    Number,
    Flag,
    /// A name that may be there more than once.
    List,
}

impl ParameterKind {
    /// Returns the kind of what a schema describes.
    pub(super) fn of_schema(schema: &Value) -> ParameterKind {
        match schema["type"].as_str() {
            Some("integer") => ParameterKind::Number,
            Some("boolean") => ParameterKind::Flag,
            Some("array") => ParameterKind::List,
            _ => ParameterKind::Text,
        }
    }
}

/// Returns the parameters of an operation that reads.
pub(super) fn list_parameters(document: &Value, operation: &str) -> Vec<Parameter> {
    let path = format!("/{operation}");
    let listed = document["paths"][path]["get"]["parameters"].as_array();
    let read = |parameter: &Value| {
        Some(Parameter {
            name: parameter["name"].as_str()?.to_owned(),
            kind: ParameterKind::of_schema(&parameter["schema"]),
        })
    };
    listed.into_iter().flatten().filter_map(read).collect()
}

impl Parameter {
    fn read(&self, text: &str) -> Result<Value> {
        let wrong = |what: &str| {
            let (name, text) = (&self.name, text.escape_debug());
            Error::usage(format!("'{text}' is no {what}, as {name} is to be"))
        };
        match self.kind {
            ParameterKind::Text | ParameterKind::List => Ok(text.into()),
            ParameterKind::Number => {
                let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse::<u64>().ok().filter(|_| is_plain);
                let number = number.filter(|number| *number <= MOST);
                number.map(Value::from).ok_or_else(|| wrong("number"))
            }
            ParameterKind::Flag => match text {
                "true" => Ok(true.into()),
                "false" => Ok(false.into()),
                _ => Err(wrong("true or false")),
            },
        }
    }
}

/// Reads a query into the fields that it stands for, as JSON.
pub(super) fn read_values(known: &[Parameter], pairs: Vec<(String, String)>) -> Result<Value> {
    let mut fields = Map::new();
    for (name, text) in pairs {
        let parameter = known.iter().find(|one| one.name == name);
        let parameter = parameter.ok_or_else(|| unknown(&name, known))?;
        let value = parameter.read(&text)?;
        match (parameter.kind, fields.get_mut(&name)) {
            (ParameterKind::List, Some(Value::Array(values))) => values.push(value),
            (ParameterKind::List, _) => drop(fields.insert(name, vec![value].into())),
            (_, None) => drop(fields.insert(name, value)),
            (_, Some(_)) => return Err(Error::usage(format!("{name} is there more than once"))),
        }
    }
    Ok(fields.into())
}

fn unknown(name: &str, known: &[Parameter]) -> Error {
    let error = Error::usage(format!("there is no parameter '{}'", name.escape_debug()));
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    match &names[..] {
        [] => error.with_hint("this path takes none"),
        names => {
            let near = nearest_names(name, names.iter().copied());
            let error = near.iter().fold(error, |error, name| {
                error.with_hint(format!("did you mean {name}?"))
            });
            error.with_hint(format!("there are: {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Request, SearchSort};
    use crate::serve::api::openapi::describe_api;
    use crate::serve::api::operations::READS;

    fn read(query: &[(&str, &str)]) -> Result<Request> {
        let pairs = query
            .iter()
            .map(|(name, text)| ((*name).into(), (*text).into()));
        let search = &READS[0];
        let known = list_parameters(&describe_api(), search.name);
        (search.request)(read_values(&known, pairs.collect())?)
    }

    #[test]
    fn filters_stand_beside_the_others() {
        let request = read(&[
            ("query", "auth"),
            ("tags", "a"),
            ("tags", "b"),
            ("limit", "3"),
            ("all_words", "true"),
            ("sort", "time"),
        ]);
        let Ok(Request::Search(request)) = request else {
            panic!("a search")
        };
        assert_eq!(request.filters.tags, ["a", "b"]);
        assert_eq!((request.limit, request.all_words), (3, true));
        assert_eq!((request.sections, request.sort), (3, SearchSort::Time));
    }

    #[test]
    fn what_is_unknown_or_twice_or_of_another_type_is_refused() {
        for wrong in [
            &[("quer", "x")][..],
            &[("query", "x"), ("query", "y")],
            &[("limit", "-1")],
            &[("limit", "+1")],
            &[("limit", "")],
            &[("content", "yes")],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
