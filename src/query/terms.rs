//! What a unit of a query looks for in the index.
//!
//! A word is found in several forms (see [`Form`]): exactly as it stands, as another word with the
//! same stem, as a part of a compound. What an occurrence counts falls in that order. A compound
//! (`rate_limiter`) counts in full where it is one in the text, less where its words stand there.

use super::language::{Field, Unit, UnitKind};
use crate::index::fulltext::tokenizer::{
    Atom, Compound, Form, Spelling, phrase_spellings, stem_word,
};
use crate::model::Tag;

/// What an occurrence of another word with the same stem counts.
pub(super) const STEMMED: f32 = 0.8;
/// What an occurrence as part of a compound counts.
pub(super) const PART: f32 = 0.5;
/// What an occurrence of another part with the same stem counts.
pub(super) const PART_STEMMED: f32 = 0.4;
/// What the atoms of a compound count where they stand together, but are not one in the text.
const TOGETHER: f32 = 0.5;
/// The most pairs of characters that are looked for instead of a run that occurs nowhere.
const PAIRS: usize = 32;

/// Lengths of what may be the hash of a commit, abbreviated or whole.
const HASH_LENGTHS: std::ops::RangeInclusive<usize> = 7..=40;

/// How many characters of a hash all that stand for the same begin with.
pub(super) const HASH_BEGINNING: usize = *HASH_LENGTHS.start();

/// What a unit looks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    /// Where.
    pub field: Field,
    /// Words, in all forms.
    pub words: Vec<Word>,
    /// Terms as they stand in the index, with what an occurrence counts.
    pub terms: Vec<(String, f32)>,
    /// Phrases, as the ways in which each can stand there, with what an occurrence counts.
    pub phrases: Vec<(Vec<Spelling>, f32)>,
    /// Terms by their beginning, with the atoms that must stand before them.
    pub prefixes: Vec<(Vec<String>, String)>,
    /// Hashes that may stand there longer or shorter.
    pub hashes: Vec<String>,
    /// Neighbouring characters of a run in a script without spaces.
    pub pairs: Vec<[String; 2]>,
    /// Keys of tags that will do as well.
    pub tags: Vec<String>,
}

/// A word that is looked for in all its forms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// The folded word.
    pub surface: String,
    /// Its stem, which is the word itself where it has no other.
    pub stem: String,
}

impl Word {
    /// Returns how all words with this stem begin. A stem may end in another letter than the words
    /// (`happy`: `happi`, `rating`: `rate`).
    pub fn beginning(&self) -> &str {
        self.stem
            .strip_suffix(['e', 'i', 'y'])
            .unwrap_or(&self.stem)
    }

    /// Returns whether a folded word has the same stem.
    pub fn is_akin(&self, word: &str) -> bool {
        word == self.surface || stem_word(word).as_deref().unwrap_or(word) == self.stem
    }

    /// Returns whether other words can have the same stem: it is made of ASCII letters.
    pub fn is_stemmed(&self) -> bool {
        self.surface.len() >= 3 && self.surface.bytes().all(|b| b.is_ascii_lowercase())
    }
}

impl Wanted {
    /// Returns whether a text may show it although its section does not hold it: of a phrase each atom
    /// is shown, of a title what stands below it too.
    pub fn is_loose(&self) -> bool {
        let words = self.phrases.is_empty() && self.prefixes.is_empty();
        let runs = self.pairs.is_empty() && self.hashes.is_empty();
        self.field != Field::Any || !words || !runs
    }

    /// Returns what a unit looks for.
    pub fn of_unit(unit: &Unit) -> Self {
        let mut wanted = Wanted {
            field: unit.field,
            tags: unit.tag.iter().map(Tag::key).collect(),
            ..Wanted::default()
        };
        match &unit.kind {
            UnitKind::Word(compound) => wanted.add_compound(compound),
            UnitKind::Phrase(compounds) => wanted.phrases.push((phrase_spellings(compounds), 1.0)),
            UnitKind::Prefix { before, prefix } => {
                let before: Vec<_> = before.iter().map(|atom| atom.surface.clone()).collect();
                if before.is_empty() {
                    wanted.prefixes.push((Vec::new(), Form::Whole.term(prefix)));
                    wanted.prefixes.push((Vec::new(), Form::Part.term(prefix)));
                }
                wanted.prefixes.push((before, prefix.clone()));
            }
            UnitKind::Tag(tag) => wanted.tags.push(tag.key()),
        }
        wanted
    }

