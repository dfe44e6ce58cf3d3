//! Second stage: the best entries of the first are read, and ordered by their best passage too.
//!
//! What is read of an entry is its beginning, which says what it is about, and the passage of its
//! best section that holds the most of the query. A question asked in a sentence is compared with
//! both by their senses; of a few telling words, how many stand together decides. An identifier
//! that stands there as it was written comes before its words in prose.

use super::clauses::QueryClauses;
use super::hit::{EntryGroup, Hit};
use super::likely_words::LikelyWords;
use super::options::SECTIONS;
use super::order::Order;
use super::section::{SectionPlace, SectionPlaces, floor_char_boundary};
use super::senses::Sense;
use super::snippet::{Highlighter, Match};
use crate::index::View;
use crate::kb::Kb;
use crate::model::EntryPath;
use rayon::prelude::*;
use std::fs::Metadata;
use std::sync::{Arc, OnceLock};

/// How many entries are read.
pub(super) const BEST: usize = 100;
/// So many files are read in parallel.
const SEVERAL: usize = 8;
/// How much of the beginning of an entry is read, in bytes, and how much of that says what it is
/// about.
const BEGINNING: usize = 1 << 10;
const ABOUT: usize = 400;
/// How much of a section is read, in bytes, and how much of it is a passage.
const SECTION: usize = 6 << 10;
const PASSAGE: usize = 700;
/// How much of a passage stands before the first word that was looked for.
const LEAD: usize = 80;

/// What the likeness of a question counts: to the passage, and to the beginning of the entry.
const PASSAGE_LIKENESS: f32 = 0.4;
const ENTRY_LIKENESS: f32 = 0.7;

/// What counts beside BM25, each at most 1 before it is weighed.
struct PassageWeights {
    /// How telling the words are that the best section holds.
    section: f32,
    /// How telling the words are that all its sections hold together.
    entry: f32,
    /// How telling the words are that stand near each other.
    closeness: f32,
    /// The scores of the next best sections, each of which may be more than 1.
    others: f32,
}

/// Of a question asked in a sentence.
const SENTENCE: PassageWeights = PassageWeights {
    section: 0.0,
    entry: 0.2,
    closeness: 0.3,
    others: 0.2,
};
/// Of a few telling words.
const WORDS: PassageWeights = PassageWeights {
    section: 1.0,
    entry: 0.2,
    closeness: 0.3,
    others: 0.2,
};
/// Words stand near each other within so many bytes.
const NEAR: usize = 120;

/// What an identifier counts, as one of its own, that stands there in another case.
const OTHER_CASE: f32 = 0.8;
/// The same where only its words stand there.
const IN_PROSE: f32 = 0.5;

/// The second stage of one search.
pub(super) struct SecondStage<'a> {
    pub kb: &'a Kb,
    pub view: &'a View,
    pub clauses: &'a QueryClauses,
    pub highlighter: &'a Highlighter<'a>,
    /// The words that may match; `None`: any may.
    pub likely: Option<LikelyWords>,
    /// What is asked about; `None` where that does not count.
    pub question: Option<Sense>,
}

