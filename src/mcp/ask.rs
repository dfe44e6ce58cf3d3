//! Asking the engine on behalf of a caller.

use super::hints::tool_spelling;
use crate::error::{Error, Result};
use crate::model::{AgentSession, ClientConnection};
use crate::ops::{Caller, Engine, Reply, Request};
use std::path::{Path, PathBuf};

/// The hint for what may name the project instead of its directory.
pub(super) const OR_PROJECT: &str = "or project: its name";

/// The directory in which the caller works, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallPlace {
    /// This one.
    Here(PathBuf),
    /// One of these.
    OneOf(Vec<PathBuf>),
    /// The client does not say.
    Unknown,
}

impl CallPlace {
    /// Leaves out directories in which no caller may work.
    pub(super) fn within_bounds(self, engine: &Engine) -> Self {
        let is_allowed = |directory: &PathBuf| engine.check_place(directory).is_ok();
        match self {
            CallPlace::Here(directory) if !is_allowed(&directory) => CallPlace::Unknown,
            CallPlace::OneOf(mut directories) => {
                directories.retain(is_allowed);
                match directories.as_slice() {
                    [] => CallPlace::Unknown,
                    [one] => CallPlace::Here(one.clone()),
                    _ => CallPlace::OneOf(directories),
                }
            }
            place => place,
        }
    }
}

/// Who sent a request, as far as it is known.
#[derive(Debug, Clone)]
pub(super) struct RequestCaller {
    /// The session of the agent, if it says so.
    pub(super) agent: Option<AgentSession>,
    pub(super) connection: ClientConnection,
    pub(super) place: CallPlace,
}

/// The engine, and who asks it.
pub(super) struct Asker<'a> {
    pub(super) engine: &'a Engine,
    pub(super) caller: RequestCaller,
}

impl Asker<'_> {
    /// Asks for what does not depend on where the caller works.
    pub(super) fn ask(&self, request: Request) -> Result<Reply> {
        self.ask_from(self.directory(), request)
    }

    /// Asks from the place of the caller, which must be known: nothing may get into another project.
    pub(super) fn ask_here(&self, request: Request) -> Result<Reply> {
        let directory = self.find_directory()?;
        self.ask_from(Some(directory), request)
    }

    /// As [`Asker::ask_here`], for what may be named instead: `otherwise` says how.
    pub(super) fn ask_here_or(&self, otherwise: &str, request: Request) -> Result<Reply> {
        let named = |error: Error| error.with_hint(otherwise);
        let directory = self.find_directory().map_err(named)?;
        self.ask_from(Some(directory), request)
    }

    /// Asks for what names its place in the knowledge base. Only which of these is meant must be
    /// known: each of several projects may have its own.
    pub(super) fn ask_in_kb(&self, request: Request) -> Result<Reply> {
        match &self.caller.place {
            CallPlace::OneOf(_) => self.ask_here(request),
            CallPlace::Here(_) | CallPlace::Unknown => self.ask(request),
        }
    }

    /// Returns the same caller in the directory that it names, if it names one.
    ///
    /// # Errors
    ///
    /// If that is no directory, or none in which it may work.
    pub(super) fn within(&self, named: Option<&str>) -> Result<Asker<'_>> {
        let place = match named {
            Some(named) => {
                self.engine.check_place(Path::new(named))?;
                CallPlace::Here(check_directory(named)?)
            }
            None => self.caller.place.clone(),
        };
        Ok(Asker {
            engine: self.engine,
            caller: RequestCaller {
                place,
                ..self.caller.clone()
            },
        })
    }

    fn ask_from(&self, directory: Option<PathBuf>, request: Request) -> Result<Reply> {
        let caller = Caller {
            directory,
            agent: self.caller.agent.clone(),
            connection: Some(self.caller.connection.clone()),
            spelling: Some(tool_spelling()),
        };
        self.engine.run_for(&caller, request, &|_| {})
    }

    fn directory(&self) -> Option<PathBuf> {
        match &self.caller.place {
            CallPlace::Here(directory) => Some(directory.clone()),
            CallPlace::OneOf(_) | CallPlace::Unknown => None,
        }
    }

    fn find_directory(&self) -> Result<PathBuf> {
        match &self.caller.place {
            CallPlace::Here(directory) => Ok(directory.clone()),
            CallPlace::OneOf(directories) => {
                let error = Error::usage("several projects are open: say which one is meant");
                let hint = |directory: &PathBuf| format!("directory: {}", directory.display());
                let hints = directories.iter().map(hint);
                Err(hints.fold(error, |error, hint| error.with_hint(hint)))
            }
            CallPlace::Unknown => Err(Error::usage("it is not known which project is meant")
                .with_hint("directory: the absolute path of the project's directory")),
        }
    }
}

fn check_directory(named: &str) -> Result<PathBuf> {
    let path = Path::new(named);
    let shown = named.escape_debug();
    if !path.is_absolute() {
        return Err(Error::usage(format!("directory '{shown}' is not absolute"))
            .with_hint("give its absolute path, or leave it out"));
    }
    if !path.is_dir() {
        return Err(Error::not_found(format!("there is no directory {shown}"))
            .with_hint("give the directory of the project, or leave it out"));
    }
    Ok(path.to_owned())
}
