//! `mx log`

use crate::error::{Error, Result};
use crate::model::FileAction;
use crate::ops::{
    LogEndRequest, LogListRequest, LogRequest, LogRow, LogRowRequest, LogShowRequest,
    LogStartRequest, LogUpdateRequest, Request,
};
use clap::{Args, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
The session in progress is --session or MX_SESSION, else the one of the agent that runs this
command, else the one of the current directory or the nearest one above it.

Examples:
  mx log start --goal \"Sign in with OAuth2\"
  mx log event \"Token endpoint works\"
  mx log decision \"Token bucket over sliding window\" --why \"simpler, sufficient for our scale\"
  mx log file src/auth.rs --action created --notes \"JWT validation\"
  mx log blocker \"refresh test fails at random\"
  mx log blocker --resolve \"clock skew; fixed with a frozen clock\"
  mx log update
  mx log end --summary \"OAuth2 works\" --state \"all tests pass\" --next \"user routes\"";

/// Keep the record of one session: start, what happens, checkpoints, end
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Arguments {
    Start(Start),
    Event(Event),
    Decision(Decision),
    File(File),
    Blocker(Blocker),
    Tool(Tool),
    Update(Update),
    End(End),
    /// Show which sessions are running
    Status,
    List(List),
    Show(Show),
    /// Regenerate the index of sessions, its archive and the recent work
    Index,
}

/// Which session is meant.
#[derive(Debug, Args)]
struct Which {
    /// Id of the session, where several are running
    #[arg(long, value_name = "ID")]
    session: Option<String>,
}

/// Begin a session, and show where the project stands
#[derive(Debug, Args)]
#[command(after_help = "Example: mx log start --goal \"Sign in with OAuth2\" --dir . --dir ../web")]
pub(super) struct Start {
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
pub(super) struct Event {
    /// What happened
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,

    #[command(flatten)]
    which: Which,
}

/// Record a decision, and why it was taken
#[derive(Debug, Args)]
pub(super) struct Decision {
    /// What was decided
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,

    /// Why
    #[arg(long, value_name = "REASON", allow_hyphen_values = true)]
    why: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// Record a file; it has one row, in which the strongest action wins
#[derive(Debug, Args)]
pub(super) struct File {
    /// The file
    #[arg(value_name = "PATH")]
    path: PathBuf,

    /// created, modified, deleted, renamed or read [default: modified]
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Option<FileAction>,

    /// What there is to say about it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// Record a blocker, or how one was resolved
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mx log blocker \"refresh test fails at random\"
  mx log blocker --resolve \"clock skew\"                  the only one that is open
  mx log blocker \"refresh test\" --resolve \"clock skew\"   the one in which this occurs")]
pub(super) struct Blocker {
    /// What is in the way
    #[arg(required_unless_present = "resolve", value_name = "TEXT")]
    text: Vec<String>,

    /// How it was resolved
    #[arg(long, value_name = "HOW", allow_hyphen_values = true)]
    resolve: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// Count the use of a skill or tool
#[derive(Debug, Args)]
pub(super) struct Tool {
    /// Its name
    #[arg(value_name = "NAME")]
    name: String,

    /// How many uses
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u64,

    #[command(flatten)]
    which: Which,
}

/// Save a checkpoint: fold in what git, the times of files and agents' hooks saw
#[derive(Debug, Args)]
pub(super) struct Update {
    /// An event to add
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// End the session: its record becomes an entry; print what the next one is to know
///
/// Without a session in progress, one is reconstructed from git, the times of files, and transcripts
/// of agents: what was done since the last recorded session of the project.
#[derive(Debug, Args)]
pub(super) struct End {
    /// What was done [default: derived from the log]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    summary: Option<String>,

    /// In what state the work is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    state: Option<String>,

    /// What is next
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    next: Option<String>,

    #[command(flatten)]
    which: Which,
}

/// List sessions, newest first
#[derive(Debug, Args)]
pub(super) struct List {
    /// Number of sessions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,

    /// Project that they belong to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

/// Print one session in full
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its id, or the beginning of it [default: the one that runs here, else the last]
    #[arg(value_name = "ID")]
    id: Option<String>,

    /// Project that it belongs to
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl Arguments {
    pub(super) fn request(self) -> Result<Request> {
        Ok(Request::Log(match self {
            Arguments::Start(start) => LogRequest::Start(LogStartRequest {
                project: start.project,
                directories: start.dir,
                goal: start.goal,
                beside: start.new,
            }),
            Arguments::Event(event) => row(event.which, LogRow::Event(event.text.join(" "))),
            Arguments::Decision(Decision { text, why, which }) => row(
                which,
                LogRow::Decision {
                    decision: text.join(" "),
                    rationale: why,
                },
            ),
            Arguments::File(File {
                path,
                action,
                notes,
                which,
            }) => row(
                which,
                LogRow::File {
                    path,
                    action,
                    notes,
                },
            ),
            Arguments::Blocker(blocker) => row(
                blocker.which,
                LogRow::Blocker {
                    blocker: (!blocker.text.is_empty()).then(|| blocker.text.join(" ")),
                    resolution: blocker.resolve,
                },
            ),
            Arguments::Tool(tool) if tool.count == 0 => {
                return Err(Error::usage("a count of 0 says nothing"));
            }
            Arguments::Tool(Tool { name, count, which }) => {
                row(which, LogRow::Tool { name, uses: count })
            }
            Arguments::Update(update) => LogRequest::Update(LogUpdateRequest {
                session: update.which.session,
                message: update.message,
            }),
            Arguments::End(end) => LogRequest::End(LogEndRequest {
                session: end.which.session,
                summary: end.summary,
                state: end.state,
                next: end.next,
            }),
            Arguments::Status => LogRequest::Status,
            Arguments::List(List { limit, project }) => {
                LogRequest::List(LogListRequest { project, limit })
            }
            Arguments::Show(Show { id, project }) => {
                LogRequest::Show(LogShowRequest { id, project })
            }
            Arguments::Index => LogRequest::Index,
        }))
    }
}

fn row(which: Which, row: LogRow) -> LogRequest {
    LogRequest::Row(LogRowRequest {
        session: which.session,
        row,
    })
}

fn action(text: &str) -> Result<FileAction, String> {
    FileAction::from_name(text)
        .ok_or_else(|| "expected created, modified, deleted, renamed or read".to_owned())
}
