//! `mx session-log`

use crate::error::Result;
use crate::ops::{Message, Request, SessionLogRequest};
use clap::Args;
use std::io::Read;
use std::path::PathBuf;

/// Write a session note into an entry, with the time as its heading
#[derive(Debug, Args)]
#[command(after_help = "\
The entry is --entry, else session_entry of the .kbcontext, else {primary}/sessions.md of it.
A message that begins with a dash may also stand behind --.

Examples:
  mx session-log -m \"Fixed the login test\"
  mx session-log -m \"Added OAuth2\" --tags auth,progress --links patterns/oauth2.md
  git log -1 --format=%B | mx session-log --stdin --entry projects/demo/sessions.md
  mx session-log -- \"- first point of a list\"")]
pub(super) struct Arguments {
    /// The message
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,

    /// Read the message from a file
    #[arg(short, long, value_name = "PATH")]
    file: Option<PathBuf>,

    /// Read the message from standard input
    #[arg(long)]
    stdin: bool,

    /// The message, behind --
    #[arg(last = true, value_name = "TEXT", conflicts_with = "message")]
    rest: Vec<String>,

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

impl Arguments {
    pub(super) fn request(self) -> Result<Request> {
        let behind = (!self.rest.is_empty()).then(|| self.rest.join(" "));
        let mut stdin = std::io::stdin();
        let input = self.stdin.then_some(&mut stdin as &mut dyn Read);
        Ok(Request::SessionLog(SessionLogRequest {
            message: Message::one(self.message.or(behind), self.file, input)?,
            entry: self.entry,
            tags: self.tags,
            links: self.links,
            heading: !self.no_timestamp,
        }))
    }
}
