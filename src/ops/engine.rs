//! The engine: what a front door asks, once or for as long as it runs.

use super::handling::Handling;
use super::served_place::{is_of_server, refuse_directory};
use super::{HookRequest, MergeDriverRequest, Reply, Request, Response, Unfolded, trust};
use super::{
    activity, context, decisions, doctor, get, hook, import, index, info, init, install, links,
    list, log, merge_driver, prime,
};
use super::{next, overview, project, projects, recent, report, resume, search, session_log, tags};
use crate::agents::find_calling_session;
use crate::error::{Error, HintSpelling, Kind, Result};
use crate::index::{Index, Report, Resident, TreeWatch};
use crate::kb::{Environment, Kb};
use crate::model::{AgentSession, ClientConnection};
use crate::session::running::running_entries;
use std::any::Any;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Answers requests about one knowledge base.
///
/// The command line makes one, asks once and drops it. A server keeps it ([`Engine::keep_index`])
/// and may ask from many threads: the index stays open between requests and is opened again only
/// when it was written, so that every answer is the one that a new engine would give.
/// Settings and context are read for each request.
pub struct Engine {
    environment: Environment,
    root: Option<PathBuf>,
    resident: Option<Resident>,
    /// Whether callers work in the directory of this process and below alone.
    is_bounded: bool,
}

/// Who asks, where a server answers for several.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The directory in which the caller works, absolute; `None`: that of the server.
    pub directory: Option<PathBuf>,
    /// The session of the agent that asks, if it is known.
    pub agent: Option<AgentSession>,
    /// The connection over which it asks, if there is one that lasts.
    pub connection: Option<ClientConnection>,
    /// How what to do next is spelled for them; `None`: as for those who use this process.
    pub spelling: Option<HintSpelling>,
}

impl Engine {
    /// Makes an engine for the knowledge base at `root`, or for the one that the environment names.
    /// Opens and reads nothing.
    pub fn new(environment: &Environment, root: Option<&Path>) -> Self {
        let calling = find_calling_session(environment);
        Engine {
            environment: Environment {
                agent: environment.agent.clone().or(calling),
                ..environment.clone()
            },
            root: root.map(Path::to_path_buf),
            resident: None,
            is_bounded: false,
        }
    }

    /// Keeps the index open between requests.
    #[must_use]
    pub fn keep_index(self) -> Self {
        Engine {
            resident: Some(Resident::default()),
            ..self
        }
    }

    /// Keeps the index open between requests, and looks only at those files that a
    /// watch of them saw change.
    #[must_use]
    pub fn keep_watched_index(self, watch: Arc<dyn TreeWatch>) -> Self {
        Engine {
            resident: Some(Resident::watched_by(watch)),
            ..self
        }
    }

    /// Lets requests come from programs that are not the user's own shell: they write nowhere but in
    /// the knowledge base.
    #[must_use]
    pub fn serve_others(mut self) -> Self {
        self.environment.is_served = true;
        self
    }

    /// Bounds where callers may work: in the directory of this process, or the working tree of git that
    /// it lies in, and below. For those who come from the network.
    #[must_use]
    pub fn bound_callers(self) -> Self {
        Engine {
            is_bounded: true,
            ..self
        }
    }

    /// Makes sure that a caller may work in a directory.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) if not.
    pub fn check_place(&self, directory: &Path) -> Result<()> {
        if self.is_bounded && !is_of_server(&self.environment, directory) {
            return Err(refuse_directory(&self.environment, directory));
        }
        Ok(())
    }

    /// Does what is requested. `report` is called now and then while the index is read or built,
    /// from any thread; `&|_| {}` where progress is not watched.
    ///
    /// # Errors
    ///
    /// [`Kind::Usage`](crate::error::Kind::Usage) for a request that makes no sense,
    /// [`Kind::NotFound`](crate::error::Kind::NotFound) for an entry or section that is not there,
    /// [`Kind::Busy`](crate::error::Kind::Busy) if another process holds what is needed, else
    /// [`Kind::Failed`](crate::error::Kind::Failed). A mistake of this program is an error too,
    /// and the engine goes on.
    pub fn run(&self, request: Request, report: Report) -> Result<Reply> {
        self.run_within(&self.environment, request, report)
    }

