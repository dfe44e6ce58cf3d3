//! What a browser gets to see of Markdown, friendly and hostile.

use super::{ShownPiece, find_definitions, list_anchors, render_pieces};
use crate::markdown::parse_document;
use crate::model::Zone;

fn render(text: &str) -> String {
    render_titled(text, "")
}

fn render_titled(text: &str, title: &str) -> String {
    let document = parse_document(text, Zone::UTC);
    let sections = &document.sections;
    let headings = sections.iter().map(|s| (s.level, s.heading.as_str()));
    let anchors = list_anchors(headings);
    let resolve = |target: &str, wiki: bool| match target {
        "nowhere" | "nowhere.md" | "javascript:alert(1)" => None,
        target => Some(format!(
            "/entry/{target}{}",
            if wiki { "?wiki" } else { "" }
        )),
    };
    let pieces = sections
        .iter()
        .zip(&anchors)
        .map(|(section, anchor)| ShownPiece {
            source: text[section.range.clone()].into(),
            line: section.line,
            anchor: Some(anchor.as_str()).filter(|_| section.level > 0),
            skips_heading: section.level == 1 && section.heading == title,
        });
    let pieces: Vec<ShownPiece<'_>> = pieces.collect();
    render_pieces(&pieces, &find_definitions(text), &resolve).html
}

#[test]
fn markdown_is_rendered() {
    for (text, html) in [
        (
            "a *b* **c** ~~d~~ `e<f`",
            "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;f</code></p>",
        ),
        ("- a\n- b", "<ul><li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", "<ol start=\"3\"><li>a</li>"),
        (
            "- [x] a\n- [ ] b",
            "<span class=\"box\">☑</span> a</li>\n<li><span class=\"box\">☐</span> b",
        ),
        ("> a", "<blockquote><p>a</p>\n</blockquote>"),
        (
            "```rust\na < b\n```",
            "<pre tabindex=\"0\" data-language=\"rust\"><code>a &lt; b\n</code></pre>",
        ),
        ("a  \nb", "<p>a<br>b</p>"),
        (
            "| a | b |\n|---|--:|\n| c | d |",
            "<th scope=\"col\" align=\"right\">b</th>",
        ),
        (
            "| a | b |\n|---|--:|\n| c | d |",
            "<tr><td>c</td><td align=\"right\">d</td></tr></tbody></table></div>",
        ),
        ("## A & b", "<h2 id=\"s-a-b\">A &amp; b</h2>"),
        ("a & b &copy; \"c\"", "<p>a &amp; b © \"c\"</p>"),
    ] {
        let rendered = render(text);
        assert!(rendered.contains(html), "{text}\n{rendered}");
    }
}

#[test]
fn links_lead_to_entries_or_out() {
    for (text, html) in [
        (
            "[[a/b.md]]",
            "<a href=\"/entry/a/b.md?wiki\" rel=\"noopener noreferrer\">a/b.md</a>",
        ),
        (
            "[[a/b.md#My heading|c]]",
            "href=\"/entry/a/b.md?wiki#s-my-heading\" rel=\"noopener noreferrer\">c</a>",
        ),
        ("[x](a%20b.md#y)", "href=\"/entry/a b.md#s-y\""),
        ("[x](#My-heading)", "href=\"#s-my-heading\""),
        (
            "[x](https://a.example/?b=1&c)",
            "<a href=\"https://a.example/?b=1&amp;c\" class=\"external\"",
        ),
        ("<https://a.example>", "href=\"https://a.example\""),
        ("[x][y]\n\n[y]: z.md", "href=\"/entry/z.md\""),
        ("# A\n\n[x][y]\n\n# B\n\n[y]: z.md", "href=\"/entry/z.md\""),
        (
            "[[nowhere]]",
            "<span class=\"missing\" title=\"leads to no entry\">nowhere</span>",
        ),
        ("[x](src/main.rs)", "<p><span>x</span></p>"),
        (
            "![a cat](https://a.example/cat.png)",
            "<span class=\"image\">a cat</span>",
        ),
    ] {
        let rendered = render(text);
        assert!(rendered.contains(html), "{text}\n{rendered}");
    }
}

