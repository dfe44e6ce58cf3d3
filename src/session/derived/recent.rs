//! `RECENT_WORK.md` as a text: the newest sessions, within three limits.

use super::facts::SessionFacts;
use super::{row, seal, text};
use crate::model::{Session, Source};
use crate::session::resume::stated_ending;

/// What the text may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RecentLimits {
    pub(super) sessions: usize,
    pub(super) lines: usize,
    pub(super) bytes: usize,
}

/// A session as it is shown there.
pub(super) struct RecentSession {
    /// Its heading, then shorter ones, should there be no room for it.
    headings: [String; 2],
    /// What there is to say, the most important first, by rank.
    items: Vec<(usize, String)>,
}

/// What there is to say of a session, by rank.
const ITEMS: [&str; 6] = ["Done", "Next", "Blocked", "Decided", "Noted", "Goal"];
/// Most characters of an item.
const ITEM: usize = 240;
const TITLE: &str = "# Recent Work";
const NOTHING: &str = "No sessions yet.";

impl RecentSession {
    /// Prepares a session in the folder of that name.
    pub(super) fn new(folder: &str, facts: &SessionFacts, session: Option<&Session>) -> Self {
        let (day, id) = (facts.id.start().format("%Y-%m-%d %H:%M"), facts.id);
        let project = text::one_line(&facts.project, row::PROJECT);
        let project = text::without_comments(&project);
        let duration = facts.duration().map(|d| format!(" · {d}"));
        let duration = duration.unwrap_or_default();
        let link = row::session_link(folder, id);
        let mut told = RecentSession {
            headings: [
                format!("## {day} · {project}{duration} · {link}"),
                format!("## {day} · {id}"),
            ],
            items: Vec::new(),
        };
        let goal = session.filter(|session| session.summary().is_none());
        let is_goal =
            goal.is_some_and(|session| session.goal.as_deref() == Some(facts.summary.as_str()));
        told.add_item(0, if is_goal { ITEMS[5] } else { ITEMS[0] }, &facts.summary);
        if let Some(session) = session {
            let next = stated_ending(session).next;
            told.add_item(
                1,
                ITEMS[1],
                &join_texts(open_steps(session, next.as_deref())),
            );
            told.add_item(2, ITEMS[2], &join_texts(open_blockers(session)));
            told.add_item(3, ITEMS[3], &join_texts(ordered_decisions(session)));
            told.add_item(4, ITEMS[4], &join_texts(note_beginnings(session)));
        }
        told
    }

    fn add_item(&mut self, rank: usize, what: &str, said: &str) {
        let said = text::one_line(said, ITEM);
        if !said.is_empty() {
            let line = format!("- {what}: {}", text::without_comments(&said));
            self.items.push((rank, line));
        }
    }

    /// Returns every line that the session can have in the text.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        let items = self.items.iter().map(|(_, item)| item.as_str());
        self.headings.iter().map(String::as_str).chain(items)
    }
}

/// Returns the steps that are not done; without a list of them, what the prompt states to be next.
fn open_steps<'a>(session: &'a Session, stated: Option<&'a str>) -> Vec<&'a str> {
    if session.next_steps.is_empty() {
        return stated.into_iter().collect();
    }
    let open = session.next_steps.iter().filter(|step| !step.done);
    open.map(|step| step.text.as_str()).collect()
}

fn open_blockers(session: &Session) -> Vec<&str> {
    let open = session
        .blockers
        .iter()
        .filter(|b| b.resolution.trim().is_empty());
    open.map(|blocker| blocker.blocker.as_str()).collect()
}

/// Returns what notes begin with, without their links.
fn note_beginnings(session: &Session) -> Vec<&str> {
    let behind_link = |note: &'_ String| note.find("]] ").map_or(0, |at| at + "]] ".len());
    let notes = session.notes.iter();
    notes.map(|note| &note[behind_link(note)..]).collect()
}

/// Returns the decisions, those that were stated before those that were concluded.
fn ordered_decisions(session: &Session) -> Vec<&str> {
    let stated = |decision: &&crate::model::Decision| decision.source == Source::Stated;
    let all = session.decisions.iter();
    let first = all.clone().filter(stated);
    let then = all.filter(|decision| !stated(decision));
    first
        .chain(then)
        .map(|decision| decision.decision.as_str())
        .collect()
}

