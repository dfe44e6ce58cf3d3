//! What the engine does around each kind of request: whether what agents' hooks noted is folded into
//! records first, and what belongs to its answer.

use super::{LogRequest, Request, Unfolded};
use crate::agents::fold;
use crate::kb::Kb;
use crate::session::derived;

/// When journals are folded into the records that an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// Before the request, after any other command that folds.
    Wait,
    /// Before the request, unless another command folds: what reads is never blocked.
    Try,
    /// Not at all.
    Never,
}

/// How a kind of request is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Handling {
    pub(super) folding: Folding,
    /// The answer is made of entries, and empty where there are none.
    pub(super) reads_entries: bool,
    /// The answer is made of all sessions, or all of a project.
    pub(super) lists_sessions: bool,
    /// The records of sessions in progress belong to the answer as entries.
    pub(super) reads_running: bool,
    /// The request writes notes or records, which git is to merge as wholes.
    pub(super) writes_notes: bool,
    /// The answer itself lists what is wrong with the context.
    pub(super) checks_context: bool,
}

impl Handling {
    /// The answer is about something else than entries and sessions.
    const PLAIN: Handling = Handling {
        folding: Folding::Never,
        reads_entries: false,
        lists_sessions: false,
        reads_running: false,
        writes_notes: false,
        checks_context: false,
    };
    /// The answer is made of entries.
    const ENTRIES: Handling = Handling {
        folding: Folding::Try,
        reads_entries: true,
        reads_running: true,
        ..Handling::PLAIN
    };
    /// The answer is made of entries and of all sessions.
    const ENTRIES_AND_SESSIONS: Handling = Handling {
        lists_sessions: true,
        ..Handling::ENTRIES
    };
    /// The answer is made of rows of records, or about one entry or project.
    const ONE: Handling = Handling {
        folding: Folding::Try,
        reads_running: true,
        ..Handling::PLAIN
    };
    /// The request is about records, and sees all that hooks noted.
    const RECORDS: Handling = Handling {
        folding: Folding::Wait,
        ..Handling::PLAIN
    };

    /// Returns how a request is handled. Each kind is named here, so that a new one has to be.
    pub(super) fn of(request: &Request) -> Self {
        match request {
            Request::Search(_) | Request::List(_) | Request::Tags(_) | Request::Activity(_) => {
                Handling::ENTRIES
            }
            Request::Projects(_) | Request::Report(_) => Handling::ENTRIES_AND_SESSIONS,
            Request::Get(_) | Request::Links(_) | Request::ProjectOverview(_) => Handling::ONE,
            Request::Decisions(_) | Request::Next(_) => Handling {
                lists_sessions: true,
                ..Handling::ONE
            },
            Request::Info => Handling {
                folding: Folding::Try,
                ..Handling::PLAIN
            },
            Request::Recent(_) => Handling {
                folding: Folding::Wait,
                ..Handling::ENTRIES_AND_SESSIONS
            },
            Request::Resume(_) => Handling {
                lists_sessions: true,
                reads_running: true,
                ..Handling::RECORDS
            },
            Request::Log(request) => Handling {
                lists_sessions: matches!(request, LogRequest::List(_) | LogRequest::Index {}),
                writes_notes: true,
                ..Handling::RECORDS
            },
            Request::NextDone(_)
            | Request::NextUndo(_)
            | Request::Prime(_)
            | Request::Import(_)
            | Request::Doctor(_) => Handling::RECORDS,
            Request::SessionLog(_) => Handling {
                writes_notes: true,
                ..Handling::PLAIN
            },
            Request::ContextValidate(_) => Handling {
                checks_context: true,
                ..Handling::PLAIN
            },
            Request::Index(_)
            | Request::Init
            | Request::ContextShow
            | Request::ContextInit(_)
            | Request::ContextTrust(_)
            | Request::ProjectRename(_)
            | Request::Install(_)
            | Request::Uninstall(_) => Handling::PLAIN,
        }
    }

    /// Folds what agents' hooks noted, and brings lists of sessions up to date. Returns what could
    /// not be folded.
    pub(super) fn fold_journals(self, kb: &Kb) -> Unfolded {
        if !kb.exists() {
            return Vec::new();
        }
        match self.folding {
            Folding::Never => Vec::new(),
            Folding::Try => {
                let mut unfolded = fold::fold_if_free(kb);
                if self.lists_sessions {
                    unfolded.extend(derived::catch_up(&kb.without_waiting()));
                }
                unfolded
            }
            Folding::Wait => {
                let mut unfolded = fold::fold_all(kb);
                unfolded.extend(derived::catch_up(kb));
                unfolded
            }
        }
    }
}
