//! `mx` under stress: many processes at once, killed processes, full disks, hostile files, and
//! every mistake that peers make. Real processes throughout.
//!
//! `MX_TEST_SCALE` (1) multiplies the length of the loops; `MX_TEST_SEED` repeats a run of those
//! that draw at random.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]

#[allow(dead_code)]
#[path = "../cli/common.rs"]
mod common;
mod concurrency;
mod crash;
mod foreign;
mod hooks;
mod hostile;
mod limits;
mod peers;
mod read_only;
mod sessions;
mod support;
