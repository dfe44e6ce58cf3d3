//! Serving over a pair of streams, as a child of the agent that reads and writes their other ends.

mod framing;
mod message;
mod parent;
mod transport;

use super::MemoryServer;
use crate::error::{Error, Result};
use parent::ParentProcess;
use std::io::{Read, Write};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use transport::StreamTransport;

/// How long is waited at the end for what still has to be written.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Answers what comes in, until the input ends, the output is not read any more, or the process is
/// gone that started this one.
///
/// # Errors
///
/// If the system has no threads left.
pub fn serve_streams(
    server: MemoryServer,
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<()> {
    let parent = ParentProcess::find();
    let runtime = start_runtime()?;
    runtime.block_on(async {
        let (transport, written) = StreamTransport::start(input, output).map_err(no_threads)?;
        // Without a beginning of its own: who does not say which protocol it speaks is answered in
        // the older one.
        let running = rmcp::service::serve_directly(server, transport, None);
        let token = running.cancellation_token();
        tokio::spawn(async move {
            parent.wait_until_gone().await;
            token.cancel();
        });
        // It ends in one way or another.
        let _ = running.waiting().await;
        let _ = tokio::time::timeout(LAST_WAIT, written).await;
        Ok(())
    })?;
    runtime.shutdown_timeout(LAST_WAIT);
    Ok(())
}

fn start_runtime() -> Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.map_err(no_threads)
}

fn no_threads(cause: std::io::Error) -> Error {
    Error::failed(format!("cannot start the server: {cause}")).with_source(cause)
}
