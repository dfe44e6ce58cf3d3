//! What a query looks for, cut by the same code as what is indexed.

use super::cut::Cutter;
use super::stem::stem_word;
use super::terms::{Form, Terms};

/// How many spellings of one phrase are looked for.
const SPELLINGS: usize = 16;

/// A compound of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Compound {
    /// The whole folded form, where changes of case or hyphens separate the atoms (`rateLimiter`),
    /// or signs belong to it (`c++`).
    pub whole: Option<String>,
    /// The atoms, in order; never empty.
    pub atoms: Vec<Atom>,
}

/// An atom of a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Atom {
    /// The folded form.
    pub surface: String,
    /// The English stem, where it differs from the surface.
    pub stem: Option<String>,
    /// Whether it is a character of a script written without spaces.
    pub cjk: bool,
    /// Whether only a change of case separates it from the atom before (`rate|Limiter`).
    pub glued: bool,
}

/// One way in which a phrase can stand in the index: terms with their positions relative to
/// where the phrase begins, in order. A term without a mark stands for the part of that name too.
pub type Spelling = Vec<(usize, String)>;

impl Compound {
    /// Returns the surface, if it is a single atom of a spaced script.
    pub fn word(&self) -> Option<&Atom> {
        match self.atoms.as_slice() {
            [atom] if !atom.cjk => Some(atom),
            _ => None,
        }
    }
}

/// Returns the compounds of a short text. Neighbouring characters of scripts without spaces are one.
pub fn analyze_text(text: &str) -> Vec<Compound> {
    let mut terms = Terms::default();
    let mut cutter = Cutter::new(text);
    let mut compounds: Vec<Compound> = Vec::new();
    while terms.advance(&mut cutter) {
        let mut compound = Compound {
            whole: whole_spelling(&terms),
            atoms: split_atoms(&terms),
        };
        match compounds.last_mut() {
            Some(last) if terms.piece().continues => last.atoms.append(&mut compound.atoms),
            _ => compounds.push(compound),
        }
    }
    compounds
}

/// Returns the whole form that covers all atoms.
fn whole_spelling(terms: &Terms) -> Option<String> {
    let spans = &terms.piece().atoms;
    let (first, last) = (spans.first()?, spans.last()?);
    let is_whole = |term: &super::Term<'_>| {
        let covers = term.range.start == first.range.start && term.range.end >= last.range.end;
        term.form == Form::Whole && covers
    };
    let complete = !terms.piece().continues && !terms.piece().continued;
    let mut found = (0..terms.len()).map(|index| terms.term(index));
    let whole = found.find(|term| complete && is_whole(term))?;
    Some(whole.word().to_owned())
}

fn split_atoms(terms: &Terms) -> Vec<Atom> {
    let piece = terms.piece();
    let all = (0..terms.len()).map(|index| terms.term(index));
    let atoms = all.filter(|term| term.form != Form::Whole);
    let shaped = atoms.zip(&piece.atoms).map(|(term, span)| Atom {
        surface: term.word().to_owned(),
        stem: stem_word(term.word()),
        cjk: piece.single,
        glued: span.glued,
    });
    shaped.collect()
}

/// Returns the ways in which a phrase can stand in the index, first the one that its own
/// spelling gives; at most 16. A single word is a phrase of one compound.
///
/// The others make case irrelevant: `github actions` is found in `GitHub Actions`, where
/// `github` is a whole of two atoms, and `GitHub Actions` in `github actions`. A whole of three
/// atoms is only found at the end of a phrase.
pub fn phrase_spellings(phrase: &[Compound]) -> Vec<Spelling> {
    let mut spellings: Vec<(usize, Spelling)> = vec![(0, Vec::new())];
    for group in phrase.iter().flat_map(Group::of_compound) {
        let other = group.other_spelling();
        let branches = other.filter(|_| spellings.len() < SPELLINGS);
        let mut more = Vec::new();
        for (at, spelling) in &mut spellings {
            if let Some((term, length)) = &branches {
                let mut branch = spelling.clone();
                branch.push((*at, term.clone()));
                more.push((*at + length, branch));
            }
            for (offset, term) in group.terms().into_iter().enumerate() {
                spelling.push((*at + offset, term));
            }
            *at += group.atoms.len();
        }
        spellings.append(&mut more);
    }
    let mut seen = Vec::with_capacity(spellings.len());
    for (_, spelling) in spellings {
        if !spelling.is_empty() && !seen.contains(&spelling) {
            seen.push(spelling);
        }
    }
    seen
}

/// Atoms of a phrase that only changes of case separate.
struct Group<'a> {
    atoms: &'a [Atom],
    /// The whole, where the only atom is another word: `c++`.
    sign: Option<&'a str>,
}

impl<'a> Group<'a> {
    fn of_compound(compound: &'a Compound) -> impl Iterator<Item = Group<'a>> {
        let alone = compound.atoms.len() == 1;
        let sign = compound.whole.as_deref().filter(|_| alone);
        let atoms = compound.atoms.chunk_by(|_, next| next.glued);
        atoms.map(move |atoms| Group { atoms, sign })
    }

    /// Returns the terms as the group itself is spelt, one a position.
    fn terms(&self) -> Vec<String> {
        match self.sign {
            Some(sign) => vec![Form::Whole.term(sign)],
            None => self.atoms.iter().map(|atom| atom.surface.clone()).collect(),
        }
    }

    /// Returns the term for the same letters in other case, and how many positions it takes.
    fn other_spelling(&self) -> Option<(String, usize)> {
        match self.atoms {
            _ if self.sign.is_some() => None,
            [atom] => {
                let cuttable = !atom.cjk && atom.surface.len() > 1;
                let lettered = atom.surface.contains(char::is_alphabetic);
                (cuttable && lettered).then(|| (Form::Whole.term(&atom.surface), 2))
            }
            atoms => {
                let joined: String = atoms.iter().map(|atom| atom.surface.as_str()).collect();
                (joined.len() <= super::TERM_LIMIT).then_some((joined, 1))
            }
        }
    }
}
