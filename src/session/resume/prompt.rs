//! The resume prompt read back, also one that a person edited.

use super::derive;
use super::ending::Ending;
use super::text::{shorten_text, single_line};
use crate::model::Session;

pub(super) const LAST_SESSION: &str = "Last session";
pub(super) const STATE: &str = "State";
pub(super) const NEXT: &str = "Next";
pub(super) const KEY_FILES: &str = "Key files";
pub(super) const DECISIONS: &str = "Decisions";
pub(super) const OPEN_BLOCKERS: &str = "Open blockers";
pub(super) const UNCOMMITTED: &str = "Uncommitted";

/// What a list of sessions shows of one, in characters.
const SUMMARY: usize = 600;

/// A statement of the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromptFact {
    /// What.
    pub text: String,
    /// From what it was derived, such as `from the log`; `None` if it was stated.
    pub from: Option<String>,
}

/// The content of a prompt's lines, but for the lists that the tables of the record hold too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Prompt {
    pub summary: Option<PromptFact>,
    pub state: Option<PromptFact>,
    pub next: Option<PromptFact>,
    pub uncommitted: Option<String>,
}

impl Prompt {
    /// Reads the lines. What stands behind no label is about the state.
    pub(super) fn parse(lines: &[String]) -> Self {
        let mut prompt = Prompt::default();
        let mut free = Vec::new();
        for line in lines.iter().map(|line| line.trim()) {
            if let Some(told) = labelled_text(line, LAST_SESSION) {
                prompt.summary = prompt.summary.or(told.filled());
            } else if let Some(told) = labelled_text(line, UNCOMMITTED) {
                prompt.uncommitted = prompt.uncommitted.or(told.filled().map(|told| told.text));
            } else if !is_labelled(line) || labelled_text(line, STATE).is_some() {
                free.push(line);
            }
        }
        let free = single_line(&free.join(" "));
        let (state, next) = match split_next(&free) {
            Some((state, next)) => (state, next.filled()),
            None => (free.as_str(), None),
        };
        let state = labelled_text(state, STATE).unwrap_or_else(|| PromptFact {
            text: state.to_owned(),
            from: None,
        });
        prompt.state = state.filled();
        prompt.next = next;
        prompt
    }
}

impl PromptFact {
    /// Returns it without the words that say what is next, if they say this.
    pub(super) fn without_next(self, next: &str) -> Self {
        let says =
            |told: &PromptFact| told.text.trim_end_matches('.') == next.trim_end_matches('.');
        match split_next(&self.text) {
            Some((text, told)) if says(&told) => PromptFact {
                text: text.to_owned(),
                from: self.from,
            },
            _ => self,
        }
    }

    fn filled(self) -> Option<PromptFact> {
        (!self.text.is_empty()).then_some(self)
    }
}

/// Returns what stands behind `LABEL:` or `LABEL (from something):`.
fn labelled_text(line: &str, label: &str) -> Option<PromptFact> {
    let rest = line.strip_prefix(label)?;
    let (from, text) = match rest.strip_prefix(':') {
        Some(text) => (None, text),
        None => {
            let (from, text) = rest.strip_prefix(" (")?.split_once("):")?;
            (Some(from.to_owned()), text)
        }
    };
    let text = text.trim().to_owned();
    Some(PromptFact { text, from })
}

/// Returns whether the text begins like one of the lines of a prompt that have a label.
pub(super) fn is_labelled(text: &str) -> bool {
    [
        LAST_SESSION,
        STATE,
        KEY_FILES,
        DECISIONS,
        OPEN_BLOCKERS,
        UNCOMMITTED,
    ]
    .iter()
    .any(|label| labelled_text(text, label).is_some())
}

/// Splits `STATE Next: NEXT`.
pub(super) fn split_next(text: &str) -> Option<(&str, PromptFact)> {
    text.match_indices(NEXT).find_map(|(at, _)| {
        let (state, next) = text.split_at(at);
        let begins = state.is_empty() || state.ends_with(char::is_whitespace);
        let next = labelled_text(next, NEXT).filter(|_| begins)?;
        Some((state.trim_end(), next))
    })
}

