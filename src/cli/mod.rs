//! The command line: reads the arguments, calls one operation, renders the answer.
//!
//! One file per command, which holds its options and turns them into a
//! [`Request`]. No rule that another front door would need is here.

mod arguments;
mod completions;
mod console;
mod context;
mod filters;
mod get;
mod hook;
mod import;
mod index;
mod init;
mod install;
mod list;
mod log;
mod man;
mod panics;
mod prime;
mod progress;
mod recent;
mod resume;
mod schema;
mod search;
mod session_log;
mod signals;
mod tags;
mod uninstall;
mod usage;

use crate::error::{Error, Result};
use crate::kb::{Environment, Kb};
use crate::ops::{self, Reply, Request, Response};
use arguments::{Cli, Command};
use clap::Parser;
use console::Console;
use progress::Progress;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs `mx` with the arguments of the process, the name of the program first.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    signals::survive_file_size_limit();
    let arguments: Vec<OsString> = arguments.collect();
    panics::keep_quiet();
    if let Some(request) = hook::arguments(&arguments) {
        return hook::run(&request);
    }
    let code = std::panic::catch_unwind(|| try_main(&arguments));
    code.unwrap_or_else(|_| panics::report())
}

fn try_main(arguments: &[OsString]) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, arguments),
    };
    let console = Console::new(cli.json, cli.command.is_terse());
    match run(cli, &console) {
        Ok(code) => code,
        Err(error) => console.fail(&error),
    }
}

fn run(cli: Cli, console: &Console) -> Result<ExitCode> {
    match &cli.command {
        Command::Completions(arguments) => console.print(&arguments.script()),
        Command::Man => console.print(&man::pages()?),
        Command::Schema(arguments) => console.print(arguments.text()?.as_bytes()),
        _ => console.answer(answer(cli)?),
    }
}

fn answer(cli: Cli) -> Result<Reply> {
    let environment = Environment::capture()?;
    let root = cli.command.root(cli.kb.as_deref(), &environment);
    let request = cli.command.request(cli.json)?;
    let kb = match Kb::open(&environment, root.as_deref()) {
        Ok(kb) => kb,
        Err(error) => return unopened(&environment, request, error),
    };
    let progress = Progress::new();
    let reply = ops::run(&kb, request, &|done| progress.update(done));
    progress.finish();
    reply
}

/// Answers without a knowledge base where that is what the question is about.
fn unopened(environment: &Environment, request: Request, error: Error) -> Result<Reply> {
    match request {
        Request::Doctor => {
            let diagnosis = ops::diagnose_unopenable(&error);
            Ok(Reply::from(Response::Doctor(diagnosis)))
        }
        Request::ContextValidate(request) => {
            let verdict = ops::validate_context(environment, &request)?;
            Ok(Reply::from(Response::ContextValidate(verdict)))
        }
        Request::Install(request) => ops::install(environment, &request),
        Request::Uninstall(request) => ops::uninstall(environment, &request),
        _ => Err(error),
    }
}
