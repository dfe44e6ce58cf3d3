//! A limit changes nothing but how much is shown: only what may be shown is read.

use super::*;

/// Writes entries that hold some words here and there, the same in every run.
fn write_mixed(kb: &TestKb, words: &[&str]) {
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for entry in 0..150 {
        let mut text = |most: usize| {
            let words = (0..=below(most)).map(|_| words[below(words.len())]);
            words.collect::<Vec<_>>().join(" ")
        };
        let title = text(1);
        let sections = [2, 8, 30, 100].map(text);
        let [first, second, third, fourth] = sections;
        let text = match entry % 3 {
            0 => format!("# {title}\n\n{fourth}\n\n## {second}\n\n{first}\n"),
            1 => format!("# {title}\n\n{first}\n"),
            _ => format!("# {title}\n\n## {first}\n\n{third}\n\n## Notes\n\n{second}\n"),
        };
        kb.write(&format!("{entry}.md"), &text);
    }
}

#[test]
fn the_first_results_are_the_same_however_many_are_asked_for() {
    let kb = TestKb::new();
    let words = "alpha beta gamma delta getUserName EIP-15 src/rate-limiter.ts -Wall the why other";
    write_mixed(&kb, &words.split(' ').collect::<Vec<_>>());
    let questions = [
        "alpha beta",
        "alpha beta gamma delta",
        "getUserName delta",
        "EIP-15 gamma",
        "alpha beta -gamma",
        "rate -Wall EIP-15",
        "delta src/rate-limiter.ts",
        "title:alpha beta",
        "title:gamma alpha delta",
        "\"alpha beta\" gamma",
        "\"why delta\" alpha",
        "alph* gamma",
        "alpha OR delta gamma",
        "alphx gamma",
        "how do I set the beta of gamma",
    ];
    for question in questions {
        let limited = |limit| SearchOptions {
            limit,
            ..SearchOptions::default()
        };
        let all = find_with(&kb, question, limited(200));
        assert!(all.results.len() > 40, "{question}: {}", all.results.len());
        for limit in [1, 2, 3, 5, 10, 15, 20, 30] {
            let some = find_with(&kb, question, limited(limit));
            assert_eq!(some.results, all.results[..limit], "{question}");
            assert_eq!(some.total, all.total, "{question}");
        }
    }
}
