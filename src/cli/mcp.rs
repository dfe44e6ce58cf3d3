//! `mx mcp`

use crate::error::Result;
use crate::kb::Environment;
use clap::Args;
use std::path::Path;
use std::process::ExitCode;

/// Serve the memory over MCP on standard input and output, for an agent without a shell
///
/// The agent starts it and ends it; mx install AGENT --mcp configures it. It offers the tools
/// search, get, resume, log and note, entries and sessions as resources, and the prompts resume and
/// handoff. Where the agent has a shell, the skill and the commands do the same for fewer tokens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx install cursor --mcp
  npx @modelcontextprotocol/inspector mx mcp      look at what it offers")]
pub(super) struct McpArguments {}

impl McpArguments {
    /// Serves until the input ends.
    #[cfg(feature = "service")]
    pub(super) fn serve(&self, kb: Option<&Path>, environment: &Environment) -> Result<ExitCode> {
        use super::console::print_to_stderr;
        use crate::kb::Kb;
        use crate::mcp::{MemoryServer, serve_streams};
        use crate::ops::Engine;
        use crate::serve::watch_files;
        use std::io::{self, IsTerminal};
        use std::sync::Arc;
        if io::stdin().is_terminal() {
            print_to_stderr("note: waiting for messages of an MCP client; Ctrl-C ends it\n");
        }
        let engine = Engine::new(environment, kb);
        let engine = match Kb::open(environment, kb) {
            Ok(kb) if kb.exists() => watch_files(engine, &kb),
            _ => engine.keep_index(),
        };
        let server = MemoryServer::for_parent(Arc::new(engine), environment);
        serve_streams(server, io::stdin(), io::stdout())?;
        Ok(ExitCode::SUCCESS)
    }

    /// Says that it cannot.
    #[cfg(not(feature = "service"))]
    pub(super) fn serve(&self, _: Option<&Path>, _: &Environment) -> Result<ExitCode> {
        use crate::error::Error;
        Err(Error::failed("this build of mx has no service")
            .with_hint("install mx with its default features: cargo install --path ."))
    }
}
