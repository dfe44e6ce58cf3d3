//! Comments are in the field's plain English: recorded, reported, returns, another process, the
//! outcome. Phrases that only this project used had crept in.

use crate::source::Source;

/// Phrases that no comment of the sources holds, in lower case and between the letters around them,
/// with what says the same.
const PHRASES: [(&str, &str); 17] = [
    ("is told", "gets, receives, is reported"),
    ("are told", "get, receive, are reported"),
    ("was told", "was reported, recorded, given"),
    ("were told", "were reported, recorded, given"),
    ("be told", "be reported, distinguished"),
    ("been told", "been reported, recorded, given"),
    ("is said", "is stated, shown"),
    ("was said", "was stated"),
    ("tells", "returns, reports, holds, shows"),
    ("somebody", "another process, a user, the caller"),
    ("nobody", "no process, no user, the caller"),
    ("whoever", "the caller, a process that"),
    ("what came of", "the outcome of"),
    ("take leave", "detach"),
    ("heed", "watch, read"),
    ("in vain", "without effect, until the timeout"),
    ("patience", "timeout"),
];

/// Returns the comments that hold one of the phrases, with their place.
pub fn find_private_words(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for (line, text) in &source.comments {
            let text = text.to_lowercase();
            let phrases = PHRASES
                .iter()
                .filter(|(phrase, _)| holds_phrase(&text, phrase));
            found.extend(phrases.map(|(phrase, instead)| {
                format!("src/{}:{line}: \"{phrase}\": say {instead}", source.place)
            }));
        }
    }
    found
}

fn holds_phrase(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
    })
}

#[test]
fn whole_words_in_comments_count() {
    let source = Source::parse(
        "a.rs",
        "/// Nobody reads it.\nconst A: &str = \"nobody\"; // What came of it.\n// untold\n",
    );
    let found = find_private_words(&[source]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("src/a.rs:1: \"nobody\""), "{found:?}");
}
