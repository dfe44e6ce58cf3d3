//! Standard output for the answer, standard error for the talk.

use super::hints::spell_hint;
use crate::error::{Error, HintSpelling, Result};
use crate::ops::{ErrorReport, Reply, Response};
use crate::render::{self, Style};
use anstream::{AutoStream, ColorChoice};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

/// Where and how a command answers.
#[derive(Debug)]
pub(super) struct Console {
    json: bool,
    terse: bool,
}

impl Console {
    pub(super) fn new(json: bool, terse: bool) -> Self {
        Console { json, terse }
    }

    /// Writes an answer, with its remarks. Returns the exit code.
    pub(super) fn print_reply(&self, reply: Reply) -> Result<ExitCode> {
        let code = if reply.response.is_good() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
        let colour = stderr_colour();
        let notes = reply
            .notes
            .iter()
            .map(|note| render::render_note(note, colour));
        let warnings = reply
            .warnings
            .iter()
            .map(|warning| render::render_warning(warning, colour));
        print_to_stderr(&notes.chain(warnings).collect::<String>());
        if !self.json {
            let remarks = render::response_remarks(&reply.response, HintSpelling::new(spell_hint));
            print_to_stderr(
                &remarks
                    .iter()
                    .map(|text| render::render_note(text, colour))
                    .collect::<String>(),
            );
        }
        forgive_closed_pipe(self.write_response(reply.response))?;
        Ok(code)
    }

    fn write_response(&self, response: Response) -> io::Result<()> {
        let stdout = io::stdout();
        let choice = AutoStream::choice(&stdout);
        let style = Style {
            colour: choice != ColorChoice::Never,
            terminal: stdout.is_terminal(),
            terse: self.terse,
            spelling: HintSpelling::new(spell_hint),
        };
        if self.json {
            return write_buffered(stdout.lock(), |out| render::render_json(&response, out));
        }
        // Without colours nothing may touch the bytes: those of an entry are written as they are.
        if style.colour && !matches!(response, Response::Raw(_)) {
            write_buffered(AutoStream::new(stdout.lock(), choice), |out| {
                render::render_text(response, style, out)
            })
        } else {
            write_buffered(stdout.lock(), |out| {
                render::render_text(response, style, out)
            })
        }
    }

    /// Writes what is neither text nor JSON, such as a script.
    pub(super) fn print_bytes(bytes: &[u8]) -> Result<ExitCode> {
        forgive_closed_pipe(write_buffered(io::stdout().lock(), |out| {
            out.write_all(bytes)
        }))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Reports a failure. Returns the exit code.
    pub(super) fn print_error(&self, error: &Error) -> ExitCode {
        print_to_stderr(&if self.json {
            render::error_json(&report_error(error))
        } else {
            render::render_error(&report_error(error), stderr_colour())
        });
        ExitCode::from(error.kind().exit_code())
    }
}

/// Returns the report of a failure, its hints as they are to be typed.
pub(super) fn report_error(error: &Error) -> ErrorReport {
    ErrorReport::new(error, spell_hint)
}

/// Writes to standard error. A failure of that has no place to be reported.
pub(super) fn print_to_stderr(text: &str) {
    if !text.is_empty() {
        let _ = anstream::stderr().write_all(text.as_bytes());
    }
}

pub(super) fn stderr_colour() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

fn write_buffered(
    out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    write(&mut out)?;
    out.flush()
}

/// A reader that has seen enough and closed the pipe is no failure.
fn forgive_closed_pipe(outcome: io::Result<()>) -> Result<()> {
    match outcome {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
            let message = format!("cannot write the answer: {cause}");
            Err(Error::failed(message).with_source(cause))
        }
        _ => Ok(()),
    }
}
