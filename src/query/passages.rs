//! Second stage: the best entries of the first are read, and ordered by their best passage too.
//!
//! What is read of an entry is its beginning, which says what it is about, and the passage of its
//! best section that holds the most of the query. A question asked in a sentence is compared with
//! both by their senses; of a few telling words, how many stand together decides. An identifier
//! that stands there as it was written comes before its words in prose.

use super::clauses::QueryClauses;
use super::hit::{EntryGroup, Hit};
use super::options::SECTIONS;
use super::order::Order;
use super::section::{SectionPlace, floor_char_boundary};
use super::senses::{Coverage, Sense, WordSenses};
use super::sharing::may_share_work;
use super::snippet::{Highlighter, Match};
use crate::index::View;
use crate::kb::Kb;
use crate::model::EntryPath;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::fs::Metadata;
use std::sync::{Arc, OnceLock};

/// How many entries are read at most.
pub(super) const BEST: usize = 100;
/// How many at least, before it is asked whether the others can come before them.
const READ_AT_ONCE: usize = 16;
/// So many files are read in parallel.
const SEVERAL: usize = 8;
/// How much of the beginning of an entry is read, in bytes, and how much of that says what it is
/// about.
const BEGINNING: usize = 2 << 10;
const ABOUT: usize = 400;
/// How much of it is compared with a question word by word.
const COMPARED: usize = 1000;
/// How much of a section is read, in bytes, and how much of it is a passage.
const SECTION: usize = 6 << 10;
const PASSAGE: usize = 700;
/// How much of a section is read where its beginning does not show why it was found.
const LONG_SECTION: usize = 64 << 10;
/// How much of a passage stands before the first word that was looked for.
const LEAD: usize = 80;

/// What the likeness of a question counts: to the passage, and to the beginning of the entry.
const PASSAGE_LIKENESS: f32 = 0.4;
const ENTRY_LIKENESS: f32 = 0.7;
/// What it counts that each telling word of the question is like one of the entry's.
const WORD_LIKENESS: f32 = 0.6;

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

/// What an identifier counts, as one of its own, that the entry is named after.
const NAMED: f32 = 1.2;
/// The same where it stands there in another case.
const OTHER_CASE: f32 = 0.8;
/// The same where only its words stand there.
const IN_PROSE: f32 = 0.5;

/// The second stage of one search.
pub(super) struct SecondStage<'a> {
    pub kb: &'a Kb,
    pub view: &'a View,
    pub clauses: &'a QueryClauses,
    pub highlighter: &'a Highlighter<'a>,
    /// What is asked about; `None` where that does not count.
    pub question: Option<Question>,
}

/// A question asked in a sentence.
pub(super) struct Question {
    sense: Sense,
    words: WordSenses,
}

impl Question {
    /// Takes the text; `None` if no word of it is known.
    pub fn of_text(text: &str) -> Option<Self> {
        Some(Question {
            sense: Sense::of_texts(&[text])?,
            words: WordSenses::of_question(text),
        })
    }
}

