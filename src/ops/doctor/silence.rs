//! What the records of an agent lack of late: an agent that changes breaks its hooks or
//! transcripts without a word.

use super::Finding;
use crate::agents::Agent;
use crate::error::Hint;
use crate::kb::Kb;
use crate::model::Session;
use crate::session::derived;

/// So many of an agent's latest sessions are compared.
const SESSIONS: usize = 20;
/// With fewer than this, nothing can be concluded.
const LEAST: usize = 10;
/// So many of all sessions are read.
const READ: usize = 400;

/// So many sessions have to lack a fact.
const LACKING: usize = 3;

/// Whether a session has a fact. `None`: it has no reason to.
type HasFact = fn(&Session) -> Option<bool>;

/// Facts that the sessions of an agent have, at least some of them.
const FACTS: [(&str, HasFact); 4] = [
    ("prompt", |session| Some(session.goal.is_some())),
    ("use of a tool", |session| Some(!session.tools.is_empty())),
    ("file", |session| {
        (!session.tools.is_empty()).then_some(!session.files.is_empty())
    }),
    ("command outcome", has_outcome),
];

/// Names the agents whose latest sessions all lack a fact.
pub(super) fn find_silent_agents(kb: &Kb) -> Vec<Finding> {
    let sessions = derived::newest_sessions(kb, None, READ).unwrap_or_default();
    let mut findings = Vec::new();
    for agent in Agent::ALL {
        let own = |session: &&Session| {
            let by = session.agent.as_ref();
            by.is_some_and(|by| by.name == agent.name())
        };
        let all = sessions.iter().map(|(_, session)| session);
        let latest: Vec<&Session> = all.filter(own).take(SESSIONS).collect();
        findings.extend(lacking_facts(kb, *agent, &latest));
    }
    findings
}

fn lacking_facts(kb: &Kb, agent: Agent, latest: &[&Session]) -> Vec<Finding> {
    if latest.len() < LEAST {
        return Vec::new();
    }
    FACTS
        .iter()
        .filter(|(_, has)| {
            let known: Vec<bool> = latest.iter().filter_map(|session| has(session)).collect();
            known.len() >= LACKING && !known.contains(&true)
        })
        .map(|(what, _)| {
            let (count, title) = (latest.len(), agent.title());
            let message = format!("the last {count} sessions of {title} had no {what}");
            let advice = Hint::from(format!(
                "{title} may have changed what it reports: look for a newer mx; '"
            ));
            let advice = advice.then(Hint::command("import").with(agent.name()));
            let advice = kb.spell(advice.then("' adds what its transcripts hold"));
            Finding::warning("hooks", message, advice)
        })
        .collect()
}

/// Returns whether the outcome of a check is known, such as of tests, if any was run.
fn has_outcome(session: &Session) -> Option<bool> {
    let said = |end: &str| session.progress.iter().any(|row| row.text.ends_with(end));
    let ran = session
        .progress
        .iter()
        .any(|row| row.text.starts_with("Ran "));
    let known = said(": passed") || said(": failed");
    (ran || known).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::tests::TestKb;
    use crate::model::{Event, Source, Timestamp};

    fn session(rows: &[&str]) -> Session {
        let started = Timestamp::from_seconds(1_700_000_000);
        let id = "20231114-221320".parse().expect("an id");
        let mut session = Session::new(id, "demo".to_owned(), started);
        session.goal = Some("to test".to_owned());
        for text in rows {
            session.progress.push(Event {
                time: started.datetime().naive_local(),
                text: (*text).to_owned(),
                source: Source::Observed,
            });
        }
        session
    }

    fn messages(rows: &[&str], count: usize) -> Vec<String> {
        let sessions: Vec<Session> = (0..count).map(|_| session(rows)).collect();
        let latest: Vec<&Session> = sessions.iter().collect();
        let findings = lacking_facts(&TestKb::new(), Agent::Codex, &latest);
        findings
            .into_iter()
            .map(|finding| finding.message)
            .collect()
    }

    #[test]
    fn outcomes_that_no_session_has_are_named() {
        let all = messages(&["Ran cargo test"], 20);
        let outcome = "the last 20 sessions of Codex CLI had no command outcome".to_owned();
        assert!(all.contains(&outcome), "{all:?}");
        for rows in [&["Ran cargo test", "make: failed"][..], &["Something else"]] {
            assert!(!messages(rows, 20).contains(&outcome), "{rows:?}");
        }
        assert_eq!(messages(&["Ran cargo test"], 9), Vec::<String>::new());
    }
}
