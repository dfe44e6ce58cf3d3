//! Messages between two streams and the server. Threads read and write, so that a client that does
//! not read blocks nothing but writing.

use super::framing::{Frame, FrameForm, FrameReader, write_frame};
use super::message::{read_message, refuse_long};
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::Value;
use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::{mpsc, oneshot};

/// How many messages may wait in either direction.
const WAITING: usize = 64;

/// What is to be written; `None`: nothing more.
type Outgoing = Option<OutgoingMessage>;

enum OutgoingMessage {
    /// From the server.
    Message(Box<ServerJsonRpcMessage>),
    /// The answer to what never came to the server, in the form in which that came.
    Refusal(FrameForm, Value),
}

/// In which form the client sent what.
#[derive(Default)]
struct UsedForms {
    /// Requests behind a header that are not answered yet.
    framed: HashSet<RequestId>,
    /// Whether the last message had a header: notifications of our own are written so.
    is_last_framed: bool,
}

impl UsedForms {
    fn note(&mut self, form: FrameForm, message: &ClientJsonRpcMessage) {
        self.is_last_framed = form == FrameForm::Header;
        if let (FrameForm::Header, JsonRpcMessage::Request(request)) = (form, message) {
            self.framed.insert(request.id.clone());
        }
    }

    fn choose(&mut self, message: &ServerJsonRpcMessage) -> FrameForm {
        let answered = match message {
            JsonRpcMessage::Response(response) => Some(&response.id),
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let is_framed = match answered {
            Some(id) => self.framed.remove(id),
            None => self.is_last_framed,
        };
        if is_framed {
            FrameForm::Header
        } else {
            FrameForm::Line
        }
    }
}

type SharedForms = Arc<Mutex<UsedForms>>;

fn lock_forms(forms: &SharedForms) -> MutexGuard<'_, UsedForms> {
    forms.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server's end of the streams.
pub(super) struct StreamTransport {
    incoming: mpsc::Receiver<ClientJsonRpcMessage>,
    outgoing: mpsc::Sender<Outgoing>,
}

impl StreamTransport {
    /// Starts to read and to write. What is returned beside it resolves when all is written.
    pub(super) fn start(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> io::Result<(Self, oneshot::Receiver<()>)> {
        let (to_server, incoming) = mpsc::channel(WAITING);
        let (outgoing, to_client) = mpsc::channel(WAITING);
        let (done, written) = oneshot::channel();
        let forms = SharedForms::default();
        let reader = MessageReader {
            to_server,
            to_client: outgoing.clone(),
            forms: Arc::clone(&forms),
        };
        thread::Builder::new()
            .name("mcp-read".into())
            .spawn(move || reader.read_all(input))?;
        thread::Builder::new()
            .name("mcp-write".into())
            .spawn(move || {
                write_all(to_client, output, &forms);
                // The caller may not wait any more.
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
            let sent = outgoing
                .send(Some(OutgoingMessage::Message(Box::new(message))))
                .await;
            sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        tokio::select! {
            message = self.incoming.recv() => message,
            // What would be answered is not read.
            () = self.outgoing.closed() => None,
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        // If no writer is left, there is nothing to end.
        let _ = self.outgoing.send(None).await;
        Ok(())
    }
}

/// Reads until the input ends or its messages are not wanted any more.
struct MessageReader {
    to_server: mpsc::Sender<ClientJsonRpcMessage>,
    to_client: mpsc::Sender<Outgoing>,
    forms: SharedForms,
}

impl MessageReader {
    fn read_all(&self, input: impl Read) {
        let mut frames = FrameReader::new(input);
        while let Ok(Some(frame)) = frames.read_frame() {
            let passed = match frame {
                Frame::Message(form, bytes) => self.pass_on(form, &bytes),
                Frame::TooLong(form, ends) => self.refuse(form, refuse_long(&ends)),
            };
            if passed.is_none() {
                return;
            }
        }
    }

    fn pass_on(&self, form: FrameForm, bytes: &[u8]) -> Option<()> {
        let incoming = read_message(bytes);
        for message in incoming.messages {
            lock_forms(&self.forms).note(form, &message);
            self.to_server.blocking_send(message).ok()?;
        }
        let mut errors = incoming.errors.into_iter();
        errors.try_for_each(|error| self.refuse(form, error))
    }

    fn refuse(&self, form: FrameForm, error: Value) -> Option<()> {
        let refusal = OutgoingMessage::Refusal(form, error);
        self.to_client.blocking_send(Some(refusal)).ok()
    }
}

fn write_all(mut messages: mpsc::Receiver<Outgoing>, mut output: impl Write, forms: &SharedForms) {
    while let Some(Some(message)) = messages.blocking_recv() {
        let (form, bytes) = match message {
            OutgoingMessage::Message(message) => {
                let form = lock_forms(forms).choose(&message);
                (form, serde_json::to_vec(&message))
            }
            OutgoingMessage::Refusal(form, error) => (form, serde_json::to_vec(&error)),
        };
        let Ok(bytes) = bytes else {
            continue;
        };
        if write_frame(&mut output, form, &bytes).is_err() {
            return;
        }
    }
}
