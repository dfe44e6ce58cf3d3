//! The five tools: what each is called, takes and does.

mod get;
mod log;
mod note;
mod resume;
mod search;

use super::answer::ToolAnswer;
use super::ask::Asker;
use super::hints::describe_error;
use super::schema::{describe_input, describe_output};
use crate::error::{Error, Result};
use crate::ops::read_compressed;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::{Number, Value, json};
use std::sync::{Arc, OnceLock};

/// A tool.
struct MemoryTool {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Whether it changes nothing.
    reads_only: bool,
    run: fn(&Asker<'_>, JsonObject) -> Result<CallToolResult>,
}

/// The schemas of the tools: `schema/mcp.json`.
const SCHEMAS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mcp.json.zst"));
/// Their names in it: of what a tool takes, and of what it answers.
const INPUT: &str = "inputSchema";
const OUTPUT: &str = "outputSchema";

/// The tools, in the order in which they are listed.
static TOOLS: [MemoryTool; 5] = [search::TOOL, get::TOOL, resume::TOOL, log::TOOL, note::TOOL];

/// Returns the tools as they are listed.
pub(super) fn list_tools() -> Vec<Tool> {
    static LISTED: OnceLock<Vec<Tool>> = OnceLock::new();
    let list = || {
        let schemas = serde_json::from_slice(&read_compressed(SCHEMAS)).unwrap_or_default();
        TOOLS.iter().map(|tool| tool.list(&schemas)).collect()
    };
    LISTED.get_or_init(list).clone()
}

/// Returns the schemas of what each tool takes and answers, as the types say. The program does not
/// make them: `schema/mcp.json` is linked in.
pub fn describe_tools() -> Value {
    json!({
        search::TOOL.name: search::describe(),
        get::TOOL.name: get::describe(),
        resume::TOOL.name: resume::describe(),
        log::TOOL.name: log::describe(),
        note::TOOL.name: note::describe(),
    })
}

fn describe_tool<Input: JsonSchema, Output: JsonSchema>() -> Value {
    json!({
        INPUT: describe_input::<Input>(),
        OUTPUT: describe_output::<ToolAnswer<Output>>(),
    })
}

/// Returns whether a tool changes nothing; `None` if there is no such tool.
pub(super) fn reads_only(name: &str) -> Option<bool> {
    find_tool(name).map(|tool| tool.reads_only)
}

/// Calls a tool. What goes wrong is an answer that the model reads; `None` if there is no such tool.
pub(super) fn call_tool(
    asker: &Asker<'_>,
    name: &str,
    arguments: JsonObject,
) -> Option<CallToolResult> {
    let called = (find_tool(name)?.run)(asker, arguments);
    Some(called.unwrap_or_else(|error| {
        CallToolResult::error(vec![ContentBlock::text(describe_error(&error))])
    }))
}

fn find_tool(name: &str) -> Option<&'static MemoryTool> {
    TOOLS.iter().find(|tool| tool.name == name)
}

impl MemoryTool {
    fn list(&self, schemas: &Value) -> Tool {
        let schema = |of: &str| {
            let schema = schemas[self.name][of].as_object();
            Arc::new(schema.cloned().unwrap_or_default())
        };
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(self.reads_only)
            .destructive(false)
            .idempotent(self.reads_only)
            .open_world(false);
        Tool::new(self.name, self.description, schema(INPUT))
            .with_title(self.title)
            .with_raw_output_schema(schema(OUTPUT))
            .with_annotations(annotations)
    }
}

/// Reads what a tool was given. `null` is as good as nothing.
fn read_arguments<T: DeserializeOwned>(tool: &str, mut arguments: JsonObject) -> Result<T> {
    arguments.retain(|_, value| !value.is_null());
    serde_json::from_value(Value::Object(arguments))
        .map_err(|cause| Error::usage(format!("{tool} does not take this: {cause}")))
}

/// Reads a list of texts, for which one text may stand.
fn read_texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Texts::deserialize(deserializer)? {
        Texts::One(text) => vec![text],
        Texts::Several(texts) => texts,
    })
}

/// Reads a number, which JSON may write with a point: `10.0` is an integer too.
fn read_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let number = Number::deserialize(deserializer)?;
    let whole = number
        .as_f64()
        .filter(|whole| whole.fract() == 0.0 && *whole >= 0.0);
    let exact = number
        .as_u64()
        .and_then(|count| usize::try_from(count).ok());
    match (exact, whole) {
        (Some(count), _) => Ok(Some(count)),
        // More than can be counted is as much as can be.
        (None, Some(whole)) => Ok(Some(whole as usize)),
        (None, None) => Err(D::Error::custom(format!("{number} is not a number from 0"))),
    }
}

/// The error of an operation that answers with what another one does: a mistake of this program.
fn unexpected(tool: &str) -> Error {
    Error::failed(format!(
        "internal error: {tool} was answered as something else"
    ))
}
