//! Sections that were found, as lines: `path:line  Title › Heading  #tags`, then the snippet.

use super::{Palette, Style, clean, count_of, stale_remark};
use crate::ops::{SearchResponse, SearchSection, SearchStep};
use std::collections::HashSet;
use std::io::{self, Write};

pub(super) fn render_terse(found: &SearchResponse, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashSet::new();
    let mut paths = found.results.iter().map(|result| &result.path);
    // Sections alone may come from one entry again and again.
    paths.try_for_each(|path| {
        if seen.insert(path) {
            writeln!(out, "{}", clean::clean_line(path))?;
        }
        Ok(())
    })
}

pub(super) fn render_full(
    found: &SearchResponse,
    style: Style,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    for result in &found.results {
        for section in &result.sections {
            let hit = Hit {
                path: &result.path,
                line: section.line,
                title: &result.title,
                running: result.running,
                note: section.note.as_deref(),
                heading: &section.heading,
                tags: &section.tags,
            };
            hit.write(palette, out)?;
            match &section.content {
                Some(content) => render_content(content, style, out)?,
                None => render_snippet(section, palette, out)?,
            }
        }
        if result.more > 0 && !result.sections.is_empty() {
            writeln!(out, "    ({} more in this entry)", result.more)?;
        }
    }
    Ok(())
}

pub(super) fn search_remarks(found: &SearchResponse) -> Vec<String> {
    let shown = if found.lists_sections {
        found
            .results
            .iter()
            .map(|result| result.sections.len())
            .sum()
    } else {
        found.results.len()
    };
    let how = match found.step {
        _ if found.total == 0 => Some("no matches".to_owned()),
        SearchStep::All => None,
        SearchStep::Any => Some("nothing holds all words; what holds the most comes first".into()),
        // The notes say which words were replaced.
        SearchStep::Fuzzy => None,
    };
    let more = ((shown as u64) < found.total).then(|| {
        let total = if found.lists_sections {
            count_of(found.total, "section", "sections")
        } else {
            count_of(found.total, "entry", "entries")
        };
        format!("showing {shown} of {total}; more with -n")
    });
    let notes = found.notes.iter().cloned().chain(how);
    notes.chain(more).chain(stale_remark(found.stale)).collect()
}

/// The first line of a hit.
struct Hit<'a> {
    path: &'a str,
    line: u32,
    title: &'a str,
    running: bool,
    /// Heading of the dated section around it.
    note: Option<&'a str>,
    heading: &'a str,
    tags: &'a [String],
}

impl Hit<'_> {
    fn write(&self, palette: &Palette, out: &mut dyn Write) -> io::Result<()> {
        let Palette {
            path, line, title, ..
        } = palette;
        write!(
            out,
            "{path}{}{path:#}:{line}{}{line:#}",
            clean::clean_line(self.path),
            self.line
        )?;
        write!(out, "  {title}{}{title:#}", clean::clean_line(self.title))?;
        if self.running {
            write!(out, " (running)")?;
        }
        if let Some(note) = self.note {
            write!(out, " › {}", clean::clean_line(note))?;
        }
        if !self.heading.is_empty() && self.heading != self.title {
            write!(out, " › {}", clean::clean_line(self.heading))?;
        }
        super::write_tags(self.tags, palette, out)?;
        writeln!(out)
    }
}

fn render_content(content: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let content = content.trim_end_matches(['\n', '\r']);
    if style.terminal {
        writeln!(out, "\n{}\n", clean::clean_block(content))
    } else {
        writeln!(out, "\n{content}\n")
    }
}

fn render_snippet(
    section: &SearchSection,
    palette: &Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = &section.snippet;
    if text.is_empty() {
        return Ok(());
    }
    let matched = &palette.matched;
    write!(out, "    ")?;
    let mut from = 0;
    for range in &section.matches {
        // A range that is none would be an error elsewhere; here it is not worth a failure.
        let (Some(before), Some(inside)) = (text.get(from..range.start), text.get(range.clone()))
        else {
            continue;
        };
        write!(
            out,
            "{}{matched}{}{matched:#}",
            clean::clean_line(before),
            clean::clean_line(inside)
        )?;
        from = range.end;
    }
    writeln!(
        out,
        "{}",
        clean::clean_line(text.get(from..).unwrap_or_default())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::SearchResult;

    fn found() -> SearchResponse {
        let section = SearchSection {
            line: 42,
            heading: "2026-01-11 14:45 UTC".into(),
            time: None,
            note: None,
            tags: vec!["auth".into(), "progress".into()],
            snippet: "Fixed authentication module, added OAuth2 support.".into(),
            matches: vec![6..20, 99..100],
            content: None,
            score: 1.0,
        };
        let result = SearchResult {
            path: "projects/myapp/sessions.md".into(),
            title: "MyProject\u{1b} Sessions".into(),
            tags: Vec::new(),
            project: None,
            session: None,
            running: false,
            score: 1.0,
            created: None,
            updated: None,
            more: 0,
            sections: vec![section],
        };
        SearchResponse {
            query: "auth".into(),
            step: SearchStep::Any,
            total: 2,
            stale: false,
            lists_sections: false,
            facets: None,
            results: vec![result],
            notes: Vec::new(),
        }
    }

    fn shown(colour: bool) -> String {
        let mut out = Vec::new();
        let palette = Palette::new(colour);
        render_full(&found(), Style::default(), &palette, &mut out).expect("memory can be written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_hit_is_a_line_and_its_snippet() {
        assert_eq!(
            shown(false),
            "projects/myapp/sessions.md:42  MyProject␛ Sessions › 2026-01-11 14:45 UTC  \
             #auth #progress\n    Fixed authentication module, added OAuth2 support.\n"
        );
        assert!(shown(true).contains("\u{1b}[1m\u{1b}[31mauthentication\u{1b}[0m module"));
    }

    #[test]
    fn the_step_and_what_is_left_out_are_said() {
        assert_eq!(
            search_remarks(&found()),
            [
                "nothing holds all words; what holds the most comes first",
                "showing 1 of 2 entries; more with -n",
            ]
        );
    }
}