#[test]
fn nothing_of_a_text_runs_loads_posts_or_pretends() {
    for text in [
        "<script>alert(1)</script>",
        "a <script src=//evil.example/x.js></script> b",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://evil.example'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[[javascript:alert(1)]] <b onclick=alert(1)>x</b>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<form action=/next/done method=post><input name=id><button>x</button></form>",
        "<style>body{display:none}</style><p style='position:fixed'>x</p>",
        "<link rel=stylesheet href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example/><object data=x></object><embed src=x>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<p id=search class=running>x</p><span id=q></span>",
        "<a href='//evil.example'>x</a> <a href='/\\evil.example'>y</a>",
        "<a href='&#1;//evil.example'>x</a> <a href=' &#31; &#9;/\\evil.example'>y</a>",
        "<div tabindex=5 autofocus onfocus=alert(1)>x</div>",
        "![x](https://evil.example/x.png)",
        "<video src=//evil.example><audio src=x><source srcset=x>",
        "```\"><script>alert(1)</script>\nx\n```",
        "## \"><script>alert(1)</script>",
        "<!-- --!> <script>alert(1)</script> -->",
        "</main></body></html><script>alert(1)</script>",
    ] {
        let rendered = render(text);
        let tags = list_tags(&rendered).to_lowercase();
        for bad in BAD {
            assert!(!tags.contains(bad), "{bad} in {tags}\n{text}\n{rendered}");
        }
    }
}

#[test]
fn nothing_is_lost_behind_html_that_is_not_closed_or_not_shown() {
    for open in [
        "<title>",
        "<script>",
        "<style>",
        "<textarea>",
        "<noscript>",
        "<template>",
        "<xmp>",
        "<plaintext>",
        "<iframe>",
        "<noembed>",
        "<noframes>",
        "<select>",
        "<svg>",
        "<math>",
        "<!-- x",
        "<details>",
        "<SCRIPT src=x>",
        "<?php",
        "<!DOCTYPE html",
        "<![CDATA[ x",
        "<table><tr>",
        "<frameset>",
        "<option>",
        "<button>",
        "<a href='x",
        "<b a\"><script>",
        "<String>",
    ] {
        for text in [
            format!("# A\n\nUse {open} in *every* page.\n\n## Decision\n\nWe **keep** JWT.\n"),
            format!("# A\n\n{open}\nin *every* page.\n\n## Decision\n\nWe **keep** JWT.\n"),
            format!("# A\n\n- {open}\n\n## Decision\n\nWe **keep** JWT.\n"),
        ] {
            let rendered = render(&text);
            assert!(
                rendered.contains("We <strong>keep</strong> JWT."),
                "{text}\n{rendered}"
            );
            assert!(rendered.contains("Decision</h"), "{text}\n{rendered}");
            assert!(!rendered.contains("<details>"), "{text}\n{rendered}");
            let name: String = open.chars().filter(char::is_ascii_alphabetic).collect();
            let shown = rendered
                .replace("&lt;", "")
                .replace("&gt;", "")
                .replace("&quot;", "");
            let shown = shown.replace(|c: char| !c.is_ascii_alphabetic(), "");
            let is_shown = open.starts_with("<table") || shown.contains(&name);
            assert!(is_shown, "{text}\n{rendered}");
        }
    }
}

#[test]
fn html_that_a_page_may_hold_is_markup_and_the_rest_is_text() {
    for (text, html) in [
        ("H<sub>2</sub>O <B>x</B>", "H<sub>2</sub>O <b>x</b>"),
        ("a <!-- hidden --> b <!--> c", "<p>a  b  c</p>"),
        ("<!-- hidden\n\n# Hidden -->\n\nb", "<p>b</p>"),
        ("Vec<u8> and <img>", "Vec&lt;u8&gt; and &lt;img&gt;"),
        ("<center><img src=x alt=y></center>\n\nb", "<p>b</p>"),
        (
            "<details><summary>More</summary>\n\n*b*\n\n</details>",
            "<details><summary>More</summary>\n<p><em>b</em></p>\n</details>",
        ),
        (
            "<script>\na < b\n\nc\n</script>\n\nb",
            "<code>&lt;script&gt;\na &lt; b\n\nc\n&lt;/script&gt;\n</code></pre>\n<p>b</p>",
        ),
        (
            "<table>\n<tr><td align=right>1</td></tr>\n</table>",
            "<td align=\"right\">1</td>",
        ),
    ] {
        let rendered = render(text);
        assert!(rendered.contains(html), "{text}\n{rendered}");
    }
}

