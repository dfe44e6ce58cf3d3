//! Who may: which names this server goes by, from where requests may come, and who shows the token.
//! Also what every answer says to browsers.

use super::site::Site;
use super::wire::{write_failure, write_refusal};
use crate::error::Error;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, HOST, ORIGIN, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How long a request may take, and how long its body may take to arrive. An operation waits for
/// locks for at most 30 seconds, and then says so itself.
const REQUEST_TIME: Duration = Duration::from_secs(40);
const BODY_TIME: Duration = Duration::from_secs(10);

/// What every answer says. The policy lets pages use what this server sends, and nothing else. Other
/// sites learn no address; under `no-referrer` the forms of our own pages would come without origin.
const SAID: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    /// Whether the caller has shown the token, or what a browser has instead.
    pub(super) signed_in: bool,
}

/// Lets through what may pass, within its time.
pub(super) async fn guard(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let mut response = match check_request(&site, &request) {
        Err((status, error)) if is_for_people(&request) => write_refusal(status, &error),
        Err((status, error)) => write_failure(status, &error),
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            let answered = tokio::time::timeout(REQUEST_TIME, next.run(request)).await;
            answered.unwrap_or_else(|_| {
                let error = Error::busy("the request took too long");
                write_failure(StatusCode::SERVICE_UNAVAILABLE, &error)
            })
        }
    };
    let headers = response.headers_mut();
    for (name, value) in SAID {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let no_cache = HeaderValue::from_static("no-cache");
    headers.entry(CACHE_CONTROL).or_insert(no_cache);
    if response.status() == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    }
    response
}

/// Returns whether what is asked for is a page.
fn is_for_people(request: &Request) -> bool {
    let path = request.uri().path();
    !path.starts_with("/api/") && !path.starts_with("/mcp")
}

/// Reads a body, which must be short and come in time.
pub(super) async fn read_body(body: Body, most: usize) -> Result<Vec<u8>, Response> {
    let refuse = |status, error: Error| write_failure(status, &error);
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(_)) => {
            let error = Error::usage(format!("the body is cut off, or longer than {most} bytes"));
            Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, error))
        }
        Err(_) => {
            let error = Error::usage("the body did not arrive in time");
            Err(refuse(StatusCode::REQUEST_TIMEOUT, error))
        }
    }
}

type Refusal = (StatusCode, Error);

fn check_request(site: &Site, request: &Request) -> Result<Caller, Refusal> {
    let host = find_host(request).ok_or_else(|| {
        let error = Error::usage("the request does not say to which host it goes");
        (StatusCode::BAD_REQUEST, error)
    })?;
    if !is_own_name(host, site.listening()) {
        let error = Error::usage(format!("this server is not '{}'", host.escape_debug()));
        let error = error.with_hint(format!("its address is {}", site.address()));
        return Err((StatusCode::FORBIDDEN, error));
    }
    let own_page = check_origin(request, host)?;
    let signed_in = is_signed_in(site, request, own_page)?;
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let is_open = path == "/sign-in"
        || reads && path.starts_with("/assets/")
        || reads && !site.is_private() && !path.starts_with("/mcp");
    if signed_in || is_open {
        return Ok(Caller { signed_in });
    }
    let what = if reads { "reading" } else { "writing" };
    let program =
        "programs send the token, which lies where mx serve says: Authorization: Bearer TOKEN";
    let error = Error::usage(format!("{what} needs the token"))
        .with_hint("browsers: open the link that mx serve prints last")
        .with_hint(program);
    Err((StatusCode::UNAUTHORIZED, error))
}

/// Returns the one host that the request goes to.
fn find_host(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    let of_address = request.uri().authority();
    let agrees = of_address.is_none_or(|authority| authority.as_str() == host);
    (hosts.next().is_none() && agrees && !host.is_empty()).then_some(host)
}

/// Returns whether a host, with or without a port, is this server: by a name that no other site can
/// give it. A page of another site whose name was made to lead here says that name.
fn is_own_name(host: &str, listening: SocketAddr) -> bool {
    let Some(name) = without_port(host) else {
        return false;
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    match (bare.unwrap_or(name).parse::<IpAddr>(), listening.ip()) {
        (Ok(ip), own) if own.is_loopback() => ip.is_loopback(),
        (Ok(_), _) => true,
        // Beyond this machine everything needs the token, which another site does not have.
        (Err(_), own) => !own.is_loopback(),
    }
}

fn without_port(host: &str) -> Option<&str> {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => {
            let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
            is_port.then_some(name)
        }
        _ => Some(host),
    }
}

/// Refuses what pages of other origins ask for. Returns whether it is known to be a page of ours.
fn check_origin(request: &Request, host: &str) -> Result<bool, Refusal> {
    let refuse = || {
        let error = Error::usage("pages of other sites may not ask this server");
        Err((StatusCode::FORBIDDEN, error))
    };
    let headers = request.headers();
    let origin = read_text(headers, &ORIGIN);
    let own = format!("http://{host}");
    if origin.is_some_and(|origin| !origin.eq_ignore_ascii_case(&own)) {
        return refuse();
    }
    let fetch = |name| read_text(headers, &HeaderName::from_static(name));
    let site = fetch("sec-fetch-site");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let follows_link = reads
        && !request.uri().path().starts_with("/api/")
        && fetch("sec-fetch-mode") == Some("navigate")
        && fetch("sec-fetch-dest") == Some("document");
    match site {
        None | Some("same-origin" | "none") => {}
        Some(_) if follows_link => {}
        Some(_) => return refuse(),
    }
    Ok(origin.is_some() || site == Some("same-origin"))
}

/// Returns whether the token is shown. A browser sends its cookie along for any page, so to write
/// it must be a page of ours that asks.
fn is_signed_in(site: &Site, request: &Request, own_page: bool) -> Result<bool, Refusal> {
    let headers = request.headers();
    if let Some(value) = headers.get(AUTHORIZATION) {
        let value = value.to_str().unwrap_or_default();
        let offered = value.split_once(' ');
        let offered = offered.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        return match offered {
            Some((_, token)) if site.token.is_token(token.trim()) => Ok(true),
            _ => Err((StatusCode::UNAUTHORIZED, Error::usage("the token is wrong"))),
        };
    }
    let name = site.cookie_name();
    let is_ours = |cookie: &str| {
        let (key, value) = cookie.trim().split_once('=').unwrap_or_default();
        key == name && site.token.is_cookie(value)
    };
    let mut cookies = headers.get_all(COOKIE).iter();
    let has_cookie = cookies.any(|line| line.to_str().unwrap_or_default().split(';').any(is_ours));
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    Ok(has_cookie && (reads || own_page))
}

fn read_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    // What is no text is nothing that is known.
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_loopback_only_names_of_this_machine_are_its_own() {
        let own = |host| is_own_name(host, SocketAddr::from(([127, 0, 0, 1], 7733)));
        for host in [
            "localhost",
            "LOCALHOST:7733",
            "127.0.0.1:7733",
            "127.8.0.1",
            "[::1]:80",
            "[::1]",
        ] {
            assert!(own(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:7733",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "192.168.1.1",
            "[::1",
            "localhost:x",
            "a@localhost",
            ":7733",
            "0x7f000001",
        ] {
            assert!(!own(host), "{host}");
        }
        let open = SocketAddr::from(([0, 0, 0, 0], 7733));
        assert!(is_own_name("192.168.1.1:7733", open) && is_own_name("box:7733", open));
    }
}