/// Returns the text without anything that [`split_next`] would find.
pub(super) fn without_next(text: &str) -> String {
    text.replace("Next:", "next:").replace("Next (", "next (")
}

/// Returns what was done in one line: what the prompt says, else the goal, else the last event, else
/// what an end would derive.
pub fn summary_of(session: &Session) -> Option<String> {
    let goal = session.goal.as_deref();
    let goal = goal.filter(|goal| !goal.trim().is_empty());
    let told = session.summary().or(goal);
    let told = told.or_else(|| derive::last_event(session));
    let told = told.map(str::to_owned);
    let text = told.or_else(|| derive::derive_summary(session))?;
    let text = shorten_text(&single_line(&text), SUMMARY);
    (!text.is_empty()).then_some(text)
}

/// Returns the parts of the prompt that were stated, and not derived: a
/// session that goes on after its end says it again.
pub fn stated_ending(session: &Session) -> Ending {
    let prompt = Prompt::parse(&session.prompt);
    let stated = |told: Option<PromptFact>| Some(told.filter(|told| told.from.is_none())?.text);
    Ending {
        summary: stated(prompt.summary),
        state: stated(prompt.state),
        next: stated(prompt.next),
        uncommitted: prompt
            .uncommitted
            .map(|files| files.split(", ").map(str::to_owned).collect())
            .unwrap_or_default(),
    }
}

/// Returns in what state the work was: what the prompt says, else what the log says of the last
/// tests and builds.
#[cfg(test)]
pub fn state_of(session: &Session) -> Option<String> {
    let told = Prompt::parse(&session.prompt).state.map(|told| told.text);
    told.or_else(|| derive::derive_state(session).map(|(_, state)| state))
}

/// Returns what was to be next: what the prompt says, else the last event that says it.
#[cfg(test)]
pub fn next_of(session: &Session) -> Option<String> {
    let told = Prompt::parse(&session.prompt).next.map(|told| told.text);
    told.or_else(|| derive::derive_next(session))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Prompt {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        Prompt::parse(&lines)
    }

    fn told(text: &str, from: Option<&str>) -> Option<PromptFact> {
        Some(PromptFact {
            text: text.to_owned(),
            from: from.map(str::to_owned),
        })
    }

    #[test]
    fn a_prompt_is_taken_apart() {
        let prompt = parse(&[
            "Last session: Did it.",
            "All green. Next: go on. Next: further.",
            "Key files: a",
            "Uncommitted: b, c",
        ]);
        assert_eq!(prompt.summary, told("Did it.", None));
        assert_eq!(prompt.state, told("All green.", None));
        assert_eq!(prompt.next, told("go on. Next: further.", None));
        assert_eq!(prompt.uncommitted.as_deref(), Some("b, c"));
    }

    #[test]
    fn what_was_derived_is_known_as_such() {
        let prompt = parse(&[
            "Last session (from the log): Did it.",
            "State (from the last test run): cargo test passed. Next (from the log): go on.",
        ]);
        assert_eq!(prompt.summary, told("Did it.", Some("from the log")));
        let state = told("cargo test passed.", Some("from the last test run"));
        assert_eq!(prompt.state, state);
        assert_eq!(prompt.next, told("go on.", Some("from the log")));
    }

    #[test]
    fn a_prompt_that_a_person_wrote_is_understood_as_far_as_it_goes() {
        assert_eq!(parse(&[]), Prompt::default());
        let prompt = parse(&["Nearly there,", "two tests left.", "Next:", "Decisions: x"]);
        assert_eq!(prompt.state, told("Nearly there, two tests left.", None));
        assert_eq!((prompt.summary, prompt.next), (None, None));
        assert_eq!(parse(&["Last session:"]).summary, None);
        assert_eq!(parse(&["Use Next.js"]).state, told("Use Next.js", None));
    }
}
