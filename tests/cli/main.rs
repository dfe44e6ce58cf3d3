//! `mx` as a whole: what it prints, and with which exit code. One module for each command.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]

mod by_hand;
mod common;
mod context;
mod doctor;
mod general;
mod get;
mod going_on;
mod hook;
mod import;
mod index;
mod init;
mod install;
#[cfg(unix)]
mod links;
mod list;
mod log;
#[cfg(feature = "service")]
mod mcp;
mod merging;
mod next;
mod notes;
mod observed;
mod prime;
mod projects;
mod readme;
mod recall;
mod recent;
mod reconstruct;
mod recorded;
mod repository;
mod schema;
mod search;
mod secrets;
mod session_log;
mod settings;
mod stage;
mod transcripts;
