//! The words of the index that are spelt nearly like one that occurs nowhere.

use crate::index::fulltext::tokenizer::Form;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::collections::BTreeSet;
use std::io;
use std::sync::LazyLock;
use tantivy::InvertedIndexReader;
use tantivy_fst::Automaton;

/// The shortest word, in characters, that has neighbours: an edit makes any other of a shorter.
const SHORTEST: usize = 4;
/// From this length on, two edits will do.
const LONG: usize = 8;

/// What automata are built from, for any word.
type Builder = LazyLock<LevenshteinAutomatonBuilder>;
static ONE_EDIT: Builder = Builder::new(|| LevenshteinAutomatonBuilder::new(1, true));
static TWO_EDITS: Builder = Builder::new(|| LevenshteinAutomatonBuilder::new(2, true));

/// The words within one edit of a word, or two of a long one: an insertion, a deletion, a
/// substitution, or a swap of neighbouring characters.
pub(super) struct Neighbourhood {
    dfa: DFA,
}

impl Neighbourhood {
    /// Returns the neighbourhoods of a folded word, the nearer first, which is found several times as
    /// fast; none if it is too short to have one.
    pub fn of_word(word: &str) -> impl Iterator<Item = Self> {
        let length = word.chars().count();
        let near = (length >= SHORTEST).then_some(&ONE_EDIT);
        let far = (length >= LONG).then_some(&TWO_EDITS);
        let builders = near.into_iter().chain(far);
        builders.map(|builder| Neighbourhood {
            dfa: builder.build_dfa(word),
        })
    }

    /// Adds the neighbours in the dictionary of a field, each with its number of edits.
    pub fn collect(
        &self,
        index: &InvertedIndexReader,
        found: &mut BTreeSet<(u8, String)>,
    ) -> io::Result<()> {
        let mut terms = index.terms().search(self).into_stream()?;
        while terms.advance() {
            let term = std::str::from_utf8(terms.key()).unwrap_or_default();
            let word = term.trim_start_matches(Form::MARKS);
            if let Distance::Exact(edits) = self.dfa.eval(word)
                && word.chars().count() >= SHORTEST
            {
                found.insert((edits, word.to_owned()));
            }
        }
        Ok(())
    }
}

/// Accepts the terms of the neighbours, with the mark of a form or without. The state is `None`
/// before the first byte.
impl Automaton for &Neighbourhood {
    type State = Option<u32>;

    fn start(&self) -> Self::State {
        None
    }

    fn is_match(&self, state: &Self::State) -> bool {
        state.is_some_and(|state| matches!(self.dfa.distance(state), Distance::Exact(_)))
    }

    fn can_match(&self, state: &Self::State) -> bool {
        *state != Some(SINK_STATE)
    }

    fn accept(&self, state: &Self::State, byte: u8) -> Self::State {
        match state {
            Some(state) => Some(self.dfa.transition(*state, byte)),
            None if Form::MARKS.contains(&char::from(byte)) => Some(self.dfa.initial_state()),
            None => Some(self.dfa.transition(self.dfa.initial_state(), byte)),
        }
    }
}
