//! What all requests share.

use super::subscribers::Subscribers;
use super::token::{SignInKey, Token};
use super::watch::FileWatch;
use super::wire::{self, Outgoing};
use crate::error::{Error, HintSpelling, Result};
use crate::ops::{Caller, Engine, Reply, Request};
use axum::response::Response;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Once, OnceLock};
use tokio::sync::{Semaphore, watch};

/// How many operations run at the same time, and how many of them may be such that write, which wait
/// for each other's locks.
const OPERATIONS: usize = 4;
const WRITES: usize = 2;
/// How many of them may make pages: of a long entry that takes a while.
const PAGES: usize = 2;
/// Threads for operations; a few more than run, for what is left over from requests that were
/// given up.
pub(super) const THREADS: usize = OPERATIONS + 2;

/// Makes an answer. One type for all of them: for each of its own, all that waits for it would be
/// there once more.
pub(super) type MakeAnswer = Box<dyn FnOnce(&Engine) -> Outgoing + Send>;

/// Gets the next link to sign in with.
pub(super) type OnSignIn = Box<dyn Fn(&str) + Send + Sync>;

/// The engine, and who may ask it.
pub(super) struct Site {
    pub(super) engine: Arc<Engine>,
    pub(super) watch: Arc<FileWatch>,
    watching: Once,
    pub(super) subscribers: Subscribers,
    pub(super) token: Token,
    sign_in: SignInKey,
    on_sign_in: OnceLock<OnSignIn>,
    listening: SocketAddr,
    private: bool,
    operations: Arc<Semaphore>,
    writes: Arc<Semaphore>,
    pages: Arc<Semaphore>,
    /// For long answers, by bytes.
    places: Arc<Semaphore>,
    /// Turns true when the server ends.
    pub(super) ending: watch::Sender<bool>,
    /// Says that a new connection waits until another ends.
    pub(super) crowded: watch::Sender<()>,
}

impl Site {
    pub(super) fn new(
        engine: Engine,
        watch: Arc<FileWatch>,
        token: Token,
        listening: SocketAddr,
        private: bool,
    ) -> Result<Self> {
        Ok(Site {
            engine: Arc::new(engine),
            watch,
            watching: Once::new(),
            subscribers: Subscribers::new(),
            token,
            sign_in: SignInKey::new()?,
            on_sign_in: OnceLock::new(),
            listening,
            private: private || !listening.ip().is_loopback(),
            operations: Arc::new(Semaphore::new(OPERATIONS)),
            writes: Arc::new(Semaphore::new(WRITES)),
            pages: Arc::new(Semaphore::new(PAGES)),
            places: wire::make_places(),
            ending: watch::Sender::new(false),
            crowded: watch::Sender::new(()),
        })
    }

    /// Does what is requested, on a thread of its own.
    pub(super) async fn ask(self: &Arc<Self>, request: Request) -> Result<Reply> {
        self.run_beside(false, |engine| ask_by_program(engine, request))
            .await?
    }

    /// Makes an answer on a thread of its own, and sends it.
    pub(super) async fn answer(self: &Arc<Self>, writes: bool, make: MakeAnswer) -> Response {
        match self.run_beside(writes, make).await {
            Ok(outgoing) => self.send(outgoing),
            Err(error) => wire::write_error(&error),
        }
    }

    /// Sends an answer that is there.
    pub(super) fn send(&self, outgoing: Outgoing) -> Response {
        outgoing.send(&self.places)
    }

    /// Makes a page, as [`Site::answer`] does; others find a thread free meanwhile.
    pub(super) async fn answer_page(self: &Arc<Self>, writes: bool, make: MakeAnswer) -> Response {
        let Ok(turn) = self.pages.clone().acquire_owned().await else {
            return wire::write_error(&Error::busy("the server ends"));
        };
        let make = move |engine: &Engine| {
            let _turn = turn;
            make(engine)
        };
        self.answer(writes, Box::new(make)).await
    }

    /// Runs something with the engine on a thread where it may wait. It is done to its end also if
    /// no client waits for it any more.
    pub(super) async fn run_beside<T: Send + 'static>(
        self: &Arc<Self>,
        writes: bool,
        run: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T> {
        let ended = |_| Error::busy("the server ends");
        let write = if writes {
            Some(self.writes.clone().acquire_owned().await.map_err(ended)?)
        } else {
            None
        };
        let turn = self.operations.clone().acquire_owned().await;
        let turn = turn.map_err(ended)?;
        let site = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let result = run(&site.engine);
            drop((turn, write));
            site.begin_watching();
            result
        });
        done.await
            .map_err(|_| Error::failed("internal error: the operation ended early"))
    }

    /// Begins to watch the files, once. The first answer looks at all of them anyhow, and is not to
    /// share the disk and the processors with that.
    pub(super) fn begin_watching(&self) {
        self.watching.call_once(|| self.watch.begin());
    }

    /// Returns where it listens.
    pub(super) fn listening(&self) -> SocketAddr {
        self.listening
    }

    /// Returns the address of the first page, as people open it.
    pub(super) fn address(&self) -> String {
        let mut place = self.listening;
        if place.ip().is_unspecified() {
            place.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{place}/")
    }

    /// Returns the name of the cookie. Cookies of all ports are in one place.
    pub(super) fn cookie_name(&self) -> String {
        format!("mx-{}", self.listening.port())
    }

    /// Returns whether reading needs the token.
    pub(super) fn is_private(&self) -> bool {
        self.private
    }

    /// Returns the link with which a browser signs in.
    pub(super) fn sign_in_link(&self) -> String {
        format!("{}sign-in?key={}", self.address(), self.sign_in.next())
    }

    /// Uses a key up. Returns whether it was one.
    pub(super) fn use_sign_in(&self, key: &str) -> Result<bool> {
        let used = self.sign_in.use_up(key)?;
        if used && let Some(tell) = self.on_sign_in.get() {
            tell(&self.sign_in_link());
        }
        Ok(used)
    }

    pub(super) fn on_sign_in(&self, tell: OnSignIn) {
        let _ = self.on_sign_in.set(tell);
    }
}

/// Does what a program requests, which reads the names of operations and not of commands.
pub(super) fn ask_by_program(engine: &Engine, request: Request) -> Result<Reply> {
    let caller = Caller {
        spelling: Some(HintSpelling::default()),
        ..Caller::default()
    };
    engine.run_for(&caller, request, &|_| {})
}
