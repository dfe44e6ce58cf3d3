//! The command line: reads the arguments, calls one operation, renders the answer.
//!
//! One file per command, which holds its options and turns them into a
//! [`Request`](crate::ops::Request). No rule that another front door would need is here.

mod agents;
mod arguments;
mod completions;
mod console;
mod context;
mod decisions;
mod doctor;
mod filters;
mod get;
mod hints;
mod hook;
mod import;
mod index;
mod init;
mod install;
mod list;
mod log;
mod logging;
mod man;
mod mcp;
mod meant;
mod merge_driver;
mod next;
mod panics;
mod prime;
mod progress;
mod project;
mod projects;
mod recent;
mod report;
mod resume;
mod schema;
mod search;
mod serve;
mod session_log;
mod signals;
mod tags;
mod text;
mod uninstall;
mod usage;

use crate::error::{HintSpelling, Result};
use crate::kb::Environment;
use crate::ops::{Engine, Reply};
use arguments::{Cli, Command};
use clap::{CommandFactory, Parser};
use console::Console;
use progress::Progress;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs `mx` with the arguments of the process, the name of the program first.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    signals::survive_file_size_limit();
    let arguments: Vec<OsString> = arguments.collect();
    panics::keep_quiet();
    if let Some(call) = hook::parse_call(&arguments) {
        return hook::take_call(&call);
    }
    let code = std::panic::catch_unwind(|| try_main(&arguments));
    code.unwrap_or_else(|_| panics::report_panic())
}

fn try_main(arguments: &[OsString]) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::report_usage(&error, arguments),
    };
    let console = Console::new(cli.json, cli.command.is_terse());
    match run_command(cli, &console) {
        Ok(code) => code,
        Err(error) => console.print_error(&error),
    }
}

fn run_command(cli: Cli, console: &Console) -> Result<ExitCode> {
    match &cli.command {
        Command::Completions(arguments) => {
            let home = Environment::capture()?.home;
            Console::print_bytes(&arguments.write_script(Cli::command(), home.as_deref())?)
        }
        Command::MergeDriver(arguments) => arguments.merge(),
        Command::Mcp(arguments) => {
            let environment = capture_environment()?;
            arguments.serve(cli.kb.as_deref(), &environment)
        }
        Command::Serve(arguments) => {
            let environment = capture_environment()?;
            arguments.serve(&environment, cli.kb.as_deref(), cli.json)
        }
        Command::Man => Console::print_bytes(&man::write_pages()?),
        Command::Schema(arguments) => {
            Console::print_bytes(arguments.describe(Cli::command())?.as_bytes())
        }
        _ => console.print_reply(ask_engine(cli)?),
    }
}

fn ask_engine(cli: Cli) -> Result<Reply> {
    let environment = capture_environment()?;
    let root = cli.command.resolve_root(cli.kb.as_deref(), &environment);
    let request = cli.command.into_request(cli.json)?;
    let engine = Engine::new(&environment, root.as_deref());
    let progress = Progress::new();
    let reply = engine.run(request, &|done| progress.update(done));
    progress.finish();
    reply
}

fn capture_environment() -> Result<Environment> {
    let mut environment = Environment::capture()?;
    environment.spelling = HintSpelling::new(hints::spell_hint);
    if let Some(level) = &environment.log {
        logging::start_logging(level);
    }
    Ok(environment)
}
