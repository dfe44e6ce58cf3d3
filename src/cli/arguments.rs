//! The arguments: what is common to all commands, and the list of them.

use super::log::LogArguments;
use super::{
    completions, context, decisions, doctor, get, hook, import, index, init, install, list, log,
    mcp, merge_driver, next, prime, project, projects, recent, report, resume, schema, search,
    serve, session_log, tags, uninstall,
};
use crate::error::Result;
use crate::kb::Environment;
use crate::ops::Request;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};

const AFTER_HELP: &str = "\
Examples:
  mx session-log -m \"Implemented OAuth2 flow\" --entry projects/demo/sessions.md
  mx search \"auth module\" --tags=sessions
  mx get projects/demo/sessions.md --last 3
  mx log start --goal \"Sign in with OAuth2\"
  mx log end --next \"integrate with the user routes\"

The knowledge base is --kb DIR, else MEMEX_KB_ROOT, else kb_root of the .kbcontext, else the
nearest directory above this one that holds .mx/, else ~/.memex/kb, made on the first write.

Environment:
  MEMEX_KB_ROOT     root of the knowledge base
  MEMEX_INDEX_ROOT  where the index lives
  VL_KB_CONTEXT     a .kbcontext file, instead of the one found from the current directory
  MX_SESSION        id of the session that mx log commands belong to
  MX_LOG            error, warn or info: log events to standard error
  MX_NOW            RFC 3339: the clock, for tests and for reproducing a record
  NO_COLOR, CLICOLOR_FORCE

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 busy";

/// Memory for coding agents: session notes in Markdown, searchable at once, offline
#[derive(Debug, Parser)]
#[command(
    name = "mx",
    version,
    after_help = AFTER_HELP,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(super) struct Cli {
    /// Root of the knowledge base
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) kb: Option<PathBuf>,

    /// Answer in JSON; failures are JSON on standard error
    #[arg(long, global = true)]
    pub(super) json: bool,

    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    #[command(aliases = ["add", "note"])]
    SessionLog(session_log::SessionLogArguments),
    #[command(subcommand)]
    Log(log::LogArguments),
    Resume(resume::ResumeArguments),
    #[command(aliases = ["todo", "todos"])]
    Next(next::NextArguments),
    Decisions(decisions::DecisionsArguments),
    Prime(prime::PrimeArguments),
    #[command(aliases = ["find", "grep", "query"])]
    Search(search::SearchArguments),
    #[command(aliases = ["show", "cat", "read", "view"])]
    Get(get::GetArguments),
    #[command(alias = "ls")]
    List(list::ListArguments),
    Tags(tags::TagsArguments),
    #[command(alias = "history")]
    Recent(recent::RecentArguments),
    #[command(alias = "standup")]
    Report(report::ReportArguments),
    Projects(projects::ProjectsArguments),
    Import(import::ImportArguments),
    /// Describe the knowledge base: root, context, index, counts and sizes
    Info,
    Index(index::IndexArguments),
    Init(init::InitArguments),
    #[command(subcommand)]
    Context(context::ContextArguments),
    #[command(subcommand)]
    Project(project::ProjectArguments),
    Doctor(doctor::DoctorArguments),
    Install(install::InstallArguments),
    Uninstall(uninstall::UninstallArguments),
    Hook(hook::HookArguments),
    Mcp(mcp::McpArguments),
    Serve(serve::ServeArguments),
    #[command(hide = true)]
    MergeDriver(merge_driver::MergeDriverArguments),
    Schema(schema::SchemaArguments),
    Completions(completions::CompletionsArguments),
    /// Print the manual, in the format of man
    #[command(after_help = "Example: mx man | man -l -")]
    Man,
    // What people type first.
    #[command(hide = true)]
    Start(log::LogStartArguments),
    #[command(hide = true)]
    Update(log::LogUpdateArguments),
    #[command(hide = true, alias = "stop")]
    End(log::LogEndArguments),
    /// Show which sessions are running
    #[command(hide = true)]
    Status,
}

impl Command {
    /// Returns what is asked for. `json` says whether the answer will be JSON.
    pub(super) fn into_request(self, json: bool) -> Result<Request> {
        match self {
            Command::SessionLog(arguments) => arguments.into_request(),
            Command::Log(arguments) => arguments.into_request(),
            Command::Start(arguments) => LogArguments::Start(arguments).into_request(),
            Command::Update(arguments) => LogArguments::Update(arguments).into_request(),
            Command::End(arguments) => LogArguments::End(arguments).into_request(),
            Command::Status => LogArguments::Status.into_request(),
            Command::Resume(arguments) => Ok(arguments.into_request()),
            Command::Next(arguments) => Ok(arguments.into_request()),
            Command::Decisions(arguments) => Ok(arguments.into_request()),
            Command::Prime(arguments) => Ok(arguments.into_request()),
            Command::Search(arguments) => Ok(arguments.into_request()),
            Command::Get(arguments) => arguments.into_request(json),
            Command::List(arguments) => Ok(arguments.into_request()),
            Command::Tags(arguments) => Ok(arguments.into_request()),
            Command::Recent(arguments) => Ok(arguments.into_request()),
            Command::Report(arguments) => Ok(arguments.into_request()),
            Command::Projects(arguments) => Ok(arguments.into_request()),
            Command::Import(arguments) => Ok(arguments.into_request()),
            // The last six are done before a request is needed.
            Command::Info
            | Command::Mcp(_)
            | Command::Serve(_)
            | Command::MergeDriver(_)
            | Command::Completions(_)
            | Command::Man
            | Command::Schema(_)
            | Command::Hook(_) => Ok(Request::Info),
            Command::Index(arguments) => Ok(arguments.into_request()),
            Command::Init(_) => Ok(Request::Init),
            Command::Context(arguments) => Ok(arguments.into_request()),
            Command::Project(arguments) => Ok(arguments.into_request()),
            Command::Doctor(arguments) => Ok(arguments.into_request()),
            Command::Install(arguments) => Ok(arguments.into_request()),
            Command::Uninstall(arguments) => Ok(arguments.into_request()),
        }
    }

    /// Returns the root that the arguments name.
    pub(super) fn resolve_root(
        &self,
        kb: Option<&Path>,
        environment: &Environment,
    ) -> Option<PathBuf> {
        match self {
            Command::Init(arguments) => arguments.resolve_root(kb, environment),
            _ => kb.map(Path::to_path_buf),
        }
    }

    /// Returns whether the answer is to be as short as it can be.
    pub(super) fn is_terse(&self) -> bool {
        matches!(self, Command::Search(arguments) if arguments.terse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}