impl SecondStage<'_> {
    /// Orders the given entries, the best of the first stage, anew, by their texts too. Read are those
    /// that may be among the first `most`, which are the same as if all were read, and those of running
    /// sessions, which may be put before them.
    pub fn rank(&self, groups: &mut Vec<EntryGroup>, order: &Order, most: usize) {
        let unread = groups.iter().map(|group| Judgement {
            exactness: group.exactness,
            score: group.score + self.judge_indexed(group),
        });
        let mut judged: Vec<Judgement> = unread.collect();
        if self.needs_texts() {
            self.read_best(groups, order, &mut judged, most);
        }
        for (group, judged) in groups.iter_mut().zip(judged) {
            group.exactness = judged.exactness;
            group.score = judged.score;
        }
        let all = groups.len();
        order.sort_best(groups, all);
    }

    /// Reads entries, those first that may come to be the best, until no other can come before the
    /// first `most` of them.
    fn read_best(
        &self,
        groups: &[EntryGroup],
        order: &Order,
        judged: &mut [Judgement],
        most: usize,
    ) {
        let bounds: Vec<Judgement> = groups
            .iter()
            .zip(&*judged)
            .map(|of| self.bound(of))
            .collect();
        let any_runs = self.kb.running_paths().next().is_some();
        let runs = |index: &usize| any_runs && self.kb.is_running(&order.path(&groups[*index]));
        let (running, mut waiting): (Vec<usize>, Vec<usize>) = (0..groups.len()).partition(runs);
        waiting.sort_by(|a, b| bounds[*b].compare(&bounds[*a]));
        // Of a sentence nearly all have to be read; what is prepared for that is, once.
        let step = match self.question {
            Some(_) => groups.len(),
            None => most,
        };
        let mut best: Vec<Judgement> = Vec::new();
        let steps = waiting.chunks(step.max(READ_AT_ONCE));
        for some in std::iter::once(&running[..]).chain(steps) {
            let last = most.checked_sub(1).and_then(|last| best.get(last));
            let next = some.first().map(|next| &bounds[*next]);
            if last.is_some_and(|last| next.is_some_and(|next| last.compare(next).is_gt())) {
                return;
            }
            let read: Vec<&EntryGroup> = some.iter().map(|index| &groups[*index]).collect();
            for (index, read) in some.iter().zip(self.read_and_judge(&read)) {
                judged[*index] = read;
                best.push(read);
            }
            best.sort_by(|a, b| b.compare(a));
        }
    }

    /// Returns the upper bound of an entry: what it cannot exceed however its texts are judged, given how it
    /// is without.
    fn bound(&self, (group, unread): (&EntryGroup, &Judgement)) -> Judgement {
        let held = group.sections.first().map_or(0, |section| section.held);
        let likeness = match self.question {
            Some(_) => PASSAGE_LIKENESS + ENTRY_LIKENESS + WORD_LIKENESS,
            None => 0.0,
        };
        let near = self.weights().closeness * self.closeness_bound(held).powi(2);
        Judgement {
            exactness: self.sum_exactness(held, |_| NAMED).max(unread.exactness),
            score: unread.score + near + likeness,
        }
    }

    /// Returns how telling the words can be at most, of all, that stand near each other in a section.
    fn closeness_bound(&self, held: u64) -> f32 {
        self.clauses.coverage(held | self.clauses.loose())
    }

    /// Judges entries by their texts, of which those are read that are not kept.
    fn read_and_judge(&self, groups: &[&EntryGroup]) -> Vec<Judgement> {
        let best = groups.iter().map(|group| group.sections.first());
        let named = best.map(|hit| hit.map_or((usize::MAX, 0), |hit| (hit.segment, hit.doc)));
        let kept: Vec<Option<Arc<EntryTexts>>> = self.view.find_cached(named);
        let unread = kept.iter().filter(|kept| kept.is_none()).count();
        let several = unread >= SEVERAL && may_share_work();
        let begin = || {
            let question = self.question.as_ref();
            question.map(|question| Coverage::of_question(&question.words))
        };
        let judge = |coverage: &mut Option<Coverage<'_>>,
                     (group, kept): (&&EntryGroup, &Option<Arc<EntryTexts>>)| {
            let hit = group.sections.first();
            let read = hit.and_then(|hit| self.read_texts(hit, kept.clone()));
            self.judge_entry(group, read, coverage.as_mut())
        };
        if several {
            let entries = groups.par_iter().zip(&kept);
            entries.map_init(begin, judge).collect()
        } else {
            let (entries, mut coverage) = (groups.iter().zip(&kept), begin());
            entries.map(|entry| judge(&mut coverage, entry)).collect()
        }
    }

    /// Reads an entry, unless its texts are kept, and finds what matches in its best section: in more
    /// of that where the beginning does not hold what the index says.
    fn read_texts(
        &self,
        hit: &Hit,
        kept: Option<Arc<EntryTexts>>,
    ) -> Option<(Arc<EntryTexts>, Vec<Match>)> {
        let texts = kept.or_else(|| self.read_beginning(hit))?;
        let matches = self.highlighter.find_matches(&texts.section);
        if !texts.is_cut || self.shows_all(hit.held, &texts, &matches) {
            return Some((texts, matches));
        }
        let (texts, _) = EntryTexts::read(
            self.kb,
            &SectionPlace::of_hit(self.view, hit)?,
            LONG_SECTION,
        )?;
        let matches = self.highlighter.find_matches(&texts.section);
        Some((Arc::new(texts), matches))
    }

    fn read_beginning(&self, hit: &Hit) -> Option<Arc<EntryTexts>> {
        let place = SectionPlace::of_hit(self.view, hit)?;
        let (texts, file) = EntryTexts::read(self.kb, &place, SECTION)?;
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

    fn weights(&self) -> PassageWeights {
        if self.clauses.is_sentence {
            SENTENCE
        } else {
            WORDS
        }
    }

    /// Returns what the index adds to the score of an entry.
    fn judge_indexed(&self, group: &EntryGroup) -> f32 {
        let weights = self.weights();
        let held = group.sections.first().map_or(0, |section| section.held);
        let share = |held| self.clauses.coverage(held).powi(2);
        let others = group.sections.iter().take(SECTIONS).skip(1);
        let others = others.map(|section| section.score).sum::<f32>();
        weights.section * share(held) + weights.entry * share(group.held) + weights.others * others
    }

    /// Judges an entry by its texts too. What cannot be read is judged by the index alone.
    fn judge_entry(
        &self,
        group: &EntryGroup,
        read: Option<(Arc<EntryTexts>, Vec<Match>)>,
        coverage: Option<&mut Coverage<'_>>,
    ) -> Judgement {
        let indexed = group.score + self.judge_indexed(group);
        let Some((texts, matches)) = read else {
            return Judgement {
                exactness: group.exactness,
                score: indexed,
            };
        };
        let held = group.sections.first().map_or(0, |section| section.held);
        let near = self.highlighter.best_window(&matches, NEAR);
        let near = near.map_or(0.0, |(_, rarity)| rarity) / self.clauses.total_rarity().max(1.0);
        let near = self.weights().closeness * near.min(self.closeness_bound(held)).powi(2);
        Judgement {
            exactness: self.written_exactness(held, &texts),
            score: indexed + near + self.score_likeness(&texts, &matches, coverage),
        }
    }

    fn shows_all(&self, held: u64, texts: &EntryTexts, matches: &[Match]) -> bool {
        let seen = matches
            .iter()
            .fold(0, |seen, (_, clause)| seen | 1 << clause);
        let mut clauses = self.clauses.wanted.iter().enumerate();
        held & !seen == 0
            && clauses.all(|(number, clause)| {
                let identifier = clause.identifier.as_ref();
                let identifier = identifier.filter(|_| held >> number & 1 == 1);
                identifier.is_none_or(|identifier| texts.writes(identifier) >= 1.0)
            })
    }

    /// Returns what it adds to a score that an entry is about what is asked.
    fn score_likeness(
        &self,
        texts: &EntryTexts,
        matches: &[Match],
        coverage: Option<&mut Coverage<'_>>,
    ) -> f32 {
        let (Some(question), Some(coverage)) = (&self.question, coverage) else {
            return 0.0;
        };
        let likeness = |sense: &Option<Sense>| {
            let sense = sense.as_ref();
            sense.map_or(0.0, |sense| sense.likeness(&question.sense))
        };
        let senses = texts.senses();
        let mut nearest = likeness(&senses.beginning);
        let mut words = coverage.of_text(&texts.about);
        if let Some(passage) = self.find_passage(&texts.section, matches) {
            nearest = nearest.max(likeness(&Sense::of_texts(&[&texts.title, passage])));
            words = words.max(coverage.of_text(passage));
        }
        PASSAGE_LIKENESS * nearest
            + ENTRY_LIKENESS * likeness(&senses.about)
            + WORD_LIKENESS * words
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

    /// Returns how telling the exact clauses are that the entry holds as they were written.
    fn written_exactness(&self, held: u64, texts: &EntryTexts) -> f32 {
        self.sum_exactness(held, |identifier| {
            let written = texts.writes(identifier);
            // What was not read may hold it.
            if texts.is_cut {
                written.max(1.0)
            } else {
                written
            }
        })
    }

    /// Adds up how telling the exact clauses are among some; of an identifier, so many times as it says.
    fn sum_exactness(&self, held: u64, of_identifier: impl Fn(&str) -> f32) -> f32 {
        let clauses = self.clauses.wanted.iter().enumerate();
        let exact = clauses.filter(|(number, clause)| held >> number & 1 == 1 && clause.is_exact);
        let telling = exact.map(|(_, clause)| match &clause.identifier {
            Some(identifier) => clause.rarity() * of_identifier(identifier),
            None => clause.rarity(),
        });
        telling.sum()
    }
}

/// How well an entry answers.
#[derive(Debug, Clone, Copy)]
struct Judgement {
    /// How telling the exact clauses are that it holds as they were written: this comes first.
    exactness: f32,
    score: f32,
}

impl Judgement {
    fn compare(&self, other: &Self) -> Ordering {
        let by_exactness = self.exactness.total_cmp(&other.exactness);
        by_exactness.then_with(|| self.score.total_cmp(&other.score))
    }
}

/// What is read of an entry.
struct EntryTexts {
    title: String,
    /// What else it is called.
    aliases: Vec<String>,
    /// Title, description and how it begins.
    about: String,
    /// The beginning of its best section.
    section: String,
    /// Whether that section goes on.
    is_cut: bool,
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
    /// Reads the texts, so much of the section, and then looks at the file.
    fn read(kb: &Kb, place: &SectionPlace, length: usize) -> Option<(Self, Metadata)> {
        let (beginning, section, file) = place.read(kb, BEGINNING, length)?;
        let front = FrontText::of(&beginning);
        let heading = || front.body.lines().find_map(|line| line.strip_prefix("# "));
        let title = front.title.or_else(heading).unwrap_or(place.path.stem());
        let mut about = String::with_capacity(BEGINNING);
        for text in [front.title, front.description, Some(front.body)] {
            about.push_str(text.unwrap_or_default());
            about.push('\n');
        }
        about.truncate(floor_char_boundary(&about, COMPARED));
        let texts = EntryTexts {
            title: title.to_owned(),
            aliases: front.aliases.into_iter().map(str::to_owned).collect(),
            about,
            section,
            is_cut: place.is_longer(length),
            path: place.path.clone(),
            senses: OnceLock::new(),
        };
        Some((texts, file))
    }

    fn senses(&self) -> &TextSenses {
        self.senses.get_or_init(|| {
            let beginning = &self.section[..floor_char_boundary(&self.section, PASSAGE)];
            let about = &self.about[..floor_char_boundary(&self.about, ABOUT)];
            Box::new(TextSenses {
                about: Sense::of_texts(&[about]),
                beginning: Sense::of_texts(&[&self.title, beginning]),
            })
        })
    }

    /// Returns about how many bytes it takes.
    fn size(&self) -> usize {
        let aliases = self
            .aliases
            .iter()
            .map(|alias| alias.len() + size_of::<String>());
        let texts = self.title.len() + self.about.capacity() + self.section.len();
        texts
            + aliases.sum::<usize>()
            + self.path.as_str().len()
            + size_of::<(EntryTexts, TextSenses)>()
    }

    /// Returns how far an identifier stands here as it was written.
    fn writes(&self, identifier: &str) -> f32 {
        let path = self.path.as_str().to_lowercase();
        let small = identifier.to_lowercase();
        let texts = [&self.section, &self.about];
        if self.is_named(&small) {
            NAMED
        } else if texts.iter().any(|text| holds_name(text, identifier)) || holds_name(&path, &small)
        {
            1.0
        } else if texts
            .iter()
            .any(|text| holds_name(&text.to_lowercase(), &small))
        {
            OTHER_CASE
        } else {
            IN_PROSE
        }
    }

    /// Returns whether the entry is named after an identifier in small letters; with a number in
    /// it, hyphens do not matter (`EIP1559`).
    fn is_named(&self, identifier: &str) -> bool {
        let plain = |name: &str| {
            let name = name.to_lowercase();
            if identifier.contains(|c: char| c.is_ascii_digit()) {
                name.replace(['-', '_', ' '], "")
            } else {
                name
            }
        };
        let wanted = plain(identifier);
        let names = [self.path.stem(), &self.title];
        let mut names = names
            .into_iter()
            .chain(self.aliases.iter().map(String::as_str));
        names.any(|name| plain(name) == wanted)
    }
}

/// Returns whether a name stands in a text: `EIP-15` does not in `EIP-155`.
fn holds_name(text: &str, name: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let number = name.ends_with(is_digit);
    text.match_indices(name).any(|(at, _)| {
        let after = &text[at + name.len()..];
        !(number && after.starts_with(is_digit))
    })
}

/// The beginning of a file, with what its front matter says of the subject.
struct FrontText<'t> {
    title: Option<&'t str>,
    aliases: Vec<&'t str>,
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
            aliases: front_list(front, "aliases:"),
            title: value("title:"),
            description: value("description:"),
            body: body.trim_start_matches('-').trim_start(),
        }
    }
}

/// Returns the values of a list in the front matter: `[a, b]`, or lines that begin with a dash.
fn front_list<'t>(front: &'t str, key: &str) -> Vec<&'t str> {
    let mut lines = front.lines().skip_while(|line| !line.starts_with(key));
    let first = lines
        .next()
        .and_then(|line| line.strip_prefix(key))
        .unwrap_or_default();
    let below = lines.map_while(|line| line.trim_start().strip_prefix("- "));
    let values = first
        .trim()
        .trim_matches(['[', ']'])
        .split(',')
        .chain(below);
    let values = values.map(|value| value.trim().trim_matches(['"', '\'']));
    values.filter(|value| !value.is_empty()).collect()
}
