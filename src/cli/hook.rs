//! `mx hook`
//!
//! Agents take an exit code of 2 for a veto, and what is printed for an answer. So the arguments
//! are read by hand, nothing is reported on standard error, and the exit code is 0 always.

use crate::kb::Environment;
use crate::ops::{self, HookRequest};
use clap::Args;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Take in what an agent's hook sends: one JSON object on standard input
///
/// Called by agents, after mx install. Always exits 0; prints only what the agent understands.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// claude, codex, gemini, cursor, copilot, opencode or generic; detected if absent
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,

    /// Name of the event, for agents that do not send it
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
}

/// Returns the arguments behind `hook`, if that is the command.
pub(super) fn arguments(all: &[OsString]) -> Option<HookRequest> {
    let mut request = HookRequest::default();
    let mut is_hook = false;
    let mut rest = all.iter().skip(1);
    while let Some(argument) = rest.next() {
        let argument = argument.to_string_lossy();
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument.into_owned(), None),
        };
        let mut value = || {
            let next = || rest.next().map(|next| next.to_string_lossy().into_owned());
            value.clone().or_else(next)
        };
        match name.as_str() {
            "hook" => is_hook = true,
            "--kb" => request.root = value().map(PathBuf::from),
            "--agent" if is_hook => request.agent = value(),
            "--event" if is_hook => request.event = value(),
            "-h" | "--help" => return None,
            _ if is_hook => {}
            "--json" => {}
            _ => return None,
        }
    }
    is_hook.then_some(request)
}

/// Does all of it; nothing gets out but the answer.
pub(super) fn run(request: &HookRequest) -> ExitCode {
    let Ok(environment) = Environment::capture() else {
        return ExitCode::SUCCESS;
    };
    // Somebody typed the command: there is nothing to wait for.
    if std::io::stdin().is_terminal() {
        return ExitCode::SUCCESS;
    }
    let take_in = || {
        let mut input = std::io::stdin().lock();
        ops::hook(&environment, request, &mut input)
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(take_in)) {
        Ok(answer) if answer.is_empty() => {}
        Ok(answer) => {
            let mut out = std::io::stdout();
            let _ = out.write_all(answer.as_bytes()).and_then(|()| out.flush());
        }
        Err(_) => {
            let count = || ops::hook_panicked(&environment);
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(count));
        }
    }
    ExitCode::SUCCESS
}
