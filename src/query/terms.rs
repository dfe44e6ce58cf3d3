//! What a unit of a query looks for in the index: weighted terms and phrases.
//!
//! A word is found in several forms (see [`tokenizer::Form`]). The weights make a word that
//! stands there exactly count 1, another word of the same stem [`STEMMED`], a part of a compound
//! [`PART`], and a part of the same stem less. Since every occurrence is indexed under several
//! terms, the weights of the terms add up to these, and some are negative.
//!
//! [`tokenizer::Form`]: crate::index::fulltext::tokenizer::Form

use super::language::{Field, Kind, Unit};
use crate::index::fulltext::tokenizer::{Atom, Compound, Form, Spelling, spellings};
use crate::model::Tag;

/// What an occurrence of another word with the same stem counts.
const STEMMED: f32 = 0.8;
/// What an occurrence as part of a compound counts.
const PART: f32 = 0.5;
/// What an occurrence of another part with the same stem counts.
const PART_STEMMED: f32 = 0.4;
/// What the atoms of a compound count where they stand together, but not as this compound.
const TOGETHER: f32 = 0.8;
/// What a word within one edit counts.
pub(super) const FUZZY: f32 = 0.5;

/// What a unit looks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wanted {
    /// Where.
    pub field: Field,
    /// Terms with what an occurrence counts.
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

impl Wanted {
    /// Returns what a unit looks for.
    pub fn of(unit: &Unit) -> Self {
        let mut wanted = Wanted {
            field: unit.field,
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
            if let Some(atom) = compound.word() {
                wanted.fuzzy.push(atom.surface.clone());
            }
            if let Some(whole) = &compound.whole {
                wanted.fuzzy.push(Form::Whole.term(whole));
            }
        }
        wanted
    }

    fn compound(&mut self, compound: &Compound) {
        if let Some(atom) = compound.word() {
            return self.word(atom);
        }
        let whole = compound.whole.as_deref();
        let phrase = spellings(std::slice::from_ref(compound));
        match whole {
            Some(whole) => {
                self.terms.push((Form::Whole.term(whole), 1.0 - TOGETHER));
                self.phrases.push((phrase, TOGETHER));
            }
            None => self.phrases.push((phrase, 1.0)),
        }
    }

    fn word(&mut self, atom: &Atom) {
        let word = &atom.surface;
        let mut add = |term: String, weight: f32| self.terms.push((term, weight));
        // `GitHub` holds the whole `github`, and no atom of that name.
        add(Form::Whole.term(word), 1.0);
        match &atom.stem {
            None => {
                add(word.clone(), 1.0);
                add(Form::Part.term(word), PART - 1.0);
                add(Form::Stem.term(word), STEMMED);
                add(Form::PartStem.term(word), PART_STEMMED);
            }
            Some(stem) => {
                // Where the word stands, its stem is indexed too.
                add(word.clone(), 1.0 - STEMMED);
                let part = PART - (1.0 - STEMMED) - PART_STEMMED;
                add(Form::Part.term(word), part);
                add(Form::Stem.term(stem), STEMMED);
                add(Form::PartStem.term(stem), PART_STEMMED);
                // A word that is its own stem is indexed under no other.
                add(stem.clone(), STEMMED);
                add(Form::Part.term(stem), PART_STEMMED - STEMMED);
            }
        }
    }
}