    /// As [`Engine::run`], for a caller that works elsewhere than this process: in another
    /// directory, hence perhaps in another project, and in a session of their own.
    ///
    /// # Errors
    ///
    /// As [`Engine::run`].
    pub fn run_for(&self, caller: &Caller, request: Request, report: Report) -> Result<Reply> {
        let Caller {
            directory,
            agent,
            connection,
            spelling,
        } = caller.clone();
        let own = &self.environment;
        let environment = Environment {
            cwd: directory.unwrap_or_else(|| own.cwd.clone()),
            // A caller that says which session it is does not mean the one of this process.
            session: own.session.clone().filter(|_| agent.is_none()),
            agent,
            connection,
            spelling: spelling.unwrap_or(own.spelling),
            ..own.clone()
        };
        self.run_within(&environment, request, report)
    }

    fn run_within(
        &self,
        environment: &Environment,
        request: Request,
        report: Report,
    ) -> Result<Reply> {
        let answer = || match Kb::open(environment, self.root.as_deref()) {
            Ok(kb) => self.answer(&kb, request, report),
            Err(error) => answer_without_kb(environment, request, error),
        };
        catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|panic| {
            if let Some(resident) = &self.resident {
                resident.clear();
            }
            Err(internal_error(panic.as_ref()))
        })
    }

    /// Takes in what an agent's hook sends: one JSON object, of which no more is kept than is
    /// wanted. Returns what it is to print, which is mostly nothing. Never fails: what cannot be
    /// noted is counted, and reported by [`Request::Doctor`].
    pub fn take_hook(&self, request: &HookRequest, input: &mut dyn Read) -> String {
        let root = self.root.as_deref();
        let take_in = || hook::run_hook(&self.environment, root, request, input);
        catch_unwind(AssertUnwindSafe(take_in)).unwrap_or_else(|_| {
            let count = || hook::count_panic(&self.environment);
            let _ = catch_unwind(AssertUnwindSafe(count));
            String::new()
        })
    }

    /// Merges two versions of an entry, as git asks for it in the middle of its own work: no knowledge
    /// base is opened.
    ///
    /// # Errors
    ///
    /// If a version cannot be read, is no UTF-8, or the result cannot be written; then git merges by
    /// lines.
    pub fn merge_versions(&self, request: &MergeDriverRequest) -> Result<()> {
        let merge = || merge_driver::run_merge_driver(&self.environment, request);
        catch_unwind(AssertUnwindSafe(merge))
            .unwrap_or_else(|panic| Err(internal_error(panic.as_ref())))
    }

    /// Notes what is wrong with the surroundings of a hook, for [`Request::Doctor`] to report.
    pub fn note_hook_mistake(&self, reason: &str) {
        hook::note_mistake(&self.environment, reason);
    }

    fn answer(&self, kb: &Kb, request: Request, report: Report) -> Result<Reply> {
        if kb.environment().is_served && !kb.exists() {
            // It was there when the server began: a new one in its place would hide that.
            let root = kb.root().display();
            return Err(
                Error::failed(format!("the knowledge base is not where it was: {root}"))
                    .with_hint("put it back there: answers go on at once"),
            );
        }
        let handling = Handling::of(&request);
        let absent = handling.reads_entries && !kb.exists();
        let mut unfolded = handling.fold_journals(kb);
        let with_running =
            (handling.reads_running && kb.exists()).then(|| kb.with_running(running_entries(kb)));
        let kb = with_running.as_ref().unwrap_or(kb);
        let mut index = Index::new(kb).reporting(report);
        if let Some(resident) = &self.resident {
            index = index.cached_in(resident);
        }
        let mut reply = run_operation(kb, &index, request, report, &mut unfolded)
            .map_err(|error| explain_error(error, &unfolded))?;
        if handling.lists_sessions {
            reply.warnings.extend(log::warn_of_former_logs(kb));
        }
        reply.warnings.extend(unfolded);
        reply.warnings.extend(kb.take_later_warnings());
        if handling.writes_notes && kb.adopt_merge_driver() {
            let note = "set up git in this clone to merge notes as wholes (git config merge.mx)";
            reply.notes.push(note.to_owned());
        }
        if absent {
            // Or a misspelt root looks like one in which nothing is found.
            let root = kb.root().display();
            let note = format!("the knowledge base {root} does not exist yet");
            reply.notes.push(note);
        }
        if !handling.checks_context {
            // Of an invalid context they are the answer.
            reply.warnings.splice(0..0, kb.warnings().iter().cloned());
        }
        Ok(reply)
    }
}

