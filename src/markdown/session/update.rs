//! The least edits of a text after which it says what a session is.

use super::compare::{self, Differences};
use super::edits::Edits;
use super::front::{self, Front};
use super::front_edit;
use super::layout::{Layout, LayoutField, Section};
use super::parts::{InPart, Name, Part};
use super::{list_edit, reading, render, table_edit};
use crate::model::Session;

/// Changes a text.
pub(super) fn update_text(text: &str, session: &Session) -> String {
    // What an edit uncovers, such as a header among rows, wants a second look.
    const LOOKS: usize = 3;
    let mut text = text.to_owned();
    for _ in 0..LOOKS {
        match update_once(&text, session) {
            Some(changed) => text = changed,
            None => break,
        }
    }
    text
}

/// Changes a text. `None` if nothing is to be changed.
fn update_once(text: &str, session: &Session) -> Option<String> {
    let layout = Layout::read(text);
    if text[layout.start..].trim().is_empty() {
        let mark = &text[..layout.start];
        let whole = render::render_whole(session).replace('\n', layout.eol);
        return Some(format!("{mark}{whole}"));
    }
    let mut editor = Editor {
        layout: &layout,
        session,
        differences: compare::compare_layout(&layout, session),
        edits: Edits::default(),
    };
    editor.front();
    editor.head();
    editor.sections();
    let edits = editor.edits;
    (!edits.is_empty()).then(|| edits.apply(text, layout.eol))
}

struct Editor<'a> {
    layout: &'a Layout<'a>,
    session: &'a Session,
    differences: Differences,
    edits: Edits,
}

