//! A client of one server, which writes what it likes, and reads message by message.

use crate::common::{Run, World};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for what should come at once.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(60);

/// A running server.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<String>,
    /// Messages that came while another one was waited for.
    early: VecDeque<Value>,
    /// Roots that the client has open, if it can list them.
    roots: Option<Vec<String>>,
    next_id: u64,
}

impl Client {
    /// Starts the server in the working directory of a world.
    pub fn start(world: &World) -> Self {
        Client::run(world.command(&["mcp"]))
    }

    /// Starts a server that was prepared.
    pub fn run(run: Run<'_>) -> Self {
        Client::spawn(run.into_command())
    }

    /// Starts a server by any command.
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::inherit()).spawn().expect("mx runs");
        let output = child.stdout.take().expect("standard output is a pipe");
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Client {
            input: child.stdin.take(),
            child,
            output: receiver,
            early: VecDeque::new(),
            roots: None,
            next_id: 1,
        }
    }

    /// Begins as a client of that name and version of the protocol.
    pub fn initialize(&mut self, name: &str, version: &str) -> Value {
        let able = match &self.roots {
            Some(_) => json!({"roots": {"listChanged": true}}),
            None => json!({}),
        };
        let params = json!({
            "protocolVersion": version,
            "capabilities": able,
            "clientInfo": {"name": name, "version": "1"},
        });
        let answer = self.request("initialize", params);
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        answer["result"].clone()
    }

    /// Begins as some client.
    pub fn begin(world: &World) -> Self {
        let mut client = Client::start(world);
        client.initialize("test", "2025-11-25");
        client
    }

    /// Returns these roots when it is asked.
    pub fn with_roots(mut self, roots: &[String]) -> Self {
        self.roots = Some(roots.to_vec());
        self
    }

    /// Returns other roots from now on.
    pub fn change_roots(&mut self, roots: &[String]) {
        self.roots = Some(roots.to_vec());
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/roots/list_changed"}));
    }

    /// Writes bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        input.write_all(bytes).expect("the server reads");
        input.flush().expect("the server reads");
    }

    /// Sends a message on a line.
    pub fn send(&mut self, message: &Value) {
        self.write(format!("{message}\n").as_bytes());
    }

    /// Sends a request, and returns the whole answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        self.wait_for(&json!(id))
    }

    /// Calls a tool, and returns the result.
    pub fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = self.request("tools/call", params);
        let result = &answer["result"];
        assert!(result["content"][0]["text"].is_string(), "{tool}: {answer}");
        result.clone()
    }

    /// Calls a tool, which must succeed, and returns the data of its answer.
    pub fn data(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], json!(false), "{tool}: {result}");
        result["structuredContent"].clone()
    }

    /// Calls a tool, which must fail, and returns what the model reads.
    pub fn failure(&mut self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(result["isError"], json!(true), "{tool}: {result}");
        text_of(&result)
    }

    /// Returns the answer to a request. Answers for the client when it is asked for its roots.
    pub fn wait_for(&mut self, id: &Value) -> Value {
        if let Some(at) = self.early.iter().position(|early| early["id"] == *id) {
            return self.early.remove(at).expect("it is there");
        }
        loop {
            let message = self.read();
            if message["method"] == "roots/list" {
                let roots = self
                    .roots
                    .as_ref()
                    .expect("roots are asked of who has some");
                let roots: Vec<Value> = roots.iter().map(|uri| json!({"uri": uri})).collect();
                let answer =
                    json!({"jsonrpc": "2.0", "id": message["id"], "result": {"roots": roots}});
                self.send(&answer);
            } else if message["id"] == *id {
                return message;
            } else {
                self.early.push_back(message);
            }
        }
    }

    /// Returns the next message, whatever it is.
    pub fn read(&mut self) -> Value {
        let line = self
            .output
            .recv_timeout(MESSAGE_TIMEOUT)
            .expect("a message");
        let message: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("no message: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        message
    }

    /// Closes the input, and returns what still comes and how the server ends.
    pub fn finish(mut self) -> (Vec<Value>, ExitStatus) {
        drop(self.input.take());
        let mut messages: Vec<Value> = self.early.drain(..).collect();
        while let Ok(line) = self.output.recv_timeout(MESSAGE_TIMEOUT) {
            messages
                .push(serde_json::from_str(&line).unwrap_or_else(|_| panic!("no message: {line}")));
        }
        let until = Instant::now() + MESSAGE_TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return (messages, status);
            }
            assert!(Instant::now() < until, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the text of a result.
pub fn text_of(result: &Value) -> String {
    let text = result["content"][0]["text"].as_str();
    text.expect("a text").to_owned()
}

/// Gives all at once to a server, and returns its messages.
pub fn replay(run: Run<'_>, input: &[u8]) -> Vec<Value> {
    let output = run.input(input).output();
    assert!(output.status.success(), "{output:?}");
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut lines = String::new();
    output
        .stdout
        .as_slice()
        .read_to_string(&mut lines)
        .expect("text");
    let parse =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("no message: {line}"));
    lines.lines().map(parse).collect()
}

/// Returns the command of a process that starts the server, and then is something else that lasts:
/// its parent. Both have the same input.
#[cfg(unix)]
pub fn within_parent(world: &World) -> Command {
    let server = world.command(&[]).into_command();
    let mut parent = Command::new("sh");
    parent.args(["-c", "exec 3<&0; \"$0\" mcp <&3 & exec sleep 600"]);
    parent.arg(server.get_program()).current_dir(world.work());
    parent.envs(
        server
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    parent
}
