//! `mx serve`, through the real binary: what it answers, whom it refuses, and what it sees.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]

mod access;
mod api;
mod client;
mod description;
mod events;
mod freshness;
mod hostile;
mod limits;
mod mcp;
#[cfg(unix)]
mod read_only;