#[test]
fn hostile_html_takes_no_time() {
    let formats = (0..20_000).map(|number| format!("<b a={number}><i b={number}>x\n\n"));
    for text in [
        "<div>".repeat(90_000),
        formats.collect(),
        "<!-- x\n\n".repeat(50_000),
        "<script>\n".repeat(50_000),
        "<details>\n\n".repeat(40_000) + &"</details>\n\n".repeat(40_000),
        "<a b ".repeat(90_000),
    ] {
        let start = std::time::Instant::now();
        let rendered = render(&text);
        assert!(start.elapsed().as_secs() < 20, "{}", &text[..40]);
        assert!(rendered.len() < 40 * text.len(), "{}", &text[..40]);
    }
}

/// What no tag may be, or have.
const BAD: [&str; 26] = [
    "<script",
    "<style",
    "<img",
    "<iframe",
    "<svg",
    "<math",
    "<object",
    "<embed",
    "<form",
    "<input",
    "<button",
    "<link",
    "<meta",
    "<base",
    "<main",
    "<body",
    "<video",
    "<audio",
    " on",
    " style=",
    " src=",
    "evil",
    "=\"javascript",
    "=\"data:",
    "id=\"q\"",
    "running",
];

/// Returns the tags of some HTML, without the values of attributes that are only words.
fn list_tags(html: &str) -> String {
    let parts = html.split('<').skip(1);
    let tags = parts.map(|part| part.split('>').next().unwrap_or_default());
    let tags = tags.map(|tag| tag.split(" data-language=").next().unwrap_or_default());
    tags.map(|tag| format!("<{tag}>")).collect()
}

#[test]
fn what_a_section_leaves_open_ends_with_it() {
    let text = "# A\n\n<div><b><table>\n\n## 2026-01-11 10:00 UTC\n\n```\ncode\n\n## 2026-01-12 10:00 UTC\n\nlater *text*\n";
    let rendered = render(text);
    assert!(rendered.contains("<em>text</em>"), "{rendered}");
    assert!(
        rendered.ends_with("</p>\n") || rendered.contains("later"),
        "{rendered}"
    );
}

#[test]
fn headings_have_anchors_leave_out_no_level_and_do_not_repeat_the_title() {
    let text = "# Title\n\n#### Deep\n\n## Notes\n\n## Notes\n\n# Other\n\n##### Deeper\n";
    let rendered = render_titled(text, "Title");
    assert!(!rendered.contains(">Title<"), "{rendered}");
    for part in [
        "<span id=\"L3\"></span><h2 id=\"s-deep\">Deep</h2>",
        "<h2 id=\"s-notes\">Notes</h2>",
        "<h2 id=\"s-notes--2\">Notes</h2>",
        "<h2 id=\"s-other\">Other</h2>",
        "<h3 id=\"s-deeper\">Deeper</h3>",
    ] {
        assert!(rendered.contains(part), "{part}\n{rendered}");
    }
}

#[test]
fn deep_nesting_and_odd_bytes_are_survived() {
    let quotes = ">".repeat(20_000) + " deep";
    assert!(render(&quotes).contains("deep"));
    let lists: String = (0..500)
        .map(|depth| " ".repeat(2 * depth) + "- a\n")
        .collect();
    assert!(render(&lists).contains('a'));
    let tags = "<div>".repeat(20_000) + "deep";
    assert!(render(&tags).contains("deep"));
    assert!(render("a\0b\u{202e}c").contains('b'));
    assert_eq!(render(""), "<span id=\"L1\"></span>");
}
