//! The door to the pages, which know nothing of HTTP: paths, queries and forms go in as text.

use super::access::Caller;
use super::form::{decode_percent, read_pairs};
use super::pages::{PageReply, PageRequest, answer_page};
use super::site::Site;
use super::wire::{self, Outgoing};
use crate::error::Error;
use crate::ops::Engine;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use std::sync::Arc;

/// Most bytes of a form.
const MOST_FORM: usize = 64 << 10;
/// How long a browser stays signed in, in seconds: 30 days.
const SIGNED_IN: u32 = 30 * 24 * 3600;
/// The field of a form that proves that the form is ours.
const NONCE: &str = "nonce";

/// Answers what is neither JSON nor a tool's business.
pub(super) async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let asked = request.headers().clone();
    let page = match read_request(&site, request).await {
        Ok(page) => page,
        Err(refused) => return refused,
    };
    let writes = page.method == "POST";
    let make = move |engine: &Engine| write_page(answer_page(engine, &page), &asked);
    site.answer_page(writes, Box::new(make)).await
}

/// Reads what is asked for; a form only if it is one of ours.
async fn read_request(site: &Site, request: Request) -> Result<PageRequest, Response> {
    let usage = |what: &str| wire::write_refusal(StatusCode::BAD_REQUEST, &Error::usage(what));
    let (parts, body) = request.into_parts();
    let token_ok = parts
        .extensions
        .get::<Caller>()
        .is_some_and(|c| c.signed_in);
    let path = decode_percent(parts.uri.path());
    let path = path.filter(|path| !path.contains(char::is_control));
    let query = read_pairs(parts.uri.query().unwrap_or_default());
    let (Some(path), Some(query)) = (path, query) else {
        return Err(usage("the address is no text"));
    };
    let form = match parts.method {
        Method::GET | Method::HEAD => Vec::new(),
        Method::POST => read_form(site, &parts.headers, body).await?,
        _ => return Err(refuse_method()),
    };
    let nonce = if token_ok { site.token.nonce() } else { "" };
    Ok(PageRequest {
        method: if parts.method == Method::POST {
            "POST"
        } else {
            "GET"
        },
        path,
        query,
        form,
        token_ok,
        nonce: nonce.to_owned(),
    })
}

/// Reads a form, which is one of ours: other sites cannot know the nonce.
async fn read_form(
    site: &Site,
    headers: &HeaderMap,
    body: Body,
) -> Result<Vec<(String, String)>, Response> {
    let refuse = |status, what: &str| wire::write_refusal(status, &Error::usage(what));
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if kind != Some("application/x-www-form-urlencoded") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(refuse(
            status,
            "a form is application/x-www-form-urlencoded",
        ));
    }
    let body = super::access::read_body(body, MOST_FORM).await?;
    let text = String::from_utf8(body).ok();
    let pairs = text.and_then(|text| read_pairs(&text));
    let Some(mut pairs) = pairs else {
        return Err(refuse(StatusCode::BAD_REQUEST, "the form is no text"));
    };
    let is_ours = |(name, value): &(String, String)| name == NONCE && site.token.is_nonce(value);
    if !pairs.iter().any(is_ours) {
        let what = "the form is not one of this server's pages: load the page again";
        return Err(refuse(StatusCode::FORBIDDEN, what));
    }
    pairs.retain(|(name, _)| name != NONCE);
    Ok(pairs)
}

fn refuse_method() -> Response {
    let error = Error::usage("pages are read with GET, and forms sent with POST");
    let mut response = wire::write_failure(StatusCode::METHOD_NOT_ALLOWED, &error);
    let allow = HeaderValue::from_static("GET, HEAD, POST");
    response.headers_mut().insert(ALLOW, allow);
    response
}

fn write_page(page: PageReply, asked: &HeaderMap) -> Outgoing {
    let mut response = Response::new(());
    *response.status_mut() =
        StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    for (name, value) in page.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    wire::finish_body(response, page.body, asked)
}

/// Signs a browser in that comes with the key of a link.
pub(super) fn sign_in(site: &Site, request: &Request) -> Response {
    if request.method() != Method::GET {
        // Who only looks what is there does not use the link up.
        return refuse_method();
    }
    let query = read_pairs(request.uri().query().unwrap_or_default()).unwrap_or_default();
    let key = query.iter().find(|(name, _)| name == "key");
    let used = key.map_or(Ok(false), |(_, key)| site.use_sign_in(key));
    match used {
        Ok(true) => write_signed_in(site),
        Ok(false) => {
            let error =
                Error::usage("this link was used before, or is of another start of mx serve")
                    .with_hint("the one that is good now is where mx serve runs, on its last line");
            wire::write_refusal(StatusCode::FORBIDDEN, &error)
        }
        Err(error) => wire::write_error(&error),
    }
}

fn write_signed_in(site: &Site) -> Response {
    let (name, value) = (site.cookie_name(), site.token.cookie());
    let cookie = format!("{name}={value}; Path=/; Max-Age={SIGNED_IN}; HttpOnly; SameSite=Strict");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::from_static("/"));
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}
