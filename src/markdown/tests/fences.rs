use crate::markdown::enclosure::Enclosure;
use crate::markdown::note_heading::is_note_heading;
use crate::markdown::oversize::find_block_end;

#[test]
fn blocks_end_where_the_parser_ends_them() {
    for (block, rest) in [
        ("```rust\n# a\n\n~~~\n``\n    ```\n```\n", "# b\n"),
        ("~~~~\n~~~\n~~~~~  \r\n", "x"),
        ("<!-- a\n\n# b\nc --> d\n", "# e"),
        ("<PRE>\n\n# a\n</PRE>\n</pre>\n", "b"),
        ("<div>\n# a\n\n", "# b"),
        ("text\n# no\n", ""),
    ] {
        let text = format!("{block}{rest}");
        let end = if rest.is_empty() { 5 } else { block.len() };
        assert_eq!(find_block_end(&text, 0), end, "{text:?}");
    }
    assert_eq!(find_block_end("- a\n\n  b\n\nc", 0), 10);
    assert_eq!(find_block_end("> a\n", 0), 4);
    assert_eq!(find_block_end("```\nnever closed", 0), 16);
}

/// Returns what stands before the note that would be swallowed.
fn before_swallowed(text: &str) -> Option<&str> {
    let first = text.lines().next().expect("a line");
    let enclosure = Enclosure::opened_by(first).expect("it opens a block");
    let note = enclosure.find_swallowed_note(text, 0, is_note_heading);
    note.map(|note| &text[..note])
}

const NOTE: &str = "## 2026-01-11 10:30 UTC\n";

#[test]
fn a_note_ends_what_was_left_open() {
    for open in [
        "```\ncut\n\n",
        "~~~~ diff\n~~~\n\n",
        "<!-- todo\n\n",
        "<pre>\ncut\n\n",
        "<script src='x'>\n\n",
        "<STYLE>\n\n",
        "<textarea>\n\n",
        "<?php\n\n",
        "<!DOCTYPE\n\n",
        "<![CDATA[\n\n",
        "<div>\n",
    ] {
        for behind in [
            "text\n",
            "```rust\ncode\n```\n",
            "```\ncode\n```\n",
            "```\na\n```\n\n```rust\nb\n```\n",
            "a --> b\n> c\n<!-- d -->\n<pre>e</pre>\n?> ]]>\n",
            "~~~~\ncode\n~~~~\n",
        ] {
            let text = format!("{open}{NOTE}\n{behind}");
            assert_eq!(before_swallowed(&text), Some(open), "{text}");
        }
    }
}

#[test]
fn a_closed_block_keeps_a_note_as_text() {
    for text in [
        "```markdown\nNOTE\ntext\n```\n",
        "```\nNOTE\ntext\n\nNOTE\nmore\n```\n\nthen\n\n```diff\n- cut\n",
        "~~~\nNOTE~~~\n\n~~~\nother\n~~~\n\nNOTE",
        "````md\n```rust\nx\n```\nNOTE````\n",
        "<!--\nNOTE\nold\n-->\n",
        "<pre>\nNOTE</pre>\n",
        "<!-- one line -->\nNOTE",
    ] {
        let text = text.replace("NOTE", NOTE);
        assert_eq!(before_swallowed(&text), None, "{text}");
    }
}
