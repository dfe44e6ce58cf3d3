use super::*;
use crate::session::tests::samples;
use proptest::prelude::*;

fn file(session: &mut Session, action: FileAction, notes: &str, source: Source) -> FileRow {
    let path = "a.rs";
    let action = Some(action);
    Recorder::new(session).set_file(FileNews {
        path,
        action,
        notes,
        source,
    });
    assert_eq!(session.files.len(), 1, "one row per file");
    session.files[0].clone()
}

#[test]
fn the_strongest_action_that_was_stated_wins() {
    use FileAction::{Created, Deleted, Modified, Read};
    let mut record = samples::running_session();
    assert_eq!(file(&mut record, Read, "", Source::Stated).action, Read);
    assert_eq!(
        file(&mut record, Created, "", Source::Stated).action,
        Created
    );
    assert_eq!(
        file(&mut record, Modified, "", Source::Stated).action,
        Created
    );
    assert_eq!(
        file(&mut record, Deleted, "", Source::Stated).action,
        Deleted
    );
}

#[test]
fn what_was_said_wins_over_what_was_seen_and_notes_add_up() {
    use FileAction::{Created, Deleted, Modified};
    let mut record = samples::running_session();
    assert_eq!(
        file(&mut record, Created, "", Source::Observed).action,
        Created
    );
    let row = file(&mut record, Modified, "why", Source::Stated);
    assert_eq!((row.action, row.source), (Modified, Source::Stated));
    let row = file(&mut record, Deleted, "seen", Source::Observed);
    assert_eq!((row.action, row.notes.as_str()), (Modified, "why"));
    let row = file(&mut record, Modified, "how", Source::Stated);
    assert_eq!(row.notes, "why; how");
}

#[test]
fn what_was_seen_last_is_what_is() {
    use FileAction::{Created, Deleted, Modified, Renamed};
    for (before, now, then) in [
        (Created, Modified, Created),
        (Modified, Created, Created),
        (Deleted, Created, Modified),
        (Created, Deleted, Deleted),
        (Renamed, Modified, Renamed),
    ] {
        let mut record = samples::running_session();
        file(&mut record, before, "", Source::Observed);
        let row = file(&mut record, now, "", Source::Observed);
        assert_eq!(row.action, then, "{before:?} then {now:?}");
    }
}

#[test]
fn a_blocker_is_resolved_by_name_by_part_or_because_it_is_the_only_one() {
    let mut record = samples::running_session();
    assert!(
        Recorder::new(&mut record)
            .resolve_blocker(None, "x", Source::Stated)
            .is_err()
    );
    Recorder::new(&mut record).add_blocker("Tests fail", Source::Stated);
    Recorder::new(&mut record).add_blocker("Tests fail", Source::Stated);
    Recorder::new(&mut record).add_blocker("Disk is full", Source::Stated);
    assert_eq!(record.blockers.len(), 2);
    let error = Recorder::new(&mut record)
        .resolve_blocker(None, "x", Source::Stated)
        .expect_err("two are open");
    assert_eq!(error.hints().len(), 2);
    let which =
        Recorder::new(&mut record).resolve_blocker(Some("disk"), "bought one", Source::Stated);
    assert_eq!(which.expect("a part"), "Disk is full");
    let which = Recorder::new(&mut record).resolve_blocker(None, "frozen clock", Source::Stated);
    assert_eq!(which.expect("the only one"), "Tests fail");
    Recorder::new(&mut record)
        .resolve_blocker(Some("New one"), "at once", Source::Stated)
        .expect("added");
    assert_eq!(record.blockers[2].resolution, "at once");
}

#[test]
fn a_decision_is_not_repeated_and_gets_its_reason_later() {
    let mut record = samples::running_session();
    Recorder::new(&mut record).add_decision("Use redb", "", Source::Stated);
    Recorder::new(&mut record).add_decision("Use redb", "simple", Source::Stated);
    Recorder::new(&mut record).add_decision("Use redb", "", Source::Stated);
    assert_eq!(record.decisions.len(), 1);
    assert_eq!(record.decisions[0].rationale, "simple");
    Recorder::new(&mut record).add_decision("Use redb", "fast", Source::Stated);
    assert_eq!(record.decisions.len(), 2, "another reason is kept");
}

#[test]
fn what_was_seen_is_put_where_its_time_is_and_what_is_said_last() {
    let mut record = samples::running_session();
    let at = |minutes| record.id.start() + chrono::TimeDelta::minutes(minutes);
    let (one, two, three) = (at(1), at(2), at(3));
    Recorder::new(&mut record).add_event(one, "one", Source::Stated);
    Recorder::new(&mut record).add_event(three, "three", Source::Stated);
    Recorder::new(&mut record).add_event(two, "two", Source::Observed);
    Recorder::new(&mut record).add_event(one, "back", Source::Stated);
    let texts: Vec<&str> = record.progress.iter().map(|e| e.text.as_str()).collect();
    assert_eq!(texts, ["one", "two", "three", "back"]);
}