    /// Returns what is looked for instead of a word that occurs nowhere: others, as if they had
    /// been asked for.
    pub fn with_neighbours(&self, neighbours: &[String]) -> Self {
        let mut wanted = Wanted {
            field: self.field,
            ..Wanted::default()
        };
        for surface in neighbours {
            wanted.terms.push((Form::Whole.term(surface), 1.0));
            wanted.words.push(Word {
                surface: surface.clone(),
                stem: stem_word(surface).unwrap_or_else(|| surface.clone()),
            });
        }
        wanted
    }

    /// Returns what looks for a word as it is spelt, and for no other with its stem.
    pub fn as_spelt(&self, word: &str) -> Self {
        let forms = [Form::Surface, Form::Part, Form::Whole];
        Wanted {
            field: self.field,
            terms: forms.map(|form| (form.term(word), 1.0)).to_vec(),
            ..Wanted::default()
        }
    }

    /// Returns what looks for each pair of neighbouring characters of a run of three or more in a
    /// script without spaces; nothing of other units.
    pub fn pairs_of_unit(unit: &Unit) -> Vec<Self> {
        let UnitKind::Word(Compound { atoms, .. }) = &unit.kind else {
            return Vec::new();
        };
        let mut pairs: Vec<Self> = Vec::new();
        if atoms.len() > 2 && atoms.iter().all(|atom| atom.cjk) {
            for pair in atoms.windows(2) {
                let mut wanted = Wanted {
                    field: unit.field,
                    ..Wanted::default()
                };
                wanted.add_run(pair);
                if pairs.len() < PAIRS && !pairs.contains(&wanted) {
                    pairs.push(wanted);
                }
            }
        }
        pairs
    }

    fn add_compound(&mut self, compound: &Compound) {
        match (&compound.whole, compound.word()) {
            // `c++`: its only atom is another word.
            (Some(whole), Some(_)) => self.terms.push((Form::Whole.term(whole), 1.0)),
            (None, Some(atom)) => self.add_word(atom),
            (whole, None) => {
                if let Some(whole) = whole {
                    self.terms.push((Form::Whole.term(whole), 1.0 - TOGETHER));
                    self.terms.push((whole.clone(), TOGETHER));
                }
                self.add_phrase(compound, whole.is_none());
                if let Some(other) = with_other_version_mark(compound) {
                    self.add_phrase(&other, true);
                }
                if let Some(joined) = joined_number(compound) {
                    self.terms.push((Form::Part.term(&joined), PART));
                    self.terms.push((joined, TOGETHER));
                }
            }
        }
    }

    /// Adds the atoms of a compound next to each other; `exactly` counts them in full where they
    /// are parts of one in the text.
    fn add_phrase(&mut self, compound: &Compound, exactly: bool) {
        if compound.atoms.iter().all(|atom| atom.cjk) {
            self.add_run(&compound.atoms);
            return;
        }
        let spellings = phrase_spellings(std::slice::from_ref(compound));
        if exactly && let Some(spelling) = spellings.first() {
            let parts = spelling.iter();
            let parts = parts.map(|(at, term)| (*at, Form::Part.term(term)));
            self.phrases.push((vec![parts.collect()], 1.0 - TOGETHER));
        }
        self.phrases.push((spellings, TOGETHER));
    }

    /// Adds a run of characters of a script without spaces.
    fn add_run(&mut self, atoms: &[Atom]) {
        let spelling = atoms.iter().map(|atom| atom.surface.clone()).enumerate();
        self.phrases.push((vec![spelling.collect()], 1.0));
        let pairs = atoms.windows(2);
        let pairs = pairs.map(|pair| [0, 1].map(|at| pair[at].surface.clone()));
        self.pairs.extend(pairs);
    }

