//! The parameters of an operation, as its type says.

use crate::serve::api::parameters::{MOST, ParameterKind};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// What texts match: they hold no zero character.
const TEXT: &str = r"^[^\u0000]*$";

/// What there is to say about one name that a query may hold.
pub(super) struct ParameterDescription {
    pub(super) name: String,
    pub(super) description: String,
    /// Schema of the value, complete in itself.
    pub(super) schema: Value,
}

/// Returns the parameters of a request. Fields that lie in one of its fields stand beside the others.
pub(super) fn describe_parameters<T: JsonSchema>() -> Vec<ParameterDescription> {
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
            found.push(ParameterDescription::new(name, field));
        } else {
            found.extend(below.into_iter().map(|(below, field)| {
                let field = resolve(field, &definitions);
                ParameterDescription::new(below, field)
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

impl ParameterDescription {
    fn new(name: String, mut schema: Map<String, Value>) -> Self {
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
        let mut schema = Value::from(schema);
        let kind = ParameterKind::of_schema(&schema);
        match kind {
            ParameterKind::Number => schema["maximum"] = MOST.into(),
            ParameterKind::List => schema["items"] = json!({ "type": "string", "pattern": TEXT }),
            ParameterKind::Text if schema["enum"].is_null() && schema["oneOf"].is_null() => {
                schema["pattern"] = TEXT.into();
            }
            ParameterKind::Text | ParameterKind::Flag => {}
        }
        ParameterDescription {
            name,
            description: described,
            schema,
        }
    }
}
