//! A year of activity: one column a week, one cell a day.

use super::address::query_of;
use super::dates::{count, parse_day};
use crate::ops::ActiveDay;
use chrono::{Datelike, Days, NaiveDate};
use maud::{Markup, html};
use std::collections::HashMap;

const WEEKS: u64 = 53;
/// Distance from one cell to the next, and size of a cell, in units of the picture.
const STEP: u64 = 13;
const CELL: u64 = 10;
/// Room for the names of days on the left, and of months on top.
const LEFT: u64 = 30;
const TOP: u64 = 18;

/// Draws the year that ends today.
pub(super) fn draw_calendar(days: &[ActiveDay], today: NaiveDate) -> Markup {
    let counts: HashMap<&str, u64> = days
        .iter()
        .map(|day| (day.date.as_str(), day.count))
        .collect();
    let first = first_day(today);
    let all = || (0..7 * WEEKS).map_while(|number| day_after(first, number, today));
    let total: u64 = all().filter_map(|day| counts.get(&*day.to_string())).sum();
    let active = all().filter(|day| counts.contains_key(&*day.to_string()));
    let label = format!(
        "{} on {}",
        count(total, "session or note", "sessions and notes"),
        count(active.count() as u64, "day", "days"),
    );
    let (width, height) = (LEFT + WEEKS * STEP, TOP + 7 * STEP);
    html! {
        figure.calendar {
            figcaption { (label) }
            div.calendar-scroll tabindex="0" role="group" aria-label="Calendar of the last year" {
                svg viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) {
                    @for (week, name) in month_names(first, today) {
                        text.label x=(LEFT + week * STEP) y="10" { (name) }
                    }
                    @for (row, name) in [(0, "Mon"), (2, "Wed"), (4, "Fri")] {
                        text.label x="0" y=(TOP + row * STEP + 9) { (name) }
                    }
                    @for (number, day) in (0..).zip(all()) {
                        (draw_day(number, day, counts.get(&*day.to_string()).copied()))
                    }
                }
            }
        }
    }
}

/// Returns the Monday with which the picture begins.
fn first_day(today: NaiveDate) -> NaiveDate {
    weeks_before(monday_of(today), WEEKS - 1)
}

fn monday_of(day: NaiveDate) -> NaiveDate {
    let behind = u64::from(day.weekday().num_days_from_monday());
    day.checked_sub_days(Days::new(behind)).unwrap_or(day)
}

fn weeks_before(day: NaiveDate, weeks: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(7 * weeks)).unwrap_or(day)
}

fn day_after(first: NaiveDate, number: u64, today: NaiveDate) -> Option<NaiveDate> {
    let day = first.checked_add_days(Days::new(number))?;
    (day <= today).then_some(day)
}

/// Returns the weeks in which months begin, and their names. A name needs room for three weeks.
fn month_names(first: NaiveDate, today: NaiveDate) -> Vec<(u64, String)> {
    let mut names = Vec::new();
    let mut month = None;
    for week in 0..WEEKS {
        let Some(day) = day_after(first, 7 * week, today) else {
            break;
        };
        if month.replace(day.month()) != Some(day.month()) {
            names.push((week, day.format("%b").to_string()));
        }
    }
    if let [(0, _), (second, _), ..] = names.as_slice()
        && *second < 3
    {
        names.remove(0);
    }
    names
}

fn draw_day(number: u64, day: NaiveDate, noted: Option<u64>) -> Markup {
    let (x, y) = (LEFT + number / 7 * STEP, TOP + number % 7 * STEP);
    let cell = |class: &str, title: String| {
        html! {
            rect class=(class) x=(x) y=(y) width=(CELL) height=(CELL) rx="2.5" {
                title { (title) }
            }
        }
    };
    let shown = day.format("%-d %B %Y");
    let Some(noted) = noted else {
        return cell("level-0", format!("{shown}: nothing"));
    };
    let level = match noted {
        0 => 0,
        1 => 1,
        2..=3 => 2,
        4..=7 => 3,
        _ => 4,
    };
    let title = format!(
        "{shown}: {}",
        count(noted, "session or note", "sessions and notes")
    );
    html! {
        // Not on the way of the Tab key: the days follow below.
        a href=(format!("/{}", query_of(&[("until", &day.to_string())]))) tabindex="-1" aria-label=(title) {
            (cell(&format!("level-{level}"), title.clone()))
        }
    }
}

/// Draws a bar for each week up to this one, at most a year of them, beginning with the first that
/// has something. `weeks` are Mondays and counts.
pub(super) fn draw_weeks(
    weeks: &[(NaiveDate, u64)],
    today: NaiveDate,
    (one, several): (&str, &str),
) -> Markup {
    const HEIGHT: u64 = 56;
    let counts: HashMap<NaiveDate, u64> = weeks.iter().copied().collect();
    let this = monday_of(today);
    let earliest = first_day(today);
    let began = weeks.iter().map(|(monday, _)| *monday);
    let began = began.filter(|monday| *monday >= earliest).min();
    // A new project has room for some weeks too.
    let shown = began.map_or(0, |began| (this - began).num_days().max(0) as u64 / 7 + 1);
    let shown = shown.clamp(12, WEEKS);
    let most = counts.values().copied().max().unwrap_or(1).max(1);
    let width = shown * STEP;
    let bar = |number: u64| {
        let monday = weeks_before(this, shown - 1 - number);
        let sessions = counts.get(&monday).copied().unwrap_or(0);
        let height = if sessions == 0 {
            2
        } else {
            (HEIGHT * sessions / most).max(5)
        };
        let class = if sessions == 0 { "level-0" } else { "level-3" };
        let title = format!(
            "Week of {}: {}",
            monday.format("%-d %B %Y"),
            count(sessions, one, several),
        );
        html! {
            rect class=(class) x=(number * STEP) y=(HEIGHT - height) width=(CELL) height=(height) rx="2" {
                title { (title) }
            }
        }
    };
    let total: u64 = counts.values().sum();
    let label = format!(
        "{} in {}, at most {most} in one",
        count(total, one, several),
        count(counts.len() as u64, "week", "weeks"),
    );
    html! {
        figure.weeks {
            svg viewBox=(format!("0 0 {width} {HEIGHT}")) width=(width) height=(HEIGHT) role="img" aria-label=(label) {
                @for number in 0..shown { (bar(number)) }
            }
            figcaption { (label) }
        }
    }
}

/// Returns the weeks of days, as Mondays and counts.
pub(super) fn weeks_of_days(days: &[ActiveDay]) -> Vec<(NaiveDate, u64)> {
    let mut weeks: HashMap<NaiveDate, u64> = HashMap::new();
    for day in days {
        if let Some(date) = parse_day(&day.date) {
            *weeks.entry(monday_of(date)).or_default() += day.count;
        }
    }
    weeks.into_iter().collect()
}
