//! What holds for every text: what was put in comes out again, and nothing else moves.

use super::{Emptied, Item, Json, Kind, Node, Strictness, Style, insert, parse, remove};
use proptest::prelude::*;

fn read(text: &str) -> Node {
    let parsed = parse(text, Strictness::Comments);
    parsed
        .unwrap_or_else(|fault| panic!("{fault:?} in {text:?}"))
        .expect("a value")
}

/// Returns every container, as the path of indexes that leads to it.
fn containers(node: &Node) -> Vec<Vec<usize>> {
    let children: Vec<&Node> = match &node.kind {
        Kind::Object(members) => members.iter().map(|member| &member.value).collect(),
        Kind::Array(elements) => elements.iter().collect(),
        _ => return Vec::new(),
    };
    let mut found = vec![Vec::new()];
    for (n, child) in children.into_iter().enumerate() {
        found.extend(containers(child).into_iter().map(|mut path| {
            path.insert(0, n);
            path
        }));
    }
    found
}

fn follow<'a>(root: &'a Node, path: &[usize]) -> &'a Node {
    path.iter().fold(root, |node, index| match &node.kind {
        Kind::Object(members) => &members[*index].value,
        Kind::Array(elements) => &elements[*index],
        _ => panic!("no container"),
    })
}

fn ours() -> Json {
    Json::Object(vec![
        ("type", Json::text("command")),
        (
            "hooks",
            Json::Array(vec![Json::Number(5), Json::Bool(true)]),
        ),
    ])
}

fn put(text: &str, path: &[usize]) -> String {
    let root = read(text);
    let container = follow(&root, path);
    let value = ours();
    let item = match container.kind {
        Kind::Object(_) => Item::Member("ours", &value),
        _ => Item::Element(&value),
    };
    let mut new = text.to_owned();
    insert(&mut new, container, &Style::of(text, &root), item);
    new
}

fn take(text: &str, path: &[usize]) -> (String, Emptied) {
    let root = read(text);
    let container = follow(&root, path);
    let mut new = text.to_owned();
    let emptied = remove(&mut new, container, container.items().len() - 1);
    (new, emptied)
}

fn space() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(String::new()),
        3 => Just(" ".to_owned()),
        2 => Just("\n".to_owned()),
        2 => Just("\n    ".to_owned()),
        1 => Just("\r\n\t".to_owned()),
        1 => Just("\n\n\n  ".to_owned()),
        1 => Just(" // a, \"b\" {\n".to_owned()),
        1 => Just("/* c, ] */".to_owned()),
        1 => Just("\n  // d\n  /* e */ // f\r\n".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1.50e3".to_owned()),
        Just("null".to_owned()),
        Just(r#""// \" /* ,""#.to_owned()),
        Just("\"ünï 🦀\"".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = prop::collection::vec((space(), inner, space()), 0..4);
        (any::<bool>(), items, space(), any::<bool>()).prop_map(
            |(object, items, inside, trailing)| {
                let count = items.len();
                let mut text = String::new();
                for (n, (before, value, after)) in items.into_iter().enumerate() {
                    let key = if object {
                        format!("\"k{n}\":{before}")
                    } else {
                        String::new()
                    };
                    let comma = if n + 1 < count || trailing { "," } else { "" };
                    text.push_str(&format!("{before}{key}{value}{after}{comma}"));
                }
                let (open, close) = if object { ('{', '}') } else { ('[', ']') };
                format!("{open}{text}{inside}{close}")
            },
        )
    })
}

fn document() -> impl Strategy<Value = String> {
    (any::<bool>(), space(), value(), space()).prop_map(|(mark, before, value, after)| {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{before}{{\"root\":{value}}}{after}")
    })
}

proptest! {
    #[test]
    fn what_was_put_in_comes_out_again(text in document(), choice in any::<prop::sample::Index>()) {
        let paths = containers(&read(&text));
        let path = choice.get::<Vec<usize>>(&paths);
        let with = put(&text, path);
        let twice = put(&with, path);
        let (once, _) = take(&twice, path);
        prop_assert_eq!(&once, &with);
        let (without, emptied) = take(&with, path);
        prop_assert_eq!(&without, &text);
        prop_assert_ne!(emptied, Emptied::Useless);
    }

    #[test]
    fn nothing_else_moves(text in document(), choice in any::<prop::sample::Index>()) {
        let paths = containers(&read(&text));
        let with = put(&text, choice.get::<Vec<usize>>(&paths));
        // All former bytes are there, in their order.
        let mut rest = with.bytes();
        prop_assert!(text.bytes().all(|byte| rest.any(|other| other == byte)));
    }

    #[test]
    fn any_item_can_be_taken_out(text in document(), choice in any::<prop::sample::Index>(), which in any::<prop::sample::Index>()) {
        let root = read(&text);
        let paths = containers(&root);
        let container = follow(&root, choice.get::<Vec<usize>>(&paths));
        let count = container.items().len();
        if count == 0 {
            return Ok(());
        }
        let mut new = text.clone();
        remove(&mut new, container, which.index(count));
        let left = follow(&read(&new), choice.get::<Vec<usize>>(&paths)).items().len();
        prop_assert_eq!(left, count - 1, "{}", new);
    }

    #[test]
    fn no_text_is_a_crash(text in "[\\[\\]{}:,\"/* \n0-9a-z\\\\é]{0,40}") {
        let _ = parse(&text, Strictness::Comments);
        let _ = parse(&text, Strictness::Json);
    }
}

#[test]
fn what_is_made_with_its_container_goes_with_it() {
    let mut text = "{\"a\": 1}".to_owned();
    let root = read(&text);
    let value = Json::Object(vec![("only", ours())]);
    insert(
        &mut text,
        &root,
        &Style::of("{\"a\": 1}", &root),
        Item::Member("b", &value),
    );
    assert_eq!(take(&text, &[1]).1, Emptied::Useless);
    let pretty = super::pretty(&Json::Object(vec![("only", ours())]));
    assert_eq!(take(&pretty, &[]), ("{}\n".to_owned(), Emptied::Useless));
}
