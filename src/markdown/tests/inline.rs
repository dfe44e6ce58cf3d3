use crate::markdown::inline::{relative_target, wiki_target};

#[test]
fn wiki_targets_lose_heading_and_space() {
    for (text, target) in [
        ("a/b.md", Some("a/b.md")),
        (" Some  Title ", Some("Some Title")),
        ("a#Heading", Some("a")),
        ("a.md#^block", Some("a.md")),
        ("#Heading", None),
        ("", None),
        ("  ", None),
        ("C# notes", Some("C# notes")),
        ("F#", Some("F#")),
        ("https://x.y/a", None),
        ("a: b", Some("a: b")),
        ("a\\", Some("a")),
    ] {
        assert_eq!(wiki_target(text).as_deref(), target, "{text:?}");
    }
}

#[test]
fn only_relative_markdown_files_are_targets() {
    for (text, target) in [
        ("a.md", Some("a.md")),
        ("../x/a%20b.md#h", Some("../x/a b.md")),
        ("./a.md?x", Some("./a.md")),
        ("%E6%97%A5.md", Some("日.md")),
        ("100%.md", Some("100%.md")),
        ("%FF.md", Some("%FF.md")),
        ("notes:1.md/a:b.md", None),
        ("2026-01-11 10:30.md", Some("2026-01-11 10:30.md")),
        ("a.txt", None),
        ("#h", None),
        ("https://x.y/a.md", None),
        ("//x.y/a.md", None),
        ("/a.md", None),
        ("mailto:a.md", None),
        ("a%00.md", None),
    ] {
        assert_eq!(relative_target(text).as_deref(), target, "{text:?}");
    }
}
