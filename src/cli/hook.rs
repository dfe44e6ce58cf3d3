//! `mx hook`
//!
//! Agents take an exit code of 2 for a veto, and what is printed for an answer. So the arguments
//! are read by hand, nothing is reported on standard error, and the exit code is 0 always.

use super::agents::help_with_callers;
use crate::kb::Environment;
use crate::ops::{Engine, HookRequest};
use clap::Args;
use std::ffi::OsString;
use std::io::{IsTerminal, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Take in what an agent's hook sends: one JSON object on standard input
///
/// Called by agents, after mx install. Always exits 0; prints only what the agent understands.
#[derive(Debug, Args)]
pub(super) struct HookArguments {
    #[arg(long, value_name = "NAME", help = help_with_callers("; detected if absent"))]
    agent: Option<String>,

    /// Name of the event, for agents that do not send it
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
}

/// A call of the command.
#[derive(Default)]
pub(super) struct HookCall {
    root: Option<PathBuf>,
    request: HookRequest,
}

/// Returns the arguments behind `hook`, if that is the command.
pub(super) fn parse_call(all: &[OsString]) -> Option<HookCall> {
    let HookCall {
        mut root,
        mut request,
    } = HookCall::default();
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
            "--kb" => root = value().map(PathBuf::from),
            "--agent" if is_hook => request.agent = value(),
            "--event" if is_hook => request.event = value(),
            "-h" | "--help" => return None,
            _ if is_hook => {}
            "--json" => {}
            _ => return None,
        }
    }
    is_hook.then_some(HookCall { root, request })
}

/// Does all of it; nothing gets out but the answer.
pub(super) fn take_call(call: &HookCall) -> ExitCode {
    let (environment, wrong) = Environment::capture_for_hook();
    // A person typed the command: there is nothing to wait for.
    if std::io::stdin().is_terminal() {
        return ExitCode::SUCCESS;
    }
    let engine = Engine::new(&environment, call.root.as_deref());
    for reason in &wrong {
        engine.note_hook_mistake(reason);
    }
    let answer = engine.take_hook(&call.request, &mut std::io::stdin().lock());
    if !answer.is_empty() {
        let mut out = std::io::stdout();
        let _ = out.write_all(answer.as_bytes()).and_then(|()| out.flush());
    }
    read_to_end();
    ExitCode::SUCCESS
}

/// How long the end of the input is waited for: not every agent closes the pipe.
const WAIT_FOR_END: Duration = Duration::from_millis(100);
/// Most bytes behind the object that are read.
const MAX_REST: u64 = 1 << 20;

/// Reads what comes behind the object, so that an agent that writes a line break later is not left
/// with a broken pipe.
fn read_to_end() {
    let (send, receive) = mpsc::channel();
    let read = move || {
        let mut rest = std::io::stdin().lock().take(MAX_REST);
        let _ = std::io::copy(&mut rest, &mut std::io::sink());
        let _ = send.send(());
    };
    if thread::Builder::new().spawn(read).is_ok() {
        let _ = receive.recv_timeout(WAIT_FOR_END);
    }
}
