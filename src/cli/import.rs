//! `mx import`

use super::agents::help_with_transcripts;
use crate::ops::{ImportRequest, Request};
use clap::Args;
use std::path::PathBuf;

/// Make session entries of the transcripts that agents keep
#[derive(Debug, Args)]
#[command(after_help = "\
Only what is new since the last import is read. Secrets are taken out before anything is stored.

Examples:
  mx import                       all agents, where they keep their transcripts
  mx import claude
  mx import codex ~/backup/sessions")]
pub(super) struct ImportArguments {
    #[arg(value_name = "AGENT", help = help_with_transcripts(""))]
    agent: Option<String>,

    /// A transcript, or a directory with some
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
}

impl ImportArguments {
    pub(super) fn into_request(self) -> Request {
        // `mx import PATH` is understood too: no agent's name has a separator or a dot.
        let is_path = |text: &str| text.contains(['/', '\\', '.']) || text.starts_with('~');
        let (agent, path) = match (self.agent, self.path) {
            (Some(text), None) if is_path(&text) => (None, Some(PathBuf::from(text))),
            both => both,
        };
        Request::Import(ImportRequest { agent, path })
    }
}