impl SecondStage<'_> {
    /// Reads the given entries, the best of the first stage, and orders them anew.
    pub fn rank(&self, groups: &mut Vec<EntryGroup>, order: &Order, places: &SectionPlaces) {
        let judged: Vec<(f32, f32)> = if self.needs_texts() {
            self.read_and_judge(groups, places)
        } else {
            let judged = groups.iter();
            judged.map(|group| self.judge_entry(group, None)).collect()
        };
        for (group, (exactness, score)) in groups.iter_mut().zip(judged) {
            group.exactness = exactness;
            group.score += score;
        }
        let all = groups.len();
        order.sort_best(groups, all);
    }

    /// Judges entries by their texts, of which those are read that are not kept.
    fn read_and_judge(&self, groups: &[EntryGroup], places: &SectionPlaces) -> Vec<(f32, f32)> {
        let best = groups.iter().map(|group| group.sections.first());
        let named = best
            .clone()
            .map(|hit| hit.map_or((usize::MAX, 0), |hit| (hit.segment, hit.doc)));
        let kept: Vec<Option<Arc<EntryTexts>>> = self.view.find_kept(named);
        let missing = best.zip(&kept).map(|(hit, kept)| match kept {
            Some(_) => None,
            None => Some((hit?, places.of_hit(hit?)?)),
        });
        let missing: Vec<Option<(&Hit, SectionPlace)>> = missing.collect();
        let several = missing.iter().flatten().count() >= SEVERAL;
        let judge =
            |(group, (kept, missing)): (&EntryGroup, (_, &Option<(&Hit, SectionPlace)>))| {
                let read = || self.read_texts(missing.as_ref()?);
                let texts: Option<Arc<EntryTexts>> = Option::clone(kept).or_else(read);
                self.judge_entry(group, texts.as_deref())
            };
        if several {
            let judged = groups.par_iter().zip(kept.par_iter().zip(&missing));
            judged.map(judge).collect()
        } else {
            let judged = groups.iter().zip(kept.iter().zip(&missing));
            judged.map(judge).collect()
        }
    }

    fn read_texts(&self, (hit, place): &(&Hit, SectionPlace)) -> Option<Arc<EntryTexts>> {
        let (texts, file) = EntryTexts::read(self.kb, place)?;
        let texts = Arc::new(texts);
        let kept = (Arc::clone(&texts), texts.size());
        let section = (hit.segment, hit.doc);
        self.view.keep_section(section, &place.path, kept, &file);
        Some(texts)
    }

    /// Returns whether texts say more than the index: of a single word that is no identifier they
    /// do not.
    fn needs_texts(&self) -> bool {
        let clauses = &self.clauses.wanted;
        let mut identifiers = clauses
            .iter()
            .filter_map(|clause| clause.identifier.as_ref());
        self.question.is_some() || clauses.len() > 1 || identifiers.next().is_some()
    }

    /// Returns how telling the exact clauses are that the entry holds as they were written, and
    /// what is added to its score. What cannot be read is judged by the index alone.
    fn judge_entry(&self, group: &EntryGroup, texts: Option<&EntryTexts>) -> (f32, f32) {
        let weights = if self.clauses.is_sentence {
            SENTENCE
        } else {
            WORDS
        };
        let held = group.sections.first().map_or(0, |section| section.held);
        let coverage = |held| self.clauses.coverage(held).powi(2);
        let others = group.sections.iter().take(SECTIONS).skip(1);
        let others = others.map(|section| section.score).sum::<f32>();
        let indexed = weights.section * coverage(held)
            + weights.entry * coverage(group.held)
            + weights.others * others;
        let Some(texts) = texts else {
            return (group.exactness, indexed);
        };
        let matches = self.find_matches(&texts.section);
        let near = self.highlighter.best_window(&matches, NEAR);
        let near = near.map_or(0.0, |(_, rarity)| rarity) / self.clauses.total_rarity().max(1.0);
        let read = weights.closeness * near.powi(2) + self.score_likeness(texts, &matches);
        (self.written_exactness(held, texts), indexed + read)
    }

    fn find_matches(&self, text: &str) -> Vec<Match> {
        let words = self.likely.as_ref().map(|likely| likely.find(text));
        match words.filter(|words| !words.is_empty()) {
            Some(words) => self.highlighter.find_matches_in(text, words),
            // It may be written otherwise: `re-index` for `reindex`.
            None => self.highlighter.find_matches(text),
        }
    }

    /// Returns what it adds to a score that an entry is about what is asked.
    fn score_likeness(&self, texts: &EntryTexts, matches: &[Match]) -> f32 {
        let Some(question) = &self.question else {
            return 0.0;
        };
        let likeness =
            |sense: &Option<Sense>| sense.as_ref().map_or(0.0, |sense| sense.likeness(question));
        let senses = texts.senses();
        let mut nearest = likeness(&senses.beginning);
        if let Some(passage) = self.find_passage(&texts.section, matches) {
            nearest = nearest.max(likeness(&Sense::of_texts(&[&texts.title, passage])));
        }
        PASSAGE_LIKENESS * nearest + ENTRY_LIKENESS * likeness(&senses.about)
    }

    /// Returns the piece of a section below its beginning that holds the most of the query, if there
    /// is one.
    fn find_passage<'t>(&self, text: &'t str, matches: &[Match]) -> Option<&'t str> {
        let best = self.highlighter.best_window(matches, PASSAGE);
        let start = best.map_or(0, |(start, _)| start.saturating_sub(LEAD));
        let start = floor_char_boundary(text, start);
        let end = floor_char_boundary(text, start + PASSAGE);
        (start > LEAD).then(|| &text[start..end])
    }

    fn written_exactness(&self, held: u64, texts: &EntryTexts) -> f32 {
        let clauses = self.clauses.wanted.iter().enumerate();
        let exact = clauses.filter(|(number, clause)| held >> number & 1 == 1 && clause.is_exact);
        exact
            .map(|(_, clause)| match &clause.identifier {
                Some(identifier) => clause.rarity() * texts.writes(identifier),
                None => clause.rarity(),
            })
            .sum()
    }
}