    fn add_word(&mut self, atom: &Atom) {
        for parts in [
            letters_and_digits(&atom.surface),
            grouped_digits(&atom.surface),
        ] {
            if parts.len() > 1 {
                let spelling = parts.into_iter().map(str::to_owned).enumerate();
                self.phrases.push((vec![spelling.collect()], TOGETHER));
            }
        }
        // `GitHub` holds the whole `github`, and no atom of that name.
        self.terms.push((Form::Whole.term(&atom.surface), 1.0));
        if let Some(other) = other_number(&atom.surface) {
            self.terms.push((Form::Part.term(&other), PART_STEMMED));
            self.terms.push((other, STEMMED));
        }
        if is_hash(&atom.surface) {
            self.hashes.push(atom.surface.clone());
        }
        self.words.push(Word {
            surface: atom.surface.clone(),
            stem: atom.stem.clone().unwrap_or_else(|| atom.surface.clone()),
        });
    }
}

/// Returns a version with the `v` before it (`v0.4.0`) that it lacks, or without the one it has.
fn with_other_version_mark(version: &Compound) -> Option<Compound> {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let [first, second, ..] = version.atoms.as_slice() else {
        return None;
    };
    let surface = match first.surface.strip_prefix('v') {
        Some(number) if is_number(number) => number.to_owned(),
        None if is_number(&first.surface) => format!("v{}", first.surface),
        _ => return None,
    };
    let mut other = version.clone();
    other.whole = None;
    other.atoms.first_mut()?.surface = surface;
    is_number(&second.surface).then_some(other)
}

/// Returns letters and digits that a hyphen joins (`utf-8`, `EIP-1559`) as one word.
fn joined_number(compound: &Compound) -> Option<String> {
    let [first, second] = compound.atoms.as_slice() else {
        return None;
    };
    let joined = format!("{}{}", first.surface, second.surface);
    let parts = [first.surface.as_str(), second.surface.as_str()];
    (letters_and_digits(&joined) == parts).then_some(joined)
}

/// Returns the letters and the digits of a word that is made of both, one after the other
/// (`eip1559`, `5mb`); nothing of others.
fn letters_and_digits(word: &str) -> Vec<&str> {
    let is_digit = |c: char| c.is_ascii_digit();
    let digits_first = word.starts_with(is_digit);
    let Some(at) = word.find(|c: char| is_digit(c) != digits_first) else {
        return Vec::new();
    };
    let (first, second) = word.split_at(at);
    if second.chars().all(|c| is_digit(c) != digits_first) {
        vec![first, second]
    } else {
        Vec::new()
    }
}

/// Returns the groups of three digits in which a large number may be written: `1,000,000`. What
/// may be a year is not cut.
fn grouped_digits(number: &str) -> Vec<&str> {
    let is_number = number.len() > 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    if !is_number || is_year {
        return Vec::new();
    }
    let (first, rest) = number.split_at((number.len() - 1) % 3 + 1);
    let groups = (0..rest.len()).step_by(3).map(|at| &rest[at..at + 3]);
    std::iter::once(first).chain(groups).collect()
}

/// Returns the plural of a number (`502s`), or the number of such a plural.
fn other_number(word: &str) -> Option<String> {
    let number = word.strip_suffix('s').unwrap_or(word);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let other = if number == word {
        format!("{number}s")
    } else {
        number.to_owned()
    };
    is_number.then_some(other)
}

/// Returns whether a folded word may be the hash of a commit, which people write at any length.
pub(super) fn is_hash(word: &str) -> bool {
    HASH_LENGTHS.contains(&word.len())
        && word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_lowercase())
}

/// Returns whether two hashes are the same at the length of the shorter.
pub(super) fn is_same_hash(one: &str, other: &str) -> bool {
    is_hash(one) && is_hash(other) && (one.starts_with(other) || other.starts_with(one))
}
