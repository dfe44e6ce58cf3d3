//! Transcripts of sub-agents that an agent keeps apart, and writes when it is asked for them: for an
//! import of one that was named.

use super::{AgentTranscript, discover_transcripts};
use crate::kb::make_private_directory;
use std::path::{Path, PathBuf};

/// Transcripts that were written for an import, in files that are removed in the end.
#[derive(Default)]
pub(crate) struct SubTranscripts(Vec<PathBuf>);

impl SubTranscripts {
    /// Adds the transcripts of sub-agents that those which were found name and lack, and those that
    /// they lack, written into a directory; one that is not to be had is named in `warnings`.
    pub(crate) fn export(
        directory: &Path,
        files: &mut Vec<AgentTranscript>,
        warnings: &mut Vec<String>,
    ) -> Self {
        let mut exported = SubTranscripts::default();
        let mut seen = 0;
        while let Some(file) = files.get(seen).cloned() {
            seen += 1;
            exported.complete(&file, directory, files, warnings);
        }
        exported
    }

    /// Adds those that one transcript lacks.
    fn complete(
        &mut self,
        file: &AgentTranscript,
        directory: &Path,
        files: &mut Vec<AgentTranscript>,
        warnings: &mut Vec<String>,
    ) {
        let format = file.agent.profile().transcripts;
        let Some(sub_sessions) = format.and_then(|format| format.sub_sessions.as_ref()) else {
            return;
        };
        for id in (sub_sessions.find)(&file.file) {
            let name = format!("{id}.json");
            if files.iter().any(|file| file.file.path.ends_with(&name)) {
                continue;
            }
            if make_private_directory(directory).is_err() {
                return;
            }
            let path = directory.join(&name);
            self.0.push(path.clone());
            let is_written = (sub_sessions.export)(&id, &path);
            let found = is_written
                .then(|| discover_transcripts(&path).ok())
                .flatten();
            match found.and_then(|found| found.files.into_iter().next()) {
                Some(file) => files.push(file),
                None => warnings.push(format!(
                    "what the sub-agent {id} did is not in {}: import what '{}' writes",
                    file.file.path.display(),
                    (sub_sessions.command)(&id)
                )),
            }
        }
    }
}

impl Drop for SubTranscripts {
    fn drop(&mut self) {
        for path in &self.0 {
            // Who made it may remove it; else the system does one day.
            let _ = std::fs::remove_file(path);
        }
    }
}