/// Joins as many as fit on a line, and says how many are left out.
fn join_texts(texts: Vec<&str>) -> String {
    const REST: usize = 24;
    let texts: Vec<String> = texts
        .iter()
        .map(|text| text::one_line(text, ITEM - REST))
        .collect();
    let texts: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
    let (mut line, mut length) = (String::new(), 0);
    for (at, text) in texts.iter().enumerate() {
        let more = text.chars().count() + 2;
        if at > 0 && length + more > ITEM - REST {
            return format!("{line}; {} more", texts.len() - at);
        }
        if at > 0 {
            line.push_str("; ");
        }
        line.push_str(text);
        length += more;
    }
    line
}

/// Returns the text. The sessions come newest first; those that there is no room for are left out,
/// and of the others, what is least important, from the oldest on.
pub(super) fn render_recent(sessions: &[RecentSession], limits: RecentLimits) -> String {
    let sessions = &sessions[..sessions.len().min(limits.sessions)];
    if limits.lines < 2 {
        return seal::seal_text(on_one_line(sessions.first(), limits));
    }
    // Blank lines only where they take no room from what there is to say.
    let spaced = sessions.len().saturating_mul(4).saturating_add(3) <= limits.lines;
    let mut page = RecentPage {
        blank: usize::from(spaced),
        lines: limits.lines,
        bytes: limits.bytes,
        parts: Vec::new(),
    };
    page.take_line(0, seal::LENGTH);
    let titled = limits.lines > 2 && page.take_line(0, TITLE.len());
    page.choose_headings(sessions);
    page.choose_items(sessions);
    page.render_page(sessions, titled)
}

fn on_one_line(newest: Option<&RecentSession>, limits: RecentLimits) -> String {
    let comment = seal::unsealed_comment();
    let fits = |heading: &&String| heading.len() + seal::LENGTH + 2 <= limits.bytes;
    let heading = newest.and_then(|told| told.headings.iter().find(fits));
    match heading {
        Some(heading) => format!("{heading} {comment}\n"),
        None => format!("{comment}\n"),
    }
}

/// A text in the making: what is chosen of each session, and the room that is left.
struct RecentPage {
    blank: usize,
    lines: usize,
    bytes: usize,
    /// Of each session, which heading, and which of its items.
    parts: Vec<(usize, Vec<bool>)>,
}

impl RecentPage {
    /// Takes a line of that length, with blank lines before it, if there is room.
    fn take_line(&mut self, blank: usize, length: usize) -> bool {
        let room = self.lines > blank && self.bytes > length + blank;
        if room {
            self.lines -= 1 + blank;
            self.bytes -= length + 1 + blank;
        }
        room
    }

    fn choose_headings(&mut self, sessions: &[RecentSession]) {
        for told in sessions {
            let lengths = told.headings.iter().map(String::len);
            let fitting = lengths
                .enumerate()
                .find(|(_, length)| self.take_line(self.blank, *length));
            let Some((heading, _)) = fitting else {
                return;
            };
            self.parts.push((heading, vec![false; told.items.len()]));
        }
    }

    /// Chooses what is shown of all sessions before what is less important, the newest first, until
    /// there is no room: so no session gets less than an older one.
    fn choose_items(&mut self, sessions: &[RecentSession]) {
        let ranks = sessions
            .iter()
            .flat_map(|told| told.items.iter().map(|(rank, _)| *rank));
        for rank in 0..=ranks.max().unwrap_or(0) {
            for (session, told) in sessions.iter().enumerate().take(self.parts.len()) {
                let Some(at) = told.items.iter().position(|(r, _)| *r == rank) else {
                    continue;
                };
                if !self.take_line(0, told.items[at].1.len()) {
                    return;
                }
                self.parts[session].1[at] = true;
            }
        }
    }

    fn render_page(&self, sessions: &[RecentSession], titled: bool) -> String {
        let blank = "\n".repeat(self.blank);
        let mut text = seal::unsealed_comment() + "\n";
        if titled {
            text += &format!("{TITLE}\n");
        }
        for (told, (heading, chosen)) in sessions.iter().zip(&self.parts) {
            text += &format!("{blank}{}\n", told.headings[*heading]);
            let items = told.items.iter().zip(chosen).filter(|(_, chosen)| **chosen);
            for ((_, item), _) in items {
                text += &format!("{item}\n");
            }
        }
        if sessions.is_empty() && self.lines > 1 {
            text += &format!("\n{NOTHING}\n");
        }
        seal::seal_text(text)
    }
}

/// Returns whether a line is one of those around the sessions.
pub(super) fn is_frame(line: &str) -> bool {
    ["", TITLE, NOTHING].contains(&line) || seal::is_comment(line)
}

