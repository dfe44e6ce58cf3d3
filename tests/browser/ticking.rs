//! Ticks that cannot be written, where the focus goes, and who may not tick.

use crate::browser::Browser;
use crate::pages::record_of;
use crate::{Site, with_browser};

const TAB: &str = "\u{e004}";
const SPACE: &str = " ";
const BOX: &str = "button.tick[aria-label='Mark as done: Rotate the tokens']";

/// Checks that nothing claims to be done, and that the page says why, where one sees it.
fn check_taken_back(site: &Site, browser: &Browser, why: &str) {
    browser.wait_for_text("#trouble", why);
    let shown = "const box = document.getElementById('trouble').getBoundingClientRect();
        return box.height > 20 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth";
    assert_eq!(browser.run(shown), true);
    let role = "return document.getElementById('trouble').getAttribute('role')";
    assert_eq!(browser.run(role), "alert");
    assert_eq!(browser.text(".step.done"), "");
    assert!(record_of(site).contains("- [ ] Rotate the tokens"));
}

#[test]
fn a_tick_that_nobody_takes_is_taken_back_and_said() {
    let site = Site::new();
    let Some(browser) = Browser::open(true) else {
        return;
    };
    let mut server = site.serve();
    browser.go(&server.sign_in);
    for width in [1440, 360] {
        browser.set_screen("light", width);
        browser.go_to_path("/");
        assert_eq!(browser.text("#trouble"), "");
        server.stop();
        browser.click(BOX);
        check_taken_back(&site, &browser, "The server does not answer");
        server = site.serve();
        browser.go(&server.sign_in);
    }
}

#[test]
fn who_is_not_signed_in_any_more_is_told_how() {
    let site = Site::new();
    let Some(browser) = Browser::open(true) else {
        return;
    };
    let server = site.serve();
    browser.go(&server.sign_in);
    browser.forget_cookies();
    browser.click(BOX);
    check_taken_back(&site, &browser, "Open the link that mx serve prints last");
    browser.go_to_path("/");
    assert!(
        browser
            .text(".next")
            .contains("open the link that mx serve prints last")
    );
    assert_eq!(
        browser.run("return document.querySelectorAll('button.tick').length"),
        0
    );
    browser.check_accessibility("signed out");
}

#[test]
fn the_focus_stays_among_the_steps() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.go_to_path("/");
        let boxes = "return document.querySelectorAll('button.tick').length";
        let count = browser.run(boxes).as_u64().expect("a number");
        browser.run("document.querySelector('button.tick').focus()");
        for number in 1..=count {
            browser.press(SPACE);
            let done = "return document.querySelectorAll('.step.done button.tick[aria-label^=\"Mark as open\"]').length";
            browser.wait("the tick", || browser.run(done) == number);
            let focused = "return document.activeElement.className";
            browser.wait("the focus", || browser.run(focused) == "tick");
        }
        browser.press(TAB);
        assert_ne!(browser.run("return document.activeElement.tagName"), "MAIN");
    });
}
