//! JSON for programs: each operation of a [table](operations) is a path below `/api/v1`.

mod body;
mod openapi;
mod operations;
mod parameters;

pub use openapi::describe_api;

use super::access::read_body;
use super::events::follow_changes;
use super::form::read_pairs;
use super::site::{Site, ask_by_program};
use super::wire::{self, Outgoing};
use crate::error::{Error, Result};
use crate::ops::{Engine, Request as Operation, read_compressed};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{any, get, post};
use body::parse_body;
use operations::{Read, Write};
use parameters::{Parameter, list_parameters, read_values};
use std::sync::{Arc, LazyLock};

/// The OpenAPI document: `schema/openapi.json` in one line.
static DESCRIPTION: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.zst"));
    read_compressed(compressed)
});

/// Most bytes of a body.
const MOST_BODY: usize = 1 << 20;

pub(super) fn build_router() -> Router<Arc<Site>> {
    let mut router = Router::new();
    let document = serde_json::from_slice(&DESCRIPTION).unwrap_or_default();
    for read in &operations::READS {
        let known: Arc<[Parameter]> = list_parameters(&document, read.name).into();
        let handle = move |State(site), request| answer_read(site, request, read, known);
        router = router.route(&format!("/{}", read.name), get(handle));
    }
    for write in &operations::WRITES {
        let handle = move |State(site), request| answer_write(site, request, write);
        router = router.route(&format!("/{}", write.name), post(handle));
    }
    let follow = |State(site): State<Arc<Site>>, request: Request| async move {
        match refuse_parameters(request.uri()) {
            Ok(()) => follow_changes(&site),
            Err(error) => wire::write_error(&error),
        }
    };
    let describe = |State(site): State<Arc<Site>>, request: Request| async move {
        match refuse_parameters(request.uri()) {
            Ok(()) => site.send(write_description(request.headers())),
            Err(error) => wire::write_error(&error),
        }
    };
    router
        .route("/events", get(follow))
        .route("/openapi.json", get(describe))
        .method_not_allowed_fallback(|| async { refuse_method() })
        .fallback(any(|| async { refuse_path() }))
}

async fn answer_read(
    site: Arc<Site>,
    request: Request,
    read: &'static Read,
    known: Arc<[Parameter]>,
) -> Response {
    match read_query(&request, read, &known) {
        Ok(operation) => answer(&site, false, operation, request.into_parts().0.headers).await,
        Err(error) => wire::write_error(&error),
    }
}

fn read_query(request: &Request, read: &Read, known: &[Parameter]) -> Result<Operation> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = read_pairs(query).ok_or_else(|| Error::usage("the query is no text"))?;
    (read.request)(read_values(known, pairs)?)
}

/// Refuses the parameters of a path that takes none.
fn refuse_parameters(uri: &Uri) -> Result<()> {
    let query = uri.query().unwrap_or_default();
    let pairs = read_pairs(query).ok_or_else(|| Error::usage("the query is no text"))?;
    parameters::read_values(&[], pairs).map(|_| ())
}

async fn answer_write(site: Arc<Site>, request: Request, write: &'static Write) -> Response {
    let (parts, body) = request.into_parts();
    if !is_json(&parts.headers) {
        let error = Error::usage("the body is to be JSON: Content-Type: application/json");
        return wire::write_failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error);
    }
    if let Err(error) = refuse_parameters(&parts.uri) {
        return wire::write_error(&error);
    }
    match read_operation(body, write).await {
        Ok(operation) => answer(&site, true, operation, HeaderMap::new()).await,
        Err(refused) => refused,
    }
}

async fn read_operation(body: Body, write: &Write) -> Result<Operation, Response> {
    let body = read_body(body, MOST_BODY).await?;
    let operation = parse_body(&body).and_then(write.request);
    operation.map_err(|error| wire::write_error(&error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn write_description(asked: &HeaderMap) -> Outgoing {
    let mut head = Response::new(());
    let json = HeaderValue::from_static("application/json");
    head.headers_mut().insert(CONTENT_TYPE, json);
    wire::finish_body(head, DESCRIPTION.clone(), asked)
}

async fn answer(
    site: &Arc<Site>,
    writes: bool,
    operation: Operation,
    asked: HeaderMap,
) -> Response {
    let make = move |engine: &Engine| wire::write_reply(&ask_by_program(engine, operation), &asked);
    site.answer(writes, Box::new(make)).await
}

fn refuse_method() -> Response {
    let error = Error::usage("this path is read with GET, or written with POST, not both");
    wire::write_failure(StatusCode::METHOD_NOT_ALLOWED, &error)
}

pub(super) fn refuse_path() -> Response {
    let error = Error::not_found("there is no such path")
        .with_hint("/api/v1/openapi.json describes those that there are");
    wire::write_error(&error)
}
