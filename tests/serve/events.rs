//! The stream of changes.

use crate::client::Served;
use crate::client::common::World;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

struct Following {
    lines: BufReader<TcpStream>,
}

impl Following {
    fn new(served: &Served) -> Self {
        let mut stream = served.connect();
        let request = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n\r\n",
            served.host
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut following = Following {
            lines: BufReader::new(stream),
        };
        following.find("content-type: text/event-stream");
        following.find(": following");
        following
    }

    /// Reads on to a line that begins so, and returns the rest of it.
    fn find(&mut self, beginning: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).expect("a line");
            assert!(read > 0, "the stream ended before {beginning:?}");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Reads on to a change of which this is true.
    fn change(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            self.find("event: change");
            let change = serde_json::from_str(&self.find("data: ")).expect("JSON");
            if is_it(&change) {
                return change;
            }
        }
    }
}

fn names(change: &Value, path: &str) -> bool {
    let entries = change["entries"].as_array().expect("a list");
    entries.iter().any(|entry| entry == path) || change["more"] == true
}

#[test]
fn what_another_process_writes_is_told() {
    let served = Served::new(World::with(&[("a.md", "# A\n")]));
    // The first answer comes when everything is watched, or known not to be.
    served.get("/api/v1/tags");
    let mut following = Following::new(&served);
    served
        .world
        .mx(&["note", "-m", "hello", "-e", "projects/new/log.md"]);
    following.change(|change| names(change, "projects/new/log.md"));
    served
        .world
        .mx(&["note", "-m", "again", "-e", "projects/new/log.md"]);
    following.change(|change| names(change, "projects/new/log.md"));
    served.world.mx(&["log", "start", "--goal", "x"]);
    following.change(|change| change["sessions"] == true);
}

#[test]
fn the_stream_ends_with_the_server() {
    let served = Served::new(World::with(&[("a.md", "# A\n")]));
    let mut following = Following::new(&served);
    end(&served);
    let mut rest = Vec::new();
    let _ = following.lines.read_to_end(&mut rest);
    #[cfg(unix)]
    assert!(served.wait().success());
}

#[cfg(unix)]
fn end(served: &Served) {
    let id = served.id().to_string();
    let told = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(told.expect("kill runs").success());
}

/// Nothing ends a process gently there.
#[cfg(not(unix))]
fn end(served: &Served) {
    let id = served.id().to_string();
    let told = std::process::Command::new("taskkill")
        .args(["/F", "/PID", &id])
        .status();
    assert!(told.expect("taskkill runs").success());
}
