use crate::markdown::tags::{find_tags, is_inline_tag, tag_from_words};
use crate::model::Tag;

fn found(text: &str) -> Vec<String> {
    let mut tags = Vec::new();
    find_tags(text, None, &mut tags);
    tags.iter().map(|tag| tag.as_str().to_owned()).collect()
}

#[test]
fn tags_of_any_script_are_found() {
    for (text, tags) in [
        ("#auth #progress", &["auth", "progress"][..]),
        ("see (#a), [#b] \"#c\" '#d'", &["a", "b", "c", "d"]),
        (
            "#über #日本語 #тег #हिन्दी #e\u{301}t\u{e9}",
            &["über", "日本語", "тег", "हिन्दी", "e\u{301}t\u{e9}"],
        ),
        ("#می\u{200c}خواهم.", &["می\u{200c}خواهم"]),
        ("#a/b-c_d, #a/ #b- #c_", &["a/b-c_d", "a", "b", "c"]),
        ("#2026-goals #1a #v1.2", &["2026-goals", "1a", "v1"]),
        ("#a#b", &["a"]),
        ("中文，#标签 続き。#タグ", &["标签", "タグ"]),
        ("#_private", &["_private"]),
        ("tab\t#x\u{a0}#y\r", &["x", "y"]),
    ] {
        assert_eq!(found(text), tags, "{text}");
    }
}

#[test]
fn what_is_no_tag_is_left() {
    for text in [
        "#",
        "# x",
        "##",
        "##x",
        "#123",
        "#1-2",
        "#12/34",
        "#-",
        "#/usr",
        "#!bin",
        "C#",
        "a#b",
        "https://x.y/#top",
        "&#x",
        "x/#y",
        "#\u{301}",
        "{#id}",
        "#①②",
        "#-x",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn any_words_become_a_tag() {
    for (text, tag) in [
        ("my project", Some("my-project")),
        (" #a, b\tc ", Some("a-b-c")),
        ("C++", Some("C++")),
        (" , ", None),
        ("", None),
    ] {
        assert_eq!(
            tag_from_words(text).as_ref().map(Tag::as_str),
            tag,
            "{text}"
        );
    }
}

#[test]
fn a_tag_that_reads_back_is_known() {
    let reads_back = |text| is_inline_tag(&Tag::new(text).expect("a tag"));
    assert!(reads_back("auth") && reads_back("日本") && reads_back("a/b"));
    assert!(!reads_back("123") && !reads_back("c++") && !reads_back("a/") && !reads_back("a.b"));
}
