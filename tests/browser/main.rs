//! The pages of `mx serve` in a real browser: Chromium, driven by chromedriver.
//!
//! Where there is no browser these tests are left out, and say so. `MX_AXE` names axe-core's
//! `axe.min.js`, with which the pages are checked for accessibility.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking, and show what they saw"
)]

mod browser;
#[path = "../cli/common.rs"]
#[allow(dead_code, reason = "tests/cli uses the rest")]
mod common;
mod hostile;
mod pages;
mod site;
mod ticking;
mod working;

use browser::Browser;
use site::Site;

/// Runs a test with a browser that is signed in, if there is one.
fn with_browser(site: &Site, test: impl FnOnce(&Browser)) {
    with_options(site, true, test);
}

/// Runs a test with a browser that is signed in, with or without JavaScript.
fn with_options(site: &Site, scripts: bool, test: impl FnOnce(&Browser)) {
    let Some(browser) = Browser::open(scripts) else {
        return;
    };
    let server = site.serve();
    browser.go(&server.sign_in);
    test(&browser);
    browser.check_calm();
}
