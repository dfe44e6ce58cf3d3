//! What a unit of a query looks for in the index.
//!
//! A word is found in several forms (see [`Form`]): exactly as it stands, as another word with the
//! same stem, as a part of a compound. What an occurrence counts falls in that order.

use super::language::{Field, Kind, Unit};
use crate::index::fulltext::tokenizer::{Atom, Compound, Form, Spelling, spellings, stem};
use crate::model::Tag;

/// What an occurrence of another word with the same stem counts.
pub(super) const STEMMED: f32 = 0.8;
/// What an occurrence as part of a compound counts.
pub(super) const PART: f32 = 0.5;
/// What an occurrence of another part with the same stem counts.
pub(super) const PART_STEMMED: f32 = 0.4;
/// What the atoms of a cased name count where they stand together, but not in one word.
const TOGETHER: f32 = 0.9;
/// What a word within one edit counts.
pub(super) const FUZZY: f32 = 0.5;

/// What a unit looks for.
#[derive(Debug, Clone, PartialEq)]
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
    /// Words that also stand for those within one edit.
    pub fuzzy: Vec<String>,
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
        word == self.surface || stem(word).as_deref().unwrap_or(word) == self.stem
    }

    /// Returns whether other words can have the same stem: it is made of ASCII letters.
    pub fn is_stemmed(&self) -> bool {
        self.surface.len() >= 3 && self.surface.bytes().all(|b| b.is_ascii_lowercase())
    }
}

impl Wanted {
    /// Returns what a unit looks for.
    pub fn of(unit: &Unit) -> Self {
        let mut wanted = Wanted {
            field: unit.field,
            words: Vec::new(),
            terms: Vec::new(),
            phrases: Vec::new(),
            prefixes: Vec::new(),
            fuzzy: Vec::new(),
            tags: unit.tag.iter().map(Tag::key).collect(),
        };
        match &unit.kind {
            Kind::Word(compound) => wanted.compound(compound),
            Kind::Phrase(compounds) => wanted.phrases.push((spellings(compounds), 1.0)),
            Kind::Prefix { before, prefix } => {
                let before: Vec<_> = before.iter().map(|atom| atom.surface.clone()).collect();
                if before.is_empty() {
                    wanted.prefixes.push((Vec::new(), Form::Whole.term(prefix)));
                    wanted.prefixes.push((Vec::new(), Form::Part.term(prefix)));
                }
                wanted.prefixes.push((before, prefix.clone()));
            }
            Kind::Tag(tag) => wanted.tags.push(tag.key()),
        }
        wanted
    }

    /// Returns what a unit looks for when words within one edit will do.
    pub fn fuzzily(unit: &Unit) -> Self {
        let mut wanted = Self::of(unit);
        if let Kind::Word(compound) = &unit.kind {
            let word = compound.whole.as_ref();
            let word = word.or(compound.word().map(|atom| &atom.surface));
            wanted.fuzzy.extend(word.cloned());
        }
        wanted
    }

    fn compound(&mut self, compound: &Compound) {
        if let (Some(whole), [_]) = (&compound.whole, compound.atoms.as_slice()) {
            // `c++`: its only atom is another word.
            self.terms.push((Form::Whole.term(whole), 1.0));
        } else if let Some(atom) = compound.word() {
            self.word(atom);
        } else {
            let phrase = spellings(std::slice::from_ref(compound));
            let count = if compound.whole.is_some() {
                TOGETHER
            } else {
                1.0
            };
            if let Some(whole) = &compound.whole {
                self.terms.push((Form::Whole.term(whole), 1.0 - count));
            }
            self.phrases.push((phrase, count));
        }
    }

    fn word(&mut self, atom: &Atom) {
        // `GitHub` holds the whole `github`, and no atom of that name.
        self.terms.push((Form::Whole.term(&atom.surface), 1.0));
        self.words.push(Word {
            surface: atom.surface.clone(),
            stem: atom.stem.clone().unwrap_or_else(|| atom.surface.clone()),
        });
    }
}
