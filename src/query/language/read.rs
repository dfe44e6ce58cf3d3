//! Gives the lexemes of a query their meaning.

use super::lex::{Lexeme, Sign};
use super::{Field, Unit, UnitKind};
use crate::index::fulltext::tokenizer::{Compound, analyze_text};
use crate::kb::PathGlob;
use crate::model::{Tag, Timestamp, Zone};
use crate::query::when::{self, Edge};

/// How many atoms a unit looks for; the rest is ignored.
const ATOMS: usize = 64;

/// A part of a query that means something.
#[derive(Debug)]
pub(super) enum Item<'t> {
    Find(Words<'t>),
    Exclude(Words<'t>),
    Demand(Words<'t>),
    Filter(Filter),
    /// An `OR`, with the word that it is if it has nothing to bind.
    Or(Words<'t>),
}

/// Something to look for that may turn out to be several words.
#[derive(Debug)]
pub(super) struct Words<'t> {
    /// What was written, without field and quotes.
    text: &'t str,
    quoted: bool,
    field: Field,
    tag: Option<Tag>,
    prefix: bool,
    compounds: Vec<Compound>,
}

/// What is not looked for, but must hold.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    Tags(Vec<Tag>),
    NotTags(Vec<Tag>),
    Project(String),
    NotProject(String),
    Path(PathGlob),
    NotPath(PathGlob),
    Since(Timestamp),
    Until(Timestamp),
}

/// Reads a lexeme; `None` if it is punctuation alone.
pub(super) fn read_item<'t>(lexeme: &Lexeme<'t>, now: Timestamp, zone: Zone) -> Option<Item<'t>> {
    if let Some(filter) = read_filter(lexeme, now, zone) {
        return Some(Item::Filter(filter));
    }
    let titled = lexeme.field == Some("title");
    let words = titled.then(|| Words::new(lexeme, Field::Title)).flatten();
    let words = words.or_else(|| Words::new(lexeme, Field::Any))?;
    Some(match (lexeme.sign, lexeme.raw) {
        (Sign::Minus, _) => Item::Exclude(words),
        (Sign::Plus, _) => Item::Demand(words),
        (Sign::None, "OR") => Item::Or(words),
        (Sign::None, _) => Item::Find(words),
    })
}

fn read_filter(lexeme: &Lexeme<'_>, now: Timestamp, zone: Zone) -> Option<Filter> {
    let value = lexeme.value.trim();
    let field = lexeme.field.filter(|_| !value.is_empty())?;
    let time = |edge| when::parse_time(value, now, zone, edge);
    match (field, lexeme.sign == Sign::Minus) {
        ("tag" | "tags", false) => read_tag_list(value).map(Filter::Tags),
        ("tag" | "tags", true) => read_tag_list(value).map(Filter::NotTags),
        ("project", false) => Some(Filter::Project(value.to_owned())),
        ("project", true) => Some(Filter::NotProject(value.to_owned())),
        ("path", false) => PathGlob::new(value).ok().map(Filter::Path),
        ("path", true) => PathGlob::new(value).ok().map(Filter::NotPath),
        ("since", false) => time(Edge::Since).map(Filter::Since),
        ("until", false) => time(Edge::Until).map(Filter::Until),
        _ => None,
    }
}

/// One tag, or several separated by commas.
fn read_tag_list(value: &str) -> Option<Vec<Tag>> {
    let parts = value.split(',').filter(|part| !part.trim().is_empty());
    let tags: Option<Vec<Tag>> = parts.map(Tag::new).collect();
    tags.filter(|tags| !tags.is_empty())
}

impl Filter {
    /// Returns whether an `OR` between the two says what two such filters mean anyway.
    pub(super) fn is_alternative_to(&self, other: &Filter) -> bool {
        matches!(
            (self, other),
            (Filter::Project(_), Filter::Project(_)) | (Filter::Path(_), Filter::Path(_))
        )
    }
}

