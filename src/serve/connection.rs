//! Listening: takes connections, no more than can be served, and ends them in good order.

use super::mcp_answers::answer_in_protocol;
use super::site::Site;
use super::timeout_stream::TimeoutStream;
use super::{access, api, events, page_door};
use crate::mcp::serve_http;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;

/// Connections at the same time; others wait until one ends. Where one waits, those without a
/// request are ended.
const CONNECTIONS: u32 = 256;
/// How long a new connection may take to ask for something while others wait.
const FIRST_TIME: Duration = Duration::from_secs(1);
/// Most bytes of the head of a request, and most lines.
const HEAD_SIZE: usize = 32 << 10;
const HEAD_LINES: usize = 64;
/// How long the head of a request may take to arrive. A connection without a request ends then too.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// When to begin to watch the files at the latest, though no request came.
const WATCH_LATEST: Duration = Duration::from_millis(500);
/// How long requests may go on when the server is asked to end.
const END_TIME: Duration = Duration::from_secs(3);
/// How long to wait when no connection can be taken, such as when files run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Answers until the process is asked to end.
pub(super) async fn serve_connections(
    listener: std::net::TcpListener,
    site: Arc<Site>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let mut end = std::pin::pin!(wait_for_end()?);
    let places = Arc::new(Semaphore::new(CONNECTIONS as usize));
    let router = build_router(&site);
    let sending = tokio::spawn(events::send_changes(Arc::clone(&site)));
    let watched = Arc::clone(&site);
    tokio::spawn(async move {
        tokio::time::sleep(WATCH_LATEST).await;
        watched.begin_watching();
    });
    loop {
        let taken = async {
            let (stream, _) = listener.accept().await?;
            if places.available_permits() == 0 {
                site.crowded.send_replace(());
            }
            Ok((places.clone().acquire_owned().await, stream))
        };
        tokio::select! {
            () = &mut end => break,
            taken = taken => match taken {
                Ok((place, stream)) => {
                    let (router, site) = (router.clone(), Arc::clone(&site));
                    tokio::spawn(async move {
                        serve_connection(stream, router, &site).await;
                        drop(place);
                    });
                }
                Err::<_, io::Error>(cause) => {
                    tracing::warn!(%cause, "no connection can be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    drop(listener);
    sending.abort();
    site.subscribers.end();
    site.ending.send_replace(true);
    let _ = tokio::time::timeout(END_TIME, places.acquire_many(CONNECTIONS)).await;
    Ok(())
}

async fn serve_connection(stream: TcpStream, router: Router, site: &Site) {
    let _ = stream.set_nodelay(true);
    let mut latest = std::pin::pin!(sleep(FIRST_TIME));
    let asked = AtomicBool::new(false);
    let answer = TowerToHyperService::new(router);
    let service = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        answer.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_header_size(HEAD_SIZE)
        .max_headers(HEAD_LINES)
        .serve_connection(TokioIo::new(TimeoutStream::new(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let (mut ending, mut crowded) = (site.ending.subscribe(), site.crowded.subscribe());
    let (mut ends, mut others_wait) = (false, false);
    let served = loop {
        tokio::select! {
            served = connection.as_mut() => break served,
            _ = ending.wait_for(|ends| *ends), if !ends => ends = true,
            Ok(()) = crowded.changed(), if !ends => others_wait = true,
            () = latest.as_mut(), if others_wait && !asked.load(Ordering::Relaxed) => {}
        }
        let asks = asked.load(Ordering::Relaxed);
        if others_wait && !asks && latest.is_elapsed() {
            return;
        }
        if ends || others_wait && asks {
            // What is being answered is answered to its end.
            connection.as_mut().graceful_shutdown();
        }
    };
    if let Err(cause) = served {
        tracing::info!(%cause, "a connection broke off");
    }
}

fn build_router(site: &Arc<Site>) -> Router {
    let sign_in = |State(site): State<Arc<Site>>, request: Request| async move {
        page_door::sign_in(&site, &request)
    };
    let mcp = serve_http(Arc::clone(&site.engine));
    let mcp = Router::new()
        .fallback_service(mcp.service.clone())
        .layer(from_fn_with_state(mcp, answer_in_protocol));
    Router::new()
        .nest("/api/v1", api::build_router())
        .nest_service("/mcp", mcp)
        .route("/sign-in", get(sign_in))
        .fallback(any(answer_rest))
        .layer(from_fn_with_state(Arc::clone(site), access::guard))
        .with_state(Arc::clone(site))
}

/// Answers what has no path of its own: programs in JSON, people with pages.
async fn answer_rest(state: State<Arc<Site>>, request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        api::refuse_path()
    } else {
        page_door::answer(state, request).await
    }
}

/// Returns what ends when the process is asked to end.
#[cfg(unix)]
fn wait_for_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Returns what ends when the process is asked to end.
#[cfg(not(unix))]
fn wait_for_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
