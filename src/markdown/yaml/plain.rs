//! The plainest YAML mappings, read without the parser: keys with a scalar or a list of scalars,
//! each on a line, as this program itself writes them. Ten times as fast, and most front matter is
//! like this.

use super::value::{MappingField, Value};

/// A longer text is left to the parser, which has a budget.
const MAX_BYTES: usize = 4096;

/// Reads a mapping, if it is so plain that the parser would say just the same.
pub(super) fn plain_fields(text: &str) -> Option<Vec<MappingField>> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut fields: Vec<MappingField> = Vec::new();
    let mut in_list = false;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(item) = line.strip_prefix("  - ").filter(|_| in_list) {
            let item = plain_scalar(item)?;
            match &mut fields.last_mut()?.value {
                Value::List(items) => items.push(item),
                value => *value = Value::List(vec![item]),
            }
            continue;
        }
        let (key, rest) = line.split_once(':')?;
        let is_new = !fields.iter().any(|field| field.key == key);
        in_list = rest.is_empty();
        fields.push(MappingField {
            key: Some(key).filter(|key| is_new && is_key(key))?.to_owned(),
            line: u32::try_from(at + 1).ok()?,
            value: match rest.strip_prefix(' ') {
                Some(value) => plain_scalar(value)?,
                None if in_list => Value::Null,
                None => return None,
            },
        });
    }
    Some(fields)
}

fn is_key(key: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    !key.is_empty() && key.bytes().all(is_letter) && key != "null"
}

fn plain_scalar(text: &str) -> Option<Value> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let inner = quoted.strip_suffix('\'')?;
        let good = !inner.contains(|c: char| c == '\'' || !(c == ' ' || c.is_ascii_graphic()));
        return good.then(|| Value::Scalar(inner.to_owned()));
    }
    let path = text.strip_prefix('~').filter(|path| path.starts_with('/'));
    let word = path.unwrap_or(text).trim_start_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" -_./+()".contains(&byte);
    let good = word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word.bytes().all(is_plain)
        && !word.ends_with(' ')
        && !word.eq_ignore_ascii_case("null");
    good.then(|| Value::Scalar(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::mapping::by_parser;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;

    #[test]
    fn what_this_program_writes_is_plain() {
        let text = "title: my-api 20250321-143022\ntags:\n  - my-api\n  - sessions\n\
                    session: 20250321-143022\nstarted: '2025-03-21T14:30:22Z'\n\
                    directories:\n  - ~/projects/my-api\n  - /srv/x\nempty:\n";
        let fields = plain_fields(text).expect("plain");
        assert_eq!(fields.len(), 6);
        assert_eq!(fields, by_parser(text).expect("YAML").fields);
    }

    const PIECES: &[&str] = &[
        "a",
        "key",
        "null",
        "true",
        ":",
        ": ",
        ":\n",
        "\n",
        "\r\n",
        "\n  - ",
        "\n- ",
        "  ",
        " ",
        "'",
        "''",
        "\"",
        "#",
        " #",
        "-",
        "- ",
        "~",
        "~/",
        "/",
        "1",
        "1.0",
        "0x1F",
        "1e5",
        "2025-03-21",
        ".inf",
        "...",
        "---",
        "é",
        "\t",
        "\r",
        "[",
        "{",
        "&a",
        "*a",
        "!x",
        "|",
        ">",
        "?",
        "? ",
        "%",
        "@",
        "`",
        "<<",
        "y",
        "Null",
        "+1",
        "(a)",
        "_",
        ".",
    ];

    fn lines() -> impl Strategy<Value = String> {
        let value = select(
            &[
                "x",
                "'x: #y'",
                "''",
                "null",
                "~",
                "~/a/b",
                "/a",
                "1.10",
                "yes",
                "a b",
                "a  b",
                "- x",
                "2025-03-21",
                "1_0",
                "0o7",
                "-1",
                "+1",
                "a.",
                "a-",
                "a/",
                "(a)",
                "a(b",
                "//a",
                "1:2",
            ][..],
        );
        let line = (
            select(&["a", "b", "c", "d_e", "null", "true", "B"][..]),
            prop_oneof![
                value.clone().prop_map(|value| format!(" {value}\n")),
                vec(value, 0..3).prop_map(|items| {
                    let items = items.iter().map(|item| format!("  - {item}\n"));
                    format!("\n{}", items.collect::<String>())
                }),
            ],
        );
        vec(line, 0..5).prop_map(|lines| {
            lines
                .iter()
                .map(|(key, value)| format!("{key}:{value}"))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn the_parser_says_the_same(
            text in prop_oneof![
                lines(),
                vec(select(PIECES), 0..12).prop_map(|pieces| pieces.concat()),
                any::<String>(),
            ],
        ) {
            if let Some(fields) = plain_fields(&text) {
                let mapping = by_parser(&text).map(|mapping| (mapping.fields, mapping.duplicates));
                prop_assert_eq!(mapping, Ok((fields, vec![])), "{}", text);
            }
        }
    }
}
