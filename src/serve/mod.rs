//! Pages for people and JSON for programs, over HTTP on this machine.
//!
//! One thread takes connections and waits; what an operation does runs on a few threads beside it,
//! on the one [`Engine`] that keeps the index open.
//!
//! | module | what it does |
//! |---|---|
//! | `connection`, `timeout_stream` | listens, limits, ends |
//! | `access` | who may: `Host`, `Origin`, token; headers that every answer has |
//! | `token` | the token, what is derived of it, links to sign in with |
//! | `api` | JSON: one table of operations, from which the OpenAPI document is made too |
//! | `watch`, `events` | what changes: for answers that are fresh at once, and for followers |
//! | `mcp_answers` | errors of MCP as messages of the protocol |
//! | `page_door` | forwards to the pages, which know nothing of HTTP |
//! | `pages` | what people see |
//! | `wire` | answers and failures as HTTP says them |

mod access;
mod api;
mod connection;
mod events;
mod form;
mod mcp_answers;
mod page_door;
pub mod pages;
mod site;
mod subscribers;
mod timeout_stream;
mod token;
mod watch;
mod wire;

pub use api::describe_api;

use crate::error::{Error, Hint, Result};
use crate::kb::{Environment, Kb};
use crate::ops::Engine;
use site::Site;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use watch::FileWatch;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether reading needs the token too. Beyond this machine it always does.
    pub private: bool,
}

/// A server that listens, and answers as soon as it [runs](Server::run).
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    token_file: Option<PathBuf>,
    site: Arc<Site>,
}

impl Server {
    /// Listens. Opens no index.
    ///
    /// # Errors
    ///
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) if there is no knowledge base yet,
    /// [`Kind::Busy`](crate::error::Kind::Busy) if another process listens there.
    pub fn bind(
        environment: &Environment,
        root: Option<&Path>,
        options: &ServeOptions,
    ) -> Result<Server> {
        let kb = Kb::open(environment, root)?;
        if !kb.exists() {
            let root = kb.root().display();
            return Err(
                Error::not_found(format!("the knowledge base {root} does not exist yet"))
                    .with_hint(Hint::command("init").then(" makes one, as does the first note")),
            );
        }
        let listener = TcpListener::bind(options.listen)
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
        let listener = listener.map_err(|cause| explain_listening(options.listen, cause))?;
        let address = listener.local_addr();
        let address = address.map_err(|cause| explain_listening(options.listen, cause))?;
        let (token, token_file) = token::Token::keep(&kb)?;
        let watch = FileWatch::new(kb.root(), kb.private_dir());
        let engine = Engine::new(environment, root).serve_others();
        let engine = engine.keep_watched_index(watch.clone());
        let engine = if address.ip().is_loopback() {
            engine
        } else {
            engine.bound_callers()
        };
        let site = Site::new(engine, watch, token, address, options.private)?;
        Ok(Server {
            listener,
            address,
            token_file,
            site: Arc::new(site),
        })
    }

    /// Returns the address of the first page.
    pub fn address(&self) -> String {
        self.site.address()
    }

    /// Returns the link with which a browser signs in. It is good once.
    pub fn sign_in_link(&self) -> String {
        self.site.sign_in_link()
    }

    /// Returns whether others on the network may connect.
    pub fn is_on_network(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// Returns whether reading needs the token.
    pub fn is_private(&self) -> bool {
        self.site.is_private()
    }

    /// Returns the file that holds the token; `None` if no place can be written.
    pub fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }

    /// Returns the token.
    pub fn token(&self) -> &str {
        self.site.token.text()
    }

    /// Answers until the process is asked to end. `on_sign_in` is called with the next link when
    /// one was used.
    ///
    /// # Errors
    ///
    /// If the runtime cannot be started.
    pub fn run(self, on_sign_in: impl Fn(&str) + Send + Sync + 'static) -> Result<()> {
        self.site.on_sign_in(Box::new(on_sign_in));
        let news = Arc::clone(&self.site.subscribers.news);
        self.site.watch.on_news(move || news.notify_one());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(site::THREADS)
            .build();
        let runtime =
            runtime.map_err(|cause| Error::failed(format!("cannot start the server: {cause}")))?;
        let (listener, site) = (self.listener, self.site);
        let served = runtime.block_on(connection::serve_connections(listener, site));
        // What still runs is not waited for: every write is whole or not there.
        runtime.shutdown_background();
        served.map_err(|cause| Error::failed(format!("cannot serve: {cause}")))
    }
}

/// Lets an engine keep its index, and begins to watch the files of a knowledge base for it.
pub fn watch_files(engine: Engine, kb: &Kb) -> Engine {
    let watch = FileWatch::new(kb.root(), kb.private_dir());
    watch.begin();
    engine.keep_watched_index(watch)
}

fn explain_listening(address: SocketAddr, cause: std::io::Error) -> Error {
    let message = format!("cannot listen on {address}: {cause}");
    match cause.kind() {
        ErrorKind::AddrInUse => Error::busy(message).with_hint(
            Hint::from("it may be served there already; or choose another port: ")
                .then(Hint::command("serve").with_option("listen", "127.0.0.1:0")),
        ),
        _ => Error::failed(message).with_source(cause),
    }
}
