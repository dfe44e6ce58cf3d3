//! The query of a request, read as its type says: what a field is called, and whether it is a number
//! or a list, is known from its schema alone.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The largest number that a query may hold.
const MOST: u64 = u32::MAX as u64;
/// What texts match: they hold no zero character.
const TEXT: &str = r"^[^\u0000]*$";

/// One name that a query may hold.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) description: String,
    /// Schema of the value, complete in itself.
    pub(super) schema: Map<String, Value>,
    /// The field of the request in which it lies with others, such as `filters`.
    group: Option<String>,
    kind: ParameterKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ParameterKind {
    Text,
    Number,
    Flag,
    /// A name that may be there more than once.
    List,
}

/// Returns the parameters of a request.
pub(super) fn list_parameters<T: JsonSchema>() -> Vec<Parameter> {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let root = schema.as_object().cloned().unwrap_or_default();
    let definitions = root.get("$defs").and_then(Value::as_object);
    let definitions = definitions.cloned().unwrap_or_default();
    let mut found = Vec::new();
    for (name, field) in fields(&root) {
        let field = resolve(field, &definitions);
        let below = fields(&field);
        if below.is_empty() {
            found.push(Parameter::new(name, field, None));
        } else {
            found.extend(below.into_iter().map(|(below, field)| {
                let field = resolve(field, &definitions);
                Parameter::new(below, field, Some(name.clone()))
            }));
        }
    }
    found
}

/// Returns the fields that a schema of an object names.
fn fields(schema: &Map<String, Value>) -> Vec<(String, Map<String, Value>)> {
    let fields = schema.get("properties").and_then(Value::as_object);
    let fields = fields.into_iter().flatten();
    let with_schema =
        |(name, schema): (&String, &Value)| Some((name.clone(), schema.as_object()?.clone()));
    fields.filter_map(with_schema).collect()
}

/// Puts what a schema refers to in the place of the reference.
fn resolve(mut field: Map<String, Value>, definitions: &Map<String, Value>) -> Map<String, Value> {
    let name = field.remove("$ref");
    let name = name.as_ref().and_then(Value::as_str);
    let name = name.and_then(|name| name.strip_prefix("#/$defs/"));
    let definition = name.and_then(|name| definitions.get(name));
    for (key, value) in definition.and_then(Value::as_object).into_iter().flatten() {
        field.entry(key.clone()).or_insert(value.clone());
    }
    field
}

impl Parameter {
    fn new(name: String, mut schema: Map<String, Value>, group: Option<String>) -> Self {
        let described = schema.remove("description");
        let described = described.as_ref().and_then(Value::as_str);
        let described = described.unwrap_or_default().to_owned();
        // A name that is not there says null.
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [one] = &types[..] {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        schema.retain(|_, value| !value.is_null());
        let kind = match schema.get("type").and_then(Value::as_str) {
            Some("integer") => ParameterKind::Number,
            Some("boolean") => ParameterKind::Flag,
            Some("array") => ParameterKind::List,
            _ => ParameterKind::Text,
        };
        match kind {
            ParameterKind::Number => drop(schema.insert("maximum".to_owned(), MOST.into())),
            ParameterKind::List => drop(schema.insert(
                "items".to_owned(),
                json!({
                    "type": "string",
                    "pattern": TEXT,
                }),
            )),
            ParameterKind::Text
                if !schema.contains_key("enum") && !schema.contains_key("oneOf") =>
            {
                schema.insert("pattern".to_owned(), TEXT.into());
            }
            ParameterKind::Text | ParameterKind::Flag => {}
        }
        Parameter {
            name,
            description: described,
            schema,
            group,
            kind,
        }
    }

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

/// Reads a query into the request that it stands for, as JSON.
pub(super) fn read_values(known: &[Parameter], pairs: Vec<(String, String)>) -> Result<Value> {
    let mut request = Map::new();
    for (name, text) in pairs {
        let parameter = known.iter().find(|one| one.name == name);
        let parameter = parameter.ok_or_else(|| unknown(&name, known))?;
        let place = match &parameter.group {
            None => &mut request,
            Some(group) => match request.entry(group).or_insert_with(|| Map::new().into()) {
                Value::Object(place) => place,
                _ => return Err(unknown(&name, known)),
            },
        };
        let value = parameter.read(&text)?;
        match (parameter.kind, place.get_mut(&name)) {
            (ParameterKind::List, Some(Value::Array(values))) => values.push(value),
            (ParameterKind::List, _) => drop(place.insert(name, vec![value].into())),
            (_, None) => drop(place.insert(name, value)),
            (_, Some(_)) => return Err(Error::usage(format!("{name} is there more than once"))),
        }
    }
    Ok(request.into())
}

fn unknown(name: &str, known: &[Parameter]) -> Error {
    let error = Error::usage(format!("there is no parameter '{}'", name.escape_debug()));
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    match &names[..] {
        [] => error.with_hint("this path takes none"),
        names => error.with_hint(format!("there are: {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{SearchRequest, SearchSort};

    fn read(query: &[(&str, &str)]) -> Result<Value> {
        let pairs = query
            .iter()
            .map(|(name, text)| ((*name).into(), (*text).into()));
        read_values(&list_parameters::<SearchRequest>(), pairs.collect())
    }

    #[test]
    fn fields_of_a_group_stand_beside_the_others() {
        let value = read(&[
            ("query", "auth"),
            ("tags", "a"),
            ("tags", "b"),
            ("limit", "3"),
            ("all_words", "true"),
            ("sort", "time"),
        ]);
        let request: SearchRequest = serde_json::from_value(value.expect("read")).expect("typed");
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
