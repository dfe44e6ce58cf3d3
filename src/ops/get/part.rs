//! Part of an entry: sections by heading, the last dated sections, lines.

use super::{LineRange, Part, no_part};
use crate::error::{Error, Hint, Result};
use crate::model::{Document, EntryPath, Section, Timestamp, name_key, normalize_name};
use crate::ops::nearest::nearest_names;
use std::cmp::Reverse;
use std::ops::Range;

/// Refuses a part that no entry has.
pub(super) fn check_part(part: &Part) -> Result<()> {
    match part {
        Part::Last(0) => Err(Error::usage("the number of sections must be at least 1")),
        Part::Section(heading) if heading.trim().is_empty() => {
            Err(Error::usage("the heading of the section is empty"))
        }
        _ => Ok(()),
    }
}

/// Returns the text of a part.
pub(super) fn select_part(
    path: &EntryPath,
    text: &str,
    document: &Document,
    part: &Part,
) -> Result<String> {
    let sections = &document.sections;
    match part {
        Part::Whole | Part::Metadata => Ok(text.to_owned()),
        Part::Section(heading) => {
            let ranges = with_heading(sections, heading);
            if ranges.is_empty() {
                return Err(no_section(path, sections, heading));
            }
            Ok(join_ranges(text, &ranges))
        }
        Part::Last(count) => {
            let ranges = last_dated(sections, *count);
            if ranges.is_empty() {
                let error = no_part(path, "no dated section");
                return Err(error.with_hint("one begins with: ## YYYY-MM-DD HH:MM"));
            }
            Ok(join_ranges(text, &ranges))
        }
        Part::Lines(lines) => select_lines(path, text, lines),
    }
}

fn no_section(path: &EntryPath, sections: &[Section], heading: &str) -> Error {
    let error = no_part(path, &format!("no section '{}'", heading.escape_debug()));
    let near = nearest_names(
        heading,
        sections.iter().map(|section| section.heading.as_str()),
    );
    if near.is_empty() {
        return error.with_hint(
            Hint::command("get")
                .with(path.to_string())
                .with_flag("metadata")
                .then(" shows the headings"),
        );
    }
    near.iter().fold(error, |error, heading| {
        error.with_hint(format!("did you mean '{}'?", heading.escape_debug()))
    })
}

/// Returns the ranges of the sections with a heading, each with the sections below it. The first
/// of these that holds for any section decides: equal, equal in any case, beginning, part.
fn with_heading(sections: &[Section], heading: &str) -> Vec<Range<usize>> {
    let heading = heading.trim().trim_start_matches('#').trim();
    let wanted = name_key(heading);
    let heading = normalize_name(heading);
    let same: [&dyn Fn(&str) -> bool; 4] = [
        &|text| normalize_name(text) == heading,
        &|text| name_key(text) == wanted,
        &|text| name_key(text).starts_with(&wanted),
        &|text| name_key(text).contains(&wanted),
    ];
    for same in same {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            let inside_last = ranges
                .last()
                .is_some_and(|last| section.range.start < last.end);
            if section.level > 0 && !inside_last && same(&section.heading) {
                ranges.push(section.range.start..find_end(sections, index));
            }
        }
        if !ranges.is_empty() {
            return ranges;
        }
    }
    Vec::new()
}

/// Returns where the sections below the one at `index` end. A dated section reaches to the next
/// one, whatever headings are in it.
fn find_end(sections: &[Section], index: usize) -> usize {
    let depth = sections[index].depth;
    let below = sections[index + 1..]
        .iter()
        .take_while(|section| section.depth > depth);
    below.last().unwrap_or(&sections[index]).range.end
}

