//! English words that say nothing about what is asked: articles, question words, auxiliaries,
//! pronouns, and the prepositions among them.

/// Sorted, folded; also what an apostrophe leaves of contractions (`don't`, `we'll`).
const STOP_WORDS: &[&str] = &[
    "a", "about", "am", "an", "and", "any", "are", "aren", "as", "at", "be", "been", "being",
    "but", "by", "can", "could", "d", "did", "didn", "do", "does", "doesn", "doing", "don", "each",
    "for", "from", "get", "got", "had", "has", "hasn", "have", "haven", "having", "he", "her",
    "here", "hers", "him", "his", "how", "i", "if", "in", "into", "is", "isn", "it", "its", "just",
    "let", "ll", "m", "me", "might", "more", "most", "must", "my", "no", "nor", "not", "of", "on",
    "only", "or", "other", "our", "ours", "own", "please", "re", "s", "same", "shall", "she",
    "should", "shouldn", "so", "some", "such", "t", "than", "that", "the", "their", "theirs",
    "them", "then", "there", "these", "they", "this", "those", "through", "to", "too", "under",
    "until", "up", "us", "ve", "very", "was", "wasn", "we", "were", "weren", "what", "when",
    "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "won", "would",
    "you", "your", "yours",
];

/// Returns whether a folded word is a stop word.
pub(super) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted_and_none_is_telling() {
        assert!(STOP_WORDS.is_sorted());
        assert!(is_stop_word("the") && is_stop_word("why"));
        assert!(!is_stop_word("token") && !is_stop_word(""));
    }
}
