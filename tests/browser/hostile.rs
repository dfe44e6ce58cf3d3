//! Titles, notes and Markdown that try to run, load or pretend something.

use crate::{Site, with_browser};

const BAD: &str =
    "\"'><script>window.pwned=1</script><img src=http://evil.invalid/x onerror=window.pwned=2>";

const MARKDOWN: &str = "# Hostile\n\n<script>window.pwned=3</script>\n\n<img src=x onerror=\"window.pwned=4\">\n\n\
    <iframe src=\"javascript:parent.pwned=5\"></iframe>\n\n[click](javascript:window.pwned=6)\n\n\
    <a id=bad href=\"javascript:window.pwned=7\">click</a>\n\n<svg onload=\"window.pwned=8\"></svg>\n\n\
    <style>body { display: none }</style>\n\n<form action=\"/next/done\" method=\"post\"><button>x</button></form>\n\n\
    <meta http-equiv=\"refresh\" content=\"0;url=http://evil.invalid/\">\n\n![x](http://evil.invalid/x.png)\n\n\
    <base href=\"http://evil.invalid/\">\n\n<span id=\"q\">not the field</span>\n\n<main id=\"main\">not the content</main>\n\n\
    <object data=\"http://evil.invalid/\"></object><embed src=\"http://evil.invalid/\">\n\n\
    <div onclick=\"window.pwned=9\" style=\"position:fixed;inset:0\">cover</div>\n\nThe end.\n";

#[test]
fn nothing_runs_whatever_is_written() {
    let site = Site::new();
    let title = BAD.replace('"', "\\\"");
    let head = format!("---\ntitle: \"{title}\"\ntags: [hostile]\nproject: \"{title}\"\n---\n\n");
    site.world.write(
        "titled.md",
        format!("{head}## 2026-01-11 09:00 UTC\n\n{BAD}\n"),
    );
    site.world.write("hostile.md", MARKDOWN);
    site.world
        .write("a b/ü&?#%.md", "# Odd\n\nA path with signs: [[hostile]].\n");
    for arguments in [
        ["log", "event", BAD],
        ["log", "next", BAD],
        ["log", "decision", BAD],
        ["log", "blocker", BAD],
    ] {
        site.mx(&arguments);
    }
    with_browser(&site, |browser| {
        let mut pages = site.pages();
        pages.extend(
            ["/entry/titled.md", "/entry/hostile.md", "/search?q=pwned"].map(str::to_owned),
        );
        for page in pages {
            browser.go_to_path(&page);
            assert_eq!(browser.run("return window.pwned ?? 0"), 0, "{page}");
            let foreign = "return document.querySelectorAll('main script, main img, main iframe, main style, \
                           main object, main embed, main svg[onload], base, form[action^=http]').length";
            assert_eq!(browser.run(foreign), 0, "{page}");
            assert_eq!(
                browser.run("return document.querySelectorAll('#q, main').length"),
                2,
                "{page}"
            );
            browser.check_accessibility(&page);
        }
        browser.go_to_path("/entry/hostile.md");
        browser
            .run("for (const link of document.querySelectorAll('main a, main div')) link.click()");
        assert_eq!(browser.run("return window.pwned ?? 0"), 0);
        browser.go_to_path("/search?q=signs");
        browser.click("a.hit");
        browser.wait_for_text("h1", "Odd");
    });
}

#[test]
fn nothing_leaves_its_place_whatever_is_written() {
    let site = Site::new();
    let quotes = ">".repeat(500);
    let items: String = (0..200)
        .map(|depth| " ".repeat(2 * depth) + "- item\n")
        .collect();
    let title = "long ".repeat(120);
    site.world.write(
        "deep.md",
        format!(
            "# {title}\n\n{quotes} deep quote\n\n## Items\n\n{items}\n## More\n\n{}\n",
            "x".repeat(3_000)
        ),
    );
    with_browser(&site, |browser| {
        for width in [360, 1440] {
            browser.set_screen("light", width);
            for page in ["/entry/deep.md", "/search?q=deep"] {
                browser.go_to_path(page);
                let wide = browser.run("return document.documentElement.scrollWidth");
                // On a desk the scroll bar takes some of it.
                assert!(wide.as_u64() <= Some(width.into()), "{page}: {wide}");
            }
        }
        browser.go_to_path("/entry/deep.md");
        let apart = "const quote = [...document.querySelectorAll('article blockquote')].pop().getBoundingClientRect();
            return quote.width > 60 && quote.right <= document.querySelector('aside').getBoundingClientRect().left";
        assert_eq!(browser.run(apart), true);
        assert!(
            browser
                .run("return document.querySelector('h1').getBoundingClientRect().height")
                .as_f64()
                < Some(400.0)
        );
    });
}

#[test]
fn a_long_name_leaves_its_number_whole() {
    let site = Site::new();
    let name = "a-project-with-a-really-long-name-that-somebody-chose";
    for number in 0..12 {
        let head = format!("---\ntags: [{name}]\nproject: {name}\n---\n\n");
        let text = format!("{head}# Lamp {number}\n\nA lamp.\n");
        site.world.write(&format!("lamps/{number}.md"), text);
    }
    let text = "---\nproject: other\n---\n\n# Other\n\nA lamp.\n";
    site.world.write("other.md", text);
    let broken = "return [...document.querySelectorAll('.number')].filter((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return range.getClientRects().length !== 1 || one.scrollWidth > one.clientWidth
            || one.getBoundingClientRect().width < range.getBoundingClientRect().width - 1;
    }).map((one) => one.parentElement.innerText)";
    with_browser(&site, |browser| {
        for width in [360, 1440] {
            browser.set_screen("light", width);
            browser.go_to_path("/search?q=lamp");
            assert!(browser.text(".facets").contains(name), "{width}");
            assert_eq!(browser.run(broken), serde_json::json!([]), "{width}");
            let wide = browser.run("return document.documentElement.scrollWidth");
            assert!(wide.as_u64() <= Some(width.into()), "{width}: {wide}");
        }
    });
}
