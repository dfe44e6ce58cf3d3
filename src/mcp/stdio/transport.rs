//! Messages between two streams and the server. Threads read and write, so that a client that does
//! not read keeps nobody from anything but writing.

use super::framing::{Frame, FrameForm, FrameReader, write_frame};
use super::message::read_message;
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ErrorData, JsonRpcError, JsonRpcMessage, ServerJsonRpcMessage,
};
use rmcp::transport::Transport;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::sync::{mpsc, oneshot};

/// How many messages may wait in either direction.
const WAITING: usize = 64;

/// What is to be written; `None`: nothing more.
type Outgoing = Option<Box<ServerJsonRpcMessage>>;

/// The server's end of the streams.
pub(super) struct StreamTransport {
    incoming: mpsc::Receiver<ClientJsonRpcMessage>,
    outgoing: mpsc::Sender<Outgoing>,
}

impl StreamTransport {
    /// Starts to read and to write. What is returned beside it tells when all is written.
    pub(super) fn start(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let (to_server, incoming) = mpsc::channel(WAITING);
        let (outgoing, to_client) = mpsc::channel(WAITING);
        let (done, written) = oneshot::channel();
        let with_headers = Arc::new(AtomicBool::new(false));
        let reader = MessageReader {
            to_server,
            to_client: outgoing.clone(),
            with_headers: Arc::clone(&with_headers),
        };
        thread::Builder::new()
            .name("mcp-read".into())
            .spawn(move || reader.read_all(input))?;
        thread::Builder::new()
            .name("mcp-write".into())
            .spawn(move || {
                write_all(to_client, output, &with_headers);
                // Nobody may wait any more.
                let _ = done.send(());
            })?;
        Ok((StreamTransport { incoming, outgoing }, written))
    }
}

impl Transport<RoleServer> for StreamTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let outgoing = self.outgoing.clone();
        async move {
            let sent = outgoing.send(Some(Box::new(message))).await;
            sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        tokio::select! {
            message = self.incoming.recv() => message,
            // Nobody reads what would be answered.
            () = self.outgoing.closed() => None,
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        // If nobody writes any more, there is nothing to end.
        let _ = self.outgoing.send(None).await;
        Ok(())
    }
}

/// Reads until the input ends or nobody wants what it holds.
struct MessageReader {
    to_server: mpsc::Sender<ClientJsonRpcMessage>,
    to_client: mpsc::Sender<Outgoing>,
    /// Whether the client frames its messages with headers, and gets its answers so.
    with_headers: Arc<AtomicBool>,
}

impl MessageReader {
    fn read_all(&self, input: impl Read) {
        let mut frames = FrameReader::new(input);
        while let Ok(Some(frame)) = frames.read_frame() {
            let (Frame::Message(form, _) | Frame::TooLong(form)) = &frame;
            let with_headers = *form == FrameForm::Header;
            self.with_headers.store(with_headers, Ordering::Relaxed);
            let passed = match frame {
                Frame::Message(_, bytes) => self.pass_on(&bytes),
                Frame::TooLong(_) => self.refuse_long(),
            };
            if passed.is_none() {
                return;
            }
        }
    }

    fn pass_on(&self, bytes: &[u8]) -> Option<()> {
        let incoming = read_message(bytes);
        for message in incoming.messages {
            self.to_server.blocking_send(message).ok()?;
        }
        for error in incoming.errors {
            self.answer(error)?;
        }
        Some(())
    }

    fn refuse_long(&self) -> Option<()> {
        let error = ErrorData::invalid_request("the message is longer than 16 MiB", None);
        self.answer(JsonRpcError::new(None, error))
    }

    fn answer(&self, error: JsonRpcError) -> Option<()> {
        let message = Box::new(JsonRpcMessage::Error(error));
        self.to_client.blocking_send(Some(message)).ok()
    }
}

fn write_all(
    mut messages: mpsc::Receiver<Outgoing>,
    mut output: impl Write,
    with_headers: &AtomicBool,
) {
    while let Some(Some(message)) = messages.blocking_recv() {
        let form = if with_headers.load(Ordering::Relaxed) {
            FrameForm::Header
        } else {
            FrameForm::Line
        };
        let Ok(bytes) = serde_json::to_vec(&message) else {
            continue;
        };
        if write_frame(&mut output, form, &bytes).is_err() {
            return;
        }
    }
}
