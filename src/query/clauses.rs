//! The clauses of a query as they are ranked: what each looks for, and how telling it is.

use super::language::{Clause, Field, Query, Unit, UnitKind};
use super::stop_words::{is_busy_word, is_needless_word, is_sentence_word, is_stop_word};
use super::terms::Wanted;
use super::when::Mention;
use crate::index::fulltext::tokenizer::Compound;

/// What a clause counts whose word was replaced by its neighbours: they may be other words.
const REPLACED: f32 = 0.5;
/// From this many telling words on, a query is a sentence although it holds no stop word.
const SENTENCE: usize = 4;
/// With so many words, a query may be a name that holds stop words.
const NAME: usize = 3;
/// The most clauses: a section remembers which it holds in the bits of a number.
const CLAUSES: usize = 64;

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
    /// Runs of characters that occur nowhere, and were cut into pairs.
    pub split: Vec<String>,
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
    /// The run of characters that was written, and the pairs of them that will do if it occurs
    /// nowhere.
    run: Option<(String, Vec<Wanted>)>,
    /// What its rarity counts.
    share: f32,
    /// Whether what holds it comes before what does not: an identifier, a phrase, a title.
    pub is_exact: bool,
    is_demanded: bool,
}

impl QueryClauses {
    /// Prepares a query. Stop words are left out while anything else is there, and so are the
    /// words of a time that it mentions. `all_words` demands every clause.
    pub fn of_query(query: &Query, mention: Option<&Mention>, all_words: bool) -> Self {
        let empty = EmptyWords::of_query(query, mention);
        let is_told = |clause: &&Clause| clause.demanded || !empty.holds_clause(clause);
        let is_time = |clause: &Clause| mention.is_some_and(|mention| names_time(clause, mention));
        let with_time: Vec<&Clause> = query.required.iter().filter(is_told).collect();
        let mut telling = with_time.clone();
        telling.retain(|clause| clause.demanded || !is_time(clause));
        let is_time_alone = telling.is_empty() && mention.is_some();
        if mention.is_some_and(|mention| mention.is_date) {
            telling = with_time;
        }
        let is_sentence = telling.len() < query.required.len() || telling.len() >= SENTENCE;
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
            split: Vec::new(),
        }
    }

    /// Takes the pairs of characters of a run instead of it, as clauses of their own. Returns how
    /// many: none if the clause is no run that may be cut.
    pub fn split_run(&mut self, number: usize) -> usize {
        let room = CLAUSES + 1 - self.wanted.len();
        let clause = &mut self.wanted[number];
        let run = clause.run.take().filter(|_| !clause.is_demanded);
        let Some((text, mut pairs)) = run else {
            return 0;
        };
        pairs.truncate(room);
        let count = pairs.len();
        let pairs = pairs.into_iter().map(QueryClause::of_pair);
        self.wanted.splice(number..=number, pairs);
        self.is_sentence |= self.wanted.len() >= SENTENCE;
        self.split.push(text);
        count
    }

    /// Takes the neighbours of a word instead of it.
    pub fn replace(&mut self, number: usize, units: Vec<Wanted>, neighbours: Vec<String>) {
        let clause = &mut self.wanted[number];
        clause.units = units;
        clause.share = REPLACED;
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
            let rarities = frequencies.iter().map(rarity);
            clause.rarities = rarities.map(|rarity| rarity * clause.share).collect();
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

    /// Returns the clauses that a text may show although its section does not hold them, as bits.
    pub fn loose(&self) -> u64 {
        self.bits(|clause| clause.units.iter().any(Wanted::is_loose))
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
            run: alone.and_then(run_of_unit),
            share: 1.0,
            is_exact: alone.is_some_and(is_exact),
            is_demanded: clause.demanded || demanded,
        }
    }

    /// Makes a clause of a pair of characters.
    fn of_pair(pair: Wanted) -> Self {
        QueryClause {
            units: vec![pair],
            rarities: vec![0.0],
            identifier: None,
            misspellable: None,
            run: None,
            share: 1.0,
            is_exact: false,
            is_demanded: false,
        }
    }

    /// Returns how rare the clause is: as its rarest alternative.
    pub fn rarity(&self) -> f32 {
        self.rarities.iter().copied().fold(0.0, f32::max)
    }
}

