//! The front matter of an entry as other programs write it: its shape for `schema/`.

use schemars::JsonSchema;
use std::collections::BTreeMap;

/// Front matter of an entry. Reading is lenient: what does not fit is left out and named by
/// `mx doctor`, and unknown keys are kept and ignored.
#[derive(Debug, JsonSchema)]
pub struct FrontMatterFile {
    /// Title; without it the first level-1 heading, else the file name.
    pub title: Option<String>,
    /// Tags.
    pub tags: Option<OneOrMore>,
    /// When the entry was created: RFC 3339, or a date.
    pub created: Option<String>,
    /// When the entry was updated: RFC 3339, or a date.
    pub updated: Option<String>,
    /// What the entry is about.
    pub description: Option<String>,
    /// Other titles under which links find the entry.
    pub aliases: Option<OneOrMore>,
    /// Project that the entry belongs to.
    pub project: Option<String>,
    /// Id of the session that the entry records, such as `20250321-143022`.
    pub session: Option<String>,
    /// Whether the session still goes on: `active` or `ended`.
    pub status: Option<String>,
    /// When the session began: RFC 3339.
    pub started: Option<String>,
    /// When the session ended: RFC 3339.
    pub ended: Option<String>,
    /// Name of the agent that the session belongs to.
    pub agent: Option<String>,
    /// What the agent calls the session; absent where it does not say so.
    pub agent_session: Option<String>,
    /// How many bytes of the journal are in the record already.
    pub journal: Option<u64>,
    /// Directories that the session works in.
    pub directories: Option<OneOrMore>,
    /// Anything else, which is kept and ignored.
    #[schemars(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// A list, or one text; tags in one text are separated by commas.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum OneOrMore {
    /// One text.
    One(String),
    /// A list.
    More(Vec<String>),
}
