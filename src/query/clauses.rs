//! The clauses of a query as they are ranked: what each looks for, and how telling it is.

use super::language::{Clause, Field, Query, Unit, UnitKind};
use super::stop_words::is_stop_word;
use super::terms::Wanted;
use crate::index::fulltext::tokenizer::Compound;

/// From this many telling words on, a query is a sentence although it holds no stop word.
const SENTENCE: usize = 4;

/// What a query looks for.
pub(super) struct QueryClauses {
    /// The clauses that count.
    pub wanted: Vec<QueryClause>,
    /// What must not be there.
    pub excluded: Vec<Wanted>,
    /// Whether it is asked in a sentence, not in a few telling words.
    pub is_sentence: bool,
    /// Whether nothing is asked for but a time.
    pub is_time_alone: bool,
    /// Words that occur nowhere, each with those that do instead.
    pub replaced: Vec<(String, Vec<String>)>,
}

/// One clause.
pub(super) struct QueryClause {
    /// What its alternatives look for.
    pub units: Vec<Wanted>,
    /// How rare each alternative is, as BM25 weighs it; 0 for what occurs nowhere.
    pub rarities: Vec<f32>,
    /// The identifier as it was written, if it is one.
    pub identifier: Option<String>,
    /// The word whose neighbours will do if it occurs nowhere.
    pub misspellable: Option<String>,
    /// Whether what holds it comes before what does not: an identifier, a phrase, a title.
    pub is_exact: bool,
    is_demanded: bool,
}

impl QueryClauses {
    /// Prepares a query. Stop words are left out while anything else is there, and so are the given
    /// words, which name a time. `all_words` demands every clause.
    pub fn of_query(query: &Query, times: &[String], all_words: bool) -> Self {
        let mut telling: Vec<&Clause> = query.required.iter().collect();
        telling.retain(|clause| clause.demanded || !is_stop_clause(clause, times));
        let is_sentence = telling.len() < query.required.len() || telling.len() >= SENTENCE;
        let is_time_alone = telling.is_empty() && !times.is_empty();
        if telling.is_empty() {
            telling = query.required.iter().collect();
        }
        let clause = |clause: &&Clause| QueryClause::of_clause(clause, all_words);
        QueryClauses {
            wanted: telling.iter().map(clause).collect(),
            excluded: query.excluded.iter().map(Wanted::of_unit).collect(),
            is_sentence,
            is_time_alone,
            replaced: Vec::new(),
        }
    }

    /// Takes the neighbours of a word instead of it.
    pub fn replace(&mut self, number: usize, units: Vec<Wanted>, neighbours: Vec<String>) {
        let clause = &mut self.wanted[number];
        clause.units = units;
        let word = clause.misspellable.take().unwrap_or_default();
        self.replaced.push((word, neighbours));
    }

    /// Computes the rarities, from how many of all sections hold each unit.
    pub fn weigh(&mut self, frequencies: &[Vec<u64>], sections: u64) {
        let rarity = |frequency: &u64| {
            let (all, holding) = (sections as f32, *frequency as f32);
            if holding == 0.0 {
                0.0
            } else {
                (1.0 + (all - holding + 0.5) / (holding + 0.5)).ln()
            }
        };
        for (clause, frequencies) in self.wanted.iter_mut().zip(frequencies) {
            clause.rarities = frequencies.iter().map(rarity).collect();
        }
    }

    /// Returns the clauses that must be there, as bits.
    pub fn demanded(&self) -> u64 {
        self.bits(|clause| clause.is_demanded)
    }

    /// Returns the clauses of a kind, as bits.
    fn bits(&self, is_one: impl Fn(&QueryClause) -> bool) -> u64 {
        let clauses = self.wanted.iter().zip(0..);
        let bits = clauses.filter(|(clause, _)| is_one(clause));
        bits.fold(0, |bits, (_, number)| bits | 1 << number)
    }

    /// Returns the sum of the rarities of all clauses.
    pub fn total_rarity(&self) -> f32 {
        self.wanted.iter().map(QueryClause::rarity).sum()
    }

