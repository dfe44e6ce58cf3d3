//! `mx log`

use super::text::TextInput;
use crate::error::{Error, Result};
use crate::model::FileAction;
use crate::ops::{
    LogAmendRequest, LogEndRequest, LogListRequest, LogRequest, LogRow, LogRowRequest,
    LogShowRequest, LogStartRequest, LogUpdateRequest, Request,
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Where no session is in progress, event, decision, file, blocker, next and tool begin one.

The session in progress is --session or MX_SESSION, else the one of the agent that runs this
command, else the one of the current directory or the nearest one above it. Any text may be - and
come from standard input.

Examples:
  mx log start --goal \"Sign in with OAuth2\"
  mx log event \"Token endpoint works\"
  mx log decision \"Token bucket over sliding window\" --why \"simpler, sufficient for our scale\"
  mx log file src/auth.rs --action created --notes \"JWT validation\"
  mx log blocker \"refresh test fails at random\"
  mx log blocker --resolve \"clock skew; fixed with a frozen clock\"
  mx log next \"roll out to production\"
  mx log update
  mx log end --summary \"OAuth2 works\" --state \"all tests pass\" --next \"user routes\"";

/// Keep the record of one session: start, what happens, checkpoints, end
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum LogArguments {
    Start(LogStartArguments),
    #[command(alias = "note")]
    Event(LogEventArguments),
    Decision(LogDecisionArguments),
    File(LogFileArguments),
    Blocker(LogBlockerArguments),
    Next(LogNextArguments),
    Tool(LogToolArguments),
    Update(LogUpdateArguments),
    #[command(alias = "stop")]
    End(LogEndArguments),
    Amend(LogAmendArguments),
    /// Show which sessions are running
    Status,
    List(LogListArguments),
    Show(LogShowArguments),
    /// Regenerate the index of sessions, its archive and the recent work
    Index,
}

/// Which session is meant.
#[derive(Debug, Args)]
struct SessionChoice {
    /// Id of the session, where several are running
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

/// Begin a session, and show where the project stands
#[derive(Debug, Args)]
#[command(after_help = "Example: mx log start --goal \"Sign in with OAuth2\" --dir . --dir ../web")]
pub(super) struct LogStartArguments {
    /// Name of the project; detected if absent
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// A directory in which the session works; may be repeated [default: the git root, else here]
    #[arg(long, value_name = "DIR")]
    dir: Vec<PathBuf>,

    /// What it is to achieve
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    goal: Option<String>,

    /// Begin it beside one that is running
    #[arg(long)]
    new: bool,
}

/// Add an event to the progress log
#[derive(Debug, Args)]
pub(super) struct LogEventArguments {
    /// What happened
    #[arg(required_unless_present = "message", value_name = "TEXT")]
    text: Vec<String>,

    /// The same, as an option
    #[arg(
        short,
        long,
        hide = true,
        conflicts_with = "text",
        allow_hyphen_values = true
    )]
    message: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Record a decision, and why it was taken
#[derive(Debug, Args)]
pub(super) struct LogDecisionArguments {
    /// What was decided
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,

    /// Why
    #[arg(
        long,
        aliases = ["reason", "because"],
        value_name = "REASON",
        allow_hyphen_values = true
    )]
    why: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Record a file; it has one row, in which the strongest action wins
#[derive(Debug, Args)]
pub(super) struct LogFileArguments {
    /// The file
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// created, modified, deleted, renamed or read [default: modified]
    #[arg(long, alias = "type", value_name = "ACTION", value_parser = parse_action)]
    action: Option<FileAction>,

    /// What there is to say about it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Record a blocker, or how one was resolved
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx log blocker \"refresh test fails at random\"
  mx log blocker --resolve \"clock skew\"                  the only one that is open
  mx log blocker \"refresh test\" --resolve \"clock skew\"   the one in which this occurs")]
pub(super) struct LogBlockerArguments {
    /// What is in the way
    #[arg(required_unless_present = "resolve", value_name = "TEXT")]
    text: Vec<String>,

    /// How it was resolved
    #[arg(long, value_name = "HOW", allow_hyphen_values = true)]
    resolve: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Note a step that is to be next; it stays open until `mx next done`
#[derive(Debug, Args)]
pub(super) struct LogNextArguments {
    /// What is to be done
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Count the use of a skill or tool
#[derive(Debug, Args)]
pub(super) struct LogToolArguments {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    /// How many uses
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u64,

    #[command(flatten)]
    which: SessionChoice,
}

/// Save a checkpoint: fold in what git, the times of files and agents' hooks saw
#[derive(Debug, Args)]
pub(super) struct LogUpdateArguments {
    /// An event to add
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// End the session: its record becomes an entry; print what the next one is to know
///
/// Without a session in progress, one is reconstructed from git, the times of files, and transcripts
/// of agents: what was done since the last recorded session of the project.
#[derive(Debug, Args)]
pub(super) struct LogEndArguments {
    /// What was done [default: derived from the log]
    #[arg(
        short = 'm',
        long,
        alias = "message",
        value_name = "TEXT",
        allow_hyphen_values = true
    )]
    summary: Option<String>,

