//! What holds for any text.

use super::super::Redactor;
use super::{LETTERS, clean, random};
use proptest::prelude::*;

/// Pieces that mean something to the scanners.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "password",
        "PASSWORD",
        "token",
        "api_key",
        "Authorization",
        "Bearer ",
        "Basic ",
        "Cookie",
        "Set-Cookie",
        "key",
        "=",
        ":",
        " = ",
        ": ",
        "\"",
        "'",
        "`",
        "\\",
        "\\\"",
        "\\n",
        "\n",
        "<",
        ">",
        "</",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "|",
        "@",
        "://",
        "https://",
        "user:",
        "-",
        "--",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END RSA PRIVATE KEY-----",
        "-----BEGIN ",
        "<private>",
        "</private>",
        "<PRIVATE",
        "eyJ",
        "eyJhbGciOi",
        ".eyJ",
        "ghp_",
        "sk-",
        "sk-ant-",
        "xoxb-",
        "AKIA",
        "glpat-",
        "[redacted:",
        "[redacted:jwt]",
        "[redacted:password]",
        "[redacted:private]",
        "${",
        "…",
        "...",
        "é",
        "密码：",
        "🔑",
        "\u{1b}[31m",
        "curl -u ",
        "mysql -p",
        "--password ",
        "login me password ",
        "IDENTIFIED BY '",
        "Private-Lines: 2\n",
        "**",
        "name: DB_PASSWORD\n  value: ",
        "password: |\n  ",
        "hooks.slack.com/services/",
        "12345678:AA",
        "SG.",
        "Q~",
        "\0",
        "mnemonic: ",
        "value=",
        ";",
        ",",
        "&",
        "?",
        "/",
    ]);
    prop_oneof![
        4 => known.prop_map(str::to_owned),
        1 => (1usize..80, any::<u64>()).prop_map(|(length, seed)| random(LETTERS, length, seed)),
        1 => "[a-z]{1,8}",
        1 => "\\PC{0,4}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn twice_is_as_once(text in text()) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
    }

    #[test]
    fn a_cut_text_is_short_and_the_beginning_of_the_whole(text in text(), most in 0usize..60) {
        let redactor = Redactor::plain();
        let cut = redactor.clean_and_cut(&text, most);
        prop_assert!(cut.chars().count() <= most);
        let whole = redactor.clean(&text);
        prop_assert!(cut == whole || whole.starts_with(cut.trim_end_matches('…')));
    }

    #[test]
    fn nothing_private_is_left(before in text(), middle in text(), after in text(), seed in any::<u64>()) {
        let secret = format!("zq{}", random("bcdfghjklmnpqrstvwxz", 12, seed));
        for text in [
            format!("{before}<private>{secret}{middle}</private>{after}"),
            format!("{before}<Private>{middle}</private"),
            format!("{before}<private>{middle}{secret}"),
        ] {
            // What a part closes that was opened before it is not private any more.
            if middle.contains("/private") || before.to_ascii_lowercase().contains("private") {
                continue;
            }
            prop_assert!(!clean(&text).contains(&secret), "{}", text);
        }
    }

    #[test]
    fn words_stay(text in "([a-z]{1,12}[ ,.;\n]{1,2}){0,40}") {
        prop_assert_eq!(clean(&text), text);
    }
}

/// Texts that make a scanner read the same again and again take no longer than others.
#[test]
fn hostile_texts_take_no_time() {
    for piece in [
        "sk-ant-",
        "eyJ.",
        "eyJhbGciOi.",
        "password=\"",
        "password='",
        "://a:",
        "https://",
        "-----BEGIN RSA PRIVATE KEY-----",
        "<private>",
        "<private ",
        "</private>",
        "hooks.slack.com/services/",
        "AKIAAAAAAAAAAAAAAAAA/",
        "[redacted:",
        "a:",
        "=",
        "-",
        "--",
        "> ",
        "\\",
        "\\\"",
        "password: |\n",
        "key ",
        "x-",
        "Cookie: a=",
        "Authorization: ",
        "login a password ",
        "name: password value: ",
        "0x",
        "A1",
        "eyJa1.",
        "ghp_",
        "Bearer ",
        "mysql -p ",
        "{",
        "([",
        "'",
        "token \"",
        "mnemonic: ",
        "net use ",
        "4111 ",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let once = clean(&text);
        assert_eq!(clean(&once), once, "{piece}");
    }
}
