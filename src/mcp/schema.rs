//! JSON Schemas as every client understands them: without references, `null` among the types of
//! what may be left out, and formats that only Rust knows.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// Returns the schema of what a tool takes.
pub(super) fn describe_input<T: JsonSchema>() -> JsonObject {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    describe::<T>(settings, true)
}

/// Returns the schema of what a tool answers.
pub(super) fn describe_output<T: JsonSchema>() -> JsonObject {
    describe::<T>(SchemaSettings::draft2020_12().for_serialize(), false)
}

fn describe<T: JsonSchema>(mut settings: SchemaSettings, is_input: bool) -> JsonObject {
    settings.inline_subschemas = true;
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    simplify_schema(&mut schema, is_input);
    let mut object = match schema {
        Value::Object(object) => object,
        // `true`: anything goes.
        _ => JsonObject::new(),
    };
    for name in ["$schema", "title", "description"] {
        object.remove(name);
    }
    object
}

fn simplify_schema(schema: &mut Value, is_input: bool) {
    match schema {
        Value::Object(object) => {
            let is_rust = |format: &str| {
                format.starts_with("uint") || format.starts_with("int") || format == "float"
            };
            if object
                .get("format")
                .and_then(Value::as_str)
                .is_some_and(is_rust)
            {
                object.remove("format");
            }
            if is_input {
                object.remove("default");
                if let Some(Value::Array(values)) = object.get_mut("enum") {
                    values.retain(|value| !value.is_null());
                }
                if let Some(Value::Array(types)) = object.get_mut("type") {
                    types.retain(|one| one != "null");
                    if let [one] = types.as_slice() {
                        let one = one.clone();
                        object.insert("type".into(), one);
                    }
                }
            }
            object
                .values_mut()
                .for_each(|value| simplify_schema(value, is_input));
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| simplify_schema(value, is_input)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(serde::Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Sample {
        /// A number.
        #[serde(default)]
        number: Option<u32>,
        text: String,
        #[serde(default)]
        choice: Option<Choice>,
    }

    #[derive(serde::Deserialize, JsonSchema)]
    enum Choice {
        One,
        Other,
    }

    #[test]
    fn a_schema_is_plain() {
        let schema = Value::Object(describe_input::<Sample>());
        let number = &schema["properties"]["number"];
        assert_eq!(
            number,
            &json!({"type": "integer", "minimum": 0, "description": "A number."})
        );
        let choice = json!({"type": "string", "enum": ["One", "Other"]});
        assert_eq!(schema["properties"]["choice"], choice);
        assert_eq!(schema["required"], json!(["text"]));
        assert!(schema.get("$schema").is_none());
    }
}
