//! The least edits of the front matter: line by line, and only if it then reads as it should.

use super::super::front_matter::begins_with_key;
use super::super::lines::lines_from;
use super::super::yaml;
use super::compare::value_differs;
use super::edits::Edits;
use super::front::{self, Front, KEYS, Keys};
use super::layout::Layout;
use super::parts::Name;
use super::reading;
use crate::model::Session;
use std::ops::Range;

/// Returns the edits of front matter that can be read. What cannot be edited by lines is left.
pub(super) fn edit_front(layout: &Layout<'_>, keys: &Keys, session: &Session) -> Edits {
    let changes = front_changes(layout, keys, session);
    if changes.is_empty() {
        return Edits::default();
    }
    let editor = Editor {
        text: layout.text,
        keys,
        lines: lines_from(layout.text, keys.yaml.start)
            .take_while(|line| line.start < keys.yaml.end)
            .collect(),
    };
    let attempt = |changes: &[FrontChange]| {
        let edits = editor.all(changes)?;
        let text = edits.clone().apply(layout.text, layout.eol);
        reads_well(layout, keys, &text, session, changes).then_some(edits)
    };
    if let Some(edits) = attempt(&changes) {
        return edits;
    }
    let (mut good, mut edits) = (Vec::new(), Edits::default());
    for change in changes {
        good.push(change);
        match attempt(&good) {
            Some(more) => edits = more,
            None => drop(good.pop()),
        }
    }
    edits
}

/// A key, and its lines; `None` to remove it.
type FrontChange = (&'static str, Option<String>);

fn front_changes(layout: &Layout<'_>, keys: &Keys, session: &Session) -> Vec<FrontChange> {
    let (values, _) = keys.values();
    let differs = |key: &&&str| value_differs(&values, layout, session, key);
    let changed = KEYS.iter().filter(differs);
    let mut changes: Vec<FrontChange> = changed
        .map(|key| (*key, front::render_key(session, key)))
        .collect();
    let project = values.project.as_deref().unwrap_or_default();
    if let Some(id) = values.session {
        let before = Session {
            goal: reading::field_text(layout, Name::Goal),
            prompt: reading::prompt_lines(layout),
            ..Session::new(id, project.to_owned(), session.started)
        };
        // Title and tags follow the record where they were not edited.
        let title = front::session_title(&before);
        let renewed = title != front::session_title(session);
        for (key, old) in [
            ("title", title),
            ("title", front::bare_title(project, id)),
            ("tags", front::session_tags(project)),
        ] {
            let new = front::render_key(session, key).filter(|new| *new != old);
            if new.is_some()
                && (renewed || key == "tags")
                && layout.text[keys.yaml.clone()]
                    .replace("\r\n", "\n")
                    .contains(&old)
            {
                changes.push((key, new));
            }
        }
    }
    changes
}

/// Whether the text has front matter that says what the session does, and else what it did.
fn reads_well(
    layout: &Layout<'_>,
    keys: &Keys,
    text: &str,
    session: &Session,
    changes: &[FrontChange],
) -> bool {
    let (Front::Read(new), _, _) = front::find_front(text, layout.start) else {
        return false;
    };
    let (values, _) = new.values();
    let is_changed = |key: &str| changes.iter().any(|(changed, _)| *changed == key);
    let others = |keys: &Keys| -> Vec<String> {
        let others = keys.fields.iter().filter(|field| !is_changed(&field.key));
        others
            .map(|field| format!("{}: {:?}", field.key, field.value))
            .collect()
    };
    let mut good = KEYS.iter().filter(|key| is_changed(key));
    good.all(|key| !value_differs(&values, layout, session, key)) && others(keys) == others(&new)
}

struct Editor<'a> {
    text: &'a str,
    keys: &'a Keys,
    /// The lines of the YAML.
    lines: Vec<Range<usize>>,
}

