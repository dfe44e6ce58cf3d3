//! The `.kbcontext` of a project: which one holds, making one, checking one.

use super::{Reply, Response};
use crate::error::{Error, Hint, Result};
use crate::kb::{CONTEXT_FILE, Context, Environment, Kb, Repository, create_file, project};
use crate::model::Tag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The context that holds in the current directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextShowResponse {
    /// The file; `null` if there is none in this directory or above it.
    pub file: Option<String>,
    /// Name of the project, from the file or detected.
    pub project: String,
    /// The entry that `session-log` writes to here.
    pub session_entry: Option<String>,
    /// What names that entry: `.kbcontext (session_entry)`, `.kbcontext (primary)` or
    /// `.mx/config.yaml (default_entry)`.
    pub session_entry_source: Option<String>,
    /// `primary` of the file.
    pub primary: Option<String>,
    /// `paths` of the file: this project's part of the knowledge base.
    pub paths: Vec<String>,
    /// `default_tags` of the file.
    pub default_tags: Vec<String>,
    /// Root of the knowledge base that is used here.
    pub root: String,
    /// What named the root.
    pub root_source: String,
    /// Whether what hooks capture here goes there too: not into a knowledge base that may have come
    /// with a repository, until `mx context trust`.
    pub trusted: bool,
    /// Root of the knowledge base that what hooks capture here goes to; `null` if there is none.
    pub captured_root: Option<String>,
}

/// Writes a `.kbcontext` at the root of the repository, or into the current directory where there is
/// none. One that is there is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContextInitRequest {
    /// Name of the project; `None`: as detected.
    pub project: Option<String>,
    /// Whether it is written into the current directory in any case.
    pub here: bool,
}

/// A `.kbcontext` that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextInitResponse {
    /// The file.
    pub file: String,
    /// Name of the project.
    pub project: String,
    /// The entry that `session-log` now writes to.
    pub session_entry: Option<String>,
}

/// Checks a `.kbcontext`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ContextValidateRequest {
    /// The file; `None`: the one that holds in the current directory.
    pub file: Option<PathBuf>,
}

/// What is wrong with a `.kbcontext`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContextValidateResponse {
    /// The file.
    pub file: String,
    /// Whether it can be used; warnings do no harm.
    pub valid: bool,
    /// What makes it unusable.
    pub errors: Vec<String>,
    /// What may not be as it was meant.
    pub warnings: Vec<String>,
}

pub(super) fn show_context(kb: &Kb) -> Result<Reply> {
    let context = kb.context();
    let entry = kb.session_entry()?;
    let response = ContextShowResponse {
        file: context.map(|context| context.path.display().to_string()),
        project: kb.project(),
        session_entry: entry.as_ref().map(|(path, _)| path.to_string()),
        session_entry_source: entry.map(|(_, source)| source.to_owned()),
        primary: context.and_then(|context| context.primary.clone()),
        paths: context.map_or_else(Vec::new, |context| {
            context
                .paths
                .iter()
                .map(|glob| glob.as_str().to_owned())
                .collect()
        }),
        default_tags: context.map_or_else(Vec::new, |context| {
            context.default_tags.iter().map(Tag::to_string).collect()
        }),
        root: kb.root().display().to_string(),
        root_source: kb.root_source().name(kb.environment().spelling),
        trusted: kb.is_trusted(),
        captured_root: kb.root_for_capture().map(|root| root.display().to_string()),
    };
    Ok(Reply::from(Response::ContextShow(response)))
}

pub(super) fn init_context(kb: &Kb, request: &ContextInitRequest) -> Result<Reply> {
    let environment = kb.environment();
    let repository = Repository::find(&environment.cwd).filter(|_| !request.here);
    let directory = repository
        .as_ref()
        .map_or(&*environment.cwd, Repository::worktree);
    let file = directory.join(CONTEXT_FILE);
    let given = request
        .project
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let project = match given {
        Some(name) => name.to_owned(),
        None => project::detect_project(environment, None),
    };
    write_new(&file, &Context::template(&project))?;
    let written = Context::load(environment, &file)?.context;
    let entry = written.entry(&project)?;
    Ok(Reply::from(Response::ContextInit(ContextInitResponse {
        file: file.display().to_string(),
        project,
        session_entry: entry.map(|(path, _)| path.to_string()),
    })))
}

/// Writes a file that must not exist yet, whole or not at all.
fn write_new(file: &Path, text: &str) -> Result<()> {
    if create_file(file, text.as_bytes())? {
        return Ok(());
    }
    Err(
        Error::failed(format!("{} exists already", file.display())).with_hint(
            Hint::command("context show")
                .then(" says what is in it, ")
                .then(Hint::command("context validate"))
                .then(" whether it is right"),
        ),
    )
}

/// Checks a `.kbcontext`. A knowledge base is not needed.
pub(super) fn validate_context(
    environment: &Environment,
    request: &ContextValidateRequest,
) -> Result<Reply> {
    let file = match &request.file {
        Some(file) => environment.absolute(file),
        None => file_here(environment).ok_or_else(|| {
            Error::not_found("no .kbcontext in this directory or above it")
                .with_hint(Hint::command("context init").then(" writes one"))
        })?,
    };
    let (errors, warnings) = match Context::load(environment, &file) {
        Err(error) if !file.exists() => return Err(error),
        Err(error) => (vec![error.message().to_owned()], Vec::new()),
        Ok(loaded) => context_findings(&loaded.context, loaded.warnings),
    };
    let verdict = ContextValidateResponse {
        file: file.display().to_string(),
        valid: errors.is_empty(),
        errors,
        warnings,
    };
    Ok(Reply::from(Response::ContextValidate(verdict)))
}

/// Returns the `.kbcontext` that holds in the current directory.
fn file_here(environment: &Environment) -> Option<PathBuf> {
    environment.context.clone().or_else(|| {
        let mut files = environment
            .cwd
            .ancestors()
            .map(|directory| directory.join(CONTEXT_FILE));
        files.find(|file| file.is_file())
    })
}

fn context_findings(context: &Context, mut warnings: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut errors = Vec::new();
    let file = context.path.display();
    match context.entry("project") {
        Ok(Some(_)) => {}
        Ok(None) => warnings.push(format!(
            "{file}: neither session_entry nor primary: a note needs the name of an entry here"
        )),
        Err(error) => errors.push(format!("{file}: {}", error.message())),
    }
    if let Some(root) = context.kb_root.as_deref().filter(|root| !root.is_dir()) {
        let root = root.display();
        warnings.push(format!("{file}: kb_root {root} does not exist yet"));
    }
    (errors, warnings)
}
