//! The resume block of a project within a budget.

use super::item::Item;
use super::items::resume_items;
use super::notice::{self, ResumeLeftOut};
use super::work::Work;
use crate::error::{Hint, HintSpelling};

/// What the next session is to know of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Markdown, without a line break at the end; empty if nothing is known.
    pub text: String,
    /// What did not fit.
    pub left_out: Vec<ResumeLeftOut>,
}

/// An item longer than this, in characters, waits until all others are in: it would keep out many
/// that say more.
const LONG: usize = 1000;

/// Up to this budget a short notice will do; beyond, what was left out is listed by kind.
const SHORT_NOTICE: usize = 500;

/// Returns what is known of a project in at most `budget` characters, the notice of what was left
/// out included. Items are there whole or not at all, the least important are left out first, and
/// a greater budget holds all that a smaller one holds.
pub fn resume_block(work: &Work, budget: usize) -> Block {
    Layout::new(resume_items(work), work.spelling).fit(budget)
}

/// All items, and the order in which a growing budget takes them in.
///
/// The order does not depend on the budget, and what is taken in is always a beginning of it.
/// That is why growing the budget never loses an item.
struct Layout {
    items: Vec<Item>,
    /// Places in `items`, the most important first.
    order: Vec<usize>,
    /// Length of the text with the first 0, 1, 2 … of `order`, without a notice.
    lengths: Vec<usize>,
    /// How to get everything.
    everything: String,
    spelling: HintSpelling,
}

impl Layout {
    fn new(items: Vec<Item>, spelling: HintSpelling) -> Self {
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|at| {
            let item = &items[*at];
            (item.length > LONG, item.rank, item.order, *at)
        });
        let mut lengths = vec![0];
        let mut length = 0;
        for (count, at) in order.iter().enumerate() {
            // A blank line behind the first, else a line break between two.
            length += items[*at].length + count.min(1) + usize::from(count == 1);
            lengths.push(length);
        }
        let budget = length.div_ceil(100) * 100;
        let everything = Hint::command("resume").with_option("budget", budget.to_string());
        Layout {
            items,
            order,
            lengths,
            everything: spelling.spell(everything),
            spelling,
        }
    }

    fn fit(&self, budget: usize) -> Block {
        if self.lengths.last().is_none_or(|all| *all <= budget) {
            return Block {
                text: self.text(self.order.len(), ""),
                left_out: Vec::new(),
            };
        }
        let full = self.most(budget, |count| self.full_notice(count));
        let short = self.most(budget.min(SHORT_NOTICE), |count| self.short_notice(count));
        let Some(count) = full.max(short) else {
            return Block {
                text: String::new(),
                left_out: self.left_out(0),
            };
        };
        let notices = [self.full_notice(count), self.short_notice(count)];
        let fits = |notice: &&String| self.length(count, notice) <= budget;
        let notice = notices.iter().find(fits).map_or("", String::as_str);
        Block {
            text: self.text(count, notice),
            left_out: self.left_out(count),
        }
    }

    /// Returns how many items fit together with their notice; not all of them.
    fn most(&self, budget: usize, notice: impl Fn(usize) -> String) -> Option<usize> {
        let fits = self.lengths.partition_point(|length| *length <= budget);
        let fits = fits.min(self.order.len());
        (0..fits)
            .rev()
            .find(|count| self.length(*count, &notice(*count)) <= budget)
    }

    fn length(&self, count: usize, notice: &str) -> usize {
        let gap = if count == 0 { 0 } else { 2 };
        self.lengths[count] + gap + super::text::text_length(notice)
    }

    fn left_out(&self, count: usize) -> Vec<ResumeLeftOut> {
        let left = self.order[count..].iter().map(|at| &self.items[*at]);
        notice::left_out(left, &self.everything, self.spelling)
    }

    fn full_notice(&self, count: usize) -> String {
        notice::full_notice(&self.left_out(count), &self.everything)
    }

    fn short_notice(&self, count: usize) -> String {
        notice::short_notice(self.order.len() - count, &self.everything)
    }

    /// Returns the first items of the order, as they are read, and the notice.
    fn text(&self, count: usize, notice: &str) -> String {
        let mut taken = self.order[..count].to_vec();
        taken.sort_unstable();
        let mut text = String::new();
        for (number, at) in taken.into_iter().enumerate() {
            text.push_str(["", "\n\n", "\n"][number.min(2)]);
            text.push_str(&self.items[at].line);
        }
        if !text.is_empty() && !notice.is_empty() {
            text.push_str("\n\n");
        }
        text + notice
    }
}