    /// Returns which part of the query a section holds, by how telling its words are: 0 to 1.
    pub fn coverage(&self, held: u64) -> f32 {
        let total = self.total_rarity();
        if total > 0.0 {
            self.rarity_of(held, |_| true) / total
        } else {
            0.0
        }
    }

    /// Returns how telling the exact clauses are that a section holds.
    pub fn exactness(&self, held: u64) -> f32 {
        self.rarity_of(held, |clause| clause.is_exact)
    }

    fn rarity_of(&self, held: u64, is_one: impl Fn(&QueryClause) -> bool) -> f32 {
        let clauses = self.wanted.iter().enumerate();
        clauses
            .filter(|(number, clause)| held >> number & 1 == 1 && is_one(clause))
            .map(|(_, clause)| clause.rarity())
            .sum()
    }

    /// Returns whether a section holds every clause.
    pub fn is_complete(&self, held: u64) -> bool {
        held == self.bits(|_| true)
    }
}

impl QueryClause {
    fn of_clause(clause: &Clause, demanded: bool) -> Self {
        let alone = match clause.any.as_slice() {
            [unit] => Some(unit),
            _ => None,
        };
        QueryClause {
            units: clause.any.iter().map(Wanted::of_unit).collect(),
            rarities: vec![0.0; clause.any.len()],
            identifier: alone.and_then(identifier_of),
            misspellable: alone.and_then(misspellable_word),
            is_exact: alone.is_some_and(is_exact),
            is_demanded: clause.demanded || demanded,
        }
    }

    /// Returns how rare the clause is: as its rarest alternative.
    pub fn rarity(&self) -> f32 {
        self.rarities.iter().copied().fold(0.0, f32::max)
    }
}

/// Returns whether all that a clause looks for are stop words, or names of a time.
fn is_stop_clause(clause: &Clause, times: &[String]) -> bool {
    clause.any.iter().all(|unit| {
        let UnitKind::Word(compound) = &unit.kind else {
            return false;
        };
        let contracted = unit.text.contains(['\'', '\u{2019}']);
        unit.field == Field::Any
            && !unit.text.starts_with('-')
            && (contracted || compound.word().is_some())
            && compound
                .atoms
                .iter()
                .all(|atom| is_stop_word(&atom.surface) || times.contains(&atom.surface))
    })
}

fn is_exact(unit: &Unit) -> bool {
    unit.field == Field::Title
        || matches!(unit.kind, UnitKind::Phrase(_))
        || identifier_of(unit).is_some()
}

/// Returns what a unit looks for as it was written, if that is an identifier: a name with an
/// underscore, a path, a changed case, or letters and digits together; the flag of a command.
fn identifier_of(unit: &Unit) -> Option<String> {
    let UnitKind::Word(compound) = &unit.kind else {
        return None;
    };
    let text = unit.text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let text = text
        .trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/'));
    (is_flag(text) || is_name(text, compound)).then(|| text.to_owned())
}

fn is_flag(text: &str) -> bool {
    text.starts_with('-') && text.len() > 1
}

fn is_name(text: &str, compound: &Compound) -> bool {
    let atoms = &compound.atoms;
    let initials = atoms.iter().all(|atom| atom.surface.len() == 1);
    let signs = text
        .chars()
        .filter(|c| matches!(c, '_' | '.' | ':' | '@' | '#' | '\\' | '/'));
    let signs: Vec<char> = signs.collect();
    let digits = text.contains(|c: char| c.is_ascii_digit());
    // `502s` is the plural of a number.
    let letters = text.trim_end_matches('s').contains(char::is_alphabetic);
    let joined = atoms.len() > 1 && !initials && !signs.is_empty() && signs != ['/'];
    let cased = atoms.iter().any(|atom| atom.glued);
    !atoms.iter().any(|atom| atom.cjk) && (joined || cased || digits && letters)
}

/// Returns the word of a unit that may be misspelt.
fn misspellable_word(unit: &Unit) -> Option<String> {
    match &unit.kind {
        UnitKind::Word(compound) => {
            let word = compound.word().map(|atom| &atom.surface);
            compound.whole.as_ref().or(word).cloned()
        }
        _ => None,
    }
}
