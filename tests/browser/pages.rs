//! Each page, in both colours and on a phone and a desk.

use crate::{Site, with_browser, with_options};

#[test]
fn each_page_is_calm_and_accessible_in_both_colours() {
    let site = Site::new();
    with_browser(&site, |browser| {
        for scheme in ["light", "dark"] {
            browser.set_screen(scheme, 1440);
            for page in site.pages() {
                browser.go_to_path(&page);
                assert!(!browser.text("h1").is_empty(), "{page}");
                browser.check_accessibility(&format!("{page} {scheme}"));
            }
        }
    });
}

#[test]
fn no_page_is_wider_than_a_phone() {
    let site = Site::new();
    with_browser(&site, |browser| {
        browser.set_screen("light", 360);
        for page in site.pages() {
            browser.go_to_path(&page);
            let width = browser.run("return document.documentElement.scrollWidth");
            assert_eq!(width, 360, "{page}");
            browser.check_accessibility(&page);
        }
    });
}

#[test]
fn an_empty_knowledge_base_says_how_to_begin() {
    let site = Site {
        world: crate::common::World::new(),
    };
    std::fs::create_dir_all(site.world.kb()).expect("a directory");
    with_browser(&site, |browser| {
        for scheme in ["light", "dark"] {
            browser.set_screen(scheme, 1440);
            browser.go_to_path("/");
            assert!(browser.text("main").contains("mx install"));
            browser.check_accessibility(scheme);
        }
        site.note("The first one");
        browser.wait_for_text("main", "The first one");
    });
}

#[test]
fn without_scripts_one_can_search_open_and_tick() {
    let site = Site::new();
    with_options(&site, false, |browser| {
        browser.go_to_path("/");
        browser.click("#q");
        browser.press("exchange\u{e007}");
        browser.wait("the results", || browser.address().path() == "/search");
        browser.click("a.hit");
        assert_eq!(browser.address().path(), "/entry/patterns/oauth2.md");
        browser.go_to_path("/");
        browser.click("button.tick[aria-label='Mark as done: Rotate the tokens']");
        browser.wait("the tick in the record", || {
            record_of(&site).contains("- [x] Rotate the tokens")
        });
        assert_eq!(browser.address().path(), "/");
    });
}

#[test]
fn a_line_of_a_long_entry_leads_to_its_section() {
    let site = Site::new();
    let sections = (0..3_000).map(|number| format!("## Section {number}\n\nOne.\n\nTwo.\n\n"));
    let text: String = sections.collect();
    site.world.write("long.md", format!("# Long\n\n{text}"));
    let heading = "const shown = document.querySelector(':target')?.nextElementSibling;
        const top = shown?.getBoundingClientRect().top ?? -1;
        return top >= 0 && top < innerHeight ? shown.innerText : 'nothing'";
    with_browser(&site, |browser| {
        browser.set_screen("light", 1440);
        // Section 40 begins on line 3 + 6 * 40.
        for (line, shown) in [(243, "40"), (247, "40"), (12_007, "2000")] {
            browser.go_to_path(&format!("/entry/long.md?line={line}#L{line}"));
            let shown = format!("Section {shown}");
            browser.wait(&shown, || browser.run(heading) == shown.as_str());
        }
        browser.check_accessibility("a part in the middle");
    });
}

/// Returns the record of the session that runs.
pub fn record_of(site: &Site) -> String {
    let files = std::fs::read_dir(site.world.work()).expect("a directory");
    let records = files.flatten().map(|file| file.path());
    let records = records.filter(|file| file.to_string_lossy().contains(".session_log"));
    let texts = records.map(|file| std::fs::read_to_string(file).expect("a record"));
    texts.collect()
}
