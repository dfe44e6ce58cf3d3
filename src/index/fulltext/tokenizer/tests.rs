use super::chars::{Class, class_of};
use super::*;
use proptest::prelude::*;
use tantivy::tokenizer::{TokenStream, Tokenizer};

/// The terms of a text as `position:mark term`, the marks written `p` and `w`.
fn shown(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    scan_terms(text, |term| {
        let (mark, skip) = match term.form {
            Form::Surface => ("", 0),
            Form::Part => ("p ", 1),
            Form::Whole => ("w ", 1),
        };
        all.push(format!("{}:{mark}{}", term.position, &term.text[skip..]));
    });
    all
}

fn surfaces(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    scan_terms(text, |term| {
        if term.form != Form::Whole {
            all.push(term.word().to_owned());
        }
    });
    all
}

/// The surfaces, separated by spaces.
fn cut(text: &str) -> String {
    surfaces(text).join(" ")
}

#[test]
fn a_word_alone_is_a_surface() {
    assert_eq!(shown("Deploys!"), ["0:deploys"]);
    assert_eq!(shown("(deploy)"), ["0:deploy"]);
    assert_eq!(shown("Yes: done. So."), ["0:yes", "1:done", "2:so"]);
}

#[test]
fn a_word_of_letters_has_the_term_of_any_other_word() {
    for length in [
        1,
        2,
        TERM_LIMIT - 1,
        TERM_LIMIT,
        TERM_LIMIT + 1,
        3 * TERM_LIMIT,
    ] {
        for first in ["w", "W"] {
            let word = format!("{first}{}", "o".repeat(length - 1));
            // What is as if it were not there keeps it from being taken for a plain word.
            assert_eq!(shown(&word), shown(&format!("{word}\u{ad}")));
            let (two, other) = (
                format!("{word}, {word}"),
                format!("{word}\u{ad}, {word}\u{ad}"),
            );
            assert_eq!(shown(&two), shown(&other));
        }
    }
}

#[test]
fn a_compound_has_parts() {
    assert_eq!(shown("rate.limiters"), ["0:p rate", "1:p limiters"]);
    assert_eq!(shown("cve-2024"), ["0:p cve", "1:p 2024"]);
}

#[test]
fn a_cased_name_is_a_whole_too() {
    assert_eq!(
        shown("x rateLimit"),
        ["0:x", "1:p rate", "1:w ratelimit", "2:p limit"]
    );
    assert_eq!(
        shown("my/GitHub"),
        ["0:p my", "1:p git", "1:w github", "2:p hub"]
    );
}

#[test]
fn words_that_hyphens_join_are_a_whole_too() {
    assert_eq!(
        shown("rate-limiters"),
        ["0:p rate", "0:w ratelimiters", "1:p limiters"]
    );
    assert_eq!(
        shown("my_rateLimit"),
        [
            "0:p my",
            "0:w myratelimit",
            "1:p rate",
            "1:w ratelimit",
            "2:p limit"
        ]
    );
}

#[test]
fn emoji_are_found() {
    assert_eq!(cut("done ✅🎉"), "done ✅ 🎉");
    assert_eq!(cut("👍🏽"), cut("👍"));
    assert_eq!(cut("⚠\u{fe0f}"), "⚠");
}

#[test]
fn compounds_are_cut_at_connectors() {
    for (text, atoms) in [
        ("src/auth/rate-limiter.ts", "src auth rate limiter ts"),
        ("CVE-2024-3094", "cve 2024 3094"),
        ("std::fs::File", "std fs file"),
        ("user@host", "user host"),
        ("2026-01-11 14:45", "2026 01 11 14 45"),
        ("v1.2.3", "v1 2 3"),
        ("rate_limiter", "rate limiter"),
        ("C:\\dir\\file", "c dir file"),
        ("the end. Next", "the end next"),
        ("__init__", "init"),
        ("--no-refresh", "no refresh"),
        ("[[patterns/oauth2.md]]", "patterns oauth2 md"),
        ("don't", "don t"),
        ("1,000", "1 000"),
        ("", ""),
        ("-- ... ## →", ""),
    ] {
        assert_eq!(cut(text), atoms, "{text}");
    }
}

