//! The OpenAPI document, made of the table of operations and the types that they name. The program
//! does not make it: `schema/openapi.json` is linked in.

mod parameters;
mod table;

use crate::ops::ErrorReport;
use crate::serve::subscribers::ChangeEvent;
use parameters::ParameterDescription;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use table::{Describe, READS, ReadDescription, WRITES, WriteDescription};

/// Returns the document that describes everything below `/api/v1`, as the types say.
pub fn describe_api() -> Value {
    let generator = |settings: SchemaSettings| {
        let place = |settings: &mut SchemaSettings| {
            settings.definitions_path = "/components/schemas".into();
        };
        settings.with(place).into_generator()
    };
    let mut answers = generator(SchemaSettings::draft2020_12().for_serialize());
    let mut bodies = generator(SchemaSettings::draft2020_12().for_deserialize());
    let mut paths = Map::new();
    for read in &READS {
        let operation = describe_read(read, &mut answers);
        paths.insert(format!("/{}", read.name), json!({ "get": operation }));
    }
    for write in &WRITES {
        let operation = describe_write(write, &mut bodies, &mut answers);
        paths.insert(format!("/{}", write.name), json!({ "post": operation }));
    }
    paths.insert("/events".to_owned(), describe_events(&mut answers));
    answers.subschema_for::<ErrorReport>();
    let mut schemas = bodies.take_definitions(true);
    schemas.extend(answers.take_definitions(true));
    schemas.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mx serve",
            "description": "The memory of coding agents, over HTTP. Answers are those of `mx … --json`; \
                            what to do next names operations instead of commands. A reader of one \
                            should ignore fields that it does not know.",
            "version": "1",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/api/v1" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "What `.mx/serve/token` of the knowledge base holds, or the file that `mx serve` names.",
                },
            },
        },
    })
}

fn describe_read(read: &ReadDescription, answers: &mut SchemaGenerator) -> Value {
    let parameters: Vec<Value> = (read.parameters)().iter().map(describe_parameter).collect();
    let mut responses = Map::new();
    let mut answer = describe_answer(read.answers, answers);
    answer["headers"] = json!({
        "ETag": {
            "description": "Stands for this answer: sent back as If-None-Match, it makes the same \
                            answer 304, without a body.",
            "schema": { "type": "string" },
        },
    });
    responses.insert("200".to_owned(), answer);
    responses.insert(
        "304".to_owned(),
        json!({ "description": "What the client has." }),
    );
    add_failures(&mut responses, &FAILURES);
    json!({
        "operationId": name_operation(read.name),
        "summary": read.summary,
        "parameters": parameters,
        "responses": responses,
        "security": [{}, { "token": [] }],
    })
}

fn describe_write(
    write: &WriteDescription,
    bodies: &mut SchemaGenerator,
    answers: &mut SchemaGenerator,
) -> Value {
    let body = (write.body)(bodies);
    let mut responses = Map::new();
    responses.insert("200".to_owned(), describe_answer(write.answers, answers));
    add_failures(&mut responses, &FAILURES);
    add_failures(&mut responses, &BODY_FAILURES);
    json!({
        "operationId": name_operation(write.name),
        "summary": write.summary,
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": body } },
        },
        "responses": responses,
        "security": [{ "token": [] }],
    })
}

fn describe_events(answers: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let change = answers.subschema_for::<ChangeEvent>();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "Server-sent events called `change`, whose data is JSON: ChangeEvent. The \
                            schema is of one of them.",
            "content": { "text/event-stream": { "schema": {
                "type": "object",
                "properties": {
                    "event": { "const": "change" },
                    "data": {
                        "type": "string",
                        "contentMediaType": "application/json",
                        "contentSchema": change,
                    },
                },
            } } },
        }),
    );
    add_failures(&mut responses, &FAILURES);
    json!({
        "get": {
            "operationId": "events",
            "summary": "Tells what changes, while it changes",
            "responses": responses,
            "security": [{}, { "token": [] }],
        },
    })
}

fn describe_parameter(parameter: &ParameterDescription) -> Value {
    json!({
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": parameter.schema,
    })
}

fn describe_answer(types: &[Describe], answers: &mut SchemaGenerator) -> Value {
    let mut schemas: Vec<_> = types.iter().map(|describe| describe(answers)).collect();
    let schema = match schemas.len() {
        1 => schemas.remove(0).to_value(),
        _ => json!({ "anyOf": schemas }),
    };
    json!({
        "description": "The answer.",
        "content": { "application/json": { "schema": schema } },
    })
}

const FAILURES: [(&str, &str); 6] = [
    ("400", "The request is wrong: kind `usage`."),
    ("401", "The token is needed, or wrong."),
    (
        "403",
        "Another host is meant, or a page of another site asks.",
    ),
    ("404", "What is asked for does not exist: kind `not_found`."),
    ("500", "Something went wrong while doing it: kind `failed`."),
    ("503", "Another process holds what is needed: kind `busy`."),
];

const BODY_FAILURES: [(&str, &str); 3] = [
    ("408", "The body did not arrive in time."),
    ("413", "The body is too long, or cut off."),
    ("415", "The body is not declared to be JSON."),
];

fn add_failures(responses: &mut Map<String, Value>, failures: &[(&str, &str)]) {
    let schema = json!({ "$ref": "#/components/schemas/ErrorReport" });
    for (status, description) in failures {
        let response = json!({
            "description": description,
            "content": { "application/json": { "schema": schema } },
        });
        responses.insert((*status).to_owned(), response);
    }
}

/// Returns a name without a slash, as generators of clients want it.
fn name_operation(path: &str) -> String {
    path.replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_and_what_comes_out_share_no_name_unless_they_are_the_same() {
        let mut answers = SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator();
        let mut bodies = SchemaSettings::draft2020_12()
            .for_deserialize()
            .into_generator();
        let told = READS.iter().flat_map(|read| read.answers);
        for describe in told.chain(WRITES.iter().flat_map(|write| write.answers)) {
            describe(&mut answers);
        }
        for write in &WRITES {
            (write.body)(&mut bodies);
        }
        for (name, body) in bodies.definitions() {
            let answer = answers.definitions().get(name);
            assert!(answer.is_none_or(|answer| answer == body), "{name}");
        }
    }
}