/// Returns whether a line is what a session can have below its heading.
pub(super) fn is_item(line: &str) -> bool {
    let item = line
        .strip_prefix("- ")
        .and_then(|item| item.split_once(": "));
    item.is_some_and(|(name, _)| ITEMS.contains(&name))
}

/// Reads which session a heading is of.
pub(super) fn parse_heading(line: &str) -> Option<(String, crate::model::SessionId)> {
    let line = line.strip_prefix("## ")?;
    let at = line.rfind(" · [")? + " · ".len();
    let (folder, id, rest) = row::parse_link(&line[at..])?;
    rest.is_empty().then_some((folder, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::tests::samples;
    use proptest::prelude::*;

    fn recent_sessions(count: usize, text: &str) -> Vec<RecentSession> {
        let session =
            |n: usize| samples::full_session(&format!("202503{:02}-100000", 28 - n), "p", text);
        (0..count.min(28))
            .map(|n| {
                let session = session(n);
                let path = crate::model::EntryPath::from_walk(format!("l/p/{}.md", session.id));
                let place = (path, "p", session.id);
                let facts = SessionFacts::new(place, Some(&session), crate::model::Zone::UTC);
                RecentSession::new("p", &facts, Some(&session))
            })
            .collect()
    }

    #[test]
    fn the_next_step_is_behind_its_word() {
        let mut session = samples::ended_session("20250321-143022", "my-api");
        for (line, next) in [
            (
                "All tests passing. Next: integrate it.",
                Some("integrate it."),
            ),
            ("Next: a Next: b", Some("a Next: b")),
            (
                "State (from the last test run): red. Next: fix",
                Some("fix"),
            ),
            ("Decisions: x Next: y", None),
            ("Key files: a.md Next: b", None),
            ("Next:", None),
            ("NextNext: x", None),
        ] {
            session.prompt = vec!["Last session: Next: no".into(), line.into()];
            assert_eq!(stated_ending(&session).next.as_deref(), next, "{line}");
        }
    }

    #[test]
    fn one_line_names_the_newest() {
        let limits = RecentLimits {
            sessions: 5,
            lines: 1,
            bytes: 500,
        };
        let text = render_recent(&recent_sessions(3, "x"), limits);
        assert!(text.starts_with(
            "## 2025-03-28 10:00 · p · 2h 15m · [20250328-100000](p/20250328-100000.md) <!--"
        ));
        assert_eq!(text.lines().count(), 1);
        assert_eq!(render_recent(&[], limits).lines().count(), 1);
    }

    #[test]
    fn many_things_on_a_line_are_counted() {
        let mut session = samples::ended_session("20250321-143022", "p");
        session.decisions = vec![samples::decision(&"x".repeat(90), ""); 5];
        session.decisions[4].source = Source::Inferred;
        session.decisions[4].decision = "last".into();
        let line = join_texts(ordered_decisions(&session));
        assert!(
            line.ends_with("x; 3 more") && line.chars().count() <= ITEM,
            "{line}"
        );
        session.decisions.drain(..3);
        assert_eq!(
            join_texts(ordered_decisions(&session)),
            format!("{}; last", "x".repeat(90))
        );
        assert_eq!(join_texts(vec!["", " \n"]), "");
    }

    proptest! {
        #[test]
        fn the_limits_hold_and_no_session_gets_less_than_an_older_one(
            count in 0usize..28,
            text in "\\PC{0,300}|.{0,300}",
            sessions in 1usize..30,
            lines in 1usize..120,
            bytes in 500usize..12_000,
        ) {
            let all = recent_sessions(count, &text);
            let limits = RecentLimits { sessions, lines, bytes };
            let text = render_recent(&all, limits);
            prop_assert!(seal::is_intact(&text));
            prop_assert!(text.lines().count() <= lines && text.len() <= bytes);
            let parts: Vec<usize> = text.split("\n## ").map(|part| part.matches("\n- ").count()).collect();
            let parts = &parts[parts.len().min(1)..];
            prop_assert!(parts.len() <= sessions);
            prop_assert!(parts.iter().rev().is_sorted());
            prop_assert!(count == 0 || text.contains("20250328-100000"));
            if lines > 1 {
                let shown = all.iter().flat_map(RecentSession::lines).chain(["", TITLE, NOTHING]);
                let shown: Vec<&str> = shown.collect();
                prop_assert!(text.lines().skip(1).all(|line| shown.contains(&line)));
            }
        }
    }
}