/// What is read of an entry.
struct EntryTexts {
    title: String,
    /// Title, description and how it begins.
    about: String,
    /// The beginning of its best section.
    section: String,
    path: EntryPath,
    /// Once they were asked for.
    senses: OnceLock<Box<TextSenses>>,
}

/// What is asked of the senses of an entry, whatever the question.
struct TextSenses {
    about: Option<Sense>,
    /// Of the title and how the section begins.
    beginning: Option<Sense>,
}

impl EntryTexts {
    /// Reads the texts, and then looks at the file.
    fn read(kb: &Kb, place: &SectionPlace) -> Option<(Self, Metadata)> {
        let (beginning, section, file) = place.read(kb, BEGINNING, SECTION)?;
        let front = FrontText::of(&beginning);
        let heading = || front.body.lines().find_map(|line| line.strip_prefix("# "));
        let title = front.title.or_else(heading).unwrap_or(place.path.stem());
        let mut about = String::with_capacity(ABOUT);
        for text in [front.title, front.description, Some(front.body)] {
            about.push_str(text.unwrap_or_default());
            about.push('\n');
        }
        about.truncate(floor_char_boundary(&about, ABOUT));
        let texts = EntryTexts {
            title: title.to_owned(),
            about,
            section,
            path: place.path.clone(),
            senses: OnceLock::new(),
        };
        Some((texts, file))
    }

    fn senses(&self) -> &TextSenses {
        self.senses.get_or_init(|| {
            let beginning = &self.section[..floor_char_boundary(&self.section, PASSAGE)];
            Box::new(TextSenses {
                about: Sense::of_texts(&[&self.about]),
                beginning: Sense::of_texts(&[&self.title, beginning]),
            })
        })
    }

    /// Returns about how many bytes it takes.
    fn size(&self) -> usize {
        let texts = self.title.len() + self.about.capacity() + self.section.len();
        texts + self.path.as_str().len() + size_of::<(EntryTexts, TextSenses)>()
    }

    /// Returns how far an identifier stands here as it was written.
    fn writes(&self, identifier: &str) -> f32 {
        let texts = [&self.section, &self.about, self.path.as_str()];
        if texts.iter().any(|text| text.contains(identifier)) {
            return 1.0;
        }
        let small = identifier.to_lowercase();
        let holds = |text: &&str| text.to_lowercase().contains(&small);
        if texts.iter().any(holds) {
            OTHER_CASE
        } else {
            IN_PROSE
        }
    }
}

/// The beginning of a file, with what its front matter says of the subject.
struct FrontText<'t> {
    title: Option<&'t str>,
    description: Option<&'t str>,
    body: &'t str,
}

impl<'t> FrontText<'t> {
    /// Looks at the lines of the front matter only: what is shown is parsed elsewhere.
    fn of(text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let block = text
            .strip_prefix("---")
            .filter(|rest| rest.starts_with(['\n', '\r']));
        let (front, body) = match block {
            Some(block) => block.split_once("\n---").unwrap_or((block, "")),
            None => ("", text),
        };
        let value = |key: &str| {
            let mut lines = front.lines();
            let value = lines.find_map(|line| line.strip_prefix(key))?;
            Some(value.trim().trim_matches(['"', '\'']))
        };
        FrontText {
            title: value("title:"),
            description: value("description:"),
            body: body.trim_start_matches('-').trim_start(),
        }
    }
}
