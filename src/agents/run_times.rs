//! When a session can have changed files and made commits that it does not report.

use super::tool_effect::{Reach, reach_of_command, reach_of_tool};
use super::{AgentEvent, EventKind};
use crate::session::work_times::WorkTimes;

/// When a session ran what; from its events, in whatever order.
#[derive(Debug, Default)]
pub(super) struct RunTimes {
    /// When something happened, in milliseconds since 1970.
    moments: Vec<i64>,
    /// When something ended that may have done something, and what.
    runs: Vec<(i64, Reach)>,
    /// Whether any event shows that tools are reported.
    reports_tools: bool,
}

impl RunTimes {
    /// Takes in what happened.
    pub(super) fn add(&mut self, event: &AgentEvent) {
        let reach = match &event.kind {
            EventKind::Command { command, .. } => Some(reach_of_command(command)),
            EventKind::Tool { name } => Some(reach_of_tool(name)),
            _ => None,
        };
        if let Some(reach) = reach.filter(|reach| !reach.is_nothing()) {
            self.runs.push((event.at, reach));
        }
        // A session of which only the ends of turns are reported has none.
        self.reports_tools |= matches!(
            event.kind,
            EventKind::Start { .. } | EventKind::Tool { .. } | EventKind::Command { .. }
        );
        if self.moments.last() != Some(&event.at) {
            self.moments.push(event.at);
        }
    }

    /// Returns the times at which the session can have done what it does not report. Each command ran
    /// since the event before it at most, the first since `from`, in seconds since 1970.
    pub(super) fn work_times(&self, from: i64) -> WorkTimes {
        if !self.reports_tools {
            return WorkTimes::always();
        }
        let mut moments = self.moments.clone();
        moments.sort_unstable();
        let mut times = WorkTimes::default();
        for (at, reach) in &self.runs {
            let place = moments.partition_point(|moment| moment < at);
            let before = place.checked_sub(1).and_then(|place| moments.get(place));
            let began = before.map_or(from, |before| before.div_euclid(1000));
            let ended = at.div_euclid(1000);
            let began = began.min(ended);
            if reach.files {
                times.add_changing(began, ended);
            }
            if reach.commits {
                times.add_committing(began, ended);
            }
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_command_ran_since_the_event_before_it() {
        let command = |at, command: &str| AgentEvent {
            at,
            kind: EventKind::Command {
                command: command.to_owned(),
                ok: None,
                exit: None,
                error: String::new(),
            },
        };
        let prompt = AgentEvent {
            at: 10_000,
            kind: EventKind::Prompt {
                text: String::new(),
            },
        };
        let mut times = RunTimes::default();
        let events = [
            command(40_000, "git commit"),
            prompt.clone(),
            command(20_500, "make"),
            command(30_000, "ls"),
        ];
        events.iter().for_each(|event| times.add(event));
        let times = times.work_times(0);
        let at = Timestamp::from_seconds;
        assert!(times.may_change(at(10)) && times.may_change(at(20)));
        assert!(!times.may_change(at(9)) && !times.may_change(at(25)));
        assert!(times.may_commit(at(35)) && !times.may_commit(at(27)));
        let mut told = RunTimes::default();
        told.add(&prompt);
        assert_eq!(told.work_times(0), WorkTimes::always());
    }
}