impl Editor<'_> {
    fn front(&mut self) {
        let session = self.session;
        match &self.layout.front {
            Front::Broken => {}
            Front::Absent if compare::is_needless(session) => {}
            Front::Absent => self
                .edits
                .block(self.layout.start, front::render_front(session)),
            Front::Read(keys) => {
                self.edits
                    .extend(front_edit::edit_front(self.layout, keys, session))
            }
        }
    }

    /// Changes the heading, and the fields below it.
    fn head(&mut self) {
        let layout = self.layout;
        let mut new = String::new();
        for (name, line) in self.new_fields() {
            match self.place_of_field(name) {
                Some(at) => self.edits.lines(at, line),
                None => new += &line,
            }
        }
        match &layout.heading {
            Some(heading) => {
                if self.differences.id {
                    let space = if layout.text[..heading.place.start].ends_with(':') {
                        " "
                    } else {
                        ""
                    };
                    let id = format!("{space}{}", self.session.id);
                    self.edits.replace(heading.place.clone(), id);
                }
                if !new.is_empty() {
                    self.edits.block(heading.line.end, new);
                }
            }
            None => {
                if self.has_no_name() {
                    self.edits
                        .block(layout.body, render::render_heading(self.session));
                }
                if !new.is_empty() {
                    self.edits.block(layout.body, new);
                }
            }
        }
    }

    /// Whether the text names no session, well or not.
    fn has_no_name(&self) -> bool {
        let named = match &self.layout.front {
            Front::Read(keys) => keys.values().0.session.is_some(),
            Front::Absent | Front::Broken => false,
        };
        !named && self.layout.heading.is_none()
    }

    /// Changes the fields that are there, and returns the lines of those that are not.
    fn new_fields(&mut self) -> Vec<(Name, String)> {
        let mut wanted = render::render_fields(self.session);
        wanted.retain(|(name, line)| !self.settle(*name, Some(line)));
        for name in [
            Name::Directory,
            Name::Duration,
            Name::Goal,
            Name::Reconstructed,
            Name::Interrupted,
        ] {
            self.settle_absent(name);
        }
        wanted
    }

    /// Makes a field that is there say what it is to say. Returns whether that is all.
    fn settle(&mut self, name: Name, line: Option<&str>) -> bool {
        let is_right = match name {
            Name::Directory | Name::Directories => !self.differences.directories,
            Name::Duration => !self.differences.span,
            name => self.says_already(name),
        };
        if is_right {
            return true;
        }
        let Some(field) = self.there(name).next() else {
            return false;
        };
        let value = render::field_value(self.session, name).unwrap_or_default();
        if field.name == name && !field.value.is_empty() {
            self.edits.replace(field.value.clone(), value);
        } else {
            self.edits
                .replace(field.line.clone(), line.unwrap_or_default());
        }
        true
    }

    fn says_already(&self, name: Name) -> bool {
        let session = self.session;
        let wanted = match name {
            Name::Goal => &session.goal,
            Name::Reconstructed => &session.reconstructed,
            _ => &session.interrupted,
        };
        reading::field_text(self.layout, name) == *wanted
    }

    /// Removes a field that is there though the session has nothing to say there.
    fn settle_absent(&mut self, name: Name) {
        let names = alike_names(name);
        let says = names
            .iter()
            .any(|name| render::field_value(self.session, *name).is_some());
        let is_right = match name {
            Name::Directory => !self.differences.directories,
            Name::Duration => !self.differences.span,
            name => self.says_already(name),
        };
        if says || is_right {
            return;
        }
        let lines: Vec<_> = self.there(name).map(|field| field.line.clone()).collect();
        for line in lines {
            self.edits.replace(line, "");
        }
    }

    fn there(&self, name: Name) -> impl Iterator<Item = &LayoutField> {
        let is_alike = move |field: &&LayoutField| alike_names(name).contains(&field.name);
        self.layout.fields.iter().filter(is_alike)
    }

    /// Where a new field goes among those that are there.
    fn place_of_field(&self, name: Name) -> Option<usize> {
        let fields = self.layout.fields.iter();
        let above = fields.clone().filter(|field| field.name < name);
        let below = fields.filter(|field| field.name > name);
        let above = above.max_by_key(|field| (field.name, field.line.start));
        let below = below.min_by_key(|field| (field.name, field.line.start));
        above
            .map(|field| field.line.end)
            .or(below.map(|field| field.line.start))
    }

    fn sections(&mut self) {
        let session = self.session;
        self.table(&session.progress);
        self.table(&session.files);
        self.table(&session.decisions);
        self.table(&session.blockers);
        self.table(&session.tools);
        for part in [Part::NextSteps, Part::Notes] {
            list_edit::edit_list(self.layout, session, part, &mut self.edits);
        }
        self.prompt();
        for part in Part::ALL {
            if self.of(part).next().is_none()
                && let Some(text) = render::render_section(session, part)
            {
                let at = self.place_of_section(part);
                self.edits.block(at, text);
            }
        }
    }

    fn of(&self, part: Part) -> impl Iterator<Item = &Section> {
        self.layout
            .sections
            .iter()
            .filter(move |section| section.part == part)
    }

    fn table<R: InPart>(&mut self, rows: &[R]) {
        if self.of(R::PART).next().is_some() {
            let start = reading::clock_of_start(self.session.started);
            table_edit::edit_table(self.layout, rows, start, &mut self.edits);
        }
    }

    /// Rewrites the block quote of the prompt.
    fn prompt(&mut self) {
        let wanted = &self.session.prompt;
        if reading::prompt_lines(self.layout) == *wanted {
            return;
        }
        let quoted: Vec<&Section> = self
            .of(Part::Prompt)
            .filter(|section| !section.quote.is_empty())
            .collect();
        let more = quoted.len() > 1 || quoted.iter().any(|section| section.more_quotes);
        let place = quoted.first().and_then(|section| {
            let (first, last) = (section.quote.first()?, section.quote.last()?);
            Some(first.line.start..last.line.end)
        });
        let text = match (wanted.is_empty(), more) {
            (true, true) => format!("> {}\n", reading::EMPTIED),
            _ => render::render_prompt(wanted),
        };
        let body = self.of(Part::Prompt).next().map(|section| section.body);
        match (place, body) {
            (Some(place), _) => self.edits.replace(place, text),
            (None, Some(body)) => self.edits.block(body, text),
            (None, None) => {}
        }
    }

    /// Where a section goes among those that are there: behind the one before it in the usual
    /// order, else before the one behind it.
    fn place_of_section(&self, part: Part) -> usize {
        let sections = self.layout.sections.iter();
        let above = sections.clone().filter(|section| section.part < part);
        let below = sections.filter(|section| section.part > part);
        let above = above.max_by_key(|section| (section.part, section.start));
        let below = below.min_by_key(|section| (section.part, section.start));
        let place = above
            .map(|section| section.end)
            .or(below.map(|section| section.start));
        place.unwrap_or(self.layout.intro_end)
    }
}

/// The names under which the same is written.
fn alike_names(name: Name) -> &'static [Name] {
    match name {
        Name::Directory | Name::Directories => &[Name::Directory, Name::Directories],
        Name::Duration => &[Name::Duration],
        Name::Goal => &[Name::Goal],
        Name::Reconstructed => &[Name::Reconstructed],
        Name::Interrupted => &[Name::Interrupted],
    }
}
