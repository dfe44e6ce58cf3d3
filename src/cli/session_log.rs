//! `mx session-log`

use super::text::{TextInput, TextSource};
use crate::error::Result;
use crate::ops::{Request, SessionLogRequest};
use clap::Args;
use std::path::PathBuf;

/// Write a session note into an entry, with the time as its heading
#[derive(Debug, Args)]
#[command(after_help = "\
The entry is --entry, else session_entry of the .kbcontext, else {primary}/sessions.md of it.
A message that begins with a dash may also stand behind --.

Examples:
  mx session-log \"Fixed the login test\"
  mx session-log -m \"Added OAuth2\" --tags auth,progress --links patterns/oauth2.md
  git log -1 --format=%B | mx session-log --stdin --entry projects/demo/sessions.md
  mx session-log -- \"- first point of a list\"")]
pub(super) struct SessionLogArguments {
    /// The message
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,

    /// Read the message from a file
    #[arg(short, long, value_name = "PATH")]
    file: Option<PathBuf>,

    /// Read the message from standard input
    #[arg(long)]
    stdin: bool,

    /// The message; one that begins with a dash behind --, - for standard input
    #[arg(value_name = "TEXT", conflicts_with = "message")]
    text: Vec<String>,

    /// The entry, instead of the one that the context names
    #[arg(short, long, value_name = "PATH")]
    entry: Option<String>,

    /// Tags of this section, written #a #b
    #[arg(long, visible_alias = "tag", value_name = "A,B")]
    tags: Vec<String>,

    /// Related entries, written [[p]]
    #[arg(long, visible_alias = "link", value_name = "P,Q")]
    links: Vec<String>,

    /// Write no heading
    #[arg(long)]
    no_timestamp: bool,
}

impl SessionLogArguments {
    pub(super) fn into_request(self) -> Result<Request> {
        let text = (!self.text.is_empty()).then(|| self.text.join(" "));
        let source = TextSource {
            text: self.message.or(text),
            file: self.file,
            stdin: self.stdin,
        };
        Ok(Request::SessionLog(SessionLogRequest {
            message: TextInput::new(std::io::stdin()).resolve_source(source)?,
            entry: self.entry,
            tags: self.tags,
            links: self.links,
            heading: !self.no_timestamp,
            or_usual_entry: false,
        }))
    }
}
