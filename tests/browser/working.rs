//! Searching while one types, keys, ticking, and what other processes write.

use crate::browser::Browser;
use crate::pages::record_of;
use crate::{Site, with_browser};

const DOWN: &str = "\u{e015}";
const UP: &str = "\u{e013}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";
const SPACE: &str = " ";

/// Marks the page: a reload loses that.
fn mark_page(browser: &Browser) {
    browser.run("window.isSamePage = true");
}

fn is_same_page(browser: &Browser) -> bool {
    browser.run("return window.isSamePage === true") == true
}

#[test]
fn results_come_while_one_types() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        mark_page(browser);
        browser.click("#q");
        browser.press("refres");
        browser.wait_for_text("#results", "OAuth2 patterns");
        browser.press("h tok");
        browser.wait("the address", || {
            browser.address().query() == Some("q=refresh+tok")
        });
        browser.wait_for_text("mark", "refresh");
        let title = "refresh tok · Search · mx";
        browser.wait("the title", || {
            browser.run("return document.title") == title
        });
        assert_eq!(browser.run("return document.activeElement.id"), "q");
        assert!(is_same_page(browser));
        browser.run("history.back()");
        browser.wait_for_text("h1", "January 2026");
        assert!(is_same_page(browser));
        assert_eq!(browser.run("return document.getElementById('q').value"), "");
    });
}

#[test]
fn a_search_is_narrowed_by_what_was_counted() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/search?q=token");
        let count =
            "[...document.querySelectorAll('.facets a')].find((a) => a.innerText === '#patterns')";
        let counted = browser.run(&format!("return {count}.nextElementSibling.innerText"));
        assert_eq!(counted, "1");
        browser.run(&format!("{count}.click()"));
        browser.wait_for_text(".chosen", "#patterns");
        assert!(browser.text(".head .sub").starts_with("1 entry"));
        browser.click(".chosen a");
        browser.wait("all results", || {
            !browser.text(".head .sub").starts_with("1 entry")
        });
    });
}

#[test]
fn everything_can_be_done_by_keys() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        browser.press("/");
        browser.press("exchange");
        browser.wait_for_text("#results", "OAuth2 patterns");
        browser.press(DOWN);
        browser.wait("a result", || {
            browser.run("return document.activeElement.className") == "hit"
        });
        browser.press(UP);
        assert_eq!(browser.run("return document.activeElement.id"), "q");
        browser.press(DOWN);
        browser.press(ENTER);
        browser.wait_for_text("h1", "OAuth2 patterns");
        browser.press(ESCAPE);
        assert_eq!(browser.run("return document.activeElement.id"), "q");
        browser.go_to_path("/");
        let focused = "return document.activeElement.getAttribute('aria-label') ?? ''";
        let is_at_step = || browser.run(focused) == "Mark as done: Rotate the tokens";
        for _ in 0..40 {
            if is_at_step() {
                break;
            }
            browser.press(TAB);
        }
        assert!(is_at_step(), "{}", browser.run(focused));
        browser.press(SPACE);
        browser.wait("the tick", || {
            record_of(&site).contains("- [x] Rotate the tokens")
        });
    });
}

#[test]
fn a_ticked_step_is_done_in_the_markdown() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        mark_page(browser);
        assert!(record_of(&site).contains("- [ ] Rotate the tokens"));
        browser.click("button.tick[aria-label='Mark as done: Rotate the tokens']");
        browser.wait("the tick", || {
            record_of(&site).contains("- [x] Rotate the tokens")
        });
        browser.wait_for_text(".step.done", "Rotate the tokens");
        assert!(browser.text(".next").contains("Ask for an account"));
        assert!(is_same_page(browser));
        browser.go_to_path("/");
        assert!(!browser.text(".next").contains("Rotate the tokens"));
    });
}

#[test]
fn a_slip_is_taken_back_by_another_tick() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        mark_page(browser);
        browser.click("button.tick[aria-label='Mark as done: Rotate the tokens']");
        let again = "button.tick[aria-label='Mark as open again: Rotate the tokens']";
        browser.wait("the tick", || {
            browser.run(&format!(
                "return document.querySelector(\"{again}\") !== null"
            )) == true
        });
        assert!(record_of(&site).contains("- [x] Rotate the tokens"));
        browser.click(again);
        browser.wait("the open step", || {
            record_of(&site).contains("- [ ] Rotate the tokens")
        });
        let focused = "return document.activeElement.getAttribute('aria-label') ?? ''";
        browser.wait("the focus", || {
            browser.run(focused) == "Mark as done: Rotate the tokens"
        });
        assert!(is_same_page(browser));
    });
}

#[test]
fn what_another_process_writes_appears_without_a_reload() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        mark_page(browser);
        site.note("Measured the pool: 40 connections are enough");
        browser.wait_for_text("main", "40 connections are enough");
        site.mx(&["log", "decision", "Forty connections", "--why", "measured"]);
        browser.wait_for_text(".running", "1 decision");
        assert!(is_same_page(browser));
        browser.go_to_path("/search?q=connections");
        mark_page(browser);
        site.note("Fewer connections than before");
        browser.wait_for_text("#results", "Fewer");
        assert!(is_same_page(browser));
    });
}

#[test]
fn the_prompt_is_copied() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/project?name=shop");
        browser.click("button.copy");
        browser.wait("an answer", || {
            ["Copied", "Selected"].contains(&browser.text("button.copy").as_str())
        });
    });
}
