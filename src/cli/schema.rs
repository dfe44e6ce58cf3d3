//! `mx schema`

use crate::error::{Error, Result};
use crate::ops;
use clap::{Arg, ArgAction, Args, Command};
use serde_json::{Map, Value, json};

/// Describe commands, options and the JSON of every answer, for machines
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx schema                 everything
  mx schema search          the JSON Schema of one answer or file
  mx schema | jq '.commands[].name'")]
pub(super) struct SchemaArguments {
    /// Name of one schema, such as search; all are in .schemas
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl SchemaArguments {
    /// Returns the description, as JSON.
    pub(super) fn describe(&self, commands: Command) -> Result<String> {
        let value = match &self.name {
            Some(name) => find_schema(name)?,
            None => describe_all(commands),
        };
        Ok(format!("{value:#}\n"))
    }
}

fn find_schema(wanted: &str) -> Result<Value> {
    let schemas = ops::command_schemas();
    let found = schemas.iter().find(|(name, _)| *name == wanted);
    let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
    found
        .map(|(_, schema)| schema.as_value().clone())
        .ok_or_else(|| {
            Error::not_found(format!("there is no schema '{}'", wanted.escape_debug()))
                .with_hint(format!("there are: {}", names.join(", ")))
        })
}

fn describe_all(mut cli: Command) -> Value {
    cli.build();
    let mut commands = Vec::new();
    describe_command(&cli, "", &mut commands);
    let schemas: Map<String, Value> = ops::command_schemas()
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema.as_value().clone()))
        .collect();
    json!({
        "name": cli.get_name(),
        "version": cli.get_version(),
        "exit_codes": {"0": "done", "1": "failed", "2": "wrong usage", "3": "not found", "4": "busy"},
        "global_options": cli.get_arguments().filter(|a| a.is_global_set()).map(describe_option).collect::<Vec<_>>(),
        "commands": commands,
        "schemas": schemas,
    })
}

/// Describes a command and those below it.
fn describe_command(command: &Command, path: &str, found: &mut Vec<Value>) {
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help" && !below.is_hide_set())
    {
        let name = match path {
            "" => below.get_name().to_owned(),
            path => format!("{path} {}", below.get_name()),
        };
        if below.has_subcommands() {
            describe_command(below, &name, found);
            continue;
        }
        let own = below.get_arguments().filter(|argument| {
            !argument.is_global_set() && !argument.is_hide_set() && argument.get_id() != "help"
        });
        found.push(json!({
            "name": name,
            "about": below.get_about().map(ToString::to_string),
            "arguments": own.map(describe_option).collect::<Vec<_>>(),
        }));
    }
}

fn describe_option(argument: &Arg) -> Value {
    let takes_value = argument.get_action().takes_values();
    let repeated = matches!(argument.get_action(), ArgAction::Append | ArgAction::Count);
    let values = argument.get_value_names().unwrap_or_default();
    let defaults = argument.get_default_values().iter();
    json!({
        "name": argument.get_id().as_str(),
        "long": argument.get_long().map(|long| format!("--{long}")),
        "short": argument.get_short().map(|short| format!("-{short}")),
        "aliases": argument.get_visible_aliases().unwrap_or_default(),
        "value": values.first().filter(|_| takes_value).map(|value| value.as_str()),
        "required": argument.is_required_set(),
        "repeated": repeated,
        "default": defaults.map(|value| value.to_string_lossy().into_owned()).next(),
        "help": argument.get_help().map(ToString::to_string),
    })
}
