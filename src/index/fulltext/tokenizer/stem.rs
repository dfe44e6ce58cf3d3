//! English stems (Snowball's Porter2).

use frostem::{Algorithm, Stemmer};

/// The longest word that is stemmed, in bytes.
const LONGEST: usize = 23;

/// Returns the English stem of a folded word. `None` if the word is its own stem or is not to be
/// stemmed: shorter than three letters, longer than 23 bytes, or not purely ASCII letters.
pub fn stem_word(word: &str) -> Option<String> {
    let is_stemmed =
        matches!(word.len(), 3..=LONGEST) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let stem = is_stemmed.then(|| Stemmer::new(Algorithm::English).stem(word))?;
    (stem != word && stem.len() <= LONGEST).then(|| stem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_letters_that_change_have_a_stem() {
        assert_eq!(stem_word("deploys").as_deref(), Some("deploy"));
        assert_eq!(stem_word("limiting").as_deref(), Some("limit"));
        let long = "limiting".repeat(3);
        for word in ["deploy", "as", "e0502", "über", "", "日", &long] {
            assert_eq!(stem_word(word), None, "{word}");
        }
    }
}