#[test]
fn compounds_are_cut_at_changes_of_case() {
    for (text, atoms) in [
        ("rateLimiter", "rate limiter"),
        ("RateLimiter", "rate limiter"),
        ("HTTPServer", "http server"),
        ("parseHTTPRequest2", "parse http request2"),
        ("E0502", "e0502"),
        ("oauth2", "oauth2"),
        ("oauth2Client", "oauth2 client"),
        ("base64Encode", "base64 encode"),
        ("10Gb", "10gb"),
        ("2024Q1", "2024q1"),
        ("sha256sum", "sha256sum"),
        ("URLs", "urls"),
        ("userIDsOf", "user ids of"),
        ("README", "readme"),
        ("ÄpfelÜber", "apfel uber"),
        ("ПриветМир", "привет мир"),
    ] {
        assert_eq!(cut(text), atoms, "{text}");
    }
}

#[test]
fn a_possessive_is_left_out() {
    assert_eq!(shown("server's"), ["0:server"]);
    assert_eq!(cut("the server’s config"), "the server config");
    assert_eq!(cut("'quoted's."), "quoted");
    assert_eq!(cut("it'said"), "it said");
    assert_eq!(cut("a's-b"), "a s b");
}

#[test]
fn a_letter_keeps_its_plus_signs_or_hash_as_a_whole() {
    assert_eq!(shown("C++,"), ["0:c", "0:w c++"]);
    assert_eq!(shown("F# C"), ["0:f", "0:w f#", "1:c"]);
    assert_eq!(shown("go++"), ["0:go"]);
}