impl Item<'_> {
    /// Returns the one unit that an `OR` beside it binds, if it can bind it.
    pub(super) fn operand(&self) -> Option<Unit> {
        match self {
            Item::Find(words) => words.unit(),
            Item::Filter(Filter::Tags(tags)) => match tags.as_slice() {
                [tag] => Some(Unit {
                    field: Field::Any,
                    kind: UnitKind::Tag(tag.clone()),
                    tag: None,
                    text: tag.as_str().to_owned(),
                }),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<'t> Words<'t> {
    /// Reads the value of a lexeme in the field of the title, else all of the lexeme as it is
    /// written. `None` if no word is in it.
    fn new(lexeme: &Lexeme<'t>, field: Field) -> Option<Self> {
        let plain = lexeme.field.is_none() || field == Field::Title;
        let text = if plain { lexeme.value } else { lexeme.raw };
        let quoted = plain && lexeme.quoted;
        let words = Words {
            text,
            quoted,
            field,
            tag: hash_tag(text).filter(|_| !quoted && field == Field::Any),
            prefix: !quoted && is_prefix(text),
            compounds: bound_compounds(analyze_text(text)),
        };
        (!words.compounds.is_empty()).then_some(words)
    }

    /// Returns what was written, without field and quotes.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Returns the units that must all be there: several for `foo,bar`.
    pub(super) fn units(&self) -> Vec<Unit> {
        let several = !self.quoted && self.tag.is_none() && self.compounds.len() > 1;
        let [words @ .., last] = self.compounds.as_slice() else {
            return Vec::new();
        };
        if !several {
            return self.unit().into_iter().collect();
        }
        let words = words.iter().map(|word| {
            let kind = UnitKind::Word(word.clone());
            self.make(kind, spelled_text(word))
        });
        let last = self.make(self.kind(std::slice::from_ref(last)), spelled_text(last));
        words.chain([last]).collect()
    }

    /// Returns the one unit that stands for all of it: for `foo,bar` a phrase.
    pub(super) fn unit(&self) -> Option<Unit> {
        let unit = self.make(self.kind(&self.compounds), self.text.to_owned());
        (!self.compounds.is_empty()).then_some(unit)
    }

    fn kind(&self, compounds: &[Compound]) -> UnitKind {
        if self.prefix {
            let mut atoms: Vec<_> = compounds.iter().flat_map(|c| c.atoms.clone()).collect();
            // A substring of a script without spaces needs no star.
            if let Some(last) = atoms.pop_if(|last| !last.cjk) {
                return UnitKind::Prefix {
                    before: atoms,
                    prefix: last.surface,
                };
            }
        }
        match compounds {
            [word] if !self.quoted => UnitKind::Word(word.clone()),
            _ => UnitKind::Phrase(compounds.to_vec()),
        }
    }

    fn make(&self, kind: UnitKind, text: String) -> Unit {
        Unit {
            field: self.field,
            kind,
            tag: self.tag.clone(),
            text,
        }
    }
}

/// Returns the tag that a word with a `#` before it may mean; `#42` is none.
fn hash_tag(word: &str) -> Option<Tag> {
    let name = word.strip_prefix('#')?;
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let named = name.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        && !name.chars().all(char::is_numeric);
    named.then(|| Tag::new(name)).flatten()
}

/// Returns whether a word ends with its only star: `deploy*`, but not `**bold**`.
fn is_prefix(word: &str) -> bool {
    let stem = word.strip_suffix('*');
    stem.is_some_and(|stem| !stem.contains('*') && stem.ends_with(char::is_alphanumeric))
}

fn spelled_text(compound: &Compound) -> String {
    let surfaces = compound.atoms.iter().map(|atom| atom.surface.as_str());
    compound.whole.clone().unwrap_or_else(|| surfaces.collect())
}

/// Keeps the first atoms.
fn bound_compounds(mut compounds: Vec<Compound>) -> Vec<Compound> {
    let mut left = ATOMS;
    for compound in &mut compounds {
        compound.atoms.truncate(left);
        left -= compound.atoms.len();
    }
    compounds.retain(|compound| !compound.atoms.is_empty());
    compounds
}
