//! What is hidden, what is not, and what holds for any text. Secrets are put together at run time:
//! no file of the project holds one.

mod channels;
mod commands;
mod everyday;
mod harmless;
mod joined;
mod kinds;
mod notations;
mod one_time;
mod payment;
mod properties;
mod secrets;
mod tokens;
mod told;

use super::*;

/// The alphabets of tokens.
const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// Hides the secret in each place, where `@` stands for it.
fn hides_all(places: &[&str], secret: &str) {
    none(
        places
            .iter()
            .filter_map(|place| leak_of(&place.replacen('@', secret, 1), secret)),
    );
}

/// Returns the texts that are changed, and what becomes of them.
fn changed_texts(texts: &[&str]) -> Vec<String> {
    let cleaned = texts.iter().map(|text| (text, clean(text)));
    let changed = cleaned.filter(|(text, cleaned)| *text != cleaned);
    changed
        .map(|(text, cleaned)| format!("{text}\n  -> {cleaned}"))
        .collect()
}

/// Returns text that looks random and is the same for the same seed; it begins with a letter and
/// holds a digit.
fn random(alphabet: &str, length: usize, seed: u64) -> String {
    let signs: Vec<char> = alphabet.chars().collect();
    let mut state = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(0x1234_5678_9ABC_DEF1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    for _ in 0..10 {
        next();
    }
    let mut text: Vec<char> = (0..length).map(|_| signs[next() % signs.len()]).collect();
    for (at, needed) in [
        (1, '7'),
        (2, 'b'),
        (4, 'Q'),
        (5, '3'),
        (7, 'k'),
        (9, 'Z'),
        (11, '5'),
    ] {
        if alphabet.contains(needed) && at < length {
            text[at] = needed;
        }
    }
    if let Some(last) = text.last_mut() {
        *last = *signs
            .iter()
            .find(|sign| sign.is_ascii_alphanumeric() && **sign != 'A')
            .unwrap_or(last);
    }
    text.into_iter().collect()
}

fn with_patterns(patterns: &[&str]) -> Redactor {
    let compiled = patterns.iter().map(|pattern| compile_pattern(pattern));
    Redactor::with_patterns(compiled.collect::<Result<_, _>>().unwrap())
}

fn clean(text: &str) -> String {
    Redactor::plain().clean(text).into_owned()
}

#[track_caller]
fn hides(text: &str, secret: &str) {
    if let Some(leak) = leak_of(text, secret) {
        panic!("{leak}");
    }
}

/// Returns what is wrong with how a secret in a text is hidden.
fn leak_of(text: &str, secret: &str) -> Option<String> {
    let cleaned = clean(text);
    if cleaned.contains(secret) || !cleaned.contains("[redacted:") {
        return Some(format!("{secret:?} is left in\n{cleaned}\nof\n{text}\n"));
    }
    (clean(&cleaned) != cleaned).then(|| format!("twice is not the same as once for {text}\n"))
}

#[track_caller]
fn none(leaks: impl Iterator<Item = String>) {
    let leaks: Vec<String> = leaks.collect();
    assert!(
        leaks.is_empty(),
        "{} leaks\n{}",
        leaks.len(),
        leaks.join("\n")
    );
}

#[test]
fn a_pattern_hides_what_it_matches() {
    let redactor = with_patterns(&["EMP-\\d+", "ticket=(\\w+)"]);
    assert_eq!(
        redactor.clean("EMP-1234 has ticket=abc and EMP-x"),
        "[redacted:pattern] has ticket=[redacted:pattern] and EMP-x"
    );
    for pattern in [
        "\\w+", ".+", "(?s).*", "^", "t", "a|(b)|c", "\\]x", "(?m)^.", "[redact]",
    ] {
        let redactor = with_patterns(&[pattern]);
        let text = "]xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx a b c\nred é ted\n";
        let once = redactor.clean(text).into_owned();
        assert_eq!(redactor.clean(&once), once, "{pattern}");
    }
}

#[test]
fn a_bad_pattern_has_a_reason_of_one_line() {
    let reason = compile_pattern("(open").unwrap_err();
    assert!(!reason.is_empty() && !reason.contains('\n'), "{reason}");
    assert!(compile_pattern("(a{900}){900}").is_err());
}

#[test]
fn a_cut_comes_after_redaction() {
    let redactor = Redactor::plain();
    let token = format!("{}{}", ["gh", "p_"].concat(), random(LETTERS, 36, 1));
    let text = format!("use {token} for it");
    assert_eq!(
        redactor.clean_and_cut(&text, 100),
        "use [redacted:github-token] for it"
    );
    // A marker is whole or not there.
    assert_eq!(redactor.clean_and_cut(&text, 20), "use…");
    assert_eq!(redactor.clean_and_cut("grün und blau", 5), "grün…");
    assert_eq!(redactor.clean_and_cut("grün", 4), "grün");
    assert_eq!(redactor.clean_and_cut("grün", 1), "…");
    assert_eq!(redactor.clean_and_cut("grün", 0), "");
    for most in 0..40 {
        let cut = redactor.clean_and_cut(&text, most);
        assert!(
            cut.chars().count() <= most && !cut.contains(&token[..8]),
            "{cut}"
        );
    }
}

#[test]
fn a_long_text_is_cut_as_if_all_of_it_were_read() {
    let redactor = Redactor::plain();
    let token = format!("{}{} ", ["gl", "pat-"].concat(), random(LETTERS, 20, 1));
    let filler = "words and words, ".repeat(20_000);
    for text in [
        filler.clone(),
        token.repeat(15_000),
        format!("a <private>{filler}</private> b {filler}"),
        format!("a <private>{filler}{filler}"),
        format!("{filler}<private>{filler}</private>{token}"),
    ] {
        for most in [10, 200, 5_000] {
            assert_eq!(
                redactor.clean_and_cut(&text, most),
                cut::cut_text(&redactor.clean(&text), most)
            );
        }
    }
}
