use crate::markdown::front_matter::{Front, find_front_matter};
use crate::model::{FrontMatter, Tag, Timestamp, Zone};

fn read(text: &str) -> Front {
    find_front_matter(text, Zone::UTC)
}

fn reasons(front: &Front) -> Vec<(u32, &str)> {
    let problems = front.problems.iter();
    problems.map(|p| (p.line, p.reason.as_str())).collect()
}

fn tags(front: &Front) -> Vec<&str> {
    front.values.tags.iter().map(Tag::as_str).collect()
}

#[test]
fn all_known_keys_are_read() {
    let text = "---\ntitle: A\ntags: [x, y, X]\ncreated: '2026-01-11T10:30:00Z'\n\
                updated: 2026-01-12\ndescription: >\n  long\n  text\naliases:\n- B\n- C c\n\
                project: p\nother: {a: [1]}\n---\nbody";
    let front = read(text);
    assert_eq!(reasons(&front), []);
    assert_eq!(&text[front.text..], "body");
    assert_eq!(front.values.title.as_deref(), Some("A"));
    assert_eq!(tags(&front), ["x", "y"]);
    assert_eq!(front.values.description.as_deref(), Some("long text"));
    assert_eq!(front.values.aliases, ["B", "C c"]);
    assert_eq!(front.values.project.as_deref(), Some("p"));
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
    assert_eq!(
        time(front.values.created).as_deref(),
        Some("2026-01-11T10:30:00Z")
    );
    assert_eq!(
        time(front.values.updated).as_deref(),
        Some("2026-01-12T00:00:00Z")
    );
}

#[test]
fn the_entry_of_a_session_says_when_it_began() {
    let began = |yaml: &str| {
        let front = read(&format!("---\n{yaml}---\n"));
        assert_eq!(reasons(&front), []);
        front.session.map(|time| time.to_string())
    };
    let started = Some("2025-03-21T15:30:22+01:00".to_owned());
    let by_id = Some("2025-03-21T14:30:22Z".to_owned());
    let session = "session: 20250321-143022\n";
    assert_eq!(
        began(&format!("{session}started: '2025-03-21T15:30:22+01:00'\n")),
        started
    );
    assert_eq!(began(session), by_id);
    assert_eq!(began(&format!("{session}started: soon\n")), by_id);
    assert_eq!(began("session: 3\nstarted: 2025-03-21\n"), None);
    assert_eq!(began("started: 2025-03-21\n"), None);
}

#[test]
fn scalars_keep_their_spelling() {
    for (value, title) in [
        ("1.10", Some("1.10")),
        ("true", Some("true")),
        ("yes", Some("yes")),
        ("0x1F # c", Some("0x1F")),
        ("1e999", Some("1e999")),
        (".nan", Some(".nan")),
        ("-7", Some("-7")),
        ("2026-01-11", Some("2026-01-11")),
        ("''", None),
        ("", None),
        ("~", None),
        ("'null'", Some("null")),
        ("日本 1", Some("日本 1")),
        (
            "99999999999999999999999999999999999999999",
            Some("99999999999999999999999999999999999999999"),
        ),
    ] {
        let front = read(&format!("---\nä: ü\ntitle: {value}\n---\n"));
        assert_eq!(reasons(&front), [], "{value}");
        assert_eq!(front.values.title.as_deref(), title, "{value}");
    }
}

#[test]
fn tags_may_be_written_in_many_ways() {
    for (value, expected) in [
        ("[a, b]", &["a", "b"][..]),
        ("a, b", &["a", "b"]),
        ("'#a'", &["a"]),
        ("[1, true]", &["1", "true"]),
        ("\n- a\n- two words\n-\n", &["a", "two-words"]),
        ("", &[]),
        ("a", &["a"]),
        ("[]", &[]),
    ] {
        let front = read(&format!("---\ntags: {value}\n---\n"));
        assert_eq!(
            (reasons(&front), tags(&front)),
            (vec![], expected.to_vec()),
            "{value}"
        );
    }
}

#[test]
fn a_wrong_type_is_a_problem_and_the_rest_counts() {
    let front =
        read("---\ntitle: [a]\ntags: {a: b}\ncreated: soon\naliases: [[x], y]\nproject: p\n---\n");
    assert_eq!(
        reasons(&front),
        [
            (2, "front matter: title is not text"),
            (3, "front matter: tags is not a list of tags"),
            (4, "front matter: created is not a date or time: 'soon'"),
            (5, "front matter: aliases is not a list of titles"),
        ]
    );
    assert_eq!(front.values.aliases, ["y"]);
    assert_eq!(front.values.project.as_deref(), Some("p"));
}

#[test]
fn a_key_twice_is_a_problem_and_the_last_counts() {
    let front = read("---\ntitle: a\ntags: [x]\ntitle: b\n---\n");
    assert_eq!(front.values.title.as_deref(), Some("b"));
    assert_eq!(tags(&front), ["x"]);
    assert_eq!(front.problems.len(), 1);
    assert_eq!(front.problems[0].line, 4);
}

#[test]
fn marks_line_endings_and_fences_vary() {
    for text in [
        "---\ntitle: a\n---\nb",
        "\u{feff}---\ntitle: a\n---\nb",
        "---\r\ntitle: a\r\n---\r\nb",
        "--- \ntitle: a\n...\nb",
        "---\n\n# c\ntitle: a\n--- \t\r\nb",
    ] {
        let front = read(text);
        assert_eq!(front.values.title.as_deref(), Some("a"), "{text:?}");
        assert_eq!(
            (&text[front.text..], front.markdown),
            ("b", front.text),
            "{text:?}"
        );
    }
    assert_eq!(read("---\n---").text, 7);
    assert_eq!(read("---\n# only a comment\n---\n").problems.len(), 0);
}

#[test]
fn broken_yaml_is_text_with_a_problem_in_its_line() {
    let text = "---\ntitle: ok\nbad: [\n---\n# H\n";
    let front = read(text);
    assert_eq!((front.text, &text[front.markdown..]), (0, "# H\n"));
    assert_eq!(front.values, FrontMatter::default());
    assert_eq!(front.problems.len(), 1);
    assert!(
        (3..=4).contains(&front.problems[0].line),
        "{:?}",
        front.problems
    );
    let front = read("---\ntitle: Foo: bar\n---\n");
    assert_eq!(front.problems[0].line, 2, "{:?}", front.problems);
}

#[test]
fn a_thematic_break_is_no_front_matter() {
    for text in [
        "---",
        "---\n",
        "---\n\ntext\n\n---\n",
        "--- x\ntitle: a\n---\n",
        " ---\na: b\n---\n",
        "----\na: b\n----\n",
        "a\n---\ntitle: x\n---\n",
        "---\n- a\n---\n",
    ] {
        let front = read(text);
        assert_eq!(
            (front.text, front.markdown, reasons(&front)),
            (0, 0, vec![]),
            "{text:?}"
        );
    }
    assert_eq!(
        reasons(&read("---\ntitle: x\n\ntext")),
        [(1, "front matter has no closing ---")]
    );
}

#[test]
fn bombs_and_long_blocks_are_text() {
    for yaml in [
        "a: &a [x]\nb: [*a, *a]\n".to_owned(),
        format!("a: {}\n", "[".repeat(1000)),
        format!("a: {}\n", "x".repeat(70_000)),
    ] {
        let front = read(&format!("---\n{yaml}---\nbody"));
        assert_eq!((front.text, front.problems.len()), (0, 1));
        assert!(front.markdown > yaml.len());
    }
}
