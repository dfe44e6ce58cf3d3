use super::*;
use proptest::prelude::*;

/// A Wednesday.
const NOW: &str = "2026-04-01T12:00:00Z";

fn range_at(now: &str, zone: &str, text: &str) -> Option<String> {
    let now = Timestamp::parse_rfc3339(now).expect("a time");
    let zone = Zone::parse(zone).expect("a zone");
    let since = parse_time(text, now, zone, Edge::Since)?;
    let until = parse_time(text, now, zone, Edge::Until)?;
    Some(format!("{since} {until}"))
}

fn check(now: &str, zone: &str, cases: &[(&str, &str, &str)]) {
    for (text, since, until) in cases {
        let expected = format!("{since} {until}");
        assert_eq!(range_at(now, zone, text), Some(expected), "{text}");
    }
}

#[test]
fn dates_are_spans_of_the_calendar() {
    check(
        NOW,
        "UTC",
        &[
            ("2026-01-11", "2026-01-11T00:00:00Z", "2026-01-11T23:59:59Z"),
            ("2026-1-5", "2026-01-05T00:00:00Z", "2026-01-05T23:59:59Z"),
            ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z"),
            ("2026", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"),
            (
                "2026-01-11 14:45",
                "2026-01-11T14:45:00Z",
                "2026-01-11T14:45:59Z",
            ),
            (
                " 2026-01-11T14:45 ",
                "2026-01-11T14:45:00Z",
                "2026-01-11T14:45:59Z",
            ),
            (
                "2026-01-11T14:45:30",
                "2026-01-11T14:45:30Z",
                "2026-01-11T14:45:30Z",
            ),
            (
                "2026-01-11T14:45:30.5Z",
                "2026-01-11T14:45:30Z",
                "2026-01-11T14:45:30Z",
            ),
            (
                "2026-01-11t14:45:30+02:00",
                "2026-01-11T12:45:30Z",
                "2026-01-11T12:45:30Z",
            ),
            (
                "2026-01-11 14:45 UTC",
                "2026-01-11T14:45:00Z",
                "2026-01-11T14:45:59Z",
            ),
            (
                "2026-01-11 14:45 -0530",
                "2026-01-11T20:15:00Z",
                "2026-01-11T20:15:59Z",
            ),
            ("9999", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ],
    );
}

#[test]
fn words_are_seen_from_now() {
    check(
        NOW,
        "UTC",
        &[
            ("now", NOW, NOW),
            ("Today", "2026-04-01T00:00:00Z", "2026-04-01T23:59:59Z"),
            ("YESTERDAY", "2026-03-31T00:00:00Z", "2026-03-31T23:59:59Z"),
            ("this week", "2026-03-30T00:00:00Z", "2026-04-05T23:59:59Z"),
            ("last  week", "2026-03-23T00:00:00Z", "2026-03-29T23:59:59Z"),
            ("this month", "2026-04-01T00:00:00Z", "2026-04-30T23:59:59Z"),
            ("last month", "2026-03-01T00:00:00Z", "2026-03-31T23:59:59Z"),
            ("last year", "2025-01-01T00:00:00Z", "2025-12-31T23:59:59Z"),
            ("wednesday", "2026-04-01T00:00:00Z", "2026-04-01T23:59:59Z"),
            ("last Wed", "2026-03-25T00:00:00Z", "2026-03-25T23:59:59Z"),
            (
                "last 7 days",
                "2026-03-25T12:00:00Z",
                "2026-03-25T12:00:00Z",
            ),
            ("friday", "2026-03-27T00:00:00Z", "2026-03-27T23:59:59Z"),
        ],
    );
}

#[test]
fn amounts_are_taken_from_now() {
    for (text, time) in [
        ("7d", "2026-03-25T12:00:00Z"),
        ("7 days ago", "2026-03-25T12:00:00Z"),
        ("7d ago", "2026-03-25T12:00:00Z"),
        ("2w", "2026-03-18T12:00:00Z"),
        ("12h", "2026-04-01T00:00:00Z"),
        ("30m", "2026-04-01T11:30:00Z"),
        ("1 Minute", "2026-04-01T11:59:00Z"),
        ("3mo", "2026-01-01T12:00:00Z"),
        ("1y", "2025-04-01T12:00:00Z"),
        ("0d", NOW),
    ] {
        check(NOW, "UTC", &[(text, time, time)]);
    }
    check(
        "2026-03-31T12:00:00Z",
        "UTC",
        &[("1mo", "2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z")],
    );
}

#[test]
fn days_follow_the_wall_clock_of_the_zone() {
    check(
        NOW,
        "Europe/Berlin",
        &[
            // The clocks went forward: 23 hours, and 25 in October.
            (
                "2026-03-29",
                "2026-03-29T00:00:00+01:00",
                "2026-03-29T23:59:59+02:00",
            ),
            (
                "2025-10-26",
                "2025-10-26T00:00:00+02:00",
                "2025-10-26T23:59:59+01:00",
            ),
            (
                "7d",
                "2026-03-25T14:00:00+01:00",
                "2026-03-25T14:00:00+01:00",
            ),
            (
                "168h",
                "2026-03-25T13:00:00+01:00",
                "2026-03-25T13:00:00+01:00",
            ),
            // A minute that does not exist, and one that comes twice.
            (
                "2026-03-29 02:30",
                "2026-03-29T03:30:00+02:00",
                "2026-03-29T03:30:59+02:00",
            ),
            (
                "2025-10-26 02:30",
                "2025-10-26T02:30:00+02:00",
                "2025-10-26T02:30:59+01:00",
            ),
        ],
    );
    // It is still Tuesday in New York.
    check(
        "2026-04-01T01:00:00Z",
        "America/New_York",
        &[(
            "today",
            "2026-03-31T00:00:00-04:00",
            "2026-03-31T23:59:59-04:00",
        )],
    );
}

#[test]
fn midnights_that_are_missing_or_come_twice() {
    check(
        NOW,
        "America/Sao_Paulo",
        &[(
            "2018-11-04",
            "2018-11-04T01:00:00-02:00",
            "2018-11-04T23:59:59-02:00",
        )],
    );
    check(
        NOW,
        "America/Havana",
        &[(
            "2025-11-02",
            "2025-11-02T00:00:00-04:00",
            "2025-11-02T23:59:59-05:00",
        )],
    );
    // Samoa went from the 29th to the 31st.
    check(
        NOW,
        "Pacific/Apia",
        &[
            (
                "2011-12-29",
                "2011-12-29T00:00:00-10:00",
                "2011-12-29T23:59:59-10:00",
            ),
            (
                "2011-12-31",
                "2011-12-31T00:00:00+14:00",
                "2011-12-31T23:59:59+14:00",
            ),
        ],
    );
}

#[test]
fn what_people_write_is_understood() {
    let day = |day: &str| (format!("{day}T00:00:00Z"), format!("{day}T23:59:59Z"));
    let month = |month: &str, last: u32| {
        let last = format!("{month}-{last}T23:59:59Z");
        (format!("{month}-01T00:00:00Z"), last)
    };
    let week = (
        "2026-03-23T00:00:00Z".to_owned(),
        "2026-03-29T23:59:59Z".to_owned(),
    );
    for (text, (since, until)) in [
        ("lastweek", week.clone()),
        ("last-week", week.clone()),
        ("Last Week", week.clone()),
        ("past week", week),
        ("day before yesterday", day("2026-03-30")),
        ("since monday", day("2026-03-30")),
        ("last night", day("2026-03-31")),
        ("March", month("2026-03", 31)),
        ("in march", month("2026-03", 31)),
        ("last march", month("2026-03", 31)),
        ("may", month("2025-05", 31)),
        ("Feb 2024", month("2024-02", 29)),
        ("2026/03", month("2026-03", 31)),
        ("march 5", day("2026-03-05")),
        ("5 march", day("2026-03-05")),
        ("Mar 5th, 2024", day("2024-03-05")),
        ("5 march 2024", day("2024-03-05")),
        ("december 24", day("2025-12-24")),
        ("20260305", day("2026-03-05")),
        ("2026/03/05", day("2026-03-05")),
        ("05.03.2026", day("2026-03-05")),
        (
            "a week ago",
            ("2026-03-25T12:00:00Z".into(), "2026-03-25T12:00:00Z".into()),
        ),
        (
            "three days ago",
            ("2026-03-29T12:00:00Z".into(), "2026-03-29T12:00:00Z".into()),
        ),
        (
            "an hour ago",
            ("2026-04-01T11:00:00Z".into(), "2026-04-01T11:00:00Z".into()),
        ),
    ] {
        assert_eq!(
            range_at(NOW, "UTC", text),
            Some(format!("{since} {until}")),
            "{text}"
        );
    }
}

#[test]
fn times_that_questions_mention_are_found() {
    let mentioned = |question: &str| {
        let now = Timestamp::parse_rfc3339(NOW).expect("a time");
        let zone = Zone::parse("UTC").expect("a zone");
        let mention = find_mention(question, now, zone)?;
        let span = mention.span;
        let day = |time: Timestamp| time.in_zone(zone).to_string()[..10].to_owned();
        let words = mention.words.join(" ");
        Some(format!("{words}: {} {}", day(span.first), day(span.last)))
    };
    for (question, expected) in [
        (
            "what did I do yesterday?",
            "yesterday: 2026-03-31 2026-03-31",
        ),
        ("what changed last week", "last week: 2026-03-23 2026-03-29"),
        ("the outage in March", "in march: 2026-03-01 2026-03-31"),
        (
            "the outage in March 2025",
            "in march 2025: 2025-03-01 2025-03-31",
        ),
        ("what we said on Monday", "on monday: 2026-03-30 2026-03-30"),
        (
            "done in the last 3 days",
            "last 3 days: 2026-03-29 2026-04-01",
        ),
        (
            "the bug two days ago",
            "two days ago: 2026-03-30 2026-03-30",
        ),
        (
            "the crash on 10 March 2021",
            "on 10 march 2021: 2021-03-10 2021-03-10",
        ),
        (
            "what happened on the 10th of March?",
            "on the 10th of march: 2026-03-10 2026-03-10",
        ),
        (
            "the notes of June 3, 2025",
            "of june 3 2025: 2025-06-03 2025-06-03",
        ),
        (
            "the deploy of 2025-06-03",
            "of 2025-06-03: 2025-06-03 2025-06-03",
        ),
        ("deploys in 2025", "in 2025: 2025-01-01 2025-12-31"),
        ("changes since March", "since march: 2026-03-01 2026-04-01"),
        ("yesterday's outage", "yesterday: 2026-03-31 2026-03-31"),
    ] {
        assert_eq!(mentioned(question).as_deref(), Some(expected), "{question}");
    }
    for question in [
        "",
        "the march of time",
        "may I ask",
        "the last commit",
        "\"yesterday\" by the Beatles",
        "since:yesterday limiter",
        "sun and moon",
        "find monday.rs",
        "2026-01-11",
        "error 5 may be wrong",
        "version 3 march",
        "released 2024.12",
        "CVE-2024-3094 in xz",
    ] {
        assert_eq!(mentioned(question), None, "{question}");
    }
}

#[test]
fn everything_else_is_refused() {
    for text in [
        "",
        " ",
        "rubbish",
        "ago",
        "d",
        "7",
        "12",
        "7x",
        "-7d",
        "7.5d",
        "20260",
        "2026-",
        "2026-13",
        "2026-02-30",
        "2026-01-11-1",
        "2026-01-11 x",
        "2026-01 14:45",
        "2026-01-11 25:00",
        "2026-01-11 14:60",
        "2026-01-11T",
        "2026-01-11 14",
        "2026-01-11T14:45:61",
        "2026-01-11T14:45:30.",
        "2026-01-11T14:45+99:00",
        "2026-01-11T14:45+02:99",
        "0000",
        "99999999999999999999d",
        "4294967295y",
        "4294967295d",
        "4294967295w",
        "last",
        "this friday x",
        "２０２６",
        "last day",
        "2026-01-11T14:45é",
    ] {
        assert_eq!(range_at(NOW, "UTC", text), None, "{text:?}");
    }
}

#[test]
fn every_form_of_the_message_is_understood() {
    for form in FORMS.split(", ").filter(|form| *form != "RFC 3339") {
        assert!(
            range_at(NOW, "UTC", form.trim_matches('\'')).is_some(),
            "{form}"
        );
    }
}

#[test]
fn a_clock_at_the_end_of_time_does_not_panic() {
    for seconds in [i64::MIN, *RANGE.start(), 0, *RANGE.end(), i64::MAX] {
        for zone in [
            "UTC",
            "Pacific/Apia",
            "America/New_York",
            "Pacific/Kiritimati",
        ] {
            let zone = Zone::parse(zone).expect("a zone");
            for text in FORMS
                .split(", ")
                .chain(["tomorrow", "9999", "0001", "9999-12-31 23:59"])
            {
                for edge in [Edge::Since, Edge::Until] {
                    let text = text.trim_matches('\'');
                    let _ = parse_time(text, Timestamp::from_seconds(seconds), zone, edge);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn never_panics_and_begins_before_it_ends(
        text in prop_oneof![any::<String>(), "[0-9]{0,6}[-: t]?[0-9]{0,3}[-+: zdwmy]?[0-9]{0,3}"],
        seconds in any::<i64>(),
    ) {
        let now = Timestamp::from_seconds(seconds);
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let since = parse_time(&text, now, zone, Edge::Since);
        let until = parse_time(&text, now, zone, Edge::Until);
        if let (Some(since), Some(until)) = (since, until) {
            prop_assert!(since <= until);
        }
    }
}
