//! An entry: what one Markdown file says.

use super::{EntryPath, Tag, Timestamp};
use std::ops::Range;

/// The known keys of an entry's front matter. Unknown keys stay in the file and are ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// `title`.
    pub title: Option<String>,
    /// `tags`: a list, or one string separated by commas. In the order written, each once.
    pub tags: Vec<Tag>,
    /// `created`.
    pub created: Option<Timestamp>,
    /// `updated`.
    pub updated: Option<Timestamp>,
    /// `description`.
    pub description: Option<String>,
    /// `aliases`: a list, or one string. Other titles under which links find the entry.
    pub aliases: Vec<String>,
    /// `project`.
    pub project: Option<String>,
}

/// A piece of an entry from one heading to the next: the unit of search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Level of the heading, 1 to 6; 0 for the text before the first heading.
    pub level: u8,
    /// The level that counts for what lies below what: inside a dated section, headings of any
    /// level lie below its heading.
    pub depth: u8,
    /// Text of the heading without markup; empty at level 0.
    pub heading: String,
    /// Headings above this one, outermost first, without level 1 headings that equal the title.
    pub ancestors: Vec<String>,
    /// Line of the heading in the file, from 1; at level 0 the line where the body begins.
    pub line: u32,
    /// Bytes of the section in the file, heading included.
    pub range: Range<usize>,
    /// Where the text below the heading begins, in bytes of the file.
    pub body: usize,
    /// Time of the dated section that this one is or lies in.
    pub time: Option<Timestamp>,
    /// Whether this section's own heading carries a date (a dated section).
    pub dated: bool,
    /// Inline tags of this section, each once, in order.
    pub tags: Vec<Tag>,
}

/// A link to another entry, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Target without label and heading: a path, or a title. For a relative Markdown link the
    /// path as written.
    pub target: String,
    /// Whether it is a `[[wiki link]]`, resolved from the root or by title; else it is relative
    /// to the directory of the entry.
    pub wiki: bool,
    /// Line in the file, from 1.
    pub line: u32,
}

/// Something in a file that could not be understood; never a reason to hide the entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; 0 where the whole file is meant.
    pub line: u32,
    /// What is wrong, lower-case, without a full stop.
    pub reason: String,
}

/// What the text of one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// The known front matter; empty where there is none or it is broken.
    pub front: FrontMatter,
    /// Title: of the front matter, else the first level 1 heading. `None`: the file name serves.
    pub title: Option<String>,
    /// The sections, in order. Never empty: a file without headings is one section of level 0.
    pub sections: Vec<Section>,
    /// Links to other entries.
    pub links: Vec<Link>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
}

/// What is known of an entry without reading its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: EntryPath,
    /// Its title; the file name without `.md` where nothing else gives one.
    pub title: String,
    /// Tags of the front matter.
    pub tags: Vec<Tag>,
    /// Inline tags of all sections, each once.
    pub inline_tags: Vec<Tag>,
    /// Project it belongs to.
    pub project: Option<String>,
    /// `created` of the front matter.
    pub created: Option<Timestamp>,
    /// `updated` of the front matter.
    pub updated: Option<Timestamp>,
    /// Time of its newest dated section.
    pub latest: Option<Timestamp>,
    /// When the file was last modified.
    pub modified: Timestamp,
    /// Other titles.
    pub aliases: Vec<String>,
    /// Number of sections.
    pub sections: u32,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// Links to other entries.
    pub links: Vec<Link>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
}

impl Entry {
    /// Returns the time by which the entry is filtered and sorted: the later of `updated` and
    /// its newest dated section, else `created`, else when the file was modified.
    pub fn time(&self) -> Timestamp {
        self.updated
            .max(self.latest)
            .or(self.created)
            .unwrap_or(self.modified)
    }
}
