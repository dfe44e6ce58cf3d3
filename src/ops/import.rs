//! Transcripts of agents become session entries.

use super::{Reply, Response};
use crate::agents::import::{Import, Imported, agents_of_name};
use crate::agents::transcript::TranscriptCounts;
use crate::agents::{
    Agent, AgentHomes, AgentTranscript, SubTranscripts, default_places, discover_transcripts,
};
use crate::error::{Error, Hint, Result};
use crate::index::{Progress, Report};
use crate::kb::Kb;
use crate::session::derived;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Imports transcripts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ImportRequest {
    /// Name of the agent; `None`: all.
    pub agent: Option<String>,
    /// A transcript, or a directory with some; `None`: where the agents keep them.
    pub path: Option<PathBuf>,
}

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ImportResponse {
    /// Transcripts that were found.
    pub files: u64,
    /// Entries that were made.
    pub new: u64,
    /// Entries that there were, to which something was added or might have been.
    pub grown: u64,
    /// Transcripts to which nothing was added since the last import.
    pub unchanged: u64,
    /// Transcripts of sessions that were or are recorded while they happen.
    pub recorded: u64,
    /// Transcripts in which nothing happened.
    pub empty: u64,
    /// How much was understood, by agent.
    pub agents: BTreeMap<String, ImportCounts>,
    /// The entries that were made or added to, relative to the root.
    pub entries: Vec<String>,
}

/// How much of the transcripts of an agent was understood; of what was read now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportCounts {
    /// Transcripts.
    pub files: u64,
    /// Lines, or messages where the format has no lines.
    pub lines: u64,
    /// Those that had content.
    pub understood: u64,
    /// Those that are known, and without interest.
    pub ignored: u64,
    /// Those of a type that this version does not know, by type.
    pub unknown: BTreeMap<String, u64>,
    /// Those that are no JSON, or too long.
    pub malformed: u64,
}

pub(super) fn run_import(kb: &Kb, request: &ImportRequest, report: Report) -> Result<Reply> {
    let (mut files, mut warnings) = find_transcripts(kb, request)?;
    let exported = request.path.as_ref().map(|_| {
        let directory = kb.environment().private_temp();
        SubTranscripts::export(&directory, &mut files, &mut warnings)
    });
    let total = files.len() as u64;
    let mut response = ImportResponse {
        files: total,
        ..ImportResponse::default()
    };
    if files.is_empty() {
        let mut reply = Reply::from(Response::Import(response));
        reply.warnings = warnings;
        return Ok(reply);
    }
    let mut import = Import::new(kb)?;
    let mut failed = None;
    let mut bytes = 0;
    for (done, file) in files.iter().enumerate() {
        report(Progress {
            done: done as u64,
            total,
            bytes,
        });
        match import.file(file) {
            Ok((Imported::Unreadable(error), _)) => warnings.push(error.to_string()),
            Ok((imported, counts)) => count_reading(&mut response, file, &imported, &counts),
            // One that cannot be written does not stop the others.
            Err(error) => drop(failed.get_or_insert(error)),
        }
        bytes += file.file.size;
    }
    drop(exported);
    report(Progress {
        done: total,
        total,
        bytes,
    });
    if response.new + response.grown > 0 {
        derived::update_derived(kb)?;
    }
    if let Some(error) = failed {
        let hint = Hint::from("what was not imported now is tried again by the next ");
        return Err(error.with_hint(hint.then(Hint::command("import"))));
    }
    let mut reply = Reply::from(Response::Import(response));
    reply.warnings = warnings;
    Ok(reply)
}

fn find_transcripts(
    kb: &Kb,
    request: &ImportRequest,
) -> Result<(Vec<AgentTranscript>, Vec<String>)> {
    let agents = agents_of_name(request.agent.as_deref())?;
    let places = match &request.path {
        Some(path) => {
            let path = kb.environment().absolute(path);
            if !path.exists() {
                return Err(Error::not_found(format!(
                    "{} does not exist",
                    path.display()
                )));
            }
            refuse_unknown_file(&path, &agents)?;
            vec![path]
        }
        None => {
            let homes = AgentHomes::from_environment(kb.environment())?;
            agents
                .iter()
                .flat_map(|agent| default_places(*agent, &homes))
                .collect()
        }
    };
    let (mut files, mut warnings) = (Vec::new(), Vec::new());
    for place in places {
        let found = discover_transcripts(&place)?;
        files.extend(found.files);
        warnings.extend(
            found
                .unsupported
                .into_iter()
                .map(|(path, why)| format!("{} is not imported: {why}", path.display())),
        );
    }
    files.retain(|file| agents.contains(&file.agent));
    // What sub-agents did belongs to a session, which is to be there before.
    files.sort_by_key(|file| {
        let part = file.file.path.iter().any(|part| part == "subagents");
        (part, file.file.modified, file.file.path.clone())
    });
    files.dedup_by(|a, b| a.file.path == b.file.path);
    Ok((files, warnings))
}

/// Refuses a file that was named and is not understood, or is another agent's, rather than saying
/// that there is nothing.
fn refuse_unknown_file(path: &Path, agents: &[Agent]) -> Result<()> {
    if !path.is_file() {
        return Ok(());
    }
    let found = discover_transcripts(path)?;
    match (found.files.first(), found.unsupported.first()) {
        (Some(file), _) if agents.contains(&file.agent) => Ok(()),
        (Some(file), _) => {
            let (title, name) = (file.agent.title(), file.agent.name());
            let message = format!("{} is a transcript of {title}", path.display());
            let command = Hint::command("import").with(name).with("PATH");
            Err(Error::failed(message).with_hint(Hint::from("import it so: ").then(command)))
        }
        (None, Some((_, why))) => Err(Error::failed(format!(
            "{} cannot be imported: {why}",
            path.display()
        ))),
        (None, None) => Err(Error::failed(format!(
            "{} is not the transcript of an agent that is known",
            path.display()
        ))
        .with_hint(
            Hint::from("name a transcript, or a directory with some: ")
                .then(Hint::command("import").with("AGENT").with("PATH")),
        )),
    }
}

fn count_reading(
    response: &mut ImportResponse,
    file: &AgentTranscript,
    what: &Imported,
    counts: &TranscriptCounts,
) {
    match what {
        Imported::New(path) => {
            response.new += 1;
            response.entries.push(path.to_string());
        }
        Imported::Grown(path) => {
            response.grown += 1;
            response.entries.push(path.to_string());
        }
        Imported::Unchanged => response.unchanged += 1,
        Imported::Recorded | Imported::GoesOn => response.recorded += 1,
        Imported::Empty => response.empty += 1,
        Imported::Unreadable(_) => return,
    }
    let told = response
        .agents
        .entry(file.agent.name().to_owned())
        .or_default();
    told.files += 1;
    told.lines += counts.lines;
    told.understood += counts.understood;
    told.ignored += counts.ignored;
    told.malformed += counts.malformed;
    for (name, number) in &counts.unknown {
        *told.unknown.entry(name.clone()).or_default() += number;
    }
}
