use crate::markdown::parse_document;
use crate::markdown::session_entry::{
    NewEntry, NewSection, blank_lines_before, new_entry, render_section,
};
use crate::model::{Tag, Timestamp, Zone};

fn time(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("a time")
}

fn tags(tags: &[&str]) -> Vec<Tag> {
    tags.iter().filter_map(|tag| Tag::new(tag)).collect()
}

fn note(message: &str) -> NewSection {
    NewSection {
        time: Some(time("2026-01-11T10:30:00Z")),
        tags: Vec::new(),
        message: message.to_owned(),
        links: Vec::new(),
    }
}

fn entry(project: &str) -> NewEntry {
    NewEntry {
        project: project.to_owned(),
        default_tags: Vec::new(),
        created: time("2026-01-11T10:30:00Z"),
        section: note("Initial session message here."),
    }
}

#[test]
fn a_new_entry_is_written_as_specified() {
    let expected = "---\ntitle: MyProject Sessions\ntags:\n  - myproject\n  - sessions\n\
                    created: '2026-01-11T10:30:00Z'\n---\n\n# Session Log\n\n\
                    Session notes for myproject.\n\n## 2026-01-11 10:30 UTC\n\n\
                    Initial session message here.\n";
    assert_eq!(new_entry(&entry("MyProject")), expected);
}

#[test]
fn a_section_is_written_as_specified() {
    let mut new = note("Fixed authentication module, added OAuth2 support.");
    new.time = Some(time("2026-01-11T14:45:59Z"));
    new.tags = tags(&["auth", "progress", "Auth"]);
    new.links = vec![
        "patterns/oauth2.md".into(),
        "projects/myapp/tests.md".into(),
    ];
    let expected = "## 2026-01-11 14:45 UTC\n\n#auth #progress\n\n\
                    Fixed authentication module, added OAuth2 support.\n\n\
                    Related: [[patterns/oauth2.md]], [[projects/myapp/tests.md]]\n";
    assert_eq!(render_section(&new), expected);
    new.time = Some(time("2026-01-11T15:45:00+01:00"));
    new.tags.clear();
    new.links.clear();
    new.message = "a\n".into();
    assert_eq!(render_section(&new), "## 2026-01-11 15:45 +01:00\n\na\n");
    new.time = None;
    assert_eq!(render_section(&new), "a\n");
}

#[test]
fn the_message_is_never_altered() {
    for message in ["a", " a\n\n\n", "a\r\nb\r\n", "\ta  ", "---\n", "\n\nx\n"] {
        let mut new = note(message);
        new.time = None;
        let line_feed = if message.ends_with('\n') { "" } else { "\n" };
        assert_eq!(render_section(&new), format!("{message}{line_feed}"));
        new.links = vec!["x".into()];
        assert!(render_section(&new).starts_with(message));
    }
}

#[test]
fn tags_come_in_order_and_once() {
    let mut new = entry("Sessions");
    new.default_tags = tags(&["team", "sessions", "TEAM", "yes", "1.0"]);
    let text = new_entry(&new);
    assert!(
        text.contains("tags:\n  - sessions\n  - team\n  - 'yes'\n  - '1.0'\ncreated"),
        "{text}"
    );
    assert!(new_entry(&entry("My App, v2")).contains("  - my-app-v2\n"));
}

#[test]
fn any_project_name_reads_back() {
    for (project, line) in [
        ("a: b", "title: 'a: b Sessions'"),
        ("#x", "title: '#x Sessions'"),
        ("\"q\"", "title: '\"q\" Sessions'"),
        ("it's", "title: 'it''s Sessions'"),
        ("-dash", "title: '-dash Sessions'"),
        ("yes", "title: yes Sessions"),
        ("1.0", "title: 1.0 Sessions"),
        ("日本語", "title: 日本語 Sessions"),
        ("C:\\tab\t", "title: C"),
        (
            "back\\\u{1}slash",
            "title: \"back\\\\\\u0001slash Sessions\"",
        ),
        ("{a}", "title: '{a} Sessions'"),
        ("🚀", "title: '🚀 Sessions'"),
    ] {
        let text = new_entry(&entry(project));
        let document = parse_document(&text, Zone::UTC);
        let title = format!("{} Sessions", project.trim());
        assert_eq!(document.problems, [], "{text}");
        assert_eq!(document.title.as_deref(), Some(title.as_str()), "{text}");
        assert!(
            text.lines().any(|l| l.starts_with(line)) || project.contains('\t'),
            "{text}"
        );
    }
    assert!(new_entry(&entry("")).starts_with("---\ntitle: Sessions\ntags:\n  - sessions\n"));
}

#[test]
fn one_empty_line_stands_before_an_appended_block() {
    for (tail, expected) in [
        ("", ""),
        ("\u{feff}", ""),
        ("a", "\n\n"),
        ("a\n", "\n"),
        ("a\n\n", ""),
        ("a\n\n\n", ""),
        ("a\r\n", "\n"),
        ("a\r\n\r\n", ""),
        ("a\n  \n", ""),
        ("a\n  ", "\n"),
        ("\n", ""),
        (" ", "\n"),
        ("a\n\nb\n", "\n"),
        ("a\n\nb", "\n\n"),
    ] {
        assert_eq!(blank_lines_before(tail.as_bytes()), expected, "{tail:?}");
    }
}
