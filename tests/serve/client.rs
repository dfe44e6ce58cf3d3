//! A server of its own for each test, and the plainest of clients: what is sent is written here byte by
//! byte, so that a test can send what no client would.

// Not all of it is needed here.
#[allow(dead_code)]
#[path = "../cli/common.rs"]
pub mod common;

use common::World;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that runs until dropped.
pub struct Served {
    pub world: World,
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
    /// Host and port.
    pub host: String,
    pub token: String,
    /// The file that holds it, if one does.
    pub token_file: Option<PathBuf>,
    /// The link to sign in with, without host.
    pub sign_in: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// All of it before the body.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Served {
    /// Starts a server for a world, which waits an hour at most: it ends with the test.
    pub fn new(world: World) -> Self {
        Served::start(world, &[])
    }

    pub fn start(world: World, arguments: &[&str]) -> Self {
        Served::start_as(world, arguments, |_| {})
    }

    /// Starts a server whose process was prepared.
    pub fn start_as(world: World, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Self {
        std::fs::create_dir_all(world.kb()).expect("a knowledge base");
        let mut command: Command = world.command(&["serve", "--json"]).into_command();
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.args(arguments).env_remove("MX_NOW");
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::inherit());
        prepare(&mut command);
        let mut child = command.spawn().expect("mx runs");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        let started: Value = serde_json::from_str(&line).expect("one line of JSON");
        let text = |name: &str| started[name].as_str().expect("a text").to_owned();
        let address = text("address");
        let host = address.trim_start_matches("http://").trim_end_matches('/');
        let token_file = started["token_file"].as_str().map(PathBuf::from);
        let token = match &token_file {
            Some(file) => std::fs::read_to_string(file).expect("a token"),
            None => text("token"),
        };
        Served {
            host: host.to_owned(),
            token: token.trim().to_owned(),
            token_file,
            sign_in: text("sign_in").replace(&address, "/"),
            world,
            child,
            lines,
        }
    }

    /// Reads the next line that the server prints.
    pub fn next_line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("one line of JSON")
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the server ends by itself.
    pub fn wait(mut self) -> std::process::ExitStatus {
        self.child.wait().expect("it ends")
    }

    /// Returns a connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).expect("it listens");
        let timeout = Some(Duration::from_secs(60));
        stream.set_read_timeout(timeout).expect("a time");
        stream
    }

    /// Sends bytes as they are, and reads everything that comes back until the server ends it.
    pub fn send_raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        // A server that has read enough may close meanwhile.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    /// Sends a request with these lines in its head beside `Host`.
    pub fn send(&self, method: &str, path: &str, lines: &[&str], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !lines
            .iter()
            .any(|line| line.to_lowercase().starts_with("host:"))
        {
            head += &format!("Host: {}\r\n", self.host);
        }
        for line in lines {
            head += line;
            head += "\r\n";
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut bytes = (head + "\r\n").into_bytes();
        bytes.extend(body);
        read_answer(&self.send_raw(&bytes))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"")
    }

    /// Sends JSON with the token.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let token = format!("Authorization: Bearer {}", self.token);
        let lines = [token.as_str(), "Content-Type: application/json"];
        self.send("POST", path, &lines, body.to_string().as_bytes())
    }

    /// Returns every file of the knowledge base but private ones, with its content.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        list_files(&self.world.kb(), &mut found);
        found.sort();
        found
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn list_files(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.ends_with(".mx") {
            continue;
        }
        if path.is_dir() {
            list_files(&path, found);
        } else {
            let content = std::fs::read(&path).expect("a file");
            found.push((path.to_string_lossy().into_owned(), content));
        }
    }
}

/// Takes an answer apart.
pub fn read_answer(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.expect("a status"),
        head,
        body: bytes[end + 4..].to_vec(),
    }
}