/// Says why something is missing: it may be among what hooks noted and could not be put into the
/// records, as on a full disk. Then that is what failed.
fn explain_error(error: Error, unfolded: &[String]) -> Error {
    match unfolded {
        [cause, others @ ..] if error.kind() == Kind::NotFound => {
            let failed = Error::failed(cause.clone()).with_hint(error.message());
            others
                .iter()
                .fold(failed, |failed, other| failed.with_hint(other.as_str()))
        }
        _ => error,
    }
}

fn run_operation(
    kb: &Kb,
    index: &Index<'_>,
    request: Request,
    report: Report,
    unfolded: &mut Unfolded,
) -> Result<Reply> {
    match request {
        Request::SessionLog(request) => session_log::run_session_log(kb, &request, index),
        Request::Search(request) => search::run_search(kb, &request, index),
        Request::Get(request) => get::run_get(kb, &request, index),
        Request::List(request) => list::run_list(kb, &request, index),
        Request::Tags(request) => tags::run_tags(kb, &request, index),
        Request::Recent(request) => recent::run_recent(kb, &request, index),
        Request::Projects(request) => projects::run_projects(kb, &request, index),
        Request::Report(request) => report::run_report(kb, &request, index),
        Request::Activity(request) => activity::run_activity(kb, &request, index),
        Request::Links(request) => links::run_links(kb, &request, index),
        Request::Log(request) => log::run_log(kb, request),
        Request::Next(request) => next::run_next(kb, &request, index),
        Request::NextDone(request) => next::run_next_done(kb, &request),
        Request::NextUndo(request) => next::run_next_undo(kb, &request),
        Request::Decisions(request) => decisions::run_decisions(kb, &request, index),
        Request::Resume(request) => resume::run_resume(kb, &request, index),
        Request::Prime(request) => prime::run_prime(kb, &request),
        Request::Import(request) => import::run_import(kb, &request, report),
        Request::Info => info::run_info(kb, index),
        Request::Index(request) => index::run_index(kb, &request, index),
        Request::Init => init::run_init(kb),
        Request::ContextShow => context::show_context(kb),
        Request::ContextInit(request) => context::init_context(kb, &request),
        Request::ContextValidate(request) => context::validate_context(kb.environment(), &request),
        Request::ContextTrust(request) => trust::run_trust(kb, &request),
        Request::ProjectOverview(request) => overview::run_overview(kb, &request, index),
        Request::ProjectRename(request) => project::run_rename(kb, &request, index),
        Request::Doctor(request) => {
            doctor::run_doctor(kb, index, request, std::mem::take(unfolded))
        }
        Request::Install(request) => install::install_hooks(kb.environment(), &request),
        Request::Uninstall(request) => install::uninstall_hooks(kb.environment(), &request),
    }
}

/// Answers without a knowledge base where that is what the question is about, or where none is
/// needed: one cannot be opened under settings that are not understood.
fn answer_without_kb(environment: &Environment, request: Request, error: Error) -> Result<Reply> {
    match request {
        Request::Doctor(_) => {
            let diagnosis = doctor::diagnose_unopenable(environment, &error);
            Ok(Reply::from(Response::Doctor(diagnosis)))
        }
        Request::ContextValidate(request) => context::validate_context(environment, &request),
        Request::Install(request) => install::install_hooks(environment, &request),
        Request::Uninstall(request) => install::uninstall_hooks(environment, &request),
        _ => Err(error),
    }
}

fn internal_error(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let what = text.unwrap_or("no message").replace('\n', " ");
    Error::failed(format!("internal error: {what}"))
        .with_hint("this is a bug: please report it with the command that led here")
}
