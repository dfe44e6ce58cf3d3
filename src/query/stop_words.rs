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

/// Stop words that say nothing in a name either; sorted.
const NEEDLESS_WORDS: &[&str] = &[
    "a", "an", "and", "are", "been", "being", "did", "does", "had", "has", "have", "having", "is",
    "or", "the", "was", "were",
];

/// Stop words that stand in questions, not in names: question words and pronouns; sorted.
const SENTENCE_WORDS: &[&str] = &[
    "he", "her", "him", "his", "how", "i", "it", "its", "me", "my", "our", "she", "that", "their",
    "them", "there", "these", "they", "this", "those", "we", "what", "when", "where", "which",
    "who", "whom", "whose", "why", "you", "your",
];

/// Words that say of a time only that something was done then, or is to be reported; sorted.
const BUSY_WORDS: &[&str] = &[
    "accomplish",
    "accomplished",
    "achieve",
    "achieved",
    "activities",
    "activity",
    "anything",
    "change",
    "changed",
    "changes",
    "complete",
    "completed",
    "done",
    "everything",
    "finish",
    "finished",
    "give",
    "go",
    "going",
    "happen",
    "happened",
    "happening",
    "happens",
    "list",
    "note",
    "notes",
    "overview",
    "progress",
    "recap",
    "show",
    "something",
    "stuff",
    "summaries",
    "summarise",
    "summarize",
    "summary",
    "tell",
    "thing",
    "things",
    "update",
    "updated",
    "updates",
    "went",
    "work",
    "worked",
    "working",
];

/// Returns whether a folded word says nothing, whatever stands beside it.
pub(super) fn is_needless_word(word: &str) -> bool {
    NEEDLESS_WORDS.binary_search(&word).is_ok()
}

/// Returns whether a folded word stands in questions, not in names.
pub(super) fn is_sentence_word(word: &str) -> bool {
    SENTENCE_WORDS.binary_search(&word).is_ok()
}

/// Returns whether a folded word says nothing beside a time.
pub(super) fn is_busy_word(word: &str) -> bool {
    BUSY_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted_and_none_is_telling() {
        for words in [STOP_WORDS, NEEDLESS_WORDS, SENTENCE_WORDS, BUSY_WORDS] {
            assert!(words.is_sorted());
        }
        assert!(is_stop_word("the") && is_stop_word("why"));
        assert!(!is_stop_word("token") && !is_stop_word(""));
    }
}