impl Editor<'_> {
    fn all(&self, changes: &[FrontChange]) -> Option<Edits> {
        let mut edits = Edits::default();
        for (key, value) in changes {
            self.edit(key, value.as_deref(), &mut edits)?;
        }
        Some(edits)
    }

    fn edit(&self, key: &str, value: Option<&str>, edits: &mut Edits) -> Option<()> {
        let found = self.keys.fields.iter().find(|field| field.key == key);
        match (found, value) {
            (None, None) => {}
            (None, Some(value)) => self.add(key, value, edits)?,
            (Some(field), value) => {
                let is_key =
                    |line: &Range<usize>| behind_key(&self.text[line.clone()], key).is_some();
                let places = (0..self.lines.len()).filter(|at| is_key(&self.lines[*at]));
                let places: Vec<usize> = places.collect();
                // Of a key that occurs twice the last counts.
                let (last, others) = places.split_last()?;
                for other in others {
                    edits.replace(self.extent(*other)?, "");
                }
                self.change(field, *last, value, edits)?;
            }
        }
        Some(())
    }

    /// Adds a key behind the one before it in the usual order, else before the one behind it.
    fn add(&self, key: &str, value: &str, edits: &mut Edits) -> Option<()> {
        let order = KEYS.iter().position(|name| *name == key)?;
        let there = |name: &&str| self.keys.fields.iter().find(|field| field.key == **name);
        let line = |field: &yaml::MappingField| usize::try_from(field.line).ok()?.checked_sub(1);
        let at = if let Some(above) = KEYS[..order].iter().rev().find_map(&there) {
            self.extent(line(above)?)?.end
        } else if let Some(below) = KEYS[order..].iter().find_map(&there) {
            self.lines.get(line(below)?)?.start
        } else {
            self.keys.yaml.end
        };
        edits.lines(at, value);
        Some(())
    }

    fn change(
        &self,
        field: &yaml::MappingField,
        first: usize,
        value: Option<&str>,
        edits: &mut Edits,
    ) -> Option<()> {
        let line = self.lines.get(first)?;
        let content = self.text[line.clone()].trim_end_matches(['\n', '\r']);
        let colon = behind_key(content, &field.key)?;
        let extent = self.extent(first)?;
        let Some(value) = value else {
            edits.replace(extent, "");
            return Some(());
        };
        let added = self.added_items(field, &extent, value);
        if let Some(items) = added {
            edits.lines(extent.end, items);
        } else if let (true, Some(scalar)) = (extent == *line, scalar_of(value)) {
            let place = scalar_place(content, colon);
            edits.replace(
                line.start + colon..line.start + place.end,
                format!(" {scalar}"),
            );
        } else {
            edits.replace(extent, value);
        }
        Some(())
    }

    /// The lines of a key and its value, without comments and empty lines behind it.
    fn extent(&self, first: usize) -> Option<Range<usize>> {
        let start = self.lines.get(first)?.start;
        let content = |at: usize| self.text[self.lines[at].clone()].trim_end();
        let is_listed = |at: usize| {
            let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
            self.keys.fields.iter().any(|field| field.line == line)
        };
        let is_next_key = |at: usize| {
            content(at).starts_with('?') || begins_with_key(content(at)) || is_listed(at)
        };
        let rest = first + 1..self.lines.len();
        let next = rest.clone().find(|at| is_next_key(*at)).unwrap_or(rest.end);
        let is_value = |at: &usize| !content(*at).is_empty() && !content(*at).starts_with('#');
        let last = (first..next).rev().find(is_value)?;
        Some(start..self.lines[last].end)
    }

    /// If a list only grows at its end, returns the lines that are new, indented like the others.
    fn added_items(
        &self,
        field: &yaml::MappingField,
        extent: &Range<usize>,
        value: &str,
    ) -> Option<String> {
        let yaml::Value::List(items) = &field.value else {
            return None;
        };
        let new: Vec<&str> = value.lines().skip(1).collect();
        let parsed = yaml::mapping(value).ok()?;
        let yaml::Value::List(wanted) = &parsed.fields.first()?.value else {
            return None;
        };
        let lines: Vec<&str> = self.text[extent.clone()].lines().skip(1).collect();
        let last = lines.last()?;
        let item = last.trim_start_matches(' ').strip_prefix("- ")?;
        let grows = items.len() < wanted.len() && wanted.starts_with(items);
        if !grows || item.is_empty() || new.len() != wanted.len() {
            return None;
        }
        let indent = &last[..last.len() - item.len() - 2];
        let added = new[items.len()..].iter();
        Some(
            added
                .map(|line| format!("{indent}{}\n", line.trim_start_matches(' ')))
                .collect(),
        )
    }
}

/// Returns where a line goes on behind its key and the colon.
fn behind_key(line: &str, key: &str) -> Option<usize> {
    let mut rest = line;
    let quote = ['"', '\'']
        .into_iter()
        .find(|quote| line.starts_with(*quote));
    let mut strip = |text: &str| -> Option<()> {
        rest = rest.strip_prefix(text)?;
        Some(())
    };
    let quote = quote.map(String::from).unwrap_or_default();
    strip(&quote)?;
    strip(key)?;
    strip(&quote)?;
    let rest = rest.trim_start_matches(' ').strip_prefix(':')?;
    Some(line.len() - rest.len())
}

/// Returns the value of a key on one line.
fn scalar_of(value: &str) -> Option<&str> {
    let line = value
        .strip_suffix('\n')
        .filter(|line| !line.contains('\n'))?;
    line.split_once(": ").map(|(_, scalar)| scalar)
}

/// Returns where in a line the value is, a comment behind it left out.
fn scalar_place(line: &str, colon: usize) -> Range<usize> {
    let value = line[colon..].trim_start_matches([' ', '\t']);
    let start = line.len() - value.len();
    let length = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted_length(value, quote),
        Some('#') => 0,
        _ => value.find(" #").unwrap_or(value.len()),
    };
    let value = value[..length].trim_end_matches([' ', '\t']);
    match value {
        "" => colon..colon,
        value => start..start + value.len(),
    }
}

fn quoted_length(value: &str, quote: char) -> usize {
    let mut escaped = false;
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if escaped {
            escaped = false;
        } else if quote == '"' && c == '\\' {
            escaped = true;
        } else if c == quote {
            if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
                escaped = true;
            } else {
                return at + 1;
            }
        }
    }
    value.len()
}
