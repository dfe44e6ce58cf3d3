//! What a snippet shows of a long section.

use super::*;

#[test]
fn the_snippet_shows_the_rarer_word_wherever_it_stands() {
    let many = "deploy ok on monday morning\n".repeat(1500);
    let far = "nothing to see here, move along\n".repeat(10_000);
    let kb = kb_of(&[
        (
            "many.md",
            &format!("# Many\n\n{many}\nthe deploy failed because of the certificate\n"),
        ),
        ("far.md", &format!("# Far\n\n{far}\nthe quokka smiles\n")),
        ("hidden.md", "# Hidden\n\nabout it <!-- wombat -->\n"),
    ]);
    for (query, shown) in [
        ("deploy failed", "deploy failed because"),
        ("quokka", "the quokka smiles"),
        ("wombat", "wombat"),
    ] {
        let found = find(&kb, query);
        let text = &found.results[0].sections[0].snippet.text;
        assert!(text.contains(shown), "{query}: {text}");
    }
}

/// Checks that a search for some questions shows a text that stands once far below many of its words.
fn check_shown(text: &str, words: &str, questions: &[String]) {
    let others = format!("{words}\n").repeat(40);
    let between = "something else\n".repeat(40);
    let note = format!("# Notes\n\n{others}{between}here stands {text} once\n{between}");
    let kb = kb_of(&[("a.md", &note)]);
    for question in questions {
        let found = find(&kb, question);
        let snippet = &found.results[0].sections[0].snippet;
        assert!(snippet.text.contains(text), "{question}: {snippet:?}");
    }
}

#[test]
fn a_snippet_shows_a_phrase_rather_than_its_words() {
    let words =
        "for users the build breaks, v1 2; rate, of; limiter. change: name user the of name";
    for phrase in [
        "the rate of change",
        "rate limiter",
        "user name",
        "rate-limiter for users",
        "v1.2 breaks the build",
        "name of the user",
    ] {
        let questions = ["", "stands", "once", "else"];
        let questions = questions.map(|beside| format!("{beside} \"{phrase}\""));
        check_shown(phrase, words, &questions);
    }
}

#[test]
fn a_snippet_shows_an_identifier_rather_than_its_parts() {
    let parts =
        "the user rate of limiter get name 1 2 10 32 1559 max fee per gas src auth beta bytes eip";
    for identifier in [
        "getUserName",
        "rate-limiter",
        "src/auth/rate-limiter.ts",
        "EIP-1559",
        "user_name",
        "max_fee_per_gas",
        "beta1",
        "bytes32",
        "v1.2.10",
    ] {
        let questions = [identifier.to_owned(), format!("{identifier} stands")];
        check_shown(identifier, parts, &questions);
    }
}
