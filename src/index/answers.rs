//! Answers that a server keeps: a question that was just asked gets the same answer, as long as
//! nothing has changed.
//!
//! That nothing has changed is known only where the files are watched ([`suspects`]) and the watch
//! sees whatever happens in them: a mark stands for all of their contents then, the parts that are
//! read for an answer included.
//!
//! [`suspects`]: super::suspects

use super::bounded_cache::BoundedCache;
use super::generation::Generation;
use crate::error::Result;
use blake3::{Hash, Hasher};
use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes are kept at most, roughly, and how many of one answer.
const MOST: usize = 16 << 20;
const MOST_OF_ONE: usize = 256 << 10;
/// What keeping an answer costs beside it, in bytes.
const OVERHEAD: usize = 128;

/// A moment of the files and of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnswerMoment {
    pub generation: Generation,
    pub revision: u64,
    /// What the watch of the files had seen.
    pub mark: u64,
}

type CachedAnswer = Arc<dyn Any + Send + Sync>;

/// Answers by question, all of one moment.
#[derive(Default)]
pub(super) struct AnswerCache {
    state: Mutex<MomentAnswers>,
}

struct MomentAnswers {
    moment: Option<AnswerMoment>,
    answers: BoundedCache<Hash, CachedAnswer>,
}

/// What a view may take from the answers of its moment, and add to them.
pub(super) struct AnswerAccess {
    pub kept: Arc<AnswerCache>,
    pub moment: AnswerMoment,
    /// Stands for what the records hold that lie outside of the KB, which differ between callers.
    pub detached: Option<Hash>,
}

impl Default for MomentAnswers {
    fn default() -> Self {
        MomentAnswers {
            moment: None,
            answers: BoundedCache::with_room(MOST),
        }
    }
}

impl AnswerCache {
    pub(super) fn clear(&self) {
        *self.lock() = MomentAnswers::default();
    }

    fn lock(&self) -> MutexGuard<'_, MomentAnswers> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AnswerAccess {
    /// Answers a question, or takes what was answered before. `question` holds all that the answer
    /// depends on but for the index and the files, `size` about how many bytes an answer takes.
    pub(super) fn answer_once<T: Clone + Send + Sync + 'static>(
        &self,
        question: &str,
        size: impl Fn(&T) -> usize,
        answer: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let question = self.hash_question(question);
        if let Some(known) = self.find::<T>(&question) {
            return Ok(T::clone(&known));
        }
        let found = answer()?;
        let size = size(&found) + OVERHEAD;
        if size <= MOST_OF_ONE {
            self.keep(question, Arc::new(found.clone()), size);
        }
        Ok(found)
    }

    fn hash_question(&self, question: &str) -> Hash {
        let mut hasher = Hasher::new();
        if let Some(detached) = &self.detached {
            hasher.update(detached.as_bytes());
        }
        hasher.update(question.as_bytes()).finalize()
    }

    fn find<T: Send + Sync + 'static>(&self, question: &Hash) -> Option<Arc<T>> {
        let mut state = self.kept.lock();
        if state.moment.as_ref() != Some(&self.moment) {
            return None;
        }
        Arc::clone(state.answers.find(question)?).downcast().ok()
    }

    /// Keeps an answer. Those of another moment are not asked for any more, but by who came earlier
    /// and is not answered yet.
    fn keep(&self, question: Hash, answer: CachedAnswer, size: usize) {
        let mut state = self.kept.lock();
        if state.moment.as_ref() != Some(&self.moment) {
            state.answers.clear();
            state.moment = Some(self.moment.clone());
        }
        state.answers.add(question, answer, size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn access(kept: &Arc<AnswerCache>, mark: u64) -> AnswerAccess {
        AnswerAccess {
            kept: Arc::clone(kept),
            moment: AnswerMoment {
                generation: Generation::at(Path::new("/index"), 1),
                revision: 1,
                mark,
            },
            detached: None,
        }
    }

    fn ask(access: &AnswerAccess, question: &str, answer: usize) -> usize {
        let answered = access.answer_once(question, |size| *size, || Ok(answer));
        answered.expect("an answer")
    }

    #[test]
    fn the_same_is_answered_until_something_changes() {
        let kept = Arc::default();
        let before = access(&kept, 1);
        assert_eq!(ask(&before, "a", 1), 1);
        assert_eq!(ask(&before, "b", 2), 2);
        assert_eq!((ask(&before, "a", 7), ask(&before, "b", 7)), (1, 2));
        let after = access(&kept, 2);
        assert_eq!(ask(&after, "a", 3), 3);
        assert_eq!(ask(&after, "a", 7), 3);
        assert_eq!(ask(&before, "b", 4), 4, "it is of another moment");
        let mut elsewhere = access(&kept, 1);
        elsewhere.detached = Some(blake3::hash(b"a record"));
        assert_eq!(ask(&elsewhere, "b", 5), 5, "it is of another project");
        assert_eq!(ask(&before, "b", 7), 4);
    }

    #[test]
    fn a_large_answer_and_a_failure_are_not_kept() {
        let kept = access(&Arc::default(), 1);
        assert_eq!(ask(&kept, "a", MOST_OF_ONE), MOST_OF_ONE);
        assert_eq!(ask(&kept, "a", 1), 1);
        let failed = || Err(crate::error::Error::failed("no answer"));
        assert!(kept.answer_once("b", |size| *size, failed).is_err());
        assert_eq!(ask(&kept, "b", 2), 2);
    }
}
