//! The parts of a record: its sections and fields, and what they are called.

use super::rows::Row;
use super::table::Names;
use crate::model::{Blocker, Decision, Event, FileRow, ToolUse};

/// A section of the record, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Progress,
    Files,
    Decisions,
    Blockers,
    NextSteps,
    Notes,
    Tools,
    Prompt,
}

impl Part {
    pub(super) const ALL: [Part; 8] = [
        Part::Progress,
        Part::Files,
        Part::Decisions,
        Part::Blockers,
        Part::NextSteps,
        Part::Notes,
        Part::Tools,
        Part::Prompt,
    ];

    /// Returns its heading.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Part::Progress => "Progress Log",
            Part::Files => "Files Tracker",
            Part::Decisions => "Decisions Log",
            Part::Blockers => "Blockers",
            Part::NextSteps => "Next Steps",
            Part::Notes => "Notes",
            Part::Tools => "Skills and Tools",
            Part::Prompt => "Resume Prompt",
        }
    }

    /// Returns whether a text is a heading, just as this program writes it.
    pub(super) fn is_heading(text: &str) -> bool {
        Part::ALL.iter().any(|part| part.heading() == text)
    }

    /// Returns the section of that heading.
    pub(super) fn named(heading: &str) -> Option<Part> {
        Part::ALL
            .into_iter()
            .find(|part| part.heading().eq_ignore_ascii_case(heading))
    }

    /// Returns whether a heading of that level can be its heading. Other people's headings are called
    /// `Notes`, too.
    pub(super) fn may_have_level(self, level: u8) -> bool {
        !matches!(self, Part::NextSteps | Part::Notes) || level == 3
    }

    /// Returns the names of the columns, if the section holds a table.
    pub(super) fn names(self) -> Option<Names> {
        Some(match self {
            Part::Progress => Names::of::<Event>(),
            Part::Files => Names::of::<FileRow>(),
            Part::Decisions => Names::of::<Decision>(),
            Part::Blockers => Names::of::<Blocker>(),
            Part::Tools => Names::of::<ToolUse>(),
            Part::NextSteps | Part::Notes | Part::Prompt => return None,
        })
    }
}

/// A kind of row that has a section.
pub(super) trait InPart: Row {
    const PART: Part;
}

impl InPart for Event {
    const PART: Part = Part::Progress;
}

impl InPart for FileRow {
    const PART: Part = Part::Files;
}

impl InPart for Decision {
    const PART: Part = Part::Decisions;
}

impl InPart for Blocker {
    const PART: Part = Part::Blockers;
}

impl InPart for ToolUse {
    const PART: Part = Part::Tools;
}

/// A field on a line of its own below the heading: `**Goal:** …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Directory,
    Directories,
    Duration,
    Goal,
    Reconstructed,
    Interrupted,
}

impl Name {
    pub(super) const ALL: [Name; 6] = [
        Name::Directory,
        Name::Directories,
        Name::Duration,
        Name::Goal,
        Name::Reconstructed,
        Name::Interrupted,
    ];

    /// Returns the name as it is written.
    pub(super) fn word(self) -> &'static str {
        match self {
            Name::Directory => "Directory",
            Name::Directories => "Directories",
            Name::Duration => "Duration",
            Name::Goal => "Goal",
            Name::Reconstructed => "Reconstructed",
            Name::Interrupted => "Interrupted",
        }
    }
}