/// Which words of a query say nothing.
#[derive(Clone, Copy)]
struct EmptyWords {
    /// A time is mentioned: that something was done then says nothing either.
    is_timed: bool,
    /// Only what says nothing in any name: `kubectl get`, `git am` and `at command` are names.
    is_name: bool,
}

impl EmptyWords {
    fn of_query(query: &Query, mention: Option<&Mention>) -> Self {
        let mut words = EmptyWords {
            is_timed: mention.is_some(),
            is_name: false,
        };
        let clauses = &query.required;
        let is_asked = clauses.iter().any(|clause| {
            let any = &clause.any;
            any.iter().any(|unit| is_made_of(unit, is_sentence_word))
        });
        let is_vain = clauses.iter().all(|clause| words.holds_clause(clause));
        words.is_name = !words.is_timed && !is_asked && !is_vain && clauses.len() <= NAME;
        words
    }

    /// Returns whether all that a clause looks for says nothing.
    fn holds_clause(self, clause: &Clause) -> bool {
        let is_empty = |word: &str| {
            if self.is_name {
                is_needless_word(word)
            } else {
                is_stop_word(word) || self.is_timed && is_busy_word(word)
            }
        };
        let mut any = clause.any.iter();
        any.all(|unit| is_made_of(unit, is_empty))
    }
}

/// Returns whether a unit is a plain word, or a contraction, and each of its words one of a kind.
fn is_made_of(unit: &Unit, is_one: impl Fn(&str) -> bool) -> bool {
    let UnitKind::Word(compound) = &unit.kind else {
        return false;
    };
    let contracted = unit.text.contains(['\'', '\u{2019}']);
    let mut atoms = compound.atoms.iter();
    unit.field == Field::Any
        && !unit.text.starts_with('-')
        && (contracted || compound.word().is_some())
        && atoms.all(|atom| is_one(&atom.surface))
}

/// Returns whether a clause is one of the words that name a time.
fn names_time(clause: &Clause, mention: &Mention) -> bool {
    let is_one = |word: &str| mention.words.iter().any(|known| known == word);
    clause.any.iter().all(|unit| {
        let text = unit.text.trim_matches(|c: char| !c.is_alphanumeric());
        let is_plain = unit.field == Field::Any && matches!(unit.kind, UnitKind::Word(_));
        is_made_of(unit, is_one) || is_plain && is_one(&text.to_lowercase())
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
    !atoms.iter().any(|atom| atom.cjk) && (joined || cased || digits && letters) && !is_amount(text)
}

/// Returns whether a word is an amount, or a place in a row, which names nothing: `100MB`, `5s`,
/// `10th`.
fn is_amount(word: &str) -> bool {
    const UNITS: &str = "b kb mb gb tb pb kib mib gib tib k m g t kbps mbps gbps bit bits byte bytes \
        ns us ms s sec secs second seconds min mins minute minutes h hr hrs hour hours \
        d day days w week weeks mo month months y yr yrs year years \
        hz khz mhz ghz v kv w kw kwh mah mm cm m km kg g mg px pt em rem vh vw dpi fps x p \
        st nd rd th";
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
    let unit_known = || {
        UNITS
            .split_whitespace()
            .any(|known| known.eq_ignore_ascii_case(unit))
    };
    word.starts_with(|c: char| c.is_ascii_digit()) && unit.len() < word.len() && unit_known()
}

/// Returns a run of characters as it was written, with the pairs that it can be cut into.
fn run_of_unit(unit: &Unit) -> Option<(String, Vec<Wanted>)> {
    let pairs = Wanted::pairs_of_unit(unit);
    (!pairs.is_empty()).then(|| (unit.text.clone(), pairs))
}

/// Returns the word of a unit that may be misspelt. Of one with a digit in it, what is spelt nearly
/// like it is something else.
fn misspellable_word(unit: &Unit) -> Option<String> {
    match &unit.kind {
        UnitKind::Word(compound) => {
            let word = compound.word().map(|atom| &atom.surface);
            let word = compound.whole.as_ref().or(word);
            word.filter(|word| !word.contains(char::is_numeric))
                .cloned()
        }
        _ => None,
    }
}
