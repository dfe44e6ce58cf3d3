//! `mx serve`

use crate::error::{Error, Result};
use crate::kb::Environment;
use clap::Args;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

/// Serve pages for people and JSON for programs, over HTTP on this machine
///
/// Reading is open to everyone on this machine, or needs the token with --private; writing needs
/// the token always. Browsers get it by the link that is printed last, which is good once; programs
/// read it in the file that is named, .mx/serve/token unless that cannot be written. Beyond this
/// machine, everything needs the token.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx serve --open
  mx serve --listen 127.0.0.1:0 --json
  curl 'http://127.0.0.1:7733/api/v1/search?query=auth&limit=3'")]
pub(super) struct ServeArguments {
    /// Address and port, or a port; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7733", value_parser = parse_address)]
    listen: SocketAddr,

    /// Open the browser, signed in
    #[arg(long)]
    open: bool,

    /// Demand the token for reading too
    #[arg(long)]
    private: bool,
}

fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let (host, port) = text.rsplit_once(':').unwrap_or(("localhost", text));
    if host == "localhost"
        && let Ok(port) = port.parse()
    {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let wanted = "an address and a port are wanted, such as 127.0.0.1:7733 or [::1]:7733";
    text.parse().map_err(|_| wanted.to_owned())
}

#[cfg(not(feature = "service"))]
impl ServeArguments {
    /// Says that there is nothing to serve with.
    pub(super) fn serve(&self, _: &Environment, _: Option<&Path>, _: bool) -> Result<ExitCode> {
        let (_, _, _) = (self.listen, self.open, self.private);
        Err(Error::failed("this build of mx has no service")
            .with_hint("build it with the feature service, which is a default one"))
    }
}

#[cfg(feature = "service")]
impl ServeArguments {
    /// Serves until the process is asked to end.
    pub(super) fn serve(
        &self,
        environment: &Environment,
        root: Option<&Path>,
        json: bool,
    ) -> Result<ExitCode> {
        use crate::serve::{ServeOptions, Server};
        let options = ServeOptions {
            listen: self.listen,
            private: self.private,
        };
        let environment = &crate::agents::without_caller(environment);
        let server = Server::bind(environment, root, &options)?;
        announce(&server, environment, json);
        if self.open {
            open_browser(environment, &server.sign_in_link())?;
        }
        server.run(move |link| print_line(&describe_link(link, json)))?;
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(feature = "service")]
fn announce(server: &crate::serve::Server, environment: &Environment, json: bool) {
    if server.is_on_network() {
        let warning = "everyone who can reach this address can try it, and what is sent can be read on \
                       the way: there is no encryption";
        super::console::print_to_stderr(&crate::render::render_warning(warning, false));
    }
    let (address, link) = (server.address(), server.sign_in_link());
    let file = server.token_file();
    if json {
        let mut value = serde_json::json!({
            "address": address, "token_file": file, "private": server.is_private(), "sign_in": link,
        });
        if file.is_none() {
            value["token"] = server.token().into();
        }
        return print_line(&value.to_string());
    }
    let reading = if server.is_private() {
        ""
    } else {
        ", open to this machine for reading"
    };
    print_line(&format!("Serving {address}{reading}; Ctrl-C ends it"));
    print_line(&match file {
        Some(file) => format!("Token for programs: {}", environment.shown(file)),
        None => format!("Token for programs, in no file: {}", server.token()),
    });
    print_line(&describe_link(&link, false));
}

#[cfg(feature = "service")]
fn describe_link(link: &str, json: bool) -> String {
    if json {
        serde_json::json!({ "sign_in": link }).to_string()
    } else {
        format!("To write in a browser, sign in with this link, which is good once: {link}")
    }
}

/// Writes a line at once. A failure of that has no place to be reported.
#[cfg(feature = "service")]
fn print_line(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Opens a link in the user's browser.
#[cfg(feature = "service")]
fn open_browser(environment: &Environment, link: &str) -> Result<()> {
    let (name, arguments): (&str, &[&str]) = if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let program = environment.find_program(name);
    let opened = program.map(|program| {
        use std::process::Stdio;
        let mut command = std::process::Command::new(program);
        command.args(arguments).arg(link).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    });
    match opened {
        Some(Ok(_)) => Ok(()),
        _ => Err(
            Error::failed(format!("no browser can be opened: {name} is missing"))
                .with_hint("leave --open out, and open the link that is printed"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_a_port_alone() {
        let local = |port| Ok(SocketAddr::from(([127, 0, 0, 1], port)));
        assert_eq!(parse_address("80"), local(80));
        assert_eq!(parse_address("localhost:7733"), local(7733));
        assert_eq!(parse_address("127.0.0.1:0"), local(0));
        assert!(parse_address("[::1]:1").is_ok() && parse_address("0.0.0.0:1").is_ok());
        assert!(parse_address("example.com:80").is_err() && parse_address("::1").is_err());
    }
}