#[test]
fn a_failure_is_taken_back_wherever_it_stands_and_what_was_stated_stays() {
    let mut record = samples::running_session();
    let mut recorder = Recorder::new(&mut record);
    for text in ["a failed: x", "b was refused", "c failed", "b failed: y"] {
        recorder.add_blocker(text, Source::Observed);
    }
    recorder.add_blocker("d failed", Source::Stated);
    recorder.drop_failure("b");
    recorder.drop_failure("d");
    assert!(recorder.has_failure("a") && recorder.has_failure("c"));
    assert!(!recorder.has_failure("b") && !recorder.has_failure("d"));
    let resolved = recorder.resolve_blocker(Some("c failed"), "by hand", Source::Stated);
    assert_eq!(resolved.expect("named in full"), "c failed");
    recorder.drop_failure("c");
    recorder.add_blocker("b failed: y", Source::Observed);
    recorder.drop_failure("a");
    let texts: Vec<&str> = record
        .blockers
        .iter()
        .map(|row| row.blocker.as_str())
        .collect();
    assert_eq!(texts, ["c failed", "d failed", "b failed: y"]);
}

#[test]
fn a_row_is_removed_that_is_of_about_the_time_else_the_first() {
    let mut record = samples::running_session();
    let start = truncate_to_minute(record.id.start());
    let at = |minutes| start + TimeDelta::minutes(minutes);
    let mut recorder = Recorder::new(&mut record);
    for minutes in [1, 10, 20] {
        recorder.add_event(at(minutes), "step", Source::Observed);
    }
    // The clock was set back.
    recorder.add_event(at(3), "said", Source::Stated);
    let has_minutes = |recorder: &mut Recorder<'_>, minutes: &[i64]| {
        let rows = &recorder.session().progress;
        let left = rows.iter().filter(|row| row.text == "step");
        let left: Vec<NaiveDateTime> = left.map(|row| row.time).collect();
        let wanted: Vec<NaiveDateTime> = minutes.iter().copied().map(at).collect();
        assert_eq!(left, wanted);
        for one in [1, 10, 20] {
            assert_eq!(
                recorder.has_event_at(at(one), "step"),
                minutes.contains(&one)
            );
        }
    };
    recorder.remove_event("said", at(9));
    assert!(!recorder.has_event("said"));
    recorder.remove_event("step", at(12));
    has_minutes(&mut recorder, &[1, 20]);
    recorder.remove_event("step", at(15));
    has_minutes(&mut recorder, &[20]);
    recorder.remove_event("step", NaiveDateTime::MAX);
    has_minutes(&mut recorder, &[]);
    recorder.remove_event("step", NaiveDateTime::MIN);
}

proptest! {
    #[test]
    fn rows_that_are_added_together_stand_as_those_added_one_by_one(
        stated in prop::collection::vec(0_i64..20, 0..12),
        seen in prop::collection::vec((0_i64..20, prop::sample::select(vec![
            Source::Observed, Source::Observed, Source::Inferred, Source::Stated,
        ])), 0..12),
    ) {
        let mut one_by_one = samples::running_session();
        let at = |minutes| one_by_one.id.start() + TimeDelta::minutes(minutes);
        let events: Vec<Event> = seen
            .iter()
            .enumerate()
            .map(|(number, (minutes, source))| Event {
                time: at(*minutes),
                text: format!("seen {number}"),
                source: *source,
            })
            .collect();
        let times: Vec<NaiveDateTime> = stated.iter().copied().map(at).collect();
        let mut recorder = Recorder::new(&mut one_by_one);
        for time in times {
            recorder.add_event(time, "stated", Source::Stated);
        }
        let mut together = recorder.session().clone();
        for event in &events {
            recorder.add_event(event.time, &event.text, event.source);
        }
        let mut recorder = Recorder::new(&mut together);
        recorder.add_events(&events);
        prop_assert!(events.iter().all(|event| recorder.has_event_at(event.time, &event.text)));
        prop_assert_eq!(together.progress, one_by_one.progress);
    }
}

#[test]
fn what_is_open_is_known_whatever_its_case_and_its_full_stop() {
    let mut record = samples::running_session();
    let open = |record: &Session| record.next_steps.iter().filter(|step| !step.done).count();
    Recorder::new(&mut record).add_next_step("Run migrations");
    Recorder::new(&mut record).tick_next_step("run migrations.");
    assert_eq!((record.next_steps.len(), open(&record)), (1, 0));
    Recorder::new(&mut record).add_next_step("run migrations");
    assert_eq!((record.next_steps.len(), open(&record)), (1, 1));
    // A person may have written it twice.
    let text = "Run migrations.".to_owned();
    record.next_steps.insert(0, NextStep { text, done: true });
    Recorder::new(&mut record).add_next_step("RUN MIGRATIONS");
    assert_eq!(open(&record), 1);
    Recorder::new(&mut record).tick_next_step("Run migrations");
    assert_eq!(open(&record), 0);
    let mut resolve = |name: &str| {
        let mut recorder = Recorder::new(&mut record);
        recorder.add_blocker("CI is red", Source::Stated);
        recorder.add_blocker("ci is red.", Source::Stated);
        let resolved = recorder.resolve_blocker(Some(name), "rerun", Source::Stated);
        assert_eq!(resolved.expect("a blocker"), "CI is red");
        record.blockers.len()
    };
    assert_eq!([resolve("ci is red"), resolve("red")], [1, 2]);
    assert_eq!(record.open_blockers().count(), 0);
}