/// Returns the ranges of the newest dated sections, in the order of the file. Where two are of the
/// same time, the later one in the file is the newer one. Each goes on to the next dated section.
fn last_dated(sections: &[Section], count: usize) -> Vec<Range<usize>> {
    let mut dated: Vec<(Option<Timestamp>, usize)> = sections
        .iter()
        .enumerate()
        .filter(|(_, section)| section.dated)
        .map(|(index, section)| (section.time, index))
        .collect();
    dated.sort_by_key(|key| Reverse(*key));
    dated.truncate(count);
    dated.sort_by_key(|(_, index)| *index);
    dated
        .into_iter()
        .map(|(_, index)| sections[index].range.start..find_end(sections, index))
        .collect()
}

/// Returns pieces of a text, one blank line between them.
fn join_ranges(text: &str, ranges: &[Range<usize>]) -> String {
    let pieces: Vec<&str> = ranges
        .iter()
        .filter_map(|range| text.get(range.clone()))
        .map(|piece| piece.trim_end_matches(['\n', '\r']))
        .collect();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    pieces.join(&end.repeat(2)) + end
}

fn select_lines(path: &EntryPath, text: &str, lines: &LineRange) -> Result<String> {
    let skip = usize::try_from(lines.first - 1).unwrap_or(usize::MAX);
    let rest: Vec<&str> = text.split_inclusive('\n').skip(skip).collect();
    if rest.is_empty() {
        return Err(no_line(path, text.split_inclusive('\n').count() as u64));
    }
    let count = lines.last.map_or(u64::MAX, |last| last - lines.first + 1);
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(rest.into_iter().take(count).collect())
}

/// Returns the error of lines beyond the end.
pub(super) fn no_line(path: &EntryPath, count: u64) -> Error {
    match count {
        1 => no_part(path, "only 1 line"),
        count => no_part(path, &format!("only {count} lines")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;
    use crate::model::Zone;

    const TEXT: &str = "# Log\n\n## 2026-01-11 10:30 UTC\n\none\n\n### Notes\n\nbelow\n\n\
                        ## Undated\n\ninherits\n\n## 2026-01-12 09:00 UTC\n\ntwo\n\n\
                        ## 2026-01-10 09:00 UTC\n\nolder\n";

    fn get(part: Part) -> Result<String> {
        let path = EntryPath::parse("a.md")?;
        select_part(
            &path,
            TEXT,
            &markdown::parse_document(TEXT, Zone::UTC),
            &part,
        )
    }

    fn section(heading: &str) -> String {
        get(Part::Section(heading.into())).expect("a section")
    }

    #[test]
    fn a_section_comes_with_those_below_it() {
        let whole = "## 2026-01-11 10:30 UTC\n\none\n\n### Notes\n\nbelow\n\n\
                     ## Undated\n\ninherits\n";
        assert_eq!(section("2026-01-11 10:30 UTC"), whole);
        assert_eq!(section("## 2026-01-11 10:30"), whole);
        assert_eq!(section("notes"), "### Notes\n\nbelow\n");
        assert_eq!(section("date"), "## Undated\n\ninherits\n");
        assert_eq!(section("Log"), TEXT);
        assert!(section("2026-01-1").contains("one") && section("2026-01-1").contains("older"));
    }

    #[test]
    fn the_last_sections_are_the_newest() {
        assert_eq!(
            get(Part::Last(1)).expect("one"),
            "## 2026-01-12 09:00 UTC\n\ntwo\n"
        );
        let two = get(Part::Last(2)).expect("two");
        assert!(two.starts_with("## 2026-01-11 10:30") && two.contains("inherits"));
        assert!(!two.contains("older"));
        assert!(get(Part::Last(9)).expect("all").contains("older"));
    }

    #[test]
    fn lines_are_counted_from_1() {
        let lines = |first, last| get(Part::Lines(LineRange { first, last }));
        assert_eq!(
            lines(1, Some(3)).expect("lines"),
            "# Log\n\n## 2026-01-11 10:30 UTC\n"
        );
        assert_eq!(lines(21, None).expect("lines"), "older\n");
        assert!(lines(22, None).is_err());
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let error = get(Part::Section("Undates".into())).expect_err("no such heading");
        assert_eq!(error.hints(), [Hint::from("did you mean 'Undated'?")]);
    }
}