    /// In what state the work is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    state: Option<String>,

    /// What is next
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    next: Option<String>,

    #[command(flatten)]
    which: SessionChoice,
}

/// Complete a session that has ended with what was missing then
#[derive(Debug, Args)]
#[command(after_help = "Example: mx log amend --summary \"OAuth2 works\" --next \"user routes\"")]
pub(super) struct LogAmendArguments {
    /// Its id, or the beginning of it [default: the last session of the project that ended]
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// What was done
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    summary: Option<String>,

    /// In what state the work is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    state: Option<String>,

    /// What is next
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    next: Option<String>,
}

/// List sessions: those in progress, then the others, newest first
#[derive(Debug, Args)]
pub(super) struct LogListArguments {
    /// Number of sessions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Project that they belong to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

/// Print one session in full
#[derive(Debug, Args)]
pub(super) struct LogShowArguments {
    /// Its id, or the beginning of it [default: the one that runs here, else the last]
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Project that it belongs to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl LogArguments {
    pub(super) fn into_request(self) -> Result<Request> {
        let input = &mut TextInput::new(std::io::stdin());
        Ok(Request::Log(match self {
            LogArguments::Start(start) => LogRequest::Start(LogStartRequest {
                project: start.project,
                directories: start.dir,
                goal: input.resolve_given(start.goal)?,
                beside: start.new,
            }),
            LogArguments::Event(event) => {
                let words = event.message.unwrap_or_else(|| event.text.join(" "));
                let text = input.resolve(words)?;
                request_row(event.which, LogRow::Event(text))
            }
            LogArguments::Decision(decision) => decision.into_request(input)?,
            LogArguments::File(file) => file.into_request(input)?,
            LogArguments::Blocker(blocker) => blocker.into_request(input)?,
            LogArguments::Next(next) => {
                let step = LogRow::Next(input.resolve_words(&next.text)?);
                request_row(next.which, step)
            }
            LogArguments::Tool(tool) => tool.into_request()?,
            LogArguments::Update(update) => LogRequest::Update(LogUpdateRequest {
                session: update.which.session,
                message: input.resolve_given(update.message)?,
            }),
            LogArguments::End(end) => LogRequest::End(LogEndRequest {
                session: end.which.session,
                summary: input.resolve_given(end.summary)?,
                state: input.resolve_given(end.state)?,
                next: input.resolve_given(end.next)?,
            }),
            LogArguments::Amend(amend) => LogRequest::Amend(LogAmendRequest {
                session: amend.id,
                summary: input.resolve_given(amend.summary)?,
                state: input.resolve_given(amend.state)?,
                next: input.resolve_given(amend.next)?,
            }),
            LogArguments::Status => LogRequest::Status {},
            LogArguments::List(LogListArguments { limit, project }) => {
                LogRequest::List(LogListRequest { project, limit })
            }
            LogArguments::Show(LogShowArguments { id, project }) => {
                LogRequest::Show(LogShowRequest { id, project })
            }
            LogArguments::Index => LogRequest::Index {},
        }))
    }
}

impl LogDecisionArguments {
    fn into_request(self, input: &mut TextInput<'_>) -> Result<LogRequest> {
        let decision = LogRow::Decision {
            decision: input.resolve_words(&self.text)?,
            rationale: input.resolve_given(self.why)?,
        };
        Ok(request_row(self.which, decision))
    }
}

impl LogFileArguments {
    fn into_request(self, input: &mut TextInput<'_>) -> Result<LogRequest> {
        let file = LogRow::File {
            path: self.path,
            action: self.action,
            notes: input.resolve_given(self.notes)?,
        };
        Ok(request_row(self.which, file))
    }
}

impl LogBlockerArguments {
    fn into_request(self, input: &mut TextInput<'_>) -> Result<LogRequest> {
        let words = (!self.text.is_empty()).then(|| self.text.join(" "));
        let blocker = LogRow::Blocker {
            blocker: input.resolve_given(words)?,
            resolution: input.resolve_given(self.resolve)?,
        };
        Ok(request_row(self.which, blocker))
    }
}

impl LogToolArguments {
    fn into_request(self) -> Result<LogRequest> {
        if self.count == 0 {
            return Err(Error::usage("a count of 0 says nothing"));
        }
        let tool = LogRow::Tool {
            name: self.name,
            uses: self.count,
        };
        Ok(request_row(self.which, tool))
    }
}

fn request_row(which: SessionChoice, row: LogRow) -> LogRequest {
    LogRequest::Row(LogRowRequest {
        session: which.session,
        row,
    })
}

fn parse_action(text: &str) -> Result<FileAction, String> {
    FileAction::from_name(text)
        .ok_or_else(|| "expected created, modified, deleted, renamed or read".to_owned())
}