#[test]
fn spellings_of_one_word_fold_to_one_surface() {
    for (text, folded) in [
        ("Café", "cafe"),
        ("cafe\u{301}", "cafe"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("ŁÓDŹ", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("İstanbul", "istanbul"),
        ("ısı", "isi"),
        ("ΟΔΟΣ", "οδοσ"),
        ("οδός", "οδοσ"),
        ("ёлка", "елка"),
        ("ｗｏｒｄ１", "word1"),
        ("ﬁle", "file"),
        ("x²", "x2"),
        ("in\u{ad}dex", "index"),
        ("in\u{200b}dex", "index"),
        ("\u{feff}index\u{200d}", "index"),
        ("كِتَاب", "كتاب"),
        ("1️⃣", "1"),
    ] {
        assert_eq!(cut(text), folded, "{text}");
    }
    assert_eq!(cut("don’t"), cut("don't"));
    assert_eq!(cut("non\u{2011}breaking"), "non breaking");
    assert_eq!(cut("½ cup"), "cup");
    assert_eq!(cut("हिन्दी"), "हिन्दी");
}

#[test]
fn characters_of_scripts_without_spaces_stand_alone() {
    for (text, atoms) in [
        ("限流器", "限 流 器"),
        ("サーバー", "サ ー バ ー"),
        ("ｻｰﾊﾞｰ", "サ ー バ ー"),
        ("か\u{3099}ぎ", "が ぎ"),
        ("한글", "한 글"),
        ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", "한 글"),
        ("น้ำ", "น \u{e49} \u{e33}"),
        ("Rust言語v2です", "rust 言 語 v2 で す"),
        ("rateLimiter限流", "rate limiter 限 流"),
        ("a-限-b", "a 限 b"),
        ("葛\u{e0100}城", "葛 城"),
        ("「日本」、語。", "日 本 語"),
        ("\u{f900}", "\u{8c48}"),
    ] {
        assert_eq!(cut(text), atoms, "{text}");
    }
    assert_eq!(shown("限流"), ["0:限", "1:流"]);
}

#[test]
fn long_atoms_are_cut_and_long_wholes_left_out() {
    let word = "a".repeat(1000);
    assert_eq!(surfaces(&word), ["a".repeat(TERM_LIMIT)]);
    let mixed = "aB".repeat(1000);
    assert_eq!(surfaces(&mixed), ["ab".repeat(TERM_LIMIT / 2)]);
    let umlauts = "ж".repeat(100) + &"z".repeat(10);
    assert_eq!(surfaces(&umlauts), ["ж".repeat(TERM_LIMIT / 2)]);

    let url = "https://example.org/".to_owned() + &"part/".repeat(100);
    let all = shown(&url);
    assert!(all.iter().all(|term| !term.contains(":w ")), "{all:?}");
    assert_eq!(all.last().map(String::as_str), Some("102:p part"));
    assert!(all.contains(&"0:p https".to_owned()));
    let [compound] = &analyze_text(&url)[..] else {
        panic!("one compound")
    };
    assert_eq!(
        (compound.whole.as_deref(), compound.atoms.len()),
        (None, 103)
    );
}

#[test]
fn a_line_of_megabytes_is_harmless() {
    for unit in [
        "a",
        "aB",
        "a.",
        "-",
        "限",
        "é",
        "\u{301}",
        "e\u{301}",
        "A'",
        "\u{ad}",
        "か\u{3099}",
    ] {
        let text = unit.repeat(2_000_000 / unit.len());
        let mut last = 0;
        scan_terms(&text, |term| {
            assert!(term.text.len() <= TERM_LIMIT + 1);
            last = term.range.end;
        });
        assert!(last <= text.len());
    }
}

#[test]
fn ranges_are_in_the_original_text() {
    let text = "„Der Café\u{301}Bär’s“ ﬁle 限流";
    let mut found = Vec::new();
    scan_terms(text, |term| {
        found.push((term.text.to_owned(), &text[term.range]))
    });
    let find = |term: &str| {
        found
            .iter()
            .find(|(text, _)| text == term)
            .map(|pair| pair.1)
    };
    assert_eq!(find("\u{1}cafe"), Some("Café\u{301}"));
    assert_eq!(find("\u{1}bar"), Some("Bär"));
    assert_eq!(find("\u{2}cafebar"), Some("Café\u{301}Bär"));
    assert_eq!(find("file"), Some("ﬁle"));
    assert_eq!(find("流"), Some("流"));
}

#[test]
fn a_query_is_cut_like_a_text() {
    let compounds = analyze_text("rateLimiters, 限流 C++");
    assert_eq!(compounds.len(), 3);
    assert_eq!(compounds[0].whole.as_deref(), Some("ratelimiters"));
    assert_eq!(compounds[0].atoms[1].stem.as_deref(), Some("limit"));
    assert!(compounds[0].atoms[1].glued && !compounds[0].atoms[0].glued);
    assert_eq!(compounds[1].atoms.len(), 2);
    assert!(compounds[1].atoms[0].cjk && compounds[1].whole.is_none());
    assert_eq!(compounds[2].whole.as_deref(), Some("c++"));
    assert_eq!(
        compounds[2].word().map(|atom| atom.surface.as_str()),
        Some("c")
    );
}

/// Whether some spelling of the phrase stands in the text.
fn found(phrase: &str, text: &str) -> bool {
    let mut terms = std::collections::HashSet::new();
    let mut last = 0;
    scan_terms(text, |term| {
        last = term.position;
        terms.insert((term.position, term.text.to_owned()));
    });
    let at = |start: usize, (offset, term): &(usize, String)| {
        let part = (start + offset, Form::Part.term(term));
        terms.contains(&(start + offset, term.clone())) || terms.contains(&part)
    };
    phrase_spellings(&analyze_text(phrase))
        .iter()
        .any(|spelling| (0..=last).any(|start| spelling.iter().all(|term| at(start, term))))
}

#[test]
fn a_phrase_is_found_in_every_case_and_with_every_connector() {
    for (phrase, text) in [
        ("oauth2", "Implemented OAuth2 flow"),
        ("OAuth2", "implemented oauth2 flow"),
        ("github actions", "use GitHub Actions here"),
        ("GitHub Actions", "use github actions here"),
        ("use github actions", "we use GitHub actions"),
        ("github", "see my/GitHub"),
        ("rate limiter", "the rate_limiter"),
        ("rate limiter", "RateLimiter"),
        ("rateLimiter", "rate-limiter"),
        ("ratelimiter", "rateLimiter"),
        ("src/auth/rate-limiter.ts", "in `src/auth/rate-limiter.ts`."),
        ("src\\auth", "src/auth"),
        ("流器", "限流器"),
    ] {
        assert!(found(phrase, text), "{phrase} in {text}");
    }
    assert!(!found("limiter rate", "rate-limiter"));
    assert!(!found("rate limiter", "rate of the limiter"));
}

#[test]
fn spellings_stay_few() {
    let phrase = "aB ".repeat(500);
    let all = phrase_spellings(&analyze_text(&phrase));
    assert!((2..=32).contains(&all.len()), "{}", all.len());
    assert!(phrase_spellings(&[]).is_empty());
}

#[test]
fn every_character_folds_to_what_folds_to_itself() {
    let mut buffer = [0; 4];
    for c in '\0'..=char::MAX {
        let class = class_of(c);
        let folded = surfaces(c.encode_utf8(&mut buffer));
        match class {
            Class::Break | Class::Skip | Class::Mark | Class::Connector => {
                assert!(folded.is_empty(), "{c:?}");
            }
            _ => {
                assert_eq!(folded.len(), 1, "{c:?} {class:?}");
                assert!(!folded[0].is_empty(), "{c:?} {class:?}");
                assert_eq!(surfaces(&folded[0]), folded, "{c:?} {class:?}");
                assert!(!folded[0].contains(char::is_control), "{c:?}");
            }
        }
    }
}

#[test]
fn the_stream_gives_what_the_scan_gives() {
    let mut tokenizer = SectionTokenizer::default();
    for text in ["Rate-limiters 限流 don't", "", "GitHub’s x"] {
        let mut expected = Vec::new();
        scan_terms(text, |t| {
            expected.push((t.text.to_owned(), t.range, t.position))
        });
        let mut stream = tokenizer.token_stream(text);
        let mut tokens = Vec::new();
        while let Some(token) = stream.next() {
            let range = token.offset_from..token.offset_to;
            tokens.push((token.text.clone(), range, token.position));
        }
        assert_eq!(tokens, expected);
    }
}

/// Text with everything that the tokenizer looks at.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-cA-C0-2_./:@#+~'\\\\ -]{1,8}",
        "[a-zA-Z]{1,70}",
        "[éÄßœＡｂ１’‐\u{ad}\u{200d}\u{301}\u{3099}ﾞ½²ǅŉﷺ]{1,4}",
        "[限流サーｻﾊ\u{1112}\u{1161}\u{11ab}한นำ]{1,4}",
        "\\PC{1,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_word_is_cut_alike_whatever_ends_it(word in "[A-Za-z]{1,70}", end in "[ ,.:;)(]{0,3}") {
        // What counts as not there keeps a word from being a plain one.
        let long_way = word.clone() + "\u{ad}" + &end;
        prop_assert_eq!(shown(&(word + &end)), shown(&long_way));
    }

    #[test]
    fn ranges_and_positions_are_in_order(text in prop_oneof![texts(), any::<String>()]) {
        let (mut start, mut position) = (0, 0);
        scan_terms(&text, |term| {
            assert!(text.get(term.range.clone()).is_some_and(|slice| !slice.is_empty()));
            assert!(term.range.start >= start);
            assert!(term.position == position || term.position == position + 1);
            (start, position) = (term.range.start, term.position);
        });
    }

    #[test]
    fn every_compound_is_found_by_its_own_analysis(text in texts()) {
        let all = surfaces(&text);
        let analysed: Vec<String> = analyze_text(&text)
            .into_iter()
            .flat_map(|compound| compound.atoms)
            .map(|atom| atom.surface)
            .collect();
        prop_assert_eq!(all, analysed);
    }

    #[test]
    fn a_surface_is_its_own_surface(text in texts()) {
        for surface in surfaces(&text) {
            prop_assert_eq!(surfaces(&surface), vec![surface]);
        }
    }

    #[test]
    fn a_phrase_of_a_text_is_found_in_it(text in texts()) {
        prop_assert!(analyze_text(&text).is_empty() || found(&text, &text));
    }
}
