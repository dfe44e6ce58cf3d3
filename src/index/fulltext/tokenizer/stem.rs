//! English stems (Snowball's Porter2), remembered: a text repeats its words.

use frostem::{Algorithm, Stemmer};

const SLOTS: usize = 4096;
const WIDTH: usize = 23;

/// One remembered word and its stem; a stem of length 0 stands for the word itself.
#[derive(Clone, Copy)]
struct Slot {
    word_len: u8,
    stem_len: u8,
    word: [u8; WIDTH],
    stem: [u8; WIDTH],
}

const EMPTY: Slot = Slot {
    word_len: 0,
    stem_len: 0,
    word: [0; WIDTH],
    stem: [0; WIDTH],
};

impl Slot {
    fn stem(&self) -> Option<&str> {
        let stem = std::str::from_utf8(&self.stem[..usize::from(self.stem_len)]);
        stem.ok().filter(|stem| !stem.is_empty())
    }
}

/// The stemmer with its direct-mapped memory, which is made when the first word comes.
pub(super) struct Stems {
    stemmer: Stemmer,
    slots: Vec<Slot>,
}

impl Default for Stems {
    fn default() -> Self {
        Stems {
            stemmer: Stemmer::new(Algorithm::English),
            slots: Vec::new(),
        }
    }
}

impl Stems {
    /// Returns the stem of a folded word. `None` if the word is its own stem or is not to be
    /// stemmed: shorter than three letters, longer than [`WIDTH`], or not purely ASCII letters.
    pub(super) fn get(&mut self, word: &str) -> Option<&str> {
        is_stemmed(word).then(|| self.slot(word).stem())?
    }

    fn slot(&mut self, word: &str) -> &Slot {
        if self.slots.is_empty() {
            self.slots = vec![EMPTY; SLOTS];
        }
        let bytes = word.as_bytes();
        let slot = &mut self.slots[hash_word(bytes) % SLOTS];
        if &slot.word[..usize::from(slot.word_len)] != bytes {
            *slot = remember_stem(self.stemmer, word);
        }
        slot
    }
}

/// Returns the stem of a single word, as [`Stems::get`] does: its memory would cost more to make
/// than the stem.
pub(super) fn stem_once(word: &str) -> Option<String> {
    let slot = is_stemmed(word).then(|| remember_stem(Stemmer::new(Algorithm::English), word))?;
    slot.stem().map(str::to_owned)
}

fn is_stemmed(word: &str) -> bool {
    matches!(word.len(), 3..=WIDTH) && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Makes the slot of a word of at most [`WIDTH`] bytes.
fn remember_stem(stemmer: Stemmer, word: &str) -> Slot {
    let mut slot = EMPTY;
    slot.word_len = word.len() as u8;
    slot.word[..word.len()].copy_from_slice(word.as_bytes());
    let stem = stemmer.stem(word);
    if stem != word && stem.len() <= WIDTH {
        slot.stem_len = stem.len() as u8;
        slot.stem[..stem.len()].copy_from_slice(stem.as_bytes());
    }
    slot
}

/// FNV-1a, folded: the low bits alone choose the slot.
fn hash_word(word: &[u8]) -> usize {
    let hash = word.iter().fold(0x811c_9dc5_u32, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 15)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_letters_that_change_have_a_stem() {
        let mut stems = Stems::default();
        for _ in 0..2 {
            assert_eq!(stems.get("deploys"), Some("deploy"));
            assert_eq!(stems.get("limiting"), Some("limit"));
            for word in ["deploy", "as", "e0502", "über", "", "日"] {
                assert_eq!(stems.get(word), None, "{word}");
            }
        }
    }

    #[test]
    fn words_of_one_slot_do_not_get_each_others_stems() {
        let mut stems = Stems::default();
        let words: Vec<String> = (0..20_000u32)
            .map(|n| {
                let letters: String = format!("{n:05}")
                    .bytes()
                    .map(|b| (b + 49) as char)
                    .collect();
                letters + "ings"
            })
            .collect();
        let mut fresh = Stems::default();
        for word in words.iter().chain(&words) {
            fresh.slots.clear();
            assert_eq!(stems.get(word), fresh.get(word));
        }
    }
}
